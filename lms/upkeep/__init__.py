"""Checks that look into the features: traces of the demo, the seal's copies, damage."""

from lms.upkeep import accounts, damage, seals

__all__ = ["accounts", "damage", "seals"]
