"""An attempt on paper: what was asked, answered and earned, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lms import sheets_pdf
from lms.quizzes.results.files import Say
from lms.quizzes.rules.review import Shown
from lms.quizzes.rules.sections import ShownSection
from lms.safety.html import plain_text
from lms.typography import missing_glyphs
from lms.web.i18n import current_locale, format_number
from lms.web.i18n import gettext as _

_LISTED = ("single_choice", "multiple_choice")  # whose options stand one under the other
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question of an attempt, worded, with what came of the answer."""

    position: int
    public: Mapping[str, Any]  # as it was shown
    chosen: frozenset[str]  # of its options, by id
    answer: Sequence[str]
    key: Sequence[str]
    feedback: Sequence[str]  # on the answer
    general: str  # for everyone
    earned: Decimal | None  # none: it waits to be marked
    possible: Decimal
    is_answerable: bool = True  # not only text to read
    is_left_out: bool = False
    remarks: Sequence[str] = field(default=())  # corrections, what was contested, comments
    heading: ShownSection | None = None  # of the section that begins with it


@dataclass(frozen=True)
class AttemptPaper:
    """Everything that stands on the paper."""

    title: str
    lead: Sequence[str]
    questions: Sequence[AnsweredQuestion]
    shown: Collection[Shown]
    foot: str
    say: Say  # a value of the key
    say_given: Say  # one that was given


def draw(paper: AttemptPaper) -> bytes:
    """Draw an attempt as a PDF; the same attempt gives the same bytes."""
    return sheets_pdf.draw_booklet(
        sheets_pdf.Booklet(
            title=paper.title,
            lead=paper.lead,
            tables=[table for question in paper.questions for table in _tables(question, paper)],
            foot=paper.foot,
            page=_("Page {page} of {pages}"),
            locale=current_locale(),
        )
    )


_COLUMNS = (
    sheets_pdf.Column("", 0.35),
    sheets_pdf.Column("", 5.0),
    sheets_pdf.Column("", 1.6),
)


def _tables(question: AnsweredQuestion, paper: AttemptPaper) -> list[sheets_pdf.Table]:
    """Set a question, under the heading of its section where it begins one."""
    table = _table(question, paper)
    if question.heading is None:
        return [table]
    title, said = _plain(question.heading.title), _plain(question.heading.instruction)
    return [sheets_pdf.Table(title, _COLUMNS, [], note=said, is_part=True), table]


def _table(question: AnsweredQuestion, paper: AttemptPaper) -> sheets_pdf.Table:
    is_list = question.public["type"] in _LISTED
    rows: list[_Row] = []
    if question.is_answerable:
        rows = _options(question, paper) if is_list else _texts(question, paper)
    explained = [*question.feedback] if Shown.FEEDBACK in paper.shown else []
    if question.general and Shown.GENERAL_FEEDBACK in paper.shown:
        explained.append(question.general)
    if explained:
        rows.append(("", " ".join(map(_plain, explained)), _("explanation")))
    rows += [("", _plain(text), _("remark")) for text in question.remarks]
    stem = _plain(str(question.public["stem"]))
    return sheets_pdf.Table(
        f"{question.position}. {stem}",
        _COLUMNS,
        rows,
        note=_mark_words(question, paper.shown),
    )


_Row = tuple[str, str, str]


def _options(question: AnsweredQuestion, paper: AttemptPaper) -> list[_Row]:
    """List the options in the order in which they stood, with what was chosen."""
    rows = []
    for at, option in enumerate(question.public["options"]):
        said = []
        if option["id"] in question.chosen:
            said.append(_("chosen answer"))
        if Shown.RIGHT_ANSWER in paper.shown and option["text"] in question.key:
            said.append(_("correct"))
        letter = f"{LETTERS[at]})" if at < len(LETTERS) else str(at + 1)
        rows.append((letter, _plain(option["text"]), ", ".join(said)))
    if not question.chosen:
        rows.append(("", "—", _("no answer")))
    return rows


def _texts(question: AnsweredQuestion, paper: AttemptPaper) -> list[_Row]:
    """List the answer given, and the right one."""
    kind = str(question.public["type"])

    def said(say: Say, texts: Sequence[str], label: str) -> list[_Row]:
        worded = [_plain(say(kind, text)) for text in texts] or ["—"]
        return [("", text, "" if at else label) for at, text in enumerate(worded)]

    label = _("answer given") if question.answer else _("no answer")
    rows = said(paper.say_given, question.answer, label)
    if Shown.RIGHT_ANSWER in paper.shown and question.key:
        rows += said(paper.say, question.key, _("right answer"))
    return rows


def _mark_words(question: AnsweredQuestion, shown: Collection[Shown]) -> str:
    if not question.is_answerable:
        return ""
    if question.is_left_out:
        return _("Not in the total.")
    if not question.possible:
        return _("No points to earn.")
    return _earned_words(question, shown)


def _earned_words(question: AnsweredQuestion, shown: Collection[Shown]) -> str:
    if question.earned is None:
        return _("Waits to be marked.")
    if Shown.MARKS in shown:
        return _(
            "%(earned)s out of %(possible)s",
            earned=format_number(question.earned),
            possible=format_number(question.possible),
        )
    return _right_words(question.earned, question.possible) if Shown.CORRECTNESS in shown else ""


def _right_words(earned: Decimal, possible: Decimal) -> str:
    if earned >= possible:  # certainty earns even more
        return _("correct")
    return _("partly right") if earned > 0 else _("not right")


# What texts of questions hold and the faces on paper don't.
_ON_PAPER = str.maketrans({"→": "–", "−": "–", "≤": "<=", "≥": ">=", "✓": "x"})


def _plain(html: str) -> str:
    """Write a text of a question as paper can have it; what no face can draw is marked."""
    text = " ".join(plain_text(html).split()).translate(_ON_PAPER)
    for sign in missing_glyphs(text):
        text = text.replace(sign, "?")
    return text
