"""What is odd about a name, in sentences for whoever confirms it."""

from __future__ import annotations

import unicodedata

from lms.people_names import (
    NameProblem,
    display_name,
    full_name_problems,
    offer_capitals,
    offer_comma_letters,
)
from lms.web.i18n import gettext as _


def name_remarks(family: str, given: str) -> list[str]:
    """Say what a person should look at in the own name before it is printed."""
    said = {
        NameProblem.MISSING: _("A part of the name is missing."),
        NameProblem.CEDILLA: _("It has ş or ţ with a cedilla; Romanian writes ș and ț."),
        NameProblem.MISREAD_LETTER: _("A letter seems to have been misread, such as ã or þ."),
        NameProblem.NOT_LATIN: _("It has letters that aren’t Latin."),
        NameProblem.ALL_CAPITALS: _("It is written in capitals."),
        NameProblem.NO_CAPITAL: _("It is written without a capital."),
        NameProblem.STRAY_SPACE: _("It has a space too many."),
        NameProblem.DIGIT: _("It has a digit."),
        NameProblem.STRANGE_SIGN: _("It has a character that names don’t have."),
    }
    return [said[problem] for problem in full_name_problems(family, given)]


def name_offered(family: str, given: str) -> str:
    """Return how the name is probably meant, or nothing where it is as names are written."""
    shown = display_name(family, given)
    offered = display_name(_mended(family), _mended(given))
    return offered if offered != shown else ""


def _mended(name: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", name).split())
    text = offer_comma_letters(text) or text
    return offer_capitals(text) or text
