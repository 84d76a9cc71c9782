"""Quiz files: GIFT with front matter and keys in comments (see docs/quiz-format.md)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from lms.quizzes.exchange.front_matter import read_head
from lms.quizzes.exchange.gift_answers import (
    Answers,
    Texts,
    Unreadable,
    kind_by_shape,
    lines_of,
    read_answers,
)
from lms.quizzes.exchange.gift_forms import Source
from lms.quizzes.exchange.gift_syntax import (
    Key,
    Passage,
    RawQuestion,
    clean,
    hide_escapes,
    raw_questions,
)
from lms.quizzes.exchange.gift_types import FORMS, keys_of_types
from lms.quizzes.exchange.gift_units import unit_payload
from lms.quizzes.exchange.gift_writer import write_gift
from lms.quizzes.exchange.quiz_file import (
    ItemStatus,
    Problem,
    ProblemKind,
    QuizFile,
    QuizItem,
)
from lms.quizzes.exchange.sections import cut_sections, placed
from lms.quizzes.question_types.ids import derive_id
from lms.quizzes.question_types.protocol import InvalidQuestion, Question
from lms.quizzes.question_types.registry import parse_question

__all__ = ["QuizFile", "QuizItem", "read_gift", "write_gift"]

MAX_LENGTH = 2_000_000
MAX_QUESTIONS = 2_000
MAX_PROBLEMS = 500
GAP = "_____"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
_PINNED = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_SLOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_SINGLE_KEYS = {
    "id",
    "lesson",
    "slot",
    "status",
    "pinned",
    "scoring",
    "unit",
    "marks",
    "type",
    "unit-rule",
    "unit-penalty",
}
_SEVERAL_KEYS = {"fact", "tag", "hint", "other-unit"}
_OF_UNITS = ("unit-rule", "unit-penalty", "other-unit")
_ONLY_FOR = {"scoring": "multiple_choice", "unit": "numerical"}


def read_gift(text: str, *, ids_required: bool = True) -> QuizFile:
    """Read a quiz file; never raise. What can't be read is among the problems, by line.

    `ids_required=False` is for files from elsewhere: a question without an id gets one made
    of its words.
    """
    problems: list[Problem] = []
    if len(text) > MAX_LENGTH:
        return QuizFile(problems=(Problem(1, ProblemKind.TOO_LARGE),))
    head = read_head(clean(text, problems), problems)
    items: list[QuizItem] = []
    cut = cut_sections(hide_escapes(head.rest), head.first_line, problems)
    for raw in raw_questions(cut.text, head.first_line, problems):
        if len(items) == MAX_QUESTIONS or len(problems) > MAX_PROBLEMS:
            problems.append(Problem(raw.line, ProblemKind.TOO_LARGE))
            break
        item = read_item(raw, problems, ids_required=ids_required)
        if item is not None:
            items.append(item)
    quiz = QuizFile(
        id=head.id,
        title=head.title,
        settings=head.settings,
        items=tuple(placed(without_doubles(items, problems), cut)),
        sections=cut.sections,
    )
    _check_draw(quiz, head.draw_line, problems)
    return replace(quiz, problems=tuple(sorted(problems)))


def read_item(
    raw: RawQuestion, problems: list[Problem], *, ids_required: bool = True
) -> QuizItem | None:
    """Read one question; None, with a problem recorded, where it can't be read."""
    keys = _Keys(raw, problems)
    name = keys.id or raw.title
    read = _question(raw, keys, name, problems)
    content_id = _content_id(raw, keys, ids_required, problems)
    if read is None or content_id is None:
        return None
    return QuizItem(
        id=content_id,
        question=read[0],
        title=raw.title,
        status=keys.status,
        lesson=keys.one("lesson"),
        slot=keys.slot,
        facts=keys.several("fact"),
        tags=keys.several("tag"),
        category=raw.category,
        pinned=keys.pinned,
        line=raw.line,
        option_lines=read[1],
    )


class _Keys:
    """The bracket keys of one question, checked."""

    def __init__(self, raw: RawQuestion, problems: list[Problem]) -> None:
        self._keys: dict[str, list[Key]] = {}
        for key in raw.keys:
            self._keys.setdefault(key.name, []).append(key)
        self.id = self.one("id")
        self.status = self._status(raw, problems)
        self.slot = self._slot(problems)
        self.pinned = self._pinned(problems)
        for name, keys in self._keys.items():
            if name not in _SINGLE_KEYS | _SEVERAL_KEYS | keys_of_types():
                problems.append(Problem(keys[0].line, ProblemKind.UNKNOWN_KEY, self.id, name))
            elif name in _SINGLE_KEYS and len(keys) > 1:
                problems.append(Problem(keys[1].line, ProblemKind.BAD_KEY, self.id, name))

    def one(self, name: str) -> str:
        return self._keys[name][0].value if name in self._keys else ""

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key.value for key in self._keys.get(name, ()) if key.value))

    def of_types(self, names: Collection[str]) -> dict[str, list[Key]]:
        return {name: keys for name, keys in self._keys.items() if name in names}

    def line_of(self, name: str, default: int) -> int:
        return self._keys[name][0].line if name in self._keys else default

    def _status(self, raw: RawQuestion, problems: list[Problem]) -> ItemStatus:
        written = self.one("status") or ItemStatus.PUBLISHED
        if written in list(ItemStatus):
            return ItemStatus(written)
        line = self.line_of("status", raw.line)
        problems.append(Problem(line, ProblemKind.BAD_KEY, self.id, "status", written))
        return ItemStatus.DRAFT

    def _slot(self, problems: list[Problem]) -> str:
        written = self.one("slot")
        if "slot" not in self._keys or _SLOT.fullmatch(written):
            return written
        line = self.line_of("slot", 0)
        problems.append(Problem(line, ProblemKind.BAD_KEY, self.id, "slot", written[:80]))
        return ""

    def _pinned(self, problems: list[Problem]) -> int | None:
        written = self.one("pinned")
        if "pinned" not in self._keys or _PINNED.fullmatch(written):
            return int(written) if written else None
        line = self.line_of("pinned", 0)
        problems.append(Problem(line, ProblemKind.BAD_KEY, self.id, "pinned", written[:80]))
        return None


def _question(
    raw: RawQuestion, keys: _Keys, name: str, problems: list[Problem]
) -> tuple[Question, tuple[int, ...]] | None:
    texts = Texts(raw.format)
    try:
        answers = _answers(raw, keys, texts)
    except Unreadable as fault:
        problems.append(Problem(fault.line, fault.kind, name, reason=fault.reason))
        return None
    answers.payload.setdefault("stem", _stem(raw, texts))
    _add_keys(answers, keys, name, problems)
    if texts.simplified:
        problems.append(Problem(raw.line, ProblemKind.HTML_SIMPLIFIED, name))
    try:
        return parse_question(answers.payload), tuple(answers.lines)
    except InvalidQuestion as invalid:
        line = _line_of(invalid, answers, keys, raw)
        problems.append(
            Problem(line, ProblemKind.INVALID_QUESTION, name, invalid.field, invalid.reason)
        )
        return None


def _answers(raw: RawQuestion, keys: _Keys, texts: Texts) -> Answers:
    """Read the braces, by the type's own reader where it has one."""
    kind = keys.one("type").replace("-", "_") or kind_by_shape(raw.body)
    form = FORMS.get(kind)
    if form is None:
        if raw.body is None or kind:
            line = keys.line_of("type", raw.line)
            raise Unreadable(ProblemKind.NOT_SUPPORTED, line, kind[:40])
        return read_answers(raw, raw.body, texts)
    whole = raw.body if raw.body is not None else Passage("", (raw.line,))
    head, _, general = whole.text.partition("####")
    body = whole.cut(0, len(head))
    payload = form.read(Source(raw, body, texts, keys.of_types(form.KEYS)))
    payload.setdefault("general_feedback", texts.markdown(general))
    # A line for each answer, so that a fault can say where it stands.
    return Answers(payload, lines_of(body))


def _stem(raw: RawQuestion, texts: Texts) -> str:
    """Join what stands before and after the braces; a full stop alone makes no gap."""
    stem, tail = texts.markdown(raw.stem), texts.markdown(raw.tail)
    if not tail or (tail in {".", "?", "!"} and stem.endswith(("?", "!", "."))):
        return stem
    space = "" if tail[0] in ".,;:?!" else " "
    return f"{stem} {GAP}{space}{tail}"


def _add_keys(answers: Answers, keys: _Keys, name: str, problems: list[Problem]) -> None:
    kind = str(answers.payload["type"])
    known = FORMS[kind].KEYS if kind in FORMS else frozenset()
    unused = keys_of_types() - known - _SINGLE_KEYS - _SEVERAL_KEYS
    problems += [
        Problem(found[0].line, ProblemKind.KEY_NOT_USED, name, key)
        for key, found in keys.of_types(unused).items()
    ]
    if not known.issuperset(_OF_UNITS):
        _add_units(answers, keys, name, problems)
    for key in ("marks", "scoring", "unit"):
        value = keys.one(key)
        if not value or key in known:
            continue
        if kind != _ONLY_FOR.get(key, kind):
            problems.append(Problem(keys.line_of(key, 0), ProblemKind.KEY_NOT_USED, name, key))
            continue
        answers.payload[key] = value.replace("-", "_") if key == "scoring" else value
    if hints := keys.several("hint"):
        answers.payload["hints"] = list(hints)


def _add_units(answers: Answers, keys: _Keys, name: str, problems: list[Problem]) -> None:
    """Add what is asked of a number's unit."""
    said = [key for key in _OF_UNITS if keys.several(key)]
    if not said:
        return
    line = keys.line_of(said[0], 0)
    if answers.payload["type"] != "numerical":
        problems.append(Problem(line, ProblemKind.KEY_NOT_USED, name, said[0]))
        return
    others = list(keys.several("other-unit"))
    found = unit_payload(keys.one("unit-rule"), keys.one("unit-penalty"), others)
    if isinstance(found, str):
        problems.append(Problem(line, ProblemKind.BAD_KEY, name, said[0], found[:40]))
        return
    answers.payload.update(found)


def _line_of(invalid: InvalidQuestion, answers: Answers, keys: _Keys, raw: RawQuestion) -> int:
    if invalid.index is not None and invalid.index < len(answers.lines):
        return answers.lines[invalid.index]
    return keys.line_of(invalid.field, raw.line)


def _content_id(
    raw: RawQuestion, keys: _Keys, required: bool, problems: list[Problem]
) -> str | None:
    if not keys.id:
        if not required:
            body = raw.body.text if raw.body else ""
            return derive_id(f"{raw.title} {raw.stem} {body}", prefix="gift-")
        problems.append(Problem(raw.line, ProblemKind.MISSING_ID, raw.title))
        return None
    if not _ID.fullmatch(keys.id):
        line = keys.line_of("id", raw.line)
        problems.append(Problem(line, ProblemKind.BAD_ID, raw.title, "id", keys.id[:80]))
        return None
    return keys.id


def without_doubles(items: Sequence[QuizItem], problems: list[Problem]) -> list[QuizItem]:
    """Keep the first of the questions with one id, and report the others."""
    first: dict[str, QuizItem] = {}
    for item in items:
        if first.setdefault(item.id, item) is not item:
            problems.append(Problem(item.line, ProblemKind.DUPLICATE_ID, item.id))
    return list(first.values())


def _check_draw(quiz: QuizFile, line: int, problems: list[Problem]) -> None:
    titles = {section.title for section in quiz.sections}
    problems += [
        Problem(line, ProblemKind.DRAW_SECTION, quiz.id, "draws", draw.section)
        for draw in quiz.settings.draws
        if draw.section and draw.section not in titles
    ]
    draw = quiz.settings.draw
    if draw is not None and draw > quiz.published_slots:
        reason = f"{quiz.published_slots} < {draw}"
        problems.append(Problem(line, ProblemKind.TOO_FEW_QUESTIONS, quiz.id, "draw", reason))
