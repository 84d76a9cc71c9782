"""A participants' list read row by row into typed facts, with all that is wrong in each row.

This module is the way in: the headings, the rows and the plan of an import are named from here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from stdnum.exceptions import ValidationError
from stdnum.ro import cui as stdnum_cui

from lms.counties import find_county
from lms.participants.columns import ColumnMapping, Field, map_columns, remap
from lms.participants.contacts import normalise_email, normalise_phone
from lms.participants.facts import (
    AreaCode,
    Finding,
    KindCode,
    KnownPerson,
    Notice,
    PersonFacts,
    Problem,
    RosterRow,
)
from lms.participants.matching import (
    DIFFERENT,
    Answer,
    Candidate,
    Change,
    ImportPlan,
    PlannedRow,
    Verdict,
    Why,
    plan,
)
from lms.people_names import (
    NameProblem,
    fold,
    name_problems,
    offer_capitals,
    offer_comma_letters,
)
from lms.safety.tables import Table, TableRow

__all__ = [
    "DIFFERENT",
    "Answer",
    "Candidate",
    "Change",
    "ColumnMapping",
    "Field",
    "Finding",
    "ImportPlan",
    "KnownPerson",
    "Notice",
    "PersonFacts",
    "PlannedRow",
    "Problem",
    "RosterRow",
    "Verdict",
    "Why",
    "apply_offers",
    "map_columns",
    "plan",
    "read_roster",
    "remap",
]

_LONGEST = 255  # what the database keeps of a name
_SHORT_FIELDS = (Field.FUNCTION, Field.GROUP)
_OFFERED_FIELDS = (Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.ORGANISATION)

_KIND_WORDS: dict[KindCode, str] = {
    "ngo": (
        "ong, ngo, asociatie, fundatie, federatie, neguvernamental, neguvernamentala, "
        "organizatie neguvernamentala, organizatie nonguvernamentala, societate civila"
    ),
    "public_authority": (
        "autoritate, autoritate publica, autoritate publica locala, autoritate locala, apl, ap, "
        "uat, primarie, institutie publica, administratie publica, consiliu judetean, "
        "consiliu local, public, public authority, authority"
    ),
    "other": "alta, altul, alt tip, altele, alte, other",
}
_KINDS = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split(", ")}
_GUESSES: tuple[tuple[re.Pattern[str], KindCode], ...] = (
    (re.compile(r"(asociatia|fundatia|federatia|ong|clubul|liga|uniunea)\b"), "ngo"),
    (
        re.compile(
            r"(primaria|consiliul|orasul|comuna|municipiul|judetul|uat|prefectura|dgaspc)\b"
        ),
        "public_authority",
    ),
)
_AREAS: dict[str, AreaCode] = {
    **dict.fromkeys(("urban", "u", "oras", "mediul urban", "municipiu", "town"), "urban"),
    **dict.fromkeys(("rural", "r", "sat", "comuna", "mediul rural", "village"), "rural"),
}
_ODD = frozenset(
    {NameProblem.MISREAD_LETTER, NameProblem.NOT_LATIN, NameProblem.DIGIT}
    | {NameProblem.STRANGE_SIGN}
)


def read_roster(table: Table, mapping: ColumnMapping) -> list[RosterRow]:
    """Read every row; none is left out, however wrong. Names are read as they were written."""
    rows = [_Reader(row, mapping).read() for row in table.rows]
    return _with_neighbours(rows)


def apply_offers(rows: Iterable[RosterRow], accepted: Collection[int]) -> list[RosterRow]:
    """Return the rows with the letters offered in those rows whose numbers were accepted."""
    return [_with_offers(row) if row.number in accepted else row for row in rows]


def _with_offers(row: RosterRow) -> RosterRow:
    offers = [found for found in row.warnings if found.offered and found.field in _OFFERED_FIELDS]
    letters = {found.field.value: found.offered for found in offers}  # the last offer has them all
    kept = tuple(found for found in row.warnings if found not in offers)
    return replace(row, **letters, warnings=kept)  # type: ignore[arg-type]


@dataclass
class _Reader:
    """Reads one row, gathering what it finds on the way."""

    row: TableRow
    mapping: ColumnMapping
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def read(self) -> RosterRow:
        family, given = self._names()
        organisation = self._text(Field.ORGANISATION)
        self._offer_letters(Field.ORGANISATION, organisation, capitals=False)
        return RosterRow(
            number=self.row.number,
            family_name=family,
            given_names=given,
            email=self._email(),
            phone=self._phone(),
            organisation=organisation,
            kind=self._kind(organisation),
            cui=self._cui(),
            function=self._letters_put_right(Field.FUNCTION),
            county=self._county(),
            group=self._letters_put_right(Field.GROUP),
            area=self._area(),
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
        )

    def _text(self, name: Field) -> str:
        """Return a cell with single spaces; one that is too long is a problem and cut."""
        text = " ".join(self.mapping.cell(self.row.cells, name).split())
        if len(text) > _LONGEST:
            self._wrong(Problem.TOO_LONG, name, text[:_LONGEST])
        return text[:_LONGEST]

    def _wrong(self, problem: Problem, name: Field, value: str) -> None:
        self.problems.append(Finding(problem, name, value))

    def _notice(self, notice: Notice, name: Field, value: str, offered: str = "") -> None:
        self.warnings.append(Finding(notice, name, value, offered))

    def _names(self) -> tuple[str, str]:
        family, given = self._both_names()
        for name, text in ((Field.FAMILY_NAME, family), (Field.GIVEN_NAMES, given)):
            if NameProblem.MISSING in (found := name_problems(text)):
                self._wrong(Problem.MISSING_NAME, name, text)
            elif _ODD & set(found):
                self._notice(Notice.ODD_NAME, name, text)
            self._offer_letters(name, text, capitals=True)
        return family, given

    def _both_names(self) -> tuple[str, str]:
        family, given = self._text(Field.FAMILY_NAME), self._text(Field.GIVEN_NAMES)
        if family or given:
            return family, given
        for name in (Field.FULL_NAME, Field.FULL_NAME_GIVEN_FIRST):
            if whole := self._text(name):
                family, given = _split_name(whole, given_first=name is Field.FULL_NAME_GIVEN_FIRST)
                self._notice(Notice.NAME_SPLIT, name, whole)
                return family, given
        return "", ""

    def _offer_letters(self, name: Field, text: str, *, capitals: bool) -> None:
        """Offer comma letters, then capitals on top of them; change nothing."""
        with_commas = offer_comma_letters(text)
        if with_commas is not None:
            self._notice(Notice.CEDILLA, name, text, with_commas)
        if capitals and (written := offer_capitals(with_commas or text)) is not None:
            self._notice(Notice.CAPITALS, name, text, written)

    def _letters_put_right(self, name: Field) -> str:
        text = self._text(name)
        return offer_comma_letters(text) or text

    def _email(self) -> str:
        typed = self._text(Field.EMAIL)
        if not typed or typed in {"-", "–"}:
            return ""
        address = normalise_email(typed)
        if address is None:
            self._wrong(Problem.BAD_EMAIL, Field.EMAIL, typed)
        return address or ""

    def _phone(self) -> str:
        typed = self._text(Field.PHONE)
        if not typed or typed in {"-", "–"}:
            return ""
        number = normalise_phone(typed)
        if number is None:
            self._wrong(Problem.BAD_PHONE, Field.PHONE, typed)
        return number or ""

    def _cui(self) -> str:
        typed = self._text(Field.CUI)
        if not typed or typed in {"-", "–"}:
            return ""
        try:
            return stdnum_cui.validate(typed).removeprefix("RO")
        except ValidationError:
            self._wrong(Problem.BAD_CUI, Field.CUI, typed)
            return ""

    def _county(self) -> str:
        typed = self._text(Field.COUNTY)
        county = find_county(typed)
        if typed and county is None:
            self._wrong(Problem.UNKNOWN_COUNTY, Field.COUNTY, typed)
        return county.code if county else ""

    def _kind(self, organisation: str) -> KindCode | None:
        typed = self._text(Field.KIND)
        if not typed:
            return self._guessed_kind(organisation)
        words = re.sub(r"[^a-z]+", " ", fold(typed)).strip()
        kind = _KINDS.get(words) or _KINDS.get(words.split(" ")[0])
        if kind is None:
            self._wrong(Problem.UNKNOWN_KIND, Field.KIND, typed)
        return kind

    def _guessed_kind(self, organisation: str) -> KindCode | None:
        if not organisation:
            return None
        for pattern, kind in _GUESSES:
            if pattern.match(fold(organisation)):
                self._notice(Notice.KIND_GUESSED, Field.KIND, organisation, kind)
                return kind
        self._notice(Notice.KIND_MISSING, Field.KIND, organisation)
        return None

    def _area(self) -> AreaCode | None:
        typed = self._text(Field.AREA)
        area = _AREAS.get(fold(typed))
        if typed and area is None:
            self._wrong(Problem.UNKNOWN_AREA, Field.AREA, typed)
        return area


def _split_name(whole: str, *, given_first: bool) -> tuple[str, str]:
    """Part a whole name: by capitals where they mark the family name, else at one end."""
    words = whole.split()
    shouted = [word for word in words if len(word) > 1 and word.isupper()]
    if shouted and len(shouted) < len(words):
        return " ".join(shouted), " ".join(word for word in words if word not in shouted)
    if given_first:
        return " ".join(words[-1:]), " ".join(words[:-1])
    return words[0], " ".join(words[1:])


def _with_neighbours(rows: Sequence[RosterRow]) -> list[RosterRow]:
    """Say of each row which earlier row it resembles."""
    result: list[RosterRow] = []
    by_email: dict[str, int] = {}
    by_person: dict[tuple[tuple[str, ...], str], int] = {}
    by_cui: dict[str, RosterRow] = {}
    for row in rows:
        found: list[Finding] = []
        if row.email:
            first = by_email.setdefault(row.email_key, row.number)
            if first != row.number:
                found.append(_beside(Notice.SAME_EMAIL, Field.EMAIL, row, first))
        if row.name_key and row.organisation:
            first = by_person.setdefault((row.name_key, row.organisation_key), row.number)
            if first != row.number:
                notice = Notice.SAME_NAME_IN_ORGANISATION
                found.append(_beside(notice, Field.FAMILY_NAME, row, first))
        if row.cui and row.organisation:
            named = by_cui.setdefault(row.cui, row)
            if named.organisation_key != row.organisation_key:
                notice = Notice.CUI_OF_ANOTHER_NAME
                found.append(_beside(notice, Field.CUI, row, named.number))
        result.append(replace(row, warnings=(*row.warnings, *found)))
    return result


def _beside(notice: Notice, name: Field, row: RosterRow, other: int) -> Finding:
    return Finding(notice, name, row.value_of(name), other_row=other)
