"""The counties of Romania and București, with their development regions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lms.people_names import fold


class Region(StrEnum):
    """The eight development regions, by their NUTS 2 codes."""

    NORD_VEST = "RO11"
    CENTRU = "RO12"
    NORD_EST = "RO21"
    SUD_EST = "RO22"
    SUD_MUNTENIA = "RO31"
    BUCURESTI_ILFOV = "RO32"
    SUD_VEST_OLTENIA = "RO41"
    VEST = "RO42"


REGION_NAMES: Mapping[Region, str] = MappingProxyType(
    {
        Region.NORD_VEST: "Nord-Vest",
        Region.CENTRU: "Centru",
        Region.NORD_EST: "Nord-Est",
        Region.SUD_EST: "Sud-Est",
        Region.SUD_MUNTENIA: "Sud-Muntenia",
        Region.BUCURESTI_ILFOV: "București-Ilfov",
        Region.SUD_VEST_OLTENIA: "Sud-Vest Oltenia",
        Region.VEST: "Vest",
    }
)


@dataclass(frozen=True)
class County:
    """A county: the code on its number plates, its name and its region."""

    code: str
    name: str
    region: Region


_BY_REGION = {
    Region.NORD_VEST: "BH Bihor, BN Bistrița-Năsăud, CJ Cluj, MM Maramureș, SM Satu Mare, SJ Sălaj",
    Region.CENTRU: "AB Alba, BV Brașov, CV Covasna, HR Harghita, MS Mureș, SB Sibiu",
    Region.NORD_EST: "BC Bacău, BT Botoșani, IS Iași, NT Neamț, SV Suceava, VS Vaslui",
    Region.SUD_EST: "BR Brăila, BZ Buzău, CT Constanța, GL Galați, TL Tulcea, VN Vrancea",
    Region.SUD_MUNTENIA: (
        "AG Argeș, CL Călărași, DB Dâmbovița, GR Giurgiu, IL Ialomița, PH Prahova, TR Teleorman"
    ),
    Region.BUCURESTI_ILFOV: "B București, IF Ilfov",
    Region.SUD_VEST_OLTENIA: "DJ Dolj, GJ Gorj, MH Mehedinți, OT Olt, VL Vâlcea",
    Region.VEST: "AR Arad, CS Caraș-Severin, HD Hunedoara, TM Timiș",
}


def _all_counties() -> dict[str, County]:
    listed = [
        County(code, name, region)
        for region, entries in _BY_REGION.items()
        for code, _, name in (entry.partition(" ") for entry in entries.split(", "))
    ]
    return {county.code: county for county in sorted(listed, key=lambda county: county.code)}


COUNTIES: Mapping[str, County] = MappingProxyType(_all_counties())

_NOT_THE_NAME = re.compile(
    r"^(?:judetul|judet|jud|county of|municipiul|municipiu|mun)\b[ .:]*| county$"
)
_BUCHAREST = re.compile(
    r"(?:sector(?:ul)? ?[1-6] )?(?:bucuresti|bucharest)(?: sector(?:ul)? ?[1-6])?"
)


def find_county(text: str) -> County | None:
    """Return the county that is meant, by its code or by its name however it is written."""
    words = " ".join(re.sub(r"[.,:;()/]", " ", fold(text)).split())
    name = _NOT_THE_NAME.sub("", words).strip()
    if _BUCHAREST.fullmatch(name):
        return COUNTIES["B"]
    return COUNTIES.get(name.upper()) or _BY_LETTERS.get(_letters(name))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


_BY_LETTERS = {_letters(fold(county.name)): county for county in COUNTIES.values()}
