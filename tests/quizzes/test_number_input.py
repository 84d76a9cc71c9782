"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.question_types.numerical.number_input import NumberFault, read_number
from lms.quizzes.views.results import plain_words
from lms.web.i18n import in_locale


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("18.240,96", ["18240.96"]),
        ("18240,96", ["18240.96"]),
        ("18 240,96", ["18240.96"]),
        ("18,240.96", ["18240.96"]),
        ("18\u00a0240,96", ["18240.96"]),
        ("18\u2009240,96", ["18240.96"]),
        ("18\u202f240,96", ["18240.96"]),
        ("18'240,96", ["18240.96"]),
        ("18\u2019240.96", ["18240.96"]),
        ("  18 240 ", ["18240"]),
        ("1 234 567", ["1234567"]),
        ("1.234.567", ["1234567"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567,8", ["1234567.8"]),
        ("1,234,567.8", ["1234567.8"]),
        ("1.234", ["1234", "1.234"]),
        ("1,234", ["1.234", "1234"]),
        ("-1.234", ["-1234", "-1.234"]),
        ("310.000", ["310000", "310.000"]),
        ("0.123", ["0.123"]),
        ("0,123", ["0.123"]),
        ("1234.567", ["1234.567"]),
        ("1234,567", ["1234.567"]),
        ("1.5", ["1.5"]),
        ("1,5", ["1.5"]),
        ("69.4", ["69.4"]),
        (",5", ["0.5"]),
        (".5", ["0.5"]),
        ("5,", ["5"]),
        ("5.", ["5"]),
        ("007", ["7"]),
        ("+3", ["3"]),
        ("-3", ["-3"]),
        ("- 3", ["-3"]),
        ("\u22123", ["-3"]),
        ("\u20133", ["-3"]),
        ("= 3", ["3"]),
        ("1,8e3", ["1800"]),
        ("1.8E3", ["1800"]),
        ("2e-2", ["0.02"]),
        ("100,-", ["100"]),
        ("100,\u2013 lei", ["100"]),
        ("18. 240,96", ["18240.96"]),
        ("18.240 ,96", ["18240.96"]),
        ("310 mii", ["310000"]),
        ("1,2 milioane de lei", ["1200000"]),
        ("2 mil.", ["2000000"]),
        ("3 membri fondatori", ["3"]),
        ("30 (treizeci)", ["30"]),
        ("circa 30", ["30"]),
    ],
)
def test_a_plausible_writing_is_read(typed, values):
    assert read_number(typed).values == tuple(Decimal(value) for value in values)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "trei",
        "-",
        ".",
        ",",
        "1.23.456",
        "1.234.56",
        "1 23 456",
        "12 34",
        "1.234,567.8",
        "1,234.567,8",
        "1 234.567,8",
        "0.123,4",
        "21.07.2025",
        "3-4",
        "1/3",
        "5²",
        "٣",
        "3 x 4",
        "12abc34",
        "1e999",
        "NaN",
        "Infinity",
        "9" * 101,
    ],
)
def test_what_is_no_number_is_said_to_be_none(typed):
    reading = read_number(typed)
    assert (reading.values, reading.fault) == ((), NumberFault.NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("typed", "unit", "fits"),
    [
        ("5 lei", "lei", True),
        ("5lei", "lei", True),
        ("5 Lei.", "lei", True),
        ("5 RON", "lei", True),
        ("RON 5", "lei", True),
        ("25 de lei", "lei", True),
        ("5 euro", "lei", False),
        ("5 €", "euro", True),
        ("5%", "%", True),
        ("5 la sută", "%", True),
        ("5 procente", "%", True),
        ("5 lei", "%", False),
        ("5 zile", "zile", True),
        ("1 zi", "zile", True),
        ("5 zile lucrătoare", "zile", False),
        ("5 zile lucrătoare", "zile lucrătoare", True),
        ("5 luni", "zile", False),
        ("5 kg", "kg", True),
        ("5 lei", "kg", False),
        ("lei 5 lei", "lei", False),
        ("5", "lei", True),
        ("5 persoane", "", True),
    ],
)
def test_the_declared_unit_may_be_written_and_no_other(typed, unit, fits):
    assert read_number(typed, unit=unit).fault is (None if fits else NumberFault.OTHER_UNIT)


@given(st.text(max_size=120), st.text(max_size=10))
def test_any_text_at_all_is_answered_not_refused(typed, unit):
    reading = read_number(typed, unit=unit)
    assert bool(reading.values) != bool(reading.fault)
    assert all(value.is_finite() for value in reading.values)


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), st.sampled_from([".", " ", "\u00a0"]))
def test_money_written_the_romanian_way_is_read_as_meant(whole, bani, separator):
    sign = "-" if whole < 0 else ""
    written = f"{sign}{abs(whole):,}".replace(",", separator) + f",{bani:02}"
    meant = Decimal(f"{sign}{abs(whole)}.{bani:02}")
    assert read_number(written).values[0] == meant


@pytest.mark.parametrize(
    "typed", ["1e9999999", "1e9999", "sNaN", "NaN", "Infinity", "1_0", "1e-99"]
)
def test_a_number_that_nobody_can_write_out_is_shown_as_it_was_typed(typed):
    with in_locale("ro"):
        assert plain_words("numerical", typed) == typed
        assert plain_words("numerical", "1234.5") == "1.234,5"
