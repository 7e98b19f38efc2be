"""Perturbations of a trained network: one module each, named as the perturbation.

Each registers one pure function of (network, level, rng) that returns a new network. Only sparse layers are touched.
Level 0 changes nothing.
"""
