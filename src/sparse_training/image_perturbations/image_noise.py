"""`image_noise`: Gaussian noise on every pixel."""

import numpy as np

from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("image_noise")
def add_noise(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """x + N(0, (level × standard deviation of all pixels)²), within the range of the pixels."""
    noise = rng.standard_normal(inputs.pixels.shape, np.float32)
    return inputs.clipped(inputs.pixels + np.float32(level * inputs.spread) * noise)
