"""Whether an SVG picture may stand on our pages: drawing only, nothing that runs or reaches out."""

from __future__ import annotations

import re
from xml.parsers import expat

from lms.exchange.problems import Reason
from lms.quizzes.exchange.pictures import LARGEST, media_type, picture_name

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
MAX_DRAWING_BYTES = 500_000
_DEEPEST = 64
_DRAWING = frozenset(
    {"svg", "g", "defs", "symbol", "title", "desc", "path", "rect", "circle", "ellipse", "line"}
    | {"polyline", "polygon", "text", "tspan", "textPath", "marker", "linearGradient", "use"}
    | {"radialGradient", "stop", "clipPath", "mask", "pattern"}
)
_REFERENCE = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
_FORBIDDEN_WORDS = re.compile(r"javascript:|expression\s*\(|@import|-moz-binding", re.IGNORECASE)


class PictureRefusedError(ValueError):
    """Say why a picture can't be taken, on which line, and what it was about."""

    def __init__(self, reason: Reason, line: int, detail: str = "") -> None:
        super().__init__(f"{line}: {reason} {detail}")
        self.reason = reason
        self.line = line
        self.detail = detail


def check_figure(path: str, data: bytes) -> None:
    """Accept a drawing that only draws, or a picture that is what its name says."""
    is_drawing = path.endswith(".svg")
    if len(data) > (MAX_DRAWING_BYTES if is_drawing else LARGEST):
        raise PictureRefusedError(Reason.FILE_TOO_LARGE, 1)
    if is_drawing:
        check_svg(data)
    elif not picture_name(data).endswith(path[path.rindex(".") :]):
        raise PictureRefusedError(Reason.NOT_A_PICTURE, 1)


def check_svg(data: bytes) -> None:
    """Accept a picture that only draws; else raise PictureRefusedError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def refuse(detail: str) -> None:
        raise PictureRefusedError(Reason.DANGEROUS_PICTURE, parser.CurrentLineNumber, detail)

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        space, _, local = name.rpartition(" ")
        if depth > _DEEPEST:
            refuse(local)
        if depth == 1 and (space, local) != (SVG, "svg"):
            raise PictureRefusedError(Reason.NOT_A_PICTURE, parser.CurrentLineNumber, local)
        if space != SVG or local not in _DRAWING:
            refuse(local)
        for attribute, value in attributes.items():
            if not _may_stand(attribute, value):
                refuse(attribute.rpartition(" ")[2])

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = lambda *_: refuse("DOCTYPE")
    parser.ProcessingInstructionHandler = lambda target, _data: refuse(target)
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise PictureRefusedError(Reason.NOT_A_PICTURE, error.lineno) from error
    except ValueError as error:
        if isinstance(error, PictureRefusedError):
            raise
        raise PictureRefusedError(Reason.NOT_A_PICTURE, 1) from error


def _may_stand(attribute: str, value: str) -> bool:
    space, _, local = attribute.rpartition(" ")
    if space not in ("", XLINK, XML) or (space == XML and local == "base"):
        return False
    if local.lower().startswith("on"):
        return False
    if local == "href":
        return value.startswith("#")
    # A backslash is how a style sheet spells a word so that nobody finds it.
    return "\\" not in value and not (_REFERENCE.search(value) or _FORBIDDEN_WORDS.search(value))


def media_type_of(name: str) -> str:
    """Tell the media type of a figure that was accepted."""
    return "image/svg+xml" if name.endswith(".svg") else media_type(name)
