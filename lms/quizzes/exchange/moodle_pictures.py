"""Pictures with zones in Moodle XML: labels to be dragged onto a picture, markers to be set on it.

Moodle counts pixels and knows no words for a zone; `words`, `shape` and `points` on a `<drop>`, and
`alt` on the picture's file, are what only we read again.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import unescape
from typing import Protocol
from xml.etree.ElementTree import Element

from PIL import Image, UnidentifiedImageError

from lms.quizzes.exchange.moodle_types import TAG, Found, Source, Unusable, number
from lms.quizzes.exchange.pictures import decoded, names_in
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.ids import derive_id
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.picture_labels.rules import PictureLabels
from lms.quizzes.question_types.picture_labels.zones import Area, Shape
from lms.quizzes.question_types.picture_markers.rules import PictureMarkers
from lms.quizzes.question_types.protocol import QuestionFault

Size = tuple[int, int]
_USUAL: Size = (600, 400)
_LETTER, _LINE = 8, 30  # how large Moodle draws a label, about
_WHOLE = Decimal(100)


# Reading -------------------------------------------------------------------------------------


def read_labels(source: Source) -> Found:
    """Read a picture whose places take labels."""
    picture, size = read_picture(source)
    drags = source.element.findall("drag")
    labels = [_label(source, drag) for drag in drags]
    sizes = _sizes(drags, labels)
    drops = source.element.findall("drop")
    zones = [_zone(source, drop, at, labels, (size, sizes)) for at, drop in enumerate(drops)]
    return {
        "type": "picture_labels",
        "picture": picture,
        "labels": [{k: v for k, v in each.items() if k != "no"} for each in labels],
        "zones": zones,
        "reuse": any(drag.find("infinite") is not None for drag in drags),
    }, [line_of(drop) for drop in drops]


def read_picture(source: Source) -> tuple[str, Size]:
    """Read the picture itself: the text that shows it, and how large it is."""
    file = source.element.find("file")
    data = decoded(file.text or "") if file is not None else None
    size = size_of(data or b"")
    name = source.keep(file) if file is not None and size is not None else ""
    if file is None or size is None or not name:
        raise Unusable(ProblemKind.INVALID_QUESTION, source.line, QuestionFault.NO_PICTURE)
    alt = " ".join((file.get("alt") or "").split())
    if not alt:
        source.lose(Lost.ALTERNATIVES)
    plain = alt.translate({ord(sign): None for sign in "[]\\"})
    return f"![{plain}]({name})", size


def size_of(data: bytes) -> Size | None:
    """Tell a picture's width and height; None where it is none."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


def _label(source: Source, drag: Element) -> dict[str, object]:
    text = " ".join(unescape(TAG.sub("", drag.findtext("text") or "")).split())
    if drag.find("file") is not None:
        source.lose(Lost.PICTURE, text)
    number_ = (drag.findtext("no") or "").strip()
    group = number((drag.findtext("draggroup") or "1").strip(), line_of(drag), "group")
    name = derive_id(text, prefix=f"g{group}-" if group > 1 else "")
    return {"id": name, "no": number_, "text": text, "group": int(group)}


def _sizes(drags: list[Element], labels: list[dict[str, object]]) -> Mapping[object, Size]:
    """Tell how large the places of each group are: as its largest label."""
    found: dict[object, Size] = {}
    for drag, label in zip(drags, labels, strict=True):
        file = drag.find("file")
        picture = size_of(decoded(file.text or "") or b"") if file is not None else None
        across, down = picture or (len(str(label["text"])) * _LETTER + 20, _LINE)
        before = found.get(label["group"], (0, 0))
        found[label["group"]] = (max(across, before[0]), max(down, before[1]))
    return found


def _zone(
    source: Source,
    drop: Element,
    at: int,
    labels: list[dict[str, object]],
    sizes: tuple[Size, Mapping[object, Size]],
) -> dict[str, object]:
    line = line_of(drop)
    choice = (drop.findtext("choice") or "").strip()
    label = next((each for each in labels if each["no"] == choice), None)
    if label is None:
        raise Unusable(ProblemKind.BAD_ANSWERS, line, choice[:40])
    words = " ".join((drop.get("words") or drop.findtext("text") or "").split())
    if not words:
        source.lose(Lost.ALTERNATIVES)
    found: dict[str, object] = {"words": words or f"Locul {at + 1}", "label": label["id"]}
    if drop.get("points"):
        return found | {"shape": drop.get("shape", ""), "points": drop.get("points", "")}
    left = number((drop.findtext("xleft") or "0").strip(), line, "xleft")
    top = number((drop.findtext("ytop") or "0").strip(), line, "ytop")
    across, down = sizes[1][label["group"]]
    corners = ((left, top), (left + across, top + down))
    return found | {"shape": Shape.RECTANGLE.value, "points": in_percent(corners, sizes[0])}


def in_percent(points: tuple[tuple[Decimal, Decimal], ...], size: Size) -> str:
    """Write pixels as per cent of a picture; what lies outside is drawn to its edge."""

    def part(value: Decimal, whole: int) -> str:
        return number_text(round(min(max(value * 100 / whole, Decimal(0)), _WHOLE), 3))

    return " ".join(f"{part(x, size[0])},{part(y, size[1])}" for x, y in points)


# Writing -------------------------------------------------------------------------------------


class Writer(Protocol):
    """What the writer of a question offers."""

    def files(self) -> Mapping[str, bytes]:
        """Return the pictures of the question."""

    def escaped(self, text: str) -> str:
        """Escape a text for XML."""

    def attribute(self, text: str) -> str:
        """Quote a value for an attribute."""

    def lose(self, what: Lost, detail: str = "") -> None:
        """Remember what Moodle has no place for."""


def write_labels(writer: Writer, question: PictureLabels) -> Iterator[str]:
    """Write picture, labels and places."""
    yield "<shuffleanswers>1</shuffleanswers>\n"
    written, size = write_picture(writer, question.picture)
    yield written
    again = "<infinite/>" if question.reuse else ""
    for at, word in enumerate(question.words, 1):
        yield (
            f"<drag><no>{at}</no><text>{writer.escaped(word.text)}</text>"
            f"<draggroup>{word.group}</draggroup>{again}</drag>\n"
        )
    ids = [word.id for word in question.words]
    for at, zone in enumerate(question.zones, 1):
        left, top, _right, _bottom = zone.area.box
        yield (
            f"<drop words={writer.attribute(zone.words)} shape={writer.attribute(zone.area.shape)}"
            f" points={writer.attribute(zone.area.text())}>"
            f"<text>{writer.escaped(zone.words)}</text><no>{at}</no>"
            f"<choice>{ids.index(zone.label) + 1}</choice>"
            f"<xleft>{pixels(left, size[0])}</xleft><ytop>{pixels(top, size[1])}</ytop></drop>\n"
        )


def write_picture(writer: Writer, picture: str) -> tuple[str, Size]:
    """Write the picture as a file of the question; tell how large it is."""
    name = next(iter(names_in(picture)), "")
    data = writer.files().get(name)
    if data is None:
        writer.lose(Lost.PICTURE)
        return "", _USUAL
    alt = picture.partition("![")[2].partition("](")[0]
    content = base64.b64encode(data).decode()
    return (
        f'<file name="{name}" path="/" encoding="base64" alt={writer.attribute(alt)}>'
        f"{content}</file>\n",
        size_of(data) or _USUAL,
    )


def pixels(percent: Decimal, whole: int) -> int:
    """Turn per cent into pixels."""
    return round(percent * whole / 100)


def area_in_pixels(area: Area, size: Size) -> tuple[tuple[int, int], ...]:
    """Write the points of an area in pixels."""
    return tuple((pixels(x, size[0]), pixels(y, size[1])) for x, y in area.points)


# Markers -------------------------------------------------------------------------------------


def read_markers(source: Source) -> Found:
    """Read a picture on which markers are set."""
    picture, size = read_picture(source)
    drags = source.element.findall("drag")
    labels = [_label(source, drag) for drag in drags]
    drops = [*source.element.findall("drop"), *source.element.findall("place")]
    zones = [_target(source, drop, at, labels, size) for at, drop in enumerate(drops)]
    for drag, label in zip(drags, labels, strict=True):
        times = max(1, sum(zone["label"] == label["id"] for zone in zones))
        said = (drag.findtext("noofdrags") or "1").strip()
        if drag.find("infinite") is not None or said != str(times):
            source.lose(Lost.DISTRACTORS, str(label["text"]))
    return {
        "type": "picture_markers",
        "picture": picture,
        "labels": [{k: v for k, v in each.items() if k != "no"} for each in labels],
        "zones": zones,
    }, [line_of(drop) for drop in drops]


def _target(
    source: Source, drop: Element, at: int, labels: list[dict[str, object]], size: Size
) -> dict[str, object]:
    line = line_of(drop)
    choice = (drop.findtext("choice") or "").strip()
    label = next((each["id"] for each in labels if each["no"] == choice), "")
    if not label and drop.tag == "drop":
        raise Unusable(ProblemKind.BAD_ANSWERS, line, choice[:40])
    words = " ".join((drop.get("words") or "").split())
    if not words:
        source.lose(Lost.ALTERNATIVES)
    found: dict[str, object] = {"words": words or f"Locul {at + 1}", "label": label}
    if drop.get("points"):
        return found | {"shape": drop.get("shape", ""), "points": drop.get("points", "")}
    shape, points = _coordinates(drop, line, size)
    return found | {"shape": shape, "points": points}


def _coordinates(drop: Element, line: int, size: Size) -> tuple[str, str]:
    """Read Moodle's pixels: „x,y;r”, „x,y;width,height”, or corners."""
    kind = (drop.findtext("shape") or "").strip().lower()
    written = (drop.findtext("coords") or "").strip()
    points = [
        [number(each.strip(), line, "coords") for each in point.split(",")]
        for point in written.split(";")
        if point.strip()
    ]
    match kind, [len(point) for point in points]:
        case "circle", [2, 1]:
            (x, y), (r,) = points
            across, down = min(r, x, size[0] - x), min(r, y, size[1] - y)
            return Shape.ELLIPSE.value, in_percent(((x, y), (across, down)), size)
        case "rectangle", [2, 2]:
            (x, y), (width, height) = points
            return Shape.RECTANGLE.value, in_percent(((x, y), (x + width, y + height)), size)
        case "polygon", [*lengths] if len(lengths) > 2 and set(lengths) == {2}:
            return Shape.POLYGON.value, in_percent(tuple((x, y) for x, y in points), size)
    raise Unusable(ProblemKind.BAD_ANSWERS, line, f"{kind} {written}"[:40])


def write_markers(writer: Writer, question: PictureMarkers) -> Iterator[str]:
    """Write picture, markers and places."""
    yield "<shuffleanswers>1</shuffleanswers>\n"
    written, size = write_picture(writer, question.picture)
    yield written
    for at, word in enumerate(question.words, 1):
        times = max(1, sum(zone.label == word.id for zone in question.zones))
        yield (
            f"<drag><no>{at}</no><text>{writer.escaped(word.text)}</text>"
            f"<noofdrags>{times}</noofdrags></drag>\n"
        )
    ids = [word.id for word in question.words]
    for at, zone in enumerate(question.zones, 1):
        own = (
            f" words={writer.attribute(zone.words)} shape={writer.attribute(zone.area.shape)}"
            f" points={writer.attribute(zone.area.text())}"
        )
        if not zone.label:  # Moodle has no places where nothing belongs
            yield f"<place{own}/>\n"
            continue
        shape, coords = _in_pixels(zone.area, size)
        yield (
            f"<drop{own}><no>{at}</no><shape>{shape}</shape><coords>{coords}</coords>"
            f"<choice>{ids.index(zone.label) + 1}</choice></drop>\n"
        )


def _in_pixels(area: Area, size: Size) -> tuple[str, str]:
    points = area_in_pixels(area, size)
    if area.shape is Shape.ELLIPSE:
        (x, y), (across, down) = points
        return "circle", f"{x},{y};{max(1, (across + down) // 2)}"
    if area.shape is Shape.RECTANGLE:
        (x, y), (right, bottom) = points
        return "rectangle", f"{x},{y};{right - x},{bottom - y}"
    return "polygon", ";".join(f"{x},{y}" for x, y in points)
