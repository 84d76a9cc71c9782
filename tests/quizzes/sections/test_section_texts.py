"""Sections in a quiz's text: read, written, read again; in a file, in the workshop, in Word."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.exchange.formats import Format, write_questions
from lms.quizzes.exchange.gift import read_gift, write_gift
from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.gift_writer import write_words
from lms.quizzes.exchange.quiz_file import ProblemKind, QuizFile, QuizItem, Section
from lms.quizzes.exchange.words import with_words
from lms.quizzes.rules.assembly import draw_questions
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Fault
from lms.quizzes.workshop.writing import edited, settled, with_ids
from tests.quizzes import strategies

TWO = """\
// [id:q-0]
Zero. {TRUE}

## Partea întâi
Alegeți un singur răspuns.

// [id:q-1]
Unu. {TRUE}

// [shuffle:no]
## Partea a doua

// [id:q-2]
Doi. {TRUE}

// [id:q-3]
Trei. {FALSE}
"""
SECTIONS = (
    Section("Partea întâi", "Alegeți un singur răspuns."),
    Section("Partea a doua", shuffle=False),
)


def test_headings_of_a_file_are_its_sections():
    quiz = read_gift(TWO)
    assert not quiz.problems
    assert quiz.sections == SECTIONS
    assert [(item.id, item.section) for item in quiz.items] == [
        ("q-0", 0),
        ("q-1", 1),
        ("q-2", 2),
        ("q-3", 2),
    ]
    assert read_gift(write_gift(quiz)) == quiz


def test_a_file_without_headings_is_written_as_before():
    text = TWO.replace("## Partea întâi\nAlegeți un singur răspuns.\n", "")
    text = text.replace("// [shuffle:no]\n## Partea a doua\n", "")
    quiz = read_gift(text)
    assert quiz.sections == ()
    assert "#" not in write_gift(quiz)


NO_HEADINGS = {
    "a stem that is escaped": "// [id:a]\n\\# Titlu {TRUE}",
    "a stem with braces": "// [id:a]\n# Titlu? {TRUE}",
    "a description with an id": "// [id:a]\n# Un text de citit",
    "feedback in braces": "// [id:a]\nUnu. {\n\n# nimic\nTRUE}",
    "a sign without a space": "// [id:a]\nUnu. {TRUE}\n#nimic",
}


@pytest.mark.parametrize("text", NO_HEADINGS.values(), ids=NO_HEADINGS.keys())
def test_what_only_looks_like_a_heading_is_none(text):
    assert read_gift(text).sections == ()


def test_neither_yes_nor_no_is_a_fault_of_its_line():
    text = "// [id:a]\nUnu. {TRUE}\n\n// [shuffle:perhaps]\n## Partea\n\n// [id:b]\nDoi. {TRUE}\n"
    found = read_gift(text).problems
    assert [(p.line, p.kind, p.field) for p in found] == [(4, ProblemKind.BAD_KEY, "shuffle")]
    assert [(r.line, r.fault) for r in read_text(text).remarks] == [(4, Fault.SHUFFLE)]


# Round trips ---------------------------------------------------------------------------------

WORDS = "aăț AB019.,;()\\~=#{}:*_%-–„”"


def _tidy(text: str) -> str:
    return " ".join(text.split())


titles = st.text(WORDS, min_size=1, max_size=20).map(_tidy).filter(lambda t: t.strip("*_ #="))


@st.composite
def quizzes(draw: st.DrawFn) -> QuizFile:
    """Quizzes whose headings were read once: what a heading can't say isn't asked of it."""
    asked = draw(st.lists(strategies.common_questions, min_size=1, max_size=4))
    count = draw(st.integers(0, 3))
    written = [draw(titles) for _ in range(count)]
    read = [read_gift(f"## {title}").sections for title in written]
    sections = tuple(
        replace(
            found[0],
            instruction=draw(st.sampled_from(["", "Alegeți: unul {doi} \\# sau trei."])),
            shuffle=draw(st.sampled_from([None, True, False])),
        )
        for found in read
        if found
    )
    places = sorted(draw(st.integers(0, len(sections))) for _ in asked)
    return QuizFile(
        items=tuple(
            QuizItem(id=f"q-{n}", question=question, section=place)
            for n, (question, place) in enumerate(zip(asked, places, strict=True))
        ),
        sections=sections,
    )


@given(quizzes())
def test_a_quiz_with_sections_loses_nothing_as_a_file_and_as_a_text(quiz):
    text = write_gift(quiz)
    assert read_gift(text) == quiz
    read = read_text(text)
    assert not read.errors
    assert list(read.items) == list(quiz.items)
    assert tuple(h.section for h in read.headings) == quiz.sections
    for keeps_rest in (True, False):
        again = settled(read, read.pieces, read.headings, keeps_rest=keeps_rest)
        assert read_gift(again) == quiz


@given(st.text("#/{}[]: \naab1.)*", max_size=60))
def test_no_text_is_too_odd_to_be_read(text):
    last = text.count("\n") + 1
    for read in (read_gift(text), read_text(text)):
        assert all(1 <= problem.line <= last for problem in read.problems)


# The workshop --------------------------------------------------------------------------------

TYPED = """\
## **Partea A**

Alegeți răspunsul corect.

1. Câți?
a) doi
*b) trei

## Partea B
2. Este așa.
Răspuns: adevărat
"""


def test_a_sentence_under_a_heading_is_its_instruction_also_after_an_empty_line():
    read = read_text(TYPED)
    assert read.is_ready
    assert [(h.text, h.instruction) for h in read.headings] == [
        ("Partea A", "Alegeți răspunsul corect."),
        ("Partea B", ""),
    ]
    assert [item.section for item in read.items] == [1, 2]


def test_a_question_right_under_its_heading_stays_a_question():
    read = read_text("## Partea\nCâți?\na) doi\n*b) trei\n")
    assert [(h.text, h.instruction) for h in read.headings] == [("Partea", "")]
    assert len(read.items) == 1


def test_a_second_sentence_is_asked_about_and_never_lost_silently():
    read = read_text("## Partea\n\nUnu.\n\nDoi.\n\n1. Câți?\na) doi\n*b) trei\n")
    assert [r.fault for r in read.errors] == [Fault.NO_ANSWERS]


def test_what_was_typed_is_saved_with_its_headings():
    read = read_text(TYPED)
    pieces = with_ids(read.pieces, "q", [])
    saved = read_gift(settled(read, pieces, read.headings))
    assert [s.title for s in saved.sections] == ["Partea A", "Partea B"]
    assert saved.sections[0].instruction == "Alegeți răspunsul corect."
    assert [(i.id, i.section) for i in saved.items] == [("q-01", 1), ("q-02", 2)]


def test_a_button_says_whether_a_section_is_mixed_and_takes_it_back():
    kept = edited(TYPED, order="1:keep")
    assert read_text(kept).headings[0].shuffle is False
    mixed = edited(kept, order="2:mix")
    assert read_text(mixed).headings[0].shuffle is True
    assert edited(mixed, order="2:usual") == TYPED
    assert edited(TYPED, order="7:keep") == TYPED


def test_a_question_taken_out_leaves_the_heading_over_it():
    read = read_text(TWO)
    text = edited(TWO, remove=str(read.pieces[1].first))
    assert [h.text for h in read_text(text).headings] == ["Partea întâi", "Partea a doua"]


# English, Word -------------------------------------------------------------------------------


def test_english_headings_are_matched_in_their_order():
    quiz = read_gift(TWO)
    english = TWO.replace("// [shuffle:no]\n", "").replace("Partea întâi", "Part one")
    english = english.replace("Alegeți un singur răspuns.", "Choose one answer.")
    worded, problems = with_words(quiz, english.replace("Partea a doua", "Part two"))
    assert not problems
    assert [(s.title_en, s.instruction_en) for s in worded.sections] == [
        ("Part one", "Choose one answer."),
        ("Part two", ""),
    ]
    assert with_words(quiz, write_words(worded)) == (worded, ())


def test_other_headings_in_english_are_told_and_left():
    quiz = read_gift(TWO)
    english = TWO.replace("// [shuffle:no]\n## Partea a doua\n", "")
    worded, problems = with_words(quiz, english)
    assert [p.kind for p in problems] == [ProblemKind.WORDS_SECTIONS]
    assert worded.sections == quiz.sections


@pytest.mark.parametrize("form", [Format.DOCX, Format.PAPER_TEST])
def test_word_has_the_headings_over_their_questions(form):
    read = list(read_gift_questions(TWO.encode(), []))
    data = write_questions(read, form, title="Test", language="ro").data
    said = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs if p.text]
    places = [
        next(at for at, text in enumerate(said) if words in text)
        for words in ("Zero.", "Partea întâi", "Alegeți un singur", "Unu.", "Partea a doua", "Doi.")
    ]
    assert places == sorted(places)
    assert sum("Partea a doua" in text for text in said) == 1


def test_a_file_of_questions_keeps_the_headings():
    written = write_questions(
        list(read_gift_questions(TWO.encode(), [])), Format.GIFT, title="Test", language="ro"
    )
    again = read_gift(written.data.decode())
    assert (again.items, again.sections) == (read_gift(TWO).items, SECTIONS)


# Order ---------------------------------------------------------------------------------------

POOL = [f"q{number}" for number in range(12)]
PLACED = {item: at // 4 for at, item in enumerate(POOL)}


@given(st.integers(0, 2**62), st.none() | st.integers(0, 12), st.booleans())
def test_sections_keep_their_order_and_questions_stay_within(seed, count, shuffle):
    drawn = draw_questions(POOL, count, seed, shuffle=shuffle, sections=PLACED, shuffles={1: False})
    assert len(drawn) == len(set(drawn)) == (12 if count is None else count)
    places = [PLACED[item] for item in drawn]
    assert places == sorted(places)
    middle = [item for item in drawn if PLACED[item] == 1]
    assert middle == sorted(middle)
    assert set(drawn) == set(draw_questions(POOL, count, seed, shuffle=shuffle))


def test_a_section_may_be_mixed_where_the_quiz_is_not():
    orders = {
        draw_questions(POOL, None, seed, shuffle=False, sections=PLACED, shuffles={2: True})
        for seed in range(20)
    }
    assert len(orders) > 5
    assert {order[:8] for order in orders} == {tuple(POOL[:8])}
