"""A file is what it holds, whatever it is called."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from PIL import Image

from lms.safety import uploads
from lms.safety.uploads import FileFault, FileNotTaken, check_file
from tests.security.test_uploads import HOSTILE, zip_of

pytestmark = pytest.mark.one_database

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def picture(form: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "#225588").save(stream, form)
    return stream.getvalue()


def docx(**more: bytes) -> bytes:
    types = f'<Types><Override ContentType="{WORD}.main+xml"/></Types>'.encode()
    return zip_of({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **more})


def xlsx() -> bytes:
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


def odf(kind: str, **more: bytes) -> bytes:
    media_type = f"application/vnd.oasis.opendocument.{kind}".encode()
    return zip_of({"mimetype": media_type, "content.xml": b"<office/>", **more})


GOOD = {
    "fisa.pdf": PDF,
    "FIȘA MEA.PDF": PDF,
    "foaie.jpg": picture("JPEG"),
    "foaie.jpeg": picture("JPEG"),
    "foaie.png": picture("PNG"),
    "plan.docx": docx(),
    "buget.xlsx": xlsx(),
    "plan.odt": odf("text"),
    "buget.ods": odf("spreadsheet"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_people_work_with_is_taken(name):
    checked = check_file(name, GOOD[name])
    assert checked.data == GOOD[name]
    assert checked.name.lower() == name.lower()
    assert "/" in checked.media_type


REFUSED = [
    ("x.pdf", b"", FileFault.EMPTY),
    ("x.pdf", PDF + bytes(uploads.MOST_BYTES), FileFault.TOO_LARGE),
    ("x.exe", b"MZ", FileFault.KIND),
    ("x.html", b"<script>alert(1)</script>", FileFault.KIND),
    ("x.svg", b"<svg/>", FileFault.KIND),
    ("x.doc", b"\xd0\xcf\x11\xe0", FileFault.KIND),
    ("x", PDF, FileFault.KIND),
    ("", PDF, FileFault.KIND),
    ("x.pdf.exe", PDF, FileFault.KIND),
    ("x.pdf", b"<html><script>alert(1)</script>", FileFault.DAMAGED),
    ("x.pdf", b"%PDF-1.7 torn", FileFault.DAMAGED),
    ("x.png", picture("JPEG"), FileFault.DAMAGED),
    ("x.jpg", picture("PNG"), FileFault.DAMAGED),
    ("x.jpg", PDF, FileFault.DAMAGED),
    ("x.docx", xlsx(), FileFault.DAMAGED),
    ("x.xlsx", docx(), FileFault.DAMAGED),
    ("x.odt", odf("spreadsheet"), FileFault.DAMAGED),
    ("x.docx", zip_of({"word/document.xml": b"x"}), FileFault.DAMAGED),
    ("x.docx", docx(**{"word/vbaProject.bin": b"x"}), FileFault.PROGRAM),
    ("x.docx", docx(**{"word/activeX/activeX1.xml": b"x"}), FileFault.PROGRAM),
    ("x.odt", odf("text", **{"Basic/Standard/Module1.xml": b"x"}), FileFault.PROGRAM),
    ("x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), FileFault.PASSWORD),
    ("x.docx", docx(**{"../../x": b"x"}), FileFault.DAMAGED),
    ("x.docx", docx(**{"word/media/x.bin": bytes(60_000_000)}), FileFault.DAMAGED),
]


@pytest.mark.parametrize(("name", "data", "fault"), REFUSED)
def test_what_is_not_what_it_says_is_refused(name, data, fault):
    with pytest.raises(FileNotTaken) as refused:
        check_file(name, data)
    assert refused.value.fault is fault


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("suffix", uploads.SUFFIXES)
def test_a_hostile_file_is_refused_under_every_name(kind, suffix):
    data = HOSTILE[kind]
    known = (suffix == "pdf" and data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]) or (
        suffix == "png" and data.startswith(b"\x89PNG") and kind == "png and zip in one"
    )
    if known:  # oddly made, yet what it says; it is served to be stored, never shown
        assert check_file(f"x.{suffix}", data).data == data
        return
    with pytest.raises(FileNotTaken):
        check_file(f"x.{suffix}", data)


def test_a_name_loses_what_no_system_stores():
    assert check_file("../../C:\\evil\\<fișă>\u202e.pdf", PDF).name == "fișă .pdf".replace(
        " .", "."
    )


def test_an_archive_that_is_nothing_else_is_refused():
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    with pytest.raises(FileNotTaken):
        check_file("x.odt", stream.getvalue())
