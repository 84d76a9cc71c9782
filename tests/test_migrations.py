"""Migrations run up and down on data, agree with the models, and survive being killed."""

from __future__ import annotations

import alembic.op
import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from lms import create_app
from lms.config import Mode, Settings
from lms.db import Base, db
from tests.cast import make_cast


@pytest.fixture
def blank(database, request, tmp_path) -> Flask:
    """An application on a database that has no tables yet."""
    url = ""
    if database == "postgresql":
        server = request.getfixturevalue("postgres_server")
        name = f"m_{abs(hash(str(tmp_path))) % 10**10}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        url = f"{server}/{name}"
    app = create_app(Settings(mode=Mode.TEST, instance=tmp_path, database_url=url))
    yield app
    with app.app_context():
        db.engine.dispose()


def tables(app: Flask) -> set[str]:
    with app.app_context(), db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def rows(app: Flask) -> dict[str, int]:
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_every_revision_goes_up_and_down_on_data(blank):
    with blank.app_context():
        flask_migrate.upgrade()
    make_cast(blank)
    before = rows(blank)
    assert before["persons"] == 8
    with blank.app_context():
        flask_migrate.upgrade()  # a second time is no work and loses nothing
    assert rows(blank) == before
    with blank.app_context():
        flask_migrate.downgrade(revision="base")
    assert tables(blank) == set()
    with blank.app_context():
        flask_migrate.upgrade()
    make_cast(blank)
    assert rows(blank) == before


def test_models_and_migrations_do_not_drift(blank):
    with blank.app_context():
        flask_migrate.upgrade()
        flask_migrate.check()  # raises where an upgrade would be found


def test_an_address_to_sign_in_with_is_one_persons_without_regard_to_case(blank):
    add = sa.text(
        "INSERT INTO persons (family_name, given_names, sign_in_name, sign_in_email, locale, "
        "created_at) VALUES ('a', 'b', :name, :address, 'ro', '2026-01-01')"
    )
    with blank.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            connection.execute(add, {"name": "unu", "address": "ana@example.org"})
        for address in ("ana@example.org", "Ana@example.org"):
            with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
                connection.execute(add, {"name": "doi", "address": address})


def test_a_role_is_held_once_also_where_it_is_for_the_whole_site(blank):
    add = sa.text(
        "INSERT INTO role_grants (person_id, role, granted_at) "
        "SELECT id, 'owner', '2026-01-01' FROM persons WHERE sign_in_name = 'learner'"
    )
    with blank.app_context():
        flask_migrate.upgrade()
    make_cast(blank)
    with blank.app_context():
        with db.engine.begin() as connection:
            connection.execute(add)
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(add)


def test_a_migration_that_dies_half_way_leaves_the_version_before(blank, monkeypatch):
    made = []
    create = alembic.op.create_table

    def dying(name, *columns, **options):
        made.append(name)
        if len(made) == 20:
            raise KeyboardInterrupt
        return create(name, *columns, **options)

    with monkeypatch.context() as patched, blank.app_context():
        patched.setattr(alembic.op, "create_table", dying)
        with pytest.raises(KeyboardInterrupt):
            flask_migrate.upgrade()
    assert len(made) == 20
    assert tables(blank) == set()
    with blank.app_context():
        flask_migrate.upgrade()
    assert "certificates" in tables(blank)
