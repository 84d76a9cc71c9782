"""What is typed on a quiz's page of settings, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from wtforms import validators
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from lms.quizzes.rules.bands import BandFault, BandsRefused, dump_bands, read_lines, write_lines
from lms.quizzes.rules.grading import Method
from lms.quizzes.rules.review import (
    PRESETS,
    FeedbackTime,
    Moment,
    Review,
    Shown,
    preset_of,
    review_of,
)
from lms.quizzes.rules.settings import (
    Behaviour,
    InvalidSettings,
    Layout,
    Navigation,
    Overdue,
    QuizSettings,
    SettingFault,
    dump_settings,
    parse_settings,
)
from lms.quizzes.words.problem_words import bands_fault
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

CUSTOM = "custom"
_FREE = validators.Optional()

PRESET_WORDS = {
    FeedbackTime.AT_ONCE: lazy("Learn: each question is explained as soon as it is checked"),
    FeedbackTime.AFTER_SUBMISSION: lazy("Practise: everything is explained after submission"),
    FeedbackTime.NEVER: lazy("Exam: the result alone, never the answers"),
    FeedbackTime.AFTER_CLOSE: lazy("Final: the result at once, the answers after the close"),
    FeedbackTime.AFTER_FINAL: lazy("Initial test: everything once the final test is submitted"),
}
MOMENT_WORDS = {
    Moment.DURING: lazy("While answering"),
    Moment.RIGHT_AFTER: lazy("Right after"),
    Moment.LATER: lazy("Later"),
    Moment.AFTER_CLOSE: lazy("After the close"),
}
MOMENT_HINTS = {
    Moment.DURING: lazy("after a question is checked"),
    Moment.RIGHT_AFTER: lazy("the first two minutes"),
    Moment.LATER: lazy("while the test is open"),
    Moment.AFTER_CLOSE: lazy("only with a closing date"),
}
SHOWN_WORDS = {
    Shown.ATTEMPT: lazy("Questions and own answers"),
    Shown.CORRECTNESS: lazy("Right or wrong"),
    Shown.MARKS: lazy("Points"),
    Shown.FEEDBACK: lazy("Feedback on the answer"),
    Shown.GENERAL_FEEDBACK: lazy("General feedback"),
    Shown.RIGHT_ANSWER: lazy("Right answer"),
    Shown.OVERALL: lazy("Verdict and what to read again"),
}
BEHAVIOUR_WORDS = {
    Behaviour.DEFERRED: lazy("Checked only at the end"),
    Behaviour.IMMEDIATE: lazy("Each question can be checked once"),
    Behaviour.INTERACTIVE: lazy("Several tries with hints; each wrong one costs"),
    Behaviour.ADAPTIVE: lazy("Unlimited tries; each wrong one costs"),
    Behaviour.ADAPTIVE_NO_PENALTY: lazy("Unlimited tries, free of cost"),
    Behaviour.DEFERRED_CBM: lazy("With certainty, checked at the end"),
    Behaviour.IMMEDIATE_CBM: lazy("With certainty, each question checked once"),
}
METHOD_WORDS = {
    Method.BEST: lazy("the best"),
    Method.LAST: lazy("the last"),
    Method.FIRST: lazy("the first"),
    Method.AVERAGE: lazy("the average of all"),
}
OVERDUE_WORDS = {
    Overdue.SUBMIT: lazy("It is submitted with what was saved"),
    Overdue.WAIT: lazy("No more answers, but it may still be submitted for a while"),
    Overdue.ABANDON: lazy("It does not count"),
}
_FAULTS: Mapping[str, Any] = {
    SettingFault.NOT_A_NUMBER: lazy("Write a number."),
    SettingFault.NOT_A_WHOLE_NUMBER: lazy("Write a whole number."),
    SettingFault.OUT_OF_RANGE: lazy("This number is too small or too large."),
}


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(key.value, label) for key, label in words.items()]


def _text(label: Any) -> wtforms.StringField:
    return wtforms.StringField(label, [_FREE], filters=[stripped])


class SettingsForm(Form):
    """The rules of a quiz."""

    preset = wtforms.RadioField(lazy("What learners see, and when"))
    counts = wtforms.RadioField(
        lazy("For the certificate"),
        choices=[
            SelectChoice("yes", lazy("Required for the certificate")),
            SelectChoice("no", lazy("For practice alone")),
        ],
        validate_choice=False,
    )
    pass_mark = wtforms.StringField(lazy("Pass mark"), filters=[stripped])
    attempts = _text(lazy("Attempts"))
    method = wtforms.SelectField(lazy("Which attempt counts"), choices=_choices(METHOD_WORDS))
    time_limit = _text(lazy("Time limit"))
    draw = _text(lazy("Questions in an attempt"))
    behaviour = wtforms.SelectField(lazy("While answering"), choices=_choices(BEHAVIOUR_WORDS))
    penalty = _text(lazy("Cost of a wrong try"))
    layout = wtforms.SelectField(
        lazy("Questions on a page"),
        choices=[
            SelectChoice(Layout.ALL.value, lazy("all")),
            SelectChoice(Layout.ONE.value, lazy("one at a time")),
        ],
    )
    navigation = wtforms.SelectField(
        lazy("Moving between questions"),
        choices=[
            SelectChoice(Navigation.FREE.value, lazy("freely, back and forth")),
            SelectChoice(Navigation.SEQUENTIAL.value, lazy("only forward, one at a time")),
        ],
    )
    shuffle_questions = wtforms.BooleanField(lazy("Questions in another order for each attempt"))
    shuffle_options = wtforms.BooleanField(lazy("Options in another order for each attempt"))
    overdue = wtforms.SelectField(lazy("When the time runs out"), choices=_choices(OVERDUE_WORDS))
    late_submission = _text(lazy("Time to submit it then"))
    grace = _text(lazy("Grace for answers on their way"))
    delay_first = _text(lazy("Pause before the second attempt"))
    delay_later = _text(lazy("Pause before later attempts"))
    dispute_days = _text(lazy("Time to contest a question"))
    bands = wtforms.TextAreaField(lazy("What is said of a result, by grade"), [_FREE])
    bands_en = wtforms.TextAreaField(lazy("The same bands in English"), [_FREE])

    base: QuizSettings
    settings: QuizSettings | None = None
    draws_error = ""
    review: Review = PRESETS[FeedbackTime.AFTER_SUBMISSION]

    def offer(self, settings: QuizSettings, *, is_course_test: bool, may_wait: bool) -> None:
        """Offer the presets that fit where the quiz stands; a course's test is taken once."""
        offered = [p for p in PRESET_WORDS if p is not FeedbackTime.AFTER_FINAL or may_wait]
        self.preset.choices = [SelectChoice(p.value, PRESET_WORDS[p]) for p in offered]
        self.preset.choices.append(SelectChoice(CUSTOM, lazy("As ticked under “More options”")))
        self.base = settings
        if is_course_test:
            of_modules = ("pass_mark", "attempts", "method", "delay_first", "delay_later", "counts")
            for name in of_modules:
                delattr(self, name)

    @classmethod
    def of(cls, settings: QuizSettings) -> SettingsForm:
        """Make the form with a quiz's rules as they are."""
        known = preset_of(settings.review) if settings.review is not None else settings.feedback
        values = dump_settings(settings)
        values["preset"] = known.value if known is not None else CUSTOM
        values["counts"] = "yes" if settings.counts else "no"
        values["bands"] = write_lines(settings.bands, "ro")
        values["bands_en"] = write_lines(settings.bands, "en")
        for name in _NUMBERS:
            value = getattr(settings, name)
            is_none = value is None or (value == 0 and _EMPTY[name] is not None)
            values[name] = None if is_none else _shown(value)
        form = cls(data=values)
        form.review = settings.shown
        return form

    def read(self, ticked: list[str], draws: list[dict[str, Any]] | None = None) -> bool:
        """Read what was typed into settings; faults stand at their fields.

        `draws` are those from the bank; None leaves them as they are.
        """
        is_valid = self.validate()
        self.review = _table(ticked) if self.preset.data == CUSTOM else self.preset_review
        values: dict[str, object] = dump_settings(self.base)
        for name in (*_NUMBERS, *_CHOICES):
            if name in self:
                values[name] = self[name].data
        for name in _NUMBERS:
            text = str(values[name] or "").replace(",", ".").removesuffix("%").strip()
            values[name] = text or _EMPTY[name]
        values["counts"] = self._counts
        if "pass_mark" not in self:
            values["pass_mark"], values["attempts"] = "none", 1
        elif not self.pass_mark.data:
            self.pass_mark.errors = [_("Write the per cent that are needed to pass.")]
            return False
        if self.preset.data == CUSTOM:
            values["review"] = dump_settings(QuizSettings(review=self.review))["review"]
        else:
            values["review"], values["feedback"] = None, self.preset.data
        try:
            written, english = self.bands.data or "", self.bands_en.data or ""
            values["bands"] = dump_bands(read_lines(written, english))
        except BandsRefused as refused:
            wrong = self.bands_en if refused.fault is BandFault.OTHER_BANDS else self.bands
            wrong.errors = [bands_fault(refused)]
            return False
        if draws is not None:
            values["draws"] = draws
        try:
            self.settings = parse_settings(values)
        except InvalidSettings as invalid:
            for fault in invalid.faults:
                if fault.field == "draws":
                    self.draws_error = _(
                        "Each draw needs a whole number of questions, from 1 to 200."
                    )
                    continue
                name = fault.field if fault.field in self else "preset"
                field = self[name]
                message = _FAULTS.get(str(fault.reason), lazy("This can’t be chosen."))
                field.errors = [*field.errors, str(message)]
            return False
        return self._is_sound(self.settings) and is_valid

    @property
    def _counts(self) -> bool:
        """Whether the quiz is asked for; as it was where nothing is said."""
        said = {"yes": True, "no": False}
        return said.get(self.counts.data, self.base.counts) if "counts" in self else True

    @property
    def preset_review(self) -> Review:
        """What the chosen preset shows."""
        try:
            return PRESETS[FeedbackTime(self.preset.data)]
        except ValueError:
            return PRESETS[FeedbackTime.AFTER_SUBMISSION]

    def _is_sound(self, settings: QuizSettings) -> bool:
        """Refuse what would do nothing: explained at once, where nothing is ever checked."""
        at_once = settings.shown.during - {Shown.ATTEMPT}
        if at_once and not settings.behaviour.checks:
            self.behaviour.errors = [
                _("To explain each question at once, choose a way in which questions are checked.")
            ]
            return False
        return True


_NUMBERS = (
    *("pass_mark", "attempts", "time_limit", "draw", "penalty", "late_submission", "grace"),
    *("delay_first", "delay_later", "dispute_days"),
)
_CHOICES = (
    *("method", "behaviour", "layout", "navigation", "shuffle_questions", "shuffle_options"),
    "overdue",
)
_EMPTY: Mapping[str, object] = {
    "pass_mark": "none",
    "attempts": None,
    "time_limit": None,
    "draw": None,
    "penalty": "0",
    "late_submission": QuizSettings().late_submission,
    "grace": None,
    "delay_first": 0,
    "delay_later": 0,
    "dispute_days": None,
}


def _shown(value: object) -> str:
    text = format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",")


def _table(ticked: list[str]) -> Review:
    """Read the ticks of the table, „moment.thing”; what isn't known is left out."""
    table: dict[Moment, list[Shown]] = {}
    for moment in Moment:
        table[moment] = [thing for thing in Shown if f"{moment.value}.{thing.value}" in ticked]
    return review_of(table)


class WindowForm(Form):
    """When an edition may take a quiz."""

    opens_on = wtforms.DateField(lazy("Opens on"), [_FREE])
    opens = wtforms.TimeField(lazy("at"), [_FREE])
    closes_on = wtforms.DateField(lazy("Closes on"), [_FREE])
    closes = wtforms.TimeField(lazy("at"), [_FREE])
    password = wtforms.StringField(
        lazy("Password"),
        [_FREE, validators.Length(max=100, message=lazy("At most %(max)d characters."))],
        filters=[stripped],
    )
    no_password = wtforms.BooleanField(lazy("No password"))

    def moments(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """Return when it opens and closes; a day without an hour is the whole day."""
        opens = moment_of(self.opens_on.data, self.opens.data, zone, ends=False)
        return opens, moment_of(self.closes_on.data, self.closes.data, zone, ends=True)

    @property
    def new_password(self) -> str | None:
        """The password to set: None leaves it, an empty one takes it away."""
        return "" if self.no_password.data else self.password.data


def moment_of(day: date | None, hour: time | None, zone: str, *, ends: bool) -> datetime | None:
    """Make a moment of a day and an hour; without an hour the day begins it, or is its end."""
    if day is None:
        return None
    local = datetime.combine(day, hour or (time(23, 59) if ends else time(0, 0)), ZoneInfo(zone))
    return local.astimezone(UTC)


def window_form(opens_at: datetime | None, closes_at: datetime | None, zone: str) -> WindowForm:
    """Make the form with the dates as they are."""
    values: dict[str, object] = {}
    for name, moment in (("opens", opens_at), ("closes", closes_at)):
        if moment is not None:
            local = moment.astimezone(ZoneInfo(zone))
            values |= {f"{name}_on": local.date(), name: local.time().replace(second=0)}
    return WindowForm(data=values)
