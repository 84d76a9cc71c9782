"""The public pages of verification: by code, and by the file itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.access import reads, unrecorded_write
from lms.certificates import public, seals, words
from lms.certificates.badges import making
from lms.certificates.levels.later import Later
from lms.certificates.levels.level import Level, best
from lms.certificates.models import Certificate
from lms.certificates.numbering import display_code, looks_like_number, normalise_code, signs_in
from lms.certificates.permissions import CHECK_FILE, VERIFY_CERTIFICATE
from lms.certificates.printed import printed_fields
from lms.certificates.signing.api import SealKind
from lms.certificates.verification import UPLOAD_LIMIT, Outcome, Verdict
from lms.certificates.views.blueprint import bp
from lms.certificates.views.strangers import count, keep_private
from lms.safety.file_names import content_disposition
from lms.web.pages import wants_json
from lms.web.templating import render

CODES_A_MINUTE = 60
FILES_A_MINUTE = 12


def _private(response: Response) -> Response:
    """Keep an answer to ourselves, and let its page use the camera."""
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return keep_private(response)


@bp.get("/verify")
@reads(VERIFY_CERTIFICATE)
def verify() -> Response:
    """Ask for a code or a file; a code in the address is answered."""
    typed = request.args.get("code")
    if typed is None or not typed.strip():
        page = render("certificates/verify.html", lacks_code=typed is not None)
        return _private(make_response(page))
    code = normalise_code(typed)
    if code and not public.leads_elsewhere(typed):
        return _private(redirect(url_for("certificates.show_code", code=code)))
    return _answer_code(typed)


@bp.get("/v/<code>")
@reads(VERIFY_CERTIFICATE)
def show_code(code: str) -> Response:
    """Answer for a code: the status first, then all that is printed."""
    return _answer_code(code)


def _answer_code(typed: str) -> Response:
    count("codes", CODES_A_MINUTE)
    verdict, found = public.check_code(typed)
    status = 404 if verdict.outcome is Outcome.CODE_UNKNOWN else 200
    if (badge := _badge(verdict, found)) is not None:
        return _private(badge)
    if wants_json():
        return _private(make_response(jsonify(_plain(verdict, found)), status))
    return _private(make_response(_draw(verdict, found, typed=typed[:300]), status))


def _badge(verdict: Verdict, found: Certificate | None) -> Response | None:
    """Answer with the badge itself where a program asks for it, and none where it doesn't.

    There is one wherever the page shows who holds the certificate.
    """
    best = request.accept_mimetypes.best_match(
        ["text/html", "application/json", making.MEDIA_TYPE, making.SD_JWT_TYPE]
    )
    if best not in (making.MEDIA_TYPE, making.SD_JWT_TYPE):
        return None
    signed = None
    if found is not None and public.shows_holder(verdict, found):
        signed = making.jwt_if_any(found, as_sd_jwt=best == making.SD_JWT_TYPE)
    if signed is None:
        return make_response(jsonify(_plain(verdict, None)), 404)
    return Response(signed, mimetype=best)


@bp.get("/verify/seals.pem")
@reads(VERIFY_CERTIFICATE)
def seals_pem() -> Response:
    """Give the certificates of every seal there was, with those above them: to verify offline."""
    text = b"".join(
        pem for seal in seals.trusted() for pem in (seal.certificate_pem, *seal.chain_pem)
    )
    response = Response(text, mimetype="application/x-pem-file")
    response.headers["Content-Disposition"] = content_disposition("seals.pem")
    return response


@bp.post("/verify/file")
@unrecorded_write(CHECK_FILE)
def verify_file() -> Response:
    """Answer for an uploaded file; it is looked at in a process of its own, and not kept."""
    count("files", FILES_A_MINUTE)
    upload = request.files.get("file")
    data = upload.stream.read(UPLOAD_LIMIT + 1) if upload else b""
    if not data:
        page = render("certificates/verify.html", lacks_file=True)
        return _private(make_response(page, 422))
    db.end_reading()  # who asks was read; looking at the file takes its time
    seen = public.inspect(data)
    sha256 = hashlib.sha256(data).hexdigest()
    verdict, found = public.check_file(seen, sha256, request.form.get("code", ""))
    if wants_json():
        return _private(make_response(jsonify(_plain(verdict, found)), 200))
    return _private(make_response(_draw(verdict, found), 200))


def _draw(verdict: Verdict, found: Certificate | None, *, typed: str = "") -> str:
    kind, title = words.outcome_title(verdict.outcome)
    sentence = words.outcome_sentence(verdict.outcome)
    is_copy = found is not None and verdict.outcome is Outcome.IMAGE_ONLY
    if is_copy:
        kind, title, sentence = words.picture_of(verdict.standing)
    if verdict.leads_to:
        is_copy, (kind, title, sentence) = True, words.led_elsewhere(verdict.leads_to)
    if verdict.picture:
        sentence = words.picture_to_read()
    if verdict.outcome is Outcome.CODE_UNKNOWN and public.is_of_wrong_length(typed):
        is_number = looks_like_number(typed)
        told = words.number_for_code() if is_number else words.wrong_length(signs_in(typed))
        kind, title, sentence = told
    zone = found.enrolment.edition.programme.zone if found else "Europe/Bucharest"
    return render(
        "certificates/verdict.html",
        verdict=verdict,
        outcome=verdict.outcome.value,
        kind=kind,
        title=title,
        sentence=sentence,
        stranger=verdict.stranger,
        found=found,
        fields=printed_fields(found.facts) if found else None,
        standing=words.outcome_title(verdict.standing) if verdict.standing else None,
        is_copy=is_copy,
        code=display_code(found.code) if found else "",
        asked_code="" if found else typed,  # to be compared with the paper, and put right
        shows_holder=public.shows_holder(verdict, found),
        of_file=verdict.file_matches is not None,
        seal=_seal(verdict, found),
        badge=words.badge_sentence(verdict.badge) if verdict.badge else "",
        signers=public.signers_of(verdict, found) if public.shows_holder(verdict, found) else [],
        zone=zone,
    )


@dataclass(frozen=True)
class _Seal:
    """What the page tells of a certificate's seal."""

    sentence: str
    time: str = ""
    fingerprint: str = ""
    owner: str = ""
    signed_at: datetime | None = None
    files: tuple[str, ...] = ()
    level: str = ""
    later: Later = Later()


def _seal(verdict: Verdict, found: Certificate | None) -> _Seal:
    files = found.files if found else []
    if found is None or not files:
        return _Seal(words.seal_sentence(SealKind.SELF_MADE))
    last = best(files) or files[-1]
    level = verdict.later.level.value if verdict.file_matches else last.level
    stamped_at = verdict.later.stamped_at if verdict.file_matches else last.stamped_at
    return _Seal(
        words.seal_sentence(seals.kind_of(last.seal_fingerprint)),
        words.seal_time(Level.TIMESTAMPED if stamped_at else Level.BASIC),
        last.seal_fingerprint,
        seals.owner_of(last.seal_fingerprint),
        verdict.signed_at or found.reserved_at,
        tuple(file.sha256 for file in files),
        words.level_words(level),
        verdict.later,
    )


def _plain(verdict: Verdict, found: Certificate | None) -> dict[str, object]:
    """Say the same to a program; nothing that the page would not show."""
    plain: dict[str, object] = {
        "status": verdict.outcome.value,
        "is_valid": verdict.is_good,
        "message": words.outcome_title(verdict.outcome)[1],
    }
    if verdict.file_matches is not None:
        plain["file_matches"] = verdict.file_matches
    if verdict.standing is not None and verdict.standing is not verdict.outcome:
        plain["register_status"] = verdict.standing.value
    if verdict.stranger:
        plain["signed_by_somebody_else"] = verdict.stranger
    if verdict.badge is not None:
        plain["attached_credential"] = verdict.badge.value
    if verdict.leads_to:
        plain["qr_leads_to"] = verdict.leads_to
    if verdict.seal_stolen_since is not None:
        plain["seal_stolen_since"] = verdict.seal_stolen_since.isoformat()
    if found is None:
        return plain
    plain["number"] = found.number
    if found.ended_at is not None:
        plain["ended_at"] = found.ended_at.isoformat()
    if public.shows_holder(verdict, found):
        plain["code"] = found.code
        plain["printed"] = printed_fields(found.facts).to_plain()
        plain["expires_on"] = found.expires_on.isoformat() if found.expires_on else None
        plain["seal"] = _plain_seal(found)
        plain["files"] = [{"sha256": file.sha256, "level": file.level} for file in found.files]
        plain["signed_by"] = [
            {"name": s.name, "function": s.function, "at": s.at.isoformat() if s.at else None}
            for s in public.signers_of(verdict, found)
        ]
        plain["credential"] = making.jwt_if_any(found)
    return plain


def _plain_seal(found: Certificate) -> dict[str, str] | None:
    if not found.files:
        return None
    fingerprint = found.files[-1].seal_fingerprint
    return {
        "kind": seals.kind_of(fingerprint).value,
        "fingerprint": fingerprint,
        "owner": seals.owner_of(fingerprint),
    }
