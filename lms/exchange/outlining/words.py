"""Sentences of the outline's page: what an act did, and what to know before it is done."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lms.courses.completion import Kind
from lms.exchange.outlining.acts import Titles
from lms.exchange.outlining.desk import Sent, Words
from lms.exchange.outlining.page import LessonRow, ModuleRow, OutlinePage
from lms.exchange.outlining.saving import Edit
from lms.web.forms import lazy
from lms.web.i18n import current_locale, ngettext, speech
from lms.web.i18n import gettext as _

_COPY = lazy("(copy)")
SKELETON = """## Ce veți ști după această lecție

Scrieți aici, în una sau două propoziții, la ce folosește lecția.

## Pe scurt

Scrieți aici ideile, câte un paragraf pentru fiecare.

## De reținut

- Scrieți aici prima idee de ținut minte.
"""

CONDITIONS = {
    Kind.LESSONS_READ: lazy("All lessons read"),
    Kind.QUIZZES_PASSED: lazy("All tests of the modules passed"),
    Kind.TESTS_TAKEN: lazy("The initial and the final test taken"),
    Kind.HOURS_ATTENDED: lazy("Hours attended"),
    Kind.FORM_SUBMITTED: lazy("The questionnaire sent"),
    Kind.CONFIRMED_BY_REGISTRAR: lazy("The registrar’s confirmation"),
}


def new_words() -> Words:
    """How copies are called, in both languages, and what a new lesson begins with."""
    ro, en = (speech(locale).gettext(_COPY.message) for locale in ("ro", "en"))
    return Words(Titles(ro, en), SKELETON)


def done(page: OutlinePage, sent: Sent, edit: Edit) -> str:
    """Say what an act did."""
    title = _title(page, edit)
    sentences = {
        "up": _("Moved: %(title)s.", title=title),
        "down": _("Moved: %(title)s.", title=title),
        "place": _("Moved: %(title)s.", title=title),
        "titles": _("The titles were saved.") if sent.titles else _("Saved: when modules open."),
        "show": _("Learners see it from now on: %(title)s.", title=title),
        "hide": _("Learners don’t see it any more: %(title)s.", title=title),
        "copy": _("Copied as a draft: %(title)s.", title=title),
        "add": _("Added as a draft: %(title)s.", title=title),
        "remove": _("In the bin: %(title)s. You can bring it back below.", title=title),
        "restore": _("Brought back: %(title)s.", title=title),
        "conditions": _("What completing the course asks for was saved."),
    }
    return sentences[edit.act]


def _title(page: OutlinePage, edit: Edit) -> str:
    course, locale = edit.plan.course, current_locale()
    parts = [(m.id, m.title) for m in course.modules] + [(le.id, le.title) for le in course.lessons]
    for part, title in parts:
        if part == edit.part:
            return title.get(locale, "")
    found = find(page, edit.part)
    return found.title(locale) if found is not None else ""


def find(page: OutlinePage, part: str) -> ModuleRow | LessonRow | None:
    """The module or lesson with an id."""
    parts: Sequence[ModuleRow | LessonRow] = (*page.modules, *page.lessons)
    return next((each for each in parts if each.id == part), None)


def warnings(page: OutlinePage, sent: Sent) -> list[str]:
    """Say what to know before an act that touches what learners did already."""
    part = find(page, sent.part)
    if sent.act == "conditions":
        return _before_conditions(page)
    if sent.act not in ("remove", "hide") or part is None:
        return []
    found = []
    if part.opened:
        found.append(
            ngettext("%(num)s person has opened it.", "%(num)s people have opened it.", part.opened)
        )
    if isinstance(part, ModuleRow):
        found += _of_module(part)
    elif found and part.exercise:
        found.append(_("It has an exercise; the work handed in is kept."))
    if found:
        found.append(
            _(
                "Nothing of theirs is lost: what they read, answered and earned is kept, and "
                "counts again when this comes back. Until then nobody is asked for it."
            )
        )
    return found


def _of_module(part: ModuleRow) -> list[str]:
    found = []
    if part.completed:
        found.append(
            ngettext(
                "%(num)s person has completed it.",
                "%(num)s people have completed it.",
                part.completed,
            )
        )
    taken = max((quiz.people for quiz in part.quizzes), default=0)
    if taken:
        found.append(
            ngettext(
                "%(num)s person has begun its test.", "%(num)s people have begun its test.", taken
            )
        )
    return found


def _before_conditions(page: OutlinePage) -> list[str]:
    begun = max((module.opened for module in page.modules), default=0)
    if not begun:
        return []
    return [
        ngettext(
            "%(num)s person has begun the course.", "%(num)s people have begun the course.", begun
        ),
        _(
            "Whoever has completed the course keeps it. For everybody else what is still missing "
            "is counted by the new conditions at once."
        ),
    ]


def after(page: OutlinePage, edit: Edit) -> list[str]:
    """Say what else is to be looked at after an act."""
    found = []
    if edit.act in ("up", "down", "place") and any(m.opened for m in page.modules):
        found.append(_("People have begun the course: what they did stays theirs."))
    if edit.lost:
        count = sum(len(led.get("questions", ())) for led in edit.lost.values())
        if count:
            found.append(
                ngettext(
                    "%(num)s question led there and leads nowhere now.",
                    "%(num)s questions led there and lead nowhere now.",
                    count,
                )
            )
    if edit.without_outcomes:
        found.append(
            _(
                "The outcomes that it served were the other module’s: choose them anew in the "
                "lesson %(lessons)s.",
                lessons=", ".join(edit.without_outcomes),
            )
        )
    if edit.to_check:
        said = _(
            "The lessons were numbered anew. These name others by number; see whether the "
            "numbers still fit:"
        )
        found.append(Markup("{} {}").format(said, _links(edit)))
    return found


def _links(edit: Edit) -> Markup:
    """Lead to the rows of the lessons that name others by number."""
    rows = {lesson.number: lesson.id for lesson in edit.plan.course.lessons}
    return Markup(", ").join(
        Markup('<a href="#p-{}">{}</a>').format(rows[number], number) for number in edit.to_check
    )
