"""docs/results.md and its part of the README: what the papers say, and what a recorded study measured."""
