"""The shell does what the pages do, and says file and line."""

import json

import pytest

from lms.exchange.cli import group
from lms.safety.archive import read_archive, write_archive
from tests.exchange.sample import QUIZ, files, replaced, store_digest


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def run(*arguments):
        return runner.invoke(group, [str(a) for a in arguments])

    return run


@pytest.fixture
def folder(tmp_path):
    def write(course_files, name="proba"):
        base = tmp_path / name
        for path, data in course_files.items():
            target = base / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return base

    return write


def test_a_folder_goes_in_and_comes_out_as_it_was(run, folder, tmp_path):
    done = run("import", folder(files()), "--publish")
    assert done.exit_code == 0, done.output
    assert "proba: 7 new, 0 changed, 0 unchanged, 0 conflict, 0 removed." in done.output
    assert run("export", "proba", tmp_path / "out.zip").exit_code == 0
    assert read_archive((tmp_path / "out.zip").read_bytes()) == files()
    assert run("export", "proba", tmp_path / "out").exit_code == 0
    found = {
        p.relative_to(tmp_path / "out").as_posix(): p.read_bytes()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert found == files()
    assert run("export", "proba", tmp_path / "out").exit_code == 1


def test_an_archive_with_a_top_folder_and_leftovers_is_taken(run, tmp_path):
    inside = {f"proba/{path}": data for path, data in files().items()}
    inside |= {"__MACOSX/proba/._x": b"x", "proba/.DS_Store": b"x"}
    (tmp_path / "proba.zip").write_bytes(write_archive(inside))
    assert run("import", tmp_path / "proba.zip").exit_code == 0


def test_faults_are_told_by_file_and_line_and_the_exit_says_so(run, folder, app):
    with app.app_context():
        before = store_digest()
    done = run("import", folder(replaced(QUIZ, "~doi#", "=doi#")))
    assert done.exit_code == 1
    assert f"{QUIZ}:10: two right answers in a single-choice question" in done.output
    assert "nothing was imported" in done.output
    with app.app_context():
        assert store_digest() == before


def test_a_dry_run_changes_nothing(run, folder, app):
    with app.app_context():
        before = store_digest()
    done = run("import", folder(files()), "--dry-run", "--json")
    told = json.loads(done.output)
    assert told["has_changes"] is True
    assert {item["verdict"] for item in told["items"]} == {"new"}
    with app.app_context():
        assert store_digest() == before


def test_faults_can_be_read_by_a_program(run, folder):
    done = run("import", folder(replaced(QUIZ, "~doi#", "=doi#")), "--json")
    told = json.loads(done.stdout)
    assert (QUIZ, 10) in [(p["path"], p["line"]) for p in told["problems"]]


def test_a_link_in_the_folder_is_refused(run, folder):
    base = folder(files())
    (base / "figures" / "rau.svg").symlink_to("/etc/passwd")
    done = run("import", base)
    assert done.exit_code == 1
    assert "is a link" in done.output


def test_overwriting_what_was_not_changed_is_refused(run, folder):
    run("import", folder(files()))
    done = run("import", folder(files()), "--overwrite", "proba-1-1")
    assert done.exit_code == 1
    assert "nothing to overwrite" in done.output


def test_facts_are_listed_with_what_rests_on_them(run, folder):
    run("import", folder(files()))
    [told] = json.loads(run("facts", "proba", "--fact", "A2", "--json").output)
    assert told["waiting_drafts"] == ["proba-q1-03"]
    assert "waits" in run("facts", "proba").output
    assert run("facts", "proba", "--fact", "Z9").exit_code == 1


@pytest.mark.parametrize("arguments", [["export", "nimic", "x.zip"], ["facts", "nimic"]])
def test_a_course_that_is_not_there_is_said_in_one_sentence(run, arguments):
    done = run(*arguments)
    assert done.exit_code == 1
    assert "There is no course “nimic”." in done.output


@pytest.mark.parametrize("name", ["import", "export", "facts"])
def test_every_command_has_help_with_an_example(run, name):
    assert "Example: lms course" in run(name, "--help").output
