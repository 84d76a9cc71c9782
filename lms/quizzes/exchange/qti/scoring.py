"""How a QTI item is marked: its key, what each answer is worth, and by which rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.payload import rounded

_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
_OUTCOMES_OF_MARKS = {"SCORE", "OUTCOME1"}


@dataclass(frozen=True)
class Numeric:
    """Hold one test of a number in the response processing."""

    value: Decimal
    tolerance: Decimal
    kind: str
    score: Decimal | None
    feedback: str = ""


@dataclass
class Key:
    """Hold what one response is declared and processed to be worth."""

    identifier: str
    cardinality: str
    base_type: str
    correct: list[str]
    mapped: dict[str, Decimal]
    cases: dict[str, bool]
    default: Decimal
    upper: Decimal | None
    by_map: bool
    line: int
    numbers: list[Numeric] = field(default_factory=list)


def number_of(written: str | None) -> Decimal | None:
    """Read a number, or None where it is none."""
    plain = (written or "").strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def key_of(item: Element, identifier: str) -> Key | None:
    """Find a response's declaration; None where the item has none."""
    for declared in item.findall("responseDeclaration"):
        if declared.get("identifier") == identifier:
            return _key(item, declared, identifier)
    return None


def _key(item: Element, declared: Element, identifier: str) -> Key:
    mapping = declared.find("mapping")
    entries = [] if mapping is None else mapping.findall("mapEntry")
    mapped = {e.get("mapKey", "").strip(): number_of(e.get("mappedValue")) for e in entries}
    cases = {
        e.get("mapKey", "").strip(): (e.get("caseSensitive") or "true").lower() == "true"
        for e in entries
    }
    default = number_of(mapping.get("defaultValue")) if mapping is not None else None
    return Key(
        identifier=identifier,
        cardinality=declared.get("cardinality", "single"),
        base_type=declared.get("baseType", "identifier"),
        correct=[
            " ".join((value.text or "").split())
            for value in declared.findall("correctResponse/value")
        ],
        mapped={key: value for key, value in mapped.items() if value is not None},
        cases=cases,
        default=default or Decimal(0),
        upper=number_of(mapping.get("upperBound")) if mapping is not None else None,
        by_map=bool(entries) and _uses_map(item, identifier),
        line=line_of(declared),
        numbers=list(_numbers(item, identifier)),
    )


def _uses_map(item: Element, identifier: str) -> bool:
    """Say whether the mapping counts: by the template, or by the item's own processing."""
    processing = item.find("responseProcessing")
    if processing is None:
        return True
    template = processing.get("template", "") or processing.get("templateLocation", "")
    if template:
        return "map_response" in template or "MapResponse" in template
    return any(each.get("identifier") == identifier for each in processing.iter("mapResponse"))


def is_own_processing(item: Element, key: Key) -> bool:
    """Say whether the processing does something else than compare with the key or the mapping."""
    processing = item.find("responseProcessing")
    if processing is None or processing.get("template") or processing.get("templateLocation"):
        return False
    if key.by_map or key.numbers:
        return False
    return not any(each.get("identifier") == key.identifier for each in processing.iter("correct"))


def marks_of(item: Element, key: Key | None) -> Decimal | None:
    """Tell what the item is worth; None where it doesn't say."""
    for outcome in item.findall("outcomeDeclaration"):
        if outcome.get("identifier") == "MAXSCORE":
            found = number_of(outcome.findtext("defaultValue/value"))
            if found:
                return found
    for outcome in item.findall("outcomeDeclaration"):
        if outcome.get("identifier") in _OUTCOMES_OF_MARKS:
            found = number_of(outcome.get("normalMaximum"))
            if found:
                return found
    if key is not None and key.by_map and key.mapped:
        return key.upper or _most(key) or None
    return _score_for_right(item)


def _most(key: Key) -> Decimal:
    positive = [value for value in key.mapped.values() if value > 0]
    if key.cardinality == "single":
        return max(positive, default=Decimal(0))
    return sum(positive, Decimal(0))


def _score_for_right(item: Element) -> Decimal | None:
    """Find the marks that a condition on the right answer gives."""
    for condition in item.findall("responseProcessing/responseCondition/responseIf"):
        if condition.find("match/correct") is None:
            continue
        for outcome in condition.findall("setOutcomeValue"):
            if outcome.get("identifier") in _OUTCOMES_OF_MARKS:
                return number_of(outcome.findtext("baseValue")) or None
    return None


def has_steps(item: Element) -> bool:
    """Say whether conditions give different marks to different answers."""
    branches = [e for e in item.iter() if e.tag in {"responseIf", "responseElseIf"}]
    return len({score for each in branches if (score := _score(each)) and score > 0}) > 1


def share(value: Decimal, whole: Decimal) -> Decimal:
    """Tell which part of the whole a value is, to seven places."""
    with localcontext(prec=40):
        exact = value / whole
        near = rounded(exact, 7)
        return exact if abs(exact - near) == 0 else _shortest(value, whole, near, exact)


def _shortest(value: Decimal, whole: Decimal, near: Decimal, exact: Decimal) -> Decimal:
    """Take a quotient that comes out even as it is; round one that doesn't."""
    is_even = exact * whole == value and len(exact.as_tuple().digits) <= 20
    return exact if is_even else near


def _numbers(item: Element, identifier: str) -> Iterator[Numeric]:
    for branch in item.iter():
        if branch.tag not in {"responseIf", "responseElseIf"}:
            continue
        for test in branch.iter("equal"):
            value = _compared(item, test, identifier)
            if value is None:
                continue
            kind, tolerance = _reach(test, value)
            yield Numeric(
                value=value,
                tolerance=tolerance,
                kind=kind,
                score=_score(branch),
                feedback=_feedback(branch),
            )


def _reach(test: Element, value: Decimal) -> tuple[str, Decimal]:
    """Read the tolerance; one that reaches further on one side may be geometric."""
    written = (test.get("tolerance") or "0").split() or ["0"]
    below, above = (number_of(each) or Decimal(0) for each in (written[0], written[-1]))
    if test.get("toleranceMode", "exact") == "relative":
        return "relative", max(below, above).scaleb(-2)
    if below != above and value:
        with localcontext(prec=40):
            far, near = max(below, above), min(below, above)
            part = rounded(far / abs(value), 12)
            if abs(near * (1 + part) - far) < Decimal("1e-9") * max(Decimal(1), far):
                return "geometric", part
    return "nominal", max(below, above)


def _compared(item: Element, test: Element, identifier: str) -> Decimal | None:
    names = {each.get("identifier") for each in test.findall("variable")}
    if identifier not in names:
        return None
    if (value := test.find("baseValue")) is not None:
        return number_of(value.text)
    if test.find("correct") is None:
        return None
    for declared in item.findall("responseDeclaration"):
        if declared.get("identifier") == identifier:
            return number_of(declared.findtext("correctResponse/value"))
    return None


def _score(branch: Element) -> Decimal | None:
    for outcome in branch.findall("setOutcomeValue"):
        if outcome.get("identifier") in _OUTCOMES_OF_MARKS:
            return number_of(outcome.findtext("baseValue"))
    return None


def _feedback(branch: Element) -> str:
    for outcome in branch.findall("setOutcomeValue"):
        if outcome.get("identifier") == "FEEDBACK":
            values = [(each.text or "").strip() for each in outcome.iter("baseValue")]
            return next(iter(values), "")
    return ""
