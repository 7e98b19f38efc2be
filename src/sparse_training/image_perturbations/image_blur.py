"""`image_blur`: every pixel becomes a Gaussian mean of those around it."""

import numpy as np
from scipy import ndimage

from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("image_blur", largest_level=1000)
def blur(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """Standard deviation `level` pixels; around the image lies background."""
    return ndimage.gaussian_filter(inputs.pixels, (0, level, level), mode="constant", cval=inputs.background)
