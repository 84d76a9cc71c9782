"""What people type to announce something."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import wtforms
from wtforms import ValidationError, validators
from wtforms.form import BaseForm

from lms.programmes.fields import at_most
from lms.safety.html import MarkupTooLarge
from lms.talk.models import Announcement
from lms.talk.services.announcements import Draft, html_of
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

LONGEST_TITLE = 150
LONGEST_TEXT = 5000
_YEARS = (2000, 2100)
_needed = validators.DataRequired
_FREE = validators.Optional()


def _lines(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


def _of_our_time(_form: BaseForm, field: wtforms.Field) -> None:
    """Refuse a day so far away that no moment can be worked out of it, or that is a slip."""
    if field.data and not _YEARS[0] <= field.data.year <= _YEARS[1]:
        raise ValidationError(_("This year can’t be meant."))


class AnnouncementForm(Form):
    """An announcement; `key` is carried from page to page."""

    title = wtforms.StringField(
        lazy("Title"), [_needed(lazy("Write a title.")), at_most(LONGEST_TITLE)], filters=[stripped]
    )
    text = wtforms.TextAreaField(
        lazy("Text"), [_needed(lazy("Write the text.")), at_most(LONGEST_TEXT)], filters=[_lines]
    )
    shows_on = wtforms.DateField(lazy("Shown from"), [_FREE, _of_our_time])
    until_on = wtforms.DateField(lazy("Show until (inclusive)"), [_FREE, _of_our_time])
    by_mail = wtforms.BooleanField(lazy("Send it by e-mail too"))
    key = wtforms.HiddenField()

    def validate(self, extra_validators: object = None) -> bool:
        """Look also at what the fields say together."""
        if not super().validate():
            return False
        try:
            html_of(self.text.data or "")
        except MarkupTooLarge:
            self.text.errors = [_("This can’t be shown. Use fewer tables and lists.")]
            return False
        begins, ends = self.shows_on.data, self.until_on.data
        if begins and ends and ends < begins:
            self.until_on.errors = [_("It can’t end before it begins.")]
            return False
        return True

    def refuse_past(self, today: date) -> bool:
        """Refuse an end that is over already; whether it was refused."""
        if self.until_on.data and self.until_on.data < today:
            self.until_on.errors = [_("This day is over. Choose a later one, or none.")]
            return True
        return False

    def draft(self, zone: str, now: datetime, known: Announcement | None = None) -> Draft:
        """Return what was typed; days are of the programme's zone."""
        begins = self._instant(self.shows_on.data, zone)
        first = known.shows_from if known is not None else now
        if begins is None or begins.date() == first.astimezone(ZoneInfo(zone)).date():
            begins = first
        elif known is None:
            begins = max(begins, now)
        until = self.until_on.data
        ends = self._instant(until + timedelta(days=1) if until else None, zone)
        return Draft(self.title.data or "", self.text.data or "", begins, ends)

    @staticmethod
    def _instant(day: date | None, zone: str) -> datetime | None:
        return datetime.combine(day, time(), ZoneInfo(zone)) if day else None

    @classmethod
    def of(cls, made: Announcement, zone: str) -> AnnouncementForm:
        """Fill the form with an announcement."""
        local = ZoneInfo(zone)
        until = made.shows_until
        return cls(
            data={
                "title": made.title,
                "text": made.source,
                "shows_on": made.shows_from.astimezone(local).date(),
                "until_on": until.astimezone(local).date() - timedelta(days=1) if until else None,
            }
        )
