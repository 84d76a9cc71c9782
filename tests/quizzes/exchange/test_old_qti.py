"""QTI 1.2 as the systems that still write it do: read by what its conditions give."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from lms.quizzes.exchange.formats import read_questions
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.safety.archive import write_archive
from tests.quizzes.exchange.test_moodle_xml import PIXEL


def label(identifier: str, words: str) -> str:
    text = f'<mattext texttype="text/html">{words}</mattext>'
    return f'<response_label ident="{identifier}"><material>{text}</material></response_label>'


def given(value: str, score: str, more: str = "", response: str = "r") -> str:
    return (
        f'<respcondition><conditionvar><varequal respident="{response}">{value}</varequal>'
        f'</conditionvar><setvar action="Set">{score}</setvar>{more}</respcondition>'
    )


def document(presentation: str, conditions: str, *, kind: str = "", more: str = "") -> str:
    field = f"<fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry>"
    points = "<fieldlabel>points_possible</fieldlabel><fieldentry>2.0</fieldentry>"
    stem = '<material><mattext texttype="text/html">&lt;p&gt;Care?&lt;/p&gt;</mattext></material>'
    return (
        '<questestinterop><assessment title="Test"><section title="Partea 1">\n'
        f'<item ident="i1" title="Titlu"><itemmetadata><qtimetadata><qtimetadatafield>{field}'
        f"</qtimetadatafield><qtimetadatafield>{points}</qtimetadatafield></qtimetadata>"
        f"</itemmetadata><presentation>{stem}{presentation}</presentation>"
        f"<resprocessing>{conditions}</resprocessing>{more}</item></section></assessment>"
        "</questestinterop>"
    )


def read(text: str):
    reading = read_questions(text.encode(), "test.xml")
    [question] = reading.questions
    assert reading.problems == []
    return question


def choice(cardinality: str, *labels: str) -> str:
    inner = "".join(labels)
    return (
        f'<response_lid ident="r" rcardinality="{cardinality}"><render_choice>{inner}'
        "</render_choice></response_lid>"
    )


def test_a_choice_has_its_key_its_marks_its_section_and_its_feedback():
    told = '<displayfeedback linkrefid="fb"/>'
    found = read(
        document(
            choice("Single", label("A", "Unu"), label("B", "Doi"), label("C", "Trei")),
            given("A", "100") + given("B", "50", told),
            more='<itemfeedback ident="fb"><material><mattext>Aproape.</mattext></material>'
            "</itemfeedback>",
        )
    )
    assert (found.id, found.name, found.category) == ("i1", "Titlu", "Partea 1")
    assert found.question.marks == 2
    assert [(o.text, o.fraction, o.feedback) for o in found.question.options] == [
        ("Unu", 1, ""),
        ("Doi", Decimal("0.5"), "Aproape."),
        ("Trei", 0, ""),
    ]


def test_all_that_is_asked_for_together_and_nothing_else_is_all_or_nothing():
    conditions = (
        "<respcondition><conditionvar><and><varequal respident='r'>A</varequal>"
        "<varequal respident='r'>B</varequal><not><varequal respident='r'>C</varequal></not>"
        "</and></conditionvar><setvar action='Set'>100</setvar></respcondition>"
    )
    labels = [label("A", "Unu"), label("B", "Doi"), label("C", "Trei")]
    found = read(document(choice("Multiple", *labels), conditions))
    assert found.question.scoring == "all_or_nothing"
    assert [o.fraction for o in found.question.options] == [Decimal("0.5"), Decimal("0.5"), 0]


def test_true_and_false_words_and_numbers_are_known():
    truth = choice("Single", label("A", "True"), label("B", "False"))
    assert read(document(truth, given("B", "1"))).question.answer is False
    fib = '<response_str ident="r"><render_fib fibtype="{}"/></response_str>'
    words = read(document(fib.format("String"), given("doi", "0") + given("doi", "100")))
    assert [a.text for a in words.question.answers] == ["doi"]
    between = (
        "<respcondition><conditionvar><vargte respident='r'>70</vargte>"
        "<varlte respident='r'>84</varlte></conditionvar><setvar>100</setvar></respcondition>"
    )
    [answer] = read(document(fib.format("Decimal"), between)).question.answers
    assert (answer.value, answer.tolerance) == (77, 7)


def test_pairs_share_their_answers():
    def row(identifier: str, words: str) -> str:
        labels = label("1", "unu") + label("2", "doi")
        return (
            f'<response_lid ident="{identifier}"><material><mattext>{words}</mattext></material>'
            f"<render_choice>{labels}</render_choice></response_lid>"
        )

    conditions = given("1", "50", response="p") + given("2", "50", response="q")
    found = read(document(row("p", "I") + row("q", "II"), conditions, kind="matching_question"))
    texts = {a.id: a.text for a in found.question.answers}
    assert [(s.text, texts[s.answer]) for s in found.question.stems] == [
        ("I", "unu"),
        ("II", "doi"),
    ]


@pytest.mark.parametrize("kind", ["essay_question", "calculated_question", "hot_spot_question"])
def test_what_is_not_known_is_named(kind):
    found = read(document("<response_xy ident='r'/>", "", kind=kind))
    [problem] = found.problems
    assert (problem.kind, problem.reason, problem.line) == (ProblemKind.NOT_SUPPORTED, kind, 2)


def test_a_package_of_the_old_kind_brings_its_pictures():
    stem = '<material><mattext texttype="text/html">&lt;img src="$IMS-CC-FILEBASE$/a%20b.png" '
    stem += 'alt="o poză"/&gt;</mattext></material>'
    text = document(stem + choice("Single", label("A", "x"), label("B", "y")), given("A", "1"))
    manifest = (
        b'<manifest><resources><resource type="imsqti_xmlv1p2" href="quiz/q.xml"/></resources>'
        b"</manifest>"
    )
    data = write_archive(
        {"imsmanifest.xml": manifest, "quiz/q.xml": text.encode(), "a b.png": PIXEL}
    )
    [found] = read_questions(io.BytesIO(data), "old.zip").questions
    assert list(found.files.values()) == [PIXEL]
