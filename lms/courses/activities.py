"""The registry by which quizzes, and later kinds, become items of a module.

A provider lives above this package and registers itself; courses ask it without knowing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Activity:
    """Something to do in a module besides reading."""

    key: str  # "<kind>:<id>"
    title_ro: str
    title_en: str
    href: str
    position: int

    def title(self, locale: str) -> str:
        """The title in a language."""
        return self.title_en if locale == "en" else self.title_ro


@dataclass(frozen=True)
class ActivityState:
    """How a person stands with an activity."""

    is_passed: bool
    is_begun: bool
    note: str = ""  # the best result, in figures that need no translation


class Provider(Protocol):
    """What a kind of activity must answer."""

    def outline(self, course_id: int) -> Mapping[int, list[Activity]]:
        """Return the activities shown to learners, by module; kept with the course's version."""

    def states(self, enrolment_id: int) -> Mapping[str, ActivityState]:
        """Return how an enrolment stands with what it has begun, by key; one statement."""

    def passed_by(self, edition_id: int) -> Mapping[int, set[str]]:
        """Return what each enrolment of an edition has passed; one statement."""


PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a kind of activity."""
    PROVIDERS.append(provider)
