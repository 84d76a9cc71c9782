"""When tests open and close: for a place with all that was granted, for an edition as it is set."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for

from lms import db
from lms.calendars.moments import EditionRow, Kind, Moment
from lms.courses.activities import Day
from lms.courses.models import Edition, Enrolment, Group
from lms.quizzes.models import Quiz, QuizOverride, QuizVersion, QuizWindow
from lms.quizzes.provider import key_of
from lms.quizzes.rules.settings import parse_settings
from lms.quizzes.services.terms import Held
from lms.web.i18n import current_locale, ngettext
from lms.web.i18n import gettext as _


@dataclass
class _Test:
    """A test as one place meets it; `changed` are the moments at which its days were set."""

    place_id: int
    edition_id: int
    quiz_id: int
    slug: str
    title: str
    settings: Mapping[str, Any]
    held: Held
    changed: list[datetime] = field(default_factory=list)


def quiz_moments(
    place_ids: Collection[int],
    editions: Mapping[int, EditionRow],
    done: Mapping[int, Mapping[str, Day]],
) -> Iterator[Moment]:
    """Tell when tests open and close for places, with more time and other days granted."""
    tests = _tests_of(place_ids)
    _add_granted(place_ids, tests)
    for test in tests.values():
        if test.changed:
            yield from _moments_of(test, editions[test.edition_id], done[test.place_id])


def _titled() -> Any:
    return Quiz.title_en if current_locale() == "en" else Quiz.title_ro


def _is_open() -> sa.ColumnElement[bool]:
    return sa.and_(Quiz.published_at.is_not(None), Quiz.withdrawn_at.is_(None))


def _tests_of(place_ids: Collection[int]) -> dict[tuple[int, int], _Test]:
    rows = db.session().execute(
        sa.select(
            Enrolment.id,
            Enrolment.edition_id,
            Quiz.id,
            Quiz.slug,
            _titled(),
            QuizVersion.settings,
            QuizWindow.opens_at,
            QuizWindow.closes_at,
            QuizWindow.set_at,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Quiz, Quiz.course_id == Edition.course_id)
        .join(QuizVersion, QuizVersion.id == Quiz.current_version_id)
        .outerjoin(
            QuizWindow,
            sa.and_(QuizWindow.quiz_id == Quiz.id, QuizWindow.edition_id == Edition.id),
        )
        .where(Enrolment.id.in_(place_ids), _is_open())
    )
    found = {}
    for place_id, edition_id, quiz_id, slug, title, settings, opens, closes, set_at in rows:
        held = Held(opens_at=opens, closes_at=closes)
        test = _Test(place_id, edition_id, quiz_id, slug, title, settings, held)
        test.changed += [set_at] if set_at else []
        found[place_id, quiz_id] = test
    return found


def _add_granted(place_ids: Collection[int], tests: Mapping[tuple[int, int], _Test]) -> None:
    """Add what was granted; what was taken back, or concerns another group, changed it too.

    So a version of a moment is never numbered lower, also after somebody changed groups.
    """
    rows = db.session().execute(
        sa.select(
            Enrolment.id,
            Enrolment.group_id,
            QuizOverride.quiz_id,
            QuizOverride.enrolment_id,
            QuizOverride.group_id,
            QuizOverride.terms,
            QuizOverride.granted_at,
            QuizOverride.taken_back_at,
        )
        .join(Group, Group.edition_id == Enrolment.edition_id, isouter=True)
        .join(
            QuizOverride,
            sa.or_(
                QuizOverride.enrolment_id == Enrolment.id,
                QuizOverride.group_id == Group.id,
            ),
        )
        .where(Enrolment.id.in_(place_ids))
        .distinct()
    )
    for place_id, own_group, quiz_id, of_place, of_group, terms, granted_at, taken_back in rows:
        test = tests.get((place_id, quiz_id))
        if test is None:
            continue
        test.changed.append(taken_back or granted_at)
        is_own = of_place is not None
        if taken_back is None and (is_own or of_group == own_group):
            test.held.add(terms, is_own=is_own)


def _moments_of(test: _Test, edition: EditionRow, done: Mapping[str, Day]) -> Iterator[Moment]:
    terms = test.held.terms(parse_settings(test.settings))
    note = ""
    if terms.time_limit:
        minutes = ngettext("%(num)s minute", "%(num)s minutes", terms.time_limit)
        note = _("You have %(time)s for it.", time=minutes)
    href = url_for("quizzes.quiz", slug=edition.course_slug, quiz_slug=test.slug)
    yield from _both(
        f"{test.quiz_id}-{test.place_id}",
        (terms.opens_at, terms.closes_at),
        test.title,
        edition,
        changed_at=max(test.changed),
        href=href,
        note=note,
        done_on=done.get(key_of(test.quiz_id)),
    )


def _both(
    key: str,
    days: tuple[datetime | None, datetime | None],
    title: str,
    edition: EditionRow,
    **more: Any,
) -> Iterator[Moment]:
    named = (
        (Kind.OPENS, days[0], _("Opens: %(title)s", title=title)),
        (Kind.CLOSES, days[1], _("Deadline: %(title)s", title=title)),
    )
    for kind, at, said in named:
        if at is not None:
            yield Moment(
                key=f"quiz-{key}-{kind.value}",
                kind=kind,
                starts=at,
                zone=edition.zone,
                title=said,
                course=edition.course,
                **more,
            )


def window_moments(editions: Mapping[int, EditionRow]) -> Iterator[Moment]:
    """Tell when tests open and close for whole editions, as their days are set."""
    rows = db.session().execute(
        sa.select(
            QuizWindow.edition_id,
            Quiz.id,
            Quiz.slug,
            _titled(),
            QuizWindow.opens_at,
            QuizWindow.closes_at,
            QuizWindow.set_at,
        )
        .join(Quiz, Quiz.id == QuizWindow.quiz_id)
        .where(QuizWindow.edition_id.in_(editions), _is_open())
    )
    for edition_id, quiz_id, slug, title, opens, closes, set_at in rows:
        edition = editions[edition_id]
        yield from _both(
            f"{quiz_id}-edition-{edition_id}",
            (opens, closes),
            title,
            edition,
            changed_at=set_at,
            href=url_for("quizzes.quiz", slug=edition.course_slug, quiz_slug=slug),
            note=edition.title,
        )
