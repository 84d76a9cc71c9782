"""What a trainer fills in to mark an answer: points or a rubric's levels, and a comment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms.quizzes.question_types.essay.rubric import Rubric, fraction_by
from lms.quizzes.question_types.numerical.number_input import read_number
from lms.quizzes.question_types.payload import UNUSABLE, number_text

MAX_COMMENT = 5_000


@dataclass(frozen=True)
class Filled:
    """Hold what was filled in, as it was typed."""

    points: str = ""
    levels: Mapping[int, int] = field(default_factory=dict)
    comment: str = ""

    def dumped(self) -> dict[str, Any]:
        """Write it to be stored."""
        levels = {str(place): level for place, level in sorted(self.levels.items())}
        return {"points": self.points, "levels": levels, "comment": self.comment}

    def fraction(self, marks: Decimal, rubric: Rubric) -> Decimal | None:
        """Tell which part of the marks is given; None where that can't be told.

        Points that are typed count before the rubric, which a person may overrule.
        """
        if not self.points:
            return fraction_by(rubric, self.levels)
        for value in read_number(self.points).values:
            if 0 <= value <= marks:
                return value / marks
        return None

    def details(self) -> dict[str, Any] | None:
        """Tell how the mark came about, where by a rubric."""
        return {"levels": self.dumped()["levels"]} if self.levels else None


def read_filled(form: Mapping[str, str], rubric: Rubric) -> Filled:
    """Read a form; anything odd is left out."""
    levels = {}
    for place, criterion in enumerate(rubric):
        typed = form.get(f"level-{place}", "")
        if typed.isascii() and typed.isdigit() and int(typed[:3]) < len(criterion.levels):
            levels[place] = int(typed[:3])
    comment = UNUSABLE.sub("", form.get("comment", "").replace("\r\n", "\n")).strip()
    return Filled(
        UNUSABLE.sub("", form.get("points", "")).strip()[:20], levels, comment[:MAX_COMMENT]
    )


def filled_of(stored: Mapping[str, Any]) -> Filled:
    """Read what was stored."""
    levels = stored.get("levels") or {}
    return Filled(
        str(stored.get("points") or ""),
        {int(place): int(level) for place, level in levels.items()},
        str(stored.get("comment") or ""),
    )


def filled_from_mark(
    fraction: Decimal, marks: Decimal, details: Mapping[str, Any] | None, comment: str
) -> Filled:
    """Show a mark that was given, to be changed."""
    levels = (details or {}).get("levels") or {}
    # With levels the points follow from them, so that changing one changes the mark.
    points = "" if levels else number_text((fraction * marks).quantize(Decimal("1e-5")))
    return filled_of({"points": points, "levels": levels, "comment": comment})
