"""How a quiz is taken: the settings at the head of its file, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from lms.quizzes.rules.bands import Band, BandFault, BandsRefused, dump_bands, read_bands
from lms.quizzes.rules.draws import Draw, DrawsRefused, dump_draws, read_draws
from lms.quizzes.rules.grading import Method
from lms.quizzes.rules.review import PRESETS, FeedbackTime, Moment, Review, Shown, review_of

__all__ = ["FeedbackTime", "QuizSettings", "dump_settings", "parse_settings"]

UNLIMITED: Final = "unlimited"
NONE: Final = "none"
DAY: Final = 24 * 60
MOST_DISPUTE_DAYS: Final = 365


class Layout(StrEnum):
    """Name how many questions stand on a page."""

    ALL = "all"
    ONE = "one"


class Navigation(StrEnum):
    """Name how one moves between questions."""

    FREE = "free"
    SEQUENTIAL = "sequential"  # one after the other, and never back


class Behaviour(StrEnum):
    """Name how a question behaves while it is answered; the rules are in `behaviours`."""

    DEFERRED = "deferred"
    IMMEDIATE = "immediate"
    INTERACTIVE = "interactive"
    ADAPTIVE = "adaptive"
    ADAPTIVE_NO_PENALTY = "adaptive_no_penalty"
    DEFERRED_CBM = "deferred_cbm"
    IMMEDIATE_CBM = "immediate_cbm"

    @property
    def checks(self) -> bool:
        """Whether each question has a button that checks it."""
        return self not in {Behaviour.DEFERRED, Behaviour.DEFERRED_CBM}

    @property
    def has_certainty(self) -> bool:
        """Whether one says how sure one is."""
        return self in {Behaviour.DEFERRED_CBM, Behaviour.IMMEDIATE_CBM}

    @property
    def has_penalty(self) -> bool:
        """Whether a wrong try costs something."""
        return self in {Behaviour.INTERACTIVE, Behaviour.ADAPTIVE}


class Overdue(StrEnum):
    """Name what becomes of an attempt whose time ran out before it was submitted."""

    SUBMIT = "submit"  # what was saved counts
    WAIT = "wait"  # no more answers, but it may be submitted for a while
    ABANDON = "abandon"  # it doesn't count


class SettingFault(StrEnum):
    """Why a setting cannot be accepted."""

    UNKNOWN_SETTING = "unknown_setting"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_YES_OR_NO = "not_yes_or_no"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_TABLE = "not_a_table"
    NOT_DRAWS = "not_draws"


@dataclass(frozen=True)
class Fault:
    """Say which setting is wrong and why."""

    field: str
    reason: SettingFault | BandFault
    detail: str = ""  # the numbers or words concerned


class InvalidSettings(ValueError):
    """Carry every fault found, not only the first."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.reason}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class QuizSettings:
    """Hold how a quiz is taken.

    `None`: no pass mark, attempts without limit, all questions, no time limit.
    """

    pass_mark: Decimal | None = Decimal(70)
    attempts: int | None = 3
    draw: int | None = None
    shuffle_questions: bool = True
    shuffle_options: bool = True
    feedback: FeedbackTime = FeedbackTime.AFTER_SUBMISSION
    time_limit: int | None = None
    layout: Layout = Layout.ALL
    method: Method = Method.BEST
    behaviour: Behaviour = Behaviour.DEFERRED
    penalty: Decimal = Decimal("33.33333")  # per cent for each wrong try, where tries cost
    review: Review | None = None  # in the place of what `feedback` names
    navigation: Navigation = Navigation.FREE
    grace: int | None = None  # seconds for answers on their way; None: the site's own
    overdue: Overdue = Overdue.SUBMIT
    late_submission: int = 1440  # minutes to submit what ran out, where it waits
    delay_first: int = 0  # minutes between the first attempt and the second
    delay_later: int = 0  # minutes between later ones
    dispute_days: int | None = None  # to contest a result; 0: never; None: as the course says
    bands: tuple[Band, ...] = ()  # what is said of a result, from the lowest up
    draws: tuple[Draw, ...] = ()  # from the course's bank, beside the quiz's own questions
    counts: bool = True  # asked for by its module; what isn't is there to practise
    draft: bool = False  # not published, though it has enough to ask

    @property
    def shown(self) -> Review:
        """What learners are shown at each moment."""
        return self.review or PRESETS[self.feedback]

    @property
    def is_one_by_one(self) -> bool:
        """Whether a page holds one question; never going back needs it."""
        return self.layout is Layout.ONE or self.navigation is Navigation.SEQUENTIAL


class _Refused(ValueError):
    def __init__(self, reason: SettingFault | BandFault, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def parse_settings(values: Mapping[str, object]) -> QuizSettings:
    """Read settings; what isn't named keeps its default. Raise `InvalidSettings`."""
    read: dict[str, object] = {}
    faults: list[Fault] = []
    for name, value in values.items():
        reader = _READERS.get(name)
        if reader is None:
            faults.append(Fault(str(name), SettingFault.UNKNOWN_SETTING))
            continue
        try:
            read[name] = reader(value)
        except _Refused as refused:
            faults.append(Fault(name, refused.reason, refused.detail))
    if faults:
        raise InvalidSettings(tuple(faults))
    return QuizSettings(**read)  # type: ignore[arg-type]  # each reader returns its field's type


def _bands(value: object) -> tuple[Band, ...]:
    try:
        return read_bands(value)
    except BandsRefused as refused:
        raise _Refused(refused.fault, refused.detail) from None


def _draws(value: object) -> tuple[Draw, ...]:
    try:
        return read_draws(value)
    except DrawsRefused as refused:
        raise _Refused(SettingFault.NOT_DRAWS, refused.detail) from None


def dump_settings(settings: QuizSettings) -> dict[str, object]:
    """Write every setting as JSON-able values that `parse_settings` reads back."""
    values = {field.name: _plain(getattr(settings, field.name)) for field in fields(settings)}
    values |= {"bands": dump_bands(settings.bands), "draws": dump_draws(settings.draws)}
    return values if settings.pass_mark is not None else {**values, "pass_mark": NONE}


def _plain(value: object) -> object:
    if isinstance(value, Review):
        return {m.value: [s.value for s in Shown if s in value.at(m)] for m in Moment}
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, StrEnum) else value


def _pass_mark(value: object) -> Decimal | None:
    return None if value == NONE else _percent(value)


def _percent(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _Refused(SettingFault.NOT_A_NUMBER)
    try:
        percent = Decimal(str(value).strip().removesuffix("%").strip())
    except InvalidOperation:
        raise _Refused(SettingFault.NOT_A_NUMBER) from None
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise _Refused(SettingFault.OUT_OF_RANGE)
    return percent


def _count(most: int) -> Callable[[object], int | None]:
    def read(value: object) -> int | None:
        if value is None or value == UNLIMITED:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[:9])
        if isinstance(value, bool) or not isinstance(value, int):
            raise _Refused(SettingFault.NOT_A_WHOLE_NUMBER)
        if not 1 <= value <= most:
            raise _Refused(SettingFault.OUT_OF_RANGE)
        return value

    return read


def _minutes(most: int) -> Callable[[object], int]:
    count = _count(most)

    def read(value: object) -> int:
        is_none = value in (0, "0") and not isinstance(value, bool)
        return 0 if is_none or value is None else count(value) or 0

    return read


def _seconds(value: object) -> int | None:
    return None if value is None else _minutes(3600)(value)


def _review(value: object) -> Review | None:
    """Read which things each moment shows; a name that isn't known is a fault, never left out."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _Refused(SettingFault.NOT_A_TABLE)
    table: dict[Moment, list[Shown]] = {}
    for name, things in value.items():
        if not isinstance(things, list | tuple):
            raise _Refused(SettingFault.NOT_A_TABLE)
        try:
            table[Moment(str(name))] = [Shown(str(thing)) for thing in things]
        except ValueError:
            raise _Refused(SettingFault.NOT_A_CHOICE) from None
    return review_of(table)


def _days(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Refused(SettingFault.NOT_A_WHOLE_NUMBER)
    if not 0 <= value <= MOST_DISPUTE_DAYS:
        raise _Refused(SettingFault.OUT_OF_RANGE)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused(SettingFault.NOT_YES_OR_NO)
    return value


def _choice(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        try:
            return kind(str(value))
        except ValueError:
            raise _Refused(SettingFault.NOT_A_CHOICE) from None

    return read


_READERS: Mapping[str, Callable[[object], object]] = {
    "pass_mark": _pass_mark,
    "attempts": _count(100),
    "draw": _count(500),
    "shuffle_questions": _flag,
    "shuffle_options": _flag,
    "feedback": _choice(FeedbackTime),
    "time_limit": _count(24 * 60),
    "layout": _choice(Layout),
    "method": _choice(Method),
    "behaviour": _choice(Behaviour),
    "penalty": _percent,
    "review": _review,
    "navigation": _choice(Navigation),
    "grace": _seconds,
    "overdue": _choice(Overdue),
    "late_submission": _minutes(30 * DAY),
    "delay_first": _minutes(365 * DAY),
    "delay_later": _minutes(365 * DAY),
    "dispute_days": _days,
    "bands": _bands,
    "draws": _draws,
    "counts": _flag,
    "draft": _flag,
}
