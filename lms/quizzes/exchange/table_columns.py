"""The one table of questions: its columns, in English and in Romanian, and how they are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from lms.quizzes.question_types.payload import MAX_OPTIONS

# What stands once in a row, and what stands once for each option; the order is that of the file.
SINGLE: Mapping[str, tuple[str, str]] = {
    "id": ("id", "id"),
    "type": ("type", "tip"),
    "name": ("name", "denumire"),
    "category": ("category", "categorie"),
    "question": ("question", "întrebare"),
    "correct": ("correct", "corect"),
    "marks": ("marks", "puncte"),
    "scoring": ("scoring", "punctare"),
    "unit": ("unit", "unitate"),
    "general_feedback": ("general feedback", "explicație generală"),
    "other_feedback": ("other feedback", "explicație la alt răspuns"),
    "tags": ("tags", "etichete"),
    "facts": ("facts", "fapte"),
    "lesson": ("lesson", "lecție"),
    "slot": ("slot", "loc"),
    "status": ("status", "stare"),
    "gift": ("gift", "gift"),  # the answers of types that have no columns of their own
}
REPEATED: Mapping[str, tuple[str, str]] = {
    "option": ("option", "varianta"),
    "pair": ("pair", "pereche"),
    "percent": ("percent", "procent"),
    "tolerance": ("tolerance", "toleranță"),
    "feedback": ("feedback", "explicație"),
}
ALWAYS = ("id", "type", "name", "question", "correct")
_OTHER_WORDS = {"intrebarea": "question", "enunt": "question", "raspuns corect": "correct"}
_OTHER_WORDS |= {"punctaj": "marks", "correct answer": "correct", "stem": "question"}
_REPEATED_WORDS = {"varianta": "option", "raspuns": "option", "optiunea": "option"}
_REPEATED_WORDS |= {"answer": "option", "choice": "option"}


def letter(place: int) -> str:
    """Name an option by its place: A to Z, then AA, AB …"""
    return ascii_uppercase[place] if place < 26 else "A" + ascii_uppercase[place - 26]


LETTERS = tuple(letter(place) for place in range(MAX_OPTIONS))


def heading(key: str, place: int | None = None, *, language: int = 0) -> str:
    """Write a column's heading, in English (0) or Romanian (1)."""
    if place is None:
        return SINGLE[key][language]
    return f"{REPEATED[key][language]} {letter(place)}"


def plain(word: str) -> str:
    """Reduce a word to what tells it apart: small letters without marks."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[_\s]+", " ", letters).split())


def find_columns(headings: Sequence[str]) -> dict[tuple[str, int | None], int]:
    """Find what each heading stands for; one that says nothing here is left alone."""
    known: dict[str, tuple[str, int | None]] = {}
    for key, words in SINGLE.items():
        known |= {plain(word): (key, None) for word in words}
    known |= {word: (key, None) for word, key in _OTHER_WORDS.items()}
    repeated = {plain(w): key for key, words in REPEATED.items() for w in words}
    repeated |= _REPEATED_WORDS
    for place, sign in enumerate(LETTERS):
        known[sign.casefold()] = ("option", place)
        for word, key in repeated.items():
            known[f"{word} {sign.casefold()}"] = (key, place)
            known[f"{word} {place + 1}"] = (key, place)
            known[f"{word}{place + 1}"] = (key, place)
    found: dict[tuple[str, int | None], int] = {}
    for at, written in enumerate(headings):
        meant = known.get(plain(written))
        if meant is not None:
            found.setdefault(meant, at)
    return found
