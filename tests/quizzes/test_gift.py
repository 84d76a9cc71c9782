"""Quiz files: what is read, what is reported and on which line, and the way back."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.quizzes.exchange.gift import read_gift, write_gift
from lms.quizzes.exchange.quiz_file import (
    ItemStatus,
    ProblemKind,
    QuizFile,
    QuizItem,
    Severity,
)
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.numerical.rules import Numerical, ToleranceKind
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.quizzes.rules.settings import FeedbackTime, Layout, QuizSettings
from tests.quizzes.strategies import maybe, questions, texts

COURSE = Path(__file__).parents[2] / "content" / "os2" / "modules"

FILE = """\
---
id: os2-q1
title: {ro: Testul modulului 1, en: Module 1 test}
pass_mark: 70
attempts: 3
draw: 2
shuffle_questions: true
shuffle_options: false
feedback: after_close
---

// [id:q-01] [fact:B3] [fact:F5] [lesson:1.1]
::M1.1::Ce este, în *Valea Plopilor*, un acord\\: {
=un contract#Corect\\: lecția 1.1.
~o glumă#Nu.
~%50%o promisiune
####Verificat.
}

// [id:q-02] [scoring:all-or-nothing] [marks:2]
Care? {
~%33.33333%unu#da
~%33.33333%doi
~%33.33333%trei
~%-100%patru#nu
}

// [id:q-03] [status:draft]
Statutul este obligatoriu. {FALSE#Ba nu.#Așa este.####Lecția 2.2}

// [id:q-04]
::M1.4::Potriviți. {
=hotărâre -> consiliul local
=dispoziție -> primar#Primarul emite dispoziții.
=proces-verbal -> consiliul local
= -> prefect
}

// [id:q-05] [unit:lei] [tag:calcul]
Cât? {#
=18240.96:0.005#Bine.
=%50%18000:5%#Aproape.
~#Mai socotiți.
####Calcul.
}
"""


def only(text: str, **options: bool):
    """Read a file with one question and no problem."""
    quiz = read_gift(text, **{"ids_required": False, **options})
    assert quiz.problems == ()
    assert len(quiz.items) == 1
    return quiz.items[0].question


def problems(text: str, **options: bool) -> list[tuple[int, ProblemKind]]:
    return [(each.line, each.kind) for each in read_gift(dedent(text), **options).problems]


def test_a_whole_file_is_read():
    quiz = read_gift(FILE)
    assert quiz.problems == ()
    assert quiz.id == "os2-q1"
    assert quiz.title == {"ro": "Testul modulului 1", "en": "Module 1 test"}
    assert quiz.settings == QuizSettings(
        draw=2, shuffle_options=False, feedback=FeedbackTime.AFTER_CLOSE
    )
    assert [item.id for item in quiz.items] == ["q-01", "q-02", "q-03", "q-04", "q-05"]
    assert [item.line for item in quiz.items] == [13, 21, 29, 32, 40]
    assert [item.id for item in quiz.published] == ["q-01", "q-02", "q-04", "q-05"]


def test_what_a_comment_says_of_a_question_is_kept():
    first, _, third, _, fifth = read_gift(FILE).items
    assert (first.title, first.facts, first.lesson) == ("M1.1", ("B3", "F5"), "1.1")
    assert (third.title, third.status) == ("", ItemStatus.DRAFT)
    assert fifth.tags == ("calcul",)


def test_a_single_choice_is_read():
    question = read_gift(FILE).items[0].question
    assert isinstance(question, SingleChoice)
    assert question.stem == "Ce este, în *Valea Plopilor*, un acord:"
    assert question.general_feedback == "Verificat."
    assert [(o.text, o.fraction, o.feedback) for o in question.options] == [
        ("un contract", Decimal(1), "Corect: lecția 1.1."),
        ("o glumă", Decimal(0), "Nu."),
        ("o promisiune", Decimal("0.5"), ""),
    ]


def test_a_multiple_choice_is_read():
    question = read_gift(FILE).items[1].question
    assert isinstance(question, MultipleChoice)
    assert (question.scoring, question.marks) == (Scheme.ALL_OR_NOTHING, Decimal(2))
    third = Decimal("0.3333333")
    assert [option.fraction for option in question.options] == [third, third, third, Decimal(-1)]


def test_the_first_feedback_of_true_or_false_is_for_the_wrong_answer():
    question = read_gift(FILE).items[2].question
    assert isinstance(question, TrueFalse)
    assert (question.answer, question.feedback_true, question.feedback_false) == (
        False,
        "Ba nu.",
        "Așa este.",
    )
    assert question.general_feedback == "Lecția 2.2"


def test_matching_shares_answers_and_has_some_that_mislead():
    question = read_gift(FILE).items[3].question
    assert isinstance(question, Matching)
    assert [answer.text for answer in question.answers] == ["consiliul local", "primar", "prefect"]
    assert [stem.text for stem in question.stems] == ["hotărâre", "dispoziție", "proces-verbal"]
    assert question.stems[0].answer == question.stems[2].answer == question.answers[0].id
    assert question.stems[1].feedback == "Primarul emite dispoziții."


def test_a_number_is_read_with_unit_tolerance_and_feedback():
    question = read_gift(FILE).items[4].question
    assert isinstance(question, Numerical)
    assert (question.unit, question.other_feedback) == ("lei", "Mai socotiți.")
    right, near = question.answers
    assert (right.value, right.tolerance) == (Decimal("18240.96"), Decimal("0.005"))
    assert (near.fraction, near.tolerance) == (Decimal("0.5"), Decimal("0.05"))
    assert near.tolerance_kind is ToleranceKind.RELATIVE


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("T", True),
        ("TRUE", True),
        ("F", False),
        ("FALSE", False),
        (" true ", True),
        ("\nF\n", False),
        ("T#nu#da", True),
    ],
)
def test_ways_to_write_true_or_false(body, answer):
    assert only(f"Așa?{{{body}}}").answer is answer


@pytest.mark.parametrize(
    ("body", "value", "tolerance"),
    [
        ("#5", "5", "0"),
        ("#-1", "-1", "0"),
        ("# 5 : 0.1", "5", "0.1"),
        ("#3.1415:0.0005", "3.1415", "0.0005"),
        ("#3.141..3.142", "3.1415", "0.0005"),
        ("#1..5", "3", "2"),
        ("#-5..5", "0", "5"),
        ("#-3.142..-3.141", "-3.1415", "0.0005"),
        ("#=1822:2", "1822", "2"),
        ("#\n\t=%100%9:0#da\n\t=%0%*#nu\n", "9", "0"),
    ],
)
def test_ways_to_write_a_number(body, value, tolerance):
    answer = only(f"Cât?{{{body}}}").answers[0]
    assert (answer.value, answer.tolerance) == (Decimal(value), Decimal(tolerance))


def test_a_star_is_the_feedback_for_any_other_number():
    assert only("Cât?{#=9#da =%0%*#altul}").other_feedback == "altul"


def test_an_escaped_sign_is_just_a_sign():
    question = only(r"Care \{\}? {~ \~ # e \~ ~ \= ~ \# ~ \: = \ # singură \\ }")
    assert [option.text for option in question.options] == ["~", "=", "#", ":", "\\"]
    assert question.stem == "Care {}?"
    assert question.options[-1].feedback == "singură \\"


def test_a_backslash_before_anything_else_belongs_to_the_text():
    assert only(r"\*nu e\* 2\\n \[a\]{T}").stem == r"\*nu e\* 2\n \[a\]"


def test_lines_may_be_broken_by_sign_or_by_hand():
    assert only("unu\\ndoi\ntrei  \n  patru{T}").stem == "unu\ndoi\ntrei  \n  patru"
    assert only("Care?{\n  =unu\n   doi\n  ~trei\n}").options[0].text == "unu\ndoi"


def test_a_missing_word_stands_in_the_middle():
    assert only("Primarul {~cere =semnează} acordul.").stem == "Primarul _____ acordul."


def test_an_arrow_in_a_choice_does_not_make_it_a_matching():
    question = only("Cum?{~cerere -> drum =dosar -> drum}")
    assert isinstance(question, SingleChoice)
    assert question.options[1].text == "dosar -> drum"


def test_an_arrow_inside_a_stem_can_be_escaped():
    question = only("Cum?{=a -\\> b -> c\n=d -> e -> f}")
    assert [stem.text for stem in question.stems] == ["a -> b", "d"]
    assert [answer.text for answer in question.answers] == ["c", "e -> f"]


def test_a_text_that_looks_like_a_weight_or_a_format_survives():
    for text in (
        "Cât?{=%100%%50% din buget ~%0%%5% ~[markdown][html] e un semn}",
        "A?{=%100%%1% -> b\n=c -> d}",
    ):
        quiz = read_gift(text, ids_required=False)
        assert quiz.problems == ()
        again = read_gift(write_gift(quiz), ids_required=False)
        assert again.items[0].question == quiz.items[0].question


def test_comments_between_and_inside_questions_say_nothing():
    text = "// bună\nCare?{\n// aici\n=unu\n~doi\n}\n// sfârșit"
    assert only(text).options[0].text == "unu"


def test_keys_of_a_comment_after_a_question_belong_to_the_next():
    quiz = read_gift("// [id:a]\nA?{T}\n// [id:b]\nB?{F}\n")
    assert [item.id for item in quiz.items] == ["a", "b"]


def test_a_new_title_begins_a_new_question_without_a_blank_line():
    quiz = read_gift("::A::A?{T}\n::B::B?{F}", ids_required=False)
    assert [item.title for item in quiz.items] == ["A", "B"]


def test_blank_lines_inside_braces_do_not_end_a_question():
    assert len(only("Care?{\n=unu\n\n~doi\n\n}").options) == 2


def test_a_title_may_hold_a_colon():
    quiz = read_gift(r"::Titlu\:::Întrebare{T}", ids_required=False)
    assert (quiz.items[0].title, quiz.items[0].question.stem) == ("Titlu:", "Întrebare")


def test_a_category_holds_until_the_next():
    quiz = read_gift("$CATEGORY: $course$/a\n\nA?{T}\n\n$CATEGORY: b\n\nB?{T}", ids_required=False)
    assert [item.category for item in quiz.items] == ["$course$/a", "b"]


def test_line_ends_of_any_system_and_a_byte_order_mark_are_read():
    assert read_gift("\ufeff" + FILE.replace("\n", "\r\n")) == read_gift(FILE)
    assert read_gift(FILE.replace("\n", "\r")) == read_gift(FILE)


def test_plain_text_is_kept_from_being_markup():
    question = only("[plain]*Care* din 1. și _2_?\n- a{~[plain]<b>x</b> =y}")
    assert question.stem == "\\*Care\\* din 1. și \\_2\\_?  \n\\- a"
    assert question.options[0].text == "\\<b\\>x\\</b\\>"


def test_html_is_simplified_and_said_to_be():
    quiz = read_gift(
        "[html]<p>Care <b>una</b>?</p><script>alert(1)</script><ul><li>a<li>b</ul>"
        '{~<a href\\="javascript\\:x()">x</a> =[markdown]**y** ~<a href\\="https\\://a.ro/">z</a>}',
        ids_required=False,
    )
    question = quiz.items[0].question
    assert question.stem == "Care **una**?\n\n- a\n- b"
    assert [o.text for o in question.options] == ["x", "**y**", "[z](<https://a.ro/>)"]
    assert [(p.kind, p.severity) for p in quiz.problems] == [
        (ProblemKind.HTML_SIMPLIFIED, Severity.WARNING)
    ]
    assert quiz.errors == ()


# --- problems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "// [id:a] [case:maybe]\nCine?{=ion}", [(1, ProblemKind.BAD_KEY)], id="a key of a type"
        ),
        pytest.param(
            "// [id:a] [case:exact]\nA?{T}", [(1, ProblemKind.KEY_NOT_USED)], id="another's key"
        ),
        pytest.param(
            "// [id:a] [type:riddle]\nCe?{T}", [(1, ProblemKind.NOT_SUPPORTED)], id="unknown type"
        ),
        pytest.param("A?{T}", [(1, ProblemKind.MISSING_ID)], id="no id"),
        pytest.param("// [id:a b]\nA?{T}", [(1, ProblemKind.BAD_ID)], id="an id with a space"),
        pytest.param(
            "// [id:a]\nA?{T}\n\n// [id:a]\nB?{T}", [(5, ProblemKind.DUPLICATE_ID)], id="same id"
        ),
        pytest.param(
            "// [id:a] [id:b]\nA?{T}", [(1, ProblemKind.BAD_KEY)], id="two ids for one question"
        ),
        pytest.param(
            "// [id:a]\n// [status:gata]\nA?{T}", [(2, ProblemKind.BAD_KEY)], id="unknown status"
        ),
        pytest.param(
            "// [id:a]\n// [slot:nr. 7]\nA?{T}", [(2, ProblemKind.BAD_KEY)], id="slot with a space"
        ),
        pytest.param("// [id:a] [slot:]\nA?{T}", [(1, ProblemKind.BAD_KEY)], id="empty slot"),
        pytest.param(
            "// [id:a] [slot:1] [slot:2]\nA?{T}", [(1, ProblemKind.BAD_KEY)], id="two slots"
        ),
        pytest.param(
            "---\nid: q\ndraw: 2\n---\n// [id:a] [slot:1]\nA?{T}\n\n// [id:b] [slot:1]\nB?{T}",
            [(3, ProblemKind.TOO_FEW_QUESTIONS)],
            id="two questions, one slot",
        ),
        pytest.param(
            "---\nid: q\ndraw: 2\n---\n// [id:a] [slot:1] [status:draft]\nA?{T}\n\n"
            "// [id:b] [slot:1]\nB?{T}\n\n// [id:c]\nC?{T}",
            [],
            id="a draft beside a published alternative",
        ),
        pytest.param(
            "// [id:a] [level:3]\nA?{T}", [(1, ProblemKind.UNKNOWN_KEY)], id="unknown key"
        ),
        pytest.param(
            "// [id:a]\n// [unit:lei]\nA?{T}", [(2, ProblemKind.KEY_NOT_USED)], id="idle key"
        ),
        pytest.param(
            "// [id:a]\n// [scoring:kind]\nA?{~%50%a ~%50%b ~c}",
            [(2, ProblemKind.INVALID_QUESTION)],
            id="unknown scoring",
        ),
        pytest.param(
            "// [id:a]\n// [marks:mult]\nA?{T}", [(2, ProblemKind.INVALID_QUESTION)], id="bad marks"
        ),
        pytest.param("// [id:a]\nA?{T", [(2, ProblemKind.UNCLOSED_BRACE)], id="never closed"),
        pytest.param(
            "// [id:a]\nA?{\n=b\n\n// [id:c]\nC?{T}",
            [(2, ProblemKind.UNCLOSED_BRACE)],
            id="not closed before the next",
        ),
        pytest.param("// [id:a]\nA?}", [(2, ProblemKind.UNEXPECTED_BRACE)], id="only closed"),
        pytest.param(
            "// [id:a]\nA?{\n=b {c}\n~d}", [(3, ProblemKind.UNEXPECTED_BRACE)], id="braces within"
        ),
        pytest.param(
            "// [id:a]\nA?{T}\nB?{T}", [(3, ProblemKind.MISSING_BLANK_LINE)], id="run together"
        ),
        pytest.param("// [id:a]\nA?{da}", [(2, ProblemKind.BAD_ANSWERS)], id="no sign"),
        pytest.param("// [id:a]\nA?{T#a#b#c}", [(2, ProblemKind.BAD_ANSWERS)], id="3 feedbacks"),
        pytest.param("// [id:a]\nA?{#5,5}", [(2, ProblemKind.BAD_ANSWERS)], id="decimal comma"),
        pytest.param("// [id:a]\nA?{#\n=5\n=x}", [(4, ProblemKind.BAD_ANSWERS)], id="no number"),
        pytest.param("// [id:a]\nA?{#\n=5\n=#x}", [(4, ProblemKind.BAD_ANSWERS)], id="no value"),
        pytest.param(
            "// [id:a]\nA?{#\n=5\n=%50%*}", [(4, ProblemKind.BAD_WEIGHT)], id="a star that earns"
        ),
        pytest.param(
            "// [id:a]\nA?{\n~%33,3%b\n~%x%c}", [(3, ProblemKind.BAD_WEIGHT)], id="bad weight"
        ),
        pytest.param(
            "// [id:a]\nA?{\n=b\n=c\n~d}", [(4, ProblemKind.INVALID_QUESTION)], id="two right"
        ),
        pytest.param(
            "// [id:a]\nA?{\n~b\n~c}", [(2, ProblemKind.INVALID_QUESTION)], id="none right"
        ),
        pytest.param(
            "// [id:a]\nA?{\n=b\n~c\n~b}", [(5, ProblemKind.INVALID_QUESTION)], id="same option"
        ),
        pytest.param(
            "// [id:a]\nA?{\n~%60%b\n~%30%c}", [(2, ProblemKind.INVALID_QUESTION)], id="90 per cent"
        ),
        pytest.param(
            "// [id:a]\nA?{\n=b\n~%-200%c}", [(4, ProblemKind.INVALID_QUESTION)], id="-200 %"
        ),
        pytest.param(
            "// [id:a]\nA?{=b -> c}", [(2, ProblemKind.INVALID_QUESTION)], id="one pair only"
        ),
        pytest.param("// [id:a]\nA\x00?{T}", [(2, ProblemKind.CONTROL_CHARACTER)], id="a NUL"),
        pytest.param("---\n: [\n---\n", [(2, ProblemKind.BAD_FRONT_MATTER)], id="broken YAML"),
        pytest.param("---\n- a\n---\n", [(1, ProblemKind.BAD_FRONT_MATTER)], id="a list of YAML"),
        pytest.param("---\n" + "[" * 5000 + "\n---\n", None, id="YAML too deep"),
        pytest.param("---\ntitle: T\n---\n", [(1, ProblemKind.BAD_FRONT_MATTER)], id="no quiz id"),
        pytest.param(
            "---\nid: q\ntitle: {fr: T}\n---\n",
            [(3, ProblemKind.BAD_FRONT_MATTER)],
            id="a title in another language",
        ),
        pytest.param(
            "---\nid: q\npass_mark: 700\nlayout: two\ncolour: red\n---\n",
            [
                (3, ProblemKind.BAD_SETTING),
                (4, ProblemKind.BAD_SETTING),
                (5, ProblemKind.BAD_SETTING),
            ],
            id="three wrong settings",
        ),
        pytest.param(
            "---\nid: q\n\ndraw: 2\n---\n// [id:a]\nA?{T}\n\n// [id:b] [status:draft]\nB?{T}",
            [(4, ProblemKind.TOO_FEW_QUESTIONS)],
            id="a draw larger than what is published",
        ),
        pytest.param("x" * 2_000_001, [(1, ProblemKind.TOO_LARGE)], id="two million characters"),
    ],
)
def test_a_problem_is_reported_with_its_line(text, found):
    reported = problems(text)
    if found is None:
        assert reported
        return
    # A question that can't be read and has no id is reported once, for what matters most.
    kinds = [each for each in reported if each[1] is not ProblemKind.MISSING_ID]
    assert (kinds or reported) == found


def test_good_questions_stay_beside_bad_ones():
    quiz = read_gift("// [id:a]\nA?{\n=b\n\n// [id:c]\nC?{T}\n\n// [id:d]\nD?{=x =y ~z}\n")
    assert [item.id for item in quiz.items] == ["c"]
    assert [(p.kind, p.item, p.field, p.reason) for p in quiz.errors[1:]] == [
        (ProblemKind.INVALID_QUESTION, "d", "options", "several_right_answers")
    ]


def test_a_file_from_elsewhere_gets_ids_that_stay():
    text = "A?{T}\n\nA?{F}\n\n::B::A?{T}"
    first, second = (read_gift(text, ids_required=False) for _ in range(2))
    assert first == second
    assert len({item.id for item in first.items}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "{" * 300_000,
        "a{" + "=" * 1_500_000 + "}",
        "a{=x\n" + "\n" * 500_000,
        "//" + "[a:" * 300_000,
        "[a:" * 300_000,
        "::" * 300_000,
        "a{T}\n\n" * 100_000,
        "\x00\n" * 200_000,
        "---\n" * 200_000,
        "a{#" + "9" * 100_000 + "}",
        "a{~%" + "9" * 100_000 + "%x =y}",
        "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nid: *c\n---\n",
    ],
    ids=range(12),
)
def test_a_hostile_file_is_answered_soon(text):
    started = time.process_time()
    quiz = read_gift(text)
    assert time.process_time() - started < 5
    assert len(quiz.problems) < 600 or quiz.problems[0].kind is ProblemKind.CONTROL_CHARACTER


@given(st.text("ab~=#{}:%->/[]$\\n \n0.5T", max_size=200))
def test_any_text_is_read_without_failing(text):
    quiz = read_gift(text, ids_required=False)
    assert read_gift(write_gift(quiz), ids_required=False) == quiz


# --- the way back

words = texts.map(lambda text: " ".join(text.split()))


@st.composite
def quiz_items(draw: st.DrawFn, number: int) -> QuizItem:
    return QuizItem(
        id=f"q-{number}",
        question=draw(questions),
        title=draw(st.one_of(st.just(""), words)),
        status=draw(st.sampled_from(ItemStatus)),
        lesson=draw(st.sampled_from(["", "1.1"])),
        slot=draw(st.sampled_from(["", "7", "a-b"])),
        facts=draw(st.sampled_from([(), ("B3",), ("B3", "F5")])),
        tags=tuple(dict.fromkeys(draw(st.lists(words, max_size=2)))),
        category=draw(st.sampled_from(["a", "a", "$course$/b: c"])),
    )


@st.composite
def quiz_files(draw: st.DrawFn) -> QuizFile:
    items = tuple(draw(quiz_items(number)) for number in range(draw(st.integers(0, 4))))
    chosen = QuizSettings(
        pass_mark=draw(st.sampled_from([Decimal(70), Decimal("66.67"), Decimal(0), None])),
        attempts=draw(st.sampled_from([None, 1, 3])),
        draw=draw(st.sampled_from([None, 1])),
        time_limit=draw(st.sampled_from([None, 30])),
        layout=draw(st.sampled_from(Layout)),
        shuffle_options=draw(st.booleans()),
    )
    title = {"ro": draw(maybe).strip(), "en": "Test"}
    return QuizFile(id="os2-q1", title=title, settings=chosen, items=items)


@settings(max_examples=60)
@given(quiz_files())
def test_what_is_written_is_read_again_the_same(quiz):
    written = write_gift(quiz)
    again = read_gift(written)
    assert again == quiz
    assert {p.kind for p in again.problems} <= {ProblemKind.TOO_FEW_QUESTIONS}
    assert write_gift(again) == written


def test_a_file_written_from_one_that_was_read_says_the_same():
    quiz = read_gift(FILE)
    assert read_gift(write_gift(quiz)) == quiz


# --- the course's own quizzes


@pytest.mark.parametrize("path", sorted(COURSE.glob("*/quiz.gift")), ids=lambda p: p.parent.name)
def test_the_quizzes_of_the_course_are_read_without_a_problem(path):
    quiz = read_gift(path.read_text(encoding="utf-8"))
    assert quiz.problems == ()
    assert len({item.place for item in quiz.items}) == 10
    for item in quiz.items:
        assert rules_for(item.question).key_text(item.question)
    assert read_gift(write_gift(quiz)) == quiz
