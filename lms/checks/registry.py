"""The registry of checks: each returns its problems; errors stop a production start."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

from flask import Flask
from sqlalchemy.exc import DatabaseError

from lms.config import Mode, Settings
from lms.db import db


class Sentence(str):
    """A sentence in English that remembers how it was made, for whoever says it in Romanian."""

    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, values: Mapping[str, Any] | None = None) -> Self:
        """Fill the values in; they are whole numbers and names, the same in each language."""
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values = message, dict(values or {})
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        """Let copies remember too."""
        return self.message, self.values

    def to_plain(self) -> list[Any]:
        """Write it as JSON holds it."""
        return [self.message, self.values]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> Self:
        """Read what `to_plain` wrote."""
        return cls(plain[0], plain[1])


def lazy(message: str, **values: object) -> Sentence:
    """Make a sentence of which each %(name)s is replaced by the keyword's value."""
    return Sentence(message, {name: _plain(value) for name, value in values.items()})


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


NOTHING = Sentence("")


class Level(enum.StrEnum):
    """How bad a problem is: an error stops a production start, a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, what it endangers, and what to do about it."""

    level: Level
    sentence: Sentence
    hint: Sentence = NOTHING
    check: str = ""
    endangers: Sentence = NOTHING

    def to_plain(self) -> dict[str, Any]:
        """Write it as JSON holds it, to be told later and in any language."""
        parts = {name: getattr(self, name).to_plain() for name in _SAID}
        return parts | {"level": self.level.value, "check": self.check}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_plain` wrote."""
        said = {name: Sentence.from_plain(plain[name]) for name in _SAID}
        return cls(level=Level(plain["level"]), check=plain["check"], **said)


_SAID = ("sentence", "endangers", "hint")


class Scope(enum.Enum):
    """When a check is run."""

    ALWAYS = "always"  # at each start, the demo's too
    PRODUCTION = "production"  # at each start in production, and by the command there
    COMMAND = "command"  # by the command alone: asks for a working database, or is no danger
    DEEP = "deep"  # by the command, when told to look at every row and file
    LIVE = "live"  # by the doctor: asks other servers, and whether the worker is at work


Look = Callable[[Settings], Iterable[Problem]]


@dataclass(frozen=True)
class Check:
    """A registered check."""

    name: str
    scope: Scope
    look: Look
    endangers: Sentence = NOTHING


CHECKS: dict[str, Check] = {}
_lenient = False


def error(sentence: str, hint: str = "", endangers: str = "") -> Problem:
    """Make a problem that stops a production start."""
    return Problem(Level.ERROR, _said(sentence), hint=_said(hint), endangers=_said(endangers))


def warning(sentence: str, hint: str = "", endangers: str = "") -> Problem:
    """Make a problem that is only told."""
    return replace(error(sentence, hint, endangers), level=Level.WARNING)


def _said(sentence: str) -> Sentence:
    return sentence if isinstance(sentence, Sentence) else Sentence(sentence)


def check(
    name: str, scope: Scope = Scope.PRODUCTION, *, endangers: str = ""
) -> Callable[[Look], Look]:
    """Register a check by name, with what is in danger where it finds something.

    It runs in an application context and must change nothing.
    """

    def register(look: Look) -> Look:
        CHECKS[name] = Check(name, scope, look, _said(endangers))
        return look

    return register


def run_checks(app: Flask, scopes: Iterable[Scope]) -> list[Problem]:
    """Run the checks of some scopes; errors first, then by name."""
    wanted = set(scopes)
    settings: Settings = app.config["LMS"]
    problems: list[Problem] = []
    with app.app_context():
        try:
            for registered in CHECKS.values():
                if registered.scope in wanted:
                    problems += _found_by(registered, settings)
        finally:
            db.session.remove()
    return sorted(problems, key=lambda p: (p.level is not Level.ERROR, p.check))


def problems_of(names: Iterable[str], settings: Settings) -> list[Problem]:
    """Run some checks by name in the present context; inside a request, say."""
    wanted = [CHECKS[name] for name in names if name in CHECKS]
    return [problem for registered in wanted for problem in _found_by(registered, settings)]


def _found_by(registered: Check, settings: Settings) -> list[Problem]:
    """Run one check; a store too damaged to be asked is a finding, not a fault of ours."""
    found: list[Problem] = []
    try:
        found += registered.look(settings)
    except (DatabaseError, OSError) as fault:
        db.session.remove()
        reason = str(getattr(fault, "orig", None) or fault).partition("\n")[0]
        found.append(
            error(
                lazy(
                    "The check %(name)s could not look: %(reason)s",
                    name=registered.name,
                    reason=reason,
                ),
                lazy("Mend what it says; if it is the store, restore the last good backup."),
            )
        )
    return [
        replace(p, check=registered.name, endangers=p.endangers or registered.endangers)
        for p in found
    ]


def scopes_of_command(mode: Mode, *, deep: bool, live: bool = False) -> set[Scope]:
    """Which checks `lms check` runs, and with `live` the doctor."""
    scopes = {Scope.ALWAYS, Scope.COMMAND}
    if mode is Mode.PRODUCTION:
        scopes.add(Scope.PRODUCTION)
    if deep:
        scopes.add(Scope.DEEP)
    if live:
        scopes.add(Scope.LIVE)
    return scopes


@contextmanager
def starting_leniently() -> Iterator[None]:
    """Let applications be made that would refuse to serve: for commands that mend what is wrong."""
    global _lenient  # noqa: PLW0603 -- one process, one command
    before, _lenient = _lenient, True
    try:
        yield
    finally:
        _lenient = before


def refuse_dangerous_start(app: Flask) -> None:
    """Refuse to start on anything that would do harm: SystemExit with one sentence for each."""
    if _lenient:
        return
    scopes = {Scope.ALWAYS}
    if app.config["LMS"].mode is Mode.PRODUCTION:
        scopes.add(Scope.PRODUCTION)
    errors = [p for p in run_checks(app, scopes) if p.level is Level.ERROR]
    if errors:
        lines = [f"Refused to start: {p.sentence} {p.hint}".rstrip() for p in errors]
        raise SystemExit("\n".join(lines))
