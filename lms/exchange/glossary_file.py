"""A course's glossary: its terms, their forms and definitions, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.exchange.problems import Problem, Reason
from lms.exchange.yaml_lines import Fields, Located, Sink, compose, list_of_mappings
from lms.safety.terms import TermFinder, words_of

_TERM_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST_ID, _LONGEST_TERM, _LONGEST_DEFINITION = 60, 80, 600


@dataclass(frozen=True)
class TermEntry:
    """A term as the file states it."""

    id: str
    line: int
    term: Mapping[str, str]
    forms: tuple[str, ...]  # besides the term itself
    definition: Mapping[str, str]
    fact: Located | None


def read_glossary(path: str, text: str, problems: list[Problem]) -> tuple[TermEntry, ...]:
    """Read a glossary; faults go to `problems`, each with its line."""
    sink = Sink(path, problems)
    entries: dict[str, TermEntry] = {}
    taken: dict[tuple[str, ...], str] = {}
    for fields in list_of_mappings(compose(text, sink), sink):
        entry = _entry(fields)
        if entry.id in entries:
            fields.wrong("id", Reason.DUPLICATE_ID)
        entries[entry.id] = entry
    for entry in entries.values():
        _refuse_taken_forms(entry, taken, sink)
    return tuple(entries.values())


def _entry(fields: Fields) -> TermEntry:
    entry = TermEntry(
        id=fields.identifier("id", _TERM_ID),
        line=fields.line_of("id"),
        term=fields.words("term", limit=_LONGEST_TERM),
        forms=tuple(form.text for form in fields.texts("forms", required=False)),
        definition=fields.words("definition", limit=_LONGEST_DEFINITION),
        fact=_fact(fields),
    )
    if len(entry.id) > _LONGEST_ID:
        fields.wrong("id", Reason.TOO_LONG)
    if any(not words_of(form) for form in (entry.term["ro"], *entry.forms) if form):
        fields.wrong("forms")
    fields.close()
    return entry


def _fact(fields: Fields) -> Located | None:
    fact = fields.short("fact", required=False)
    return Located(fact, fields.line_of("fact")) if fact else None


def _refuse_taken_forms(entry: TermEntry, taken: dict[tuple[str, ...], str], sink: Sink) -> None:
    """Refuse a form by which two terms would be known: nobody could tell which is meant."""
    for form in (entry.term["ro"], *entry.forms):
        owner = taken.setdefault(words_of(form), entry.id)
        if owner != entry.id:
            sink.add(entry.line, Reason.FORM_TAKEN, f"{form} ({owner})")


def finder_of(entries: Iterable[TermEntry]) -> TermFinder:
    """Return what finds the terms in Romanian texts."""
    return TermFinder({e.id: (e.term["ro"], *e.forms) for e in entries})
