"""What pages say of exercises, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass

from lms.courses.exercises import Exercise, Trace
from lms.safety import uploads
from lms.safety.uploads import FileFault
from lms.submissions import content
from lms.submissions.models import SubmissionVersion
from lms.web.i18n import current_locale, format_number
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class WrittenField:
    """A field as a page draws it."""

    name: str
    label: str
    hint: str
    rows: int
    longest: int


def fields(exercise: Exercise) -> list[WrittenField]:
    """Return the fields that are written in, in order."""
    locale = current_locale()
    if exercise.trace is Trace.TEXT:
        longest = content.LONGEST[Trace.TEXT]
        return [WrittenField(content.TEXT, _("Your text"), "", 12, longest)]
    return [
        WrittenField(
            f.id, f.label_in(locale), f.hint_in(locale), f.rows, content.LONGEST[Trace.FORM]
        )
        for f in exercise.fields
    ]


def labelled(exercise: Exercise, given: content.Content) -> list[tuple[str, str]]:
    """Return what was written beside the labels that it was written under; "" of a plain text."""
    locale = current_locale()
    labels = {f.id: f.label_in(locale) for f in exercise.fields}
    return [(labels.get(name, ""), text) for name, text in _in_order(exercise, given)]


def written(version: SubmissionVersion) -> list[tuple[str, str]]:
    """Return what a version says, under the labels that it was written under."""
    return labelled(Exercise.from_json(version.exercise), version.content)


def size(count: int) -> str:
    """Write a file's size as people read it."""
    if count < 1_000_000:
        return f"{format_number(max(1, round(count / 1000)))}\N{NO-BREAK SPACE}kB"
    return f"{format_number(round(count / 1_000_000, 1))}\N{NO-BREAK SPACE}MB"


def _in_order(exercise: Exercise, given: content.Content) -> list[tuple[str, str]]:
    """JSON keeps no order on every database: the exercise's own is the one that counts."""
    return [(name, given[name]) for name in content.field_names(exercise) if name in given]


def empty(exercise: Exercise) -> str:
    """Say that a field must be filled in before handing in."""
    if exercise.trace is Trace.TEXT:
        return _("Nothing is written yet. Write your work, then hand it in.")
    return _("This is still empty. Fill it in, then hand in.")


def too_long(exercise: Exercise, _field: str) -> str:
    """Say how much a field takes."""
    most = format_number(content.LONGEST[exercise.trace])
    return _("This is too long: at most %(most)s characters. Nothing was saved.", most=most)


def closed() -> str:
    """Say that nothing more is taken."""
    return _(
        "Your trainer has commented on this exercise and closed it. Nothing was added; what you "
        "handed in before stands."
    )


def superseded() -> str:
    """Say that another window was first, and what to do."""
    return _(
        "Another window or device has saved a newer text. Nothing of it was replaced. Compare the "
        "two, then send this one again if it is the right one."
    )


def file_fault(fault: FileFault) -> str:
    """Say why a file was not taken, and what to do."""
    megabytes = uploads.MOST_BYTES // 1024 // 1024
    return {
        FileFault.EMPTY: _("Choose a file first; an empty one can’t be handed in."),
        FileFault.TOO_LARGE: _(
            "The file is too large: at most %(most)s MB. Nothing was stored.", most=megabytes
        ),
        FileFault.KIND: _(
            "This kind of file is not taken. Hand in PDF, DOCX, XLSX, ODT, ODS, JPG or PNG."
        ),
        FileFault.DAMAGED: _(
            "The file does not hold what its name says, or is damaged. Nothing was stored. Open "
            "it, save it again and try once more."
        ),
        FileFault.PROGRAM: _("The file holds macros. Save it without them and try once more."),
        FileFault.PASSWORD: _("The file is locked by a password. Save it without one."),
    }[fault]
