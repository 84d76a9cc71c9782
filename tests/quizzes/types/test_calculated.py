"""Numbers computed from changing values: drawn from a seed, kept, and marked as any number."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from lms import clock, db
from lms.quizzes import queries
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.exchange.moodle_calculated import in_moodle
from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.models import AttemptItem, QuestionRevision, QuestionVersion
from lms.quizzes.question_types.calculated import rules
from lms.quizzes.question_types.calculated.formula import BadFormula, value_of
from lms.quizzes.question_types.protocol import InvalidQuestion, QuestionFault
from lms.quizzes.question_types.registry import parse_question, translated
from lms.quizzes.services import attempts, correcting
from tests.cast import EPOCH
from tests.factories import make_quiz
from tests.quizzes.disputes.acting import attempt_of, take, trainers
from tests.quizzes.exchange.kinds import reads, shown
from tests.quizzes.strategies import calculateds
from tests.quizzes.test_taking import paper, post, start
from tests.quizzes.types.cases import near

MOODLE = "quiz-rules 1, calculated: a formula over drawn values, then numerical's rules"
NUMERICAL = "quiz-rules 1, numerical"

FORMULAS = [
    ("2^3", "8", "a power"),
    ("2**3", "8", "a power as programs write it"),
    ("-a^2", "-9", "a power binds closer than its sign"),
    ("2^3^2", "512", "powers from the right"),
    ("1/3*3", "1", "34 digits, rounded half up"),
    ("0.1+0.2", "0.3", "decimal, not binary"),
    ("round(2.345, 2)", "2.35", "half up"),
    ("round(-2.5)", "-3", "half away from nothing"),
    ("floor(-1.5) + ceil(1.2)", "0", "down and up"),
    ("min(a, 2, 7) + max(1, a)", "5", "of several"),
    ("sqrt(16) + abs(-4)", "8", "root and amount"),
    ("exp(0) + ln(1) + log10(100)", "3", "exponents"),
    ("sin(pi()/6) + cos(0)", "1.5", "angles in radians"),
    ("tan(pi()/4)", "1", "a tangent"),
    ("pow(2, 0.5)^2", "2", "a broken power"),
    ("(a + 1) * 2.5e1", "100", "brackets and exponents"),
]

HOSTILE = [
    ("__import__('os').system('true')", QuestionFault.BAD_FORMULA),
    ("().__class__.__bases__", QuestionFault.BAD_FORMULA),
    ("a.real", QuestionFault.BAD_FORMULA),
    ("[a for a in (1,2)]", QuestionFault.BAD_FORMULA),
    ("(lambda: 1)()", QuestionFault.BAD_FORMULA),
    ("'a'*9", QuestionFault.BAD_FORMULA),
    ("a if a else a", QuestionFault.BAD_FORMULA),
    ("not a", QuestionFault.BAD_FORMULA),
    ("a and a", QuestionFault.BAD_FORMULA),
    ("True", QuestionFault.BAD_FORMULA),
    ("max(*a)", QuestionFault.BAD_FORMULA),
    ("a = 2", QuestionFault.BAD_FORMULA),
    ("a; a", QuestionFault.BAD_FORMULA),
    ("a, a", QuestionFault.BAD_FORMULA),
    ("1_000", QuestionFault.BAD_FORMULA),
    ("1 2", QuestionFault.BAD_FORMULA),
    ("round(1, 2, 3)", QuestionFault.BAD_FORMULA),
    ("eval(a)", QuestionFault.UNKNOWN_FUNCTION),
    ("2(3)", QuestionFault.UNKNOWN_FUNCTION),
    ("b + 1", QuestionFault.UNKNOWN_VARIABLE),
    ("9^9^9^9", QuestionFault.NOT_COMPUTABLE),
    ("((9^99)^99)^99", QuestionFault.NOT_COMPUTABLE),
    ("exp(exp(exp(9)))", QuestionFault.NOT_COMPUTABLE),
    ("1e30*10", QuestionFault.NOT_COMPUTABLE),
    ("round(1, 999999)", QuestionFault.NOT_COMPUTABLE),
    ("1/(a-3)", QuestionFault.NOT_COMPUTABLE),
    ("sqrt(-a)", QuestionFault.NOT_COMPUTABLE),
    ("ln(0)", QuestionFault.NOT_COMPUTABLE),
    ("(" * 90 + "1" + ")" * 90, None),
    ("-" * 150 + "1", None),
    ("9" * 250, QuestionFault.TOO_LONG),
    ("", QuestionFault.MISSING),
]


@pytest.mark.parametrize(("formula", "expected", "why"), FORMULAS)
def test_a_formula_is_computed_in_decimals(formula, expected, why):
    found = value_of(formula, {"a": Decimal(3)})
    assert abs(found - Decimal(expected)) < Decimal("1e-30"), why


@pytest.mark.parametrize(("formula", "reason"), HOSTILE)
def test_a_formula_can_only_compute(formula, reason):
    if reason is None:
        assert abs(value_of(formula, {"a": Decimal(3)})) == 1
        return
    with pytest.raises(BadFormula) as refused:
        value_of(formula, {"a": Decimal(3)})
    assert refused.value.reason is reason


@given(st.text("a1+-*/^(),. e", max_size=60))
def test_any_text_is_a_number_or_a_fault(written):
    with suppress(BadFormula):  # any other exception fails the test
        assert abs(value_of(written, {"a": Decimal(3)})) <= Decimal("1e30")


VARIABLES = [
    {"name": "b", "low": "1000", "high": "5000", "step": "500"},
    {"name": "p", "low": "5", "high": "20"},
]
ANSWERS = [
    {"formula": "b*p/100", "feedback": "Adică [[=b*p]] / 100."},
    {"formula": "b*(100-p)/100", "fraction": "0.5"},
]
DRAWN = ("b=1500", "p=15")


def asked(answers=ANSWERS, **more):
    more.setdefault("stem", "[[b]] lei, [[p]] %")
    return parse_question(
        {"type": "calculated", "variables": VARIABLES, "answers": answers, **more}
    )


def met(answers=ANSWERS, drawn=DRAWN, **more):
    return rules.as_drawn(asked(answers, **more), drawn)


def one(tolerance, kind="nominal"):
    return [{"formula": "b*p/100", "tolerance": tolerance, "tolerance_kind": kind}]


CASES = [
    (met(), "225", "1", MOODLE),
    (met(), "1275", "1/2", "the second formula"),
    (met(), "1275,004", "1/2", "within half of the last digit"),
    (met(), "225,006", "0", "beyond half of the last digit"),
    (met(), "", "0", "nothing"),
    (met(), "abc", "0", "no number"),
    (met(drawn=("b=2000", "p=10")), "200", "1", "other values, another answer"),
    (met(drawn=("b=2000", "p=10")), "225", "0", "another attempt's answer"),
    (met(drawn=("b=2000",)), "100", "1", "a variable that came later has its lowest value"),
    (met(drawn=("b=99999", "p=10")), "9999,9", "1", "a value that the range no longer has stays"),
    (met(one("1")), "226", "1", f"{NUMERICAL}, nominal"),
    (met(one("1")), "226.01", "0", f"{NUMERICAL}, nominal"),
    (met(one("0.1", "relative")), "202,5", "1", f"{NUMERICAL}, relative: a − |a| t"),
    (met(one("0.1", "relative")), "202,4", "0", f"{NUMERICAL}, relative"),
    (met(one("0.25", "geometric")), "180", "1", f"{NUMERICAL}, geometric: a / (1 + t)"),
    (met(one("0.25", "geometric")), "281,25", "1", f"{NUMERICAL}, geometric: a (1 + t)"),
    (met(one("0.25", "geometric")), "179", "0", f"{NUMERICAL}, geometric"),
    (met([{"formula": "b/7"}]), "214,29", "1", "rounded to two decimals: 214,2857"),
    (met([{"formula": "b/7"}]), "214,2857", "1", "unrounded lies within half of the last digit"),
    (met([{"formula": "b/7"}], places=0), "214", "1", "rounded to a whole number"),
    (met([{"formula": "b/7", "tolerance": "0"}]), "214,2857", "0", "no tolerance, by will"),
    (met([{"formula": "b/7"}], places=2, rounding="digits"), "210", "1", "two digits"),
    (met([{"formula": "b/7"}], places=2, rounding="digits"), "214", "1", "within 5 per cent"),
    (met([{"formula": "b/7"}], places=2, rounding="digits"), "230", "0", "beyond 5 per cent"),
    (met(unit="lei"), "225 lei", "1", f"{NUMERICAL}, unit"),
    (met(unit="lei"), "225 zile", "0", "another unit"),
    (
        met(unit="lei", unit_rule="typed", unit_penalty="0.2"),
        "225",
        "0.8",
        f"{NUMERICAL}, of-response",
    ),
]


@pytest.mark.parametrize(("drawn", "typed", "expected", "why"), CASES)
def test_an_answer_earns(drawn, typed, expected, why):
    assert near(rules.mark(drawn, {"text": typed}).fraction, expected), why


def test_a_draw_stands_in_the_texts_as_the_language_writes_numbers():
    question = asked(stem="[[b]] lei, [[p]] %, [[=b*p/7]]")
    order = ("b=12500", "p=7.5")
    drawn = rules.as_drawn(question, order)
    assert drawn.stem == "12.500 lei, 7,5 %, 13.392,86"
    english = translated(question, asked(stem="[[b]] lei, [[p]] per cent"))
    assert rules.as_drawn(english, order).stem == "12,500 lei, 7.5 per cent"
    assert parse_question(rules.dump(english)) == english


def test_signs_of_markdown_in_a_formula_are_no_emphasis():
    changed = rules.map_texts(asked(stem="[[=b*p*b]] și *apăsat*"), lambda t: t.replace("*", "!"))
    assert changed.stem == "[[=b*p*b]] și !apăsat!"


@given(calculateds(), st.integers(0, 2**63 - 1))
def test_drawn_values_lie_in_their_ranges_and_give_an_answer_that_is_right(question, seed):
    drawn = rules.as_drawn(question, rules.draw(question, seed))
    for each in question.variables:
        value = drawn.values[each.name]
        assert each.low <= value <= each.high
        assert (value - each.low) % each.step == 0
    (key,) = rules.key_text(drawn)
    unit = f" {question.unit}" if question.units.rule == "typed" else ""
    payload = {"text": f"{key}{unit}", "unit": question.unit}
    assert rules.mark(drawn, payload).fraction == 1 or len(question.answers) > 1
    assert rules.as_drawn(question, drawn.drawn) == drawn


def test_every_process_draws_the_same():
    script = (
        "from tests.quizzes.types.test_calculated import asked, rules;"
        "print([rules.draw(asked(), n) for n in range(5)])"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert there.strip() == str([rules.draw(asked(), n) for n in range(5)])


def test_a_draw_avoids_values_without_an_answer():
    question = parse_question(
        {
            "type": "calculated",
            "stem": "[[a]]",
            "variables": [{"name": "a", "low": "-500", "high": "501"}],
            "answers": [{"formula": "1/(a-17)"}],
        }
    )
    assert "a=17" not in {rules.draw(question, seed)[0] for seed in range(3000)}


def test_a_draw_avoids_values_that_a_text_can_not_compute_with():
    question = asked(
        [{"formula": "a"}],
        variables=[{"name": "a", "low": "-500", "high": "501"}],
        stem="Cât este [[=1/(a-17)]]?",
    )
    assert "a=17" not in {rules.draw(question, seed)[0] for seed in range(3000)}


def test_what_is_wrong_is_told_at_its_line():
    text = """\
// [id:q] [type:calculated]
Cât face [[a]]? {
a 1..5
=a*2
=%50%a.__class__
}
"""
    (problem,) = read_gift(text).problems
    assert (problem.line, problem.reason) == (5, QuestionFault.BAD_FORMULA)
    (problem,) = read_gift(text.replace("a 1..5", "a 1-5")).problems
    assert (problem.line, problem.kind) == (3, "bad_answers")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"stem": "Cât face [[x]]?"}, QuestionFault.UNKNOWN_VARIABLE),
        ({"stem": "Cât face [[=x+1]]?"}, QuestionFault.UNKNOWN_VARIABLE),
        ({"variables": []}, QuestionFault.TOO_FEW),
        ({"variables": [*VARIABLES, VARIABLES[0]]}, QuestionFault.DUPLICATE),
        ({"variables": [{"name": "pi", "low": "1", "high": "2"}]}, QuestionFault.BAD_ID),
        ({"variables": [{"name": "b", "low": "3", "high": "2"}]}, QuestionFault.OUT_OF_RANGE),
        (
            {"variables": [{"name": "b", "low": "0", "high": "9", "step": "0.000001"}]},
            QuestionFault.TOO_MANY,
        ),
        ({"variables": [{"name": "b", "low": "0", "high": "9", "step": "0"}]}, "out_of_range"),
        ({"answers": [{"formula": "b", "fraction": "0.5"}]}, QuestionFault.NO_RIGHT_ANSWER),
    ],
)
def test_what_can_not_be_asked_is_refused(wrong, reason):
    with pytest.raises(InvalidQuestion) as refused:
        parse_question({**rules.dump(asked()), **wrong})
    assert refused.value.reason == reason


def test_answers_of_all_attempts_are_counted_by_formula():
    drawn = [met(), met(drawn=("b=2000", "p=10"))]
    told = [
        rules.summarise(each, {"text": t}) for each, t in zip(drawn, ("225", "200"), strict=True)
    ]
    assert told[0] == told[1] == rules.answer_classes(asked())[:1]
    assert rules.summarise(drawn[0], {"text": "1"})[0].key == "other"


MOODLE_XML = """<?xml version="1.0"?><quiz><question type="calculated">
<name><text>Aria</text></name>
<questiontext format="html"><text><![CDATA[<p>Laturile sunt {a b} și {log}: <b>aria</b>?
Dublul: {={a b}*{log}*2}</p>]]></text></questiontext>
<generalfeedback format="html"><text></text></generalfeedback>
<defaultgrade>1.0</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>
<answer fraction="100"><text>pow({a b},2)*{log}+log(1)</text><tolerance>0.01</tolerance>
<tolerancetype>1</tolerancetype><correctanswerformat>2</correctanswerformat>
<correctanswerlength>3</correctanswerlength>
<feedback format="html"><text>Cu {a b}.</text></feedback></answer>
<unitgradingtype>0</unitgradingtype><unitpenalty>0.1</unitpenalty>
<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>
<dataset_definitions>
<dataset_definition><status><text>private</text></status><name><text>a b</text></name>
<type>calculated</type><distribution><text>uniform</text></distribution>
<minimum><text>1</text></minimum><maximum><text>10</text></maximum>
<decimals><text>1</text></decimals><itemcount>2</itemcount><dataset_items>
<dataset_item><number>1</number><value>1.5</value></dataset_item>
<dataset_item><number>2</number><value>%s</value></dataset_item>
</dataset_items></dataset_definition>
<dataset_definition><status><text>private</text></status><name><text>log</text></name>
<type>calculated</type><distribution><text>%s</text></distribution>
<minimum><text>2</text></minimum><maximum><text>4</text></maximum>
<decimals><text>0</text></decimals></dataset_definition>
</dataset_definitions></question></quiz>"""


def test_a_calculated_question_of_moodle_is_read_with_its_ranges():
    (read,) = read_moodle_xml(io.BytesIO((MOODLE_XML % ("9", "uniform")).encode()), [])
    assert read.problems == ()
    question = read.question
    assert [v.text() for v in question.variables] == ["1..10 step 0.1", "2..4 step 1"]
    (answer,) = question.answers
    assert answer.formula == "pow(a_b,2)*log+ln(1)"
    assert (str(answer.tolerance), answer.tolerance_kind) == ("0.01", "relative")
    assert (question.rounding, question.places, question.unit) == ("digits", 3, "m")
    drawn = rules.as_drawn(question, ("a_b=2", "log=3"))
    assert drawn.stem == "Laturile sunt 2 și 3: **aria**?\nDublul: 12"
    assert drawn.answers[0].feedback == "Cu 2."
    assert rules.key_text(drawn) == ("12",)


@pytest.mark.parametrize("odd", [("11", "uniform"), ("1.23", "uniform"), ("9", "loguniform")])
def test_values_that_make_no_range_are_told(odd):
    (read,) = read_moodle_xml(io.BytesIO((MOODLE_XML % odd).encode()), [])
    assert [problem.field for problem in read.problems] == ["values"]
    assert read.question is not None


def test_a_file_with_numbers_beyond_measure_is_read_on():
    huge = (MOODLE_XML % ("9", "uniform")).replace(">10<", ">9e99<").replace(">1.5<", ">9e98<")
    (read,) = read_moodle_xml(io.BytesIO(huge.encode()), [])
    assert read.question is None
    assert read.problems


@pytest.mark.parametrize("formula", ["asin({log})", "{log} // 2", "{x}"])
def test_a_formula_that_is_not_kept_here_is_named(formula):
    xml = (MOODLE_XML % ("9", "uniform")).replace("pow({a b},2)*{log}+log(1)", formula)
    (read,) = read_moodle_xml(io.BytesIO(xml.encode()), [])
    assert read.question is None
    assert read.problems


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("a^2*b", "pow({a},2)*{b}"),
        ("ln(a)+1e20", "log({a})+1e+20"),
        ("-a^b^2", "-pow({a},pow({b},2))"),
    ],
)
def test_a_formula_is_written_as_moodle_reads_it(formula, written):
    assert in_moodle(formula) == written


@settings(max_examples=60, deadline=None)
@given(reads(calculateds()))
def test_moodle_gives_a_calculated_question_back_or_tells_what_it_lost(before):
    written = write_moodle_xml([before])
    (read,) = read_moodle_xml(io.BytesIO(written.data), [])
    assert read.question is not None, read.problems
    ours, theirs = shown(before.question), shown(read.question)
    for each in (ours, theirs):  # Moodle writes powers and logarithms in another way
        for answer in each["answers"]:
            answer["formula"] = in_moodle(answer["formula"])
    if any(problem.field == "values" for problem in written.problems):
        del ours["variables"], theirs["variables"]
    if any(problem.field == "feedback" for problem in written.problems):
        del ours["other_feedback"], theirs["other_feedback"]
    assert ours == theirs


TEXT = """\
// [id:calcul-1] [type:calculated]
Cât sunt [[p]] % din [[b]]? {
b 1000..90000 step 500
p 5..20
=b*p/100#Din [[b]].
}
"""


def test_the_values_stay_with_the_attempt_whatever_becomes_of_the_question(app, cast):
    with app.app_context(), db.writing():
        make_quiz(cast.module_ids[0], text=TEXT, slug="calcul")
    client = cast.client("learner")
    attempt_id = start(client, "/courses/curs/quizzes/calcul")
    (item,) = paper(app, attempt_id)
    with app.app_context(), db.writing() as session:
        kept = session.scalars(
            sa.select(AttemptItem.option_order).where(AttemptItem.id == item.item_id)
        ).one()
    assert tuple(kept) == item.question.drawn
    seen = client.get(f"/attempts/{attempt_id}").text
    assert item.question.stem in seen
    assert "[[" not in seen
    (right,) = rules.key_text(item.question)
    data = {"item": str(item.item_id), "confirmed": "1", f"i{item.item_id}-value": right}
    post(client, f"/attempts/{attempt_id}/submit", data)
    result = client.get(f"/attempts/{attempt_id}/result").text
    assert item.question.stem in result
    assert item.question.answers[0].feedback in result
    pdf = cast.client("trainer").get(f"/attempts/{attempt_id}/attempt.pdf")
    assert pdf.status_code == 200


def _with_formula(version_id, formula):
    """Store a version with another formula; return its id."""
    old = db.session().get_one(QuestionVersion, version_id)
    payload = rules.dump(queries.newest_words([version_id])[version_id].ro)
    payload["answers"][0]["formula"] = formula
    version = QuestionVersion(
        question_id=old.question_id,
        number=old.number + 1,
        type="calculated",
        structure_digest=rules.structure_digest(parse_question(payload)),
        created_at=EPOCH,
    )
    db.session().add(version)
    db.session().flush()
    revision = QuestionRevision(version_id=version.id, number=1, payload=payload, created_at=EPOCH)
    db.session().add(revision)
    db.session().flush()
    return version.id


def test_a_corrected_formula_marks_the_values_that_each_attempt_drew(app, cast):
    with app.app_context():
        with db.writing():
            quiz_id = make_quiz(cast.module_ids[0], text=TEXT, slug="calcul", attempts=None)
            attempt_id = take(cast.enrolments["learner"], quiz_id, {}, submit=False)
            (item,) = queries.paper_of(attempt_id)
            tenth = value_of("b*p/1000", item.question.values)
            attempt = attempt_of(attempt_id)
            given = {item.item_id: {"value": [f"{tenth:f}"]}}
            attempts.save_answers(attempt, given, key="k", now=clock.now())
            attempts.submit_attempt(attempt, now=clock.now())
            key = _with_formula(item.version_id, "b*p/1000")
        assert attempt_of(attempt_id).percent == 0
        db.end_reading()
        proposal = Proposal(item.version_id, CorrectionKind.KEY, None, key_version_id=key)
        seen = correcting.look(proposal).seen
        db.end_reading()
        with db.writing():
            correcting.apply(
                proposal, reason="Promile.", by=trainers()[0], seen=seen, now=clock.now()
            )
        assert attempt_of(attempt_id).percent == 100
        assert queries.paper_of(attempt_id)[0].question.values == item.question.values
