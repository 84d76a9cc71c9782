"""What one line of a pasted text is: a stem, an option, an answer, the head of a key."""

from __future__ import annotations

import re
from dataclasses import dataclass

RIGHT_SIGNS = "*✓✔√☑☒✅"

_STEM = re.compile(r"(\d{1,3})\s?([.)])\s+(\S.*)")
_WORDED_STEM = re.compile(
    r"(?:întrebarea|intrebarea|question)\s+(?:nr\.?\s*)?(\d{1,3})\s*[.:)]?\s*(.*)", re.IGNORECASE
)
_LETTERED = re.compile(rf"([{RIGHT_SIGNS}]\s*)?\(?([A-Za-z])(\*)?\s?([.)])(.*)")
_BOLD_LABEL = re.compile(r"\*\*\(?([A-Za-z])\s?([.)])\*\*\s*(.*)")
_BOLD_LINE = re.compile(r"\*\*\(?([A-Za-z])\s?([.)])\s*(.*?)\*\*")
_BULLET = re.compile(r"(\[[ xX✓✔]?\]|\([ xX•*✓✔]?\)|[-–—•◦▪○●☐☑☒*])\s+(\S.*)")
_SUFFIX = re.compile(
    r"(?<!\s)\s*(?:\((?:corect[ăa]?|right|correct|x)\)|[✓✔√✅])\s*$", re.IGNORECASE
)
_WHOLE = (
    re.compile(r"\*\*(?!\*)(.+?)(?<!\*)\*\*"),
    re.compile(r"__(?!_)(.+?)(?<!_)__"),
    re.compile(r"<u>(.+?)</u>"),
    re.compile(r"<mark>(.+?)</mark>"),
    re.compile(r"==(.+?)=="),
)
_FEEDBACK = re.compile(r"\s#(?!\s*$)\s*")
_ANSWER = re.compile(
    r"(?:answer|r[ăa]spuns(?:ul)?(?:\s+corect)?|corect|varianta\s+corect[ăa])\s*[:=]\s*(.*)",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?:\#++\s*)?(?:\*\*)?(?:r[ăa]spunsuri(?:le)?(?:\s+corecte)?|chei(?:e|a)?(?:\s+de\s+(?:control|"
    r"corectare|r[ăa]spunsuri))?|barem(?:ul)?(?:\s+de\s+corectare)?|grila(?:\s+de\s+r[ăa]spunsuri)?"
    r"|answers|answer\s+key|key)(?:\*\*)?\s*(?::|$)(?:\*\*)?\s*(.*)",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(
    r"(?:explica[țţt]i[ea]|comentariu|feedback|explanation)\s*:\s*(.+)", re.IGNORECASE
)
_HEADING = re.compile(r"#{1,6}\s+(\S.*?)\s*#*")
_MODULE = re.compile(
    r"(?:\*\*)?((?:modulul|modul|module|capitolul|unitatea|tema)\s+(?:\d{1,2}|[IVX]{1,5})\b[^?]*?)"
    r"(?:\*\*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Numbered:
    """The first line of a numbered question."""

    number: int
    delimiter: str
    text: str


@dataclass(frozen=True)
class Lettered:
    """An option with its letter; `is_strong` says that all of it is bold or the like."""

    letter: str
    text: str
    is_right: bool
    is_strong: bool
    feedback: str = ""


@dataclass(frozen=True)
class Bulleted:
    """An option without a letter."""

    mark: str
    text: str
    is_right: bool
    is_strong: bool
    feedback: str = ""

    @property
    def is_box(self) -> bool:
        """Whether several may be ticked."""
        return self.mark[0] in "[☐☑☒"


def numbered(line: str) -> Numbered | None:
    """Read „3. Câte …?” or „Întrebarea 3: …”."""
    if match := _STEM.fullmatch(line):
        return Numbered(int(match[1]), match[2], match[3])
    if match := _WORDED_STEM.fullmatch(line):
        return Numbered(int(match[1]), ":", match[2])
    return None


def lettered(line: str) -> Lettered | None:
    """Read „b) trei”, „*B. trei”, „**b) trei**”, „b) trei *” …"""
    strong = _BOLD_LINE.fullmatch(line) or _BOLD_LABEL.fullmatch(line)
    if strong is not None:
        text, feedback = _with_feedback(strong[3])
        return Lettered(strong[1].lower(), text, False, True, feedback)
    match = _LETTERED.fullmatch(line)
    if match is None or (match[4] == "." and match[5] and not match[5][0].isspace()):
        return None
    text, feedback = _with_feedback(match[5].strip())
    is_right = bool(match[1] or match[3])
    text, is_marked = without_marks(text)
    text, is_strong = without_emphasis(text)
    return Lettered(match[2].lower(), text, is_right or is_marked, is_strong, feedback)


def bulleted(line: str) -> Bulleted | None:
    """Read „- trei”, „[x] trei”, „( ) trei”, „• trei”."""
    match = _BULLET.fullmatch(line)
    if match is None:
        return None
    text, feedback = _with_feedback(match[2].strip())
    text, is_marked = without_marks(text)
    text, is_strong = without_emphasis(text)
    is_right = is_marked or match[1][0] in "☑☒" or (len(match[1]) == 3 and match[1][1] != " ")
    return Bulleted(match[1], text, is_right, is_strong, feedback)


def _with_feedback(text: str) -> tuple[str, str]:
    """Split „trei #Corect: vedeți lecția 1.1.”, as GIFT does."""
    match = _FEEDBACK.search(text)
    return (text[: match.start()].rstrip(), text[match.end() :].strip()) if match else (text, "")


def without_marks(text: str) -> tuple[str, bool]:
    """Take a star before or after an option's text, where it is no pair of Markdown's."""
    shorter = _SUFFIX.sub("", text)
    if shorter != text and shorter:
        return shorter, True
    stars = text.replace("\\*", "").replace("**", "").count("*")
    if stars % 2 and text.startswith("*"):
        return text[1:].lstrip(), True
    if stars % 2 and text.endswith("*"):
        return text[:-1].rstrip(), True
    return text, False


def without_emphasis(text: str) -> tuple[str, bool]:
    """Take away what makes all of a text bold, underlined or marked."""
    for pattern in _WHOLE:
        if match := pattern.fullmatch(text):
            return match[1].strip(), True
    return text, False


def split_inline(line: str) -> list[str]:
    """Split „a) 2    b) 3    c) 4”: options on one line, with room between them."""
    parts: list[str] = []
    rest, letter = line, "a"
    first = lettered(line)
    if first is None or first.letter != "a":
        return [line]
    while True:
        letter = chr(ord(letter) + 1)
        either = f"{letter}{letter.upper()}"
        match = re.search(
            rf"(?:\t|(?<!\s)\s{{2,}})[{RIGHT_SIGNS}]?\s?\(?[{either}]\s?[.)]\s?", rest
        )
        if match is None:
            return [*parts, rest.strip()]
        parts.append(rest[: match.start()].strip())
        rest = rest[match.start() :].strip()


def answer(line: str) -> str | None:
    """Read „Răspuns: b” or „ANSWER: B”; what it says, else None."""
    match = _ANSWER.fullmatch(line)
    return match[1].strip() if match else None


def key_head(line: str) -> str | None:
    """Read „Răspunsuri: 1 b, 2 c”: what follows the head, which may be nothing; else None."""
    match = _KEYS.fullmatch(line)
    return match[1].strip() if match else None


def explanation(line: str) -> str | None:
    """Read „Explicație: …”."""
    match = _EXPLAINED.fullmatch(line)
    return match[1].strip() if match else None


def heading(line: str) -> str | None:
    """Read „## Modulul 2”, or a line that names a module and says nothing else."""
    if match := _HEADING.fullmatch(line):
        return without_emphasis(match[1])[0]
    match = _MODULE.fullmatch(line)
    return match[1].strip(" .:–-") if match and len(line) <= 120 else None
