"""What the registrar types about participants."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms import validators
from wtforms.form import BaseForm

from lms.certificates.paper import holds_document_number
from lms.counties import COUNTIES
from lms.organisations.models import OrganisationKind
from lms.participants.contacts import normalise_email, normalise_phone
from lms.people_names import sort_key_ro
from lms.programmes.fields import HoursField, at_most, choices
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

_LONG = at_most(255)
_NEEDED = validators.InputRequired(lazy("This is needed."))
_FREE = validators.Optional()


def county_choices() -> list[Any]:
    """Counties in Romanian order, after an empty choice."""
    named = sorted(COUNTIES.values(), key=lambda county: sort_key_ro(county.name))
    return choices([("", "–"), *((county.code, county.name) for county in named)])


KIND_CHOICES = choices(
    [
        ("", "–"),
        (OrganisationKind.NGO.value, lazy("NGO")),
        (OrganisationKind.PUBLIC_AUTHORITY.value, lazy("public authority")),
        (OrganisationKind.OTHER.value, lazy("other")),
    ]
)


class Email(wtforms.StringField):
    """An address, kept in one form."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what can't be an address."""
        if self.data:
            address = normalise_email(self.data)
            if address is None:
                raise validators.ValidationError(lazy("This is not an e-mail address."))
            self.data = address


class Phone(wtforms.StringField):
    """A telephone number, kept in E.164 form."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what can't be a number."""
        if self.data:
            number = normalise_phone(self.data)
            if number is None:
                raise validators.ValidationError(lazy("This is not a phone number."))
            self.data = number


class ListForm(Form):
    """A list to import."""

    file = wtforms.FileField(lazy("List of participants (XLSX or CSV)"))


class PersonForm(Form):
    """Somebody added by hand; the same checks as a list's."""

    family_name = wtforms.StringField(lazy("Family name"), [_NEEDED, _LONG], filters=[stripped])
    given_names = wtforms.StringField(lazy("Given names"), [_NEEDED, _LONG], filters=[stripped])
    email = Email(lazy("E-mail"), [_FREE, _LONG], filters=[stripped])
    phone = Phone(lazy("Phone"), [_FREE], filters=[stripped])
    organisation = wtforms.StringField(lazy("Organisation"), [_FREE, _LONG], filters=[stripped])
    kind = wtforms.SelectField(lazy("Kind of organisation"), [_FREE], choices=KIND_CHOICES)
    cui = wtforms.StringField(lazy("Tax code (CUI)"), [_FREE, _LONG], filters=[stripped])
    function = wtforms.StringField(lazy("Job title"), [_FREE, _LONG], filters=[stripped])
    county = wtforms.SelectField(lazy("County"), [_FREE], choices=county_choices)
    group = wtforms.StringField(lazy("Group"), [_FREE, _LONG], filters=[stripped])
    answer = wtforms.RadioField(lazy("The same person?"), [_FREE], choices=[])
    invite = wtforms.BooleanField(lazy("Send the invitation at once"))


class NewcomerForm(PersonForm):
    """Somebody who takes a seat over."""

    on = wtforms.DateField(lazy("From the day"), [_NEEDED])
    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, _LONG], filters=[stripped])


class UndoForm(Form):
    """Taking an import back."""

    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, _LONG], filters=[stripped])


class ParticipantForm(Form):
    """A participant's data, corrected."""

    family_name = wtforms.StringField(lazy("Family name"), [_NEEDED, _LONG], filters=[stripped])
    given_names = wtforms.StringField(lazy("Given names"), [_NEEDED, _LONG], filters=[stripped])
    email = Email(lazy("E-mail"), [_FREE, _LONG], filters=[stripped])
    phone = Phone(lazy("Phone"), [_FREE], filters=[stripped])
    group = wtforms.SelectField(lazy("Group"), [_FREE], choices=[])
    organisation = wtforms.StringField(
        lazy("Organisation on entry"), [_FREE, _LONG], filters=[stripped]
    )
    function = wtforms.StringField(lazy("Job title on entry"), [_FREE, _LONG], filters=[stripped])
    county = wtforms.SelectField(lazy("County on entry"), [_FREE], choices=county_choices)
    reason = wtforms.StringField(lazy("Reason for the change"), [_LONG], filters=[stripped])


class ReasonForm(Form):
    """A deed that asks why."""

    reason = wtforms.StringField(lazy("Reason"), [_NEEDED, _LONG], filters=[stripped])


class WithdrawForm(ReasonForm):
    """A place given up, on a day."""

    on = wtforms.DateField(lazy("From the day"), [_NEEDED])


class HoursForm(ReasonForm):
    """Hours attended."""

    hours = HoursField(lazy("Hours attended"), [_NEEDED])


class ReleaseForm(ReasonForm):
    """A release of certificates."""

    released_on = wtforms.DateField(lazy("Date of the release"), [_NEEDED])
    decision_number = wtforms.StringField(
        lazy("Number of the decision"), [_FREE, _LONG], filters=[stripped]
    )


class NameFormForm(Form):
    """Names confirmed on paper."""

    signed_on = wtforms.DateField(lazy("Signed on"), [_NEEDED])
    scan = wtforms.FileField(lazy("Scan of the signed form or list"), [_FREE])
    note = wtforms.StringField(lazy("Note"), [_FREE, _LONG], filters=[stripped])


def _without_document_number(_form: BaseForm, field: wtforms.Field) -> None:
    if field.data and holds_document_number(field.data):
        raise validators.ValidationError(
            _("Leave out the numbers of documents: the kind is enough, and no more may be kept.")
        )


class NameForm(Form):
    """Another name, and why."""

    family_name = wtforms.StringField(lazy("Family name"), [_NEEDED, _LONG], filters=[stripped])
    given_names = wtforms.StringField(lazy("Given names"), [_NEEDED, _LONG], filters=[stripped])
    reason = wtforms.StringField(
        lazy("Reason"), [_NEEDED, _LONG, _without_document_number], filters=[stripped]
    )
