"""Every sentence shown to people has its Romanian, and no catalogue holds doubtful ones."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "lms/translations/ro").glob("*.po"))
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2), "label": None}


def extracted() -> dict[object, set[str]]:
    found: dict[object, set[str]] = {}
    for name, line, message, _comments, _context in extract_from_dir(
        ROOT / "lms",
        method_map=[
            ("**.py", "python"),
            ("**/templates/**.html", "jinja2"),
            ("**/templates/**.txt", "jinja2"),
        ],
        keywords={"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)},
    ):
        found.setdefault(message, set()).add(f"{name}:{line}")
    for path in (ROOT / "lms").rglob("*.py"):
        for label in re.findall(
            r'Entry\(\s*(?:label=)?"([^"]+)"', path.read_text(encoding="utf-8")
        ):
            found.setdefault(label, set()).add(str(path.relative_to(ROOT)))
        for message in inside_f_strings(path):
            found.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    return found


def inside_f_strings(path: Path) -> list[str]:
    """Return the sentences that stand in f-strings, where the extractor doesn't look."""
    return [
        str(call.args[0].value)
        for written in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(written, ast.JoinedStr)
        for call in ast.walk(written)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "gettext", "lazy")
        and isinstance(call.args[0], ast.Constant)
    ]


def translated() -> dict[object, object]:
    found: dict[object, object] = {}
    for path in CATALOGUES:
        with path.open("rb") as stream:
            for message in read_po(stream, locale="ro"):
                if message.id:
                    key = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
                    found.setdefault(key, message.string)
    return found


def test_every_sentence_has_its_romanian() -> None:
    known = translated()
    missing = []
    for message, places in extracted().items():
        key = tuple(message) if isinstance(message, (list, tuple)) else message
        text = known.get(key)
        if not text or (isinstance(text, (list, tuple)) and not all(text)):
            missing.append(f"{min(places)}: {message!r}")
    assert not missing, "\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.name)
def test_a_catalogue_is_sound(path: Path) -> None:
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale="ro")
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        wanted = set(re.findall(r"%\((\w+)\)s", " ".join(ids)))
        for text in texts:
            assert not re.search("[şţŞŢ]", text), f"cedilla in {text!r}"
            assert '"' not in text, f"straight quotes in {text!r}"
            assert set(re.findall(r"%\((\w+)\)s", text)) <= wanted, text


def test_no_sentence_is_translated_in_two_ways() -> None:
    seen: dict[object, tuple[object, str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as stream:
            for message in read_po(stream, locale="ro"):
                if not message.id:
                    continue
                key = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id
                text = (
                    tuple(message.string)
                    if isinstance(message.string, (list, tuple))
                    else message.string
                )
                before = seen.setdefault(key, (text, path.name))
                assert before[0] == text, f"{key!r}: {before[1]} and {path.name}"


def test_an_english_sentence_has_no_straight_apostrophe() -> None:
    straight = []
    for message in extracted():
        said = " ".join(message) if isinstance(message, (list, tuple)) else str(message)
        straight += [said] if re.search(r"[A-Za-z]'(?:[A-Za-z]| [a-z])", said) else []
    assert straight == []


def test_a_version_is_one_word_and_an_option_another() -> None:
    """What is written anew is „versiune”; „variantă” is what one chooses, or a parallel set."""
    mixed = []
    for message, text in translated().items():
        said = " ".join(message) if isinstance(message, tuple) else str(message)
        romanian = " ".join(text) if isinstance(text, tuple) else str(text)
        is_choice = re.search(r"\b(?:option|choice|alternative)", said, re.IGNORECASE)
        if re.search(r"\bversions?\b", said, re.IGNORECASE) and not is_choice:
            mixed += [said] if re.search("variant", romanian, re.IGNORECASE) else []
    assert mixed == []
