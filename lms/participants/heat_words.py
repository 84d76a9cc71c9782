"""Sentences of the heat map, in the page's language."""

from __future__ import annotations

from lms.participants.forecast import Risk
from lms.participants.heat import FAILS, LONG, Square, Step, Stuck
from lms.participants.standing import QUIET_AFTER
from lms.participants.words import risk_word
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

__all__ = ["risk_word", "rule_of", "square_words", "step_word", "stuck_kind", "stuck_word", "why"]


def step_word(step: Step) -> str:
    """Name a step, for the key and the counts."""
    return {
        Step.TODO: _("not begun"),
        Step.BEGUN: _("begun, less than half of the lessons read"),
        Step.MOST: _("half of the lessons read, or more"),
        Step.AT_TEST: _("all lessons read, at the test"),
        Step.DONE: _("done"),
        Step.LONG_AT_TEST: _("long at the test"),
        Step.FAILED: _("failed the test again and again"),
        Step.BLOCKED: _("no attempt left"),
    }[step]


def square_words(square: Square) -> str:
    """Say a square in two or three words."""
    match square.step:
        case Step.BEGUN | Step.MOST:
            return _("%(done)s of %(needed)s", done=square.read, needed=square.lessons)
        case Step.AT_TEST:
            return _("at the test")
        case Step.LONG_AT_TEST:
            return ngettext("test: %(num)s day", "test: %(num)s days", square.number)
        case Step.FAILED:
            return ngettext("failed %(num)s time", "failed %(num)s times", square.number)
    return step_word(square.step)


def stuck_word(stuck: Stuck, people: int = 1) -> str:
    """Say in a few words why somebody is stuck, or so many people are."""
    return {
        Stuck.BLOCKED: _("no attempt left of a test"),
        Stuck.FAILED: ngettext(
            "failed a test %(num)s time or more", "failed a test %(num)s times or more", FAILS
        ),
        Stuck.LONG_AT_TEST: ngettext(
            "at a test for %(num)s day or more", "at a test for %(num)s days or more", LONG.days
        ),
        Stuck.QUIET: ngettext(
            "no activity for %(num)s day", "no activity for %(num)s days", QUIET_AFTER.days
        ),
        Stuck.NEVER_IN: ngettext("has never signed in", "have never signed in", people),
    }[stuck]


def rule_of(stuck: Stuck) -> str:
    """Say the whole rule."""
    return {
        Stuck.BLOCKED: _("Every attempt of a module’s test is used up, and none passed."),
        Stuck.FAILED: ngettext(
            "A module’s test was failed %(num)s time or more, and never passed.",
            "A module’s test was failed %(num)s times or more, and never passed.",
            FAILS,
        ),
        Stuck.LONG_AT_TEST: ngettext(
            "All lessons of a module were read %(num)s day ago or earlier; its test is not passed.",
            "All lessons of a module were read %(num)s days ago or earlier; its test is not "
            "passed.",
            LONG.days,
        ),
        Stuck.QUIET: ngettext(
            "Signed in, but inactive for %(num)s day or more.",
            "Signed in, but inactive for %(num)s days or more.",
            QUIET_AFTER.days,
        ),
        Stuck.NEVER_IN: _("Enrolled, but never signed in."),
    }[stuck]


def stuck_kind(stuck: Stuck) -> str:
    """Return the kind of state that a reason is shown as."""
    return "bad" if stuck is Stuck.BLOCKED else "warn"


def why(stuck: tuple[Stuck, ...], risk: Risk | None) -> list[str]:
    """Say all that speaks against somebody's finishing in time, the most urgent first."""
    if stuck:
        return [stuck_word(one) for one in stuck]
    return [risk_word(risk)] if risk is not None else []
