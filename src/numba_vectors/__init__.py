"""Below both libraries: vectors of the processor's registers for compiled kernels, and compilation with a file cache
that notices every edit. Knows Numba and NumPy alone."""
