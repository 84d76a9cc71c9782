"""Labels of a picture in a quiz file: in braces first the picture, then zones and labels.

`=rectangle 10,20 30,40: where it is -> label`, `=ellipse 50,50 10,8: …`, `=polygon 0,0 9,0 9,9: …`
in per cent of the picture; `~label` only misleads; `/2/ label` is of group 2. `[reuse:yes]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.quizzes.exchange.gift_answers import Piece, Unreadable
from lms.quizzes.exchange.gift_forms import Source, Written, general_part, text_part
from lms.quizzes.exchange.gift_syntax import restore
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.question_types.ids import derive_id
from lms.quizzes.question_types.picture_labels.pictured import Pictured
from lms.quizzes.question_types.picture_labels.rules import NAME, PictureLabels
from lms.quizzes.question_types.protocol import QuestionFault

KEYS = frozenset({"reuse"})
WORDS: frozenset[str] = frozenset()
_GROUP = re.compile(r"\s*/(\d{1,2})/\s*", re.ASCII)


def read(source: Source) -> dict[str, object]:
    """Read picture, zones and labels."""
    reuse = source.choice("reuse", "yes", "no") == "yes"
    return {"type": NAME, **read_pictured(source), "reuse": reuse}


def read_pictured(source: Source, *, is_bare: bool = False) -> dict[str, object]:
    """Read what both types have; `is_bare`: a zone may have no label."""
    lead, pieces = source.lead_and_pieces()
    picture = source.texts.markdown(lead)
    if picture.count("![") != 1:
        line = source.body.line_at(0)
        raise Unreadable(ProblemKind.INVALID_QUESTION, line, QuestionFault.NO_PICTURE)
    labels: dict[str, dict[str, object]] = {}
    zones = [
        _zone(source, piece, labels)
        for piece in pieces
        if piece.sign == "=" or (is_bare and ":" in piece.text)
    ]
    for piece in pieces:
        if piece.sign == "~" and not (is_bare and ":" in piece.text):
            _label(source.plain(piece.text), labels)
    return {"picture": picture, "zones": zones, "labels": list(labels.values())}


def _zone(source: Source, piece: Piece, labels: dict[str, dict[str, object]]) -> dict[str, str]:
    left, arrow, right = piece.text.partition("->")
    area, colon, words = left.partition(":")
    shape, _space, points = restore(area).strip().partition(" ")
    if bool(arrow) != (piece.sign == "=") or not colon:
        raise Unreadable(ProblemKind.BAD_ANSWERS, piece.line, restore(piece.text).strip()[:40])
    return {
        "shape": shape,
        "points": points.strip(),
        "words": source.plain(words),
        "label": _label(source.plain(right), labels) if arrow else "",
    }


def _label(written: str, labels: dict[str, dict[str, object]]) -> str:
    found = _GROUP.match(written)
    text = " ".join((written[found.end() :] if found else written).split())
    group = int(found[1]) if found else 1
    name = derive_id(text, prefix=f"g{group}-" if group > 1 else "")
    labels.setdefault(name, {"id": name, "text": text, "group": group})
    return name


def write(question: PictureLabels) -> Written:
    """Write picture, zones and labels."""
    used = {zone.label for zone in question.zones}
    is_twice = len(used) < len(question.zones)
    return Written(_body(question), [("reuse", "yes" if question.reuse and not is_twice else "")])


def _body(question: PictureLabels) -> Iterator[str]:
    yield text_part(question.picture)
    yield from zones_and_labels(question)
    yield from general_part(question)


def zones_and_labels(question: Pictured) -> Iterator[str]:
    """Write zones with their labels, and the labels that mislead."""
    labels = {word.id: _written(word.text, word.group) for word in question.words}
    for zone in question.zones:
        words = text_part(zone.words).replace("->", "-\\>")
        head = f"{zone.area.shape} {zone.area.text()}: {words}"
        yield f"={head} -> {labels[zone.label]}" if zone.label else f"~{head}"
    used = {zone.label for zone in question.zones}
    yield from (f"~{labels[word.id]}" for word in question.words if word.id not in used)


def _written(text: str, group: int) -> str:
    is_marked = group > 1 or _GROUP.match(text) or text.startswith("%")
    return f"{f'/{group}/ ' if is_marked else ''}{text_part(text)}"
