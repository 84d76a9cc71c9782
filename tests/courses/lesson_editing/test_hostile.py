"""What is sent to harm: texts, pictures, names. Nothing of it runs, nothing lands elsewhere."""

from __future__ import annotations

import io
import re
import struct
import zlib

import lxml.html
import pytest
from PIL import Image

from lms.exchange.lesson_saving import LessonBench, read_text
from lms.lesson_editor.library import NoPicture, free_name, read_picture
from lms.lesson_editor.pasting import markdown_from
from lms.quizzes.exchange.picture_notes import without_notes
from lms.quizzes.services.pictures import MOST_PIXELS, tidied
from tests.courses.lesson_editing.test_front import SOURCE

HEAD = SOURCE[: SOURCE.index("Un rând")]
BENCH = LessonBench(
    course_id=1,
    course_version=1,
    slug="proba",
    lesson_id=1,
    content_id="proba-1-1",
    path="modules/1/lessons/1.md",
    source=SOURCE.encode(),
    base="",
    outcomes=1,
    figures=frozenset({"figures/a.svg"}),
    facts={"A1": "V"},
    papers=frozenset(),
    number="1.1",
    is_named=False,
    other_numbers=frozenset(),
    terms=(),
)
NOTE = b"Aleea Exemplului 7"  # what must not be handed on


@pytest.mark.one_database
@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=alert(1)>b</b> c",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x)",
        "[a](//altundeva.example/x)",
        "![a](javascript:alert(1))",
        "![a](https://altundeva.example/x.png)",
        "![a](../../keys/seal.svg)",
        "![a](figures/../../etc/passwd)",
        "![a](data:image/svg+xml;base64,PHN2Zy8+)",
        '<https://exemplu.ro/"onmouseover=alert(1)>',
        "<style>*{display:none}</style>",
        "<iframe src=//altundeva.example></iframe>",
        "| a |\n|---|\n| <svg onload=alert(1)> |",
        "```html\n<script>alert(1)</script>\n```",
        "[a]: javascript:alert(1)\n\n[a]",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_a_hostile_text_draws_nothing_that_runs_or_reaches_out(body: str) -> None:
    drawn = lxml.html.fragment_fromstring(
        read_text(BENCH, HEAD + body + "\n").html, create_parent="main"
    )
    for element in drawn.iter():
        assert element.tag not in ("script", "img", "style", "iframe", "svg")
        assert not any(name.startswith("on") or name == "style" for name in element.attrib)
        assert re.match(r"https://exemplu\.ro/|#|$", element.get("href", ""))


@pytest.mark.one_database
def test_a_picture_of_the_course_is_shown_by_its_own_address_alone() -> None:
    html = read_text(BENCH, HEAD + "![un drum](figures/a.svg)\n").html
    assert 'src="/courses/proba/figures/a.svg"' in html


@pytest.mark.one_database
def test_what_is_pasted_keeps_no_address_that_runs() -> None:
    html = (
        '<p><a href="javascript:alert(1)">a</a><img src="x" onerror="alert(1)">'
        '<img src="https://altundeva.example/urma.gif"><iframe src="//altundeva.example"></iframe>'
        "<math><mi xlink:href=javascript:alert(1)>b</mi></math>"
    )
    text = markdown_from(html, lambda _address: "")
    assert "javascript" not in text
    assert "altundeva" not in text
    assert "alert" not in text


# Pictures ----------------------------------------------------------------------------------------


def picture(kind: str, size: tuple[int, int] = (8, 8), **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#336699").save(made, kind, **more)
    return made.getvalue()


def with_place(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    """Make a picture whose notes say where it was taken."""
    notes = Image.Exif()
    notes[0x010E] = NOTE.decode()
    return picture(kind, size, exif=notes)


def png_of(width: int, height: int) -> bytes:
    """Write a small file that says that it is a huge picture."""

    def piece(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + piece(b"IHDR", head)
        + piece(b"IDAT", zlib.compress(b"\0" * 100))
        + piece(b"IEND", b"")
    )


@pytest.mark.one_database
@pytest.mark.parametrize("size", [(8, 8), (2000, 40)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_picture_was_taken_is_not_kept(kind: str, size: tuple[int, int]) -> None:
    data = with_place(kind, size)
    assert NOTE in data
    name, kept = tidied(data)
    assert name
    assert NOTE not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        shown.load()
        assert not shown.getexif()
        assert shown.convert("RGB").getpixel((0, 0)) != (0, 0, 0)


@pytest.mark.one_database
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_without_notes_stays_to_the_byte(kind: str) -> None:
    data = picture(kind)
    assert without_notes(kind.lower(), data) == data
    quiet = without_notes(kind.lower(), with_place(kind))
    assert without_notes(kind.lower(), quiet) == quiet


@pytest.mark.one_database
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_of(40_000, 40_000), id="a huge picture in a small file"),
        pytest.param(png_of(MOST_PIXELS, 2), id="a little beyond what is taken"),
        pytest.param(png_of(8, 8)[:-12], id="no end"),
        pytest.param(picture("PNG")[:60], id="cut off"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBPVP8X", id="an empty WebP"),
        pytest.param(b"GIF89a" + b"\xff" * 40, id="a GIF of nothing"),
        pytest.param(b"\xff\xd8\xff<script>alert(1)</script>", id="a script named like a picture"),
        pytest.param(picture("PNG") + b"x" * 6_000_000, id="too long a file"),
        pytest.param(b"<html><script>alert(1)</script></html>", id="a page"),
    ],
)
def test_what_is_no_picture_or_too_large_is_none(data: bytes) -> None:
    assert tidied(data) == ("", b"")


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><a href="https://altundeva.example"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject/></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    ],
)
def test_a_drawing_that_does_more_than_draw_is_not_taken(app, drawing: str) -> None:
    with app.app_context(), pytest.raises(NoPicture):
        read_picture("desen.svg", drawing.encode())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.png", "etc-passwd.png"),
        ("..\\..\\x.png", "x.png"),
        ("/figures/a b.PNG", "figures-a-b.png"),
        ("desen.svg.png", "desen-svg.png"),
        ("pagină.html", "pagina.png"),
        (".png", "png.png"),
        ("\x00\u202egnp.exe", "gnp.png"),
        ("Șoseaua Țării – 1.jpg", "soseaua-tarii-1.png"),
    ],
)
def test_a_picture_is_named_by_what_it_is_and_stays_in_its_folder(app, sent, kept) -> None:
    with app.app_context():
        assert read_picture(sent, picture("PNG")).name == kept


@pytest.mark.one_database
def test_a_taken_name_gets_a_number() -> None:
    assert free_name("a.png", "s", {"a.png": "t", "a-2.png": "u"}) == "a-3.png"
    assert free_name("a.png", "s", {"a.png": "s"}) == "a.png"
