"""Word documents of questions: to work on, and a test for paper with its key."""

from __future__ import annotations

import io
import re

import docx
import pytest

from lms.quizzes.exchange.formats import Format, read_questions, write_questions
from lms.quizzes.exchange.quiz_file import ItemStatus
from lms.quizzes.exchange.read_question import Lost, ReadQuestion
from lms.quizzes.question_types.registry import parse_question
from tests.quizzes.exchange.test_moodle_xml import PIXEL
from tests.quizzes.questions import matching, multiple, numerical, single, true_false

ALL = [
    ReadQuestion(id="q1", question=single(a="1", b="0", c="0", d="0")),
    ReadQuestion(id="q2", question=multiple()),
    ReadQuestion(id="q3", question=true_false()),
    ReadQuestion(id="q4", question=matching()),
    ReadQuestion(id="q5", question=numerical("18.5:2%", unit="lei")),
]
MORE = [
    {"type": "kprim", "statements": [{"text": f"s{n}", "is_true": n < 3} for n in range(1, 5)]},
    {"type": "ordering", "items": [{"text": word} for word in ("unu", "doi", "trei")]},
    {"type": "essay", "lines": 3},
]


def document(written):
    return docx.Document(io.BytesIO(written.data))


def texts(written) -> list[str]:
    return [paragraph.text for paragraph in document(written).paragraphs if paragraph.text]


def test_a_document_to_work_on_has_numbers_letters_and_the_right_options_bold():
    written = write_questions(ALL, Format.DOCX, title="Testul 1", language="ro")
    found = texts(written)
    assert found[:6] == [
        "Testul 1",
        "1. Care?",
        "a) opțiunea a",
        "b) opțiunea b",
        "c) opțiunea c",
        "d) opțiunea d",
    ]
    assert {(p.item, p.field or p.reason) for p in written.problems} == {
        ("q1", Lost.FEEDBACK),
        ("q2", Lost.PARTIAL_MARKS),
        ("q2", Lost.FEEDBACK),
        ("q3", Lost.FEEDBACK),
        ("q4", "matching"),
        ("q5", "numerical"),
    }


def test_a_document_to_work_on_comes_back_with_its_right_options():
    written = write_questions(ALL[:2], Format.DOCX, title="Testul 1", language="ro")
    found = [r for r in read_questions(written.data, "t.docx").questions if r.question]
    assert [[o.fraction > 0 for o in r.question.options] for r in found] == [
        [True, False, False, False],
        [True, True, False, False],
    ]


@pytest.mark.parametrize("language", ["ro", "en"])
def test_a_paper_test_has_questions_an_answer_sheet_and_a_key_that_fit_together(language):
    written = write_questions(ALL, Format.PAPER_TEST, title="Test", language=language)
    assert written.problems == ()
    found = texts(written)
    key = document(written).tables[-1]
    rows = {row.cells[0].text: row.cells[1].text for row in key.rows[1:]}
    letter, _, words = rows["1"].partition(") ")
    assert words == "opțiunea a"
    assert f"☐ {letter})  opțiunea a" in found, "the key names the letter that the page shows"
    assert rows["3"] == {"ro": "Adevărat", "en": "True"}[language]
    assert rows["5"] == {"ro": "18,5 lei (± 2%)", "en": "18.5 lei (± 2%)"}[language]
    assert len(document(written).tables[-2].rows) == len(ALL) + 1


def test_statements_orders_and_essays_stand_on_paper_too():
    more = [
        ReadQuestion(id=f"m{n}", question=parse_question({"stem": "Cum?", **payload}))
        for n, payload in enumerate(MORE)
    ]
    written = write_questions(more, Format.PAPER_TEST)
    assert written.problems == ()
    rows = {row.cells[0].text: row.cells[1].text for row in document(written).tables[-1].rows}
    assert rows["1"] == "1 – Adevărat; 2 – Adevărat; 3 – Fals; 4 – Fals"
    shown = dict(re.findall(r"([abc])\)  (unu|doi|trei)", "\n".join(texts(written))))
    assert [shown[letter] for letter in rows["2"].split(", ")] == ["unu", "doi", "trei"]
    assert sum(text.startswith(".....") for text in texts(written)) == 3


def test_the_right_option_is_not_always_the_first_on_paper():
    many = [ReadQuestion(id=f"q{n}", question=single(a="1", b="0", c="0")) for n in range(30)]
    written = write_questions(many, Format.PAPER_TEST)
    rows = document(written).tables[-1].rows[1:]
    assert {row.cells[1].text[0] for row in rows} == {"a", "b", "c"}
    assert written.data == write_questions(many, Format.PAPER_TEST).data


def test_drafts_are_not_asked_and_pictures_are_shown():
    [read] = read_questions(
        f"Care? ![o poză](<{'0' * 20}.png>) {{=x ~y}}".encode(), "", Format.GIFT
    ).questions
    shown = ReadQuestion(id="p", question=read.question, files={f"{'0' * 20}.png": PIXEL})
    draft = ReadQuestion(id="d", question=single(), status=ItemStatus.DRAFT)
    written = document(write_questions([shown, draft], Format.PAPER_TEST))
    assert len(written.inline_shapes) == 1
    assert len(written.tables[-1].rows) == 2
