"""What is typed of a quiz's draws from the bank, row by row, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.quizzes.rules.draws import MOST_DRAWS, Draw, Match, Shortage
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


@dataclass(frozen=True)
class DrawRow:
    """One draw as the page has it; `fits` says how many questions match now."""

    count: str = ""
    category: str = ""
    subcategories: bool = True
    tags: str = ""
    match: str = Match.ALL.value
    section: str = ""
    fits: int | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing is asked."""
        return not self.count and not self.category and not self.tags


def rows_of(draws: Sequence[Draw], fits: Sequence[int] = ()) -> list[DrawRow]:
    """Show draws, and a row for one more."""
    rows = [
        DrawRow(
            str(draw.count),
            draw.category,
            draw.subcategories,
            ", ".join(draw.tags),
            draw.match.value,
            draw.section,
            fits[at] if at < len(fits) else None,
        )
        for at, draw in enumerate(draws)
    ]
    return [*rows, DrawRow()]


def posted_rows(form: MultiDict[str, str]) -> list[DrawRow] | None:
    """Read the rows of a form; None where it has none."""
    counts = form.getlist("draw_count")
    if not counts:
        return None

    def at(name: str, place: int) -> str:
        given = form.getlist(f"draw_{name}")
        return " ".join(given[place].split())[:400] if place < len(given) else ""

    rows = [
        DrawRow(
            " ".join(count.split())[:9],
            at("category", place),
            at("below", place) != "no",
            at("tags", place),
            at("match", place) or Match.ALL.value,
            at("section", place),
        )
        for place, count in enumerate(counts[: MOST_DRAWS + 1])
    ]
    return [row for row in rows if not row.is_blank]


def values_of(rows: Sequence[DrawRow]) -> list[dict[str, Any]]:
    """Give rows the shape that `read_draws` reads."""
    return [
        {
            "count": row.count,
            "category": row.category,
            "subcategories": row.subcategories,
            "tags": row.tags,
            "match": row.match,
            "section": row.section,
        }
        for row in rows
    ]


def draw_words(draw: Draw) -> str:
    """Say what a draw takes from."""
    said = []
    if draw.category and draw.subcategories:
        said.append(_("category “%(name)s” with its subcategories", name=draw.category))
    elif draw.category:
        said.append(_("category “%(name)s”", name=draw.category))
    else:
        said.append(_("all categories"))
    if draw.tags:
        tags = ", ".join(draw.tags)
        if len(draw.tags) == 1:
            said.append(_("tag %(tags)s", tags=tags))
        elif draw.match is Match.ANY:
            said.append(_("any of the tags %(tags)s", tags=tags))
        else:
            said.append(_("all of the tags %(tags)s", tags=tags))
    return ", ".join(said)


def shortage_words(shortage: Shortage) -> str:
    """Say which draw is short, how many it wants and how many there are."""
    return " ".join(
        [
            ngettext(
                "The test draws %(num)s question from the bank (%(what)s).",
                "The test draws %(num)s questions from the bank (%(what)s).",
                shortage.draw.count,
                what=draw_words(shortage.draw),
            ),
            ngettext(
                "Only %(num)s question that is ready fits it.",
                "Only %(num)s questions that are ready fit it.",
                shortage.available,
            )
            if shortage.available
            else _("No question that is ready fits it."),
        ]
    )
