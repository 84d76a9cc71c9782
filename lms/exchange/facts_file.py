"""A course's facts file: what its lessons, questions and terms rest on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.courses.fact_codes import CERTAIN, CODES, is_raised
from lms.exchange.problems import Problem, Reason
from lms.exchange.yaml_lines import Fields, Located, Sink, compose, list_of_mappings

FACTS = "facts.yaml"
_FACT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", re.ASCII)


@dataclass(frozen=True)
class FactEntry:
    """A fact as the file states it."""

    id: str
    statement: str
    source: str
    confidence: str
    checked_on: date | None
    line: int = 0  # of its confidence

    @property
    def statement_hash(self) -> str:
        """What a sign-off is tied to."""
        return hashlib.sha256(self.statement.encode()).hexdigest()


def read_facts(text: str, problems: list[Problem]) -> tuple[FactEntry, ...]:
    """Read the facts; faults go to `problems`, each with its line."""
    sink = Sink(FACTS, problems)
    facts: dict[str, FactEntry] = {}
    for fields in list_of_mappings(compose(text, sink), sink):
        fact = _fact(fields)
        if fact.id in facts:
            fields.wrong("id", Reason.DUPLICATE_ID)
        facts[fact.id] = fact
    return tuple(facts.values())


def _fact(fields: Fields) -> FactEntry:
    source, url = fields.text("source"), fields.address("url")
    confidence = fields.short("confidence")
    if confidence and confidence not in CODES:
        fields.wrong("confidence", Reason.UNKNOWN_CONFIDENCE)
    fact = FactEntry(
        id=fields.identifier("id", _FACT_ID),
        statement=fields.text("statement"),
        source=f"{source} – {url}" if url else source,
        confidence=confidence,
        checked_on=fields.day("checked_on", required=False),
        line=fields.line_of("confidence"),
    )
    fields.close()
    return fact


def check_certain(
    path: str, named: Iterable[Located], codes: Mapping[str, str], problems: list[Problem]
) -> None:
    """Report the facts that a definition or a paper names and that nobody can be sure of."""
    for fact in named:
        if fact.text not in codes:
            problems.append(Problem(path, fact.line, Reason.UNKNOWN_FACT, fact.text))
        elif codes[fact.text] not in CERTAIN:
            problems.append(Problem(path, fact.line, Reason.UNCERTAIN_FACT, fact.text))


def raised_in_silence(
    before: Mapping[str, FactEntry], facts: Iterable[FactEntry]
) -> Iterator[Problem]:
    """Yield a problem for each code that rises without another source and a later day of checking.

    A fact that the course did not state before has no lower code to rise from.
    """
    for fact in facts:
        old = before.get(fact.id)
        if old is None or not is_raised(old.confidence, fact.confidence):
            continue
        is_checked = fact.checked_on is not None and (
            old.checked_on is None or fact.checked_on > old.checked_on
        )
        if fact.source == old.source or not is_checked:
            told = f"{fact.id}: {old.confidence} → {fact.confidence}"
            yield Problem(FACTS, fact.line, Reason.CONFIDENCE_RAISED, told)
