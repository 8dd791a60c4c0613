"""Simulated data: where each data set comes from, and how to read it."""

from ciberaula.datasets.loading import labels, load, names, tables

__all__ = ["labels", "load", "names", "tables"]
