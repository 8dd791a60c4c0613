"""Simulated data: where each data set comes from, and how to read it."""

from ciberaula.datasets.loading import load, names

__all__ = ["load", "names"]
