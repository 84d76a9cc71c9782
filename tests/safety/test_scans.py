"""A scan is known by what it holds; whatever else comes is refused with its reason."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lms.safety.scans import MOST_BYTES, ScanFault, ScanRefused, check_scan

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#ffffff").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kept", "media_type"),
    [
        ("lista semnată.pdf", PDF, ".pdf", "application/pdf"),
        ("poza.JPG", picture("JPEG"), ".jpg", "image/jpeg"),
        ("poza.jpg", picture("PNG"), ".png", "image/png"),
        ("../../etc/passwd", PDF, ".pdf", "application/pdf"),
        ("", picture("PNG"), ".png", "image/png"),
    ],
)
def test_a_scan_is_kept_as_it_came_under_a_name_that_says_what_it_is(name, data, kept, media_type):
    scan = check_scan(name, data)
    assert scan.data == data
    assert scan.media_type == media_type
    assert scan.name.endswith(kept)
    assert "/" not in scan.name


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", ScanFault.EMPTY),
        (b"%PDF-" + bytes(MOST_BYTES), ScanFault.TOO_LARGE),
        (b"%PDF-1.4 cut short", ScanFault.DAMAGED),
        (picture("PNG")[:60], ScanFault.DAMAGED),
        (picture("JPEG")[:200], ScanFault.DAMAGED),
        (b"<html><script>alert(1)</script>", ScanFault.KIND),
        (b"PK\x03\x04 a document", ScanFault.KIND),
        (picture("GIF"), ScanFault.KIND),
    ],
)
def test_what_is_no_scan_is_refused(data, fault):
    with pytest.raises(ScanRefused) as refusal:
        check_scan("lista.pdf", data)
    assert refusal.value.fault is fault


def test_a_picture_of_a_thousand_million_points_is_refused_before_it_is_drawn():
    out = io.BytesIO()
    Image.new("1", (30000, 30000)).save(out, "PNG")
    with pytest.raises(ScanRefused) as refusal:
        check_scan("mare.png", out.getvalue())
    assert refusal.value.fault is ScanFault.TOO_LARGE
