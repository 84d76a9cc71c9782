"""A course's terms as its readers see them: in order, by letter, found by what one types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lms.people_names import fold, sort_key_ro


@dataclass(frozen=True)
class Term:
    """A term of a course with its definition, in both languages."""

    id: str
    term_ro: str
    term_en: str
    definition_ro: str
    definition_en: str
    forms: Sequence[str] = ()

    def term(self, locale: str) -> str:
        """The term in a language."""
        return self.term_en if locale == "en" else self.term_ro

    def definition(self, locale: str) -> str:
        """The definition in a language."""
        return self.definition_en if locale == "en" else self.definition_ro

    def answers(self, asked: str) -> bool:
        """Whether every word that somebody typed stands in it, in either language."""
        texts = (self.term_ro, self.term_en, self.definition_ro, self.definition_en, *self.forms)
        here = fold(" ".join(texts))
        return all(word in here for word in fold(asked).split())


def letter_of(word: str) -> str:
    """Return the letter under which a word is listed: ă, â, î, ș and ț are their own."""
    return word[:1].upper()


def by_letter(terms: Iterable[Term], locale: str) -> list[tuple[str, list[Term]]]:
    """Return the terms in Romanian order (a ă â … s ș), gathered under their letters."""
    ordered = sorted(terms, key=lambda t: (sort_key_ro(t.term(locale)), t.id))
    groups = groupby(ordered, key=lambda t: letter_of(t.term(locale)))
    return [(letter, list(group)) for letter, group in groups]
