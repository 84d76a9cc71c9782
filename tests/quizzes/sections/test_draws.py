"""Questions drawn from the bank by category and tags, beside those of the quiz itself."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from bench.in_process import statements
from lms import db
from lms.courses.models import Module
from lms.quizzes.exchange.gift import read_gift, write_gift
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.models import (
    Attempt,
    AttemptItem,
    Question,
    QuestionState,
    QuestionTag,
    QuestionVersion,
    QuizPlace,
    QuizVersion,
)
from lms.quizzes.rules.assembly import BankShort, draw_from_bank
from lms.quizzes.rules.draws import Draw, DrawsRefused, Match, dump_draws, read_draws
from tests.factories import make_quiz
from tests.quizzes.test_taking import QUIZ, fields, paper, post, start

# What fits ------------------------------------------------------------------------------------

FITS = {
    "anything": (Draw(1), "", (), True),
    "its category": (Draw(1, "Legea"), "Legea", (), True),
    "a subcategory": (Draw(1, "Legea"), "Legea/Fundații", (), True),
    "no subcategory": (Draw(1, "Legea", subcategories=False), "Legea/Fundații", (), False),
    "a name that only begins so": (Draw(1, "Legea"), "Legea veche", (), False),
    "another category": (Draw(1, "Legea"), "Bani", (), False),
    "every tag": (Draw(1, tags=("a", "b")), "", ("a", "b", "c"), True),
    "not every tag": (Draw(1, tags=("a", "b")), "", ("a",), False),
    "any tag": (Draw(1, tags=("a", "b"), match=Match.ANY), "", ("b",), True),
    "none of the tags": (Draw(1, tags=("a", "b"), match=Match.ANY), "", ("c",), False),
    "category and tag": (Draw(1, "Legea", tags=("a",)), "Legea", (), False),
}


@pytest.mark.parametrize(("draw", "category", "tags", "fits"), FITS.values(), ids=FITS.keys())
def test_which_questions_a_draw_takes(draw, category, tags, fits):
    assert draw.fits(category, tags) is fits


ODD = ["x", [1], [{}], [{"count": 0}], [{"count": "a"}], [{"count": 1, "x": 1}], [{"count": True}]]
ODD += [[{"count": 1, "match": "some"}], [{"count": 1, "tags": [[]]}], [{"count": 201}]]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_draws_are_refused(odd):
    with pytest.raises(DrawsRefused):
        read_draws(odd)


FILE = """\
---
id: q
draws: [{count: 3, category: Modulul 1, tags: [lege, bani], match: any, section: Partea B}]
---

// [id:q-1]
Unu. {TRUE}

## Partea B

// [id:q-2]
Doi. {TRUE}
"""


def test_a_file_says_what_is_drawn_and_under_which_heading():
    quiz = read_gift(FILE)
    assert not quiz.problems
    [draw] = quiz.settings.draws
    assert draw == Draw(3, "Modulul 1", True, ("lege", "bani"), Match.ANY, "Partea B")
    assert read_gift(write_gift(quiz)) == quiz
    assert read_draws(dump_draws(quiz.settings.draws)) == quiz.settings.draws


def test_a_heading_that_is_not_there_and_a_draw_without_a_number_are_faults():
    [problem] = read_gift(FILE.replace("## Partea B", "## Partea C")).problems
    assert (problem.kind, problem.reason) == (ProblemKind.DRAW_SECTION, "Partea B")
    [problem] = read_gift(FILE.replace("count: 3, ", "")).problems
    assert (problem.line, problem.field, problem.reason) == (3, "draws", "not_draws")


# By chance, by the seed -----------------------------------------------------------------------

POOL = [f"q{number:02}" for number in range(12)]


@st.composite
def wishes(draw: st.DrawFn) -> list[tuple[int, list[str]]]:
    pools = st.lists(st.sampled_from(POOL), unique=True, max_size=8)
    return draw(st.lists(st.tuples(st.integers(1, 4), pools), max_size=4))


def suffices(asked: list[tuple[int, list[str]]]) -> bool:
    """Hall's condition, tried on every group of draws: an oracle that shares no code."""
    for chosen in range(1, 2 ** len(asked)):
        group = [asked[at] for at in range(len(asked)) if chosen >> at & 1]
        if len(set(chain.from_iterable(items for _n, items in group))) < sum(n for n, _i in group):
            return False
    return True


@given(wishes(), st.integers(0, 2**62), st.sets(st.sampled_from(POOL), max_size=4))
def test_a_draw_is_short_only_where_no_sharing_out_would_do(asked, seed, fixed):
    left = [(count, [item for item in items if item not in fixed]) for count, items in asked]
    if not suffices(left):
        with pytest.raises(BankShort) as short:
            draw_from_bank(asked, seed, taken=fixed)
        assert short.value.available < short.value.wanted == asked[short.value.at][0]
        return
    given = draw_from_bank(asked, seed, taken=fixed)
    assert [len(items) for items in given] == [count for count, _items in asked]
    drawn = [*chain.from_iterable(given)]
    assert len(drawn) == len(set(drawn))
    assert not fixed & set(drawn)
    for (_count, items), got in zip(asked, given, strict=True):
        assert set(got) <= set(items)
    assert given == draw_from_bank([(n, items[::-1]) for n, items in asked], seed, taken=fixed)


def test_least_met_come_first_then_least_used():
    seen, used = dict.fromkeys(POOL[:8], 1), dict.fromkeys(POOL[8:10], 5)
    for seed in range(20):
        assert set(draw_from_bank([(2, POOL)], seed, seen=seen, used=used)[0]) == {"q10", "q11"}
        [four] = draw_from_bank([(4, POOL)], seed, seen=seen, used=used)
        assert set(four) == set(POOL[8:])


def test_every_question_has_its_chance_and_a_seed_gives_the_same_for_ever():
    counts = Counter(q for seed in range(400) for q in draw_from_bank([(3, POOL)], seed)[0])
    assert all(60 < counts[question] < 140 for question in POOL)
    # Written down once: an attempt begun today must look the same after any upgrade.
    assert draw_from_bank([(3, POOL)], 7) == [("q03", "q06", "q10")]


# Attempts -------------------------------------------------------------------------------------

OWN = "// [id:o-1]\nUnu. {TRUE}\n\n## Din bancă\n\n// [id:o-2]\nDoi. {TRUE}\n"
BANK = "\n".join(f"// [id:b-{n}]\nBanca {n}. {{TRUE}}\n" for n in range(6))


@pytest.fixture
def make(app, cast):
    """A quiz of two questions, and another whose six are in the bank: three of „Legea”."""

    def made(*draws: Draw, **settings) -> int:
        with app.app_context(), db.writing() as session:
            make_quiz(cast.module_ids[0], text=BANK, slug="altul")
            for number, question in enumerate(
                session.scalars(
                    sa.select(Question)
                    .where(Question.content_id.startswith("altul-"))
                    .order_by(Question.id)
                )
            ):
                question.category = "Legea/Una" if number < 3 else "Bani"
                session.add(QuestionTag(question_id=question.id, tag=f"t{number % 2}"))
            quiz_id = make_quiz(cast.module_ids[0], text=OWN, draws=dump_draws(draws), **settings)
            session.execute(
                sa.update(QuizVersion)
                .where(QuizVersion.quiz_id == quiz_id)
                .values(has_draws=bool(draws))
            )
        return quiz_id

    return made


def asked(app, attempt_id) -> list[tuple[str, int]]:
    with app.app_context():
        rows = db.session().execute(
            sa.select(Question.content_id, AttemptItem.section)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            .where(AttemptItem.attempt_id == attempt_id)
            .order_by(AttemptItem.position)
        )
        found = [(row[0], row[1]) for row in rows]
        db.end_reading()
    return found


def test_an_attempt_has_its_own_questions_and_the_drawn_ones_under_their_heading(app, cast, make):
    make(Draw(2, "Legea", section="Din bancă"))
    client = cast.client("learner")
    first = BeautifulSoup(client.get(QUIZ).data, "html.parser").select_one("main").text
    assert re.search(r"Întrebări\s*4\b", first)
    found = asked(app, start(client))
    assert found[0] == ("proba-o-1", 0)
    assert {place for _name, place in found[1:]} == {1}
    names = [name for name, _place in found]
    assert len(set(names)) == 4
    assert len({"altul-b-0", "altul-b-1", "altul-b-2"} & set(names)) == 2


def test_the_next_attempt_gets_what_was_not_met_yet(app, cast, make):
    make(Draw(3, tags=("t0", "t1"), match=Match.ANY))
    client = cast.client("learner")
    met = set()
    for _attempt in range(2):
        attempt_id = start(client)
        met |= {name for name, _at in asked(app, attempt_id) if name.startswith("altul")}
        post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    assert len(met) == 6


def test_drawn_questions_are_marked_reviewed_and_counted(app, cast, make):
    quiz_id = make(Draw(2, "Legea"))
    client = cast.client("learner")
    attempt_id = start(client)
    post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    with app.app_context():
        attempt = db.session().get_one(Attempt, attempt_id)
        assert (attempt.possible, attempt.percent) == (4, 100)
        db.end_reading()
    assert client.get(f"/attempts/{attempt_id}/result").text.count("Banca") >= 2
    owner = cast.client("owner")
    statistics = owner.get(f"{QUIZ}/statistics").text
    assert statistics.count("Banca") >= 2
    assert "extrasă din bancă" in statistics
    assert owner.get(f"{QUIZ}/corrections").text.count("Banca") >= 2
    assert owner.get(f"/attempts/{attempt_id}/attempt.pdf").status_code == 200
    assert quiz_id


def test_a_question_that_stands_in_the_quiz_or_is_a_draft_is_never_drawn(app, cast, make):
    make(Draw(5))
    with app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Question)
            .where(Question.content_id == "altul-b-5")
            .values(state=QuestionState.DRAFT)
        )
    names = [name for name, _at in asked(app, start(cast.client("learner")))]
    assert len(names) == len(set(names)) == 7
    assert "altul-b-5" not in names


def test_what_a_test_of_the_whole_course_asks_is_not_shown_before_it_by_a_draw(app, cast, make):
    make(Draw(6))
    with app.app_context(), db.writing() as session:
        course_id = session.get_one(Module, cast.module_ids[0]).course_id
        make_quiz(None, text=BANK, slug="final", course_id=course_id, place=QuizPlace.END)
    names = [name for name, _at in asked(app, start(cast.client("learner")))]
    assert len(names) == 8
    assert not [name for name in names if name.startswith("final-")]


@pytest.mark.parametrize(
    ("facts", "is_ready", "is_drawn"),
    [((), True, True), ((), False, False), (("nesigur",), True, False)],
    ids=["ready", "a draft", "on a fact that waits"],
)
def test_a_question_in_the_bank_alone_is_drawn_once_it_is_ready(
    app, cast, make, facts, is_ready, is_drawn
):
    make(Draw(3, "Legea"))
    with app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Question)
            .where(Question.content_id == "altul-b-2")
            .values(
                state=QuestionState.DRAFT, quiz_id=None, is_ready=is_ready, fact_ids=list(facts)
            )
        )
    client = cast.client("learner")
    if is_drawn:
        assert "altul-b-2" in [name for name, _at in asked(app, start(client))]
    else:
        assert "altul-b-2" not in client.get(QUIZ).text
        assert "Există doar 2 întrebări" in cast.client("owner").get(f"{QUIZ}/settings").text


# A shortage -----------------------------------------------------------------------------------

FORM = {
    "preset": "after_submission",
    "pass_mark": "70",
    "attempts": "3",
    "method": "best",
    "behaviour": "deferred",
    "layout": "all",
    "navigation": "free",
    "overdue": "submit",
}


def draw_fields(*rows: dict[str, str]) -> dict[str, list[str]]:
    names = ("count", "category", "below", "tags", "match", "section")
    return {f"draw_{name}": [row.get(name, "") for row in rows] for name in names}


def test_the_settings_show_how_many_match_and_refuse_more_than_there_are(app, cast, make):
    make(Draw(2, "Legea"))
    client = cast.client("owner")
    page = BeautifulSoup(client.get(f"{QUIZ}/settings").data, "html.parser")
    rows = page.select(".draw-row")
    assert "3 întrebări se potrivesc acum" in rows[0].text
    assert [o.text for o in rows[0].select("[name=draw_category] option")] == [
        "toate categoriile",
        "Bani",
        "Legea",
        "Legea/Una",
    ]
    wanted = draw_fields({"count": "4", "category": "Legea"}, {})
    refused = post(client, f"{QUIZ}/settings", {**FORM, **wanted})
    assert refused.status_code == 422
    assert "Testul extrage 4 întrebări din bancă" in refused.text
    assert "Există doar 3 întrebări gata de folosit" in refused.text
    sharing = draw_fields({"count": "3", "category": "Legea"}, {"count": "4"})
    assert post(client, f"{QUIZ}/settings", {**FORM, **sharing}).status_code == 422
    sharing = draw_fields({"count": "3", "category": "Legea"}, {"count": "3"})
    assert post(client, f"{QUIZ}/settings", {**FORM, **sharing}).status_code == 303
    with app.app_context():
        version = (
            db.session()
            .scalars(sa.select(QuizVersion).order_by(QuizVersion.id.desc()).limit(1))
            .one()
        )
        assert version.has_draws
        assert read_draws(version.settings["draws"]) == (Draw(3, "Legea"), Draw(3))
        db.end_reading()


def test_a_number_that_is_none_is_refused_and_a_row_without_one_left_out(app, cast, make):
    make(Draw(2, "Legea"))
    client = cast.client("owner")
    odd = draw_fields({"count": "multe", "category": "Legea"})
    assert post(client, f"{QUIZ}/settings", {**FORM, **odd}).status_code == 422
    assert post(client, f"{QUIZ}/settings", {**FORM, **draw_fields({})}).status_code == 303
    assert post(client, f"{QUIZ}/settings", FORM).status_code == 303


def test_a_shortage_that_comes_later_is_said_on_every_page_of_the_quiz(app, cast, make):
    make(Draw(3, "Legea"))
    with app.app_context(), db.writing() as session:
        session.execute(
            sa.update(Question)
            .where(Question.content_id == "altul-b-0")
            .values(state=QuestionState.DRAFT)
        )
    owner = cast.client("owner")
    for page in ("questions", "settings", "statistics", "try"):
        assert "Există doar 2 întrebări gata de folosit" in owner.get(f"{QUIZ}/{page}").text, page
    learner = cast.client("learner")
    answer = post(learner, f"{QUIZ}/start")
    assert "/attempts/" not in answer.location
    assert "formatorul" in learner.get(answer.location).text


def test_drawing_costs_the_same_statements_however_many_questions(app, cast, make):
    make(Draw(1, "Legea"))
    client = cast.client("learner")
    counts = []
    for count in (3, 1, 3):  # the first time reads the words of questions, once per process
        with app.app_context(), db.writing() as session:
            for version in session.scalars(sa.select(QuizVersion).where(QuizVersion.has_draws)):
                draws = dump_draws([replace(Draw(1, "Legea"), count=count)])
                version.settings = {**version.settings, "draws": draws}
        with statements(app) as found:
            attempt_id = start(client)
        counts.append(len(found))
        post(client, f"/attempts/{attempt_id}/submit", fields(paper(app, attempt_id)))
    assert counts[1] == counts[2]
