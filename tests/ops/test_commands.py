"""The shell does what pages do: each command explains itself, and refuses in one sentence."""

from __future__ import annotations

import json

import click
import pytest
import sqlalchemy as sa
from flask import Flask

from lms import checks, db, schema
from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.cli import OWN, main
from lms.config import Mode
from tests.ops.conftest import Site


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(main, arguments)


@pytest.mark.parametrize("command", OWN, ids=lambda c: c.name)
def test_each_command_says_what_it_does_with_an_example(command):
    with click.Context(command, info_name=f"lms {command.name}") as ctx:
        text = command.get_help(ctx)
    assert command.help
    assert "Example:  " in text
    assert f"lms {command.name}" in text.split("Example:")[1]


def test_a_new_site_is_made_once_and_its_owner_gets_a_link(make_app, database):
    app = make_app(mode=Mode.DEMO, migrated=False)
    answer = run(app, "init", "--organisation", "Asociația Exemplu", "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert said["owner_link"].startswith("http://127.0.0.1:8000/")
    assert any("seal" in sentence for sentence in said["told"])
    with app.app_context():
        assert schema.current() == schema.head()
        assert schema.about(app.config["LMS"].instance).mode == "demo"
        assert db.session().scalar(sa.select(sa.func.count()).select_from(Person)) == 1
    assert list(app.config["LMS"].folder("keys").rglob("seal.key"))

    again = run(app, "init")
    assert again.exit_code == 1
    assert again.output == "Error: This site is set up already. To update it run: lms upgrade\n"
    another_link = run(app, "init", "--owner-link", "--json")
    assert json.loads(another_link.output)["owner_link"] != said["owner_link"]


def test_an_upgrade_backs_up_migrates_and_checks(make_app):
    app = make_app(mode=Mode.DEMO)
    answer = run(app, "upgrade", "--json")
    assert answer.exit_code == 0, answer.output
    report = json.loads(answer.output)
    assert report["from"] == report["to"]
    backups = list(app.config["LMS"].folder("backups").iterdir())
    assert [str(path) for path in backups] == [report["backup"]]


def test_there_is_nothing_to_upgrade_before_there_is_a_site(make_app):
    answer = run(make_app(migrated=False), "upgrade")
    assert answer.exit_code == 1
    assert "To make one run: lms init" in answer.output


def test_the_check_tells_and_its_exit_status_says_danger(make_app, monkeypatch):
    app = make_app(mode=Mode.DEMO)
    assert run(app, "check").exit_code == 0
    bad = checks.registry.Check(
        "test", checks.Scope.ALWAYS, lambda _: [checks.error("All is lost.", "Run.")]
    )
    monkeypatch.setitem(checks.CHECKS, "test", bad)
    answer = run(app, "check")
    assert answer.exit_code == 1
    assert "error: All is lost. Run. [test]" in answer.output
    found = json.loads(run(app, "check", "--json").output)
    told = {"level": "error", "sentence": "All is lost.", "hint": "Run."}
    assert told | {"check": "test", "endangers": ""} in found


def test_backup_and_restore_from_the_shell(make_app, tmp_path):
    app = make_app()
    path = tmp_path / "site.zip"
    made = run(app, "backup", "write", str(path), "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.output)["size"] == path.stat().st_size
    with app.app_context():
        assert db.session().scalars(sa.select(AuditEntry.action)).all() == ["site.backed_up"]
    answer = run(make_app(migrated=False), "restore", str(path))
    assert answer.exit_code == 0, answer.output
    assert "Issuing is locked" in answer.output


def test_from_the_shell_a_refusal_is_one_sentence(site: Site, tmp_path):
    unknown_setting = site.lms("check", LMS_NONSENSE="1")
    assert unknown_setting.returncode == 1
    assert unknown_setting.stderr == (
        "Error: No setting is called LMS_NONSENSE; see docs/settings.md.\n"
    )
    nothing_there = site.lms("backup", "write", str(tmp_path / "site.zip"))
    assert nothing_there.returncode == 1
    assert nothing_there.stderr == "Error: There is no site here to back up.\n"


def test_the_help_lists_the_commands_of_every_feature(site: Site):
    answer = site.lms("--help")
    assert answer.returncode == 0
    listed = {line.split()[0] for line in answer.stdout.split("Commands:")[1].splitlines() if line}
    assert {"backup", *(command.name for command in OWN)} <= listed
