"""Terms of office: who signs on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Term(Protocol):
    """A person in a place for some time; without an end the term is still running."""

    @property
    def position(self) -> int:
        """The place: the first signs on the left."""

    @property
    def serves_from(self) -> date:
        """The first day."""

    @property
    def serves_until(self) -> date | None:
        """The last day, or None."""


AnyTerm = TypeVar("AnyTerm", bound=Term)


def serving(terms: Iterable[AnyTerm], position: int, on: date) -> AnyTerm | None:
    """Return whose term covers a day in a place; of several, who came last."""
    found = [
        term
        for term in terms
        if term.position == position
        and term.serves_from <= on
        and (term.serves_until is None or on <= term.serves_until)
    ]
    return max(found, key=lambda term: term.serves_from, default=None)
