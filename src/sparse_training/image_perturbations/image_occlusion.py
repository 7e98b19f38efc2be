"""`image_occlusion`: a square of every image is blanked."""

import numpy as np

from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("image_occlusion", largest_level=1)
def occlude(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """round(level × shorter side) pixels a side, centred where the draw says but within the image."""
    pixels = inputs.pixels.copy()
    n_samples, *shape = pixels.shape
    side = round(level * min(shape))
    places = rng.random((n_samples, 2))
    rows, columns = (np.floor(places[:, axis] * (shape[axis] - side + 1)).astype(int) for axis in (0, 1))
    for image, row, column in zip(pixels, rows, columns, strict=True):
        image[row : row + side, column : column + side] = inputs.background
    return pixels
