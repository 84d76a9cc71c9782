"""What the form of a text of questions sends, and what its preview is drawn of."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from lms.quizzes import pasting, workshop_page
from lms.quizzes.exchange.gift import MAX_LENGTH
from lms.quizzes.forms import question_form
from lms.quizzes.forms.draw_forms import draw_words, shortage_words
from lms.quizzes.question_types.form_registry import forms
from lms.quizzes.services import doubles
from lms.quizzes.services.workshop_plan import Bench, TextPlan, Titles, Wanted
from lms.quizzes.words import workshop_words
from lms.quizzes.workshop.reading import read_text
from lms.web.forms import lazy, whole_number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext, speech

_KEY = re.compile(r"[a-z0-9]{6}", re.ASCII)
_LINES = re.compile(r"(\d{1,6}):(\d{1,6})", re.ASCII)
_TITLE = lazy("Test of module %(number)s")
_BUTTONS = ("right", "remove", "order", "form", "add", "row")


@dataclass(frozen=True)
class Sent:
    """What the page's form holds."""

    text: str = ""
    base: str = ""
    key: str = ""
    title_ro: str = ""
    title_en: str = ""
    module_id: int | None = None
    do: str = ""
    counts: bool | None = None  # whether the certificate asks for it
    added: int | None = None  # the line that an uploaded file begins on
    given: Mapping[str, str] = field(default_factory=dict)  # which button, with its value

    @classmethod
    def posted(cls) -> Sent:
        """Read the form; what it can't hold is left out."""
        sent = request.form
        key = sent.get("key", "")
        return cls(
            text=sent.get("text", "").replace("\r\n", "\n")[: MAX_LENGTH + 1],
            base=sent.get("base", "")[:64],
            key=key if _KEY.fullmatch(key) else new_key(),
            title_ro=" ".join(sent.get("title_ro", "").split())[:255],
            title_en=" ".join(sent.get("title_en", "").split())[:255],
            module_id=whole_number(sent.get("module")),
            do=sent.get("do", ""),
            counts={"yes": True, "no": False}.get(sent.get("counts", "")),
            given={n: sent.get(n, "") for n in _BUTTONS if sent.get(n)},
        )

    @property
    def wanted(self) -> Wanted:
        """What is to be made of the text."""
        return Wanted(self.module_id, self.key, self.title_ro, self.title_en)


def new_key() -> str:
    """Make the key by which a form is saved once."""
    return secrets.token_hex(3)


def titles() -> Titles:
    """How new quizzes are called, in both languages."""
    ro, en = (speech(locale).gettext(_TITLE.message) for locale in ("ro", "en"))
    return Titles(ro, en)


@dataclass(frozen=True)
class Place:
    """The line that the text opens at, and what was done there."""

    line: int | None = None
    said: str = ""


def place_of(sent: Sent, after: str) -> Place:
    """Say where a question's form, or what was uploaded, has left the text."""
    if sent.do == "upload" and sent.added:
        return Place(sent.added, workshop_words.added(read_text(after), sent.added))
    if sent.do not in ("apply", "back"):
        return Place()
    line = question_form.line_after(sent.text, after, is_put=sent.do == "apply")
    said = "" if after == sent.text else _("Put into the text, not saved yet.")
    return Place(line, said)


def put_after(sent: Sent, more: str) -> Sent:
    """Put what a file holds after the text."""
    text = sent.text.rstrip()
    first = text.count("\n") + 3 if text else 1
    return replace(sent, text=pasting.joined(sent.text, more), added=first)


# The preview -----------------------------------------------------------------------------------


def preview_values(bench: Bench, plan: TextPlan) -> dict[str, Any]:
    """Return what the preview is drawn of."""
    return {
        "plan": plan,
        "bench": bench,
        "shown": workshop_page.shown(plan, bench.slug),
        "sentence": workshop_words.sentence,
        "changes": workshop_words.CHANGES,
        "summary": summary_of(plan),
        "forms": forms(),
        "stale": workshop_page.stale_comments(plan, bench),
        "doubles": doubles.hints_in(bench, plan),
        "draw_words": draw_words,
        "shortage_words": shortage_words,
    }


def summary_of(plan: TextPlan) -> str:
    """Count what the text holds, in a line."""
    count = len(plan.read.pieces)
    parts = [ngettext("%(num)s question", "%(num)s questions", count)]
    drawn_here = plan.quizzes[0].settings.draw if len(plan.quizzes) == 1 else None
    if drawn_here is not None and 0 < drawn_here < count:
        each = ngettext(
            "each learner gets %(num)s, drawn at random",
            "each learner gets %(num)s, drawn at random",
            drawn_here,
        )
        parts = [f"{parts[0]}; {each}"]
    if drawn := sum(draw.count for draw in plan.draws):
        said = ngettext("%(num)s drawn from the bank", "%(num)s drawn from the bank", drawn)
        parts = [*(parts if plan.read.pieces else []), said]
    if plan.read.asked:
        asked = len(plan.read.asked)
        parts.append(ngettext("%(num)s to be cleared up", "%(num)s to be cleared up", asked))
    if plan.read.errors:
        faults = len(plan.read.errors)
        parts.append(ngettext("%(num)s fault", "%(num)s faults", faults))
    return " · ".join(parts)


def added_in(plan: TextPlan) -> str:
    """Say how many questions the lines that were just put in have."""
    match = _LINES.fullmatch(request.form.get("added", ""))
    return workshop_words.added(plan.read, int(match[1]), int(match[2])) if match else ""
