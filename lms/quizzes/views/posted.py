"""What the form of a paper carries, and what is told of where its answers went."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import request

from lms.quizzes.errors import OddAnswer
from lms.quizzes.rules.merging import Placing
from lms.quizzes.services.saving import Saved
from lms.web.forms import whole_number
from lms.web.i18n import ngettext


def given() -> Mapping[int, dict[str, list[str]]]:
    """Read the questions that the form carries: „item” fields name them, fields are prefixed."""
    found: dict[int, dict[str, list[str]]] = {}
    for text in request.form.getlist("item")[:500]:
        number = whole_number(text)
        if number is None:
            raise OddAnswer
        prefix = f"i{text}-"
        found[number] = {
            name[len(prefix) :]: request.form.getlist(name)
            for name in request.form
            if name.startswith(prefix)
        }
    return found


def key() -> str:
    """Return the key under which the same delivery is known again."""
    return (request.form.get("key") or secrets.token_hex(8))[:64]


def not_uploaded() -> list[str]:
    """Name the files that were chosen and never uploaded: a plain form sends their names alone."""
    return [
        value.strip()[:120]
        for name, value in request.form.items(multi=True)
        if name.startswith("files-") and value.strip()
    ][:20]


def writer() -> str:
    """Name the window that sends, as its script does; a page without a script names none."""
    return (request.form.get("writer") or "")[:32]


def told(saved: Saved) -> str:
    """Say which questions two windows answered without knowing of each other, or took none."""
    said = []
    if here := saved.told(Placing.REPLACES):
        said.append(
            ngettext(
                "Question %(numbers)s was also answered in another window or on another device. "
                "Your answer here is the later one and counts; the other is kept.",
                "Questions %(numbers)s were also answered in another window or on another device. "
                "Your answers here are the later ones and count; the others are kept.",
                len(here),
                numbers=", ".join(map(str, here)),
            )
        )
    if there := saved.told(Placing.BESIDE):
        said.append(
            ngettext(
                "Question %(numbers)s was answered later in another window or on another device. "
                "That answer counts and is shown here now; the one from here is kept.",
                "Questions %(numbers)s were answered later in another window or on another device. "
                "Those answers count and are shown here now; the ones from here are kept.",
                len(there),
                numbers=", ".join(map(str, there)),
            )
        )
    if behind := saved.told(Placing.BEHIND):
        said.append(
            ngettext(
                "Question %(numbers)s takes no more answers: you have gone on, or it was checked. "
                "What came now is kept and your trainer can see it, but it does not count.",
                "Questions %(numbers)s take no more answers: you have gone on, or they were "
                "checked. What came now is kept and your trainer can see it, but it does not "
                "count.",
                len(behind),
                numbers=", ".join(map(str, behind)),
            )
        )
    return " ".join(said)
