"""Gather a person's data from every package, and erase them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person, RoleGrant
from lms.accounts.traces import HOLDS, TRACES, Exported, Trace
from lms.audit.services import record
from lms.people_names import fold
from lms.personal_data.errors import AlreadyErased, Held, NameNotTyped, NoReason, StillStaff


@dataclass(frozen=True)
class Part:
    """One kind of trace as a page shows it: how much there is, what goes, what stays."""

    key: str
    label: str
    count: int
    removes: Sequence[str]
    keeps: Sequence[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held, so that nothing stays either."""
        return not self.count and not self.keeps


def parts_of(person_id: int) -> list[Part]:
    """Say of each kind of trace how much there is, what an erasure removes and what stays."""
    return [_part(trace, person_id) for trace in TRACES.values()]


def _part(trace: Trace, person_id: int) -> Part:
    held = trace.export(person_id)
    count = sum(len(v) for v in held.values.values() if isinstance(v, list)) + len(held.files)
    return Part(trace.key, trace.label(), count, trace.removes(person_id), trace.keeps(person_id))


def holds_on(person_id: int) -> list[str]:
    """Say why the person can't be erased now; empty where nothing speaks against it."""
    return [why for hold in HOLDS.values() for why in hold(person_id)]


def gather(person_id: int) -> dict[str, tuple[str, Exported]]:
    """Return all that is held of a person, by kind of trace, with what the kind is called."""
    return {t.key: (t.label(), t.export(person_id)) for t in TRACES.values()}


def note_handed_out(person_id: int, *, by: int | None) -> None:
    """Record that a person's data were handed out. Runs inside a write."""
    person = db.session().get_one(Person, person_id)
    record("person.data_exported", by=by, on=person)


def is_the_name(typed: str, person: Person) -> bool:
    """Whether what was typed is the person's name, in either order and with any diacritics."""
    return sorted(fold(typed).split()) == sorted(fold(person.full_name).split())


def erase(
    person: Person, *, typed_name: str, reason: str, by: int | None, over_hold: bool = False
) -> Mapping[str, int]:
    """Erase a person from every package; return what was removed. Runs inside a write.

    `over_hold` is the owner's word that it is done although a programme still keeps its papers:
    the caller has checked who says so. What was decided and why is recorded under a number.
    """
    if person.erased_at is not None:
        raise AlreadyErased
    if not is_the_name(typed_name, person):
        raise NameNotTyped
    if not reason.strip():
        raise NoReason
    held_role = sa.select(RoleGrant.id).where(RoleGrant.person_id == person.id).limit(1)
    if db.session().scalar(held_role) is not None:
        raise StillStaff
    why = holds_on(person.id)
    if why and not over_hold:
        raise Held(why)
    removed: dict[str, int] = {}
    for trace in reversed(TRACES.values()):  # upper packages point to the rows of lower ones
        removed.update(trace.erase(person.id))
    db.session().flush()
    record(
        "person.erased",
        by=by,
        on=person,
        reason=" ".join(reason.split()),
        over_hold=bool(why),
        count=sum(removed.values()),
    )
    return removed
