"""What pages, forms and files say about entry, in the page's language."""

from __future__ import annotations

from lms.courses.models import Programme
from lms.entry.indicator_sets import REFUSED, Kind, Option, Question, Words
from lms.entry.models import EntrySettings, Source
from lms.entry.national_number import NumberFault
from lms.entry.queries import EntryState
from lms.entry.rules import AnswerFault, born_on
from lms.entry.set_file import Fault, Found
from lms.web.i18n import current_locale, format_date
from lms.web.i18n import gettext as _


def said(words: Words) -> str:
    """Choose the page's language."""
    return words["en" if current_locale() == "en" else "ro"]


def label_of(question: Question) -> str:
    """Name a question."""
    return said(question.label)


def option_label(option: Option) -> str:
    """Name an option."""
    return said(option.label)


def refusal() -> str:
    """What somebody says who won't answer."""
    return _("I prefer not to say")


def answer_words(question: Question, value: str) -> str:
    """Write an answer as people read it; empty where there is none."""
    if not value:
        return ""
    if value == REFUSED:
        return refusal()
    if value in question.by_id:
        return option_label(question.by_id[value])
    if question.kind is Kind.BIRTH and (born := born_on(value)) is not None:
        return format_date(born)
    return value


def fault_words(fault: AnswerFault) -> str:
    """Say what is wrong with an answer."""
    return {
        AnswerFault.UNKNOWN: _("Choose one of the answers."),
        AnswerFault.NOT_A_DATE: _("Write the date as day, month, year, such as 27 3 1985."),
        AnswerFault.IN_FUTURE: _("This date is in the future."),
        AnswerFault.UNLIKELY_AGE: _("By this date the age is not between 14 and 110. Look again."),
    }[fault]


def number_fault_words(fault: NumberFault) -> str:
    """Say why a text is no national number; never the text itself."""
    return {
        NumberFault.LENGTH: _("A CNP has 13 digits."),
        NumberFault.FIRST_DIGIT: _("A CNP does not begin with 0."),
        NumberFault.DATE: _("Digits 2 to 7 are not a date. Look at the identity card again."),
        NumberFault.IN_FUTURE: _("The date in the CNP is in the future. Look at the card again."),
        NumberFault.COUNTY: _("Digits 8 and 9 name no county. Look at the identity card again."),
        NumberFault.CHECK_DIGIT: _("One of the digits is wrong. Look at the identity card again."),
    }[fault]


def state_word(state: EntryState) -> tuple[str, str]:
    """Return (kind of state, word)."""
    return {
        EntryState.NOT_ANSWERED: ("warn", _("not answered")),
        EntryState.BEGUN: ("info", _("incomplete")),
        EntryState.ANSWERED: ("ok", _("answered")),
    }[state]


def source_word(source: Source) -> str:
    """Say where answers came from."""
    return {
        Source.LEARNER: _("by the participant"),
        Source.REGISTRAR: _("by the registrar"),
        Source.IMPORT: _("from a list"),
    }[source]


def notice_of(programme: Programme, settings: EntrySettings) -> str:
    """Return the programme's notice, or the text that we propose."""
    own = settings.notice_en if current_locale() == "en" else settings.notice_ro
    return own or proposed_notice(programme)


def proposed_notice(_programme: Programme) -> str:
    """Say why it is asked, on what ground, and who sees it, claiming no law."""
    return _(
        "The programme has to report to its funder, in figures, who takes part: we ask because "
        "of this duty, not on the basis of your consent. Only the registrar and the programme’s"
        " auditors see your answers; they don’t affect the course or the certificate."
    )


def kept_words(programme: Programme) -> str:
    """Say how long the answers are kept."""
    if programme.retain_until is not None:
        return _(
            "They are kept with the programme’s documents, until %(date)s.",
            date=format_date(programme.retain_until),
        )
    return _("They are kept as long as the programme’s documents have to be kept.")


def set_fault_words(found: Found) -> str:
    """Say what is wrong with an indicator set, with its line."""
    detail = found.detail
    sentence = {
        Fault.NOT_YAML: _("can’t be read as YAML: %(detail)s", detail=detail),
        Fault.TOO_LARGE: _("the file is too large"),
        Fault.WRONG_KIND: _("“%(detail)s” has another kind of value than it should", detail=detail),
        Fault.MISSING: _("“%(detail)s” is missing", detail=detail),
        Fault.UNKNOWN_KEY: _("“%(detail)s” is not known here", detail=detail),
        Fault.TWICE: _("“%(detail)s” stands twice", detail=detail),
        Fault.BAD_ID: _("“%(detail)s” can’t be an id", detail=detail),
        Fault.ONE_OF_KIND: _("one question of kind “%(detail)s” is needed", detail=detail),
        Fault.UNKNOWN_QUESTION: _("no question is called “%(detail)s”", detail=detail),
        Fault.UNKNOWN_OPTION: _("no answer is called “%(detail)s”", detail=detail),
        Fault.UNKNOWN_CODE: _("no indicator is called “%(detail)s”", detail=detail),
        Fault.SPLITS_BAND: _("an age limit lies inside a band of ages"),
        Fault.GAP_IN_BANDS: _("the bands of ages leave a gap or overlap"),
        Fault.NOT_A_TOTAL: _("the total must count each labour answer exactly once"),
    }[found.fault]
    return _("Line %(line)s: %(what)s.", line=found.line, what=sentence)
