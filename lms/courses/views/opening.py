"""When the modules open in one edition: as the course says, or on days of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db
from lms.access import Actor, current_actor, may, reads, writes
from lms.courses.models import Edition
from lms.courses.outline import ModuleEntry, Outline, outline_of
from lms.courses.permissions import SEE_OPENING, SET_OPENING
from lms.courses.services import opening
from lms.courses.services.opening import AS_THE_COURSE, NO_DAY, OWN_DAY
from lms.courses.views import bp
from lms.web.i18n import current_locale, speech
from lms.web.i18n import gettext as _
from lms.web.templating import render


def load_edition(actor: Actor, *, locked: bool, slug: str) -> Edition | None:
    """Load an edition that one sees, with its course."""
    statement = Edition.visible_to(actor).where(Edition.slug == slug)
    if locked:
        statement = statement.with_for_update(of=Edition)
    return db.session().scalars(statement.options(joinedload(Edition.course))).one_or_none()


@dataclass
class Line:
    """A module in the form: what holds for it, as it is saved or as it was typed."""

    module: ModuleEntry
    choice: str
    day: str = ""
    error: str = ""

    @property
    def value(self) -> date | None:
        """The day that was typed; None where there is none, or it is no day."""
        try:
            return date.fromisoformat(self.day) if len(self.day) == len("2026-11-30") else None
        except ValueError:
            return None

    @property
    def opens_on(self) -> date | None:
        """The day on which the module opens here, whoever sets it."""
        if self.choice == AS_THE_COURSE:
            return self.module.opens_on
        return self.value if self.choice == OWN_DAY else None


def _outline(edition: Edition) -> Outline:
    return outline_of(edition.course_id, edition.course.version)


def _saved(edition: Edition, outline: Outline) -> list[Line]:
    return [
        Line(m, opening.choice_of(edition, m.name), str(edition.opening.get(m.name, "")))
        for m in outline.modules
    ]


def _typed(saved: list[Line]) -> list[Line]:
    """Read the form; a day that was typed counts, though its circle was not chosen."""
    lines = []
    for before in saved:
        module = before.module
        choice = request.form.get(f"choice-{module.id}", AS_THE_COURSE)
        day = request.form.get(f"day-{module.id}", "").strip()[:40]
        line = Line(module, choice if choice in (NO_DAY, OWN_DAY) else AS_THE_COURSE, day)
        if line.choice == before.choice and day not in ("", before.day):
            line.choice = OWN_DAY
        if line.choice == OWN_DAY and line.value is None:
            line.error = _("Choose the day on which the module opens here.")
        lines.append(line)
    return lines


def _done(saved: list[Line], lines: list[Line]) -> str:
    """Say which modules open on another day now."""
    changed = [
        _opens(line)
        for before, line in zip(saved, lines, strict=True)
        if (before.choice, before.opens_on) != (line.choice, line.opens_on)
    ]
    return " ".join([_("Saved."), *changed, _("Whoever has begun a module goes on in it.")])


def _opens(line: Line) -> str:
    number, day = line.module.position, line.opens_on
    if day is None:
        return _("Module %(number)s opens on no particular day.", number=number)
    said = speech(current_locale()).day(day)
    return _("Module %(number)s opens on %(date)s.", number=number, date=said)


@bp.get("/editions/<slug>/opening")
@reads(SEE_OPENING, load_edition)
def edition_opening(edition: Edition) -> str:
    """Show when each module opens in an edition."""
    outline = _outline(edition)
    return _page(edition, outline, _saved(edition, outline))


def _page(edition: Edition, outline: Outline, lines: list[Line]) -> str:
    return render(
        "courses/opening.html",
        edition=edition,
        outline=outline,
        lines=lines,
        may_set=may(SET_OPENING.name, edition),
    )


@bp.post("/editions/<slug>/opening")
@writes(SET_OPENING, load_edition)
def set_edition_opening(edition: Edition) -> Response | tuple[str, int]:
    """Save when modules open in an edition."""
    outline = _outline(edition)
    saved = _saved(edition, outline)
    lines = _typed(saved)
    if any(line.error for line in lines):
        return _page(edition, outline, lines), 422
    shown = {line.module.name for line in lines}
    days: dict[str, Any] = {
        name: date.fromisoformat(day) if day else None
        for name, day in edition.opening.items()
        if name not in shown
    }
    days |= {line.module.name: line.value for line in lines if line.choice == OWN_DAY}
    days |= {line.module.name: None for line in lines if line.choice == NO_DAY}
    actor = current_actor()
    assert actor is not None
    if opening.set_opening(edition, days, by=actor.person_id):
        flash(_done(saved, lines), "success")
    else:
        flash(_("Nothing was changed: it stands like that already."), "info")
    return redirect(url_for(".edition_opening", slug=edition.slug))
