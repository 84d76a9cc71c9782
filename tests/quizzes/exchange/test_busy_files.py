"""What was made to keep a reader busy, or to end it, is read like any other file."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Iterator

import pytest

from lms.quizzes.exchange.aiken import read_aiken
from lms.quizzes.exchange.formats import Format, read_questions, recognise, write_questions
from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.html_text import read_html
from lms.quizzes.exchange.pictures import names_in, without_pictures
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.workshop.reading import read_text

SECONDS = 20  # where each takes a fraction of one, and took minutes at the least
NAME = "0123456789abcdef0123.png"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def aiken(text: str) -> list[object]:
    return list(read_aiken(text.encode(), []))


def gift(text: str) -> list[object]:
    return list(read_gift_questions(text.encode(), []))


BUSY = {
    "letters of a key": (aiken, "Q?\nA. x\nB. y\nANSWER: " + "A " * 40_000 + "!\n"),
    "ranges of a number": (gift, "Q? {#" + "1.." * 100_000 + "x}"),
    "a number in an answer": (read_text, "1. Q?\nRăspuns: 1" + " " * 8000 + "x" * 40),
    "room in an option": (read_text, "1. Q?\na) x" + " " * 100_000 + "y\nb) z"),
    "signs of headings": (read_text, "#" * 100_000 + "x"),
    "pictures begun": (names_in, "![" * 200_000),
    "tags begun": (read_html, "<a " * 16_000),
    "emphasis": (read_html, "<b>x</b>" * 6_000),
}


@pytest.mark.parametrize(("read", "text"), BUSY.values(), ids=BUSY)
def test_no_text_keeps_its_reader_busy(read: Callable[[str], object], text: str) -> None:
    assert read(text) is not None  # in time: the alarm ends what hangs


def test_empty_lines_do_not_hide_what_a_file_is() -> None:
    data = b"Q?" + b"\n" * 16_000 + b"A. x"
    assert recognise(io.BytesIO(data), "a.txt") is Format.GIFT
    assert recognise(io.BytesIO(b"Q?\nA. x\nB. y\n\n  ANSWER: A"), "a.txt") is Format.AIKEN


@pytest.mark.parametrize("html", ["<p>a <![b> c</p>", "<![", "a <![7 b", "<![ x]>"])
def test_what_begins_like_a_section_of_another_language_is_passed_over(html: str) -> None:
    assert isinstance(read_html(html).markdown, str)


def test_a_picture_is_found_whatever_its_words_hold() -> None:
    text = rf"Harta ![a \[b\]! c](<{NAME}>) aici"
    assert names_in(text) == (NAME,)
    assert without_pictures(text) == r"Harta a \[b\]! c aici"
    assert without_pictures(text, {NAME}) == text
    html = f'<p>x <img src="{NAME}" alt="[a]"></p>'
    assert names_in(read_html(html, lambda address: address).markdown) == (NAME,)


NUMBERS = ("1e99", "1e-99", "-1e99", "9" * 20 + "." + "9" * 20, "0", "." + "0" * 19 + "1e-20")
UNITS = """<quiz><question type="numerical"><questiontext><text>Q?</text></questiontext>
<answer fraction="100" {kind}="0.3"><text>{one}</text><tolerance>{other}</tolerance></answer><units>
<unit><unit_name>m</unit_name><multiplier>{one}</multiplier></unit>
<unit><unit_name>km</unit_name><multiplier>{other}</multiplier></unit></units></question></quiz>"""
MAPPED = """<assessmentItem identifier="a" title="t">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier">
<correctResponse><value>A</value></correctResponse><mapping defaultValue="0">
<mapEntry mapKey="A" mappedValue="{one}"/><mapEntry mapKey="B" mappedValue="{other}"/></mapping>
</responseDeclaration><itemBody><choiceInteraction responseIdentifier="R"><prompt>Q?</prompt>
<simpleChoice identifier="A">x</simpleChoice><simpleChoice identifier="B">y</simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""
EQUAL = """<assessmentItem identifier="a" title="t">
<responseDeclaration identifier="R" cardinality="single" baseType="float"><correctResponse>
<value>{one}</value></correctResponse></responseDeclaration><itemBody><p>Q?
<textEntryInteraction responseIdentifier="R"/></p></itemBody><responseProcessing>
<responseCondition><responseIf><equal toleranceMode="absolute" tolerance="{other} {one}">
<variable identifier="R"/><baseValue baseType="float">{one}</baseValue></equal><setOutcomeValue
identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>
</responseCondition></responseProcessing></assessmentItem>"""


@pytest.mark.parametrize("form", [UNITS, MAPPED, EQUAL], ids=["units", "mapped", "equal"])
@pytest.mark.parametrize("kind", ["relative", "geometric", "nominal"])
def test_numbers_of_any_size_are_read_or_refused(form: str, kind: str) -> None:
    for one in NUMBERS:
        for other in NUMBERS:
            text = form.format(one=one, other=other, kind=kind)
            reading = read_questions(text.encode(), "a.xml")
            for read in list(reading.questions):
                assert read.question is not None or read.problems
                for name in (Format.QTI_21, Format.MOODLE_XML, Format.XLSX, Format.GIFT):
                    write_questions([read], name)


@pytest.mark.parametrize("kind", ["cloze", "gapselect", "ddwtos"])
def test_signs_that_only_we_put_around_gaps_are_no_gaps(kind: str) -> None:
    text = "\ue0005\ue001 {1:SA:=x} [[1]]"
    data = f"""<quiz><question type="{kind}"><questiontext><text>{text}</text></questiontext>
<selectoption><text>a</text></selectoption><selectoption><text>b</text></selectoption>
<dragbox><text>a</text></dragbox><dragbox><text>b</text></dragbox></question></quiz>"""
    [read] = read_questions(data.encode(), "a.xml").questions
    assert read.question is not None
    assert read.question.stem.startswith("5 ")
    assert b"5 " in write_questions([read], Format.MOODLE_XML).data


def test_a_text_with_those_signs_is_handed_out_too() -> None:
    text = "// [id:a] [type:cloze]\n::T::A \ue0005\ue001 {} {1:SA:=x} b\n"
    [read] = read_gift_questions(text.encode(), [])
    assert read.question is not None
    assert write_questions([read], Format.MOODLE_XML).data


def old_choice(labels: list[str], right: int) -> bytes:
    """A choice of QTI 1.2, its first labels right by a condition each."""
    shown = "".join(
        f'<response_label ident="a{at}"><material><mattext>{text}</mattext></material>'
        "</response_label>"
        for at, text in enumerate(labels)
    )
    asked = "".join(
        f'<respcondition><conditionvar><varequal respident="R">a{at}</varequal></conditionvar>'
        "<setvar>1</setvar></respcondition>"
        for at in range(right)
    )
    return (
        '<questestinterop><item ident="i"><presentation><material><mattext>Q?</mattext></material>'
        f'<response_lid ident="R"><render_choice>{shown}</render_choice></response_lid>'
        f"</presentation><resprocessing>{asked}</resprocessing></item></questestinterop>"
    ).encode()


def test_two_words_for_the_same_truth_are_two_options() -> None:
    [read] = read_questions(old_choice(["True", "Adevărat"], 1), "a.xml").questions
    assert read.question is not None
    assert read.question.type == "single_choice"


def test_thousands_of_options_are_refused_at_once() -> None:
    [read] = read_questions(old_choice([str(at) for at in range(6000)], 6000), "a.xml").questions
    assert [problem.kind for problem in read.problems] == [ProblemKind.TOO_LARGE]
