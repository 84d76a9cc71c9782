"""The registry of checks: each returns its problems; errors stop a production start."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask

from lms.config import Mode, Settings
from lms.db import db


class Level(enum.StrEnum):
    """How bad a problem is: an error stops a production start, a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in a sentence, and what to do about it."""

    level: Level
    sentence: str
    hint: str = ""
    check: str = ""


class Scope(enum.Enum):
    """When a check is run."""

    ALWAYS = "always"  # at each start, the demo's too
    PRODUCTION = "production"  # at each start in production, and by the command there
    COMMAND = "command"  # by the command alone: asks for a working database, or is no danger
    DEEP = "deep"  # by the command, when told to look at every row and file


Look = Callable[[Settings], Iterable[Problem]]


@dataclass(frozen=True)
class Check:
    """A registered check."""

    name: str
    scope: Scope
    look: Look


CHECKS: dict[str, Check] = {}
_lenient = False


def error(sentence: str, hint: str = "") -> Problem:
    """Make a problem that stops a production start."""
    return Problem(Level.ERROR, sentence, hint)


def warning(sentence: str, hint: str = "") -> Problem:
    """Make a problem that is only told."""
    return Problem(Level.WARNING, sentence, hint)


def check(name: str, scope: Scope = Scope.PRODUCTION) -> Callable[[Look], Look]:
    """Register a check by name; it runs in an application context and must change nothing."""

    def register(look: Look) -> Look:
        CHECKS[name] = Check(name, scope, look)
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
                    found = registered.look(settings)
                    problems += [replace(p, check=registered.name) for p in found]
        finally:
            db.session.remove()
    return sorted(problems, key=lambda p: (p.level is not Level.ERROR, p.check))


def scopes_of_command(mode: Mode, *, deep: bool) -> set[Scope]:
    """Which checks `lms check` runs."""
    scopes = {Scope.ALWAYS, Scope.COMMAND}
    if mode is Mode.PRODUCTION:
        scopes.add(Scope.PRODUCTION)
    if deep:
        scopes.add(Scope.DEEP)
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
