"""Who can get a mail, and why somebody can't; pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class WhyNot(enum.StrEnum):
    """Why somebody gets no mail; the first that holds."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    NO_ADDRESS = "no_address"
    SHARED_ADDRESS = "shared_address"


WITHOUT_MAIL: Final = frozenset({WhyNot.NO_ADDRESS, WhyNot.SHARED_ADDRESS})
"""Reasons of those who still take part: they are called, or written to on paper."""


@dataclass(frozen=True)
class Reach:
    """What decides whether somebody can be written to."""

    is_withdrawn: bool
    is_suspended: bool
    has_address: bool
    has_own_address: bool


def why_not(reach: Reach) -> WhyNot | None:
    """Say why somebody can't get a mail; None where they can."""
    if reach.is_withdrawn:
        return WhyNot.WITHDRAWN
    if reach.is_suspended:
        return WhyNot.SUSPENDED
    if not reach.has_address:
        return WhyNot.NO_ADDRESS
    return None if reach.has_own_address else WhyNot.SHARED_ADDRESS
