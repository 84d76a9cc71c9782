"""Which column of a participants' list holds what, told from its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lms.people_names import fold


class Field(StrEnum):
    """What a column of a participants' list can hold."""

    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    FULL_NAME = "full_name"  # family name first, as Romanian lists have it
    FULL_NAME_GIVEN_FIRST = "full_name_given_first"
    EMAIL = "email"
    PHONE = "phone"
    ORGANISATION = "organisation"
    KIND = "kind"
    CUI = "cui"
    FUNCTION = "function"
    COUNTY = "county"
    GROUP = "group"
    AREA = "area"


_NAME_FIELDS = frozenset(
    {Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.FULL_NAME, Field.FULL_NAME_GIVEN_FIRST}
)

# Written folded: small letters, no diacritics, no punctuation.
_SYNONYMS: Mapping[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.FAMILY_NAME: (
            *("nume", "numele", "nume de familie", "nume familie", "family name", "last name"),
            *("surname", "family names", "lastname"),
        ),
        Field.GIVEN_NAMES: (
            *("prenume", "prenumele", "nume mic", "nume de botez", "given name", "given names"),
            *("first name", "first names", "forename", "firstname"),
        ),
        Field.FULL_NAME: (
            *("nume si prenume", "numele si prenumele", "nume prenume", "nume complet"),
            *("numele complet", "participant", "cursant", "nume participant", "nume cursant"),
            *("numele participantului", "nume si prenume participant"),
            *("numele si prenumele participantului", "surname and given name"),
        ),
        Field.FULL_NAME_GIVEN_FIRST: (
            *("prenume si nume", "prenumele si numele", "prenume nume", "full name", "name"),
            *("participant name", "first and last name"),
        ),
        Field.EMAIL: (
            *("email", "e mail", "mail", "adresa de email", "adresa de e mail", "adresa email"),
            *("adresa e mail", "posta electronica", "adresa de posta electronica"),
            *("email address", "e mail address"),
        ),
        Field.PHONE: (
            *("telefon", "tel", "nr telefon", "nr de telefon", "numar de telefon", "mobil"),
            *("numar telefon", "telefon mobil", "telefon contact", "phone", "phone number"),
            *("telephone", "mobile", "mobile phone"),
        ),
        Field.ORGANISATION: (
            *("organizatie", "organizatia", "organizatie institutie", "institutie", "institutia"),
            *("denumire organizatie", "denumirea organizatiei", "nume organizatie", "ong"),
            *("numele organizatiei", "entitate", "entitatea", "angajator", "loc de munca"),
            *("organizatia institutia", "institutie organizatie", "autoritate", "autoritatea"),
            *("organisation", "organization", "institution", "employer"),
            *("organisation name", "organization name"),
        ),
        Field.KIND: (
            *("tip", "tipul", "tip organizatie", "tipul organizatiei", "tip entitate", "categorie"),
            *("tip institutie", "categoria", "grup tinta", "categorie grup tinta", "kind", "type"),
            *(
                "organisation type",
                "organization type",
                "organisation kind",
                "type of organisation",
            ),
        ),
        Field.CUI: (
            *("cui", "cif", "cod fiscal", "cod unic de inregistrare", "cui cif", "cif cui"),
            *("cod de inregistrare fiscala", "codul fiscal", "cui organizatie", "tax id"),
            *("registration number", "vat number"),
        ),
        Field.FUNCTION: (
            *("functie", "functia", "functia detinuta", "post", "postul", "pozitie", "pozitia"),
            *("rol in organizatie", "functia in organizatie", "calitatea", "calitate"),
            *("ocupatie", "ocupatia", "job title", "position", "function", "job"),
        ),
        Field.COUNTY: (
            *("judet", "judetul", "jud", "judet de domiciliu", "judetul de domiciliu", "county"),
            *("judet organizatie", "judetul organizatiei"),
        ),
        Field.GROUP: (
            *("grupa", "grup", "nr grupa", "numar grupa", "seria", "serie", "group", "cohort"),
            *("grupa de curs",),
        ),
        Field.AREA: (
            *("mediu", "mediul", "mediu de rezidenta", "mediul de rezidenta", "rural urban"),
            *("urban rural", "zona", "area", "urban or rural"),
        ),
    }
)


@dataclass(frozen=True)
class ColumnUse:
    """What one column of a list is read as; `key` names its heading, however it is written."""

    position: int
    heading: str
    key: str
    field: Field | None
    is_chosen: bool = False


@dataclass(frozen=True)
class ColumnMapping:
    """Where each field stands, and what was found besides.

    `ignored` are headings that we don't know, `repeated` those that name a field twice (the first
    one counts); the person who imports is shown both, and nothing of them is read.
    """

    positions: Mapping[Field, int]
    ignored: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    uses: tuple[ColumnUse, ...] = ()

    @property
    def has_names(self) -> bool:
        """Tell whether people can be read at all: no list is usable without their names."""
        both = {Field.FAMILY_NAME, Field.GIVEN_NAMES}
        whole = {Field.FULL_NAME, Field.FULL_NAME_GIVEN_FIRST}
        return both <= self.positions.keys() or bool(whole & self.positions.keys())

    def cell(self, cells: Sequence[str], field: Field) -> str:
        """Return what stands in a row for a field; empty where the list has no such column."""
        position = self.positions.get(field)
        return "" if position is None or position >= len(cells) else cells[position]


def map_columns(
    headings: Sequence[str], chosen: Mapping[str, Field | None] | None = None
) -> ColumnMapping:
    """Recognise the headings, Romanian or English, with or without diacritics.

    `chosen` says by key how a person wants headings read, or that they are not; it goes first.
    """
    chosen = chosen or {}
    keys = [heading_key(heading, position) for position, heading in enumerate(headings)]
    positions = _chosen_positions(keys, chosen)
    ignored: list[str] = []
    repeated: list[str] = []
    for position, (heading, key) in enumerate(zip(headings, keys, strict=True)):
        if key in chosen:
            if position not in positions.values():
                ignored.append(heading or _letter_of(position))
            continue
        field = _field_named(heading)
        if field is None:
            ignored.append(heading or _letter_of(position))
        elif field in positions:
            repeated.append(heading)
        else:
            positions[field] = position
    if Field.FAMILY_NAME not in chosen.values():
        positions = _with_whole_name(positions)
    at = {position: field for field, position in positions.items()}
    uses = tuple(
        ColumnUse(position, heading or _letter_of(position), key, at.get(position), key in chosen)
        for position, (heading, key) in enumerate(zip(headings, keys, strict=True))
    )
    return ColumnMapping(MappingProxyType(positions), tuple(ignored), tuple(repeated), uses)


def _chosen_positions(keys: Sequence[str], chosen: Mapping[str, Field | None]) -> dict[Field, int]:
    positions: dict[Field, int] = {}
    for position, key in enumerate(keys):
        field = chosen.get(key)
        if field is not None:
            positions.setdefault(field, position)
    return positions


def heading_key(heading: str, position: int) -> str:
    """Name a heading however it is written; a column without one goes by its letter."""
    squeezed = _squeezed(fold(heading))
    return squeezed[:255] if squeezed else f"column {_letter_of(position)}"


def remap(mapping: ColumnMapping, chosen: Mapping[Field, int]) -> ColumnMapping:
    """Return the mapping with columns that a person chose by hand in place of ours."""
    kept = {
        field: position
        for field, position in mapping.positions.items()
        if position not in chosen.values()
    }
    positions = MappingProxyType({**kept, **chosen})
    return ColumnMapping(positions, mapping.ignored, mapping.repeated, mapping.uses)


def _field_named(heading: str) -> Field | None:
    return _BY_HEADING.get(_squeezed(fold(re.sub(r"\(.*?\)|\*", " ", heading))))


def _squeezed(text: str) -> str:
    """Keep letters and figures only: „C.U.I.”, „e-mail” and „E mail” are written in many ways."""
    return re.sub(r"[^a-z0-9]+", "", text)


_BY_HEADING = {_squeezed(name): field for field, names in _SYNONYMS.items() for name in names}


def _with_whole_name(positions: dict[Field, int]) -> dict[Field, int]:
    """Take a „Nume” that stands without „Prenume” for the whole name."""
    if positions.keys() & _NAME_FIELDS == {Field.FAMILY_NAME}:
        positions = dict(positions)
        positions[Field.FULL_NAME] = positions.pop(Field.FAMILY_NAME)
    return positions


def _letter_of(position: int) -> str:
    """Name a column without a heading as spreadsheets do: A … Z, AA …"""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
