"""What a registrar types about programmes, editions and groups."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

import wtforms
from wtforms import validators

from lms.courses.models import IssuingMode
from lms.programmes.fields import HoursField, at_most, between, choices
from lms.programmes.requirements import MOST_ISSUERS
from lms.web.forms import Form, lazy, stripped

_LONG = at_most(255)
_TEXT = at_most(2000)
_NEEDED = validators.InputRequired(lazy("This is needed."))
_SAID = validators.DataRequired(lazy("This is needed."))  # spaces alone say nothing
_FREE = validators.Optional()
_SERIES = re.compile(r"[A-Z0-9]{1,12}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return a text's lines, single-spaced, empty ones left out."""
    lines = (" ".join(line.split()) for line in (text or "").splitlines())
    return tuple(line for line in lines if line)


def zone_choices() -> list[Any]:
    """Zones of Europe, the programme's own among them."""
    zones = sorted(z for z in available_timezones() if z.startswith("Europe/"))
    return choices((zone, zone.removeprefix("Europe/").replace("_", " ")) for zone in zones)


class ProgrammeForm(Form):
    """A programme: everything that gets printed."""

    title = wtforms.StringField(
        lazy("Title of the programme or project"), [_NEEDED, _LONG], filters=[stripped]
    )
    short_name = wtforms.StringField(lazy("Short name"), [_NEEDED, at_most(60)], filters=[stripped])
    funder = wtforms.StringField(lazy("Funder"), [_FREE, _LONG], filters=[stripped])
    contract_number = wtforms.StringField(
        lazy("Number of the financing contract"), [_FREE, _LONG], filters=[stripped]
    )
    project_code = wtforms.StringField(lazy("Project code"), [_FREE, _LONG], filters=[stripped])
    issuers = wtforms.TextAreaField(lazy("Issuers, one a line"), [_FREE, _TEXT])
    issuer_contact = wtforms.StringField(
        lazy("Issuer’s contact"), [_FREE, _LONG], filters=[stripped]
    )
    place = wtforms.StringField(lazy("Place of issue"), [_FREE, _LONG], filters=[stripped])
    funding_statement = wtforms.TextAreaField(
        lazy("Funding statement"), [_FREE, _TEXT], filters=[stripped]
    )
    disclaimer = wtforms.TextAreaField(lazy("Disclaimer"), [_FREE, _TEXT], filters=[stripped])
    certificate_title = wtforms.StringField(
        lazy("Title of the certificate"), [_NEEDED, _LONG], filters=[stripped]
    )
    certificate_series = wtforms.StringField(
        lazy("Series of the numbers"), [_NEEDED], filters=[stripped]
    )
    certificate_years_valid = wtforms.IntegerField(
        lazy("Valid for how many years"),
        [_FREE, between(1, 99)],
    )
    zone = wtforms.SelectField(lazy("Time zone"), choices=zone_choices)
    retain_until = wtforms.DateField(lazy("Documents are kept until"), [_FREE])
    signatory_1_name = wtforms.StringField(
        lazy("First signatory: name"), [_FREE, _LONG], filters=[stripped]
    )
    signatory_1_function = wtforms.StringField(
        lazy("First signatory: function"), [_FREE, _LONG], filters=[stripped]
    )
    signatory_2_name = wtforms.StringField(
        lazy("Second signatory: name"), [_FREE, _LONG], filters=[stripped]
    )
    signatory_2_function = wtforms.StringField(
        lazy("Second signatory: function"), [_FREE, _LONG], filters=[stripped]
    )

    def validate_certificate_series(self, field: wtforms.StringField) -> None:
        """A series is what numbers are made of."""
        field.data = (field.data or "").upper()
        if not _SERIES.fullmatch(field.data):
            raise validators.ValidationError(lazy("One to twelve letters A–Z and digits."))

    def validate_issuers(self, field: wtforms.TextAreaField) -> None:
        """Only so many fit on the sheet."""
        lines = lines_of(field.data)
        if len(lines) > MOST_ISSUERS:
            raise validators.ValidationError(lazy("At most four issuers fit on a certificate."))
        if any(len(line) > 255 for line in lines):
            raise validators.ValidationError(lazy("At most 255 characters in a line."))


class LogoForm(Form):
    """A picture for a slot, with words for those who can't see it."""

    picture = wtforms.FileField(lazy("Picture (PNG, JPG or SVG)"))
    alt_text = wtforms.StringField(
        lazy("What the picture shows"), [_NEEDED, _LONG], filters=[stripped]
    )


class TermForm(Form):
    """Who signs in a place during a term of office."""

    position = wtforms.SelectField(
        lazy("Place"),
        coerce=int,
        choices=choices(((1, lazy("first, on the left")), (2, lazy("second, on the right")))),
    )
    name = wtforms.StringField(lazy("Name"), [_SAID, _LONG], filters=[stripped])
    function = wtforms.StringField(lazy("Job title"), [_SAID, _LONG], filters=[stripped])
    serves_from = wtforms.DateField(lazy("First day of the term"), [_NEEDED])
    serves_until = wtforms.DateField(lazy("Last day of the term"), [_FREE])
    scan = wtforms.FileField(lazy("Scanned signature (PNG or JPG)"), [_FREE])

    def validate_serves_until(self, field: wtforms.DateField) -> None:
        """Time runs forward."""
        if field.data and self.serves_from.data and field.data < self.serves_from.data:
            raise validators.ValidationError(lazy("The last day is before the first."))


class ReasonForm(Form):
    """A deed that asks why."""

    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, _LONG], filters=[stripped])


class BadgesForm(Form):
    """What a programme allows of badges and of holders' links."""

    is_attached = wtforms.BooleanField(lazy("The badge travels in the PDF file"))
    tells_modules = wtforms.BooleanField(lazy("The badge names the modules"))
    hashes_email = wtforms.BooleanField(lazy("The badge holds the e-mail address as a salted hash"))
    is_offered = wtforms.BooleanField(lazy("Holders may download the badge"))
    has_linkedin = wtforms.BooleanField(lazy("Holders see “Add to LinkedIn”"))
    may_share = wtforms.BooleanField(lazy("Holders may make a link that shows more"))
    shares_results = wtforms.BooleanField(lazy("The link may show test results"))


class EditionForm(Form):
    """An edition."""

    title = wtforms.StringField(lazy("Title of the edition"), [_NEEDED, _LONG], filters=[stripped])
    slug = wtforms.StringField(
        lazy("Address of its page"), [_NEEDED, at_most(80)], filters=[stripped]
    )
    course_id = wtforms.SelectField(lazy("Course"), [_NEEDED], coerce=int, choices=[])
    starts_on = wtforms.DateField(lazy("First day"), [_NEEDED])
    ends_on = wtforms.DateField(lazy("Last day"), [_NEEDED])
    target_number = wtforms.IntegerField(
        lazy("Participants wanted"),
        [_FREE, between(1, 100000)],
    )
    issuing = wtforms.RadioField(
        lazy("Certificates are issued"),
        [_NEEDED],
        choices=choices(
            (
                (IssuingMode.AUTOMATIC.value, lazy("at once, when somebody completes the course")),
                (IssuingMode.RELEASE.value, lazy("after the registrar releases a list")),
            )
        ),
    )
    hours_required = HoursField(lazy("Hours of attendance required"), [_NEEDED])

    def validate_slug(self, field: wtforms.StringField) -> None:
        """An address is small letters, digits and hyphens."""
        if not _SLUG.fullmatch(field.data or ""):
            raise validators.ValidationError(
                lazy("Small letters a–z, digits and hyphens, such as os2-2026.")
            )

    def validate_ends_on(self, field: wtforms.DateField) -> None:
        """Time runs forward."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise validators.ValidationError(lazy("The last day is before the first."))


class GroupForm(Form):
    """A group."""

    name = wtforms.StringField(lazy("Name of the group"), [_NEEDED, _LONG], filters=[stripped])
    place = wtforms.StringField(lazy("Place"), [_FREE, _LONG], filters=[stripped])
    starts_on = wtforms.DateField(lazy("First day"), [_FREE])
    ends_on = wtforms.DateField(lazy("Last day"), [_FREE])
    trainers = wtforms.TextAreaField(lazy("Trainers, one a line"), [_FREE, _TEXT])

    def validate_ends_on(self, field: wtforms.DateField) -> None:
        """Time runs forward."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise validators.ValidationError(lazy("The last day is before the first."))
