"""Entry from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms import db
from lms.courses.models import Enrolment
from lms.entry.national_number import read_number
from lms.entry.services import numbers
from lms.safety.sheets import read_table, write_csv
from tests.entry.asked import NOW, VALID_CNP, ask

HEADINGS = ["sign-in name", "birth", "gender", "labour", "education", "rural", "homeless"]
ROW = ["learner", "1985-03-27", "woman", "employed", "isced-6", "village", "housed"]


@pytest.fixture
def run(cast):
    ask(cast)
    return lambda *args: cast.app.test_cli_runner().invoke(args=["entry", *map(str, args)])


def written(path: Path, *rows: list[str]) -> Path:
    path.write_bytes(write_csv(HEADINGS, rows))
    return path


def test_answers_go_in_and_out(run, tmp_path):
    file = written(tmp_path / "l.csv", ROW)
    assert "1 would be kept" in run("import", "e1", file, "--dry-run").output
    assert "1 kept" in run("import", "e1", file).output
    assert "1 said nothing new" in run("import", "e1", file).output
    out = tmp_path / "afara.xlsx"
    assert run("export", "e1", out).exit_code == 0
    assert out.stat().st_mode & 0o077 == 0
    table = read_table(out.read_bytes(), "x.xlsx")
    assert any("licență (ISCED 6)" in row.cells for row in table.rows)
    assert "already there" in run("export", "e1", out).output
    assert run("export", "e1", tmp_path / "afara.csv", "--english").exit_code == 0
    assert b"Given names" in (tmp_path / "afara.csv").read_bytes()


def test_wrong_rows_are_named_and_nothing_is_kept(run, tmp_path):
    file = written(tmp_path / "l.csv", [*ROW[:2], "?", *ROW[3:]], ["nimeni", *ROW[1:]])
    answer = run("import", "e1", file)
    assert answer.exit_code == 1
    assert "row 2" in answer.output
    assert "row 3" in answer.output
    assert "2 rows are wrong" in answer.output
    assert '"whole": 1' in run("import", "e1", written(file, ROW), "--json").output


def test_refusals_are_one_sentence(run, cast, tmp_path):
    file = written(tmp_path / "l.csv", ROW)
    assert "There is no edition" in run("import", "nu-exista", file).output
    ask(cast, None)
    assert "asks nothing" in run("import", "e1", file).output
    (tmp_path / "gol.csv").write_bytes(b"")
    assert "empty" in run("import", "e1", tmp_path / "gol.csv").output


def test_sets_are_listed_and_checked(run, tmp_path):
    assert "esf-plus-2021-2027: ESF+ 2021–2027" in run("sets").output
    (tmp_path / "a.yaml").write_text("id: a\nculoare: x\n")
    answer = run("sets", tmp_path / "a.yaml")
    assert answer.exit_code == 1
    assert "Line 2: “culoare” is not known here" in answer.output


def test_the_key_is_changed(cast, run):
    ask(cast, "esf-plus-2021-2027", purpose="Pentru listă.")
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        numbers.give(place, read_number(VALID_CNP, today=NOW.date()), by=None, now=NOW)
    assert "1 sealed anew" in run("rotate-key").output
    with cast.app.app_context():
        place = db.session().get_one(Enrolment, cast.enrolments["learner"])
        assert numbers.masked_of(place) == "•••••••••6087"
        for key_id in numbers.vault().key_ids():
            numbers.vault().forget(key_id)
    assert "is not in the instance" in run("rotate-key").output
