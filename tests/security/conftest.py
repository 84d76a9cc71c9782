"""The same world as the table's, for those who would harm it."""

from tests.access.conftest import watch, world

__all__ = ["watch", "world"]
