"""Perturbations of images: one module each, named as the perturbation.

Each registers one function of (`Inputs`, level, rng) that returns the perturbed pixels (n_samples, height, width). To
add one, add a module.
"""
