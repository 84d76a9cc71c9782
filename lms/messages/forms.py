"""What people type about messages and reminders."""

from __future__ import annotations

import wtforms
from wtforms import validators
from wtforms.form import BaseForm

from lms.messages import placeholders
from lms.messages.services.sending import Draft
from lms.programmes.fields import at_most
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

LONGEST_SUBJECT = 150
LONGEST_TEXT = 5000


def fillable(_form: BaseForm, field: wtforms.Field) -> None:
    """Refuse braces that nothing is known for."""
    strange = placeholders.unknown(field.data or "")
    if strange:
        raise validators.ValidationError(
            _("%(what)s can't be filled in; see the list below.", what=", ".join(strange))
        )


def _lines(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


NEEDED = validators.InputRequired(lazy("This is needed."))


class MessageForm(Form):
    """A message to a selection; `ids` and `key` are carried from page to page."""

    subject = wtforms.StringField(
        lazy("Subject"), [NEEDED, at_most(LONGEST_SUBJECT), fillable], filters=[stripped]
    )
    text = wtforms.TextAreaField(
        lazy("Text"), [NEEDED, at_most(LONGEST_TEXT), fillable], filters=[_lines]
    )
    subject_en = wtforms.StringField(
        lazy("Subject in English"), [at_most(LONGEST_SUBJECT), fillable], filters=[stripped]
    )
    text_en = wtforms.TextAreaField(
        lazy("Text in English"), [at_most(LONGEST_TEXT), fillable], filters=[_lines]
    )
    ids = wtforms.HiddenField()
    key = wtforms.HiddenField()

    def validate_subject_en(self, field: wtforms.Field) -> None:
        """English is both or neither."""
        if bool(field.data) != bool(self.text_en.data):
            raise validators.ValidationError(
                lazy("Write both the subject and the text in English, or neither.")
            )

    @property
    def draft(self) -> Draft:
        """What was typed."""
        return Draft(
            self.subject.data or "",
            self.text.data or "",
            self.subject_en.data or "",
            self.text_en.data or "",
        )
