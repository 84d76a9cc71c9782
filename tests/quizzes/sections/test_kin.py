"""Copies and doubles: of one family an attempt gets one; what it leaves short is said before."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from lms import db
from lms.courses.models import Course
from lms.quizzes.models import DistinctPair, Question, QuestionState, Quiz
from lms.quizzes.rules.assembly import BankShort, draw_from_bank, draw_questions, families
from lms.quizzes.rules.draws import Draw, Match
from lms.quizzes.services.kin import kin_of
from tests.quizzes.sections.test_draws import POOL, asked, make, suffices, wishes
from tests.quizzes.test_taking import QUIZ, post, start

__all__ = ["make"]

# By the rules ---------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14))
def test_kin_of_kin_is_kin_and_nobody_else(pairs):
    found = families(pairs)
    near = {item: {item} for pair in pairs for item in pair}
    for _again in near:
        for one, other in pairs:
            near[one] |= near[other]
            near[other] |= near[one]
    assert found == {item: min(kin) for item, kin in near.items()}


KIN = st.dictionaries(st.sampled_from(POOL), st.sampled_from(["a", "b", "c"]), max_size=6)


@given(wishes(), st.integers(0, 2**62), st.sets(st.sampled_from(POOL), max_size=3), KIN)
def test_of_a_family_one_is_drawn_and_no_draw_is_short_needlessly(chosen, seed, fixed, kin):
    away = {kin.get(item, item) for item in fixed}
    as_families = [
        (count, [name for item in items if (name := kin.get(item, item)) not in away])
        for count, items in chosen
    ]
    if not suffices(as_families):
        with pytest.raises(BankShort):
            draw_from_bank(chosen, seed, taken=fixed, kin=kin)
        return
    drawn = draw_from_bank(chosen, seed, taken=fixed, kin=kin)
    names = [kin.get(item, item) for items in drawn for item in items]
    assert len(names) == len(set(names)) == sum(count for count, _items in chosen)
    assert not away & set(names)
    for (_count, items), got in zip(chosen, drawn, strict=True):
        assert set(got) <= set(items)


def test_who_met_one_of_a_family_met_all_of_it():
    kin = {"q00": "one", "q01": "one"}
    for seed in range(30):
        [[first]] = draw_from_bank([(1, ["q00", "q01", "q02"])], seed, seen={"q00": 1}, kin=kin)
        assert first == "q02"
        [[again]] = draw_from_bank([(1, ["q00", "q01"])], seed, seen={"q00": 1}, kin=kin)
        assert again == "q01"


def test_in_a_test_of_its_own_questions_two_of_a_family_come_only_where_it_must_be():
    kin = dict.fromkeys(POOL[:6], "one")
    for seed in range(30):
        drawn = draw_questions(POOL, 7, seed, kin=kin)
        assert sum(item in kin for item in drawn) == 1
        assert sum(item in kin for item in draw_questions(POOL, 9, seed, kin=kin)) == 3
        assert len(draw_questions(POOL, None, seed, kin=kin)) == len(POOL)


# In attempts ----------------------------------------------------------------------------------


def named(session, name: str) -> Question:
    return session.scalars(sa.select(Question).filter_by(content_id=f"altul-b-{name}")).one()


def copies(app, *pairs: tuple[str, str]) -> None:
    """Say of questions that each is a copy of another."""
    with app.app_context(), db.writing() as session:
        for copy, source in pairs:
            named(session, copy).copied_from_id = named(session, source).id


def drawn_in(app, cast) -> Iterable[set[str]]:
    """Begin attempts of several people; return what each drew."""
    for who in ("learner", "classmate"):
        names = [name for name, _at in asked(app, start(cast.client(who)))]
        yield {name.removeprefix("altul-b-") for name in names if name.startswith("altul")}


def test_a_copy_and_its_original_never_meet_in_an_attempt(app, cast, make):
    make(Draw(4))
    copies(app, ("1", "0"), ("2", "1"))
    for drawn in drawn_in(app, cast):
        assert len(drawn) == 4
        assert len(drawn & {"0", "1", "2"}) == 1


def test_a_copy_of_what_stands_in_the_test_is_not_drawn(app, cast, make):
    make(Draw(5))
    with app.app_context(), db.writing() as session:
        own = session.scalars(sa.select(Question).filter_by(content_id="proba-o-1")).one()
        named(session, "3").copied_from_id = own.id
    for drawn in drawn_in(app, cast):
        assert drawn == {"0", "1", "2", "4", "5"}


def test_doubles_made_one_stay_kin_though_the_retired_one_comes_back(app, cast, make):
    make(Draw(5))
    with app.app_context(), db.writing() as session:
        dropped = named(session, "0")
        dropped.merged_into_id = named(session, "5").id
        dropped.state, dropped.quiz_id, dropped.is_ready = QuestionState.DRAFT, None, True
    for drawn in drawn_in(app, cast):
        assert len(drawn & {"0", "5"}) == 1


@pytest.mark.parametrize("are_alternatives", [True, False])
def test_alternatives_never_meet_and_what_is_not_the_same_may(app, cast, make, are_alternatives):
    make(Draw(6))
    with app.app_context(), db.writing() as session:
        first, second = sorted((named(session, "1").id, named(session, "4").id))
        said = named(session, "1").changed_at
        session.add(
            DistinctPair(
                first_id=first, second_id=second, said_at=said, are_alternatives=are_alternatives
            )
        )
    shown = cast.client("owner").get(f"{QUIZ}/settings").text
    assert ("Există doar 5 întrebări" in shown) is are_alternatives
    if not are_alternatives:
        assert all(len(drawn) == 6 for drawn in drawn_in(app, cast))


def test_a_course_without_kin_is_asked_one_statement_of_it(app, cast, make):
    make(Draw(1))
    with app.app_context():
        course_id = db.session().scalars(sa.select(Course.id)).first()
        assert kin_of(course_id or 0) == {}
        db.end_reading()


# What is left short ---------------------------------------------------------------------------


@pytest.fixture
def bank(app, cast):
    """Do something to questions of the bank, as its owner; return the page that comes."""

    def acted(*names: str, **form: str):
        with app.app_context():
            row = db.session().scalars(sa.select(Quiz).filter_by(slug="altul")).one()
            slug = db.session().get_one(Course, row.course_id).slug
            ids = [str(named(db.session(), name).id) for name in names]
            db.end_reading()
        client = cast.client("owner")
        return post(client, f"/courses/{slug}/bank", {"question": ids, **form})

    return acted


def alone(app, *names: str) -> None:
    with app.app_context(), db.writing() as session:
        for name in names:
            row = named(session, name)
            row.quiz_id, row.state, row.is_ready = None, QuestionState.DRAFT, True
            row.source = f"// [id:altul-b-{name}] [status:ready]\nBanca {name}. {{TRUE}}\n"


def state(app, name: str) -> QuestionState:
    with app.app_context():
        found = named(db.session(), name).state
        db.end_reading()
    return found


def test_what_retiring_leaves_short_is_named_before_it_is_done(app, cast, make, bank):
    make(Draw(2, "Legea"))
    alone(app, "0", "1")
    answer = bank("0", "1", do="retire")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.data, "html.parser").select_one("main")
    assert page is not None
    assert "nicio încercare la 1 test" in page.text
    assert "Există doar 1 întrebare gata de folosit" in " ".join(page.text.split())
    link = page.select_one(".left-short a")
    assert link is not None
    assert str(link["href"]).endswith(f"{QUIZ}/settings#draws")
    assert state(app, "0") is QuestionState.DRAFT
    fields = {str(each["name"]): "" for each in page.select("form input[name]")}
    assert {"do", "question", "sure", "csrf_token"} <= set(fields)
    assert bank("0", "1", do="retire", sure="1").status_code == 302
    assert state(app, "0") is QuestionState.RETIRED


def test_what_leaves_enough_is_done_at_once_and_a_test_that_is_short_is_not_named_again(
    app, cast, make, bank
):
    make(Draw(2, "Legea"))
    alone(app, "0", "1", "3")
    assert bank("3", do="retire").status_code == 302
    assert bank("0", do="retire").status_code == 302
    assert bank("1", do="retire").status_code == 200
    assert bank("1", do="retire", sure="1").status_code == 302


@pytest.mark.parametrize(
    ("draw", "form"),
    [
        (Draw(3, "Legea"), {"do": "move", "category": "Altele"}),
        (Draw(3, tags=("t0",), match=Match.ANY), {"do": "untag", "tag": "t0"}),
        (Draw(6), {"do": "draft"}),
    ],
    ids=["moved", "a tag taken away", "back to draft"],
)
def test_other_changes_are_looked_at_too(app, cast, make, bank, draw, form):
    make(draw)
    alone(app, "0", "2", "4")
    assert bank("0", **form).status_code == 200
    assert bank("0", do="tag", tag="nou").status_code == 302
    assert bank("0", do="share").status_code == 302


def test_a_test_s_own_question_is_neither_retired_nor_missed(app, cast, make, bank):
    make(Draw(3, "Legea"))
    assert bank("0", do="retire").status_code == 302
    assert state(app, "0") is QuestionState.PUBLISHED
