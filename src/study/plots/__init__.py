"""What the figures share: style, labels, curves."""
