"""Reading who stands where on an edition: everybody, or those alone who changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.accounts.models import Person, Token, TokenKind
from lms.courses import participant_hooks
from lms.courses.changes import Changes
from lms.courses.completion import Kind
from lms.courses.models import Edition, Enrolment, EnrolmentState, LessonProgress
from lms.courses.participant_hooks import Cell
from lms.courses.queries import CohortRow, cohort_of, ids_of_edition
from lms.mail.models import MailMessage, MailState
from lms.participants.forecast import PACE_DAYS, Forecast, Way, forecast
from lms.participants.services.invitations import shared_addresses
from lms.participants.standing import NOT_IN, Signs, Stage, stage_of
from lms.participants.table import NOT_INVITED, EditionTable, Invitation, NamedGroup, TableRow
from lms.people_names import person_sort_key
from lms.quizzes import exhausted

_STEPS = frozenset({Kind.LESSONS_READ, Kind.QUIZZES_PASSED, Kind.TESTS_TAKEN})


def edition_table(edition: Edition, *, now: datetime, with_columns: bool = True) -> EditionTable:
    """Read who stands where: a fixed number of statements, whatever the number of people.

    The columns of other packages hold addresses of pages: work outside a request goes without.
    """
    reader = _Reader(edition, now, with_columns=with_columns)
    rows = sorted(reader.rows(), key=lambda row: row.sort_key)
    groups = tuple(NamedGroup(group.id, group.name) for group in edition.groups)
    return EditionTable(
        outline=reader.outline,
        groups=groups,
        rows=tuple(rows),
        columns=tuple((key, column.heading()) for key, column in reader.columns.items()),
        forecast=_forecast(edition, rows, now),
        read_at=now,
        shared=reader.shared,
    )


def renewed(
    table: EditionTable, edition: Edition, changes: Changes, *, now: datetime
) -> EditionTable:
    """Return a table in which those who changed were read again, and nobody else."""
    shared = frozenset(shared_addresses()) if changes.people else table.shared
    affected = shared ^ table.shared
    places = {
        row.enrolment_id
        for row in table.rows
        if row.person_id in changes.people or (affected and row.email.lower() in affected)
    }
    places |= changes.places
    if not places:
        return table
    reader = _Reader(edition, now, only=places, shared=shared)
    fresh = {row.enrolment_id: row for row in reader.rows()}
    kept = [row for row in table.rows if row.enrolment_id not in places]
    if not fresh and len(kept) == len(table.rows):
        return table  # whoever changed has no place here
    rows = sorted((*kept, *fresh.values()), key=lambda row: row.sort_key)
    drawn = {
        kind: {place: html for place, html in known.items() if place not in places}
        for kind, known in table.drawn.items()
    }
    return replace(
        table,
        rows=tuple(rows),
        forecast=_forecast(edition, rows, now),
        shared=shared,
        drawn=drawn,
        pages={},
        worked={},
        said={key: said for key, said in table.said.items() if key != "outlook"},
        _chosen={},
    )


def _forecast(edition: Edition, rows: Sequence[TableRow], now: datetime) -> Forecast:
    return forecast(
        (row.way for row in rows if row.stage not in (Stage.WITHDRAWN, Stage.SUSPENDED)),
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        today=now.astimezone(ZoneInfo(edition.programme.zone)).date(),
        target=edition.target_number,
    )


_LISTED = sa.select(
    Enrolment.id,
    Enrolment.person_id,
    Enrolment.group_id,
    Enrolment.state,
    Enrolment.organisation_name,
    Enrolment.organisation_kind,
    Enrolment.function,
    Enrolment.county,
    Enrolment.enrolled_at,
    Enrolment.first_activity_at,
    Enrolment.last_activity_at,
    Enrolment.release_id,
    Enrolment.withdrawn_on,
    Enrolment.withdrawal_reason,
    Enrolment.replaced_by_id,
    Person.family_name,
    Person.given_names,
    Person.sign_in_name,
    Person.email,
    Person.phone,
    Person.password_hash.is_not(None).label("has_signed_in"),
    Person.password_set_at,
    Person.suspended_at,
    Person.name_confirmed_at,
).join(Person, Person.id == Enrolment.person_id)


class _Reader:
    """Makes an edition's rows from what was read for all of them at once."""

    def __init__(
        self,
        edition: Edition,
        now: datetime,
        *,
        only: Collection[int] | None = None,
        shared: frozenset[str] | None = None,
        with_columns: bool = True,
    ) -> None:
        since = now - timedelta(days=PACE_DAYS)
        self.now, self.zone = now, ZoneInfo(edition.programme.zone)
        self.places = ids_of_edition(edition.id, only)
        self.outline, self.cohort = cohort_of(edition, edition.course.version, only)
        self.groups = {group.id: group.name for group in edition.groups}
        self.invited = invitations_of(edition.id, only=only)
        self.shared = frozenset(shared_addresses()) if shared is None else shared
        self.exhausted = exhausted.of_edition(edition.id, only)
        self.read = _read_since(self.places, since)
        self.passed = exhausted.passed_since(edition.id, since, only)
        self.activities = {activity.key: activity for activity in self.outline.activities}
        self.asked = {condition.kind for condition in self.outline.conditions}
        self.columns = participant_hooks.COLUMNS if with_columns else {}
        self.extra = {key: c.cells(edition.id, only) for key, c in self.columns.items()}

    def rows(self) -> Iterator[TableRow]:
        """Read the places themselves, and put each one's row together."""
        for listed in db.session().execute(_LISTED.where(Enrolment.id.in_(self.places))):
            cells = {key: of[listed.id] for key, of in self.extra.items() if listed.id in of}
            yield self.row(listed, self.cohort[listed.id], cells)

    def row(
        self, listed: sa.Row[*tuple[object, ...]], standing: CohortRow, cells: Mapping[str, Cell]
    ) -> TableRow:
        """Put one participant's row together."""
        e = listed._mapping
        invitation = self.invited.get(e["person_id"], NOT_INVITED)
        stage = stage_of(signs_of(e, invitation, standing.completed_at), now=self.now)
        address = (e["email"] or "").lower()
        keys = self.exhausted.get(e["id"], ()) if standing.completed_at is None else ()
        lacking = tuple(self.activities[key] for key in keys if key in self.activities)
        return TableRow(
            enrolment_id=e["id"],
            person_id=e["person_id"],
            family_name=e["family_name"],
            given_names=e["given_names"],
            sign_in_name=e["sign_in_name"],
            email=e["email"] or "",
            phone=e["phone"] or "",
            organisation=e["organisation_name"] or "",
            kind=e["organisation_kind"],
            function=e["function"] or "",
            county=e["county"] or "",
            group_id=e["group_id"],
            group=self.groups.get(e["group_id"] or 0, ""),
            stage=stage,
            has_own_address=bool(address) and address not in self.shared,
            invitation=invitation,
            last_activity_at=e["last_activity_at"],
            completed_at=standing.completed_at,
            is_name_confirmed=e["name_confirmed_at"] is not None,
            is_released=e["release_id"] is not None,
            withdrawn_on=e["withdrawn_on"],
            withdrawal_reason=e["withdrawal_reason"] or "",
            replaced_by_id=e["replaced_by_id"],
            modules=standing.modules,
            results=standing.results,
            exhausted=lacking,
            extra=cells,
            way=self._way(e, standing, stage, is_blocked=bool(lacking)),
            sort_key=person_sort_key(e["family_name"], e["given_names"]),
        )

    def _way(self, e: sa.RowMapping, standing: CohortRow, stage: Stage, *, is_blocked: bool) -> Way:
        recent = self.read.get(e["id"], 0) if Kind.LESSONS_READ in self.asked else 0
        begun, done = e["first_activity_at"], standing.completed_at
        return Way(
            enrolment_id=e["id"],
            enrolled_on=e["enrolled_at"].astimezone(self.zone).date(),
            completed_on=done.astimezone(self.zone).date() if done else None,
            is_in=stage not in NOT_IN,
            is_blocked=is_blocked,
            is_quiet=stage is Stage.QUIET,
            steps_left=sum(int(r.left) for r in standing.results if r.condition.kind in _STEPS),
            recent_steps=recent + self.passed.get(e["id"], 0),
            begun_on=begun.astimezone(self.zone).date() if begun else None,
        )


def signs_of(
    place: Mapping[str, object] | sa.RowMapping,
    invitation: Invitation,
    completed_at: datetime | None,
) -> Signs:
    """Gather what decides about a participant's stage; `place` holds what `_LISTED` names."""
    e = place
    entered = [at for at in (e["password_set_at"], e["enrolled_at"]) if isinstance(at, datetime)]
    active_at = e["last_activity_at"]
    return Signs(
        is_withdrawn=e["state"] is EnrolmentState.WITHDRAWN,
        is_suspended=e["suspended_at"] is not None,
        is_invited=invitation.at is not None,
        mail_failed=invitation.mail_failed,
        has_opened=invitation.opened_at is not None,
        has_signed_in=bool(e["has_signed_in"]),
        signed_in_at=max(entered) if entered and e["has_signed_in"] else None,
        last_activity_at=active_at if isinstance(active_at, datetime) else None,
        completed_at=completed_at,
    )


def signs_of_place(
    enrolment: Enrolment, invitation: Invitation, completed_at: datetime | None
) -> Signs:
    """Gather what decides about the stage of one place, read whole."""
    person = enrolment.person
    return signs_of(
        {
            "state": enrolment.state,
            "enrolled_at": enrolment.enrolled_at,
            "last_activity_at": enrolment.last_activity_at,
            "suspended_at": person.suspended_at,
            "has_signed_in": person.password_hash is not None,
            "password_set_at": person.password_set_at,
        },
        invitation,
        completed_at,
    )


def invitations_of(
    edition_id: int, person_id: int | None = None, *, only: Collection[int] | None = None
) -> dict[int, Invitation]:
    """Read how people of an edition were last invited, and whose mail failed; two statements."""
    people = ids_of_edition(edition_id, only).with_only_columns(Enrolment.person_id)
    if person_id is not None:
        people = people.where(Enrolment.person_id == person_id)
    failed: dict[int, set[str]] = {}
    for person, event in db.session().execute(
        sa.select(MailMessage.person_id, MailMessage.event).where(
            MailMessage.person_id.in_(people),
            MailMessage.state == MailState.FAILED,
            MailMessage.event.startswith("account.invited:"),
        )
    ):
        failed.setdefault(person, set()).add(event)
    return {
        person: Invitation(at, opened, f"account.invited:{token}" in failed.get(person, ()))
        for person, token, at, opened in db.session().execute(
            sa.select(
                Token.person_id,
                sa.func.max(Token.id),
                sa.func.max(Token.created_at),
                sa.func.max(Token.opened_at),
            )
            .where(
                Token.person_id.in_(people),
                Token.kind == TokenKind.INVITATION,
                Token.withdrawn_at.is_(None),
            )
            .group_by(Token.person_id)
        )
    }


def _read_since(places: sa.Select[int], since: datetime) -> dict[int, int]:
    """Count the lessons that each place has read since a time."""
    counted = (
        sa.select(LessonProgress.enrolment_id, sa.func.count())
        .where(LessonProgress.enrolment_id.in_(places), LessonProgress.read_at >= since)
        .group_by(LessonProgress.enrolment_id)
    )
    return {row[0]: row[1] for row in db.session().execute(counted)}
