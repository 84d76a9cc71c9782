"""What people type about entry: a form made from the set's questions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import wtforms
from wtforms import validators

from lms.entry.indicator_sets import REFUSED, Kind, Question
from lms.entry.rules import AnswerFault, born_on
from lms.entry.words import fault_words, label_of, option_label, refusal
from lms.programmes.fields import at_most, choices
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _

NOT_A_DATE = "?"
_PARTS = ("day", "month", "year")


def name_of(question: Question) -> str:
    """Name a question's field."""
    return f"q-{question.id}"


class AnswersForm(Form):
    """Parent of the forms made by `answers_form`."""

    questions: tuple[Question, ...] = ()

    def answers(self) -> dict[str, str]:
        """Return what was answered, by question; empty where nothing was."""
        return {question.id: self._answer(question) for question in self.questions}

    def _answer(self, question: Question) -> str:
        name = name_of(question)
        if question.kind is not Kind.BIRTH:
            return self[name].data or ""
        day, month, year = ((self[f"{name}-{part}"].data or "").strip() for part in _PARTS)
        if not (day or month or year):
            return self[f"{name}-band"].data or ""
        if not all(re.fullmatch(r"\d{1,4}", part, re.ASCII) for part in (day, month, year)):
            return NOT_A_DATE
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return NOT_A_DATE

    def field_of(self, question: Question) -> wtforms.Field:
        """Return the field that a question's errors stand at."""
        name = name_of(question)
        return self[f"{name}-day" if question.kind is Kind.BIRTH else name]

    def tell(self, faults: Mapping[str, AnswerFault]) -> None:
        """Put what is wrong beside the questions concerned."""
        for question in self.questions:
            if fault := faults.get(question.id):
                self.field_of(question).errors = [fault_words(fault)]

    def ask_for(self, open_questions: Sequence[Question]) -> None:
        """Ask for the questions that were left open."""
        for question in open_questions:
            if question in self.questions:
                self.field_of(question).errors = [
                    _("Please answer: %(question)s", question=label_of(question))
                ]


def answers_form(
    questions: Sequence[Question], answers: Mapping[str, str] | None = None, **more: Any
) -> AnswersForm:
    """Make a form for questions: with the answers given so far, or from what was posted."""
    fields: dict[str, Any] = {"questions": tuple(questions), **more}
    data: dict[str, str] = {}
    for question in questions:
        fields |= _fields(question)
        data |= _data(question, (answers or {}).get(question.id, ""))
    made: Any = type("EntryForm", (AnswersForm,), fields)
    form: AnswersForm = made.posted() if answers is None else made(data=data)
    return form


def _fields(question: Question) -> dict[str, Any]:
    name, label = name_of(question), label_of(question)
    offered = [(option.id, option_label(option)) for option in question.options]
    if question.kind is Kind.BIRTH:
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        parts = {f"{name}-{part}": wtforms.StringField(labels[part]) for part in _PARTS}
        band = wtforms.SelectField(
            _("or only a band of ages"),
            choices=choices([("", "–"), *offered]),
            validate_choice=False,
        )
        return {**parts, f"{name}-band": band}
    if question.may_refuse:
        offered.append((REFUSED, refusal()))
    if question.is_list:
        listed = choices([("", "–"), *offered])
        return {name: wtforms.SelectField(label, choices=listed, validate_choice=False)}
    return {name: wtforms.RadioField(label, choices=choices(offered), validate_choice=False)}


def _data(question: Question, value: str) -> dict[str, str]:
    name = name_of(question)
    if question.kind is not Kind.BIRTH:
        return {name: value}
    born = born_on(value) if value else None
    if born is None:
        return {f"{name}-band": value}
    return {
        f"{name}-day": str(born.day),
        f"{name}-month": str(born.month),
        f"{name}-year": str(born.year),
    }


def paper_fields() -> dict[str, Any]:
    """Fields that the registrar has beside the questions; made anew, because a class owns them."""
    return {
        "entered_on": wtforms.DateField(lazy("Day of entry"), [validators.Optional()]),
        "reason": wtforms.StringField(
            lazy("Reason for the correction"),
            [validators.Optional(), at_most(255)],
            filters=[stripped],
        ),
    }


class NumberForm(Form):
    """A national number."""

    national_number = wtforms.StringField(lazy("CNP"), [at_most(40)])


class ReasonForm(Form):
    """A deed that asks why."""

    reason = wtforms.StringField(
        lazy("Reason"),
        [validators.InputRequired(lazy("This is needed.")), at_most(255)],
        filters=[stripped],
    )


class SettingsForm(Form):
    """What a programme asks at entry."""

    set_id = wtforms.RadioField(lazy("What is asked"), choices=[])
    notice_ro = wtforms.TextAreaField(
        lazy("Notice in Romanian"), [validators.Optional(), at_most(1200)], filters=[stripped]
    )
    notice_en = wtforms.TextAreaField(
        lazy("Notice in English"), [validators.Optional(), at_most(1200)], filters=[stripped]
    )
    asks_national_number = wtforms.BooleanField(lazy("The programme needs national numbers (CNP)"))
    national_number_purpose = wtforms.TextAreaField(
        lazy("What the national number is for"),
        [validators.Optional(), at_most(400)],
        filters=[stripped],
    )


class ImportForm(Form):
    """A list of answers."""

    file = wtforms.FileField(lazy("List (XLSX or CSV)"))
