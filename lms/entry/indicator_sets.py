"""An indicator set as values: what is asked at entry, and what is counted from the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

Words = Mapping[str, str]  # by language

REFUSED = "refused"
PAGES = (1, 2)


class Kind(StrEnum):
    """What a question asks for."""

    BIRTH = "birth"  # a date of birth, or a band of ages
    GENDER = "gender"  # one option; everything is counted by it
    LABOUR = "labour"  # one option; each says one status
    CHOICE = "choice"  # one option


class Status(StrEnum):
    """The status on the labour market: everybody has exactly one."""

    UNEMPLOYED = "unemployed"
    INACTIVE = "inactive"
    EMPLOYED = "employed"


class Counts(StrEnum):
    """What is counted of the organisations that take part."""

    ORGANISATIONS = "organisations"
    PROJECT = "project"  # the programme itself, once


@dataclass(frozen=True)
class Ages:
    """From an age to an age, both included; None is without a limit."""

    least: int | None = None
    most: int | None = None

    def holds(self, other: Ages) -> bool:
        """Whether another range lies wholly within this one."""
        return (self.least is None or (other.least is not None and other.least >= self.least)) and (
            self.most is None or (other.most is not None and other.most <= self.most)
        )

    def touches(self, other: Ages) -> bool:
        """Whether the two have an age in common."""
        above = self.most is not None and other.least is not None and other.least > self.most
        below = self.least is not None and other.most is not None and other.most < self.least
        return not above and not below


@dataclass(frozen=True)
class Option:
    """One answer that a question offers."""

    id: str
    label: Words
    status: Status | None = None
    ages: Ages | None = None


@dataclass(frozen=True)
class Question:
    """One thing asked at entry; the options of the one about birth are bands of ages."""

    id: str
    kind: Kind
    page: int
    label: Words
    options: tuple[Option, ...]
    may_refuse: bool = False
    is_list: bool = False  # drawn as a list to choose from: it has many options

    @property
    def has_short_options(self) -> bool:
        """Whether the options stand side by side: few, and of few letters."""
        letters = [len(text) for option in self.options for text in option.label.values()]
        return not self.is_list and len(self.options) <= 3 and max(letters, default=0) <= 20

    @cached_property
    def by_id(self) -> Mapping[str, Option]:
        """The options by id."""
        return {option.id: option for option in self.options}


@dataclass(frozen=True)
class Condition:
    """When somebody is counted: all that is named holds, and one of `any_of` where it is given."""

    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ages: Ages | None = None
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """A column of the report; one that was dropped keeps its place and counts nobody."""

    code: str
    name: Words
    when: Condition | None

    @property
    def is_dropped(self) -> bool:
        """Whether nobody is counted any more."""
        return self.when is None


@dataclass(frozen=True)
class EntityIndicator:
    """A column that counts organisations by their kind, or the programme that has such."""

    code: str
    name: Words
    kinds: frozenset[str]
    counts: Counts


@dataclass(frozen=True)
class IndicatorSet:
    """What a programme asks and counts; `total` names the indicators that sum up to everybody."""

    id: str
    title: Words
    questions: tuple[Question, ...]
    indicators: tuple[Indicator, ...]
    total: tuple[str, ...]
    entities: tuple[EntityIndicator, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by id."""
        return {question.id: question for question in self.questions}

    def of_kind(self, kind: Kind) -> Question:
        """The one question of a kind that stands once: birth, gender, labour."""
        return next(question for question in self.questions if question.kind is kind)

    def on_page(self, page: int) -> tuple[Question, ...]:
        """The questions of one of the learner's two pages."""
        return tuple(question for question in self.questions if question.page == page)

    @cached_property
    def pages(self) -> tuple[int, ...]:
        """The pages that have questions."""
        return tuple(page for page in PAGES if self.on_page(page))
