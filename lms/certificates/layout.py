"""Where things stand on the sheet, in millimetres from its lower left corner, and what fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lms.certificates.document import CertificateDocument, Locale, ModuleLine
from lms.certificates.wording import wording
from lms.typography import MM, Face, balance, width, wrap

SHEET: Final = (297.0, 210.0)
CENTRE: Final = SHEET[0] / 2
LEFT: Final = 27.0
RIGHT: Final = SHEET[0] - LEFT
LINE_WIDTH: Final = RIGHT - LEFT

NAME_FACE: Final = Face.DISPLAY_BOLD
_NAME_WIDTH: Final = 228.0
_ONE_LINE: Final = (40.0, 29.0)  # largest and smallest size of a name on one line, in points
_TWO_LINES: Final = (27.0, 20.0)
_STEP: Final = 0.5
_TITLE_SIZE: Final = 26.0
_NAME_LEADING: Final = 1.14

COURSE_FACE: Final = Face.DISPLAY_BOLD
_COURSE_WIDTH: Final = 212.0
_COURSE_ONE_LINE: Final = (17.0, 14.5)
_COURSE_TWO_LINES: Final = (16.0, 11.0)
_COURSE_LEADING: Final = 1.24

BLOCK_TOP: Final = 99.8  # the rule above modules and facts
MODULES_WIDTH: Final = 128.0
MODULES_INDENT: Final = 6.5
_MODULES_HEIGHT: Final = 36.8
_MODULES_GUTTER: Final = 20.0
_ROW_HEIGHTS: Final = (4.6, 4.35, 4.1, 3.8, 3.5, 3.2)
_POINTS_PER_ROW: Final = 2.0  # type size for a millimetre of row height

FACTS_LEFT: Final = LEFT + MODULES_WIDTH + 14.0
FACTS_INDENT: Final = 31.0
FACTS_ROW: Final = 4.75
FACTS_GAP: Final = 1.25
FACT_SIZE: Final = 9.25
_FACTS_HEIGHT: Final = 40.0

SMALL_SIZE: Final = 7.4
_ADDRESS_SIZES: Final = (8.8, 7.0)
SIGNATURE_WIDTH: Final = 58.0
VERIFY_WIDTH: Final = 84.0

_CAPITALS: Final = 0.714 / MM  # height of capitals, in millimetres for a point of size
_DESCENDER: Final = 0.2 / MM
_COMMA_BELOW: Final = 0.24 / MM
_AIR: Final = (5.4, 2.6, 7.2, 6.0, 3.6, 5.4)  # by eye, from under the issuers to above the course
_MOST_AIR: Final = 1.4

MODEL_MARK: Final = 4.4  # between the number and the words that say it is an example

_TOP_OF_LOGOS: Final = 188.2
_TOP_WITHOUT: Final = 182.4  # of the issuers' baseline, where there are no logos
_COURSE_BASELINE: Final = 107.0  # of the last line of the course


@dataclass(frozen=True)
class NameFit:
    """The name broken into lines at the size it takes, and the size of the title above it."""

    lines: tuple[str, ...]
    size: float

    @property
    def title_size(self) -> float:
        """Keep the title smaller than the name, which is the largest thing on the page."""
        return min(_TITLE_SIZE, self.size - 2)

    @property
    def leading(self) -> float:
        """The distance of two lines, in millimetres."""
        return self.size * _NAME_LEADING / MM


@dataclass(frozen=True)
class CourseFit:
    """The course's title in its quotes, broken into lines at the size it takes."""

    lines: tuple[str, ...]
    size: float

    @property
    def leading(self) -> float:
        """The distance of two lines, in millimetres."""
        return self.size * _COURSE_LEADING / MM


@dataclass(frozen=True)
class ModulesFit:
    """The rows of the modules, each broken into lines, all at one size and row height."""

    rows: tuple[tuple[tuple[str, ...], ModuleLine], ...]
    size: float
    row_height: float


@dataclass(frozen=True)
class StatementsFit:
    """The lines at the lower edge, their size, their distance and the lowest baseline."""

    lines: tuple[str, ...]
    size: float
    leading: float
    lowest: float


@dataclass(frozen=True)
class Column:
    """Baselines of the centred upper half, from the logos' lower edge down to the course."""

    logos: float
    issuers: float
    title: float
    number: float
    preamble: float
    name: float
    sentence: float
    course: float


def fit_name(name: str) -> NameFit | None:
    """Find the largest setting of a name, first on one line, then on two; None if none fits."""
    limit = _NAME_WIDTH * MM
    for size in _sizes(*_ONE_LINE):
        if width(name, NAME_FACE, size) <= limit:
            return NameFit((name,), size)
    for size in _sizes(*_TWO_LINES):
        lines = balance(name, NAME_FACE, size, limit)
        # one line again, where a name is just too wide for the smallest size of the first choice
        if len(lines) <= 2 and all(width(line, NAME_FACE, size) <= limit for line in lines):
            return NameFit(tuple(lines), size)
    return None


def fit_course(course: str, locale: Locale) -> CourseFit | None:
    """Find the largest setting of the course's title, quoted, on at most two lines."""
    opening, closing = wording(locale).quotes
    quoted, limit = f"{opening}{course}{closing}", _COURSE_WIDTH * MM
    for count, sizes in ((1, _COURSE_ONE_LINE), (2, _COURSE_TWO_LINES)):
        for size in _sizes(*sizes):
            lines = balance(quoted, COURSE_FACE, size, limit)
            fits = all(width(line, COURSE_FACE, size) <= limit for line in lines)
            if fits and len(lines) <= count:
                return CourseFit(tuple(lines), size)
    return None


def fit_modules(modules: Sequence[ModuleLine]) -> ModulesFit | None:
    """Find the largest setting of the modules that keeps to their block; long titles wrap."""
    limit = (MODULES_WIDTH - MODULES_INDENT - _MODULES_GUTTER) * MM
    for row_height in _ROW_HEIGHTS:
        size = row_height * _POINTS_PER_ROW
        rows = tuple(
            (tuple(wrap(module.title, Face.TEXT, size, limit)), module) for module in modules
        )
        if sum(len(lines) for lines, _ in rows) * row_height <= _MODULES_HEIGHT:
            return ModulesFit(rows, size, row_height)
    return None


def fit_statements(statements: Sequence[str]) -> StatementsFit | None:
    """Break the funder's sentences into at most three lines; None if they need more."""
    for size, leading, lowest, most in ((6.6, 3.2, 20.6, 2), (6.3, 2.8, 19.7, 3)):
        limit = (LINE_WIDTH - 4) * MM
        lines = [line for text in statements for line in balance(text, Face.LABEL, size, limit)]
        fits = all(width(line, Face.LABEL, size) <= limit for line in lines)
        if fits and len(lines) <= most:
            return StatementsFit(tuple(lines), size, leading, lowest)
    return None


def fact_lines(value: str) -> list[str]:
    """Break a fact's value into the lines of its column."""
    return balance(value, Face.TEXT, FACT_SIZE, (RIGHT - FACTS_LEFT - FACTS_INDENT) * MM)


def page_address(document: CertificateDocument) -> str:
    """Return the address as people type it; the code, printed in groups below, completes it."""
    address = document.verify_url.removeprefix("https://").removeprefix("http://")
    return address.removesuffix(document.code)


def address_size(address: str) -> float:
    """Find the size at which an address keeps to its place; the checks refuse a longer one."""
    largest, smallest = _ADDRESS_SIZES
    fitting = largest * VERIFY_WIDTH * MM / max(1.0, width(address, Face.LABEL, largest))
    return max(smallest, min(largest, fitting))


def stack(*, logos: float, name: NameFit, course: CourseFit, is_model: bool) -> Column:
    """Stack the upper half; what logos and second lines don't need widens the gaps.

    The gaps are set by eye: they grow in proportion, up to a limit, and what is left then
    goes mostly above the column, so that a page without logos hangs a little low, not high.
    """
    name_more = name.leading * (len(name.lines) - 1)
    course_more = course.leading * (len(course.lines) - 1)
    above = _TOP_OF_LOGOS - logos if logos else _TOP_WITHOUT
    ink = _ink(name, course, logos=bool(logos), is_model=is_model)
    air = [3.4 if logos else 0.0, *_AIR]
    room = above - _COURSE_BASELINE - name_more - course_more - sum(ink)
    stretch = min(_MOST_AIR, room / sum(air))
    gaps = [height + space * stretch for height, space in zip(ink, air, strict=True)]
    top = above - (room - sum(air) * stretch) * 0.6
    issuers, title, number, preamble, first, after, last = gaps
    logos_at = top
    issuers_at = logos_at - issuers
    title_at = issuers_at - title
    number_at = title_at - number
    preamble_at = number_at - preamble
    name_at = preamble_at - first
    sentence_at = name_at - name_more - after
    return Column(
        logos=logos_at,
        issuers=issuers_at,
        title=title_at,
        number=number_at,
        preamble=preamble_at,
        name=name_at,
        sentence=sentence_at,
        course=sentence_at - last,
    )


def _ink(name: NameFit, course: CourseFit, *, logos: bool, is_model: bool) -> list[float]:
    """Measure what of each gap is filled: capitals below it, and a comma under the name."""
    return [
        2.3 if logos else 0.0,
        name.title_size * _CAPITALS,
        2.2 + name.title_size * _DESCENDER,
        2.6 + (MODEL_MARK if is_model else 0.0),
        name.size * _CAPITALS,
        2.6 + name.size * _COMMA_BELOW,
        course.size * _CAPITALS,
    ]


def overlong_lines(document: CertificateDocument) -> Iterator[tuple[str, str]]:
    """List the single lines that would run over their place, by field."""
    across = LINE_WIDTH - 8
    lines: list[tuple[str, str, Face, float, float]] = [
        ("title", document.title, Face.DISPLAY, _TITLE_SIZE, across * 0.9),
        ("sentence", document.sentence, Face.TEXT, 10.5, across),
        ("issuers", "  ·  ".join(document.issuers), Face.LABEL, 9.0, across * 0.92),
        ("issuer_contact", document.issuer_contact, Face.LABEL, SMALL_SIZE, VERIFY_WIDTH - 12),
        ("verify_url", page_address(document), Face.LABEL, _ADDRESS_SIZES[1], VERIFY_WIDTH),
        ("seal_note", document.seal_note, Face.LABEL, SMALL_SIZE, VERIFY_WIDTH),
    ]
    for person in document.signatories:
        lines.append(("signatories", person.name, Face.TEXT, FACT_SIZE, SIGNATURE_WIDTH))
        lines.append(("signatories", person.function, Face.LABEL, SMALL_SIZE, SIGNATURE_WIDTH))
    for field, text, face, size, limit in lines:
        if width(text, face, size) > limit * MM:
            yield field, text
    if fit_statements(document.statements) is None:
        yield "statements", " ".join(document.statements)
    if facts_height(document) > _FACTS_HEIGHT:
        yield "programme_lines", " ".join(document.programme_lines)


def facts_height(document: CertificateDocument) -> float:
    """Measure the block of facts; period, duration and date take one line each."""
    lines = 3 + len(fact_lines(document.place))
    lines += sum(len(fact_lines(line)) for line in document.programme_lines)
    return lines * FACTS_ROW + 5 * FACTS_GAP


def _sizes(largest: float, smallest: float) -> list[float]:
    steps = round((largest - smallest) / _STEP)
    return [largest - step * _STEP for step in range(steps + 1)]
