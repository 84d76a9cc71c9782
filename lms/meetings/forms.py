"""What people type about meetings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import wtforms
from wtforms import validators
from wtforms.form import BaseForm

from lms.courses.models import Edition
from lms.meetings.models import Meeting
from lms.meetings.rules import DEFAULT_GRACE, MOST_GRACE, hours_between
from lms.meetings.services.meetings import MeetingData
from lms.meetings.words import hours_text
from lms.programmes.fields import HoursField, at_most, between, choices
from lms.programmes.forms import lines_of
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _

_LONG = at_most(255)
_NEEDED = validators.InputRequired(lazy("This is needed."))
_FREE = validators.Optional()


def _address(_form: BaseForm, field: wtforms.Field) -> None:
    if field.data and not re.match(r"https?://[^\s]+$", field.data):
        raise validators.ValidationError(_("An address begins with https://."))


class MeetingForm(Form):
    """A meeting."""

    title = wtforms.StringField(lazy("Topic"), [_NEEDED, _LONG], filters=[stripped])
    group_id = wtforms.SelectField(lazy("For whom"), coerce=int)
    on = wtforms.DateField(lazy("Day"), [_NEEDED])
    starts = wtforms.TimeField(lazy("Begins at"), [_NEEDED])
    ends = wtforms.TimeField(lazy("Ends at"), [_NEEDED])
    hours = HoursField(lazy("Hours that it gives"), [_FREE])
    place = wtforms.StringField(lazy("Place"), [_FREE, _LONG], filters=[stripped])
    link = wtforms.StringField(
        lazy("Address online"), [_FREE, at_most(1000), _address], filters=[stripped]
    )
    trainers = wtforms.TextAreaField(lazy("Trainers, one a line"), [_FREE, at_most(1000)])
    module_ids = wtforms.SelectMultipleField(
        lazy("Modules"),
        [_FREE],
        coerce=int,
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        option_widget=wtforms.widgets.CheckboxInput(),
    )
    grace_minutes = wtforms.IntegerField(
        lazy("How many minutes before and after it the code works"),
        [_NEEDED, between(0, MOST_GRACE)],
        default=DEFAULT_GRACE,
    )
    reason = wtforms.StringField(
        lazy("Reason for changing the hours"), [_FREE, _LONG], filters=[stripped]
    )

    def offer(self, edition: Edition) -> None:
        """Offer the edition's groups and the course's modules."""
        groups = [(group.id, group.name) for group in edition.groups]
        self.group_id.choices = choices([(0, _("Everybody on the edition")), *groups])
        english = current_locale() == "en"
        self.module_ids.choices = choices(
            (m.id, f"{m.position}. {m.title_en if english else m.title_ro}")
            for m in edition.course.modules
        )

    def validate(self, extra_validators: object = None) -> bool:
        """Look also at what the fields say together."""
        is_valid = super().validate()
        if self.starts.data is None or self.ends.data is None:
            return False
        if self.ends.data <= self.starts.data:
            self.ends.errors = [_("It ends after it starts, on the same day.")]
            is_valid = False
        if not self.place.data and not self.link.data:
            self.place.errors = [_("Say where: a place, an address online, or both.")]
            is_valid = False
        if self.hours.data and self.hours.hours is not None and not self.hours.hours:
            self.hours.errors = [_("A meeting gives more than no hours.")]
            is_valid = False
        return is_valid

    def meeting_data(self, zone: str) -> MeetingData:
        """Return what the form says, its times as instants."""
        starts, ends = self._instant(self.starts, zone), self._instant(self.ends, zone)
        hours = self.hours.hours if self.hours.data else None
        return MeetingData(
            group_id=self.group_id.data or None,
            title=self.title.data or "",
            starts_at=starts,
            ends_at=ends,
            place=self.place.data,
            link=self.link.data,
            trainers=lines_of(self.trainers.data),
            hours=hours if hours is not None else hours_between(starts, ends),
            module_ids=tuple(self.module_ids.data or ()),
            grace_minutes=self.grace_minutes.data or 0,
        )

    def _instant(self, field: wtforms.Field, zone: str) -> datetime:
        assert self.on.data is not None
        local = datetime.combine(self.on.data, field.data, ZoneInfo(zone))
        return local.astimezone(UTC)

    @classmethod
    def of(cls, meeting: Meeting) -> MeetingForm:
        """Make the form with what a meeting is now."""
        zone = ZoneInfo(meeting.zone)
        starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
        return cls(
            data={
                "title": meeting.title,
                "group_id": meeting.group_id or 0,
                "on": starts.date(),
                "starts": starts.time(),
                "ends": ends.time(),
                "hours": hours_text(Decimal(meeting.hours)),
                "place": meeting.place,
                "link": meeting.link,
                "trainers": "\n".join(meeting.trainers),
                "module_ids": meeting.module_ids,
                "grace_minutes": meeting.grace_minutes,
            }
        )


class ReasonForm(Form):
    """A reason."""

    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, at_most(500)], filters=[stripped])


class ScanForm(Form):
    """A scan of a signed list."""

    scan = wtforms.FileField(lazy("Scan of the signed list"))


class ImportForm(Form):
    """A list of presence."""

    file = wtforms.FileField(lazy("List (XLSX or CSV)"))


class CodeForm(Form):
    """The code on the wall."""

    code = wtforms.StringField(lazy("Code of the meeting"), [_NEEDED], filters=[stripped])
