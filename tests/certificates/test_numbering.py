"""Numbers that people quote and codes that nobody guesses."""

from __future__ import annotations

import string

import pytest

from lms.certificates.numbering import (
    CODE_LENGTH,
    CertificateNumber,
    code_from_bytes,
    display_code,
    format_number,
    normalise_code,
    parse_number,
)

NUMBER = format_number("OS2", 2026, 123)
CODE = code_from_bytes(bytes(range(40, 57)))


def test_a_number_reads_series_year_serial_and_check() -> None:
    assert NUMBER == "OS2-2026-000123-N"
    assert str(parse_number(NUMBER)) == NUMBER


def test_the_check_character_agrees_with_the_standards_own_example() -> None:
    # A GRid identifier, whose check character is ISO/IEC 7064 MOD 37,36 as well.
    from lms.certificates import numbering

    assert numbering._mod_37_36("A12425GABC1234002") == "M"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("os2-2026-000123-n", id="lower case"),
        pytest.param("OS22026000123N", id="no dashes"),
        pytest.param("  OS2 2026 000123 N ", id="spaces"),
        pytest.param("OS2–2026—000123−N", id="dashes of a word processor"),
        pytest.param("OS2/2026/000123/N", id="strokes"),
        pytest.param("OS2-2O26-OOOl23-N", id="letters for digits"),
        pytest.param("ＯＳ２-2026-000123-N", id="wide letters"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert parse_number(typed) == CertificateNumber("OS2", 2026, 123)


@pytest.mark.parametrize(
    "typed",
    ["", "OS2", "OS2-2026-000123", "OS2-2026-000123-M", "2026-000123-N", "OS2-2026-00012A-N",
     "OȘ2-2026-000123-N", "OS2-2026-000123-NN", "x" * 5000],
)  # fmt: skip
def test_what_cant_be_a_number_is_none(typed: str) -> None:
    assert parse_number(typed) is None


def test_every_single_wrong_character_is_noticed() -> None:
    plain = NUMBER.replace("-", "")
    alike = {frozenset("0O"), frozenset("1I"), frozenset("1L"), frozenset("IL")}
    for place, right in enumerate(plain):
        for wrong in string.digits + string.ascii_uppercase:
            if wrong == right or frozenset((wrong, right)) in alike:
                continue
            assert parse_number(plain[:place] + wrong + plain[place + 1 :]) is None


def test_swapped_neighbours_are_noticed() -> None:
    plain = format_number("OS2", 2026, 314159).replace("-", "")
    for place in range(len(plain) - 1):
        swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
        assert swapped == plain or parse_number(swapped) is None


@pytest.mark.parametrize(
    ("series", "year", "serial"),
    [("", 2026, 1), ("os2", 2026, 1), ("OȘ2", 2026, 1), ("A" * 13, 2026, 1), ("OS2", 26, 1),
     ("OS2", 2026, 0), ("OS2", 2026, 1_000_000), ("OS-2", 2026, 1)],
)  # fmt: skip
def test_a_number_that_doesnt_fit_is_refused(series: str, year: int, serial: int) -> None:
    with pytest.raises(ValueError):
        format_number(series, year, serial)


def test_numbers_sort_as_they_were_issued() -> None:
    later, sooner = parse_number(format_number("A", 2027, 1)), parse_number(NUMBER)
    assert later is not None
    assert sooner is not None
    assert sorted([sooner, later])[0].series == "A"
    assert CertificateNumber("A", 2026, 9) < CertificateNumber("A", 2026, 10)


def test_a_code_has_26_symbols_and_a_check() -> None:
    assert len(CODE) == CODE_LENGTH == 27
    assert not set(CODE[:-1]) & set("ILOU")
    assert normalise_code(CODE) == CODE


def test_a_code_holds_all_130_bits() -> None:
    zeros = code_from_bytes(bytes(17))
    assert zeros == "0" * 27
    first_130_bits = code_from_bytes(b"\xff" * 17)[:-1]
    assert len(set(first_130_bits)) >= 1
    assert code_from_bytes(bytes(16) + b"\x40") != zeros  # the last bit that counts
    assert code_from_bytes(bytes(16) + b"\x3f") == zeros  # the first that doesn't


def test_a_code_never_ends_in_what_a_mail_program_cuts_off() -> None:
    codes = [code_from_bytes(seed.to_bytes(17, "big")) for seed in range(0, 2**20, 997)]
    assert not {code[-1] for code in codes} & set("*~$=")
    assert len(set(codes)) > 0.98 * len({code[:-1] for code in codes})
    assert all(normalise_code(code) == code for code in codes)


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError):
        code_from_bytes(bytes(16))


def test_a_code_is_printed_in_fours() -> None:
    printed = display_code(CODE)
    assert [len(group) for group in printed.split("-")] == [4, 4, 4, 4, 4, 4, 3]
    assert normalise_code(printed) == CODE


ZEROS_AND_ONES = code_from_bytes(bytes.fromhex("0008420100842108421084210842108421"))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(CODE.lower(), id="lower case"),
        pytest.param(" ".join(CODE), id="spaced out"),
        pytest.param(f"\t{display_code(CODE)}\n", id="pasted with white space"),
        pytest.param(display_code(CODE).replace("-", "–"), id="dashes of a word processor"),
        pytest.param(f"https://cursuri.example.org/v/{CODE}", id="the whole address"),
        pytest.param(f"cursuri.example.org/v/{CODE.lower()}/?lang=en", id="the address and more"),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert normalise_code(typed) == CODE


def test_letters_that_look_like_digits_are_forgiven() -> None:
    assert {"0", "1"} & set(ZEROS_AND_ONES)
    for zero, one in (("o", "i"), ("O", "l"), ("O", "I"), ("o", "L")):
        typed = ZEROS_AND_ONES.replace("0", zero).replace("1", one)
        assert normalise_code(typed) == ZEROS_AND_ONES


@pytest.mark.parametrize(
    "typed",
    ["", "-", CODE[:-1], CODE + "0", CODE[:-1] + "u" * 2, "Ș" * 27, "../" * 9, "0" * 26 + "1",
     "%00" * 9, CODE[:5] + "U" + CODE[6:], "0" * 100_000],
)  # fmt: skip
def test_a_malformed_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


def test_every_single_wrong_symbol_is_noticed() -> None:
    for place, right in enumerate(CODE):
        for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if wrong != right:
                assert normalise_code(CODE[:place] + wrong + CODE[place + 1 :]) is None
