"""See ARCHITECTURE.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(_app: Flask) -> None:
    """Register what this feature adds."""
