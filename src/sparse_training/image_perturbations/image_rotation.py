"""`image_rotation`: every image turns about its centre."""

import numpy as np
from scipy import ndimage

from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("image_rotation", largest_level=180)
def rotate(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """By `level` degrees, to either side with equal chance, interpolated linearly; background moves in."""
    left = rng.random(len(inputs.pixels)) < 0.5
    turned = np.empty_like(inputs.pixels)
    for side, angle in ((left, level), (~left, -level)):
        if side.any():
            turned[side] = ndimage.rotate(
                inputs.pixels[side], angle, axes=(2, 1), reshape=False, order=1, cval=inputs.background
            )
    return turned
