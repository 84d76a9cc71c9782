"""What stands on the page of the design: tokens with their contrast, and a form in every state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import wtforms
from flask import url_for
from wtforms import validators, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from lms.look.colours import contrast, tokens_of
from lms.web.forms import Form, lazy
from lms.web.templating import STATIC

ICON = re.compile(r'<symbol id="([\w-]+)"')


@cache
def sheet() -> str:
    """Return the style sheet of every page."""
    return (STATIC / "app.css").read_text(encoding="utf-8")


@cache
def icons() -> tuple[str, ...]:
    """Return the names of all icons."""
    return tuple(ICON.findall((STATIC / "icons.svg").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Swatch:
    """One colour in both themes, and how it stands out from the ground."""

    name: str
    light: str
    dark: str
    light_ratio: float
    dark_ratio: float


def swatches() -> list[Swatch]:
    """Return every colour of the tokens."""
    tokens = tokens_of(sheet())
    light, dark = tokens["light"], tokens["dark"]
    return [
        Swatch(
            name,
            light[name],
            dark[name],
            round(contrast(light[name], light["ground"]), 1),
            round(contrast(dark[name], dark["ground"]), 1),
        )
        for name in light
        if name in dark
    ]


class _Boxes(wtforms.SelectMultipleField):
    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


_KINDS = [SelectChoice("ngo", lazy("An association")), SelectChoice("town", lazy("A town hall"))]


class SampleForm(Form):
    """One field of each kind."""

    name = wtforms.StringField(lazy("Name"), [validators.InputRequired(lazy("This is needed."))])
    phone = wtforms.TelField(lazy("Telephone"), [validators.Optional()])
    hours = wtforms.DecimalField(lazy("Hours"), [validators.InputRequired(lazy("This is needed."))])
    text = wtforms.TextAreaField(lazy("Text"), [validators.InputRequired(lazy("This is needed."))])
    kind = wtforms.SelectField(lazy("Kind"), choices=_KINDS)
    one = wtforms.RadioField(
        lazy("One of them"), [validators.InputRequired(lazy("This is needed."))], choices=_KINDS
    )
    many = _Boxes(lazy("Some of them"), choices=_KINDS)
    agreed = wtforms.BooleanField(lazy("I have read this"))
    file = wtforms.FileField(lazy("File"))


@dataclass(frozen=True)
class SamplePage:
    """A place in a long list, as the pager draws it."""

    number: int = 2
    pages: int = 4
    total: int = 160

    def href(self, number: int) -> str:
        """Return the address of a page."""
        return url_for("look.design", page=number)


def _with(prefix: str, *, faulty: bool) -> SampleForm:
    form = SampleForm(prefix=prefix)
    if faulty:
        form.validate()
    return form


def parts() -> dict[str, Any]:
    """Return what the page shows."""
    return {
        "swatches": swatches(),
        "icons": icons(),
        "form": _with("a-", faulty=False),
        "faulty": _with("b-", faulty=True),
        "pages": SamplePage(),
        "states": ("ok", "warn", "bad", "info", "muted"),
        "stations": ("done", "half", "failed", "todo", "locked"),
    }
