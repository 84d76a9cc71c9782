"""The colours of every page can be read, light and dark: counted from the style sheet itself."""

import pytest

from lms.look.colours import AA, AAA, contrast, dark_shades, light_shades, reaching, tokens_of
from lms.look.sample import sheet

TOKENS = tokens_of(sheet())
EDGE = 3.0  # WCAG 1.4.11: what shows a control or a state
BRANDS = ("#0b5c55", "#003399", "#8a1538", "#4a148c", "#1a1a1a", "#a1232a", "#767676")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_read_without_effort(theme: str) -> None:
    of = TOKENS[theme]
    weak = [
        f"{text} on {ground}: {ratio:.2f}"
        for text in ("ink", "muted", "brand", "brand-strong")
        for ground in ("ground", "surface", "tint")
        if (ratio := contrast(of[text], of[ground])) < (AAA if ground == "ground" else 6)
    ]
    assert weak == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_states_are_read_on_their_own_ground(theme: str) -> None:
    of = TOKENS[theme]
    for state in ("ok", "warn", "bad", "info"):
        for ground in ("ground", "surface", f"{state}-tint"):
            assert contrast(of[state], of[ground]) >= AAA, (state, ground)
        assert contrast(of[state], of["tint"]) >= 6, state
        assert contrast(of["ink"], of[f"{state}-tint"]) >= AAA, state
    assert contrast(of["accent"], of["ground"]) >= AAA
    assert contrast(of["on-brand"], of["brand"]) >= AAA
    assert contrast(of["on-brand"], of["brand-strong"]) >= AAA


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_and_the_focus_show_their_edges(theme: str) -> None:
    of = TOKENS[theme]
    for ground in ("ground", "surface", "tint"):
        assert contrast(of["control"], of[ground]) >= EDGE, ground
        assert contrast(of["ink"], of[ground]) >= AAA, ground  # the ring of the focus is ink
    assert contrast(of["brand"], of["line"]) >= EDGE  # how far a bar of progress has come


def test_dark_is_the_same_whether_chosen_or_the_devices() -> None:
    assert TOKENS["dark"] == TOKENS["device"]
    assert TOKENS["dark"].keys() == TOKENS["light"].keys()


def test_the_ring_of_the_focus_is_never_taken_away() -> None:
    rules = [r for r in sheet().split("}") if "outline:0" in r or "outline:none" in r]
    allowed = ("main:focus", ".option input:focus-visible", ".scale-point input:focus-visible")
    assert [r for r in rules if not any(a in r for a in allowed)] == []


@pytest.mark.parametrize("brand", BRANDS)
def test_any_brand_that_is_let_in_can_be_read_in_both_themes(brand: str) -> None:
    light, dark = light_shades(brand), dark_shades(brand)
    white, night = TOKENS["light"]["ground"], TOKENS["dark"]["ground"]
    assert light.brand == brand
    assert contrast(light.brand, white) >= AA
    assert contrast(light.brand_strong, white) >= AAA
    assert contrast(TOKENS["light"]["ink"], light.tint) >= AAA
    assert contrast(dark.brand, night) >= AAA
    assert contrast(dark.brand_strong, night) >= AAA
    assert contrast(TOKENS["dark"]["on-brand"], dark.brand) >= AA
    assert contrast(TOKENS["dark"]["ink"], dark.tint) >= AAA


@pytest.mark.parametrize("colour", ["#ffcc00", "#78d3c4", "#ffffff", "#ff8800"])
def test_the_nearest_colour_that_can_be_read_is_found(colour: str) -> None:
    found = reaching(colour, "#ffffff", AA)
    assert AA <= contrast(found, "#ffffff") < AA + 0.5


def test_contrast_is_counted_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#fff", "#ffffff") == 1
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
