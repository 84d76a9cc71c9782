"""The page of the design shows every part there is, and only owners open it."""

import re
from pathlib import Path

from lms.look import sample
from lms.look.colours import tokens_of
from tests.cast import Cast

LMS = Path(__file__).parents[2] / "lms"
UI = (LMS / "templates/ui.html").read_text(encoding="utf-8")
DESIGN = (LMS / "look/templates/look/design.html").read_text(encoding="utf-8")


def test_every_macro_stands_on_the_page() -> None:
    macros = set(re.findall(r"macro (\w+)\(", UI)) - {"csrf"}
    shown = set(re.findall(r"ui\.(\w+)\(", DESIGN)) | {"flow"}
    assert sorted(m for m in macros if not m.startswith("_") and m not in shown) == []


def test_every_state_of_a_part_stands_on_the_page(cast: Cast) -> None:
    page = cast.client("owner").get("/design").text
    for kind in ("ok", "warn", "bad", "info", "muted"):
        assert f"state-{kind}" in page
        assert f"notice-{kind}" in page
    for state in ("done", "half", "todo", "locked"):
        assert page.count(f"station-{state}") >= 3  # in a line, in a list, as a dot
    for kind in ("primary", "secondary", "danger", "quiet"):
        assert f"button-{kind}" in page
    assert "has-error" in page
    assert 'class="error-summary"' in page


def test_every_colour_and_every_icon_stands_on_the_page(cast: Cast) -> None:
    page = cast.client("owner").get("/design").text
    css = (LMS / "static/design.css").read_text(encoding="utf-8")
    for name in tokens_of(sample.sheet())["light"]:
        assert f"swatch-{name}" in page
        assert f".swatch-{name}{{" in css
    assert len(sample.icons()) > 40
    for name in sample.icons():
        assert f"#{name}" in page


def test_every_icon_that_a_page_names_is_drawn() -> None:
    named = {
        name
        for path in LMS.rglob("*.html")
        for name in re.findall(
            r'(?:ui\.icon\(|icon=)"([a-z-]+)"(?! ~)', path.read_text(encoding="utf-8")
        )
    }
    assert sorted(named - set(sample.icons())) == []
