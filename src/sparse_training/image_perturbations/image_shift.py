"""`image_shift`: every image moves in a direction of its own."""

import numpy as np
from scipy import ndimage

from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("image_shift", largest_level=1)
def shift(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """By level × (height, width) times a random unit vector, interpolated linearly; background moves in."""
    pixels = inputs.pixels
    angles = rng.uniform(0, 2 * np.pi, len(pixels))
    moves = level * np.stack([np.sin(angles), np.cos(angles)], axis=1) * pixels.shape[1:]
    moved = [
        ndimage.shift(image, move, order=1, cval=inputs.background) for image, move in zip(pixels, moves, strict=True)
    ]
    return np.stack(moved)
