"""What the Snakefile asks: configuration, code digests, jobs."""
