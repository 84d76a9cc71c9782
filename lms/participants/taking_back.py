"""What of an import's row can be taken back, now that people may have acted: plain rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

DeedCode = Literal["new", "placed", "changed", "unchanged"]


class Hold(StrEnum):
    """Why something stays as it is."""

    SIGNED_IN = "signed_in"
    LEARNT = "learnt"
    HOURS = "hours"
    ANSWERED = "answered"
    CERTIFIED = "certified"
    SEAT_TAKEN_OVER = "seat_taken_over"
    WITHDRAWN = "withdrawn"
    IN_USE_ELSEWHERE = "in_use_elsewhere"
    MAIL_UNDER_WAY = "mail_under_way"
    CHANGED_SINCE = "changed_since"
    OTHER_RECORDS = "other_records"


_BY_TABLE: Mapping[str, Hold] = {
    "attempts": Hold.LEARNT,
    "lesson_progress": Hold.LEARNT,
    "completions": Hold.LEARNT,
    "submissions": Hold.LEARNT,
    "confirmations": Hold.LEARNT,
    "hour_entries": Hold.HOURS,
    "presences": Hold.HOURS,
    "paper_results": Hold.LEARNT,
    "survey_submissions": Hold.ANSWERED,
    "entry_records": Hold.ANSWERED,
    "certificates": Hold.CERTIFIED,
    "enrolments": Hold.SEAT_TAKEN_OVER,
}


@dataclass(frozen=True)
class Delta:
    """A fact that the list changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class RowNow:
    """A row of an import as things stand now.

    The tables are those that speak of the place, or of the person beyond this place; `values` are
    the person's facts by field.
    """

    deed: DeedCode
    is_place_there: bool = False
    place_is_withdrawn: bool = False
    place_tables: frozenset[str] = frozenset()
    has_signed_in: bool = False
    person_tables: frozenset[str] = frozenset()
    has_other_place: bool = False
    mail_is_under_way: bool = False
    changes: tuple[Delta, ...] = ()
    values: Mapping[str, str] | None = None
    is_membership_as_left: bool = True


@dataclass(frozen=True)
class TakeBack:
    """What undoing a row does: the place, the person, facts put back; and what stays, and why."""

    place: bool = False
    person: bool = False
    changes: tuple[Delta, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def does_anything(self) -> bool:
        """Whether anything is taken back."""
        return self.place or self.person or bool(self.changes)


def take_back(row: RowNow) -> TakeBack:
    """Say what can be taken back without losing anything that a person has done.

    A place goes only while nobody has acted on it; the person goes with it only where this list
    brought them and nothing else speaks of them. A changed fact goes back only while it still is
    what the list made it.
    """
    holds: list[Hold] = []
    place = False
    if row.deed in ("new", "placed") and row.is_place_there:
        holds += _place_holds(row)
        place = not holds
    person = False
    if row.deed == "new" and place:
        kept = _person_holds(row)
        holds += kept
        person = not kept
    undone, stay = _changes(row)
    if stay:
        holds.append(Hold.CHANGED_SINCE)
    return TakeBack(place, person, undone, tuple(dict.fromkeys(holds)))


def _place_holds(row: RowNow) -> list[Hold]:
    holds = [Hold.SIGNED_IN] if row.deed == "new" and row.has_signed_in else []
    holds += sorted({_BY_TABLE.get(table, Hold.OTHER_RECORDS) for table in row.place_tables})
    if row.place_is_withdrawn:
        holds.append(Hold.WITHDRAWN)
    if row.mail_is_under_way:
        holds.append(Hold.MAIL_UNDER_WAY)
    return holds


def _person_holds(row: RowNow) -> list[Hold]:
    holds = [Hold.IN_USE_ELSEWHERE] if row.has_other_place else []
    if row.person_tables:
        holds.append(Hold.OTHER_RECORDS)
    return holds


_OF_MEMBERSHIP = frozenset({"organisation", "kind", "cui", "function"})


def _changes(row: RowNow) -> tuple[tuple[Delta, ...], tuple[Delta, ...]]:
    """Part the changes in those that go back and those that something else has overtaken."""
    values = row.values or {}
    undone: list[Delta] = []
    stay: list[Delta] = []
    for change in row.changes:
        is_ours = values.get(change.field, "") == change.after
        if change.field in _OF_MEMBERSHIP:
            is_ours = row.is_membership_as_left
        (undone if is_ours else stay).append(change)
    return tuple(undone), tuple(stay)
