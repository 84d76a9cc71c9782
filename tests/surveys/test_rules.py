"""What fits a question, how many may be shown, and what the figures say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lms.surveys import figures, sealing
from lms.surveys.grouping import due, part
from lms.surveys.questions import (
    LONGEST_TEXT,
    Fault,
    Option,
    Question,
    QuestionKind,
    Questionnaire,
    dump,
    load,
    read_answers,
)
from tests.surveys.asked import QUESTIONNAIRE, words

WHOLE = {"util": "5", "ritm": "lent", "coleg": "0", "altceva": "  Bine.\r\nFoarte.  "}


def test_whole_answers_are_read_as_what_they_are():
    read = read_answers(QUESTIONNAIRE, WHOLE)
    assert read.faults == {}
    assert read.answers == {"util": 5, "ritm": "lent", "coleg": 0, "altceva": "Bine.\nFoarte."}


@pytest.mark.parametrize(
    ("question", "text", "fault"),
    [
        pytest.param("util", "", Fault.MISSING, id="a required scale left out"),
        pytest.param("ritm", "   ", Fault.MISSING, id="a required choice left out"),
        pytest.param("util", "6", Fault.NOT_OFFERED, id="a point above the scale"),
        pytest.param("util", "0", Fault.NOT_OFFERED, id="a point below the scale"),
        pytest.param("util", "٤", Fault.NOT_OFFERED, id="digits of another script"),
        pytest.param("util", "4.0", Fault.NOT_OFFERED, id="no whole number"),
        pytest.param("ritm", "repede", Fault.NOT_OFFERED, id="an option that is not there"),
        pytest.param("altceva", "x" * (LONGEST_TEXT + 1), Fault.TOO_LONG, id="a text too long"),
    ],
)
def test_an_answer_that_does_not_fit_is_a_fault(question, text, fault):
    read = read_answers(QUESTIONNAIRE, WHOLE | {question: text})
    assert read.faults == {question: fault}


def test_what_may_be_left_out_leaves_no_trace():
    read = read_answers(QUESTIONNAIRE, {"util": "1", "ritm": "bun", "altceva": "\x00\x07 "})
    assert read.faults == {}
    assert read.answers == {"util": 1, "ritm": "bun"}


def test_a_questionnaire_is_kept_and_read_back():
    assert load(dump(QUESTIONNAIRE)) == QUESTIONNAIRE


@pytest.mark.parametrize(
    ("waiting", "is_closed", "leave"),
    [
        pytest.param(4, False, 0, id="fewer than a group wait"),
        pytest.param(5, False, 0, id="a group waits until another can stay"),
        pytest.param(9, False, 0, id="nine still wait"),
        pytest.param(10, False, 5, id="five of ten leave"),
        pytest.param(11, False, 5, id="never more than a group at a time"),
        pytest.param(4, True, 0, id="fewer than a group never leave"),
        pytest.param(5, True, 5, id="at the end a group leaves"),
        pytest.param(9, True, 9, id="at the end all leave together"),
        pytest.param(0, True, 0, id="nothing waits"),
    ],
)
def test_answers_leave_in_groups(waiting, is_closed, leave):
    assert due(waiting, is_closed=is_closed) == leave
    leaving, staying = part(list(range(waiting)), is_closed=is_closed)
    assert (len(leaving), len(staying)) == (leave, waiting - leave)
    assert sorted(leaving + staying) == list(range(waiting))


def test_however_many_answer_nobody_is_shown_alone_and_at_most_four_stay_hidden():
    for people in range(60):
        waiting = shown = 0
        for _each in range(people):
            waiting += 1
            left = due(waiting, is_closed=False)
            assert left in (0, 5)
            assert not left or waiting - left >= 5
            waiting, shown = waiting - left, shown + left
        at_end = due(waiting, is_closed=True)
        assert shown + at_end == (people if people >= 5 else 0)


def test_figures_count_each_answer_and_leave_out_who_gave_none():
    answers = [{"util": 5, "ritm": "bun"}, {"util": 4, "ritm": "bun", "altceva": "Bine"}, {}]
    util, ritm, coleg, altceva = figures.gather([(QUESTIONNAIRE, answers)])
    assert [(b.point, b.count) for b in util.bars] == [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1)]
    assert util.mean == Decimal("4.50")
    assert (util.answered, util.asked) == (2, 3)
    assert [(b.option.id, b.percent) for b in ritm.bars] == [("lent", 0), ("bun", 100)]
    assert (coleg.mean, coleg.answered, len(coleg.bars)) == (None, 0, 11)
    assert altceva.texts == ("Bine",)


def test_versions_are_counted_together_in_the_newest_words():
    newer = Questionnaire(
        "parerea",
        words("Părerea"),
        {},
        (
            Question("util", QuestionKind.SCALE, words("Cât de util?")),
            Question("nou", QuestionKind.TEXT, words("Nou?")),
            Question(
                "ritm", QuestionKind.CHOICE, words("Ritm"), options=(Option("bun", words("Da")),)
            ),
        ),
    )
    found = figures.gather([(newer, [{"util": 1}]), (QUESTIONNAIRE, [{"util": 3, "ritm": "lent"}])])
    assert [f.question.id for f in found] == ["util", "nou", "ritm", "coleg", "altceva"]
    assert found[0].question.label["ro"] == "Cât de util?"
    assert (found[0].mean, found[0].answered) == (Decimal("2.00"), 2)
    assert [(b.option.id, b.count) for b in found[2].bars] == [("bun", 0), ("lent", 1)]


def test_texts_stand_in_another_order_under_each_question():
    texts = [f"text {n}" for n in range(30)]
    one, other = (
        figures.gather(
            [
                (
                    Questionnaire("x", {}, {}, (Question(q, QuestionKind.TEXT, {}),)),
                    [{q: t} for t in texts],
                )
            ]
        )[0].texts
        for q in ("a", "b")
    )
    assert sorted(one) == sorted(other) == sorted(texts)
    assert one != other
    assert list(one) != texts


def test_a_box_opens_with_its_own_key_alone_and_its_size_tells_nothing():
    answers = [{"util": 5, "altceva": "ș" * 400}, {"util": 1}]
    box = sealing.seal(answers, b"k" * 32)
    assert sealing.unseal(box, b"k" * 32) == answers
    assert len(box) == len(sealing.seal([{}], b"k" * 32))
    assert b"util" not in box
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(box, b"x" * 32)
