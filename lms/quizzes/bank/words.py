"""The bank's own words, translated when they are drawn."""

from lms.quizzes.bank.filters import Sort, Status
from lms.quizzes.services.banking import Held
from lms.web.forms import lazy
from lms.web.i18n import ngettext

STATUSES = {
    Status.DRAFT: lazy("draft"),
    Status.READY: lazy("ready"),
    Status.PUBLISHED: lazy("published"),
    Status.RETIRED: lazy("out of use"),
}
STATUS_KINDS = {
    Status.DRAFT: "muted",
    Status.READY: "info",
    Status.PUBLISHED: "ok",
    Status.RETIRED: "warn",
}
SORTS = {
    Sort.CHANGED: lazy("last changed"),
    Sort.STEM: lazy("words"),
    Sort.CATEGORY: lazy("category"),
    Sort.TYPE: lazy("type"),
}
ACTS = {
    "move": lazy("Move to a category"),
    "tag": lazy("Add a tag"),
    "untag": lazy("Take a tag away"),
    "ready": lazy("Mark as ready"),
    "draft": lazy("Mark as drafts"),
    "add": lazy("Add to a test"),
    "share": lazy("Offer to other courses"),
    "unshare": lazy("Offer no longer"),
    "retire": lazy("Put out of use"),
    "restore": lazy("Take back into use"),
}


def held_sentence(why: Held, number: int) -> str:
    """Say why so many questions stayed as they are."""
    match why:
        case Held.PUBLISHED:
            return ngettext(
                "%(num)s question stays published: take it out of its test first.",
                "%(num)s questions stay published: take them out of their tests first.",
                number,
            )
        case Held.IN_TEST:
            return ngettext(
                "%(num)s question stays in use: a test has it. Take it out of its test first.",
                "%(num)s questions stay in use: tests have them. Take them out of the tests first.",
                number,
            )
        case Held.NO_TEXT:
            return ngettext(
                "Of %(num)s question no text is kept, so it stays as it is.",
                "Of %(num)s questions no text is kept, so they stay as they are.",
                number,
            )
        case Held.RETIRED:
            return ngettext(
                "%(num)s question is out of use: take it back into use first.",
                "%(num)s questions are out of use: take them back into use first.",
                number,
            )
        case _:
            return ngettext(
                "%(num)s question was so already.", "%(num)s questions were so already.", number
            )
