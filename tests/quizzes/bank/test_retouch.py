"""Edits that leave a question's words alone, in the middle of a quiz's text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank import retouch
from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile
from lms.quizzes.workshop.reading import read_text
from tests.quizzes.workshop.test_text import items

TEXT = """// O notă a trainerului.

$CATEGORY: Una

// [id:a]
Câți? {=doi ~trei}

// [id:b] [tag:lege]
Câte? {=două ~trei}

$CATEGORY: Alta

// [id:c]
Unde? {=aici ~acolo}
"""


def categories(text: str) -> dict[str, str]:
    return {item.id: item.category for item in read_text(text).items}


def test_a_question_moves_to_another_category_and_the_others_stay_where_they_are() -> None:
    moved = retouch.retouched(TEXT, {"a": retouch.moved_to("Alta/Nouă")})
    assert categories(moved) == {"a": "Alta/Nouă", "b": "Una", "c": "Alta"}
    assert "// O notă a trainerului." in moved
    back = retouch.retouched(moved, {"a": retouch.moved_to("Una")})
    assert categories(back) == categories(TEXT)
    assert back.count("$CATEGORY") == 2


def test_a_question_can_leave_its_category() -> None:
    moved = retouch.retouched(TEXT, {"b": retouch.moved_to("")})
    assert categories(moved) == {"a": "Una", "b": "", "c": "Alta"}


def test_an_edit_that_changes_nothing_leaves_the_text_byte_for_byte() -> None:
    edits = {"a": retouch.moved_to("Una"), "b": retouch.with_tag("lege"), "c": retouch.ready}
    assert retouch.retouched(TEXT, edits) == TEXT
    assert retouch.retouched(TEXT, {"x": retouch.kept_back}) == TEXT


def test_tags_and_the_state_are_written_as_keys() -> None:
    text = retouch.retouched(TEXT, {"b": retouch.with_tag("greu"), "c": retouch.kept_back})
    read = {item.id: item for item in read_text(text).items}
    assert read["b"].tags == ("lege", "greu")
    assert read["c"].status is ItemStatus.DRAFT
    again = retouch.retouched(text, {"b": retouch.without_tag("lege"), "c": retouch.ready})
    read = {item.id: item for item in read_text(again).items}
    assert read["b"].tags == ("greu",)
    assert read["c"].status is ItemStatus.READY


def test_notes_among_the_keys_stay() -> None:
    text = TEXT.replace("// [id:b] [tag:lege]", "// [id:b] de verificat [tag:lege]\n// cu juristul")
    changed = retouch.retouched(text, {"b": retouch.with_tag("greu")})
    assert "// de verificat\n// cu juristul\n// [id:b] [tag:lege] [tag:greu]\n" in changed
    again = retouch.retouched(changed, {"b": retouch.moved_to("Alta")})
    assert again.count("// de verificat\n// cu juristul\n") == 1


@given(items(), st.data())
def test_whatever_is_edited_the_words_and_all_others_stay(asked, data) -> None:
    text = write_gift(QuizFile(items=tuple(asked)))
    chosen = data.draw(st.sets(st.sampled_from([item.id for item in asked])))
    text = retouch.retouched(text, dict.fromkeys(chosen, retouch.moved_to("Mutate/Aici")))
    read = read_text(text)
    assert not read.errors
    assert list(read.items) == [
        replace(item, category="Mutate/Aici") if item.id in chosen else item for item in asked
    ]


@given(items(), items())
def test_questions_put_at_the_end_stand_there_as_they_were(there, more) -> None:
    more = [replace(item, id=f"n-{n}") for n, item in enumerate(more)]
    text = retouch.appended(write_gift(QuizFile(items=tuple(there))), more)
    assert list(read_text(text).items) == [*there, *more]


def test_the_next_free_ids_are_given() -> None:
    ids = retouch.fresh_ids("q", ["q-01", "Q-03"])
    assert [next(ids) for _each in range(3)] == ["q-02", "q-04", "q-05"]
