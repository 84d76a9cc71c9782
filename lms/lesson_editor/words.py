"""What is said of a lesson's text, in the page's language."""

from __future__ import annotations

from lms.lesson_editor.advice import Advice, Kind
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


def advice_sentence(advice: Advice) -> str:
    """Say a piece of advice."""
    match advice.kind:
        case Kind.LONG_SENTENCE:
            return _(
                "This sentence has %(found)s words; up to %(better)s are read easily.",
                found=advice.found,
                better=advice.better,
            )
        case Kind.LONG_PARAGRAPH:
            return _(
                "This paragraph has %(found)s words; after %(better)s one wants a pause.",
                found=advice.found,
                better=advice.better,
            )
        case Kind.READING_TIME:
            return _(
                "Minutes of reading: %(found)s are stated; the text is read in about %(better)s.",
                found=advice.found,
                better=advice.better,
            )
        case Kind.EXERCISE_TIME:
            return _(
                "Minutes of the exercise: %(found)s are stated; its steps make %(better)s.",
                found=advice.found,
                better=advice.better,
            )
        case Kind.PICTURE_WORDS:
            return _(
                "Say in a few words what the picture shows, for those who don’t see it: "
                "![what it shows](…)."
            )


def summary(faults: int, advice: int, *, is_changed: bool) -> str:
    """Say whether the text waits to be saved, and how much is said of it."""
    parts = [_("Unsaved changes")] if is_changed else []
    if faults:
        parts.append(ngettext("%(num)s fault", "%(num)s faults", faults))
    if advice:
        parts.append(ngettext("%(num)s piece of advice", "%(num)s pieces of advice", advice))
    return " · ".join(parts) or _("Nothing to put right")
