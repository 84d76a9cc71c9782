"""Questions to carry from one format to another, and what it means that nothing was lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.exchange.read_question import ReadQuestion, Written
from lms.quizzes.exchange.text_formats import markdown_to_html, markdown_to_plain
from lms.quizzes.question_types.ids import same_text
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import dump_question, rules_for
from tests.quizzes import strategies

_TWICE = re.compile(r"<(/?)(em|strong|s|del)>(?=<\1\2>)")


def one_line(text: str) -> str:
    return " ".join(text.split())


def shown(question: Question) -> dict[str, Any]:
    """Tell a question as its readers see it: by what its texts show, not by how they are typed."""
    rendered = rules_for(question).map_texts(question, _html)
    return _without_ids(dump_question(rendered))


def _html(text: str) -> str:
    return _TWICE.sub("", markdown_to_html(text))


def _without_ids(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {k: _without_ids(v) for k, v in values.items() if k not in {"id", "answer"}} | {
            "matched": values.get("answer") if isinstance(values.get("answer"), bool) else None
        }
    return [_without_ids(each) for each in values] if isinstance(values, list) else values


@st.composite
def questions(
    draw: st.DrawFn, of: st.SearchStrategy[Question] = strategies.common_questions
) -> Question:
    """Draw a question whose texts stand on one line, and differ also where they are shown."""
    question = draw(of)
    assume(not _holds_geometric_gaps(question))
    rules = rules_for(question)
    found: Question = rules.map_texts(question, one_line)
    seen: list[str] = []
    rules.map_texts(found, lambda text: seen.append(text) or text)
    plain = [same_text(markdown_to_plain(text)) for text in dict.fromkeys(seen) if text]
    assume(len(plain) == len(set(plain)) and all(plain))
    return found


def _holds_geometric_gaps(question: Question) -> bool:
    """Say whether a text has a gap for a number with a tolerance that no file has a code for."""
    gaps = getattr(question, "gaps", ())
    answers = [a for gap in gaps for a in getattr(gap.question, "answers", ())]
    return any(getattr(answer, "tolerance_kind", "") == "geometric" for answer in answers)


@st.composite
def reads(
    draw: st.DrawFn, of: st.SearchStrategy[Question] = strategies.common_questions
) -> ReadQuestion:
    """Draw a question with everything that a file may say of it."""
    question = draw(questions(of))
    word = st.sampled_from(["", "1.1", "7"])
    return ReadQuestion(
        name=draw(st.sampled_from(["", "Întrebarea 1", 'a <b> & "c"'])),
        question=question,
        type_name=question.type,
        category=draw(st.sampled_from(["", "Modulul 1/Testul 2"])),
        tags=tuple(draw(st.lists(st.sampled_from(["ușor", "din 2026"]), unique=True))),
        id=draw(st.sampled_from(["os2-q1-01", "x.7"])),
        status=draw(st.sampled_from(list(ItemStatus))),
        lesson=draw(word),
        slot=draw(word),
        facts=tuple(draw(st.lists(st.sampled_from(["A1", "B3"]), unique=True))),
    )


def assert_same(read: ReadQuestion, before: ReadQuestion, written: Written) -> None:
    """Say that a question came back as it was, by all that is shown and all that counts."""
    assert read.problems == (), (read.problems, written.data)
    assert read.question is not None
    assert before.question is not None
    assert shown(read.question) == shown(before.question), written.data
    kept = ("category", "tags", "id", "status", "lesson", "slot", "facts", "files")
    assert [getattr(read, name) for name in kept] == [getattr(before, name) for name in kept]
