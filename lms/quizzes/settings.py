"""How a quiz is taken: the settings at the head of its file, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from lms.quizzes.grading import Method

UNLIMITED: Final = "unlimited"
NONE: Final = "none"


class FeedbackTime(StrEnum):
    """Name when learners see key and feedback."""

    AFTER_SUBMISSION = "after_submission"
    AFTER_CLOSE = "after_close"
    AFTER_FINAL = "after_final"  # of a test at the start: once the one at the end is submitted
    NEVER = "never"


class Layout(StrEnum):
    """Name how many questions stand on a page."""

    ALL = "all"
    ONE = "one"


class SettingFault(StrEnum):
    """Why a setting cannot be accepted."""

    UNKNOWN_SETTING = "unknown_setting"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_YES_OR_NO = "not_yes_or_no"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"


@dataclass(frozen=True)
class Fault:
    """Say which setting is wrong and why."""

    field: str
    reason: SettingFault


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


class _Refused(ValueError):
    def __init__(self, reason: SettingFault) -> None:
        super().__init__(reason)
        self.reason = reason


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
            faults.append(Fault(name, refused.reason))
    if faults:
        raise InvalidSettings(tuple(faults))
    return QuizSettings(**read)  # type: ignore[arg-type]  # each reader returns its field's type


def dump_settings(settings: QuizSettings) -> dict[str, object]:
    """Write every setting as JSON-able values that `parse_settings` reads back."""
    values = {field.name: _plain(getattr(settings, field.name)) for field in fields(settings)}
    return values if settings.pass_mark is not None else {**values, "pass_mark": NONE}


def _plain(value: object) -> object:
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
}
