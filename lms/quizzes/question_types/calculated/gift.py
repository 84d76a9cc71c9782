"""Calculated questions in a quiz file: in braces first the variables, then the formulas.

`a 1..10 step 0.5`, a line for each variable (or several, parted by `;`), then `=a*2:0.1` as for
numbers; `[type:calculated]`, `[round:2]` decimals or `[round:3 digits]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from lms.quizzes.exchange.gift_answers import Piece, Unreadable
from lms.quizzes.exchange.gift_forms import (
    Source,
    Written,
    feedback_part,
    general_part,
    text_part,
    weight,
)
from lms.quizzes.exchange.gift_syntax import Passage, restore
from lms.quizzes.exchange.gift_units import unit_keys, unit_payload
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.question_types.calculated.places import Rounding
from lms.quizzes.question_types.calculated.rules import (
    NAME,
    Calculated,
    FormulaAnswer,
    usual_tolerance,
)
from lms.quizzes.question_types.numerical.rules import ToleranceKind
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE

KEYS = frozenset({"round", "unit", "unit-rule", "unit-penalty", "other-unit"})
WORDS: frozenset[str] = frozenset()
_NUMBER = r"([+-]?\d{1,20}(?:\.\d{1,20})?)"
_VARIABLE = re.compile(
    rf"\s*([A-Za-z]\w{{0,19}})\s*(?::|\bin\b)?\s*{_NUMBER}\s*\.\.\s*{_NUMBER}"
    rf"\s*(?:(?:step|pas)\s+{_NUMBER})?\s*",
    re.ASCII,
)
_ROUND = re.compile(r"(\d{1,2})\s*(decimals|digits)?", re.ASCII)
_REACH = re.compile(r"(/?)([+-]?\d{1,20}(?:\.\d{1,20})?)\s*(%?)", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read variables and formulas."""
    first = next((at for at, sign in enumerate(source.body.text) if sign in "=~"), None)
    lead = source.body.cut(0, first)
    _text, pieces = source.lead_and_pieces()
    answers, other = [], ""
    for piece in pieces:
        if piece.sign == "~" and not piece.text.strip():
            other = source.texts.markdown(piece.feedback)
        elif piece.sign == "~":
            raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line, restore(piece.text)[:40])
        else:
            answers.append(_answer(source, piece))
    return {
        "type": NAME,
        "variables": list(_variables(lead)),
        "answers": answers,
        "other_feedback": other,
        **_rounding(source),
        **_units(source),
    }


def _variables(lead: Passage) -> Iterator[dict[str, str]]:
    for number, line in enumerate(lead.text.split("\n")):
        for written in restore(line).split(";"):
            if not written.strip():
                continue
            found = _VARIABLE.fullmatch(written)
            if found is None:
                at = lead.lines[min(number, len(lead.lines) - 1)]
                raise Unreadable(ProblemKind.BAD_ANSWERS, at, written.strip()[:40])
            name, low, high, step = found.groups()
            yield {"name": name, "low": low, "high": high, "step": step or "1"}


def _answer(source: Source, piece: Piece) -> dict[str, str]:
    formula, _colon, reach = restore(piece.text).partition(":")
    found: dict[str, str] = {}
    if reach.strip():
        read = _REACH.fullmatch(reach.strip())
        if read is None or (read[1] and not read[3]):
            raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line, reach.strip()[:40])
        kind = ToleranceKind.NOMINAL
        if read[3]:
            kind = ToleranceKind.GEOMETRIC if read[1] else ToleranceKind.RELATIVE
        number = Decimal(read[2]).scaleb(-2 if read[3] else 0)
        found = {"tolerance": number_text(number), "tolerance_kind": kind.value}
    return found | {
        "formula": " ".join(formula.split()),
        "fraction": piece.fraction,
        "feedback": source.texts.markdown(piece.feedback),
    }


def _rounding(source: Source) -> dict[str, object]:
    written = source.one("round")
    if not written:
        return {}
    found = _ROUND.fullmatch(written)
    if found is None:
        raise source.bad_key("round", written)
    return {"places": found[1], "rounding": found[2] or Rounding.DECIMALS.value}


def _units(source: Source) -> dict[str, object]:
    others = [key.value for key in source.keys.get("other-unit", ())]
    found = unit_payload(source.one("unit-rule"), source.one("unit-penalty"), others)
    if isinstance(found, str):
        said = next((k for k in ("unit-penalty", "other-unit") if source.keys.get(k)), "unit-rule")
        raise source.bad_key(said, found)
    return {"unit": source.one("unit"), **found}


def write(question: Calculated) -> Written:
    """Write variables, formulas and keys."""
    digits = " digits" if question.rounding is Rounding.DIGITS else ""
    is_usual = question.places == 2 and not digits
    keys = [("round", "" if is_usual else f"{question.places}{digits}")]
    keys += [("unit", question.unit), *unit_keys(question)]
    return Written(_body(question), keys)


def _body(question: Calculated) -> Iterator[str]:
    yield from (f"{each.name} {each.text()}" for each in question.variables)
    usual = usual_tolerance(question.rounding, question.places)
    yield from (_written(answer, usual) for answer in question.answers)
    if question.other_feedback:
        yield f"~{feedback_part(question.other_feedback)}"
    yield from general_part(question)


def _written(answer: FormulaAnswer, usual: Sequence[object]) -> str:
    percent = "" if answer.fraction == ONE else weight(answer.fraction)
    reach = ""
    if (answer.tolerance, answer.tolerance_kind) != tuple(usual):
        number, sign = answer.tolerance, ""
        if answer.tolerance_kind is not ToleranceKind.NOMINAL:
            number, sign = number.scaleb(2), "%"
        lead = "/" if answer.tolerance_kind is ToleranceKind.GEOMETRIC else ""
        reach = f":{lead}{number_text(number)}{sign}"
    return f"={percent}{text_part(answer.formula)}{reach}{feedback_part(answer.feedback)}"
