"""Questions as people write them in Word: numbered stems, lettered options, marks, a key.

Nothing is guessed: a question without a right answer, or with two that contradict each other, is
handed back to be asked about; a text that fits nothing is named by its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lms.quizzes.exchange.gift_syntax import Key, hide_escapes
from lms.quizzes.exchange.sections import YES_OR_NO, shuffle_of, title_of
from lms.quizzes.workshop import lines as look
from lms.quizzes.workshop.key_list import KeyList, answers_row, looks_like_key, read_key
from lms.quizzes.workshop.values import Fault, Heading, OptionLine, Remark

_KEY = re.compile(r"\[([A-Za-z][\w-]{0,30}):((?:\\.|[^\]\\]){0,300})\]")
Line = tuple[int, str | None]  # its number, and its text; None where something else stands


@dataclass
class Option:
    """An option under way."""

    line: int
    text: str
    is_right: bool
    is_strong: bool = False
    feedback: str = ""
    mark: str = ""  # the bullet


@dataclass
class Draft:
    """A question under way."""

    first: int
    last: int
    stem: list[str] = field(default_factory=list)
    number: int | None = None
    delimiter: str = ""
    options: list[Option] = field(default_factory=list)
    style: str = ""  # of its options: letter, bullet or number
    is_ticked: bool = False  # options in boxes: several may be right
    answer: tuple[str, int] | None = None
    key: tuple[str, int] | None = None
    general: list[str] = field(default_factory=list)
    keys: tuple[Key, ...] = ()
    section: int = 0

    @property
    def words(self) -> str:
        """The stem; lines that a person broke stay broken."""
        return "\n".join(self.stem).strip()

    @property
    def option_lines(self) -> tuple[OptionLine, ...]:
        """The options as the page shows them."""
        return tuple(OptionLine(o.line, o.text, o.is_right) for o in self.options)


@dataclass
class PlainText:
    """What came of reading."""

    drafts: list[Draft] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    consumed: set[int] = field(default_factory=set)


def read_plain(lines: Sequence[Line]) -> PlainText:
    """Read the lines that are not GIFT."""
    return _Reader(lines).read()


class _Reader:
    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.found = PlainText()
        self.current: Draft | None = None
        self.keys: list[Key] = []
        self.keys_at: int | None = None
        self.after_blank = True
        self.section = 0
        self.unkeyed: list[Draft] = []  # since the last key

    def read(self) -> PlainText:
        at = 0
        while at < len(self.lines):
            at = self._line(at)
        self._finish()
        return self.found

    def _line(self, at: int) -> int:
        """Take one line, or a whole key; return where the next one begins."""
        number, raw = self.lines[at]
        line = raw.strip() if raw is not None else ""
        if raw is None:
            self._finish()
        elif not line:
            self.after_blank = True
            return at + 1
        elif line.startswith("//"):
            self._comment(number, line)
            if shuffle_of(line) is not None:
                self.after_blank = True  # it belongs to the heading on the next line
                return at + 1
        elif (said := look.key_head(line)) is not None and self._is_key(at, said):
            return self._key(at, said)
        elif self.after_blank and (title := look.heading(hide_escapes(line))) is not None:
            self._finish()
            self.section += 1
            self.found.headings.append(
                Heading(number, title_of(title), shuffle=self._shuffle(), last=number)
            )
            self.found.consumed.add(number)
        else:
            self._words(at, number, line)
        self.after_blank = False
        return at + 1

    def _comment(self, number: int, line: str) -> None:
        keys = [Key(number, m[1], m[2].strip()) for m in _KEY.finditer(line[:4000])]
        if keys:
            self._finish()
            self.keys += keys
            self.keys_at = self.keys_at or number
            self.found.consumed.add(number)

    def _shuffle(self) -> bool | None:
        """Take what a comment over a heading says of the order of its questions."""
        if [key.name for key in self.keys] != ["shuffle"]:
            return None
        key = self.keys.pop()
        self.keys_at = None
        said = YES_OR_NO.get(key.value.casefold())
        if said is None:
            self.found.remarks.append(Remark(key.line, Fault.SHUFFLE, key.value[:40]))
        return said

    # The key at the end ----------------------------------------------------------------------

    def _is_key(self, at: int, said: str) -> bool:
        if said:
            return bool(re.search(r"\d", said)) and looks_like_key(said)
        following = next((t for _n, t in self.lines[at + 1 :] if t is None or t.strip()), None)
        return following is not None and (
            looks_like_key(following) or self._section_of(following)[0] is not None
        )

    def _section_of(self, line: str) -> tuple[int | None, str]:
        """Read „Modulul 2: 1 b, 2 c”: the section of that heading, and the rest."""
        name, colon, rest = line.strip().lstrip("#").strip().partition(":")
        wanted = _same(name)
        for index, heading in enumerate(self.found.headings, 1):
            title = _same(heading.text)
            if wanted and (title == wanted or title.partition(":")[0] == wanted):
                return index, rest if colon else ""
        return None, line

    def _key(self, at: int, said: str) -> int:
        self._finish()
        number = self.lines[at][0]
        parts: list[tuple[int | None, list[tuple[int, str]]]] = [(None, [])]
        if said:
            parts[-1][1].append((number, said))
        self.found.consumed.add(number)
        at += 1
        while at < len(self.lines):
            number, raw = self.lines[at]
            if raw is None:
                break
            section, rest = self._section_of(raw)
            if section is not None:
                parts.append((section, [(number, rest)] if rest.strip() else []))
            elif looks_like_key(raw) or (parts[-1][1] and answers_row(parts[-1][1][-1][1], raw)):
                parts[-1][1].append((number, raw))
            elif raw.strip():
                break
            self.found.consumed.add(number)
            at += 1
        for section, key_lines in parts:
            self._apply(read_key(key_lines), section)
        self.unkeyed = []
        self.after_blank = True
        return at

    def _apply(self, key: KeyList, section: int | None) -> None:
        self.found.remarks += key.remarks
        for number, (said, line) in key.answers.items():
            meant = [
                d
                for d in self.unkeyed
                if d.number == number and (section is None or d.section == section)
            ]
            here = [d for d in meant if d.section == self.section]
            if len(meant) > 1 and len(here) == 1:  # each part may count its questions anew
                meant = here
            if len(meant) == 1:
                meant[0].key = (said, line)
            else:
                fault = Fault.KEY_TWICE if meant else Fault.KEY_NUMBER
                self.found.remarks.append(Remark(line, fault, str(number)))

    # Questions -------------------------------------------------------------------------------

    def _words(self, at: int, number: int, line: str) -> None:
        current = self.current
        if (said := look.answer(line)) is not None:
            if current is None:
                self.found.remarks.append(Remark(number, Fault.ANSWER_ALONE))
            else:
                current.answer = (said, number)
                self._take(current, number)
        elif current is not None and (said := look.explanation(line)) is not None:
            current.general.append(said)
            self._take(current, number)
        elif not self._option(number, line) and not self._stem(number, line):
            self._text(at, number, line)

    def _take(self, draft: Draft, number: int) -> None:
        draft.last = number
        self.found.consumed.add(number)

    def _begin(self, number: int, text: str, stem: look.Numbered | None = None) -> None:
        self._finish()
        first = self.keys_at or number
        self.current = Draft(first, number, [text], keys=tuple(self.keys), section=self.section)
        if stem is not None:
            self.current.number, self.current.delimiter = stem.number, stem.delimiter
        self.keys, self.keys_at = [], None
        self.found.consumed.add(number)

    def _finish(self) -> None:
        if self.current is not None:
            _settle_bullets(self.current)
            self.found.drafts.append(self.current)
            self.unkeyed.append(self.current)
        self.current = None

    def _stem(self, number: int, line: str) -> bool:
        read = look.numbered(line)
        if read is None:
            return False
        current = self.current
        if current is not None and self._is_numbered_option(current, read):
            current.style = "number"
            text, is_right = look.without_marks(read.text)
            text, is_strong = look.without_emphasis(text)
            current.options.append(Option(number, text, is_right, is_strong))
            self._take(current, number)
            return True
        self._begin(number, read.text, read)
        return True

    @staticmethod
    def _is_numbered_option(current: Draft, read: look.Numbered) -> bool:
        """Whether „1) …” stands under „1. …”: another sign after the number, counted from one."""
        return (
            current.delimiter in (".", ":")
            and read.delimiter == ")"
            and current.answer is None
            and current.style in ("", "number")
            and read.number == len(current.options) + 1
        )

    def _option(self, number: int, line: str) -> bool:
        current = self.current
        if current is None or current.answer is not None:
            return False
        read = look.lettered(line)
        expected = chr(ord("a") + len(current.options)) if current.style != "bullet" else "a"
        if read is not None and read.letter == expected and current.style != "number":
            if current.style == "bullet":  # they belong to the stem: a list that is asked about
                current.stem += [f"- {o.text}" for o in current.options]
                current.options = []
            current.style = "letter"
            for part in look.split_inline(line):
                piece = look.lettered(part)
                assert piece is not None
                current.options.append(
                    Option(number, piece.text, piece.is_right, piece.is_strong, piece.feedback)
                )
            self._take(current, number)
            return True
        bullet = look.bulleted(line) if current.style in ("", "bullet") else None
        if bullet is None:
            return False
        current.style = "bullet"
        current.is_ticked = current.is_ticked or bullet.is_box
        current.options.append(
            Option(
                number,
                bullet.text,
                bullet.is_right,
                bullet.is_strong,
                bullet.feedback,
                bullet.mark,
            )
        )
        self._take(current, number)
        return True

    def _text(self, at: int, number: int, line: str) -> None:
        current = self.current
        if current is None:
            self._begin(number, line)
        elif current.options or current.answer is not None:
            if self.after_blank or current.answer is not None or self._precedes_options(at):
                self._begin(number, line)
            else:
                current.options[-1].text += f" {line}"
                self._take(current, number)
        elif current.number is None and self.after_blank:
            self._begin(number, line)
        else:
            current.stem += ["", line] if self.after_blank else [line]
            self._take(current, number)

    def _precedes_options(self, at: int) -> bool:
        """Whether the next line begins the options anew: then this one is a stem without number."""
        if at + 1 == len(self.lines):
            return False
        following = self.lines[at + 1][1]
        read = look.lettered(following.strip()) if following else None
        return read is not None and read.letter == "a"


def _settle_bullets(draft: Draft) -> None:
    """Read „*” among „-”, and „●” among „○”, as the right ones."""
    if draft.style != "bullet":
        return
    marks = [option.mark for option in draft.options]
    for strong in ("*", "●"):
        if strong in marks and len(set(marks)) > 1:
            for option, mark in zip(draft.options, marks, strict=True):
                option.is_right = option.is_right or mark == strong


def _same(text: str) -> str:
    return " ".join(text.casefold().replace("ţ", "ț").replace("ş", "ș").split()).strip(" .–-")


def lines_of(text: str, hidden: Iterable[int]) -> list[Line]:
    """Number the lines of a text; those that something else was read from are hidden."""
    away = frozenset(hidden)
    return [
        (number, None if number in away else line)
        for number, line in enumerate(text.split("\n"), 1)
    ]
