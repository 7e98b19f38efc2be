"""The data of both studies: downloads, image sets, classification tables."""
