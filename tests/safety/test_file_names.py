"""Downloads carry the name a person expects and never break the header."""

import pytest
from werkzeug.http import parse_options_header

from lms.safety.file_names import ascii_letters, content_disposition, safe_file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Certificat Ștefan Țurcanu.pdf", "Certificat Ștefan Țurcanu.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\listă.xlsx", "listă.xlsx"),
        ("CON", "document-CON"),
        ("con.pdf", "document-con.pdf"),
        ("-rf.txt", "rf.txt"),
        ("   ", "document"),
        ("", "document"),
        ("...", "document"),
        (".pdf", "pdf"),
        ('<img src=x onerror="alert(1)">.png', "img src=x onerror= alert(1).png"),
        ("a\r\nSet-Cookie: b=c.pdf", "aSet-Cookie b=c.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("fdp\u202e.exe", "fdp.exe"),
        ("listă 😀.csv", "listă 😀.csv"),
    ],
)
def test_a_name_is_made_storable(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_long_name_is_cut_between_letters_and_keeps_its_ending() -> None:
    safe = safe_file_name("ș" * 300 + ".pdf")
    assert safe == "ș" * 60 + ".pdf"


def test_letters_are_folded_for_old_programs() -> None:
    assert ascii_letters("Ștefan Țăran-Înger „â” ß") == "Stefan Taran-Inger a ss"


@pytest.mark.parametrize(
    "name",
    ["Certificat Ștefan.pdf", "a b.pdf", 'x"y.pdf', "a;b=c.pdf", "😀.pdf", "%41.pdf", "日本.pdf"],
)
def test_the_header_is_read_back_as_the_same_name(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    kind, options = parse_options_header(header)
    assert kind == "attachment"
    assert options["filename"] == safe_file_name(name)


def test_the_header_offers_a_plain_name_first() -> None:
    assert content_disposition("Listă.pdf") == (
        "attachment; filename=\"Lista.pdf\"; filename*=UTF-8''List%C4%83.pdf"
    )
    assert content_disposition("a.pdf", inline=True) == 'inline; filename="a.pdf"'
