"""What people type about messages and reminders."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import wtforms
from wtforms import validators
from wtforms.form import BaseForm

from lms.messages import placeholders
from lms.messages.reminder_rules import DEFAULT_DAYS, MOST_DAYS, Hours, Kind
from lms.messages.services.reminder_plans import Plan
from lms.messages.services.sending import Draft
from lms.programmes.fields import at_most, between
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

LONGEST_SUBJECT = 150
LONGEST_TEXT = 5000


def fillable(_form: BaseForm, field: wtforms.Field) -> None:
    """Refuse braces that nothing is known for."""
    strange = placeholders.unknown(field.data or "")
    if strange:
        raise validators.ValidationError(
            _("%(what)s can’t be filled in; see the list below.", what=", ".join(strange))
        )


def offered(form: BaseForm, field: wtforms.Field) -> None:
    """Refuse everybody's own link where who writes may not invite."""
    if placeholders.Placeholder.LINK in placeholders.used(field.data or "") and not form.may_invite:  # type: ignore[attr-defined]
        raise validators.ValidationError(
            _(
                "{link} opens somebody’s account, so only the registrar’s office sends it. "
                "Nothing was sent and your text is kept: take {link} out. Whoever needs a new "
                "link gets it from the office."
            )
        )


def _lines(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


NEEDED = validators.InputRequired(lazy("This is needed."))


class MessageForm(Form):
    """A message to a selection; `ids` and `key` are carried from page to page."""

    may_invite = False

    subject = wtforms.StringField(
        lazy("Subject"), [NEEDED, at_most(LONGEST_SUBJECT), fillable, offered], filters=[stripped]
    )
    text = wtforms.TextAreaField(
        lazy("Text"), [NEEDED, at_most(LONGEST_TEXT), fillable, offered], filters=[_lines]
    )
    subject_en = wtforms.StringField(
        lazy("Subject in English"),
        [at_most(LONGEST_SUBJECT), fillable, offered],
        filters=[stripped],
    )
    text_en = wtforms.TextAreaField(
        lazy("Text in English"), [at_most(LONGEST_TEXT), fillable, offered], filters=[_lines]
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


class WordsForm(Form):
    """The words of a rule, in both languages."""

    subject = wtforms.StringField(
        lazy("Subject"), [NEEDED, at_most(LONGEST_SUBJECT), fillable], filters=[stripped]
    )
    text = wtforms.TextAreaField(
        lazy("Text"), [NEEDED, at_most(LONGEST_TEXT), fillable], filters=[_lines]
    )
    subject_en = wtforms.StringField(
        lazy("Subject in English"), [NEEDED, at_most(LONGEST_SUBJECT), fillable], filters=[stripped]
    )
    text_en = wtforms.TextAreaField(
        lazy("Text in English"), [NEEDED, at_most(LONGEST_TEXT), fillable], filters=[_lines]
    )

    @classmethod
    def of(cls, draft: Draft) -> WordsForm:
        """Fill the form with words."""
        return cls(data=asdict(draft))

    @property
    def draft(self) -> Draft:
        """What was typed."""
        return Draft(
            self.subject.data or "",
            self.text.data or "",
            self.subject_en.data or "",
            self.text_en.data or "",
        )


class _PlanFields(Form):
    """Hours of rest; the rules' own fields are added below."""

    quiet_from = wtforms.IntegerField(lazy("Quiet from, hour"), [NEEDED, between(0, 23)])
    quiet_to = wtforms.IntegerField(lazy("until, hour"), [NEEDED, between(0, 23)])
    on_weekends = wtforms.BooleanField(lazy("Also on Saturdays and Sundays"))

    @property
    def hours(self) -> Hours:
        """The hours of rest."""
        return Hours(self.quiet_from.data or 0, self.quiet_to.data or 0, self.on_weekends.data)

    def is_on(self, kind: Kind) -> wtforms.Field:
        """The switch of a rule."""
        return self[f"on_{kind.value}"]

    def days(self, kind: Kind) -> wtforms.Field:
        """The days of a rule."""
        return self[f"days_{kind.value}"]

    def days_of(self, kind: Kind) -> int:
        """The days typed, or the shipped ones where they can't be used."""
        typed = self.days(kind).data
        return typed if isinstance(typed, int) and 1 <= typed <= MOST_DAYS else DEFAULT_DAYS[kind]

    @property
    def wanted(self) -> dict[Kind, tuple[bool, int]]:
        """Switch and days of every rule."""
        return {kind: (bool(self.is_on(kind).data), self.days_of(kind)) for kind in Kind}

    @classmethod
    def of(cls, plan: Plan) -> _PlanFields:
        """Fill the form with a plan."""
        data: dict[str, object] = asdict(plan.hours)
        for kind, rule in plan.rules.items():
            data |= {f"on_{kind.value}": rule.is_on, f"days_{kind.value}": rule.days}
        return cls(data=data)


def _rule_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for kind in Kind:
        fields[f"on_{kind.value}"] = wtforms.BooleanField(lazy("Switched on"))
        fields[f"days_{kind.value}"] = wtforms.IntegerField(
            lazy("Days"), [NEEDED, between(1, MOST_DAYS)]
        )
    return fields


if TYPE_CHECKING:
    PlanForm = _PlanFields
else:
    PlanForm = type("PlanForm", (_PlanFields,), _rule_fields())
