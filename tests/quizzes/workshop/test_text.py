"""A trainer's text read into questions, put in order, and read again without loss."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import ItemStatus, ProblemKind, QuizFile, QuizItem
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Asked, Fault
from lms.quizzes.workshop.writing import settled, with_ids, with_piece, with_right, without_piece
from tests.quizzes import strategies


def right_of(item: QuizItem) -> list[str]:
    """Return the words of a question's right options."""
    return [o.text for o in item.question.options if o.fraction > 0]


def one(text: str) -> QuizItem:
    read = read_text(text)
    assert read.is_ready, (read.errors, read.asked)
    (item,) = read.items
    return item


# What people write -----------------------------------------------------------------------------

RIGHT_IS_THREE = {
    "a star before the letter": "1. Câți?\na) doi\n*b) trei",
    "a star with a space": "1. Câți?\na) doi\n* b) trei",
    "a star after the letter": "1. Câți?\na) doi\nb*) trei",
    "a star before the words": "1. Câți?\na) doi\nb) *trei",
    "a star after the words": "1. Câți?\na) doi\nb) trei *",
    "a tick after the words": "1. Câți?\na) doi\nb) trei ✓",
    "a word after the words": "1. Câți?\na) doi\nb) trei (corect)",
    "capitals and points": "1) Câți?\nA. doi\n*B. trei",
    "bold words": "1. Câți?\na) doi\nb) **trei**",
    "a bold line": "1. Câți?\na) doi\n**b) trei**",
    "an underlined option": "1. Câți?\na) doi\nb) <u>trei</u>",
    "a marked option": "1. Câți?\na) doi\nb) ==trei==",
    "Aiken": "Câți?\nA. doi\nB. trei\nANSWER: B",
    "an answer below": "1. Câți?\na) doi\nb) trei\nRăspuns corect: b",
    "an answer in words": "1. Câți?\na) doi\nb) trei\nRăspuns: trei",
    "a key at the end": "1. Câți?\na) doi\nb) trei\n\nRăspunsuri: 1 b",
    "a key in a row of numbers and one of letters": (
        "1. Câți?\na) doi\nb) trei\n\nRăspunsuri:\n1\nb"
    ),
    "a key with points": "1. Câți?\na) doi\nb) trei\n\nBarem de corectare:\n1. b",
    "empty lines between": "1. Câți?\n\na) doi\n\nb) trei *\n\n",
    "options on one line": "1. Câți?\na) doi     *b) trei",
    "bullets": "1. Câți?\n- doi\n* trei",
    "circles": "1. Câți?\n( ) doi\n(x) trei",
    "filled circles": "1. Câți?\n○ doi\n● trei",
    "numbers with another sign": "1. Câți?\n1) doi\n2) trei *",
    "GIFT": "Câți? {~doi =trei}",
    "no number": "Câți?\na) doi\n*b) trei",
    "a worded number": "Întrebarea 1: Câți?\na) doi\n*b) trei",
}


@pytest.mark.parametrize("text", RIGHT_IS_THREE.values(), ids=RIGHT_IS_THREE)
def test_the_right_option_is_found_by(text: str) -> None:
    item = one(text)
    assert item.question.type == "single_choice"
    assert item.question.stem == "Câți?"
    assert [o.text for o in item.question.options] == ["doi", "trei"]
    assert right_of(item) == ["trei"]


def test_two_marks_make_a_question_with_several_answers_that_share_the_whole() -> None:
    item = one("1. Care?\n*a) una\nb) două\n*c) trei\n*d) patru")
    assert item.question.type == "multiple_choice"
    assert right_of(item) == ["una", "trei", "patru"]
    assert sum(o.fraction for o in item.question.options) > Decimal("0.9999")


def test_boxes_ask_for_several_answers_even_where_one_is_right() -> None:
    assert one("1. Care?\n[ ] una\n[x] două").question.type == "multiple_choice"


def test_a_stem_goes_on_over_lines_and_an_option_too() -> None:
    item = one("1. Citiți textul.\nCare e?\n\na) una\ncare merge mai departe\n*b) două")
    assert item.question.stem == "Citiți textul.\nCare e?"
    assert item.question.options[0].text == "una care merge mai departe"


def test_a_list_in_the_stem_is_no_list_of_options() -> None:
    item = one("1. Fie:\n- A\n- B\na) una\n*b) două")
    assert item.question.stem == "Fie:\n- A\n- B"
    assert len(item.question.options) == 2


def test_pairs_are_matched_and_answers_without_options_are_read() -> None:
    text = "1. Potriviți\n- A -> unu\n- B -> doi\n\n2. E așa.\nRăspuns: adevărat\n\n3. Cât?\nR"
    read = read_text(text.replace("\nR", "\nRăspuns: 18.240,96 ± 0,5 lei") + "")
    types = [item.question.type for item in read.items]
    assert types[0] == "matching"
    numeric = one("3. Cât?\nRăspuns: 18.240,96 ± 0,5 lei").question
    assert (numeric.answers[0].value, numeric.unit) == (Decimal("18240.96"), "lei")
    assert numeric.answers[0].tolerance == Decimal("0.5")
    assert one("2. E așa.\nRăspuns: adevărat").question.answer is True


def test_feedback_and_explanations_are_kept() -> None:
    item = one(
        "1. Câți?\na) doi # Prea puțini.\n*b) trei # Corect.\nExplicație: Vedeți lecția 1.1."
    )
    assert [o.feedback for o in item.question.options] == ["Prea puțini.", "Corect."]
    assert item.question.general_feedback == "Vedeți lecția 1.1."


def test_keys_in_a_comment_serve_questions_as_people_write_them() -> None:
    item = one("// [id:x-1] [fact:B3] [lesson:1.1] [marks:2]\n1. Câți?\na) doi\n*b) trei")
    assert (item.id, item.facts, item.lesson) == ("x-1", ("B3",), "1.1")
    assert item.question.marks == 2


# What is asked, what is wrong ------------------------------------------------------------------


def test_a_question_without_a_right_answer_is_asked_about_and_never_guessed() -> None:
    read = read_text("1. Câți?\na) doi\nb) trei")
    assert [p.asked for p in read.pieces] == [Asked.NO_RIGHT]
    assert not read.items
    assert not read.is_ready
    assert right_of(one(with_right(read, 1, 1))) == ["trei"]


def test_all_options_in_bold_are_a_way_of_writing() -> None:
    assert read_text("1. Câți?\na) **doi**\nb) **trei**").pieces[0].asked is Asked.NO_RIGHT


def test_a_mark_and_a_key_that_differ_are_asked_about() -> None:
    read = read_text("1. Câți?\n*a) doi\nb) trei\n\nRăspunsuri: 1 b")
    assert read.pieces[0].asked is Asked.MARKS_DIFFER
    assert right_of(one(with_right(read, 1, 1))) == ["trei"]


@pytest.mark.parametrize("text", ["1. Câți?\na) doi    b) trei", "1. Câți?\n- doi\n- trei"])
def test_an_answer_is_chosen_whatever_the_options_look_like(text: str) -> None:
    assert right_of(one(with_right(read_text(text), 1, 1))) == ["trei"]


WRONG = {
    "a question without answers": ("1. Una\na) x\n*b) y\n\n2. Câți?", 5, Fault.NO_ANSWERS),
    "a single option": ("1. Câți?\na) doi", 2, Fault.ONE_OPTION),
    "a letter that is no option": ("1. C?\na) x\nb) y\nRăspuns: d", 4, Fault.ANSWER_UNKNOWN),
    "a key of no question": ("1. C?\na) x\n*b) y\n\nRăspunsuri: 7 b", 5, Fault.KEY_NUMBER),
    "an answer alone": ("Răspuns: b", 1, Fault.ANSWER_ALONE),
    "a number that may be two": ("1. Cât?\nRăspuns: 1.234", 2, Fault.NUMBER_UNCLEAR),
}


@pytest.mark.parametrize(("text", "line", "fault"), WRONG.values(), ids=WRONG)
def test_a_fault_names_its_line(text: str, line: int, fault: Fault) -> None:
    assert [(r.line, r.fault) for r in read_text(text).remarks] == [(line, fault)]


def test_two_equal_options_are_named_at_the_second() -> None:
    (problem,) = read_text("1. C?\n*a) x\nb) x").errors
    assert (problem.line, problem.kind) == (3, ProblemKind.INVALID_QUESTION)


def test_a_title_before_the_first_question_is_left_out_and_said() -> None:
    read = read_text("Test – modulul 1\n\n1. C?\n*a) x\nb) y")
    assert [r.fault for r in read.warnings] == [Fault.INTRO]
    assert read.is_ready


def test_a_forgotten_brace_does_not_swallow_the_next_question() -> None:
    read = read_text("::A::Câți? {\n=trei\n\n2. C?\n*a) x\nb) y")
    assert len(read.items) == 1
    assert [p.kind for p in read.problems] == [ProblemKind.UNCLOSED_BRACE]


def test_a_question_in_gift_begins_anew_where_no_empty_line_was_left() -> None:
    gift = "// [id:a]\n::M2.1::Care? {=x ~y}"
    read = read_text(f"22. Cine aprobă?\n*a) x\nb) y\n{gift}\n::M2.2::Unde? {{=x ~y}}")
    assert [item.question.stem for item in read.items] == ["Cine aprobă?", "Care?", "Unde?"]
    assert [item.id for item in read.items] == ["", "a", ""]


def test_keys_count_within_their_heading() -> None:
    text = "\n\n".join(
        f"## Modulul {m}\n\n1. C{m}?\na) x\nb) y\n\nRăspunsuri: 1 {right}"
        for m, right in ((1, "a"), (2, "b"))
    )
    assert [right_of(item) for item in read_text(text).items] == [["x"], ["y"]]


def test_a_key_for_everything_names_its_headings() -> None:
    text = "\n\n".join(f"Modulul {m}\n\n1. C{m}?\na) x\nb) y" for m in (1, 2))
    read = read_text(f"{text}\n\nRăspunsuri\nModulul 1: 1 b\nModulul 2: 1 a")
    assert [right_of(item) for item in read.items] == [["y"], ["x"]]
    assert not read.errors


@pytest.mark.parametrize("key", ["1² b", "² b", "1 ²", "٣ b", "①b", "9" * 5000])
def test_a_number_that_is_none_is_told_and_not_a_fault_of_ours(key: str) -> None:
    read = read_text(f"1. Câți?\na) doi\nb) trei\n\nRăspunsuri: {key}")
    assert not read.is_ready


@given(st.text("1a)b.*# \n-[x]{}=~:/RăspunsuriANSWER", max_size=120))
def test_any_text_is_read_without_raising(text: str) -> None:
    read = read_text(text)
    assert len(read.items) <= len(read.pieces)


# Round trips ---------------------------------------------------------------------------------


@st.composite
def items(draw: st.DrawFn) -> list[QuizItem]:
    asked: list[Question] = draw(st.lists(strategies.common_questions, min_size=1, max_size=4))
    return [
        QuizItem(
            id=f"q-{number}",
            question=question,
            title=draw(st.sampled_from(["", "Titlu", "1. x"])),
            status=draw(st.sampled_from(list(ItemStatus))),
            category=draw(st.sampled_from(["", "Una", "Una/Alta"])),
        )
        for number, question in enumerate(asked)
    ]


@given(items())
def test_a_stored_quiz_read_as_text_and_written_again_loses_nothing(asked: list[QuizItem]) -> None:
    text = write_gift(QuizFile(items=tuple(asked)))
    read = read_text(text)
    assert not read.errors
    assert list(read.items) == asked
    again = read_text(settled(read, read.pieces))
    assert list(again.items) == asked


@given(items())
def test_one_question_put_in_place_leaves_the_others_alone(asked: list[QuizItem]) -> None:
    read = read_text(write_gift(QuizFile(items=tuple(asked))))
    piece = read.pieces[-1]
    mended = replace(asked[-1], title="Altul")
    assert list(read_text(with_piece(read, piece.first, mended)).items) == [*asked[:-1], mended]
    assert list(read_text(without_piece(read, piece.first)).items) == asked[:-1]


def test_what_people_write_becomes_gift_with_ids_and_stays_what_it_was() -> None:
    read = read_text("// o notă\n\n1. Câți?\na) doi\n*b) trei\n\n{TRUE}\n\nCâți? {~doi =trei}")
    read = read_text(read.text.replace("{TRUE}", "E așa. {TRUE}"))
    pieces = with_ids(read.pieces, "q", ["q-02", "Q-03"])
    text = settled(read, pieces)
    assert "// o notă" in text
    again = read_text(text)
    assert [i.id for i in again.items] == ["q-04", "q-05", "q-06"]
    assert [i.question for i in again.items] == [i.question for i in read.items]
    assert settled(again, again.pieces) == text


def test_a_whole_quiz_becomes_a_draft_and_is_published_again() -> None:
    read = read_text("Câți? {~doi =trei}\n\n1. C?\n*a) x\nb) y")
    draft = read_text(settled(read, with_ids(read.pieces, "q", []), status=ItemStatus.DRAFT))
    assert {i.status for i in draft.items} == {ItemStatus.DRAFT}
    public = read_text(settled(draft, draft.pieces, status=ItemStatus.PUBLISHED))
    assert {i.status for i in public.items} == {ItemStatus.PUBLISHED}
    assert [i.question for i in public.items] == [i.question for i in read.items]
