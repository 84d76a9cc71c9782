"""What a programme allows of badges and links; it may change while the programme is declared."""

from __future__ import annotations

from flask import flash
from werkzeug.wrappers import Response

from lms.access import reads, writes
from lms.certificates.badges.models import settings_of
from lms.certificates.badges.services import Allowed, set_allowed
from lms.courses.models import Programme
from lms.programmes.forms import BadgesForm
from lms.programmes.permissions import EDIT_PROGRAMME
from lms.programmes.views.blueprint import bp, me, to
from lms.web.i18n import gettext as _
from lms.web.templating import render


@bp.get("/programmes/<int:programme_id>/badges")
@reads(EDIT_PROGRAMME, Programme)
def badges(programme: Programme) -> str:
    """Show what is allowed, in a form."""
    form = BadgesForm(obj=settings_of(programme.id))
    return render("programmes/badges.html", programme=programme, form=form)


@bp.post("/programmes/<int:programme_id>/badges")
@writes(EDIT_PROGRAMME, Programme)
def save_badges(programme: Programme) -> Response:
    """Save what is allowed; badges that were given stay as they are."""
    form = BadgesForm.posted()
    set_allowed(programme, Allowed(**form.data), by=me())
    flash(
        _("Saved. It holds for certificates numbered from now on, and for every link."), "success"
    )
    return to("programmes.see", programme_id=programme.id, _anchor="badges")
