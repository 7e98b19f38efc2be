"""Perturbations of the images that a trained network is given, by name.

The paper perturbs weights alone; trained sparse networks are also asked how they bear corrupted images (Wu et al. 2025,
"Dynamic sparse training versus dense training") and adversarial ones (Goodfellow et al. 2015).
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from sparse_training.engine import as_finite_images, as_labels
from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from sparse_training.perturbation import checked_level
from sparse_training.randomness import Stream, as_seed_sequence, generator
from sparse_training.registry import Registry

IMAGE_PERTURBATIONS = Registry("sparse_training.image_perturbations", "perturbation of images")


@dataclass(frozen=True)
class Inputs:
    """What a perturbation of images may look at.

    network  the network that will be given the images
    pixels   float32 (n_samples, height, width), not to be changed
    labels   (n_samples,) integers
    """

    network: SparseMLP
    pixels: np.ndarray
    labels: np.ndarray

    @property
    def background(self) -> float:
        """The lowest of all values: the ground that images are drawn on."""
        return float(self.pixels.min())

    @property
    def spread(self) -> float:
        """The standard deviation of all values: 1 for standardised images."""
        return float(self.pixels.std(dtype=np.float64))

    def clipped(self, pixels: np.ndarray) -> np.ndarray:
        """The pixels within the range of the given ones, as float32."""
        return np.clip(pixels, self.pixels.min(), self.pixels.max()).astype(np.float32)


@dataclass(frozen=True)
class ImagePerturbation:
    """A function of (`Inputs`, level, rng) that returns pixels (n_samples, height, width).

    largest_level  the highest level that makes sense; the lowest is 0, which changes nothing
    """

    apply: Callable[[Inputs, float, np.random.Generator], np.ndarray]
    largest_level: float


def image_perturbation(name: str, largest_level: float = math.inf) -> Callable:
    """Decorator: registers a function of (`Inputs`, level, rng) that returns perturbed pixels.

    A generator in the same state must draw the same numbers at every level, so that curves differ by the level alone.
    """

    def register(apply):
        IMAGE_PERTURBATIONS.register(name)(ImagePerturbation(apply, largest_level))
        return apply

    return register


def perturb_images(
    network: SparseMLP,
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    level: float,
    rng: np.random.Generator,
    *,
    shape: tuple[int, int] | None = None,
) -> np.ndarray:
    """Perturbed copies of images, float32 (n_samples, n_inputs); level 0 leaves them as they are.

    image_noise      Gaussian noise of standard deviation level × that of all pixels
    image_blur       Gaussian blur of standard deviation `level`, in pixels
    image_shift      a shift by level × height (or width) in a random direction; level in [0, 1]
    image_rotation   a rotation by `level` degrees, to the left or to the right; level in [0, 180]
    image_occlusion  a square of level × the shorter side is blanked at a random place; level in [0, 1]
    gradient_sign    one step of level × standard deviation of all pixels along the sign of the gradient of the loss
                     (Goodfellow et al. 2015)

    images, labels  float32 (n_samples, n_inputs), (n_samples,)
    shape           (height, width) of an image; by default it is square
    """
    perturbation = IMAGE_PERTURBATIONS[name]
    checked_level(name, level, perturbation.largest_level, rng)
    images = as_finite_images(images, network.n_inputs)
    labels = as_labels(labels, len(images), network.n_classes)
    side = math.isqrt(network.n_inputs)
    shape = (side, side) if shape is None else shape
    is_pair = isinstance(shape, Sequence) and len(shape) == 2 and all(isinstance(side, Integral) for side in shape)
    if not is_pair or min(shape) < 1 or math.prod(shape) != network.n_inputs:
        raise SparseTrainingError(
            f"images of {network.n_inputs} pixels must have a shape (height, width) of as many, got {shape} for images "
            f"{images.shape}"
        )
    if level == 0:
        return images.copy()
    inputs = Inputs(network, images.reshape(-1, *shape), labels)
    return np.ascontiguousarray(perturbation.apply(inputs, level, rng).reshape(images.shape), np.float32)


def sweep_images(
    network: SparseMLP,
    name: str,
    levels: Iterable[float],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    seed: np.random.SeedSequence | int,
    repeats: int = 1,
    shape: tuple[int, int] | None = None,
) -> list[dict]:
    """One row for each repeat and level: level, repeat, accuracy on the perturbed images.

    repeats  draws of the random numbers, each of them over all levels; other arguments as for `perturb_images`
    """
    seed = as_seed_sequence(seed)
    if not isinstance(repeats, Integral) or repeats < 1:
        raise SparseTrainingError(f"repeats must be a whole number of at least 1, got {repeats!r}")
    levels = list(levels)
    rows = []
    for repeat in range(repeats):
        for level in levels:
            rng = generator(seed, Stream.PERTURBATION, repeat)
            perturbed = perturb_images(network, name, images, labels, level, rng, shape=shape)
            rows.append({"level": level, "repeat": repeat, "accuracy": network.accuracy(perturbed, labels)})
    return rows
