"""Fixtures: an application on each database, a fresh store per test, a fixed cast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from flask import Flask
from hypothesis import settings

from lms import create_app
from lms.certificates import issuing
from lms.config import Mode, Settings
from lms.courses import outline
from lms.db import Base, db
from lms.exchange import facts
from lms.papers import shelf
from lms.quizzes import queries
from tests import postgres
from tests.cast import Cast, make_cast

# The suite tries the same examples each time; `--hypothesis-profile=search` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, max_examples=2000)
settings.load_profile("repeatable")

# On a machine that is busy with other tests an answer waits for its certificate all the same.
issuing.PATIENCE_SECONDS = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql", "both"],
        default="both",
        help="databases that the tests with a store run on",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "one_database: a file, a header, a browser, a long way: what is alike on any database",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        names = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        if metafunc.definition.get_closest_marker("one_database"):
            names = names[:1]
        metafunc.parametrize("database", names, scope="session")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Store:
    """One application with its migrated store, emptied between tests."""

    def __init__(self, app: Flask, blank: Path | None) -> None:
        self.app = app
        self.blank = blank

    def empty(self) -> None:
        for folder in ("files", "checkpoints", "look"):  # they belong to what stood before
            shutil.rmtree(Path(self.app.config["LMS"].instance) / folder, ignore_errors=True)
        for kept in ("lms_told", "lms_oldest_mail"):
            self.app.extensions.pop(kept, None)
        outline.forget()  # ids begin again, and what is kept of them must not outlive them
        queries.forget()
        facts.forget()
        shelf.forget()
        with self.app.app_context():
            if self.blank is not None:
                path = Path(str(db.engine.url.database))
                db.engine.dispose()
                for leftover in path.parent.glob(path.name + "-*"):
                    leftover.unlink()
                shutil.copyfile(self.blank, path)
                return
            with db.engine.begin() as connection:
                emptied = "".join(f'DELETE FROM "{table}";' for table in Base.metadata.tables)
                connection.exec_driver_sql(  # one way to the server instead of a hundred
                    f"SET session_replication_role = replica; {emptied}"
                    "SET session_replication_role = DEFAULT"
                )


@pytest.fixture(scope="session")
def store(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    instance = tmp_path_factory.mktemp(f"instance-{database}")
    url = ""
    if database == "postgresql":
        server = request.getfixturevalue("postgres_server")
        name = f"t_{instance.name.replace('-', '_')}_{abs(hash(str(instance))) % 10**8}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        url = f"{server}/{name}"
    app = create_app(Settings(mode=Mode.TEST, instance=instance, database_url=url, table_seconds=0))
    blank = None
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        if database == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
            db.engine.dispose()
            blank = instance / "blank.sqlite3"
            shutil.copyfile(str(db.engine.url.database), blank)
    yield Store(app, blank)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(store: Store) -> Flask:
    store.empty()
    return store.app


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Undo pytest-flask's open context: each request and each read-back gets its own."""


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context for tests that call services."""
    with app.app_context():
        yield app


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast(app)
