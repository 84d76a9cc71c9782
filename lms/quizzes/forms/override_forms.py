"""What is typed to grant somebody other terms at a quiz, and how terms read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import wtforms
from wtforms import validators

from lms.quizzes.forms.settings_forms import moment_of
from lms.quizzes.rules.overrides import MOST_PERCENT, Granted, parse_granted
from lms.quizzes.services.terms import password_digest
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import format_datetime, format_percent, ngettext
from lms.web.i18n import gettext as _

_FREE = validators.Optional()


def _number(label: Any, most: int, least: int = 1) -> wtforms.IntegerField:
    return wtforms.IntegerField(
        label,
        [
            _FREE,
            validators.NumberRange(
                min=least, max=most, message=lazy("Write a number from %(min)d to %(max)d.")
            ),
        ],
    )


class TermsForm(Form):
    """Other terms for a person or a group; what is left empty stays as it is."""

    extra_percent = _number(lazy("More time"), MOST_PERCENT)
    time_limit = _number(lazy("A time limit of its own"), 24 * 60)
    no_limit = wtforms.BooleanField(lazy("No time limit"))
    opens_on = wtforms.DateField(lazy("Opens on"), [_FREE])
    opens = wtforms.TimeField(lazy("at"), [_FREE])
    closes_on = wtforms.DateField(lazy("Closes on"), [_FREE])
    closes = wtforms.TimeField(lazy("at"), [_FREE])
    no_close = wtforms.BooleanField(lazy("Never closes"))
    attempts = _number(lazy("Attempts"), 100)
    no_end = wtforms.BooleanField(lazy("Unlimited attempts"))
    password = wtforms.StringField(
        lazy("Password"),
        [_FREE, validators.Length(max=100, message=lazy("At most %(max)d characters."))],
        filters=[stripped],
    )
    no_password = wtforms.BooleanField(lazy("No password"))
    reason = wtforms.StringField(
        lazy("Reason"),
        [
            validators.InputRequired(lazy("Say in a few words why.")),
            validators.Length(max=500, message=lazy("At most %(max)d characters.")),
        ],
        filters=[stripped],
    )

    def granted(self, zone: str) -> Granted | None:
        """Return what is granted; None, with faults at the fields, where it makes no sense."""
        named: dict[str, Any] = {}
        self._either(named, "time_limit", self.time_limit, self.no_limit)
        if self.extra_percent.data and not self.no_limit.data:
            named["extra_percent"] = self.extra_percent.data
        opens = moment_of(self.opens_on.data, self.opens.data, zone, ends=False)
        closes = moment_of(self.closes_on.data, self.closes.data, zone, ends=True)
        if opens is not None:
            named["opens_at"] = opens
        if self.no_close.data or closes is not None:
            named["closes_at"] = None if self.no_close.data else closes
        self._either(named, "attempts", self.attempts, self.no_end)
        if self.no_password.data or self.password.data:
            is_none = self.no_password.data
            named["password"] = None if is_none else password_digest(self.password.data or "")
        if opens is not None and closes is not None and closes <= opens:
            self.closes_on.errors = [_("It closes after it opens.")]
            return None
        return Granted(named=frozenset(named), **named)

    def _either(
        self, named: dict[str, Any], name: str, number: Any, without: wtforms.BooleanField
    ) -> None:
        if without.data:
            named[name] = None
        elif number.data is not None:
            named[name] = number.data


def words_of(terms: dict[str, Any]) -> list[str]:
    """Say what is granted, one short phrase for each thing."""
    granted = parse_granted(terms)
    said: dict[str, Callable[[], str]] = {
        "extra_percent": lambda: _(
            "%(part)s more time", part=format_percent(granted.extra_percent or 0)
        ),
        "time_limit": lambda: _limit(granted.time_limit),
        "opens_at": lambda: _("opens on %(when)s", when=_when(granted.opens_at)),
        "closes_at": lambda: (
            _("closes on %(when)s", when=_when(granted.closes_at))
            if granted.closes_at
            else _("never closes")
        ),
        "attempts": lambda: (
            ngettext("%(num)s attempt", "%(num)s attempts", granted.attempts)
            if granted.attempts
            else _("unlimited attempts")
        ),
        "password": lambda: _("a password of its own") if granted.password else _("no password"),
    }
    return [words() for name, words in said.items() if name in granted.named]


def _limit(minutes: int | None) -> str:
    if minutes is None:
        return _("no time limit")
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _when(moment: datetime | None) -> str:
    return format_datetime(moment) if moment else ""
