"""Compiled loops over the links of a network; nothing here knows what a network means."""
