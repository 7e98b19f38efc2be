"""What the two studies share: data files, result tables, statistics, figure style, code digests."""
