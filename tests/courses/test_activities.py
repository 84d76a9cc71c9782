"""Kinds of activities register themselves: what they say counts, in one statement."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses import activities, queries
from lms.courses.activities import NO_PERCENT, ONLINE, Activity, ActivityKind, Edge
from lms.courses.models import CompletionCondition, ConditionKind, Course, Edition, Enrolment
from lms.courses.outline import outline_of
from tests.factories import make_quiz


class FormAtTheEnd:
    """A kind whose one form everybody with an active place has filled in."""

    def outline(self, course_id):
        form = Activity(
            "form:1", "Părerea", "Opinion", "/f", 1, kind=ActivityKind.FORM, form="parerea"
        )
        return {Edge.END: [form]}

    def standings(self, narrow):
        return sa.select(
            Enrolment.id, sa.literal("form:1"), sa.literal(1), NO_PERCENT.label("percent"), ONLINE
        ).where(narrow(Enrolment.id))

    def dates(self, narrow):
        return sa.select(
            sa.literal("form:1"), Enrolment.enrolled_at, sa.cast(sa.null(), sa.Date())
        ).where(narrow(Enrolment.id))


@pytest.fixture
def form(app, cast):
    before = list(activities.PROVIDERS)
    activities.register(FormAtTheEnd())
    with app.app_context(), db.writing() as session:
        make_quiz(cast.module_ids[0])
        session.add(
            CompletionCondition(
                course_id=cast.course_id,
                position=9,
                kind=ConditionKind.FORM_SUBMITTED,
                parameters={"form": "parerea"},
            )
        )
    yield
    activities.PROVIDERS[:] = before
    activities.forget()


def test_a_form_that_another_package_brings_fulfils_the_condition(app, cast, form):
    with app.app_context():
        place = queries.place_by_id(cast.enrolments["learner"])
        standing = queries.standing_of(place)
        (asked,) = [r for r in standing.results if r.condition.kind.value == "form_submitted"]
        assert asked.is_met
        assert [a.key for a in standing.outline.end] == ["form:1"]


def test_the_office_sees_it_as_well(app, cast, form):
    with app.app_context():
        edition = db.session().get(Edition, cast.edition_id)
        version = db.session().get(Course, cast.course_id).version
        _, rows = queries.cohort_of(edition, version)
        for part in ("learner", "classmate"):
            evidence = rows[cast.enrolments[part]].evidence
            assert evidence.forms_submitted == {"parerea"}


def test_what_a_course_does_not_ask_is_no_evidence(app, cast):
    with app.app_context():
        version = db.session().get(Course, cast.course_id).version
        assert outline_of(cast.course_id, version).end == ()
        place = queries.place_by_id(cast.enrolments["learner"])
        assert queries.standing_of(place).evidence.forms_submitted == frozenset()
