"""QTI items and packages: what the usual templates say, in all three spellings."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.exchange.qti.package import read_qti, write_qti
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.safety.archive import write_archive
from tests.quizzes.exchange.kinds import assert_same, reads
from tests.quizzes.exchange.test_moodle_xml import BOMB, PIXEL

V21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def item(declared: str, body: str, processing: str = "", *, more: str = "", end: str = "") -> str:
    processing = processing or f'<responseProcessing template="{TEMPLATES}match_correct"/>'
    return (
        f'<assessmentItem xmlns="{V21}" identifier="i-1" title="Titlu" adaptive="false">\n'
        f"{declared}\n<outcomeDeclaration identifier='SCORE' baseType='float'/>\n{more}"
        f"<itemBody>{body}</itemBody>\n{processing}\n{end}</assessmentItem>"
    )


def declared(cardinality: str, base: str, *values: str, mapping: str = "") -> str:
    key = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{key}</correctResponse>{mapping}</responseDeclaration>"
    )


def read(text: str | bytes):
    problems: list[Problem] = []
    data = text.encode() if isinstance(text, str) else text
    return list(read_qti(io.BytesIO(data), problems)), problems


CHOICES = (
    '<choiceInteraction responseIdentifier="R" maxChoices="{most}"><prompt>Care?</prompt>\n'
    '<simpleChoice identifier="A">Unu</simpleChoice>\n'
    '<simpleChoice identifier="B">Doi <feedbackInline outcomeIdentifier="F" identifier="B">'
    "Nu.</feedbackInline></simpleChoice>\n"
    '<simpleChoice identifier="C"><p>Trei</p></simpleChoice></choiceInteraction>'
)


def test_match_correct_with_one_choice_is_a_single_choice():
    [question], problems = read(
        item(declared("single", "identifier", "A"), "<p>Citiți.</p>" + CHOICES.format(most=1))
    )
    assert problems == []
    assert question.problems == ()
    assert question.question.stem == "Citiți.\n\nCare?"
    assert [(o.text, o.fraction, o.feedback) for o in question.question.options] == [
        ("Unu", 1, ""),
        ("Doi", 0, "Nu."),
        ("Trei", 0, ""),
    ]
    assert (question.id, question.name) == ("i-1", "Titlu")


def test_match_correct_with_several_choices_is_all_or_nothing():
    [question], _ = read(item(declared("multiple", "identifier", "A", "C"), CHOICES.format(most=0)))
    assert question.question.scoring == "all_or_nothing"
    assert [o.fraction for o in question.question.options] == [Decimal("0.5"), 0, Decimal("0.5")]


def test_a_mapping_gives_weights_and_marks():
    mapping = (
        '<mapping lowerBound="0" upperBound="3" defaultValue="-1">'
        '<mapEntry mapKey="A" mappedValue="1"/><mapEntry mapKey="C" mappedValue="2"/></mapping>'
    )
    [question], _ = read(
        item(
            declared("multiple", "identifier", "A", "C", mapping=mapping),
            CHOICES.format(most=0),
            f'<responseProcessing template="{TEMPLATES}map_response"/>',
        )
    )
    found = question.question
    assert found.marks == 3
    assert [str(o.fraction) for o in found.options] == ["0.3333333", "-0.3333333", "0.6666667"]


def test_words_and_numbers_are_typed_and_the_rest_of_the_sentence_makes_a_gap():
    entry = '<p>Doi și <textEntryInteraction responseIdentifier="R"/>, cam atât.</p>'
    [words], _ = read(item(declared("single", "string", "doi"), entry))
    assert words.question.type == "short_answer"
    assert words.question.stem == "Doi și _____, cam atât."
    processing = (
        "<responseProcessing><responseCondition><responseIf>"
        '<equal toleranceMode="relative" tolerance="2 2"><variable identifier="R"/>'
        '<correct identifier="R"/></equal><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )
    [number], _ = read(item(declared("single", "float", "18.5"), entry, processing))
    [answer] = number.question.answers
    assert (answer.value, answer.tolerance, answer.tolerance_kind) == (
        Decimal("18.5"),
        Decimal("0.02"),
        "relative",
    )


def test_version_three_spells_the_same_with_dashes():
    text = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q3" '
        'title="Trei" adaptive="false" time-dependent="false">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" '
        'base-type="identifier"><qti-correct-response><qti-value>B</qti-value>'
        "</qti-correct-response></qti-response-declaration><qti-item-body>"
        '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
        '<qti-prompt>Care?</qti-prompt><qti-simple-choice identifier="A">x</qti-simple-choice>'
        '<qti-simple-choice identifier="B">y</qti-simple-choice></qti-choice-interaction>'
        '</qti-item-body><qti-response-processing template="https://purl.imsglobal.org/spec/qti/'
        'v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>'
    )
    [question], problems = read(text)
    assert problems == []
    assert [o.fraction for o in question.question.options] == [0, 1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            item(declared("single", "point"), '<hotspotInteraction responseIdentifier="R"/>'),
            "hotspotInteraction",
            id="another interaction",
        ),
        pytest.param(
            item(declared("single", "identifier", "A"), CHOICES.format(most=1)).replace(
                'adaptive="false"', 'adaptive="true"'
            ),
            "adaptive",
            id="an adaptive item",
        ),
        pytest.param(
            item(
                declared("single", "identifier", "A"),
                CHOICES.format(most=1),
                more='<templateDeclaration identifier="N"/>',
            ),
            "templateProcessing",
            id="changing values",
        ),
        pytest.param(
            item(declared("single", "identifier", "A"), CHOICES.format(most=1) * 2),
            "choiceInteraction × 2",
            id="two interactions",
        ),
        pytest.param(
            item(
                declared("single", "identifier", "A"),
                CHOICES.format(most=1),
                "<responseProcessing><lookupOutcomeValue/></responseProcessing>",
            ),
            "choiceInteraction, responseProcessing",
            id="a rule of its own",
        ),
    ],
)
def test_what_no_question_here_can_be_is_named_with_its_line(text, reason):
    [question], _ = read(text)
    [problem] = question.problems
    assert (problem.kind, problem.reason, problem.item) == (
        ProblemKind.NOT_SUPPORTED,
        reason,
        "Titlu",
    )
    assert problem.line > 0


@settings(max_examples=60, deadline=None)
@given(reads(), st.sampled_from(["2.1", "2.2", "3.0"]), st.sampled_from(["ro", "en"]))
def test_a_package_gives_back_every_question_in_every_version(before, version, language):
    written = write_qti([before], version, title="Test", language=language)
    problems: list[Problem] = []
    [found] = read_qti(io.BytesIO(written.data), problems)
    assert problems == []
    assert_same(found, before, written)


def test_pictures_come_out_of_a_package_and_go_into_one():
    files = {
        "imsmanifest.xml": b'<manifest><resources><resource type="imsqti_item_xmlv2p1" '
        b'href="items/a.xml"/></resources></manifest>',
        "items/a.xml": item(
            declared("single", "identifier", "A"),
            '<p><img src="../img/o%20poza.png" alt="o poză"/></p>' + CHOICES.format(most=1),
        ).encode(),
        "img/o poza.png": PIXEL,
    }
    [question], problems = read(write_archive(files))
    assert problems == []
    assert question.problems == ()
    assert list(question.files.values()) == [PIXEL]
    written = write_qti([question], "3.0", title="", language="ro")
    [again], _ = read(written.data)
    assert (again.question, again.files) == (question.question, question.files)


def test_a_picture_outside_of_the_package_is_left_out():
    text = item(
        declared("single", "identifier", "A"),
        '<p><img src="../../../etc/passwd" alt="x"/></p>' + CHOICES.format(most=1),
    )
    [question], _ = read(text)
    assert [p.field for p in question.problems] == [Lost.PICTURE]


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(archive({"../../evil.xml": b"<a/>"}), id="a way out"),
        pytest.param(archive({"a.xml": bytes(300 * 1024 * 1024)}), id="a bomb"),
        pytest.param(b"PK\x03\x04" + bytes(500), id="a broken archive"),
    ],
)
def test_a_hostile_archive_is_refused_whole(data):
    questions, [problem] = read(data)
    assert questions == []
    assert problem.kind is ProblemKind.BAD_ARCHIVE


def test_a_hostile_item_in_a_package_does_not_take_the_others_with_it():
    good = item(declared("single", "identifier", "A"), CHOICES.format(most=1)).encode()
    found, problems = read(archive({"a.xml": BOMB.encode(), "b.xml": good}))
    assert problems == []
    assert [r.is_good for r in found] == [False, True]
    assert found[0].problems[0].kind is ProblemKind.DANGEROUS_XML
