"""`gradient_sign`: the fast gradient sign attack (Goodfellow, Shlens and Szegedy 2015, section 4)."""

import numpy as np

from sparse_training.engine import unit_signals
from sparse_training.image_perturbation import Inputs, image_perturbation


@image_perturbation("gradient_sign")
def ascend_loss(inputs: Inputs, level: float, rng: np.random.Generator) -> np.ndarray:
    """x + level × standard deviation of all pixels × sign(∂ loss / ∂ x), within the range of the pixels."""
    images = inputs.pixels.reshape(len(inputs.pixels), -1)
    _, errors = unit_signals(inputs.network, images, inputs.labels)
    step = np.float32(level * inputs.spread) * np.sign(errors[0].T).reshape(inputs.pixels.shape)
    return inputs.clipped(inputs.pixels + step)
