"""Pictures for the logo slots."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lms.certificates.designs.uploads import KEPT_SIDE, MOST_BYTES, PictureRefused, as_png


def picture(mode: str, size: tuple[int, int], kind: str = "PNG", **info: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "navy" if mode != "L" else 80).save(out, kind, **info)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
def test_every_usual_picture_becomes_a_clean_png(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    with Image.open(io.BytesIO(as_png(picture(mode, (200, 100), kind)))) as made:
        assert made.format == "PNG"
        assert made.size == (200, 100)
        assert made.mode in ("RGB", "RGBA")


def test_a_see_through_ground_stays_see_through() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(as_png(out.getvalue()))) as made:
        assert made.getpixel((0, 0)) == (0, 0, 0, 0)


def test_what_the_camera_wrote_beside_the_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "un secret"
    assert b"secret" not in as_png(picture("RGB", (100, 100), "JPEG", exif=exif))


def test_a_picture_is_made_no_larger_than_print_needs() -> None:
    with Image.open(io.BytesIO(as_png(picture("RGB", (3200, 800))))) as made:
        assert made.size == (KEPT_SIDE, 400)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"not a picture", "not_a_picture"),
        (picture("RGB", (300, 300), "GIF"), "not_a_picture"),
        (picture("RGB", (30, 300)), "too_few_pixels"),
        (picture("RGB", (100, 5000)), "too_many_pixels"),
    ],
)
def test_what_is_no_use_as_a_logo_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        as_png(data)
    assert refused.value.reason == reason
