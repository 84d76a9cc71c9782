"""The pages: the statement with its form, the look of the site, and every part of a page shown."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms import clock
from lms.access import current_actor, prepares, reads, writes, writing_subject
from lms.errors import Hidden, Refused
from lms.look import colours as palette
from lms.look import sample, services
from lms.look.forms import BarrierForm, LookForm
from lms.look.permissions import (
    CHANGE_LOOK,
    READ_BARRIERS,
    REPORT_BARRIER,
    SEE_DESIGN,
    SEE_LOOK,
)
from lms.look.pictures import PictureRefused, as_logo
from lms.web.i18n import gettext as _
from lms.web.site import NAME
from lms.web.templating import render
from lms.web.windows import Window, who_asks

bp = Blueprint("look", __name__)
SLOTS: Final = ("head", "funder-1", "funder-2", "funder-3", "funder-4")
MADE: Final = date(2026, 11, 22)
REVIEWED: Final = date(2026, 11, 30)
"""Days of the statement; whoever looks it over again moves the second."""

_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_REPORTS = Window(20, seconds=3600.0)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TooMany(Refused):
    """So many reports from one address in an hour are no reports."""

    status = 429


def _me() -> int:
    actor = current_actor()
    assert actor is not None  # the permission says so
    return actor.person_id


# The statement ----------------------------------------------------------------------------------


def _statement(form: BarrierForm) -> str:
    return render("look/accessibility.html", form=form, made=MADE, reviewed=REVIEWED)


@bp.get("/accessibility")
@reads(SEE_LOOK)
def accessibility() -> str:
    """Show the accessibility statement, with its form."""
    return _statement(BarrierForm(page=request.args.get("page", "")[:300]))


@bp.post("/accessibility")
@writes(REPORT_BARRIER)
def report_barrier() -> AnyResponse | tuple[str, int]:
    """Keep what stopped somebody, and say what follows."""
    form = BarrierForm.posted()
    if not form.validate():
        return _statement(form), 422
    if not _REPORTS.allows(who_asks(request.remote_addr)):
        raise TooMany
    actor = current_actor()
    services.report(
        form.page.data,
        form.what.data.strip(),
        form.contact.data or "",
        by=actor.person_id if actor else None,
        now=clock.now(),
    )
    flash(
        _(
            "Your report has arrived. "
            "If you left an e-mail or a telephone, we answer within 30 days."
        ),
        "success",
    )
    return redirect(url_for("look.accessibility"))


@bp.get("/accessibility/reports")
@reads(READ_BARRIERS)
def reports() -> str:
    """List what stopped people."""
    return render("look/reports.html", reports=services.barriers())


@bp.post("/accessibility/reports/<int:report_id>/answered")
@writes(READ_BARRIERS)
def answered(report_id: int) -> AnyResponse:
    """Mark a report as answered."""
    services.answered(report_id, by=_me(), now=clock.now())
    return redirect(url_for("look.reports"))


# The site's look --------------------------------------------------------------------------------


def _appearance(form: LookForm) -> str:
    look = services.site().look
    brand = look.brand or palette.tokens_of(sample.sheet())["light"]["brand"]
    return render(
        "look/appearance.html",
        form=form,
        look=look,
        brand=brand,
        ratio=palette.contrast(brand, palette.LIGHT_GROUND),
        slots=[(slot, look.logos.get(slot)) for slot in SLOTS],
    )


@bp.get("/site/appearance")
@reads(CHANGE_LOOK)
def appearance() -> str:
    """Show name, colour, logos and words, to be changed."""
    look = services.site().look
    words = {
        f"{part}_{locale}": getattr(look, part).get(locale, "")
        for part in ("footer", "funding")
        for locale in ("ro", "en")
    }
    return _appearance(LookForm(name=look.name, brand=look.brand, **words))


@bp.post("/site/appearance")
@writes(CHANGE_LOOK)
def save_appearance() -> AnyResponse | tuple[str, int]:
    """Keep name, colour and words; a colour that can't be read is refused in words."""
    form = LookForm.posted()
    if not form.validate():
        return _appearance(form), 422
    given: dict[str, Any] = {name: field.data or "" for name, field in form._fields.items()}
    look = replace(
        services.site().look,
        name=given["name"] or NAME,
        brand=given["brand"].lower(),
        footer={locale: given[f"footer_{locale}"] for locale in ("ro", "en")},
        funding={locale: given[f"funding_{locale}"] for locale in ("ro", "en")},
    )
    services.save(look, by=_me())
    flash(_("The look of the site was saved. Every page has it from now on."), "success")
    return redirect(url_for("look.appearance"))


@bp.post("/site/appearance/logos/<any('head','funder-1','funder-2','funder-3','funder-4'):slot>")
@prepares(CHANGE_LOOK)
def set_logo(slot: str) -> AnyResponse:
    """Put a picture into a slot; its words are needed."""
    upload, alt = request.files.get("picture"), " ".join(request.form.get("alt", "").split())[:200]
    data = upload.read() if upload is not None and upload.filename else b""
    try:
        if not (data and alt):
            flash(_("Choose a picture and say in words whose logo it is."), "error")
        else:
            picture, kept = as_logo(data, alt)
            with writing_subject(CHANGE_LOOK):
                services.set_logo(slot, picture, kept, by=_me())
            flash(_("The logo stands in its place."), "success")
    except PictureRefused:
        flash(
            _(
                "The file is no picture that can be shown. "
                "Nothing was stored. Choose a PNG or a JPG."
            ),
            "error",
        )
    return redirect(url_for("look.appearance", _anchor="logos"))


@bp.post(
    "/site/appearance/logos/<any('head','funder-1','funder-2','funder-3','funder-4'):slot>/remove"
)
@writes(CHANGE_LOOK)
def remove_logo(slot: str) -> AnyResponse:
    """Empty a slot."""
    services.remove_logo(slot, by=_me())
    return redirect(url_for("look.appearance", _anchor="logos"))


@bp.get("/look/<string(length=6):brand>.css")
@reads(SEE_LOOK)
def colours(brand: str) -> Response:
    """Give the tokens that follow a brand colour; the address names the colour."""
    if not palette.is_colour(f"#{brand}"):
        raise Hidden
    response = current_app.response_class(palette.sheet_of(f"#{brand}"), mimetype="text/css")
    response.headers["Cache-Control"] = _KEPT_FOR_GOOD
    return response


@bp.get("/look/<sha256>.png")
@reads(SEE_LOOK)
def picture(sha256: str) -> Response:
    """Show a logo that stands in a slot now."""
    shown = {logo.sha256 for logo in services.site().look.logos.values()}
    if not _SHA256.fullmatch(sha256) or sha256 not in shown:
        raise Hidden
    response = make_response((services.site().folder / f"{sha256}.png").read_bytes())
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = _KEPT_FOR_GOOD
    return response


# Every part of a page ---------------------------------------------------------------------------


@bp.get("/design")
@reads(SEE_DESIGN)
def design() -> str:
    """Show every part that pages are made of, in every state."""
    return render("look/design.html", **sample.parts())
