"""Templates: one compiled environment per language, with constant sentences folded in."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import flask
from flask import Flask, current_app, url_for
from jinja2 import Environment, PackageLoader, StrictUndefined, nodes
from jinja2.loaders import BaseLoader, ChoiceLoader, FunctionLoader
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from lms.access import current_actor, may
from lms.safety.html import plain_text
from lms.web import alarms, csrf, device, i18n, navigation

STATIC = Path(__file__).parent.parent / "static"
THEMES = ("light", "dark")
THEME_COOKIE = "theme"


class _Fold(NodeTransformer):
    """Replace _("constant") by its translation when the template is compiled."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def visit_Call(  # noqa: N802 -- the visitor's own spelling
        self, node: nodes.Call, *args: Any, **kwargs: Any
    ) -> nodes.Node:
        node = self.generic_visit(node, *args, **kwargs)  # type: ignore[assignment]
        constant = (
            isinstance(node.node, nodes.Name)
            and node.node.name == "_"
            and len(node.args) == 1
            and isinstance(node.args[0], nodes.Const)
            and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        )
        if not constant:
            return node
        text = i18n.catalogue(self.locale).gettext(node.args[0].value)  # type: ignore[attr-defined]
        return nodes.Const(text, lineno=node.lineno)


class LocalEnvironment(Environment):
    """An environment that speaks one language."""

    speaks: str

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        folded: nodes.Template = _Fold(self.speaks).visit(tree)
        return folded


PARTS = [Path(__file__).parent.parent]  # where packages inside features have templates


def _part(name: str) -> tuple[str, str, None] | None:
    """Find „quizzes/question_types/matching/answer.html” in that folder's own `templates`."""
    *folders, file = name.split("/")
    if len(folders) < 3:
        return None
    for root in PARTS:
        path = root.joinpath(*folders, "templates", file)
        if path.is_file():
            return path.read_text(encoding="utf-8"), str(path), None
    return None


def _loader() -> BaseLoader:
    root = Path(__file__).parent.parent
    packages = sorted(p.parent.name for p in root.glob("*/templates") if p.is_dir())
    loaders: list[BaseLoader] = [PackageLoader("lms", "templates")]
    loaders += [PackageLoader(f"lms.{name}", "templates") for name in packages]
    return ChoiceLoader([*loaders, FunctionLoader(_part)])


@cache
def environment(locale: str) -> LocalEnvironment:
    """Return the environment of a language, made on first use and kept."""
    env = LocalEnvironment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    env.speaks = locale
    speech = i18n.speech(locale)
    env.globals.update(
        _=speech.gettext,
        ngettext=speech.ngettext,
        locale=locale,
        url_for=url_for,
        static_url=static_url,
        csrf_token=csrf.token,
        device_mark=device.mark,
        device_key=device.key,
        may=may,
        request=flask.request,
        get_flashed_messages=flask.get_flashed_messages,
        theme=current_theme,
        nav_items=navigation.items,
        alarms=alarms.items,
    )
    env.filters.update(
        date=speech.day,
        short_date=speech.short_day,
        until=speech.days,
        datetime=speech.instant,
        stamp=speech.stamp,
        month=speech.month,
        day_name=speech.day_name,
        lately=speech.lately,
        time=i18n.format_time,
        number=speech.number,
        percent=speech.percent,
        listed=speech.listed,
        hours=speech.hours,
        county=_county,
        safe_html=render_inline,
        plain=_plain,
        short=_short,
    )
    return env


def _plain(html: str) -> str:
    return plain_text(html)


def _short(text: str, most: int) -> str:
    """Keep whole words up to a length; what is cut ends in „…”, with no comma or dot before it."""
    if len(text) <= most:
        return text
    kept = text[:most]
    words, space, _rest = kept.rpartition(" ")
    return (words if space else kept[:-1]).rstrip(" .,;:!?…–-") + "…"


def _county(code: str | None) -> str:
    from lms.counties import COUNTIES

    return COUNTIES[code].name if code and code in COUNTIES else ""


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """Return the address of a static file; it changes with the file, so it is kept for good."""
    return f"/static/{name}?v={_digest(name)}"


def current_theme() -> str:
    """Return the theme that somebody chose in this browser; empty: the device decides."""
    chosen = flask.request.cookies.get(THEME_COOKIE, "") if flask.has_request_context() else ""
    return chosen if chosen in THEMES else ""


def render(template: str, /, **context: Any) -> str:
    """Render a page in the language of this answer."""
    locale = i18n.current_locale()
    env = environment(locale)
    actor = current_actor()
    return env.get_template(template).render(
        actor=actor, site=current_app.extensions["lms_site"], **context
    )


def render_mail(template: str, /, **context: Any) -> str:
    """Render a text outside a request, in the language in force (see `in_locale`)."""
    env = environment(i18n.current_locale())
    site = current_app.extensions["lms_site"]
    return env.get_template(template).render(actor=None, site=site, **context)


def render_inline(html: str) -> Markup:
    """Mark as safe HTML that the one sanitiser made."""
    return Markup(html)  # noqa: S704 -- only ever fed from lms.safety.html


def init_app(app: Flask) -> None:
    """Let Flask's own calls use the same environments."""
    app.jinja_options = {"undefined": StrictUndefined}
