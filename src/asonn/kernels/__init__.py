"""Compiled functions; they use nothing of this library but each other (see `numba_vectors.compilation`)."""
