"""What every question type promises, whatever the question."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.protocol import (
    InvalidQuestion,
    InvalidResponse,
    Outcome,
    QuestionFault,
    ResponseFault,
    ResponseNotice,
)
from lms.quizzes.question_types.registry import (
    TYPES,
    dump_question,
    is_revision,
    parse_question,
    rules_for,
    with_kept_ids,
)
from tests.quizzes.questions import matching, multiple, numerical, single, true_false
from tests.quizzes.strategies import json_values, payloads_for, questions

DOCS = Path(__file__).parents[2] / "docs" / "quiz-format.md"


@given(questions)
def test_a_question_survives_being_stored(question):
    stored = json.loads(json.dumps(dump_question(question)))
    assert parse_question(stored) == question
    assert dump_question(parse_question(stored)) == dump_question(question)


@given(st.data())
def test_marking_never_fails_and_stays_between_nothing_and_everything(data):
    question = data.draw(questions)
    payload = data.draw(payloads_for(question))
    rules = rules_for(question)
    result = rules.mark(question, payload)
    assert 0 <= result.fraction <= 1
    assert (result.outcome is Outcome.RIGHT) == (result.fraction == 1)
    if result.outcome is Outcome.UNANSWERED:
        assert result.fraction == 0
    assert rules.mark(question, json.loads(json.dumps(payload))) == result
    for texts in (rules.feedback(question, payload), rules.response_text(question, payload)):
        assert all(isinstance(text, str) and text for text in texts)
    rules.is_answered(question, payload)
    rules.notice(question, payload)


@given(st.data())
def test_a_mark_does_not_depend_on_the_order_of_options(data):
    question = data.draw(questions)
    payload = data.draw(payloads_for(question))
    stored = dump_question(question)
    for name in ("options", "stems", "statements", "views"):
        if name in stored:
            stored[name] = data.draw(st.permutations(stored[name]))
    other = parse_question(stored)
    rules = rules_for(question)
    assert rules.mark(question, payload).fraction == rules.mark(other, payload).fraction
    assert rules.structure_digest(question) == rules.structure_digest(other)


@given(questions, st.integers(0, 2**63 - 1))
def test_a_draw_shows_each_option_once_and_always_the_same_way(question, seed):
    rules = rules_for(question)
    order = rules.draw(question, seed)
    met = rules.as_drawn(question, order)
    assert sorted(order) == sorted(rules.option_ids(met))
    if question.type != "calculated":  # its values are drawn, not chosen
        assert set(order) <= set(rules.option_ids(question))
    assert rules.draw(question, seed) == order
    shown = rules.public(question, list(order))
    assert json.loads(json.dumps(shown)) == shown


@given(questions, json_values)
def test_what_is_no_question_is_refused_with_a_reason(question, junk):
    stored = dump_question(question)
    for name in stored:
        with suppress(InvalidQuestion):  # any other exception fails the test
            parse_question({**stored, name: junk})


@given(questions)
def test_mending_words_is_a_revision_and_keeps_every_id(question):
    rules = rules_for(question)
    mended = rules.map_texts(question, lambda text: text and f"{text} (corectat)")
    assert is_revision(mended, question)
    assert rules.option_ids(mended) == rules.option_ids(question)


CANARY = "canar"


def _with_canaries(question):
    """Put a canary into everything that a learner must not see during the attempt."""
    stored = json.loads(json.dumps(dump_question(question)))
    for name in ("general_feedback", "other_feedback", "feedback_true", "feedback_false"):
        if name in stored:
            stored[name] = CANARY
    for name in ("options", "stems", "statements"):
        for option in stored.get(name, []):
            option["feedback"] = CANARY
    for gap in stored.get("gaps", []):
        for option in [*gap.get("options", []), *gap.get("answers", [])]:
            option["feedback"] = CANARY
    if "notes" in stored:
        stored["notes"] = CANARY
    if stored["type"] == "numerical":
        for answer in stored["answers"]:
            answer |= {"feedback": CANARY, "value": "987654321", "tolerance": "0.123321"}
    return parse_question(stored)


@given(questions, st.integers(0, 1000))
def test_nothing_shown_during_an_attempt_tells_the_key(question, seed):
    watched = _with_canaries(question)
    rules = rules_for(watched)
    shown = rules.public(watched, rules.draw(watched, seed))
    text = json.dumps(shown, ensure_ascii=False)
    assert CANARY not in text
    assert "987654321" not in text
    assert "0.123321" not in text
    for name in ("fraction", "feedback", "answer", "tolerance"):
        assert f'"{name}"' not in text.replace('"answers"', "")
    for stem in shown.get("stems", []):
        assert set(stem) == {"id", "text", "field"}
    for option in [*shown.get("options", []), *shown.get("answers", [])]:
        assert set(option) <= {"id", "text"}


@given(questions)
def test_the_right_answer_is_right(question):
    rules = rules_for(question)
    stored = dump_question(question)
    match stored["type"]:
        case "single_choice":
            right = {"choice": next(o["id"] for o in stored["options"] if o["fraction"] == "1")}
        case "multiple_choice":
            picked = [o["id"] for o in stored["options"] if Decimal(o["fraction"]) > 0]
            right = {"choices": picked}
        case "true_false":
            right = {"choice": str(stored["answer"]).lower()}
        case "matching":
            right = {"pairs": {s["id"]: s["answer"] for s in stored["stems"]}}
        case _:
            return  # an earlier answer may hold the same value for less: the author's choice
    result = rules.mark(question, right)
    assert result.fraction == 1
    assert all(part.is_right for part in result.parts)
    assert rules.is_answered(question, right)
    assert rules.response_text(question, right) == rules.key_text(question)


# --- what comes from a form


@pytest.mark.parametrize(
    ("question", "form", "payload"),
    [
        (single(), {"choice": ["b"]}, {"choice": "b"}),
        (single(), {"choice": [""]}, {}),
        (single(), {}, {}),
        (single(), {"choice": ["a"], "score": ["100"], "correct": ["a"]}, {"choice": "a"}),
        (multiple(), {"choice": ["x", "a"]}, {"choices": ["a", "x"]}),
        (multiple(), {"choice": ["a", "a"]}, {"choices": ["a"]}),
        (multiple(), {"choice": [""]}, {}),
        (true_false(), {"choice": ["false"]}, {"choice": "false"}),
        (true_false(), {"choice": []}, {}),
        (matching(), {"match-s1": ["a2"], "match-s3": [""]}, {"pairs": {"s1": "a2"}}),
        (matching(), {}, {}),
        (numerical("5"), {"value": [" 18.240,96 lei "]}, {"text": "18.240,96 lei"}),
        (numerical("5"), {"value": ["nu știu"]}, {"text": "nu știu"}),
        (numerical("5"), {"value": ["5\x00"]}, {"text": "5"}),
        (numerical("5"), {"value": [" "]}, {}),
    ],
)
def test_a_form_becomes_an_answer(question, form, payload):
    assert rules_for(question).read_response(question, form) == payload
    assert set(form) & set(rules_for(question).field_names(question)) or not payload


@pytest.mark.parametrize(
    ("question", "form", "reason"),
    [
        (single(), {"choice": ["z"]}, ResponseFault.UNKNOWN_OPTION),
        (single(), {"choice": ["a", "b"]}, ResponseFault.SEVERAL_VALUES),
        (multiple(), {"choice": ["a", "z"]}, ResponseFault.UNKNOWN_OPTION),
        (true_false(), {"choice": ["maybe"]}, ResponseFault.UNKNOWN_OPTION),
        (matching(), {"match-s1": ["s1"]}, ResponseFault.UNKNOWN_OPTION),
        (matching(), {"match-s1": ["a1", "a2"]}, ResponseFault.SEVERAL_VALUES),
        (numerical("5"), {"value": ["1", "2"]}, ResponseFault.SEVERAL_VALUES),
        (numerical("5"), {"value": ["1" * 101]}, ResponseFault.TOO_LONG),
    ],
)
def test_what_the_page_never_offered_is_refused(question, form, reason):
    with pytest.raises(InvalidResponse) as refused:
        rules_for(question).read_response(question, form)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("question", "payload", "notice"),
    [
        (single(), {"choice": "a"}, None),
        (multiple(), {"choices": ["a"]}, None),
        (true_false(), {}, None),
        (matching(), {"pairs": {"s1": "a1"}}, ResponseNotice.INCOMPLETE),
        (matching(), {"pairs": {"s1": "a1", "s2": "a1", "s3": "a1"}}, None),
        (matching(), {}, None),
        (numerical("5"), {"text": "cinci"}, ResponseNotice.NOT_A_NUMBER),
        (numerical("5", unit="lei"), {"text": "5 kg"}, ResponseNotice.OTHER_UNIT),
        (numerical("5"), {"text": "5"}, None),
        (numerical("5"), {}, None),
    ],
)
def test_a_learner_is_told_while_it_can_be_mended(question, payload, notice):
    assert rules_for(question).notice(question, payload) is notice


@pytest.mark.parametrize(
    ("question", "payload", "texts"),
    [
        (single(), {"choice": "b"}, ("despre b", "pentru toți")),
        (single(), {}, ("pentru toți",)),
        (multiple(), {"choices": ["x", "a"]}, ("despre a", "despre x")),
        (true_false(), {"choice": "false"}, ("ați spus fals",)),
        (true_false(), {}, ()),
        (matching(), {"pairs": {"s2": "a1"}}, ("despre s2",)),
        (numerical("5", "6:2@0.5", other="altceva"), {"text": "5"}, ("despre 5",)),
        (numerical("5", "6:2@0.5", other="altceva"), {"text": "7"}, ("despre 6",)),
        (numerical("5", "6:2@0.5", other="altceva"), {"text": "70"}, ("altceva",)),
        (numerical("5", other="altceva"), {}, ()),
    ],
)
def test_feedback_is_about_the_answer_given(question, payload, texts):
    assert rules_for(question).feedback(question, payload) == texts


@pytest.mark.parametrize(
    ("question", "guess"),
    [
        (single(), "0.25"),
        (single(a="1", b="0.5"), "0.75"),
        (multiple(), None),
        (true_false(), "0.5"),
        (matching("s1=a1 s2=a2", "a3 a4"), "0.25"),
        (numerical("5"), "0"),
    ],
)
def test_what_blind_guessing_earns(question, guess):
    expected = None if guess is None else Decimal(guess)
    assert rules_for(question).random_guess(question) == expected


def test_true_and_false_are_never_shuffled():
    rules = rules_for(true_false())
    assert {rules.draw(true_false(), seed) for seed in range(50)} == {("true", "false")}


def test_answers_to_match_are_shuffled_even_where_a_quiz_shuffles_nothing():
    question = matching("s1=a1 s2=a2 s3=a3 s4=a4")
    rules = rules_for(question)
    orders = {rules.draw(question, seed, shuffle=False) for seed in range(50)}
    assert len(orders) > 10


def test_options_stand_as_written_where_nothing_is_shuffled():
    rules = rules_for(single())
    assert rules.draw(single(), 5, shuffle=False) == ("a", "b", "c", "d")


def test_an_order_of_another_version_is_refused():
    with pytest.raises(ValueError, match="another version"):
        rules_for(single()).public(single(), ["a", "b"])


# --- identity


def _choice(*texts: str, right: int = 0):
    options = [{"text": t, "fraction": "1" if i == right else "0"} for i, t in enumerate(texts)]
    return parse_question({"type": "single_choice", "stem": "Care?", "options": options})


def _ids(question):
    return {option.text: option.id for option in question.options}


def test_a_mended_typo_keeps_the_id():
    old = _choice("primaria", "prefectura", "judecătoria")
    new = with_kept_ids(_choice("primăria", "prefectura", "judecătoria"), old)
    assert _ids(new)["primăria"] == _ids(old)["primaria"]
    assert is_revision(new, old)


def test_options_that_only_moved_keep_their_ids():
    old = _choice("unu", "doi", "trei")
    new = with_kept_ids(_choice("trei", "unu", "doi", right=1), old)
    assert _ids(new) == _ids(old)
    assert is_revision(new, old)


def test_another_key_is_another_version_whatever_the_words():
    old = _choice("unu", "doi", "trei")
    assert not is_revision(with_kept_ids(_choice("unu", "doi", "trei", right=2), old), old)


def test_an_option_rewritten_together_with_its_key_is_new():
    old = _choice("unu", "doi", "trei")
    new = with_kept_ids(_choice("patru", "doi", "trei", right=2), old)
    assert _ids(new)["patru"] not in _ids(old).values()


def test_an_added_option_is_a_new_version():
    old = _choice("unu", "doi")
    new = with_kept_ids(_choice("unu", "doi", "trei"), old)
    assert not is_revision(new, old)
    assert _ids(new)["unu"] == _ids(old)["unu"]


def test_an_id_that_was_inherited_is_not_given_twice():
    first = _choice("unu", "doi")
    second = with_kept_ids(_choice("unu", "două"), first)  # „două” has the id made of „doi”
    third = with_kept_ids(_choice("unu", "două", "doi"), second)
    assert len(set(_ids(third).values())) == 3
    assert _ids(third)["două"] == _ids(first)["doi"]


def test_ids_do_not_change_with_spaces_or_the_way_letters_are_composed():
    assert (
        _ids(_choice("a ș b", "x"))["a ș b"] == _ids(_choice("a  s\u0326  b", "x"))["a  s\u0326  b"]
    )


def test_a_mended_answer_to_match_keeps_its_pairs():
    def make(answer: str, stem: str = "tema unu"):
        text = f"// [id:q]\nPotriviți. {{\n={stem} -> {answer}\n=tema doi -> doi\n}}"
        return read_gift(text).items[0].question

    old = make("unul")
    for new in (make("unu"), make("unul", "tema întâi"), make("unu", "tema întâi")):
        kept = with_kept_ids(new, old)
        assert is_revision(kept, old)
        assert [answer.id for answer in kept.answers] == [answer.id for answer in old.answers]
        assert [stem.id for stem in kept.stems] == [stem.id for stem in old.stems]


@given(questions)
def test_read_again_unchanged_a_question_keeps_everything(question):
    assert with_kept_ids(question, question) == question


def test_a_question_that_changed_its_type_keeps_nothing():
    assert with_kept_ids(single(), true_false()) == single()
    assert not is_revision(single(), true_false())


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"stem": "Cine?"}, True),
        ({"general_feedback": "altul"}, True),
        ({"marks": "2"}, False),
        ({"scoring": "all_or_nothing"}, False),
    ],
)
def test_what_makes_a_new_version(changed, same):
    old = multiple()
    assert is_revision(parse_question({**dump_question(old), **changed}), old) is same


# --- refusals


def _payload(**changes):
    return {**dump_question(multiple()), **changes}


@pytest.mark.parametrize(
    ("payload", "field", "reason"),
    [
        ({}, "type", QuestionFault.MISSING),
        ({"type": "riddle"}, "type", QuestionFault.UNKNOWN),
        (_payload(stem=" "), "stem", QuestionFault.MISSING),
        (_payload(stem=5), "stem", QuestionFault.NOT_TEXT),
        (_payload(stem="a\x00b"), "stem", QuestionFault.NOT_TEXT),
        (_payload(stem="a\ud800b"), "stem", QuestionFault.NOT_TEXT),
        (_payload(stem="x" * 50_000), "stem", QuestionFault.TOO_LONG),
        (_payload(marks="0"), "marks", QuestionFault.OUT_OF_RANGE),
        (_payload(marks="1e99"), "marks", QuestionFault.OUT_OF_RANGE),
        (_payload(marks="NaN"), "marks", QuestionFault.NOT_A_NUMBER),
        (_payload(marks=1.5), "marks", QuestionFault.NOT_A_NUMBER),
        (_payload(scoring="generous"), "scoring", QuestionFault.UNKNOWN),
        (_payload(options=None), "options", QuestionFault.MISSING),
        (_payload(options="ab"), "options", QuestionFault.NOT_A_LIST),
        (_payload(options=[]), "options", QuestionFault.TOO_FEW),
        (
            _payload(options=[{"text": str(i)} for i in range(41)]),
            "options",
            QuestionFault.TOO_MANY,
        ),
        (_payload(options=["a", "b"]), "options", QuestionFault.NOT_AN_OBJECT),
        (
            _payload(options=[{"text": "a", "fraction": "1"}, {"text": "a"}]),
            "text",
            QuestionFault.DUPLICATE,
        ),
        (
            _payload(options=[{"text": "a", "id": "Ș"}, {"text": "b"}]),
            "id",
            QuestionFault.BAD_ID,
        ),
        (
            _payload(options=[{"text": "a", "fraction": "0.5"}, {"text": "b"}]),
            "options",
            QuestionFault.POSITIVES_NOT_100,
        ),
        (
            _payload(options=[{"text": "a"}, {"text": "b", "fraction": "-1"}]),
            "options",
            QuestionFault.NO_RIGHT_ANSWER,
        ),
        (
            _payload(options=[{"text": "a", "fraction": "1e308"}, {"text": "b"}]),
            "fraction",
            QuestionFault.NOT_A_NUMBER,
        ),
        (
            _payload(options=[{"text": "a", "fraction": "2"}, {"text": "b"}]),
            "fraction",
            QuestionFault.OUT_OF_RANGE,
        ),
        (
            {"type": "single_choice", "stem": "?", "options": [{"text": "a"}, {"text": "b"}]},
            "options",
            QuestionFault.NO_RIGHT_ANSWER,
        ),
        (
            {
                "type": "single_choice",
                "stem": "?",
                "options": [{"text": t, "fraction": 1} for t in "ab"],
            },
            "options",
            QuestionFault.SEVERAL_RIGHT_ANSWERS,
        ),
        ({"type": "true_false", "stem": "?"}, "answer", QuestionFault.MISSING),
        (
            {"type": "true_false", "stem": "?", "answer": "true"},
            "answer",
            QuestionFault.NOT_TRUE_OR_FALSE,
        ),
        (
            {"type": "numerical", "stem": "?", "answers": [{"value": "5", "fraction": "0.5"}]},
            "answers",
            QuestionFault.NO_RIGHT_ANSWER,
        ),
        (
            {"type": "numerical", "stem": "?", "answers": [{"value": "5", "tolerance": "-1"}]},
            "tolerance",
            QuestionFault.OUT_OF_RANGE,
        ),
        (
            {"type": "numerical", "stem": "?", "answers": [{"value": "5,5"}]},
            "value",
            QuestionFault.NOT_A_NUMBER,
        ),
        (
            {
                "type": "matching",
                "stem": "?",
                "answers": [{"text": "x", "id": "x"}, {"text": "y", "id": "y"}],
                "stems": [{"text": "a", "answer": "x"}, {"text": "b", "answer": "z"}],
            },
            "answer",
            QuestionFault.UNKNOWN,
        ),
    ],
)
def test_a_wrong_question_is_refused_with_its_field_and_reason(payload, field, reason):
    with pytest.raises(InvalidQuestion) as refused:
        parse_question(payload)
    assert (refused.value.field, refused.value.reason) == (field, reason)


# --- the guide


@pytest.mark.parametrize("name", [*TYPES, *Scheme])
def test_the_guide_names_every_type_and_every_scoring_rule(name):
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")
