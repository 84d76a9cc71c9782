"""The pages that belong to nobody: error pages, language, notices, health."""

from __future__ import annotations

import hashlib
import secrets

import structlog
from flask import Blueprint, Flask, g, jsonify, make_response, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from lms import db
from lms.access import Permission, anyone, current_actor, reads, unrecorded_write
from lms.errors import NotSignedIn, Refused
from lms.safety.redirects import safe_next
from lms.web import i18n, templating
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("web", __name__)
log = structlog.get_logger()

SEE_PUBLIC_PAGES = Permission("site:see-public-pages", anyone)
CHOOSE_LANGUAGE = Permission("site:choose-language", anyone)
CHOOSE_THEME = Permission("site:choose-theme", anyone)


def explanation(status: int) -> tuple[str, str]:
    """Return title and message for a status: what happened, what was kept, what to do."""
    texts = {
        400: (
            _("The form has expired"),
            _(
                "Nothing was changed. Go back, reload the page and try again; answers already "
                "marked as saved are kept."
            ),
        ),
        401: (
            _("Please sign in"),
            _("This page needs a signed-in person. Sign in, and you will come back here."),
        ),
        403: (
            _("You may not open this page"),
            _(
                "Your account has no right to it. Nothing was changed. If you need it, ask the "
                "registrar."
            ),
        ),
        404: (
            _("This page does not exist"),
            _(
                "The address may be mistyped, or the page was moved. Start again from the first "
                "page."
            ),
        ),
        405: (
            _("This can’t be done this way"),
            _("Nothing was changed. Go back and use the page’s buttons."),
        ),
        409: (
            _("Something changed in the meantime"),
            _(
                "Your request was not carried out, and nothing was lost. Reload the page to see "
                "how things stand now."
            ),
        ),
        413: (
            _("The file is too large"),
            _("Nothing was stored. Choose a smaller file and try again."),
        ),
        415: (
            _("This kind of file can’t be read"),
            _("Nothing was stored. Choose another file and try again."),
        ),
        422: (
            _("This can’t be read"),
            _("Nothing was changed. Check what you sent and try again."),
        ),
        429: (
            _("Too many tries"),
            _("Nothing was changed. Wait a few minutes, then try again."),
        ),
        503: (
            _("The site is not available for a moment"),
            _("Answers already marked as saved are kept. Try again in a minute."),
        ),
    }
    other = (
        _("Something went wrong on our side"),
        _(
            "The fault was recorded. Answers already marked as saved are kept. Try again, "
            "and if it happens again write to us with the number below."
        ),
    )
    return texts.get(status, other)


# What was refused here can be tried again, or put right, on the page that it was sent from.
_GOES_BACK = {400, 405, 409, 413, 415, 422, 429}


def wants_json() -> bool:
    """Whether the asker is a script of ours or an API client."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        best == "application/json"
        and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]
    )


def error_page(status: int) -> Response:
    """Draw the page of a status; missing and hidden objects get the same bytes."""
    title, message = explanation(status)
    if wants_json():
        return make_response(jsonify(error=title, message=message), status)
    request_id = g.get("request_id", "") if status >= 500 else ""
    response = make_response(
        render(
            "error.html",
            code=status,
            title=title,
            message=message,
            request_id=request_id,
            is_fault=status >= 500,
            goes_back=status in _GOES_BACK,
            home_href=url_for("web.home"),
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _roll_back() -> None:
    if db.session().in_transaction():
        db.session().rollback()


def handle_refused(error: Refused) -> Response:
    """Answer a refusal that no view explained."""
    _roll_back()
    if isinstance(error, NotSignedIn) and not wants_json():
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("accounts.sign_in", next=safe_next(target, "/")))
    return error_page(error.status)


def handle_http(error: HTTPException) -> Response:
    """Answer werkzeug's errors with our own page."""
    _roll_back()
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    response = error_page(error.code or 500)
    if error.code == 405 and (allowed := dict(error.get_headers()).get("Allow")):
        response.headers["Allow"] = allowed
    return response


def handle_database(error: OperationalError) -> Response:
    """Answer 503 where the database is away; the answer says what was kept."""
    _roll_back()
    log.error("database away", error=str(error.orig)[:300])
    response = error_page_without_database(503)
    response.headers["Retry-After"] = "10"
    return response


def error_page_without_database(status: int) -> Response:
    """Draw an error page where even who asks can't be read."""
    g._login_user = None
    return error_page(status)


def handle_any(error: Exception) -> Response:
    """Record a fault and answer without a trace of it."""
    _roll_back()
    log.exception("fault", path=request.path)
    return error_page_without_database(500)


@bp.get("/")
@reads(SEE_PUBLIC_PAGES)
def home() -> Response | str:
    """Lead people to their own first page; tell strangers what this is."""
    actor = current_actor()
    if actor is None:
        return render("public_home.html")
    if not actor.is_staff:
        return redirect(url_for("courses.home"))
    if actor.runs_everything:
        return redirect(url_for("participants.editions"))
    return redirect(url_for("courses.teaching"))


@bp.get("/privacy")
@reads(SEE_PUBLIC_PAGES)
def privacy() -> str:
    """Show the notice on personal data."""
    return render("privacy.html")


@bp.get("/health")
@reads(SEE_PUBLIC_PAGES)
def health() -> Response:
    """Say that the server answers; the constant page that others are measured against."""
    return Response("ok\n", mimetype="text/plain")


@bp.post("/language")
@unrecorded_write(CHOOSE_LANGUAGE)
def set_locale() -> Response:
    """Keep the chosen language in a cookie, and go back where the person was."""
    chosen = request.form.get("locale", "")
    response = redirect(safe_next(request.form.get("next"), url_for("web.home")))
    if chosen in i18n.LOCALES:
        response.set_cookie(
            i18n.LOCALE_COOKIE, chosen, max_age=31536000, samesite="Lax", httponly=True
        )
    return response


@bp.post("/theme")
@unrecorded_write(CHOOSE_THEME)
def set_theme() -> Response:
    """Keep light or dark in a cookie, or forget it: then the device decides."""
    chosen = request.form.get("theme", "")
    response = redirect(safe_next(request.form.get("next"), url_for("web.home")))
    if chosen in templating.THEMES:
        response.set_cookie(
            templating.THEME_COOKIE, chosen, max_age=31536000, samesite="Lax", httponly=True
        )
    else:
        response.delete_cookie(templating.THEME_COOKIE, samesite="Lax", httponly=True)
    return response


def etag_of(*parts: object) -> str:
    """Make a tag for a private page from all that it depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def init_app(app: Flask) -> None:
    """Register the pages and the answers to errors."""
    app.register_blueprint(bp)
    app.register_error_handler(Refused, handle_refused)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(OperationalError, handle_database)
    app.register_error_handler(Exception, handle_any)

    @app.before_request
    def name_request() -> None:
        g.request_id = secrets.token_hex(4)
