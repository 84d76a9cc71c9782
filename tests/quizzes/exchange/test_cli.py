"""`lms questions`: what a file holds, and the same in another format, without an instance."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lms.quizzes.cli import questions
from tests.quizzes.exchange.test_moodle_xml import CHOICE, HEAD

ESSAY = '<question type="pmatch"><name><text>Harta</text></name></question>\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "intrebari.xml"
    path.write_text(f"{HEAD}{CHOICE}{ESSAY}</quiz>", encoding="utf-8")
    return path


def run(*arguments: object):
    return CliRunner().invoke(questions, [str(each) for each in arguments])


def test_read_tells_everything_of_a_file_as_json(file):
    found = json.loads(run("read", file, "--json").stdout)
    assert found["format"] == "moodle-xml"
    assert found["counts"]["by_type"] == {"single_choice": 1}
    assert found["counts"]["not_supported"] == {"pmatch": 1}
    good, other = found["questions"]
    assert good["stem"] == "Care **dintre**?"
    assert [(o["text"], o["fraction"], o["feedback"]) for o in good["options"]] == [
        ("Unu", "1", "Da."),
        ("Doi", "0.3333333", ""),
    ]
    [problem] = other["problems"]
    assert (problem["line"], problem["question"], problem["reason"]) == (17, "Harta", "pmatch")
    assert problem["en"] == "this type of question can’t be kept here (pmatch)"
    assert problem["ro"] == "acest tip de întrebare nu poate fi păstrat aici (pmatch)"


def test_convert_writes_what_is_good_and_says_what_is_not(file, tmp_path):
    target = tmp_path / "intrebari.gift"
    result = run("convert", file, target)
    assert result.exit_code == 0
    assert "1 of 2 questions" in result.stdout
    assert "line 17" in result.stderr
    assert "[id:lim-1]" in target.read_text(encoding="utf-8")
    assert run("convert", file, target).exit_code == 1, "nothing is written over"


def test_convert_refuses_a_name_that_shows_no_format(file, tmp_path):
    result = run("convert", file, tmp_path / "intrebari.odt")
    assert result.exit_code == 1
    assert "--format" in result.stderr


def test_a_file_without_questions_is_a_refusal(tmp_path):
    path = tmp_path / "gol.gift"
    path.write_text("// nimic\n", encoding="utf-8")
    result = run("read", path)
    assert result.exit_code == 1
    assert "no questions" in result.stderr


def test_no_instance_is_needed(file, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "lms", "questions", "read", str(file)],
        env={"LMS_INSTANCE": "/nowhere", "LMS_DATABASE_URL": "odd://", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1 good, 1 kept out" in done.stdout
