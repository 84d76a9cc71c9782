"""Taking an import back within its days: first shown, then done, never what people have done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from lms import db
from lms.accounts.models import NoticeShown, Person, PersonName, Token
from lms.audit.services import record
from lms.courses.models import Enrolment, EnrolmentState, Group
from lms.mail.models import MailMessage, MailState
from lms.organisations.models import Membership, Organisation
from lms.organisations.services import Filled
from lms.participants.errors import (
    AlreadyUndone,
    NothingToUndo,
    ReasonMissing,
    UndoMoved,
    UndoOver,
)
from lms.participants.known import Standing, read_known
from lms.participants.models import ImportRow, ParticipantImport
from lms.participants.roster import Change, Field
from lms.participants.services.carrying_out import apply_person_changes
from lms.participants.services.planning import PERSON_FIELDS
from lms.participants.taking_back import Delta, RowNow, TakeBack, take_back
from lms.people_names import fold
from lms.quizzes.services import terms

# What goes with a person who never came: none of it is their own doing.
_GOES_WITH_PERSON = frozenset(
    {
        *(Token.__tablename__, MailMessage.__tablename__, PersonName.__tablename__),
        *(NoticeShown.__tablename__, Membership.__tablename__, Enrolment.__tablename__),
        ImportRow.__tablename__,
    }
)
_GOES_WITH_PLACE = frozenset({ImportRow.__tablename__})


@dataclass(frozen=True)
class UndoLine:
    """A row of an import, who it was, and what undoing does with it."""

    row: ImportRow
    person: Person | None
    will: TakeBack


@dataclass(frozen=True)
class UndoPlan:
    """What undoing an import would do now, row by row."""

    batch: ParticipantImport
    lines: tuple[UndoLine, ...]
    invited: int  # of those who go: how many were written to
    filled: tuple[Filled, ...] = ()  # facts of organisations that are taken out again

    @property
    def places(self) -> int:
        """How many places go."""
        return sum(line.will.place for line in self.lines)

    @property
    def people(self) -> int:
        """How many people go with their places."""
        return sum(line.will.person for line in self.lines)

    @property
    def changed(self) -> int:
        """How many people get facts back."""
        return sum(bool(line.will.changes) for line in self.lines)

    @property
    def kept(self) -> tuple[UndoLine, ...]:
        """Rows of which something stays."""
        return tuple(line for line in self.lines if line.will.holds)

    @property
    def does_anything(self) -> bool:
        """Whether anything would be taken back."""
        return bool(self.filled) or any(line.will.does_anything for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Name what would be done, so that something done meanwhile is noticed."""
        said = [(line.row.id, repr(line.will)) for line in self.lines]
        return hashlib.sha256(repr((said, self.filled)).encode()).hexdigest()[:20]


def plan_undo(batch: ParticipantImport) -> UndoPlan:
    """Say what undoing would do now; a number of statements that the rows don't decide."""
    session = db.session()
    rows = session.scalars(
        sa.select(ImportRow).where(ImportRow.import_id == batch.id).order_by(ImportRow.number)
    ).all()
    people = [row.person_id for row in rows if row.person_id is not None]
    places = [row.enrolment_id for row in rows if row.enrolment_id is not None]
    known = read_known(batch.edition)
    of_place = _speaking_of(Enrolment.__tablename__, places, _GOES_WITH_PLACE)
    of_person = _speaking_of(Person.__tablename__, people, _GOES_WITH_PERSON)
    elsewhere = _with_other_places(batch, people)
    under_way = set(
        session.scalars(
            sa.select(MailMessage.person_id).where(MailMessage.state == MailState.SENDING)
        )
    )
    lines = []
    for row in rows:
        standing = known.get(row.person_id or 0)
        now = RowNow(
            deed=row.deed.value,
            is_place_there=row.enrolment_id is not None and not row.is_taken_back,
            place_is_withdrawn=standing is not None and standing.state is EnrolmentState.WITHDRAWN,
            place_tables=of_place.get(row.enrolment_id or 0, frozenset()),
            has_signed_in=standing is not None and standing.person.password_hash is not None,
            person_tables=of_person.get(row.person_id or 0, frozenset()),
            has_other_place=row.person_id in elsewhere,
            mail_is_under_way=row.person_id in under_way,
            changes=tuple(Delta(*change) for change in row.changes),
            values=_values(standing),
            is_membership_as_left=_is_as_left(row, standing),
        )
        lines.append(UndoLine(row, standing.person if standing else None, take_back(now)))
    return UndoPlan(batch, tuple(lines), _invited(lines), filled_in(batch, as_left=True))


def filled_in(batch: ParticipantImport, *, as_left: bool = False) -> tuple[Filled, ...]:
    """Return what the list filled in of organisations; with `as_left` what still stands so."""
    found = []
    for organisation_id, field, value in batch.filled:
        known = db.session().get(Organisation, organisation_id)
        if known is not None and (not as_left or getattr(known, field) == value):
            found.append(Filled(known.id, known.name, field, value))
    return tuple(found)


def _values(standing: Standing | None) -> Mapping[str, str]:
    if standing is None:
        return {}
    return {field.value: standing.facts.value_of(field) for field in _ASKED}


_ASKED = tuple(f for f in Field if f not in {Field.FULL_NAME, Field.FULL_NAME_GIVEN_FIRST})


def _is_as_left(row: ImportRow, standing: Standing | None) -> bool:
    held = standing.membership if standing else None
    return held is not None and held.id == row.membership_id


def _invited(lines: Sequence[UndoLine]) -> int:
    gone = [line.row.person_id for line in lines if line.will.person]
    if not gone:
        return 0
    found = db.session().scalar(
        sa.select(sa.func.count(MailMessage.person_id.distinct())).where(
            MailMessage.person_id.in_(gone)
        )
    )
    return found or 0


def _with_other_places(batch: ParticipantImport, people: Collection[int]) -> set[int]:
    return set(
        db.session().scalars(
            sa.select(Enrolment.person_id).where(
                Enrolment.person_id.in_(people), Enrolment.edition_id != batch.edition_id
            )
        )
    )


def _speaking_of(
    table: str, ids: Collection[int], but: Collection[str]
) -> dict[int, frozenset[str]]:
    """Return which tables speak of rows, by id: every foreign key is asked, whoever made it.

    A package that comes later is asked too, without a word here.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for other in db.Base.metadata.sorted_tables:
        if other.name in but:
            continue
        for column in other.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                asked = sa.select(column).where(column.in_(list(ids))).distinct()
                for value in db.session().scalars(asked):
                    found[value].add(other.name)
    return {value: frozenset(names) for value, names in found.items()}


def undo(
    batch: ParticipantImport,
    *,
    reason: str,
    by: int | None,
    now: datetime,
    expected: str | None = None,
) -> UndoPlan:
    """Take an import back as far as nobody has acted; return what was done. Runs inside a write.

    Raises AlreadyUndone, UndoOver after its days, NothingToUndo, and UndoMoved where it is no
    longer what the `expected` fingerprint names.
    """
    if batch.undone_at is not None:
        raise AlreadyUndone
    if now >= batch.undo_until:
        raise UndoOver
    if not reason.strip():
        raise ReasonMissing
    plan = plan_undo(batch)
    if not plan.does_anything:
        raise NothingToUndo
    if expected is not None and expected != plan.fingerprint:
        raise UndoMoved
    record(
        "participants.import_undone",
        by=by,
        on=batch,
        course_id=batch.course_id,
        places=plan.places,
        people=plan.people,
        updated=plan.changed,
        kept=len(plan.kept),
        reason=reason,
    )
    _empty_again(plan, by)
    _put_back(plan, reason, by, now)
    _remove(plan, by)
    batch.undone_at, batch.undone_by_id, batch.undo_reason = now, by, reason
    return plan


def _empty_again(plan: UndoPlan, by: int | None) -> None:
    """Take out of organisations what the list filled in and what still stands so."""
    for one in plan.filled:
        organisation = db.session().get_one(Organisation, one.organisation_id)
        setattr(organisation, one.field, None)
        record(
            "organisation.restored_by_undo",
            by=by,
            on=organisation,
            course_id=plan.batch.course_id,
            changes=[[one.field, one.value, ""]],
        )


def _put_back(plan: UndoPlan, reason: str, by: int | None, now: datetime) -> None:
    """Give known people the facts back that the list changed."""
    known = read_known(plan.batch.edition)
    groups = {fold(group.name): group.id for group in plan.batch.edition.groups}
    moved = []
    for line in plan.lines:
        standing = known.get(line.row.person_id or 0)
        if standing is None or not line.will.changes:
            continue
        back = [Change(Field(c.field), c.after, c.before) for c in line.will.changes]
        own = [c for c in back if c.field in PERSON_FIELDS]
        if own:
            apply_person_changes(standing.person, own, by=by, now=now, reason=reason)
        place = standing.enrolment
        for change in back:
            if place is not None and change.field is Field.GROUP:
                place.group_id = groups.get(fold(change.after)) if change.after else None
                moved.append(place.id)
            if place is not None and change.field is Field.COUNTY:
                place.county = change.after or None
        if not line.will.place and len(own) < len(back):
            _reopen([line.row])
        record(
            "person.restored_by_undo",
            by=by,
            on=standing.person,
            changes=[[c.field.value, c.before, c.after] for c in back],
        )
        line.row.is_taken_back = True
    terms.retime_places(moved)


def _reopen(rows: Sequence[ImportRow]) -> None:
    """Take back the memberships that rows made, and open again those that they closed."""
    made = [row.membership_id for row in rows if row.membership_id is not None]
    closed = [row.closed_membership_id for row in rows if row.closed_membership_id is not None]
    session = db.session()
    for row in rows:
        row.membership_id = row.closed_membership_id = None
    session.flush()  # the memberships are no longer named
    session.execute(
        sa.delete(Membership).where(Membership.id.in_(made), Membership.to_on.is_(None))
    )
    session.execute(sa.update(Membership).where(Membership.id.in_(closed)).values(to_on=None))


def _remove(plan: UndoPlan, by: int | None) -> None:
    """Take off the places, then the people who came with them, then what stays empty."""
    session = db.session()
    gone = [line for line in plan.lines if line.will.place]
    places = [line.row.enrolment_id for line in gone if line.row.enrolment_id is not None]
    people = [
        line.row.person_id for line in gone if line.will.person and line.row.person_id is not None
    ]
    for place in session.scalars(sa.select(Enrolment).where(Enrolment.id.in_(places))):
        record("enrolment.removed", by=by, on=place, course_id=plan.batch.course_id)
    for line in gone:
        line.row.is_taken_back = True
    _reopen([line.row for line in gone])
    rows = sa.update(ImportRow)
    session.execute(rows.where(ImportRow.enrolment_id.in_(places)).values(enrolment_id=None))
    session.execute(rows.where(ImportRow.person_id.in_(people)).values(person_id=None))
    session.execute(sa.delete(Enrolment).where(Enrolment.id.in_(places)))
    left_over = sa.select(Membership.id).where(Membership.person_id.in_(people))
    for column in (ImportRow.membership_id, ImportRow.closed_membership_id):
        session.execute(rows.where(column.in_(left_over)).values({column.key: None}))
    for model in (Token, MailMessage, PersonName, NoticeShown, Membership):
        session.execute(sa.delete(model).where(model.person_id.in_(people)))
    session.execute(sa.delete(Person).where(Person.id.in_(people)))
    session.flush()
    _remove_empty(plan.batch)
    session.expire(plan.batch.edition, ["groups"])  # some may be gone


def _remove_empty(batch: ParticipantImport) -> None:
    """Remove groups and organisations that the list made and that nothing names any more."""
    session = db.session()
    for model, made in ((Group, batch.made_groups), (Organisation, batch.made_organisations)):
        named = _speaking_of(model.__tablename__, made, ())
        idle = [i for i in made if i not in named]
        session.execute(sa.delete(model).where(model.id.in_(idle)))
