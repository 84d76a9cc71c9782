"""Corrections in words, in the page's language."""

from __future__ import annotations

from markupsafe import Markup

from lms.quizzes.corrections.neutral import flawable
from lms.quizzes.corrections.proposal import Why
from lms.quizzes.corrections.standing import CorrectionKind, Standing
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


def said(kind: CorrectionKind, option: str, key_number: int | None) -> str:
    """Say what a correction does; `option` is HTML, of which the words alone are taken."""
    text = Markup(option).striptags()  # noqa: S704 -- a stored text, stripped of its markup
    if kind is CorrectionKind.KEY:
        return _("answers are marked by the key of version %(number)s", number=key_number or "?")
    if kind is CorrectionKind.OPTION_CREDIT:
        return _("“%(option)s” counts as right for whoever chose it", option=text)
    if kind is CorrectionKind.OPTION_IGNORED:
        return _("“%(option)s” is ignored", option=text)
    if kind is CorrectionKind.QUESTION_CREDIT:
        return _("the question is dropped, with full marks for everybody who was asked it")
    if kind is CorrectionKind.QUESTION_LEFT_OUT:
        return _("the question is dropped and leaves the total")
    return _("an earlier correction was withdrawn")


def refused(reason: Why) -> str:
    """Say why a correction can't be made: what is so, and what can be done."""
    return {
        Why.ALREADY: _("This is corrected so already; nothing was changed."),
        Why.NO_SUCH_OPTION: _("Choose an option of this question."),
        Why.NOTHING_RIGHT_LEFT: _(
            "Without this option no answer would be right. Drop the question instead, or count "
            "the option as right."
        ),
        Why.CHANGES_NOTHING: _("This would change nothing: it is so already."),
        Why.OTHER_OPTIONS: _(
            "The two versions have other options or other marks: answers to the one can’t be "
            "marked by the key of the other."
        ),
        Why.NOT_IN_FORCE: _("This correction no longer holds; nothing was changed."),
        Why.NOTHING_LEFT: _(
            "Some attempts would be left without any question. Drop it with full marks instead."
        ),
        Why.OWN_ATTEMPT: _(
            "Your own attempt would be graded anew by this. Ask another trainer to correct it."
        ),
    }[reason]


def applied(answered: int) -> str:
    """Say that it is done."""
    done = _("Corrected. Whoever’s marks changed is told by e-mail.")
    if not answered:
        return done
    return f"{done} " + ngettext(
        "%(num)s contested question was answered with it.",
        "%(num)s contested questions were answered with it.",
        answered,
    )


def notes(question: Question, standing: Standing, *, tells_key: bool = True) -> tuple[str, ...]:
    """Say what was corrected on a question and holds, for whoever reads its answer.

    What speaks of options or the key tells the right answer: only to whoever may see that.
    """
    said_so = []
    if standing.whole is CorrectionKind.QUESTION_CREDIT:
        said_so.append(_("The question was dropped; everybody who was asked it has full marks."))
    elif standing.whole is CorrectionKind.QUESTION_LEFT_OUT:
        said_so.append(_("The question was dropped and is not in the total."))
    if not tells_key:
        return tuple(said_so)
    is_row = isinstance(question, Matching)
    for each in flawable(question):
        text = _option(question, each.text)
        if each.id in standing.credited:
            said_so.append(
                _("Corrected: the row “%(row)s” is right with any answer.", row=text)
                if is_row
                else _("Corrected: “%(option)s” counts as right too.", option=text)
            )
        elif each.id in standing.ignored:
            said_so.append(_("Corrected: “%(option)s” is not counted.", option=text))
    if standing.key is not None:
        said_so.append(_("Corrected: the key was wrong before; the right answer is shown here."))
    return tuple(said_so)


def _option(question: Question, text: str) -> str:
    if isinstance(question, TrueFalse):
        return _("True") if text == "true" else _("False")
    return Markup(text).striptags()  # noqa: S704 -- a stored text, stripped of its markup


def key_changed(link: str) -> Markup:
    """Say that earlier answers keep the mark of the old key until somebody decides."""
    said = _(
        "A key changed. New attempts are marked by it; answers given before stay marked by the "
        "old one until you decide."
    )
    way = _("See whose result changes with the new key")
    return Markup('{} <a href="{}">{}</a>').format(said, link, way)
