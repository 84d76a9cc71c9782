"""What an import of answers says about its rows."""

from __future__ import annotations

from lms.entry import words
from lms.entry.answer_sheet import CellFault, Key, Wrong
from lms.entry.indicator_sets import IndicatorSet
from lms.entry.services.importing import Planned, RowFault, Verdict
from lms.web.i18n import gettext as _


def verdict_word(verdict: Verdict) -> tuple[str, str]:
    """Return (kind of state, word)."""
    return {
        Verdict.WHOLE: ("ok", _("whole")),
        Verdict.PART: ("info", _("incomplete")),
        Verdict.SAME: ("muted", _("nothing new")),
        Verdict.FROZEN: ("warn", _("frozen")),
        Verdict.EMPTY: ("muted", _("empty")),
        Verdict.WRONG: ("bad", _("wrong")),
    }[verdict]


def fault_sentence(planned: Planned, asked: IndicatorSet) -> str:
    """Say what is the matter with a row; empty where nothing is."""
    if planned.verdict is Verdict.FROZEN:
        return _("says otherwise than what is frozen; correct it on the person’s page")
    if planned.fault is RowFault.BAD_ANSWER and planned.answer_fault is not None:
        return f"{_column(planned.question, asked)}: {words.fault_words(planned.answer_fault)}"
    if planned.fault is not None:
        return {
            RowFault.NOBODY: _("nobody on this edition has this name or address"),
            RowFault.SEVERAL: _("several people fit; write the sign-in name"),
            RowFault.TWICE: _("the same person stands in a row above"),
        }[planned.fault]
    return "; ".join(_cell(wrong, asked) for wrong in planned.row.wrong)


def _cell(wrong: Wrong, asked: IndicatorSet) -> str:
    column = _column(wrong.column, asked)
    if wrong.fault is CellFault.NOT_A_DATE:
        return _("%(column)s: “%(text)s” is not a date", column=column, text=wrong.text)
    return _("%(column)s: “%(text)s” is none of the answers", column=column, text=wrong.text)


def _column(name: str, asked: IndicatorSet) -> str:
    if name == Key.ENTERED_ON:
        return _("Day of entry")
    return words.label_of(asked.by_id[name]) if name in asked.by_id else name
