"""Notes as plain text, for a printer or a letter."""

from __future__ import annotations

from collections.abc import Iterable

BOM = "\ufeff"  # Windows' older editors read ș and ț only with it


def as_text(title: str, who: str, lessons: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> str:
    """Return notes, lesson by lesson: the words marked in quotes, what was written below them."""
    parts = [title, who]
    for lesson, notes in lessons:
        parts.append(f"\n{lesson}\n{'-' * len(lesson)}")
        for quote, text in notes:
            marked = [f"„{quote}”"] if quote else []
            parts.append("\n".join([*marked, *([text] if text else [])]) + "\n")
    return BOM + "\r\n".join("\n".join(parts).splitlines()) + "\r\n"
