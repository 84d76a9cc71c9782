"""A person's data as one ZIP: a page to read, the same as JSON, and the files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lms.accounts.traces import Exported
from lms.personal_data.words import field_word, value_text
from lms.safety.archive import write_archive
from lms.safety.file_names import ascii_letters, safe_file_name
from lms.web.i18n import current_locale
from lms.web.templating import STATIC, render

Gathered = Mapping[str, tuple[str, Exported]]


def pack(found: Gathered, *, name: str, keeps: Mapping[str, list[str]], made_at: datetime) -> bytes:
    """Write everything held of a person; the same data and time give the same bytes."""
    plain = {key: dict(held.values) for key, (_label, held) in found.items()}
    entries = {
        "data.json": json.dumps(plain, ensure_ascii=False, indent=2, default=str).encode(),
        "style.css": (STATIC / "taken-along.css").read_bytes(),
        "index.html": _page(found, name=name, keeps=keeps, made_at=made_at).encode(),
    }
    for key, (_label, held) in found.items():
        for file_name, data in held.files.items():
            entries[path_of(key, file_name)] = data
    return write_archive(entries)


def path_of(key: str, file_name: str) -> str:
    """Where a file stands in the archive."""
    return f"files/{key}/{ascii_letters(safe_file_name(file_name))}"


def _page(found: Gathered, *, name: str, keeps: Mapping[str, list[str]], made_at: datetime) -> str:
    sections = [
        {
            "label": label,
            "lists": list(_lists(held.values)),
            "files": [(file, path_of(key, file)) for file in held.files],
            "keeps": keeps.get(key, []),
        }
        for key, (label, held) in found.items()
    ]
    return render(
        "personal_data/package.html",
        sections=sections,
        name=name,
        made_at=made_at,
        locale=current_locale(),
    )


def _lists(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lay each list of rows out as a table; a column that is empty throughout is left out."""
    for key, value in values.items():
        rows = value if isinstance(value, list) else [value]
        if not rows or rows == [None]:
            continue
        shaped = [row if isinstance(row, dict) else {key: row} for row in rows]
        names = list(dict.fromkeys(name for row in shaped for name in row))
        used = [n for n in names if any(row.get(n) not in (None, "", [], {}) for row in shaped)]
        yield {
            "label": field_word(key),
            "headings": [field_word(n) for n in used],
            "rows": [[value_text(row.get(n)) for n in used] for row in shaped],
        }
