"""Satisfaction: the same groups as on the questionnaire's page, each figure against plain SQL."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
import sqlalchemy as sa

from lms import db
from lms.courses.models import Edition, Programme
from lms.reports.catalogue import built
from lms.reports.population import Filters, scope_of
from tests.surveys import asked

PEOPLE = 22  # fifteen sets of answers are let out, seven wait


@pytest.fixture
def answered(cast):
    asked.ask(cast)
    for number, place in enumerate(asked.people(cast, PEOPLE)):
        answers = {"util": 1 + number % 5, "ritm": ("lent", "bun")[number % 2]}
        if number % 3:
            answers["coleg"] = number % 11
        assert asked.submit(cast.app, place, answers)
    return cast


EVERYBODY = Filters()


def said(cast, *, whole=False, filters=EVERYBODY):
    with cast.app.app_context():
        session = db.session()
        edition = None if whole else session.get_one(Edition, cast.edition_id)
        programme = session.get_one(Programme, cast.programme_id)
        made = built("satisfaction", scope_of(programme, edition, filters))
        return {key: found.figure for key, found in made.report.figures()}


def one(cast, sql):
    with cast.app.app_context():
        return db.session().execute(sa.text(sql), {"e": cast.edition_id}).scalar()


@pytest.mark.parametrize("whole", [False, True], ids=["edition", "programme"])
def test_figures_are_those_of_the_answers_that_may_be_shown(answered, whole):
    figures, course = said(answered, whole=whole), answered.course_id
    shown = one(answered, "SELECT count(*) FROM survey_answers WHERE edition_id = :e")
    assert figures[f"head.shown{course}.n"].value == shown == 15
    assert figures[f"head.waiting{course}.n"].value == one(
        answered, "SELECT sum(waiting) FROM survey_boxes WHERE edition_id = :e"
    )
    submitted = one(answered, "SELECT count(*) FROM survey_submissions")
    places = one(
        answered,
        "SELECT count(*) FROM enrolments WHERE edition_id = :e AND state = 'active'",
    )
    figure = figures[f"head.submitted{course}.n"]
    assert (figure.value, figure.of) == (submitted, places)
    for question, points in (("util", range(1, 6)), ("coleg", range(11))):
        value = f"CAST(answers ->> '{question}' AS INTEGER)"
        given = one(answered, f"SELECT count({value}) FROM survey_answers WHERE edition_id = :e")
        for at, point in enumerate(points):
            key = f"{question}-{course}.a{at}"
            count = one(
                answered,
                f"SELECT count(*) FROM survey_answers WHERE edition_id = :e AND {value} = {point}",
            )
            assert figures[f"{key}.n"].value == count
            assert figures[f"{key}.n"].of == given
            share = (Decimal(100 * count) / given).quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert figures[f"{key}.share"].value == (share if given >= 10 else None)
        total = one(answered, f"SELECT sum({value}) FROM survey_answers WHERE edition_id = :e")
        mean = (Decimal(total) / given).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert figures[f"means{course}.{question}.mean"].value == mean


def test_nobody_is_behind_any_figure_and_filters_change_nothing(answered):
    everybody = said(answered)
    assert all(figure.behind is None for figure in everybody.values())
    assert said(answered, filters=Filters(county="IS", group=1)) == everybody


def test_fewer_than_a_group_show_nothing(cast):
    asked.ask(cast)
    for place in asked.people(cast, 4):
        asked.submit(cast.app, place, asked.GIVEN)
    figures = said(cast)
    assert not [key for key in figures if not key.startswith("head.")]
    page = cast.client("auditor").get("/editions/e1/reports/satisfaction")
    assert page.status_code == 200
    assert "Util?" not in page.text
