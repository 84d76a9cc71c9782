"""One key of a text is put otherwise, and the rest stays as somebody wrote it."""

from __future__ import annotations

import pytest

from lms.exchange.outlining.numbers import in_questions, led_back, named_in
from lms.exchange.outlining.yaml_text import edited, texts_of, with_front_key, with_key

TEXT = """# the course
id: proba
title:
  ro: "Un titlu: lung"
  en: A title
modules:   # in order
  - 1-unu

# what it asks for
conditions: {lessons_read: all}
"""


def test_only_the_lines_of_the_key_change() -> None:
    after = with_key(TEXT, "modules", ["1-unu", "2-doi"])
    assert after == TEXT.replace(
        "modules:   # in order\n  - 1-unu\n", "modules:\n  - 1-unu\n  - 2-doi\n"
    )


def test_a_new_key_comes_after_the_last() -> None:
    assert with_key(TEXT, "draft", True) == f"{TEXT.rstrip()}\ndraft: true\n"


def test_a_key_is_taken_out_and_put_back() -> None:
    assert with_key(with_key(TEXT, "draft", True), "draft", None) == TEXT


@pytest.mark.parametrize(
    "title", ["Da: sau nu", "#1", "- listă", "„ghilimele”", "'", '"', "true", "1.0", "a\\b", "{x}"]
)
def test_a_title_comes_back_as_it_was_typed(title: str) -> None:
    import yaml

    read = yaml.safe_load(with_key(TEXT, "title", {"ro": title, "en": "x"}))
    assert read["title"]["ro"] == title
    assert read["conditions"] == {"lessons_read": "all"}


def test_a_document_in_braces_is_written_anew_with_the_same_words() -> None:
    after = with_key('{id: m, number: 1, hours: "1.50"}', "number", 2)
    assert after == "id: m\nnumber: 2\nhours: '1.50'\n"


def test_a_lessons_body_is_not_touched() -> None:
    text = '---\nid: a\nnumber: "1.1"\n---\n\nnumber: 7\n---\n'
    assert with_front_key(text, "number", "2.3") == text.replace('number: "1.1"', "number: '2.3'")


def test_line_ends_and_the_mark_at_the_start_stay() -> None:
    data = "\ufeffid: a\r\ndraft: true\r\n".encode()
    after = edited(data, lambda text: with_key(text, "draft", None))
    assert after == "\ufeffid: a\r\n".encode()


def test_lists_are_read_as_they_are_written() -> None:
    assert texts_of('lessons: ["6.10", 6.2]', "lessons") == ["6.10", "6.2"]


QUESTIONS = """// [id:q1] [lesson:1.1] [slot:1]
::Unu:: [lesson:1.1] {T}

// [id:q2] [lesson:1.2]
::Doi:: {F}
"""


def test_questions_follow_their_lessons_and_lose_those_that_are_gone() -> None:
    after, lost = in_questions(QUESTIONS, {"1.2": "1.1"}, {"1.1"})
    assert after == QUESTIONS.replace("// [id:q1] [lesson:1.1]", "// [id:q1]").replace(
        "[lesson:1.2]", "[lesson:1.1]"
    )
    assert lost == {"q1": "1.1"}


def test_numbers_that_are_exchanged_are_not_taken_for_each_other() -> None:
    after, _lost = in_questions(QUESTIONS, {"1.1": "1.2", "1.2": "1.1"}, ())
    assert "[id:q1] [lesson:1.2]" in after
    assert "[id:q2] [lesson:1.1]" in after


def test_a_question_is_led_back_unless_it_leads_elsewhere_by_now() -> None:
    text = QUESTIONS.replace(" [lesson:1.1] [slot", " [slot")
    assert led_back(text, ["q1", "q2"], "1.1") == QUESTIONS


def test_lessons_named_in_words_are_found() -> None:
    body = "Vezi lecția 1.2 și lecțiile 3.4; art. 1.2 nu este o lecție, nici 1.2."
    assert named_in(body, {"1.2", "3.4", "9.9"}) == ["1.2", "3.4"]
    assert named_in("art. 1.2", {"1.2"}) == []
