"""A text whose writer was signed out meanwhile, or whose form has expired: it is not lost."""

from __future__ import annotations

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import current_actor
from lms.errors import NotSignedIn
from lms.talk.views.blueprint import bp
from lms.web.csrf import FIELD, FormExpired
from lms.web.pages import handle_refused, wants_json
from lms.web.templating import render

_LONGEST_OTHER = 200  # signs of a title, a day, a key


@bp.errorhandler(FormExpired)
@bp.errorhandler(NotSignedIn)
def keep_words(error: FormExpired | NotSignedIn) -> Response:
    """Show the text again, to be sent once more after signing in; anything else is refused."""
    text = request.form.get("text", "") if request.method == "POST" else ""
    if not text.strip() or wants_json():
        return handle_refused(error)
    if db.session().in_transaction():
        db.session().rollback()
    others = {
        name: value[:_LONGEST_OTHER]
        for name, value in request.form.items()
        if name not in ("text", FIELD)
    }
    back = request.path.removesuffix("/replies")  # where such a page is looked at
    actor = current_actor()
    page = render(
        "talk/kept.html",
        text=text,
        others=others,
        name=actor.display_name if actor else None,
        sign_in=url_for("accounts.sign_in", next=back),
    )
    response = make_response(page, error.status)
    response.headers["Cache-Control"] = "no-store"
    return response
