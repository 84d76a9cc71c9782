"""Fields that several forms share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import wtforms
from wtforms import validators
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.form import BaseForm

from lms.web.forms import lazy
from lms.web.i18n import gettext as _


def choices(pairs: Iterable[tuple[object, Any]]) -> list[Any]:
    """Make the options of a list from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


Validator = Callable[[BaseForm, wtforms.Field], None]


def at_most(length: int) -> Validator:
    """Refuse a text that is longer."""

    def check(_form: BaseForm, field: wtforms.Field) -> None:
        if len(field.data or "") > length:
            raise validators.ValidationError(_("At most %(num)s characters.", num=length))

    return check


def between(least: int, most: int) -> Validator:
    """Refuse a number outside these."""

    def check(_form: BaseForm, field: wtforms.Field) -> None:
        if field.data is None or not least <= field.data <= most:
            raise validators.ValidationError(
                _("A whole number from %(least)s to %(most)s.", least=least, most=most)
            )

    return check


class HoursField(wtforms.StringField):
    """Hours typed the Romanian or the English way, with two decimals at most."""

    hours: Decimal | None = None

    def pre_validate(self, form: BaseForm) -> None:
        """Read the hours."""
        text = re.sub(r"\s+", "", self.data or "").replace(",", ".")
        try:
            hours = Decimal(text)
        except InvalidOperation as error:
            raise validators.ValidationError(
                lazy("Write the hours as a number, such as 18,5.")
            ) from error
        if not hours.is_finite() or not 0 <= hours <= 1000 or hours != round(hours, 2):
            raise validators.ValidationError(
                lazy("Write hours between 0 and 1000, with two decimals at most.")
            )
        self.hours = hours
