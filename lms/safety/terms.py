"""Find the words of a glossary in a text, each where it stands first, and make links of them.

A word is a run of letters and digits; a hyphen or an apostrophe between two of them belongs to it.
Forms are told apart by whole words, so that „finanțare” is not found in „cofinanțare”.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

ANCHOR, BACK_ANCHOR = "termen-", "t-"
TERM_CLASS = "term"

_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011'’][^\W_]+)*")
_COMMAS = str.maketrans("şţŞŢ", "șțȘȚ")
_UNMARKED_BLOCKS = {"heading", "blockquote", "thead"}


@dataclass(frozen=True)
class _Form:
    """One form of a term: its words, what stands between them, and whether capitals count."""

    term: str
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    is_exact: bool


@dataclass(frozen=True)
class Found:
    """A place where a form stands."""

    term: str
    start: int
    end: int


def words_of(form: str) -> tuple[str, ...]:
    """Return the words by which a form is known: small letters, commas below."""
    return tuple(m[0].lower() for m in _WORD.finditer(form.translate(_COMMAS)))


class TermFinder:
    """The forms of all terms, ready to be looked for; the longest form that fits wins."""

    def __init__(self, forms: Mapping[str, Iterable[str]]) -> None:
        self._by_first: dict[str, list[_Form]] = {}
        for term, written in forms.items():
            for text in written:
                self._add(term, text.translate(_COMMAS))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda f: (len(f.words), sum(map(len, f.words))), reverse=True)

    def _add(self, term: str, text: str) -> None:
        matches = list(_WORD.finditer(text))
        if not matches:
            return
        is_exact = len(text) > 1 and text.isupper()  # an abbreviation is not any word
        words = tuple(m[0] if is_exact else m[0].lower() for m in matches)
        form = _Form(term, words, tuple(_gaps(text, matches)), is_exact)
        self._by_first.setdefault(words[0].lower(), []).append(form)

    def find(self, text: str) -> Iterator[Found]:
        """Yield every form that stands in the text, in order; none overlaps another."""
        text = text.translate(_COMMAS)
        matches = list(_WORD.finditer(text))
        at = 0
        while at < len(matches):
            form = self._form_at(text, matches, at)
            if form is None:
                at += 1
                continue
            last = at + len(form.words) - 1
            yield Found(form.term, matches[at].start(), matches[last].end())
            at = last + 1

    def _form_at(self, text: str, matches: Sequence[re.Match[str]], at: int) -> _Form | None:
        for form in self._by_first.get(matches[at][0].lower(), ()):
            here = matches[at : at + len(form.words)]
            words = tuple(m[0] if form.is_exact else m[0].lower() for m in here)
            if words == form.words and tuple(_gaps(text, here)) == form.gaps:
                return form
        return None


def _gaps(text: str, matches: Sequence[re.Match[str]]) -> Iterator[str]:
    for before, after in pairwise(matches):
        yield " ".join(text[before.end() : after.start()].split()) or " "


@dataclass
class Marker:
    """One text being marked: each term becomes a link once, where it stands first."""

    finder: TermFinder
    marked: list[str] = field(default_factory=list)

    def mark(self, tokens: Iterable[Token]) -> None:
        """Mark running text: no headings, links, code, pictures, quotations or heads of tables."""
        unmarked = 0
        for token in tokens:
            block, _, side = token.type.rpartition("_")
            if block in _UNMARKED_BLOCKS:
                unmarked += 1 if side == "open" else -1
            elif token.children is not None and not unmarked:
                token.children = self._marked(token.children)

    def _marked(self, children: Sequence[Token]) -> list[Token]:
        result: list[Token] = []
        run: list[Token] = []  # words that follow each other, over the ends of lines too
        links = 0
        for child in children:
            if child.type in ("text", "softbreak") and not links:
                run.append(child)
                continue
            result += self._run(run)
            run = []
            links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            result.append(child)
        return result + self._run(run)

    def _run(self, run: Sequence[Token]) -> list[Token]:
        text = "".join("\n" if token.type == "softbreak" else token.content for token in run)
        result: list[Token] = []
        done = 0
        for found in self.finder.find(text):
            if found.term in self.marked:
                continue
            self.marked.append(found.term)
            result += [*_texts(text[done : found.start]), _opening(found.term)]
            result += [*_texts(text[found.start : found.end]), Token("link_close", "a", -1)]
            done = found.end
        return [*result, *_texts(text[done:])]


def _texts(text: str) -> Iterator[Token]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Token("softbreak", "br", 0)
        if line:
            token = Token("text", "", 0)
            token.content = line
            yield token


def _opening(term: str) -> Token:
    link = Token("link_open", "a", 1)
    link.attrs = {
        "href": f"#{ANCHOR}{term}",
        "class": TERM_CLASS,
        "id": f"{BACK_ANCHOR}{term}",
    }
    return link
