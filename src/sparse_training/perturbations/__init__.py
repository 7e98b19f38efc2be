"""Perturbations of a trained network: one module each, named as the perturbation.

Each registers one pure function of weights: a removal gives the order in which links go, a weight change the new
weights. To add a perturbation, add a module.
"""
