"""Colours that can be read: contrast after WCAG 2.2, and a palette made of one brand colour."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import Final

AA: Final = 4.5
AAA: Final = 7.0
LIGHT_GROUND: Final = "#ffffff"
DARK_GROUND: Final = "#0f1719"
INK: Final = "#18272b"
_HEX = re.compile(r"#[0-9a-f]{6}")
_BLOCK = re.compile(r"(:root[^{}]*)\{([^{}]*)\}")
_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-fA-F]{3,6})\b")


def is_colour(text: str) -> bool:
    """Whether this is a colour as the palette holds it: #rrggbb, small letters."""
    return _HEX.fullmatch(text) is not None


def _channels(colour: str) -> tuple[float, float, float]:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio between two colours: 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with so much of the other in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round((a * (1 - share) + b * share) * 255):02x}" for a, b in pairs)


def reaching(colour: str, ground: str, least: float) -> str:
    """Return the nearest colour of the same hue that reaches a contrast on a ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    darker = _luminance(ground) > 0.2
    for step in range(201):
        part = step / 200
        moved = lightness * (1 - part) if darker else lightness + (1 - lightness) * part
        rgb = colorsys.hls_to_rgb(hue, moved, saturation)
        found = "#" + "".join(f"{round(c * 255):02x}" for c in rgb)
        if contrast(found, ground) >= least:
            return found
    return INK if darker else LIGHT_GROUND


@dataclass(frozen=True)
class Shades:
    """What of the tokens follows the brand, in one theme."""

    brand: str
    brand_mid: str
    brand_strong: str
    tint: str

    def css(self) -> str:
        """Return the tokens as declarations."""
        return (
            f"--brand:{self.brand};--brand-mid:{self.brand_mid};"
            f"--brand-strong:{self.brand_strong};--tint:{self.tint}"
        )


def light_shades(brand: str) -> Shades:
    """Return the shades of a brand colour on white; the brand itself stays as it is."""
    strong = reaching(mixed(brand, "#000000", 0.25), LIGHT_GROUND, AAA + 2)
    return Shades(brand, mixed(brand, "#ffffff", 0.55), strong, mixed(brand, "#ffffff", 0.9))


def dark_shades(brand: str) -> Shades:
    """Return the shades of the same hue on the dark ground, light enough to be read."""
    light = reaching(brand, DARK_GROUND, AAA + 1)
    strong = reaching(mixed(light, "#ffffff", 0.4), DARK_GROUND, AAA + 3)
    return Shades(light, mixed(light, DARK_GROUND, 0.55), strong, mixed(light, DARK_GROUND, 0.85))


def sheet_of(brand: str) -> str:
    """Return the style sheet that puts a brand colour in the place of the shipped one."""
    light, dark = light_shades(brand).css(), dark_shades(brand).css()
    return (
        f":root{{{light}}}\n"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f':root[data-theme="dark"]{{{dark}}}\n'
        '@media print{:root:not([data-theme="print"])'
        "{--brand:#000;--brand-strong:#000;--tint:#fff}}\n"
    )


def tokens_of(sheet: str) -> dict[str, dict[str, str]]:
    """Return the colours of a style sheet by theme: light, dark (chosen), device (dark)."""
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}, "device": {}}
    for selector, body in _BLOCK.findall(sheet.split("@media print", maxsplit=1)[0]):
        theme = "dark" if '"dark"' in selector else "device" if ":not(" in selector else "light"
        found[theme].update({name: value.lower() for name, value in _TOKEN.findall(body)})
    return found
