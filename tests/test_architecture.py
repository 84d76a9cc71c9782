"""House rules that no single file shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest

import lms
from lms.config import Settings

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lms"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted(PACKAGE.rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return what a file holds, read once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))))


@cache
def calls(path: Path) -> tuple[tuple[str, ast.Call], ...]:
    """Return each call with what is called, as it is written."""
    return tuple(
        (ast.unparse(node.func), node) for node in nodes_of(path) if isinstance(node, ast.Call)
    )


@cache
def imports(path: Path) -> set[str]:
    """Top names of the modules that a file imports, wherever in it."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def files_that_import(module: str) -> set[str]:
    return {name_of(path) for path in SOURCES if module in imports(path)}


def test_one_place_commits():
    committing = {
        name_of(path)
        for path in SOURCES
        for called, node in calls(path)
        if called.endswith(".commit") and not node.args and not node.keywords
    }
    assert committing == {"lms/db.py"}


def test_one_place_reads_the_clock():
    readers = re.compile(
        r"(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$"
    )
    reading = {
        name_of(path) for path in SOURCES for called, _ in calls(path) if readers.search(called)
    }
    assert reading == {"lms/clock.py"}


@pytest.mark.parametrize(
    ("module", "places"),
    [
        pytest.param(
            "zipfile",
            # The seal's recovery kit and an edition's archive are only ever written.
            {
                *("lms/safety/", "lms/backup/", "lms/archive/writing.py"),
                "lms/certificates/signing/file_key.py",
            },
            id="one reader of archives",
        ),
        pytest.param("tarfile", set(), id="no other kind of archive"),
        pytest.param("nh3", {"lms/safety/"}, id="one sanitiser of HTML"),
        pytest.param(
            "markdown_it",
            # An import looks for the pictures that a lesson names; it renders nothing.
            {"lms/safety/", "lms/exchange/lesson_file.py"},
            id="one renderer of Markdown",
        ),
        pytest.param("csv", {"lms/safety/"}, id="one reader and writer of CSV"),
        pytest.param(
            "openpyxl",
            # Working papers are laid out and only ever written.
            {"lms/safety/", "lms/papers/"},
            id="one reader and writer of XLSX",
        ),
        pytest.param(
            "docx",
            {"lms/papers/", "lms/quizzes/workshop/docx_reader.py"},
            id="one writer of DOCX and one reader",
        ),
        pytest.param("pickle", set(), id="nothing is unpickled by us"),
        pytest.param("urllib3", set(), id="no client of the web"),
        pytest.param("requests", set(), id="no other client of the web"),
        pytest.param(
            "random",
            # Which of several locks is tried first is no secret and no rule.
            {"lms/accounts/hashing.py"},
            id="chance comes in as a seed or from secrets",
        ),
        pytest.param("huey", {"lms/jobs/"}, id="one module around the queue"),
        pytest.param("gunicorn", {"lms/serve.py"}, id="one module around the server"),
    ],
)
def test_a_dangerous_or_foreign_thing_has_one_entrance(module, places):
    strays = {
        name for name in files_that_import(module) if not any(name.startswith(p) for p in places)
    }
    assert strays == set()


def test_an_address_that_a_visitor_names_is_followed_only_when_it_is_ours():
    asked = re.compile(
        r"request\.(args|form|values)(\.get\(|\[)['\"](next|url|target|return_to)['\"]"
    )
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert "request.referrer" not in text, name_of(path)
        for found in asked.finditer(text):
            before = text[max(0, found.start() - 12) : found.start()]
            assert before.rstrip().endswith("safe_next("), name_of(path)


def is_page(path: Path) -> bool:
    """Whether a template is drawn by itself: it extends another, and isn't a mail."""
    text = path.read_text(encoding="utf-8")
    return bool(re.search(r"{%-?\s*extends", text)) and "mail" not in path.parts


def test_every_page_has_a_title():
    titled = re.compile(r"{%-?\s*block title")
    bare = {
        name_of(p)
        for p in TEMPLATES
        if is_page(p) and not titled.search(p.read_text(encoding="utf-8"))
    }
    assert bare == set()


FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
POSTS = re.compile(r"<form\b[^>]*method\s*=\s*[\"']?post", re.IGNORECASE)


def test_every_form_that_changes_something_carries_its_token():
    for path in TEMPLATES:
        for form in FORM.findall(path.read_text(encoding="utf-8")):
            if POSTS.match(form):
                assert re.search(r"\bcsrf\(\)|name=\"csrf_token\"", form), (
                    f"{name_of(path)}: {form[:80]}"
                )


def test_no_page_carries_script_or_style_of_its_own():
    """The content security policy would refuse them."""
    own = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']", re.IGNORECASE
    )
    strays = {
        name_of(path): found.group()
        for path in TEMPLATES
        if "mail" not in path.parts and (found := own.search(path.read_text(encoding="utf-8")))
    }
    assert strays == {}


def test_every_setting_is_documented_with_its_default():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for setting in fields(Settings):
        name = f"LMS_{setting.name.upper()}"
        assert f"| `{name}` |" in text, name
        assert setting.metadata["why"], name
    named = set(re.findall(r"^\| `(LMS_[A-Z0-9_]+)` \|", text, re.MULTILINE))
    assert named == {f"LMS_{setting.name.upper()}" for setting in fields(Settings)}


def commands(group: click.Group, path: str = "lms") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


FLASKS_OWN = ("lms db ", "lms shell", "lms routes")


def test_every_command_is_documented_and_shows_an_example(app):
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, command in commands(app.cli):
        if name.startswith(FLASKS_OWN):
            continue
        assert f"`{name}`" in text, name
        with click.Context(command, info_name=name) as ctx:
            assert "Example" in command.get_help(ctx), name


def test_the_version_is_the_same_everywhere():
    written = re.search(
        r"^version = (.+)$", (ROOT / "setup.cfg").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert written is not None
    assert written.group(1) == lms.__version__
    assert f"## {lms.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_files_stay_readable():
    """One idea seldom needs 400 lines; the few that do stay few."""
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES
    }
    assert {name: n for name, n in lengths.items() if n > 600} == {}
    assert sum(n > 400 for n in lengths.values()) <= len(lengths) // 20


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert {name_of(path) for path in SOURCES if path.name in drawers} == set()
