"""Rules on passwords: long, not one's own name, not what everybody takes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

SHORTEST = 10
LONGEST = 200  # a longer one only serves to keep the server busy

_CEDILLA_TO_COMMA = str.maketrans("ŞşŢţ", "ȘșȚț")
_COMMON_WORDS = frozenset(
    """
    parola parolamea parolanoua parolaparola schimba schimbama secret secreta admin administrator
    utilizator intrare deschide test testare cursuri curs certificat atestat primaria primarie
    romania bucuresti moldova transilvania ardeal oltenia banat dobrogea iasi cluj timisoara
    constanta craiova brasov steaua dinamo rapid fotbal mamica taticu mama tata iubire iubirea
    iubita iubitul teiubesc dragoste ingeras ingerul pisica catelus floricica trandafir soare
    primavara toamna craciun sarbatori vacanta familia copiii andreea alexandra alexandru maria
    mihaela gabriela cristina elena ioana daniel andrei adrian florin marian ionut george stefan
    password passwort passw letmein welcome qwerty qwertyuiop qwertz asdfgh asdfghjkl zxcvbn
    zxcvbnm iloveyou monkey dragon sunshine princess football baseball superman batman master
    shadow michael login hello freedom whatever trustno starwars computer internet changeme
    default guest user access manager temporar temporary
    """.split()  # noqa: SIM905 -- a list of words is read as words
)
_ROWS = ("01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_DIGITS_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")


class PasswordProblem(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LIKE_NAME = "like_name"
    TOO_COMMON = "too_common"


def prepare(password: str) -> str:
    """Return the password as it is hashed: one form of each letter, whatever keyboard sent it."""
    return unicodedata.normalize("NFKC", password).translate(_CEDILLA_TO_COMMA)


def password_problems(password: str, names: Iterable[str] = ()) -> Sequence[PasswordProblem]:
    """List what is wrong with a new password; `names` are the person's names and addresses."""
    prepared = prepare(password)
    if len(prepared) < SHORTEST:
        return (PasswordProblem.TOO_SHORT,)
    if len(prepared) > LONGEST:
        return (PasswordProblem.TOO_LONG,)
    if _is_made_of_names(prepared, names):
        return (PasswordProblem.LIKE_NAME,)
    if _is_common(prepared):
        return (PasswordProblem.TOO_COMMON,)
    return ()


def _plain(text: str) -> str:
    """Return letters and digits only, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())


def _is_made_of_names(password: str, names: Iterable[str]) -> bool:
    """Tell whether little more than the names (and digits) is in the password."""
    words = {_plain(word) for name in names for word in re.split(r"[\s\-@._]+", name)}
    words |= {_plain(name) for name in names}
    left = _plain(password)
    for word in sorted((w for w in words if len(w) >= 3), key=len, reverse=True):
        left = left.replace(word, "")
    return len(re.sub(r"\d", "", left)) < 4 and left != _plain(password)


def _is_common(password: str) -> bool:
    plain = _plain(password)
    if len(set(plain)) < 4 or _is_along_a_row(plain):
        return True
    letters = re.sub(r"\d", "", plain)
    core = password.casefold().strip(string.digits + string.punctuation)
    disguised = re.sub(r"[^a-z]", "", core.translate(_DIGITS_AS_LETTERS))
    return any(_is_repeated_word(text) for text in (letters, disguised))


def _is_repeated_word(text: str) -> bool:
    return not text or any(
        len(text) % len(word) == 0 and word * (len(text) // len(word)) == text
        for word in _COMMON_WORDS
    )


def _is_along_a_row(text: str) -> bool:
    return any(text in row * 2 or text in row[::-1] * 2 for row in _ROWS)
