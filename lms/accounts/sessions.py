"""Sign-ins as rows: opened, read in the page's own query, ended at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import after_this_request, current_app, g, request
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, Role, forget_actor
from lms.accounts.models import Person, RoleGrant, SignInSession
from lms.web.csrf import STRANGER_COOKIE, session_cookie_name

SEEN_EVERY = timedelta(minutes=10)
SEEN_EVERY_WHERE_SHARED = timedelta(minutes=2)  # there the minutes of idleness are counted


def hash_token(token: str) -> bytes:
    """Return what is kept of a secret that was handed out."""
    return hashlib.sha256(token.encode()).digest()


_HELD: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        SignInSession.id,
        SignInSession.expires_at,
        SignInSession.last_seen_at,
        Person.id,
        Person.given_names,
        Person.family_name,
        Person.locale,
        Person.welcomed_at,
        Person.password_hash,
        RoleGrant.role,
        RoleGrant.course_id,
        RoleGrant.edition_id,
        RoleGrant.ends_on,
        SignInSession.is_own_device,
    )
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
    .where(SignInSession.token_hash == sa.bindparam("token_hash"), Person.suspended_at.is_(None))
)


def load_actor() -> Actor | None:
    """Return who holds the request's cookie, with all they hold now; one statement.

    An auditor whose last day is past is nobody: the sign-in ends with the day.
    """
    token = request.cookies.get(session_cookie_name())
    if not token:
        return None
    now = clock.now()
    rows = db.session().execute(_HELD, {"token_hash": hash_token(token)}).all()
    if not rows or rows[0][1] <= now:
        return None
    first, today = rows[0], now.date()
    left_alone = not first[13] and _is_left_alone(now - first[2])
    if left_alone and not _is_form_of_one_s_own():
        return None
    in_force = [r for r in rows if r[9] is not None and (r[12] is None or r[12] >= today)]
    if not in_force and any(r[9] is Role.AUDITOR for r in rows):
        return None
    seen_every = SEEN_EVERY if first[13] else SEEN_EVERY_WHERE_SHARED
    if not left_alone and now - first[2] >= seen_every:
        _note_renewal(first[0], now, remembered=first[13] and not in_force)
    grants = [(r[9], r[10], r[11]) for r in in_force]
    trainer = [g for g in grants if g[0] is Role.TRAINER]
    return Actor(
        person_id=first[3],
        session_id=first[0],
        display_name=f"{first[4]} {first[5]}",
        locale=first[6],
        roles=frozenset(g[0] for g in grants),
        trains_courses=frozenset(g[1] for g in trainer if g[1] is not None),
        trains_editions=frozenset(g[2] for g in trainer if g[2] is not None),
        trains_all=any(g[1] is None and g[2] is None for g in trainer),
        is_welcomed=first[7] is not None or bool(grants),
        must_set_password=first[8] is None,
        is_on_own_device=first[13],
    )


def _is_left_alone(idle: timedelta) -> bool:
    """Whether a shared computer was left so long that no page is shown on this sign-in.

    Nothing brings it back but the password: whoever sits there now may be somebody else.
    """
    limit = timedelta(minutes=current_app.config["LMS"].shared_idle_minutes)
    return idle >= limit + SEEN_EVERY_WHERE_SHARED


def _is_form_of_one_s_own() -> bool:
    """Whether the request sends a form that only somebody signed in was shown.

    It is still taken: nobody loses what they wrote. A form that anybody may send is a stranger's.
    """
    view: Any = current_app.view_functions.get(request.endpoint or "")
    permission = getattr(view, "permission", None)
    is_public = permission is None or permission.allows(None)
    return request.method not in ("GET", "HEAD") and not is_public


def _note_renewal(session_id: int, now: datetime, *, remembered: bool) -> None:
    """Renew at once inside a write; otherwise leave word for `renew_if_due`."""
    if db.is_writing():
        _renew(session_id, now, remembered=remembered)
    else:
        g.session_to_renew = (session_id, remembered)


def lifetime(*, remembered: bool) -> timedelta:
    """How long a sign-in lasts after the last page."""
    settings = current_app.config["LMS"]
    if remembered:
        return timedelta(days=settings.own_device_days)
    return timedelta(hours=settings.session_hours)


def _renew(session_id: int, now: datetime, *, remembered: bool) -> None:
    db.session().execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(last_seen_at=now, expires_at=now + lifetime(remembered=remembered))
    )


def renew_if_due() -> None:
    """Prolong the sign-in that was just read, at most every ten minutes; ends the open read for it.

    Call it before the page reads: what was read before would be stale after the write.
    """
    due = g.pop("session_to_renew", None)
    if due is not None:
        db.end_reading()
        with db.writing():
            _renew(due[0], clock.now(), remembered=due[1])
        if due[1]:
            after_this_request(_prolong_cookie)


def _prolong_cookie(response: Response) -> Response:
    """Let the browser hold the secret of a remembered sign-in as long as it lasts now."""
    _give_cookie(response, request.cookies[session_cookie_name()], own_device=True)
    return response


def is_own_device(token: str | None, person_id: int) -> bool:
    """Whether the sign-in of a cookie is this person's, on a computer of their own."""
    return token is not None and bool(
        db.session().scalar(
            sa.select(SignInSession.is_own_device).where(
                SignInSession.token_hash == hash_token(token), SignInSession.person_id == person_id
            )
        )
    )


def _is_staff(person: Person) -> bool:
    return (
        db.session().scalar(sa.select(sa.exists().where(RoleGrant.person_id == person.id))) is True
    )


def open_session(person: Person, *, now: datetime, own_device: bool = False) -> str:
    """Open a sign-in for a person and return its secret, for the cookie. Runs inside a write.

    On a computer of one's own a learner's lasts for weeks; staff see other people's data, so
    theirs never does.
    """
    token = secrets.token_urlsafe(32)
    remembered = own_device and not _is_staff(person)
    db.session().add(
        SignInSession(
            token_hash=hash_token(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lifetime(remembered=remembered),
            device=(request.user_agent.string or "")[:255],
            is_own_device=own_device,
        )
    )
    forget_actor()
    return token


def _give_cookie(response: Response, token: str, *, own_device: bool) -> None:
    response.set_cookie(
        session_cookie_name(),
        token,
        max_age=lifetime(remembered=True) if own_device else None,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["LMS"].is_https,
        path="/",
    )


def set_cookie(response: Response, token: str, *, own_device: bool = False) -> None:
    """Hand the secret to the browser; but on one's own computer it forgets it when it closes."""
    _give_cookie(response, token, own_device=own_device)
    response.delete_cookie("lang")  # the person's own language takes over
    response.delete_cookie(STRANGER_COOKIE)


def drop_cookie(response: Response) -> None:
    """Take the secret back from the browser."""
    response.delete_cookie(
        session_cookie_name(), path="/", secure=current_app.config["LMS"].is_https, httponly=True
    )


def end_session(session_id: int) -> None:
    """End one sign-in. Runs inside a write."""
    db.session().execute(sa.delete(SignInSession).where(SignInSession.id == session_id))


def end_by_token(token: str) -> None:
    """End the sign-in of a cookie. Runs inside a write."""
    db.session().execute(
        sa.delete(SignInSession).where(SignInSession.token_hash == hash_token(token))
    )


def end_expired(*, now: datetime) -> None:
    """Delete sign-ins that have lapsed. Runs inside a write."""
    db.session().execute(sa.delete(SignInSession).where(SignInSession.expires_at <= now))


def end_all(person_id: int, *, but: int | None = None) -> None:
    """End a person's sign-ins at once, but for one where named. Runs inside a write."""
    statement = sa.delete(SignInSession).where(SignInSession.person_id == person_id)
    if but is not None:
        statement = statement.where(SignInSession.id != but)
    db.session().execute(statement)
