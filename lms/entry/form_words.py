"""The words of the form for signing, in each person's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.counties import COUNTIES
from lms.courses.models import Edition, Enrolment
from lms.entry import words
from lms.entry.form_sheets import Boxes, Choice, FormText, Item, draw_forms
from lms.entry.indicator_sets import REFUSED, IndicatorSet, Kind, Question
from lms.entry.models import EntrySettings
from lms.entry.national_number import LENGTH
from lms.entry.rules import born_on
from lms.web.i18n import current_locale, in_locale
from lms.web.i18n import gettext as _

Filled = tuple[Enrolment, Mapping[str, str]]


def blank_form(edition: Edition, settings: EntrySettings, asked: IndicatorSet) -> bytes:
    """Draw one empty form, in the page's language."""
    text = _form(edition, settings, asked, None, {}, current_locale())
    return draw_forms(text.title, [text])


def filled_forms(
    edition: Edition, settings: EntrySettings, asked: IndicatorSet, people: Sequence[Filled]
) -> bytes:
    """Draw a form for each person, with what is known, in the person's language."""
    texts = [
        _form(edition, settings, asked, enrolment, answers, enrolment.person.locale)
        for enrolment, answers in people
    ]
    return draw_forms(_("Data on entry"), texts)


def _form(  # noqa: PLR0917 -- handed on as they came
    edition: Edition,
    settings: EntrySettings,
    asked: IndicatorSet,
    enrolment: Enrolment | None,
    answers: Mapping[str, str],
    locale: str,
) -> FormText:
    with in_locale(locale):
        programme = edition.programme
        items = [_item(question, answers.get(question.id, "")) for question in asked.questions]
        if settings.asks_national_number:
            items.append(
                Item("CNP", boxes=Boxes((LENGTH,)), note=settings.national_number_purpose or "")
            )
        return FormText(
            sender=" · ".join([programme.short_name, *programme.issuers]),
            title=_("Data on entry"),
            subtitle=" · ".join(
                part for part in (programme.title, programme.project_code, edition.title) if part
            ),
            facts=_facts(enrolment),
            notice=f"{words.notice_of(programme, settings)} {words.kept_words(programme)}",
            how=_("Tick one box for each question. Write in capitals."),
            items=tuple(items),
            sign=(_("Date"), _("Participant’s signature"), _("Received by")),
        )


def _facts(enrolment: Enrolment | None) -> tuple[tuple[str, str], ...]:
    if enrolment is None:
        labels = (
            _("Family name"),
            _("Given names"),
            _("Organisation"),
            _("Job title"),
            _("County"),
        )
        return tuple((label, "") for label in labels)
    person = enrolment.person
    county = COUNTIES.get(enrolment.county or "")
    return (
        (_("Family name"), person.family_name),
        (_("Given names"), person.given_names),
        (_("Organisation"), enrolment.organisation_name or ""),
        (_("Job title"), enrolment.function or ""),
        (_("County"), county.name if county else ""),
        (_("Sign-in name"), person.sign_in_name),
    )


def _item(question: Question, value: str) -> Item:
    choices = [
        Choice(words.option_label(option), option.id == value) for option in question.options
    ]
    if question.may_refuse:
        choices.append(Choice(words.refusal(), value == REFUSED))
    boxes = None
    if question.kind is Kind.BIRTH:
        born = born_on(value) if value else None
        boxes = Boxes(
            (2, 2, 4),
            f"{born:%d%m%Y}" if born else "",
            (_("Day"), _("Month"), _("Year")),
        )
    note = _("the date, or only a band of ages") if boxes else ""
    return Item(words.label_of(question), tuple(choices), boxes, note)
