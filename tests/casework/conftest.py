"""Stores for all tests of the case desk."""

from tests.casework.stores import address, database, postgres, store

__all__ = ["address", "database", "postgres", "store"]
