"""What a programme asks at entry."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from lms import clock
from lms.access import reads, writes
from lms.courses.models import Programme
from lms.entry import shelf, words
from lms.entry.errors import PurposeMissing, SetInUse, UnknownSet
from lms.entry.forms import SettingsForm
from lms.entry.permissions import SEE_ENTRY_SET_UP, SET_UP_ENTRY
from lms.entry.services import settings as services
from lms.entry.services.settings import Wanted
from lms.entry.views.blueprint import bp, me
from lms.programmes.fields import choices
from lms.web.i18n import gettext as _
from lms.web.i18n import in_locale, ngettext
from lms.web.templating import render

NONE = "-"


@bp.get("/programmes/<int:programme_id>/entry")
@reads(SEE_ENTRY_SET_UP, Programme)
def set_up(programme: Programme) -> str:
    """Show what the programme asks."""
    kept = services.settings_of(programme.id)
    form = SettingsForm(obj=kept) if kept else SettingsForm()
    form.set_id.data = (kept.set_id if kept else None) or NONE
    return _page(programme, form)


@bp.post("/programmes/<int:programme_id>/entry")
@writes(SET_UP_ENTRY, Programme)
def save_set_up(programme: Programme) -> str | Response:
    """Choose what the programme asks."""
    form = SettingsForm.posted()
    form.set_id.choices = _choices()
    if not form.validate():
        return _page(programme, form)
    wanted = Wanted(
        set_id=None if form.set_id.data == NONE else form.set_id.data,
        notice_ro=form.notice_ro.data,
        notice_en=form.notice_en.data,
        asks_national_number=form.asks_national_number.data,
        national_number_purpose=form.national_number_purpose.data,
    )
    instance = current_app.config["LMS"].instance
    try:
        services.choose(programme, wanted, instance=instance, by=me(), now=clock.now())
    except PurposeMissing:
        form.national_number_purpose.errors = [
            _("Write what the number is for: whoever gives it reads this.")
        ]
        return _page(programme, form)
    except SetInUse as refused:
        form.set_id.errors = [
            ngettext(
                "%(num)s person has already answered, so the questions stay.",
                "%(num)s people have already answered, so the questions stay.",
                refused.number,
            )
        ]
        return _page(programme, form)
    except UnknownSet:
        form.set_id.errors = [_("This set is not there any more. Choose another.")]
        return _page(programme, form)
    flash(_("What is asked at entry was saved."), "success")
    return redirect(url_for("entry.set_up", programme_id=programme.id), 303)


def _choices() -> list[Any]:
    files = shelf.shelf(current_app.config["LMS"].instance)
    offered = [(f.found.id, words.said(f.found.title)) for f in files if f.found]
    return choices([(NONE, _("Nothing is asked")), *offered])


def _page(programme: Programme, form: SettingsForm) -> str:
    form.set_id.choices = _choices()
    proposed = {}
    for locale in ("ro", "en"):
        with in_locale(locale):
            proposed[locale] = words.proposed_notice(programme)
    kept = services.settings_of(programme.id)
    return render(
        "entry/set_up.html",
        programme=programme,
        form=form,
        proposed=proposed,
        asked=services.set_of(kept),
        answered=services.answered(programme.id),
        faulty=[f for f in shelf.shelf(current_app.config["LMS"].instance) if f.found is None],
        words=words,
    )
