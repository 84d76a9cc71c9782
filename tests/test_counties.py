"""Every county is known, and found however it is written."""

import pytest

from lms.counties import COUNTIES, REGION_NAMES, County, Region, find_county


def test_there_are_forty_one_counties_and_the_capital() -> None:
    assert len(COUNTIES) == 42
    assert {county.region for county in COUNTIES.values()} == set(Region) == set(REGION_NAMES)


def test_every_county_is_found_by_code_and_name() -> None:
    for code, county in COUNTIES.items():
        assert find_county(code) == find_county(county.name) == county
        assert find_county(f"jud. {county.name.upper()}") == county


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jud. Iaşi", "IS"),
        ("Judeţul BISTRITA NASAUD", "BN"),
        ("Caras-Severin", "CS"),
        ("satu mare", "SM"),
        ("Cluj county", "CJ"),
        ("jud.Dîmboviţa", None),
        ("Dâmbovita", "DB"),
        ("Municipiul București", "B"),
        ("BUCURESTI, sector 3", "B"),
        ("Sectorul 2, București", "B"),
        ("ph", "PH"),
        ("", None),
        ("Atlantida", None),
    ],
)
def test_a_county_is_found_however_it_is_written(text: str, code: str | None) -> None:
    county: County | None = find_county(text)
    assert (county.code if county else None) == code
