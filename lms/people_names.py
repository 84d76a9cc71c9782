"""What we know about people's names: their letters, their order, and names to sign in with.

Nothing here changes a name: findings and offers go to a person, who decides.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

from lms.safety.file_names import ascii_letters

# Comma below is Romanian; cedilla came with the old code pages. Unicode never joins the two.
_CEDILLA_TO_COMMA = str.maketrans("ŞşŢţ", "ȘșȚț")
_MISREAD = frozenset("ãÃõÕþÞºª¿�?")  # what ă, ţ and ş become when read by the wrong code page
_ROMAN_NUMERALS = frozenset({"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII"})


class NameProblem(StrEnum):
    """What a person should look at in a name before it is printed."""

    MISSING = "missing"
    CEDILLA = "cedilla"
    MISREAD_LETTER = "misread_letter"
    NOT_LATIN = "not_latin"
    ALL_CAPITALS = "all_capitals"
    NO_CAPITAL = "no_capital"
    STRAY_SPACE = "stray_space"
    DIGIT = "digit"
    STRANGE_SIGN = "strange_sign"


def offer_comma_letters(text: str) -> str | None:
    """Offer the text with ș and ț in place of ş and ţ, or None where there are none."""
    composed = unicodedata.normalize("NFC", text)
    offered = composed.translate(_CEDILLA_TO_COMMA)
    return offered if offered != composed else None


def offer_capitals(text: str) -> str | None:
    """Offer a name typed in capitals (or without any) as names are written, or None."""
    offered = re.sub(r"[^\W\d_]+", _as_written, text)
    return offered if offered != text else None


def _as_written(match: re.Match[str]) -> str:
    word = match.group()
    if word in _ROMAN_NUMERALS or not (_is_shouted(word) or word.islower()):
        return word
    return word[0].upper() + word[1:].lower()


def _is_shouted(word: str) -> bool:
    return len(word) > 1 and word.isupper() and word not in _ROMAN_NUMERALS


def name_problems(name: str) -> tuple[NameProblem, ...]:
    """List what is odd about one part of a name, or about a name as a whole."""
    composed = unicodedata.normalize("NFC", name)
    if not composed.strip():
        return (NameProblem.MISSING,)
    return tuple(problem for problem in NameProblem if _has(problem, composed))


def full_name_problems(family: str, given: str) -> tuple[NameProblem, ...]:
    """List what is odd about a person's two names, each kind once."""
    found = {*name_problems(family), *name_problems(given)}
    return tuple(problem for problem in NameProblem if problem in found)


def _has(problem: NameProblem, name: str) -> bool:  # noqa: PLR0911 - a table of one-line answers
    words = re.findall(r"[^\W\d_]+", name)
    match problem:
        case NameProblem.MISSING:
            return not words
        case NameProblem.CEDILLA:
            return offer_comma_letters(name) is not None
        case NameProblem.MISREAD_LETTER:
            return any(c in _MISREAD for c in name)
        case NameProblem.NOT_LATIN:
            return any(_is_not_latin(c) for word in words for c in word)
        case NameProblem.ALL_CAPITALS:
            return any(_is_shouted(word) for word in words)
        case NameProblem.NO_CAPITAL:
            return bool(words) and not any(c.isupper() for c in name)
        case NameProblem.STRAY_SPACE:
            return " ".join(name.split()) != name
        case NameProblem.DIGIT:
            return any(c.isdigit() for c in name)
        case NameProblem.STRANGE_SIGN:
            return any(_is_strange(c) for c in name)


def _is_not_latin(letter: str) -> bool:
    return letter not in _MISREAD and not unicodedata.name(letter, "").startswith("LATIN")


def _is_strange(character: str) -> bool:
    if character in _MISREAD:
        return False
    # A mark that NFC could not join to its letter is still part of a letter.
    known = character.isalnum() or character.isspace() or unicodedata.category(character) == "Mn"
    return not (known or character in "-‐‑.'’ʼ()„”")


def display_name(family: str, given: str) -> str:
    """Write a person's name as it is spoken and printed: given names first."""
    return " ".join(f"{given} {family}".split())


# --- Order -----------------------------------------------------------------------------------

_LETTERS = "aăâbcdefghiîjklmnopqrsștțuvwxyz"
_DIGITS = "0123456789"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_SPACE = "11"  # before every letter, so that Pop Zoe stands before Popa Ana
_AFTER_Z = "zz"
_LEVEL, _NAME_BORDER = "00", "01"
_RANKS = {sign: _BASE36[2 + n // 36] + _BASE36[n % 36] for n, sign in enumerate(_DIGITS + _LETTERS)}
_Element = tuple[str, bool, bool]  # rank of the letter, foreign accent, capital
_Levels = tuple[str, str, str]  # letters, accents, capitals of a text
_OWN_LETTERS = frozenset("ăâîșț")


def sort_key_ro(text: str) -> str:
    """Return a key that puts texts in Romanian order: a ă â, i î, s ș, t ț as letters of their own.

    The key holds only 0–9 and a–z, so a database column sorts by it in any collation. Accents of
    other languages and capitals decide only between texts that are otherwise equal; punctuation
    is not looked at.
    """
    return _key_of([_levels(text)])


def person_sort_key(family: str, given: str) -> str:
    """Return the key that orders people: by family name first, then by given names."""
    return _key_of([_levels(family), (_NAME_BORDER, "1", "1"), _levels(given)])


def _key_of(parts: Iterable[_Levels]) -> str:
    letters, accents, capitals = ("".join(level) for level in zip(*parts, strict=True))
    return f"{letters}{_LEVEL}{accents.rstrip('1')}{_LEVEL}{capitals.rstrip('1')}"


@lru_cache(maxsize=20_000)
def _levels(text: str) -> _Levels:
    elements = list(_collation_elements(text))
    # 1 and 2, never 0: a level's border must sort before whatever a level holds.
    return (
        "".join(letter for letter, _, _ in elements),
        "".join("2" if accented else "1" for _, accented, _ in elements),
        "".join("2" if capital else "1" for _, _, capital in elements),
    )


def _collation_elements(text: str) -> Iterator[_Element]:
    modern = unicodedata.normalize("NFC", text).translate(_CEDILLA_TO_COMMA)
    for word_number, word in enumerate(modern.split()):
        if word_number:
            yield _SPACE, False, False
        for character in word:
            yield from _elements_of(character)


@lru_cache(maxsize=2000)
def _elements_of(character: str) -> tuple[_Element, ...]:
    capital = character.isupper()
    lower = character.lower()
    if lower in _OWN_LETTERS:
        return ((_RANKS[lower], False, capital),)
    if not character.isalnum():
        return ()
    plain = ascii_letters(lower).lower()
    if plain:
        return tuple((_RANKS[letter], letter != lower, capital) for letter in plain)
    return ((f"{_AFTER_Z}{ord(lower):06x}", False, capital),)


class _PlainLetters(dict[int, str | int | None]):
    """What `fold` makes of each sign: its letter without the stroke, nothing of a mark."""

    def __missing__(self, code: int) -> int | None:
        self[code] = found = None if unicodedata.combining(chr(code)) else code
        return found


_PLAIN_LETTERS = _PlainLetters({ord("ł"): "l", ord("đ"): "d", ord("ø"): "o"})


def fold(text: str) -> str:
    """Return the text as people search for it: no diacritics, no capitals, single spaces."""
    without_quotes = re.sub(r"[„”“\"'’ʼ«»]", "", text)
    spaced = re.sub(r"[-‐‑–—\s]+", " ", without_quotes).casefold()
    if not spaced.isascii():
        spaced = unicodedata.normalize("NFKD", spaced).translate(_PLAIN_LETTERS)
    return spaced.strip()


# --- Names and codes to sign in with ---------------------------------------------------------

_CONSONANTS = "bcdfghkmnprstz"  # no l, j, q, v, w, x, y: each looks or sounds like another
_VOWELS = "aeiu"  # no o: on paper it is a nought
_FIRST_PART, _SECOND_PART = 3, 2  # syllables; 56^5 is 550 million names
_NAME_LETTERS = 2 * (_FIRST_PART + _SECOND_PART)
_CODE_SIGNS = "ACDEFGHJKMNPRTVWXY3479"
_CODE_LENGTH, _CODE_GROUP = 9, 3  # 22^9 is more than 40 bits
_FEWEST_RANDOM_BYTES = 16
# Pieces that would make somebody blush or laugh, in Romanian or in English.
_RUDE = (
    *("anus", "bagi", "caca", "caka", "cur", "fute", "futa", "futi", "futu", "kaka", "mata"),
    *("mati", "peni", "pipi", "pisa", "pise", "pisi", "pisu", "puta", "pute", "puti", "sida"),
    *("suga", "suge", "sugi", "suci", "tita", "tite", "titi", "tuta", "cretin", "idi"),
    *("cum", "fag", "fat", "fuc", "fuk", "kike", "nazi", "nig", "pedi", "pis", "rape", "rapi"),
    *("sadi", "semen", "tit", "cac", "dck", "fck", "fkn", "fart", "kkk", "wtf", "xxx"),
)


def make_sign_in_name(random: bytes) -> str:
    """Make a short name that can be read aloud and typed from paper, such as „dacuta-mire”.

    Give it fresh random bytes, at least 16; the caller tries again if the name is taken.
    """
    for numbers in _number_streams(random):
        syllables = [_syllable(numbers) for _ in range(_FIRST_PART + _SECOND_PART)]
        letters = "".join(syllables)
        if not _is_rude(letters):
            return _joined_name(letters)
    raise AssertionError("the stream of numbers has no end")


def _syllable(numbers: Iterator[int]) -> str:
    return _pick(_CONSONANTS, numbers) + _pick(_VOWELS, numbers)


def _joined_name(letters: str) -> str:
    return f"{letters[: 2 * _FIRST_PART]}-{letters[2 * _FIRST_PART :]}"


def normalise_sign_in_name(typed: str) -> str:
    """Return the name that was meant: capitals, spaces, dashes and look-alikes don't matter."""
    letters = re.sub(r"[\s‐‑–—_.-]+", "", fold(typed))
    mended = letters.translate(str.maketrans("1l|v", "iiiu"))
    is_ours = len(mended) == _NAME_LETTERS and set(mended) <= set(_CONSONANTS + _VOWELS)
    return _joined_name(mended) if is_ours else letters


def make_one_use_code(random: bytes) -> str:
    """Make a printed code of over 40 bits in groups of three, such as „K7C-M4P-XWR”."""
    for numbers in _number_streams(random):
        code = "".join(_pick(_CODE_SIGNS, numbers) for _ in range(_CODE_LENGTH))
        if not _is_rude(code.lower()):
            return _grouped(code)
    raise AssertionError("the stream of numbers has no end")


def normalise_one_use_code(typed: str) -> str:
    """Return the code that was meant, grouped as printed; look-alikes are read as ours."""
    signs = re.sub(r"[^A-Z0-9]", "", ascii_letters(typed).upper())
    return _grouped(signs.translate(str.maketrans("U6OQ0", "VGDDD")))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _CODE_GROUP] for at in range(0, len(code), _CODE_GROUP))


def _is_rude(letters: str) -> bool:
    return any(piece in letters for piece in _RUDE)


def _number_streams(random: bytes) -> Iterator[Iterator[int]]:
    """Yield endless streams of bytes grown from the random ones, one stream for each try."""
    if len(random) < _FEWEST_RANDOM_BYTES:
        raise ValueError(f"give at least {_FEWEST_RANDOM_BYTES} random bytes")
    attempt = 0
    while True:
        yield _bytes_from(random + attempt.to_bytes(4, "big"))
        attempt += 1


def _bytes_from(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield from hashlib.sha256(seed + block.to_bytes(4, "big")).digest()
        block += 1


def _pick(signs: str, numbers: Iterator[int]) -> str:
    """Choose without favouring the first signs: bytes past the last whole round are skipped."""
    limit = 256 - 256 % len(signs)
    return signs[next(number for number in numbers if number < limit) % len(signs)]
