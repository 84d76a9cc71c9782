"""What was written since somebody last looked: by whom ever, in whichever process.

Each transaction leaves the places and people that it wrote about in `place_changes`, in the same
commit. So a page that keeps what it read asks one small question and reads only those again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from lms import clock, db
from lms.courses.models import PlaceChange

PLACE, PERSON = "place_id", "person_id"
FOLLOWED: Final[dict[str, tuple[str, str] | None]] = {
    "enrolments": (PLACE, "id"),
    "lesson_progress": (PLACE, "enrolment_id"),
    "completions": (PLACE, "enrolment_id"),
    "confirmations": (PLACE, "enrolment_id"),
    "attempts": (PLACE, "enrolment_id"),
    "attempt_allowances": (PLACE, "enrolment_id"),
    "paper_results": (PLACE, "enrolment_id"),
    "submissions": (PLACE, "enrolment_id"),
    "survey_submissions": (PLACE, "enrolment_id"),
    "certificates": (PLACE, "enrolment_id"),
    "persons": (PERSON, "id"),
    "tokens": (PERSON, "person_id"),
    "mail_messages": (PERSON, "person_id"),
    # What concerns everybody at once, and seldom changes.
    "programmes": None,
    "editions": None,
    "groups": None,
    "courses": None,
    "quizzes": None,
    "quiz_versions": None,
    "quiz_overrides": None,
    "surveys": None,
    "awards": None,
}
EVERYTHING = (None, None)
MOST = 500  # beyond that everything is read anew
KEPT = timedelta(days=1)
_Key = tuple[int | None, int | None]
_NOTED = "changed_places"


@dataclass(frozen=True)
class Changes:
    """What was written since a mark, and the mark to ask with the next time."""

    mark: int
    places: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    is_everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.places or self.people or self.is_everything)


def since(mark: int | None) -> Changes:
    """Say what was written since a mark; without one only give the mark.

    To be asked before what is kept is read: whatever is written meanwhile is told the next time.
    """
    session, is_sqlite = db.session(), db.db.engine.dialect.name == "sqlite"
    if mark is None:
        return Changes(int(session.scalar(_NEWEST if is_sqlite else _OLDEST_OPEN) or 0))
    found = session.execute(_AFTER_ID if is_sqlite else _AFTER_BEGUN, {"mark": mark}).all()
    rows = [row for row in found if row.id is not None]
    latest = rows[-1].id if rows else mark
    ahead = latest if is_sqlite else int(found[0].ahead)
    if len(rows) > MOST or any((r.place_id, r.person_id) == EVERYTHING for r in rows):
        return Changes(since(None).mark if is_sqlite else ahead, is_everything=True)
    return Changes(
        ahead,
        frozenset(r.place_id for r in rows if r.place_id is not None),
        frozenset(r.person_id for r in rows if r.person_id is not None),
    )


# SQLite has one writer at a time, so ids tell what came later. PostgreSQL's transactions end in
# another order than they begin: the mark is the oldest still open, and whatever began after it is
# asked for again; both are read by one statement, so that nothing falls between them.
_COLUMNS = PlaceChange.__table__.c
_NEWEST = sa.select(sa.func.coalesce(sa.func.max(_COLUMNS.id), 0))
_OPEN = sa.func.txid_snapshot_xmin(sa.func.txid_current_snapshot())
_OLDEST_OPEN = sa.select(_OPEN)
_SINCE = (
    sa.select(_COLUMNS.id, _COLUMNS.place_id, _COLUMNS.person_id)
    .order_by(_COLUMNS.id)
    .limit(MOST + 1)
)
_AFTER_ID = _SINCE.where(_COLUMNS.id > sa.bindparam("mark"))
_BEGUN = _SINCE.where(_COLUMNS.in_transaction >= sa.bindparam("mark")).subquery()
_NOW = sa.select(_OPEN.label("ahead")).subquery()
_AFTER_BEGUN = sa.select(
    _NOW.c.ahead, _BEGUN.c.id, _BEGUN.c.place_id, _BEGUN.c.person_id
).select_from(_NOW.outerjoin(_BEGUN, sa.true()))


def forget(now: datetime) -> None:
    """Remove what is older than a day; the newest stays, so that no id comes twice."""
    newest = sa.select(sa.func.max(PlaceChange.id)).scalar_subquery()
    db.deleted(sa.delete(PlaceChange).where(PlaceChange.at < now - KEPT, PlaceChange.id < newest))


# --- Noting ----------------------------------------------------------------------------------


def init() -> None:
    """Watch the session; a second call changes nothing."""
    for name, listener in (
        ("after_flush", _after_flush),
        ("do_orm_execute", _before_statement),
        ("before_commit", _before_commit),
        ("after_rollback", _forget_noted),
    ):
        if not event.contains(db.db.session, name, listener):
            event.listen(db.db.session, name, listener)


def _note(session: Session, table: str, ids: Iterable[int | None]) -> None:
    noted: set[_Key] = session.info.setdefault(_NOTED, set())
    kind = FOLLOWED[table]
    if kind is None:
        noted.add(EVERYTHING)
        return
    is_place = kind[0] == PLACE
    noted.update((i, None) if is_place else (None, i) for i in ids if i is not None)


def _after_flush(session: Session, _context: Any) -> None:
    changed = [o for o in session.dirty if session.is_modified(o)]
    for row in (*session.new, *changed, *session.deleted):
        table = row.__tablename__
        if table in FOLLOWED:
            kind = FOLLOWED[table]
            _note(session, table, [getattr(row, kind[1])] if kind else [])


def _before_statement(state: ORMExecuteState) -> None:
    """Note whom a change in bulk concerns, by asking with its own condition."""
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    statement: Any = state.statement
    table = statement.table
    if table.name not in FOLLOWED or state.execution_options.get("is_noted"):
        return
    kind = FOLLOWED[table.name]
    if kind is None or state.is_insert or statement.whereclause is None:
        state.session.info.setdefault(_NOTED, set()).add(EVERYTHING)
        return
    met = sa.select(table.c[kind[1]]).where(statement.whereclause).distinct()
    _note(state.session, table.name, state.session.scalars(met).all())


def _before_commit(session: Session) -> None:
    session.flush()
    noted: set[_Key] = session.info.pop(_NOTED, set())
    if not noted:
        return
    keys = {EVERYTHING} if EVERYTHING in noted or len(noted) > MOST else noted
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    number = sa.literal(0) if is_sqlite else sa.func.txid_current()
    now = clock.now()
    session.execute(
        sa.insert(PlaceChange.__table__).values(  # type: ignore[arg-type]
            [
                {PLACE: place, PERSON: person, "in_transaction": number, "at": now}
                for place, person in sorted(keys, key=repr)
            ]
        )
    )


def _forget_noted(session: Session) -> None:
    session.info.pop(_NOTED, None)
