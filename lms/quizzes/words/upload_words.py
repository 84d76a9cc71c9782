"""What is said of files handed in as answers: what happened, what was kept, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from lms.quizzes.question_types.upload.rules import Upload
from lms.quizzes.services.handing_in import MOST_BYTES
from lms.safety.uploads import FileFault
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


def kept(names: Sequence[str], time: str) -> str:
    """Say that files stand now, and when they were saved."""
    return ngettext(
        "Uploaded: %(names)s. Saved at %(time)s.",
        "Uploaded, %(num)s files: %(names)s. Saved at %(time)s.",
        len(names),
        names=", ".join(names),
        time=time,
    )


def taken_out(time: str) -> str:
    """Say that a file is no part of the answer any more."""
    return _("The file is no longer part of your answer. Saved at %(time)s.", time=time)


def none_chosen() -> str:
    """Say that there was nothing to take."""
    return _("Choose a file first, then upload it. Your other answers are saved.")


def not_taken(name: str, fault: FileFault, question: Upload) -> str:
    """Say why a file was not taken, that the others stand, and what to do."""
    reasons = {
        FileFault.EMPTY: _("it is empty. Choose another"),
        FileFault.TOO_LARGE: _(
            "it is larger than %(most)s MB. Make it smaller, or part it", most=question.megabytes
        ),
        FileFault.KIND: _(
            "this kind is not taken. Save it as %(kinds)s",
            kinds=", ".join(kind.upper() for kind in question.kinds),
        ),
        FileFault.DAMAGED: _(
            "it does not hold what its name says, or is damaged. Open it, save it again and "
            "upload that"
        ),
        FileFault.PROGRAM: _("it holds macros. Save it without them"),
        FileFault.PASSWORD: _("it is locked by a password. Save it without one"),
    }
    return _not_taken(name, reasons[fault])


def no_room(name: str, most: int) -> str:
    """Say that as many files as are asked for are there."""
    return _not_taken(
        name,
        ngettext(
            "%(num)s file is taken here. Take one out first",
            "%(num)s files are taken here. Take one out first",
            most,
        ),
    )


def no_space(name: str) -> str:
    """Say that the attempt keeps no more bytes."""
    return _not_taken(
        name,
        _(
            "an attempt keeps %(most)s MB, with what was replaced. Upload a smaller one, or tell "
            "your trainer",
            most=MOST_BYTES // 1024 // 1024,
        ),
    )


def too_many(name: str, most: int) -> str:
    """Say that one form carries no more."""
    return _not_taken(name, _("at most %(num)s come at once. Upload it by itself", num=most))


def _not_taken(name: str, reason: str) -> str:
    return _(
        "“%(name)s” was not taken: %(reason)s. What was uploaded before stays.",
        name=name,
        reason=reason,
    )


def left() -> str:
    """Say that the question is behind."""
    return _(
        "This question takes no more files: you have gone on. What was uploaded before counts."
    )


def closed() -> str:
    """Say that the attempt is over."""
    return _(
        "This attempt is closed: the file was not added. Files uploaded and answers saved before "
        "count."
    )


def not_uploaded(names: Sequence[str]) -> str:
    """Say that files were chosen and no more."""
    return ngettext(
        "%(names)s was chosen, but not uploaded yet. Choose it again and press “Upload”.",
        "%(names)s were chosen, but not uploaded yet. Choose them again and press “Upload”.",
        len(names),
        names=", ".join(names),
    )
