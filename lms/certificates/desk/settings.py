"""How certificates are put on paper: what for, in which order, on what stock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from lms.certificates.designs.design import Purpose

MOST_COPIES: Final = 10
PER_SHEET: Final = (1, 2, 4, 9)
BLEED: Final = 3.0
MOST_SHIFT: Final = 20.0
"""How far a printer may be off, in millimetres; more is a mistake in typing."""


class PrintKind(StrEnum):
    """What a sheet is: the paper original, a copy that says so, or what is neither.

    The annex alone is the pages after the first one, for an original whose annex was spoilt or is
    bound by itself.
    """

    ORIGINAL = "original"
    COPY = "copy"
    ANNEX = "annex"
    PROOF = "proof"

    @property
    def purpose(self) -> Purpose:
        """What the page is composed for."""
        return Purpose.COPY if self is PrintKind.COPY else Purpose.ORIGINAL


class Order(StrEnum):
    """In which order certificates come out of the printer."""

    NAME = "name"
    ORGANISATION = "organisation"
    COUNTY = "county"
    NUMBER = "number"


class Sides(StrEnum):
    """One page a sheet, or two, and on which edge the printer turns the sheet."""

    SINGLE = "single"
    LONG_EDGE = "long_edge"
    SHORT_EDGE = "short_edge"


@dataclass(frozen=True)
class PrintSettings:
    """All that is asked of one printing.

    `is_preprinted` leaves out frame, background, rules and logos: they are on the paper already.
    `is_cut` adds bleed and crop marks. `right` and `up` move all that is printed, in millimetres,
    as the printer needs. Separators stand before each bundle of an order that makes bundles.
    """

    kind: PrintKind = PrintKind.ORIGINAL
    order: Order = Order.NAME
    sides: Sides = Sides.SINGLE
    is_preprinted: bool = False
    is_cut: bool = False
    per_sheet: int = 1
    copies: int = 1
    has_cover: bool = False
    has_separators: bool = False
    printer: str = ""
    right: float = 0.0
    up: float = 0.0

    def tidy(self) -> PrintSettings:
        """Leave out what doesn't go together: a proof is one copy, neither cut nor bundled."""
        if self.kind is PrintKind.PROOF:
            return replace(
                self,
                sides=Sides.SINGLE,
                is_cut=False,
                copies=1,
                has_cover=False,
                has_separators=False,
                right=0.0,
                up=0.0,
                printer="",
            )
        bundles = self.has_separators and self.order in {Order.ORGANISATION, Order.COUNTY}
        found = replace(self, per_sheet=1, has_separators=bundles)
        return replace(found, right=0.0, up=0.0, printer="") if self.is_cut else found

    def to_plain(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> PrintSettings:
        """Read them back."""
        named: dict[str, Any] = {
            "kind": PrintKind(plain["kind"]),
            "order": Order(plain["order"]),
            "sides": Sides(plain["sides"]),
        }
        return cls(**{**plain, **named})
