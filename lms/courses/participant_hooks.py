"""The registries by which packages above this one show themselves beside a participant.

Certificates add a column to an edition's table, quizzes and certificates their panels to a
participant's page; the pages ask without knowing who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from lms.courses.models import Enrolment

StateKind = Literal["ok", "warn", "bad", "info", "muted"]


@dataclass(frozen=True)
class Cell:
    """What stands in a column for one participant; `label` is a sentence already translated.

    `is_done` counts the participant in the edition's head line.
    """

    kind: StateKind
    label: str
    href: str = ""
    is_done: bool = False


class ColumnProvider(Protocol):
    """A column of an edition's table."""

    key: str

    def heading(self) -> str:
        """Return the heading in the page's language."""

    def cells(self, edition_id: int, only: Collection[int] | None = None) -> Mapping[int, Cell]:
        """Return the cells of an edition, or of some places, by enrolment; one statement."""

    def done_by_edition(self, edition_ids: Collection[int]) -> Mapping[int, int]:
        """Return how many participants of each edition are done; one statement."""


@dataclass(frozen=True)
class Panel:
    """A part of a participant's page: a template, drawn with `context` and `enrolment`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


PanelProvider = Callable[[Enrolment], Panel | None]

COLUMNS: dict[str, ColumnProvider] = {}
PANELS: dict[str, PanelProvider] = {}


def register_column(provider: ColumnProvider) -> None:
    """Add a column; one with the same key takes the earlier one's place."""
    COLUMNS[provider.key] = provider


def register_panel(key: str, provider: PanelProvider) -> None:
    """Add a panel; panels stand in the order in which they were added."""
    PANELS[key] = provider
