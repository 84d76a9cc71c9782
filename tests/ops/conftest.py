"""Installations of their own: a folder, a database, a process."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest
from flask import Flask

from lms import create_app, schema
from lms.config import Mode, Settings
from lms.db import db

ROOT = Path(__file__).parents[2]
START_SECONDS = 120  # a loaded machine; the figure of merit is measured elsewhere


@pytest.fixture
def fresh_database(database: str, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Return a maker of empty databases' addresses; empty text is SQLite in the instance."""

    def make() -> str:
        if database == "sqlite":
            return ""
        server = request.getfixturevalue("postgres_server")
        name = f"ops_{secrets.token_hex(6)}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        return f"{server}/{name}"

    return make


@pytest.fixture
def make_app(tmp_path: Path, fresh_database: Callable[[], str]) -> Iterator[Callable[..., Flask]]:
    """Return a maker of applications, each with an instance and a database of its own."""
    made: list[Flask] = []

    def make(*, mode: Mode = Mode.TEST, migrated: bool = True, **values: object) -> Flask:
        instance = tmp_path / f"instance-{len(made)}"
        values.setdefault("database_url", fresh_database())
        app = create_app(Settings(mode=mode, instance=instance, **values))
        made.append(app)
        if migrated:
            with app.app_context():
                schema.upgrade()
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["lms_huey"].storage.close()


@dataclass
class Running:
    """A server of ours, as a process."""

    process: psutil.Process
    url: str

    def children(self) -> list[psutil.Process]:
        return self.process.children()

    def web(self) -> psutil.Process:
        """The web server's first process: the one with children."""
        return next(child for child in self.children() if child.children())


@dataclass
class Site:
    """An installation used from the shell."""

    instance: Path
    settings: dict[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        bare = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
        bare.pop("PYTHONDONTWRITEBYTECODE", None)
        return bare | {"LMS_INSTANCE": str(self.instance)} | self.settings | more

    def lms(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "lms", *arguments],
            env=self.environment(**more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Running]:
        """Run `lms serve` on a free port for the block; nothing of it outlives the block."""
        with subprocess.Popen(
            [sys.executable, "-m", "lms", "serve", "--port", "0", *arguments],
            env=self.environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Serving on http://"), line
            running = Running(psutil.Process(process.pid), line.split()[2])
            family = running.process.children(recursive=True)
            try:
                yield running
            finally:
                family += _descendants(running.process)
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(40)
                finally:
                    for left in family:
                        if left.is_running():
                            left.kill()


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation in demo mode without a database yet."""
    return Site(tmp_path / "instance", {"LMS_MODE": "demo"})


@pytest.fixture
def ready_site(site: Site) -> Site:
    """An installation in demo mode with empty tables."""
    app = create_app(Settings(mode=Mode.DEMO, instance=site.instance))
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()
    app.extensions["lms_huey"].storage.close()
    return site


def wait_until(true: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    """Wait until something holds; fail where it doesn't in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
