"""From answers to indicators: exactly one status, once a person, the same figures each time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.entry import rules
from lms.entry.answer_sheet import answer_in
from lms.entry.indicator_sets import REFUSED, Condition, IndicatorSet, Kind, Status
from lms.entry.rules import AnswerFault, Participant
from lms.entry.set_file import read_set
from tests.entry.asked import ANSWERS, ESF, ESF_PLUS, shipped

DAY = date(2026, 10, 5)
SETS = [pytest.param(shipped(name), id=name) for name in (ESF, ESF_PLUS)]
OLD = ANSWERS | {"minority": "no"}


def whole_answers(asked: IndicatorSet) -> st.SearchStrategy[dict[str, str]]:
    """Any complete set of answers, dates of birth and bands among them."""

    def values(question):
        offered = [o.id for o in question.options]
        chosen = st.sampled_from(offered + ([REFUSED] if question.may_refuse else []))
        if question.kind is Kind.BIRTH:
            days = st.dates(date(1926, 1, 1), date(2012, 10, 5))
            return st.one_of(chosen, days.map(date.isoformat))
        return chosen

    return st.fixed_dictionaries({q.id: values(q) for q in asked.questions})


def any_answers(asked: IndicatorSet) -> st.SearchStrategy[dict[str, str]]:
    """Answers of which any may be missing."""
    return st.builds(
        lambda answers, kept: {q: v for q, v in answers.items() if q in kept},
        whole_answers(asked),
        st.sets(st.sampled_from([q.id for q in asked.questions])),
    )


EITHER = st.sampled_from([shipped(ESF), shipped(ESF_PLUS)])
STATUS_CODES = {
    ESF: {Status.UNEMPLOYED: "CO01", Status.INACTIVE: "CO03", Status.EMPLOYED: "CO05"},
    ESF_PLUS: {Status.UNEMPLOYED: "EECO02", Status.INACTIVE: "EECO04", Status.EMPLOYED: "EECO05"},
}


@given(st.data())
def test_every_whole_answer_has_exactly_one_labour_status(data):
    asked = data.draw(EITHER)
    answers = data.draw(whole_answers(asked))
    codes = rules.indicators_of(asked, answers, on=DAY)
    assert len(codes & set(asked.total)) == 1
    status = rules.status_of(asked, answers)
    assert status is not None
    assert codes & set(asked.total) == {STATUS_CODES[asked.id][status]}


@given(st.data())
def test_the_total_is_the_sum_of_the_statuses_whatever_the_group(data):
    asked = data.draw(EITHER)
    people = [
        Participant(number, data.draw(any_answers(asked)), DAY)
        for number in range(data.draw(st.integers(0, 12)))
    ]
    figures = rules.tally(asked, people)
    assert sum(figures.total(code) for code in asked.total) == figures.counted
    assert figures.counted + figures.not_countable == len(people)
    for code, ids in figures.people.items():
        assert figures.total(code) == len(ids) == len(set(ids))
    if asked.id == ESF_PLUS:
        assert figures.total("EECO01") == figures.counted


@given(st.data())
def test_schooling_and_age_part_people_where_the_set_says_so(data):
    asked = shipped(ESF_PLUS)
    codes = rules.indicators_of(asked, data.draw(whole_answers(asked)), on=DAY)
    assert len(codes & {"EECO09", "EECO10", "EECO11"}) == 1
    assert len(codes & {"EECO06", "EECO07", "EECO08"}) <= 1
    assert "EECO03" not in codes or "EECO02" in codes


@given(st.data())
def test_an_incomplete_answer_counts_nowhere(data):
    asked = data.draw(EITHER)
    answers = data.draw(any_answers(asked))
    needed = {q.id for q in asked.questions if not q.may_refuse}
    codes = rules.indicators_of(asked, answers, on=DAY)
    assert bool(codes) is (needed <= answers.keys())


@given(st.data())
def test_the_order_and_number_of_editions_change_no_figure(data):
    asked = data.draw(EITHER)
    people = [
        Participant(number % 5, data.draw(whole_answers(asked)), DAY.replace(day=1 + number))
        for number in range(data.draw(st.integers(0, 10)))
    ]
    once = rules.tally(asked, people)
    assert rules.tally(asked, [*reversed(people), *people]) == once
    assert once.counted == len({p.person_id for p in people})


@given(st.data())
def test_a_band_counts_like_any_age_in_it(data):
    asked = data.draw(EITHER)
    birth = asked.of_kind(Kind.BIRTH)
    age = data.draw(st.integers(14, 99))
    band = next(
        o
        for o in birth.options
        if (o.ages.least or 0) <= age <= (999 if o.ages.most is None else o.ages.most)
    )
    answers = data.draw(whole_answers(asked))
    born = DAY.replace(year=DAY.year - age).isoformat()
    by_date = rules.indicators_of(asked, {**answers, birth.id: born}, on=DAY)
    assert by_date == rules.indicators_of(asked, {**answers, birth.id: band.id}, on=DAY)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({}, {"EECO01", "EECO05", "EECO11", "EECO17"}, id="employed, 41, village"),
        pytest.param(
            {"labour": "unemployed-over-12", "birth": "from-55"},
            {"EECO01", "EECO02", "EECO03", "EECO08", "EECO11", "EECO17"},
            id="long out of work, 55 or over",
        ),
        pytest.param(
            {"origin": "third-country", "education": "isced-0", "rural": "town"},
            {"EECO01", "EECO05", "EECO09", "EECO13", "EECO14"},
            id="a third country's citizen is of foreign background too",
        ),
        pytest.param(
            {"birth": "1997-10-05"},
            {"EECO01", "EECO05", "EECO11", "EECO17", "EECO07"},
            id="twenty-nine on the day",
        ),
        pytest.param(
            {"birth": "1996-10-05"},
            {"EECO01", "EECO05", "EECO11", "EECO17"},
            id="thirty on the day",
        ),
        pytest.param(
            {"disability": "refused", "minority": ""},
            {"EECO01", "EECO05", "EECO11", "EECO17"},
            id="refused or left open on paper",
        ),
    ],
)
def test_esf_plus(changed, expected):
    answers = {q: v for q, v in {**OLD, **changed}.items() if v}
    assert rules.indicators_of(shipped(ESF_PLUS), answers, on=DAY) == expected


@pytest.mark.parametrize(
    ("labour", "birth", "long_term", "old_neet"),
    [
        ("unemployed-6-to-12", "2003-01-01", True, False),
        ("unemployed-6-to-12", "1990-01-01", False, False),
        ("unemployed-over-12", "1990-01-01", True, False),
        ("unemployed-up-to-6", "from-55", False, True),
        ("inactive-learning", "from-55", False, False),
        ("inactive-other", "from-55", False, True),
        ("employed", "from-55", False, False),
    ],
)
def test_esf_2014_long_term_and_over_54(labour, birth, long_term, old_neet):
    answers = {**OLD, "labour": labour, "birth": birth, "disadvantage": "no"}
    codes = rules.indicators_of(shipped(ESF), answers, on=DAY)
    assert ("CO02" in codes) is long_term
    assert ("CO08" in codes) is old_neet
    assert not codes & {"CO12", "CO13", "CO14"}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("1985-03-27", None),
        ("from-55", None),
        ("1985-02-30", AnswerFault.NOT_A_DATE),
        ("ieri", AnswerFault.NOT_A_DATE),
        ("2027-01-01", AnswerFault.IN_FUTURE),
        ("2020-01-01", AnswerFault.UNLIKELY_AGE),
        ("1885-01-01", AnswerFault.UNLIKELY_AGE),
    ],
)
def test_a_birth_is_a_likely_date_or_a_band(value, fault):
    assert rules.fault_of(shipped(ESF_PLUS).by_id["birth"], value, on=DAY) is fault


def test_who_is_born_on_29_february_is_older_from_1_march():
    assert rules.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert rules.age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_corrections_stand_over_answers_in_their_order():
    after = rules.corrected(
        {"rural": "town", "gender": "man"}, [{"rural": "village"}, {"rural": "town", "gender": ""}]
    )
    assert after == {"rural": "town"}


def test_organisations_are_counted_by_kind_and_projects_once():
    people = [
        Participant(1, OLD, DAY, "ngo", "Asociația Unu"),
        Participant(2, OLD, DAY, "ngo", "Asociația Unu"),
        Participant(3, OLD, DAY, "public_authority", "Primăria Doi"),
    ]
    assert rules.tally(shipped(ESF_PLUS), people).entities == {"EECO18": 1, "ONG": 1}
    assert rules.tally(shipped(ESF), people).entities == {"CO20": 1, "CO22": 1}
    assert rules.tally(shipped(ESF), people[:2]).entities == {"CO20": 1, "CO22": 0}


@pytest.mark.parametrize("asked", SETS)
def test_a_shipped_set_has_the_annexs_columns_and_refusals(asked):
    codes = [i.code for i in asked.indicators]
    if asked.id == ESF:
        assert codes == [f"CO{n:02}" for n in range(1, 20)]
        assert {q.id for q in asked.questions if q.may_refuse} == {
            *("minority", "disability", "disadvantage")
        }
    else:
        assert codes == [f"EECO{n:02}" for n in range(1, 18)]
        assert {q.id for q in asked.questions if q.may_refuse} == {
            *("origin", "minority", "disability")
        }
    assert all(q.label["ro"] and q.label["en"] for q in asked.questions)
    assert asked.pages == (1, 2)


def test_a_set_may_name_a_third_gender():
    text = """
id: trei
title: {ro: Trei, en: Three}
questions:
  - {id: b, kind: birth, label: {ro: b, en: b}, bands: [{id: all, label: {ro: t, en: a}}]}
  - id: g
    kind: gender
    label: {ro: g, en: g}
    options:
      - {id: woman, label: {ro: f, en: w}}
      - {id: man, label: {ro: b, en: m}}
      - {id: other, label: {ro: a, en: o}}
  - id: l
    kind: labour
    label: {ro: l, en: l}
    options: [{id: e, status: employed, label: {ro: d, en: y}}]
total: [T]
indicators: [{code: T, name: {ro: T, en: T}, when: {l: e}}]
"""
    asked = read_set(text)
    figures = rules.tally(asked, [Participant(1, {"b": "all", "g": "other", "l": "e"}, DAY)])
    assert figures.by_gender["T"] == {"woman": 0, "man": 0, "other": 1}
    assert asked.indicators[0].when == Condition({"l": frozenset({"e"})})


@pytest.mark.parametrize(
    "said",
    ["Nu doresc să răspund", "I prefer not to say", "I'd rather not say", "I’d rather not say"],
)
def test_a_cell_refuses_in_the_words_that_the_page_tells(said):
    may_refuse = [q for q in shipped(ESF_PLUS).questions if q.may_refuse]
    assert may_refuse
    assert {answer_in(said, question) for question in may_refuse} == {REFUSED}
