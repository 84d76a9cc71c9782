"""Who may do what: permissions declared once, views that name theirs, denied by default.

The decision is made on the object loaded from the database through what the person may see. What is
not visible answers 404, byte for byte like a missing object; what is visible and refused answers as
the permission declares. Loading who asks is `accounts`' business, handed in at start.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, Protocol

import sqlalchemy as sa
from flask import Flask, abort, g, has_request_context, request
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from lms import db
from lms.errors import Forbidden, Hidden, NotSignedIn

P = ParamSpec("P")


class Role(enum.StrEnum):
    """Additive roles; being a learner is having an enrolment."""

    TRAINER = "trainer"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OWNER = "owner"


@dataclass(frozen=True)
class Actor:
    """Who asks: a person signed in, with what they hold at this moment."""

    person_id: int
    session_id: int
    display_name: str
    locale: str
    roles: frozenset[Role] = frozenset()
    trains_courses: frozenset[int] = frozenset()
    trains_editions: frozenset[int] = frozenset()
    trains_all: bool = False
    is_welcomed: bool = True
    must_set_password: bool = False
    csrf_key: bytes = field(default=b"", repr=False)
    is_on_own_device: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Name the person, as Flask-Login asks."""
        return str(self.person_id)

    @property
    def is_staff(self) -> bool:
        """Whether the person sees whole cohorts rather than their own place."""
        return bool(self.roles)

    @property
    def runs_everything(self) -> bool:
        """Whether the person may see every course, edition and participant."""
        return bool(self.roles & {Role.REGISTRAR, Role.AUDITOR, Role.OWNER})


class Refusal(enum.Enum):
    """How a permission answers where its object is visible and its rule says no."""

    HIDDEN = 404
    REFUSED = 403


Rule = Callable[[Actor | None, Any], bool]


@dataclass(frozen=True)
class Permission:
    """One thing that can be done, and who may do it; declared once, in a `permissions` module."""

    name: str
    rule: Rule
    refusal: Refusal = Refusal.REFUSED

    def __post_init__(self) -> None:
        if self.name in PERMISSIONS:
            raise ValueError(f"{self.name} is declared twice")
        PERMISSIONS[self.name] = self

    def allows(self, actor: Actor | None, subject: Any = None) -> bool:
        """Decide for a person and an object that this person may see."""
        return self.rule(actor, subject)


PERMISSIONS: dict[str, Permission] = {}


# Rules, to be read as sentences --------------------------------------------------------------


def anyone(_actor: Actor | None, _subject: Any) -> bool:
    """Everybody, signed in or not."""
    return True


def nobody(_actor: Actor | None, _subject: Any) -> bool:
    """No one at all: the thing is never done this way."""
    return False


def signed_in(actor: Actor | None, _subject: Any) -> bool:
    """Whoever is signed in."""
    return actor is not None


def has_role(*roles: Role) -> Rule:
    """Whoever holds one of the roles."""
    wanted = frozenset(roles)

    def rule(actor: Actor | None, _subject: Any) -> bool:
        return actor is not None and bool(actor.roles & wanted)

    return rule


registers = has_role(Role.REGISTRAR, Role.OWNER)
oversees = has_role(Role.REGISTRAR, Role.AUDITOR, Role.OWNER)
owns_site = has_role(Role.OWNER)


class _OfCourse(Protocol):
    course_id: int


def trains(actor: Actor | None, subject: Any) -> bool:
    """Whoever trains the subject's course or edition (`course_id`, `edition_id`)."""
    if actor is None or Role.TRAINER not in actor.roles:
        return False
    if actor.trains_all:
        return True
    course_id = getattr(subject, "course_id", None)
    edition_id = getattr(subject, "edition_id", None)
    return course_id in actor.trains_courses or edition_id in actor.trains_editions


def is_self(actor: Actor | None, subject: Any) -> bool:
    """The person whom the subject belongs to (`person_id`)."""
    return actor is not None and actor.person_id == getattr(subject, "person_id", None)


def any_of(*rules: Rule) -> Rule:
    """Whoever one of the rules allows."""
    return lambda actor, subject: any(rule(actor, subject) for rule in rules)


def all_of(*rules: Rule) -> Rule:
    """Whoever all the rules allow."""
    return lambda actor, subject: all(rule(actor, subject) for rule in rules)


def not_(rule: Rule) -> Rule:
    """Whoever the rule does not allow."""
    return lambda actor, subject: not rule(actor, subject)


# Asking --------------------------------------------------------------------------------------


def current_actor() -> Actor | None:
    """Return who asks in this request; read once, in the page's own transaction."""
    if not has_request_context():
        return None
    if "_login_user" not in g:  # asked for the first time: Flask-Login loads it
        current_user._get_current_object()
    actor = g.get("_login_user")
    return actor if isinstance(actor, Actor) else None


def may(name: str, subject: Any = None) -> bool:
    """Tell whether who asks may do the named thing; for templates and views."""
    return PERMISSIONS[name].allows(current_actor(), subject)


def check(permission: Permission, subject: Any = None) -> None:
    """Refuse, as the permission declares, where who asks may not do it."""
    actor = current_actor()
    if permission.allows(actor, subject):
        return
    if actor is None:
        raise NotSignedIn
    g.refused = (actor.person_id, permission.name)  # recorded once the request's rows are closed
    raise Hidden if permission.refusal is Refusal.HIDDEN else Forbidden


Load = Callable[..., Any]


def by_id(model: Any, arg: str | None = None, column: str = "id") -> Load:
    """Make a loader of the one visible row whose column equals the URL's argument."""
    name = arg or f"{model.__name__.lower()}_id"

    def load(actor: Actor | None, *, locked: bool, **view_args: Any) -> Any:
        statement: sa.Select[Any] = model.visible_to(actor).where(
            getattr(model, column) == view_args[name]
        )
        if locked:
            statement = statement.with_for_update(of=model)
        return db.session().scalars(statement).unique().one_or_none()

    load.consumes = frozenset({name})  # type: ignore[attr-defined]
    return load


def _loaded(
    permission: Permission, load: Load | None, *, locked: bool, args: dict[str, Any]
) -> Any:
    actor = current_actor()
    if load is None:
        check(permission)
        return None
    if actor is None and not permission.allows(None):
        raise NotSignedIn
    subject = load(actor, locked=locked, **args)
    if subject is None:
        raise Hidden
    check(permission, subject)
    return subject


def _loader(subject: Any) -> Load | None:
    if subject is None:
        return None
    return by_id(subject) if hasattr(subject, "visible_to") else subject


def _remaining(load: Load | None, kwargs: dict[str, Any]) -> dict[str, Any]:
    """URL arguments that the view still wants: a model's loader takes its own, a function all."""
    if load is None:
        return kwargs
    consumed = getattr(load, "consumes", None)
    return {} if consumed is None else {k: v for k, v in kwargs.items() if k not in consumed}


View = Callable[..., Any]


def _declare(view: View, permission: Permission, kind: str) -> View:
    view.permission = permission  # type: ignore[attr-defined]
    view.access_kind = kind  # type: ignore[attr-defined]
    return view


def reads(permission: Permission, subject: Any = None) -> Callable[[View], View]:
    """Declare a view that changes nothing: load what may be seen, authorise, answer."""
    load = _loader(subject)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**kwargs: Any) -> Any:
            loaded = _loaded(permission, load, locked=False, args=kwargs)
            rest = _remaining(load, kwargs)
            return view(**rest) if load is None else view(loaded, **rest)

        return _declare(wrapped, permission, "reads")

    return decorate


def writes(permission: Permission, subject: Any = None) -> Callable[[View], View]:
    """Declare a view that changes something: open the write, lock, load, authorise, commit."""
    load = _loader(subject)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**kwargs: Any) -> Any:
            with db.writing():
                loaded = _loaded(permission, load, locked=True, args=kwargs)
                rest = _remaining(load, kwargs)
                return view(**rest) if load is None else view(loaded, **rest)

        return _declare(wrapped, permission, "writes")

    return decorate


def prepares(permission: Permission, subject: Any = None) -> Callable[[View], View]:
    """Declare a view with slow work before its write: authorise on a read, close it, call the view.

    The view does the slow part (a hash, an upload), then opens `writing_subject`, which authorises
    again on fresh rows. It is handed the subject as it was read, detached.
    """
    load = _loader(subject)

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**kwargs: Any) -> Any:
            loaded = _loaded(permission, load, locked=False, args=kwargs)
            db.end_reading()
            rest = _remaining(load, kwargs)
            return view(**rest) if load is None else view(loaded, **rest)

        return _declare(wrapped, permission, "prepares")

    return decorate


def unrecorded_write(permission: Permission) -> Callable[[View], View]:
    """Declare a view whose only change stays in the browser: no transaction is opened."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(**kwargs: Any) -> Any:
            if not permission.allows(None):
                check(permission)
            return view(**kwargs)

        return _declare(wrapped, permission, "unrecorded_write")

    return decorate


@contextmanager
def writing_subject(permission: Permission, subject: Any = None, **args: Any) -> Iterator[Any]:
    """Open the write inside a view that `prepares`: reload who asks and what, check again."""
    load = _loader(subject)
    forget_actor()
    with db.writing():
        yield _loaded(permission, load, locked=True, args=args or dict(request.view_args or {}))


def forget_actor() -> None:
    """Make the next question read who asks afresh (after a sign-in, or before a write)."""
    g.pop("_login_user", None)


def init_app(app: Flask, load_actor: Callable[[], Actor | None]) -> None:
    """Deny by default, an endpoint without a permission answers 403; and say who loads people."""
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.request_loader(lambda _request: load_actor())

    @app.before_request
    def deny_undeclared() -> Response | None:
        if request.endpoint in (None, "static"):
            return None
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and getattr(view, "permission", None) is None:
            abort(403)
        return None
