"""A trainer's text put in order: what was typed becomes GIFT, what was GIFT stays as it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, QuizItem
from lms.quizzes.exchange.sections import shuffle_of, write_section
from lms.quizzes.workshop.lines import lettered
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.values import Asked, Heading, Piece, TextRead

_STATUS = re.compile(r"\s*\[status:[^\]]*\]")
_COMMENT = re.compile(r"^\s*//")


def with_ids(pieces: Sequence[Piece], prefix: str, taken: Collection[str]) -> list[Piece]:
    """Give each question without an id the next free one: `prefix-01`, `prefix-02` …"""
    used = {each.casefold() for each in taken}
    numbers = [
        int(match[1])
        for each in used
        if (match := re.fullmatch(rf"{re.escape(prefix.casefold())}-(\d+)", each))
    ]
    number = max(numbers, default=0)
    given = []
    for piece in pieces:
        item = piece.item
        if item is not None and not item.id:
            number += 1
            item = replace(item, id=f"{prefix}-{number:02}")
        given.append(replace(piece, item=item))
    return given


def settled(
    read: TextRead,
    pieces: Sequence[Piece],
    headings: Sequence[Heading] = (),
    *,
    keeps_rest: bool = True,
    status: ItemStatus | None = None,
) -> str:
    """Write pieces with their ids; `keeps_rest` keeps comments and categories between them too.

    `headings` are those that begin a section; others go. `status` is given to every question; left
    out, each keeps its own.
    """
    lines = read.text.split("\n")
    written = {piece.first: _written(lines, piece, status) for piece in pieces}
    if not keeps_rest:
        written = {p.first: _with_categories(written[p.first], p, pieces) for p in pieces}
    written |= {heading.line: write_section(heading.section) for heading in headings}
    if not keeps_rest:
        return _tidy("\n\n".join(written[first] for first in sorted(written)))
    away = {n for piece in read.pieces for n in range(piece.first, piece.last + 1)}
    away |= read.consumed
    away |= {n for h in read.headings for n in range(h.line, h.last + 1)}
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        if number in written:
            out += ["", written[number], ""]
        elif number not in away and _is_kept(line):
            out.append(line.rstrip())
    return _tidy("\n".join(out))


def _is_kept(line: str) -> bool:
    """Keep what GIFT passes over; words that belong to nothing were reported and go."""
    stripped = line.strip()
    return not stripped or stripped.startswith(("//", "$CATEGORY:"))


def _with_categories(text: str, piece: Piece, pieces: Sequence[Piece]) -> str:
    at = pieces.index(piece)
    category = piece.item.category if piece.item is not None else ""
    before = pieces[at - 1].item if at else None
    if category == (before.category if before is not None else ""):
        return text
    return f"$CATEGORY: {category}\n\n{text}"


def _written(lines: Sequence[str], piece: Piece, status: ItemStatus | None) -> str:
    item = piece.item
    assert item is not None
    if item.status is ItemStatus.READY and status is ItemStatus.DRAFT:
        status = None  # looked over already
    if piece.is_plain:
        return gift_of(item if status is None else replace(item, status=status))
    own = list(lines[piece.first - 1 : piece.last])
    if not any(_COMMENT.match(line) and "[id:" in line for line in own):
        own.insert(0, f"// [id:{item.id}]")
    if status is not None and status is not item.status:
        own = [_STATUS.sub("", line) if _COMMENT.match(line) else line for line in own]
        if status is not ItemStatus.PUBLISHED:
            at = next(i for i, line in enumerate(own) if "[id:" in line)
            own[at] = f"{own[at].rstrip()} [status:{status.value}]"
    return "\n".join(line.rstrip() if _COMMENT.match(line) else line for line in own).rstrip("\n")


def gift_of(item: QuizItem) -> str:
    """Write one question as it stands in a file, its category left to the lines around it."""
    return write_gift(QuizFile(items=(replace(item, category="", section=0),))).strip("\n")


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n" if text.strip() else ""


# Edits that the page makes -----------------------------------------------------------------------


def with_right(read: TextRead, first: int, place: int) -> str:
    """Mark an option of the question that begins on a line as the right one, in the text itself."""
    lines = read.text.split("\n")
    piece = next((p for p in read.pieces if p.first == first and p.asked), None)
    if piece is None or not 0 <= place < len(piece.options):
        return read.text
    line = piece.options[place].line
    shares_line = sum(option.line == line for option in piece.options) > 1
    written = lines[line - 1]
    if piece.asked is Asked.NO_RIGHT and not shares_line and lettered(written.strip()):
        indent = written[: len(written) - len(written.lstrip())]
        lines[line - 1] = f"{indent}*{written.lstrip()}"
    else:
        letter = lettered(lines[piece.options[0].line - 1].strip())
        said = chr(ord("a") + place) if letter else piece.options[place].text
        lines[piece.last - 1] += f"\nRăspuns: {said}"
    return "\n".join(lines)


def with_piece(read: TextRead, first: int | None, item: QuizItem) -> str:
    """Put a question in place of the one that begins on a line, or after the last one."""
    lines = read.text.split("\n")
    written = gift_of(item) if item.id else _without_id(gift_of(replace(item, id="x")))
    piece = next((p for p in read.pieces if p.first == first), None)
    if piece is None:
        return _tidy(f"{read.text}\n\n{written}\n")
    return _tidy("\n".join([*lines[: piece.first - 1], "", written, "", *lines[piece.last :]]))


def without_piece(read: TextRead, first: int) -> str:
    """Take a question out of the text."""
    lines = read.text.split("\n")
    piece = next((p for p in read.pieces if p.first == first), None)
    if piece is None:
        return read.text
    return _tidy("\n".join([*lines[: piece.first - 1], *lines[piece.last :]]))


def with_order(read: TextRead, line: int, *, shuffle: bool | None) -> str:
    """Say of the section whose heading stands on a line whether its questions are mixed."""
    lines = read.text.split("\n")
    heading = next((h for h in read.headings if h.line == line), None)
    if heading is None:
        return read.text
    has_comment = line > 1 and shuffle_of(lines[line - 2]) is not None
    above = lines[: line - 2] if has_comment else lines[: line - 1]
    said = [] if shuffle is None else [f"// [shuffle:{'yes' if shuffle else 'no'}]"]
    return "\n".join([*above, *said, *lines[line - 1 :]])


def _without_id(written: str) -> str:
    """Leave out the id of a question that has none yet; other keys stay."""
    head, _, rest = written.partition("\n")
    keys = head.replace("[id:x]", "").removeprefix("//").strip()
    return f"// {keys}\n{rest}" if keys else rest


def module_number(heading: str) -> int | None:
    """Read the number in „Modulul 3: …” or „Module III”."""
    match = re.match(
        r"(?:modulul|modul|module)\s+(?:(\d{1,2})|([IVX]{1,5}))\b", heading, re.IGNORECASE
    )
    if match is None:
        return None
    return int(match[1]) if match[1] else _roman(match[2].upper())


def _roman(text: str) -> int | None:
    values = [{"I": 1, "V": 5, "X": 10}[sign] for sign in text]
    total = 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < following else value
    return total or None


def edited(text: str, right: str = "", remove: str = "", order: str = "") -> str:
    """Carry out what a button beside the text asks.

    „12:1” chooses an option, „12” takes out; „12:keep” keeps a section's questions in order.
    """
    asked = re.fullmatch(r"(\d{1,6}):(keep|mix|usual)", order)
    if asked is not None:
        shuffle = {"keep": False, "mix": True}.get(asked[2])
        return with_order(read_text(text), int(asked[1]), shuffle=shuffle)
    place = re.fullmatch(r"(\d{1,6}):(\d{1,3})", right)
    if place is not None:
        return with_right(read_text(text), int(place[1]), int(place[2]))
    if re.fullmatch(r"\d{1,6}", remove):
        return without_piece(read_text(text), int(remove))
    return text
