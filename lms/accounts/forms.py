"""What people type about their account; shapes only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, Optional, ValidationError

from lms import clock
from lms.mail.addresses import is_one_address
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

_LONGEST_TYPED = 255


def _one_address(_form: object, field: Any) -> None:
    if not is_one_address(field.data or ""):
        raise ValidationError(_("Write one address, such as nume@example.ro."))


def _at_most(signs: int, sentence: object) -> Callable[[object, Any], None]:
    def check(_form: object, field: Any) -> None:
        if len(field.data or "") > signs:
            raise ValidationError(str(sentence))

    return check


class SignInForm(Form):
    """Name and password."""

    identifier = StringField(
        lazy("Sign-in name or e-mail"),
        [InputRequired(lazy("Write your sign-in name or your e-mail address."))],
        filters=[stripped],
    )
    password = PasswordField(lazy("Password"), [InputRequired(lazy("Write your password."))])
    own_device = BooleanField(lazy("This device is mine alone"))
    next = HiddenField()


class EndForm(Form):
    """The last day of an access."""

    ends_on = DateField(lazy("Last day"), [InputRequired(lazy("Write the last day."))])


class AuditorForm(EndForm):
    """Somebody who is let in to look, until a day."""

    family_name = StringField(
        lazy("Family name"), [InputRequired(lazy("Write both names."))], filters=[stripped]
    )
    given_names = StringField(
        lazy("Given names"), [InputRequired(lazy("Write both names."))], filters=[stripped]
    )
    email = EmailField(lazy("E-mail"), [_one_address], filters=[stripped])

    def validate_ends_on(self, field: DateField) -> None:
        """An account that would never open is a slip of the pen."""
        if field.data is not None and field.data < clock.now().date():
            raise ValidationError(_("This day is past."))


class ForgottenForm(Form):
    """Who has forgotten the password."""

    identifier = StringField(
        lazy("Sign-in name or e-mail"),
        [InputRequired(lazy("Write your sign-in name or your e-mail address."))],
        filters=[stripped],
    )


class CodeForm(Form):
    """The printed code of a letter."""

    identifier = StringField(
        lazy("Sign-in name"),
        [InputRequired(lazy("Write the sign-in name printed in the letter."))],
        filters=[stripped],
    )
    code = StringField(
        lazy("One-use code"),
        [InputRequired(lazy("Write the code printed in the letter."))],
        filters=[stripped],
    )


class NewPasswordForm(Form):
    """A password to choose; shown beside whose it will be."""

    password = PasswordField(lazy("New password"), [InputRequired(lazy("Choose a password."))])


class CodePasswordForm(CodeForm):
    """A password to choose, with the code that allows it carried along."""

    identifier = HiddenField()
    code = HiddenField()
    password = PasswordField(lazy("New password"), [InputRequired(lazy("Choose a password."))])


class ChangePasswordForm(Form):
    """The old password and the new one."""

    old_password = PasswordField(
        lazy("Present password"), [InputRequired(lazy("Write your present password."))]
    )
    password = PasswordField(lazy("New password"), [InputRequired(lazy("Choose a password."))])


class LanguageForm(Form):
    """The language of pages and mails."""

    locale = RadioField(
        lazy("Language of the pages and of our messages"),
        choices=[SelectChoice("ro", "Română"), SelectChoice("en", "English")],
    )


class PhoneForm(Form):
    """A telephone number to be reached at."""

    phone = StringField(
        lazy("Telephone"),
        [Optional(), _at_most(40, lazy("Shorten the number to 40 characters."))],
        filters=[stripped],
    )


def _plain_letters(_form: object, field: Any) -> None:
    """Refuse ă, ș, ț and their like: hardly any address has them, and keyboards put them in."""
    strange = dict.fromkeys(c for c in field.data or "" if not c.isascii())
    if strange:
        raise ValidationError(
            _(
                "It holds: %(letters)s. Hardly any e-mail address has such letters; keyboards "
                "put them in by themselves. Write it with plain letters, such as a, i, s, t.",
                letters=", ".join(strange),
            )
        )


class EmailForm(Form):
    """A new address for mails; asked together with the password."""

    email = EmailField(
        lazy("New e-mail address"),
        [
            InputRequired(lazy("Write the new address.")),
            _at_most(_LONGEST_TYPED, lazy("This address is too long.")),
            _one_address,
            _plain_letters,
        ],
        filters=[stripped],
    )
    email_password = PasswordField(
        lazy("Your present password"), [InputRequired(lazy("Write your password."))]
    )


class NameObjectionForm(Form):
    """What is wrong with a name."""

    message = TextAreaField(
        lazy("How should the name be written?"),
        [
            InputRequired(lazy("Write the name as it should be.")),
            _at_most(1000, lazy("Shorten the text to 1,000 characters.")),
        ],
        filters=[stripped],
    )
