"""What is left after a black-and-white laser at 94 % and one pass through a copier."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

import lms
from lms.certificates.designs import shipped
from lms.certificates.designs.composing import compose_what_fits
from lms.certificates.designs.design import Purpose
from lms.certificates.drawing.items import Text
from lms.certificates.numbering import display_code
from lms.certificates.render import render
from lms.typography import MM, width
from tests.certificates.designs.ink import texts
from tests.certificates.designs.test_hard_names import document, full

DPI = 300
SCALE = 0.94
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FONTS = Path(lms.__file__).parent / "fonts"


def printed(data: bytes, folder: Path) -> Image.Image:
    """Print a file's first page: 300 dots an inch, each black or white."""
    (folder / "a.pdf").write_bytes(data)
    subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-gray", "-f", "1", "-l", "1", "a.pdf", "a"],
        cwd=folder,
        check=True,
    )
    (page,) = folder.glob("a-*.pgm")
    with Image.open(page) as picture:
        return black_and_white(picture.convert("L"), 128)


def black_and_white(picture: Image.Image, threshold: int) -> Image.Image:
    return picture.point(lambda grey: 255 if grey >= threshold else 0)


def copied(picture: Image.Image) -> Image.Image:
    """Shrink a page to 94 %, and copy it once: a slight blur, specks, and black or white again."""
    size = (round(picture.width * SCALE), round(picture.height * SCALE))
    blurred = picture.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(0.9))
    noise = Image.effect_noise(size, 70)
    return black_and_white(Image.blend(blurred, noise, 0.25), 118)


@pytest.mark.parametrize("key", shipped.KEYS)
def test_the_square_and_the_code_are_read_from_a_copy_of_a_print(key: str, tmp_path: Path) -> None:
    said = full(shipped.shipped(key), holder="Ștefania-Ioana Țurcanu")
    page = copied(printed(render(said), tmp_path))
    page.save(tmp_path / "copy.png")
    found = subprocess.run(
        ["zbarimg", "--quiet", "--raw", tmp_path / "copy.png"], capture_output=True, text=True
    )
    assert found.stdout.strip() == said.verify_url

    composition = compose_what_fits(said.design, said, Purpose.ELECTRONIC)
    code = display_code(said.code)
    (line,) = [t for t in texts(composition.pages[0].elements) if code in t.text]
    assert read_line(page, line, composition.pages[0].high).endswith(code)


def read_line(page: Image.Image, line: Text, high: float) -> str:
    """Read a line sign by sign: each is taken for the sign that its picture is nearest to."""
    pixels = DPI * SCALE / 25.4
    size = line.size / MM * pixels
    font = ImageFont.truetype(
        _FONTS / f"{line.face.value}.ttf", round(size * 4), layout_engine=ImageFont.Layout.BASIC
    )
    x, read = line.left * pixels, ""
    for sign in line.text:
        across = width(sign, line.face, line.size) / MM * pixels
        if sign in SYMBOLS:
            left, top = round(x) - 2, round((high - line.y) * pixels - size * 0.8) - 2
            wide, tall = round(across) + 5, round(size * 0.85) + 4
            seen = page.crop((left, top, left + wide, top + tall))
            read += _nearest(seen, font, (x - left, (high - line.y) * pixels - top))
        else:
            read += sign
        x += across
    return read


def _nearest(seen: Image.Image, font: ImageFont.FreeTypeFont, origin: tuple[float, float]) -> str:
    distances = {}
    for symbol in SYMBOLS:
        large = Image.new("L", (seen.width * 4, seen.height * 4), 255)
        ImageDraw.Draw(large).text(
            (origin[0] * 4, origin[1] * 4), symbol, font=font, fill=0, anchor="ls"
        )
        ideal = large.resize(seen.size, Image.Resampling.BOX)
        distances[symbol] = min(
            ImageStat.Stat(ImageChops.difference(seen, ImageChops.offset(ideal, dx, dy))).mean[0]
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
        )
    return min(distances, key=lambda symbol: distances[symbol])


@pytest.mark.parametrize("key", shipped.KEYS)
def test_a_page_needs_little_ink(key: str, tmp_path: Path) -> None:
    page = printed(render(document(shipped.shipped(key))), tmp_path)
    black = 1 - ImageStat.Stat(page).mean[0] / 255
    assert black < 0.06


@pytest.mark.parametrize("key", shipped.KEYS)
def test_ten_millimetres_round_the_page_stay_white(key: str, tmp_path: Path) -> None:
    page = printed(render(full(shipped.shipped(key), holder="Ștefania-Ioana Țurcanu")), tmp_path)
    edge = round(9.8 / 25.4 * DPI)
    inside = (edge, edge, page.width - edge, page.height - edge)
    page.paste(255, inside)
    assert page.getextrema() == (255, 255)
