"""Questions as a table, XLSX or CSV: one row for each, one column for each thing said of it.

A trainer's own table needs three kinds of columns: question, A, B, C …, correct. What our writer
adds (percentages, feedback, pairs, tolerances) is read where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from lms.quizzes.exchange import table_columns as columns
from lms.quizzes.exchange.gift_file import read_gift_questions
from lms.quizzes.exchange.quiz_file import ItemStatus, Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    LONGEST_NAME,
    ReadQuestion,
    not_supported,
    parsed,
    usable_id,
    with_id,
)
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import MAX_STEM, number_text
from lms.quizzes.question_types.protocol import Question
from lms.safety.tables import Bounds, SheetRefused, TableRow, read_table

PREFIX = "table-"
BOUNDS = Bounds(rows=20_000, cell=MAX_STEM)
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?", re.ASCII)
_TRUTH = {"true": True, "adevarat": True, "t": True, "false": False, "fals": False}
_TRUTH |= {"f": False, "1": True, "0": False, "da": True, "nu": False}
TYPE_WORDS = {
    "single_choice": ("single_choice", "o variantă"),
    "multiple_choice": ("multiple_choice", "mai multe variante"),
    "true_false": ("true_false", "adevărat/fals"),
    "matching": ("matching", "potrivire"),
    "numerical": ("numerical", "număr"),
}
STATUS_WORDS = {
    ItemStatus.PUBLISHED: ("published", "publicat"),
    ItemStatus.READY: ("ready", "pregătit"),
    ItemStatus.DRAFT: ("draft", "ciornă"),
}


class _Unreadable(ValueError):
    def __init__(self, kind: ProblemKind, field: str, reason: str) -> None:
        super().__init__(f"{kind} {field}: {reason}")
        self.kind = kind
        self.field = field
        self.reason = reason[:40]


class _Row:
    """One row, asked by what its columns stand for."""

    def __init__(self, row: TableRow, found: dict[tuple[str, int | None], int]) -> None:
        self.line = row.number
        self._cells = row.cells
        self._found = found

    def get(self, key: str, place: int | None = None) -> str:
        at = self._found.get((key, place))
        return "" if at is None else self._cells[at].strip()

    def words(self, key: str) -> tuple[str, ...]:
        parts = (" ".join(part.split()) for part in re.split(r"[;\n]", self.get(key)))
        return tuple(dict.fromkeys(part for part in parts if part))

    def number(self, key: str, place: int | None = None) -> Decimal | None:
        written = self.get(key, place).removesuffix("%").strip()
        return decimal(written, key) if written else None

    @property
    def places(self) -> list[int]:
        """List the options that are filled in, by place."""
        return [at for at in range(len(columns.LETTERS)) if self.get("option", at)]


def decimal(written: str, field: str) -> Decimal:
    """Read a number with a point or a comma."""
    plain = written.replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise _Unreadable(ProblemKind.BAD_ANSWERS, field, written)
    return Decimal(plain.replace(",", "."))


def read_questions_table(
    data: bytes, filename: str, problems: list[Problem]
) -> Iterator[ReadQuestion]:
    """Yield the questions; what concerns the whole table is added to the problems."""
    try:
        table = read_table(data, filename, bounds=BOUNDS)
    except SheetRefused as refusal:
        problems.append(Problem(refusal.row or 1, ProblemKind.BAD_TABLE, reason=refusal.reason))
        return
    found = columns.find_columns(table.columns)
    if ("question", None) not in found:
        problems.append(Problem(1, ProblemKind.BAD_TABLE, field="question", reason="no_question"))
        return
    for row in table.rows:
        yield _read(_Row(row, found))


def _read(row: _Row) -> ReadQuestion:
    name = " ".join(row.get("name").split())[:LONGEST_NAME]
    shown = name or " ".join(row.get("question").split())[:60]
    problems: list[Problem] = []
    question = None
    type_name = ""
    try:
        if row.get("gift"):
            question, type_name = _from_gift(row, shown, problems)
        elif (type_name := _type_of(row)) not in _PAYLOADS:
            problems.append(not_supported(row.line, shown, type_name))
        else:
            payload = {"type": type_name, **_PAYLOADS[type_name](row), **_shared(row)}
            question = parsed(payload, shown, lambda _invalid: row.line, problems)
    except _Unreadable as fault:
        problems.append(Problem(row.line, fault.kind, shown, fault.field, fault.reason))
    read = ReadQuestion(
        name=name,
        question=question,
        type_name=type_name,
        category=" ".join(row.get("category").split()),
        tags=row.words("tags"),
        problems=tuple(problems),
        line=row.line,
        id=usable_id(row.get("id"), PREFIX.rstrip("-")),
        status=_status(row),
        lesson=row.get("lesson"),
        slot=row.get("slot"),
        facts=row.words("facts"),
    )
    return with_id(read, PREFIX)


def _from_gift(row: _Row, shown: str, problems: list[Problem]) -> tuple[Question | None, str]:
    """Read a question that stands in its cell as in a quiz file."""
    for read in read_gift_questions(row.get("gift").encode(), problems):
        problems += [replace(p, line=row.line, item=shown) for p in read.problems]
        marks = row.number("marks")
        if read.question is not None and marks is not None:
            return replace(read.question, marks=marks), read.type_name
        return read.question, read.type_name
    raise _Unreadable(ProblemKind.BAD_ANSWERS, "gift", row.get("gift"))


def _type_of(row: _Row) -> str:
    written = columns.plain(row.get("type"))
    if written:
        known = {columns.plain(w): name for name, words in TYPE_WORDS.items() for w in words}
        return known.get(written, row.get("type")[:40])
    if any(row.get("pair", at) for at in row.places):
        return "matching"
    if not row.places and columns.plain(row.get("correct")) in _TRUTH:
        return "true_false"
    weighted = [at for at in row.places if (row.number("percent", at) or 0) > 0]
    return "multiple_choice" if len(weighted or _letters(row)) > 1 else "single_choice"


def _status(row: _Row) -> ItemStatus:
    written = columns.plain(row.get("status"))
    named = (s for s, words in STATUS_WORDS.items() if written in map(columns.plain, words))
    return next(named, ItemStatus.PUBLISHED)


def _shared(row: _Row) -> dict[str, object]:
    marks = row.number("marks")
    return {
        "stem": row.get("question"),
        "marks": "1" if marks is None else marks,
        "general_feedback": row.get("general_feedback"),
    }


def _letters(row: _Row) -> list[int]:
    """Read which options are right: letters, or the option's own words."""
    written = row.get("correct")
    parts = [part for part in re.split(r"[,;\s]+", written) if part]
    known = {sign.casefold(): at for at, sign in enumerate(columns.LETTERS)}
    known |= {str(at + 1): at for at in range(len(columns.LETTERS))}
    places = [known.get(part.casefold().rstrip(".)"), -1) for part in parts]
    if places and all(at in row.places for at in places):
        return places
    same = [
        at for at in row.places if columns.plain(row.get("option", at)) == columns.plain(written)
    ]
    if len(same) == 1:
        return same
    if not written and any(row.get("percent", at) for at in row.places):
        return []
    raise _Unreadable(ProblemKind.BAD_ANSWERS, "correct", written)


def _fractions(row: _Row, *, is_single: bool) -> dict[int, str]:
    right = _letters(row)
    share = Decimal(1) if is_single else round(Decimal(1) / max(1, len(right)), 7)
    fractions: dict[int, str] = {}
    for at in row.places:
        percent = row.number("percent", at)
        usual = share if at in right else Decimal(0)
        fractions[at] = number_text(usual if percent is None else percent.scaleb(-2))
    return fractions


def _options(row: _Row, *, is_single: bool) -> dict[str, object]:
    fractions = _fractions(row, is_single=is_single)
    return {
        "options": [
            {
                "text": row.get("option", at),
                "fraction": fractions[at],
                "feedback": row.get("feedback", at),
            }
            for at in row.places
        ]
    }


def _multiple(row: _Row) -> dict[str, object]:
    return {**_options(row, is_single=False), "scoring": row.get("scoring").replace("-", "_")}


def _true_false(row: _Row) -> dict[str, object]:
    answer = _TRUTH.get(columns.plain(row.get("correct")))
    if answer is None:
        raise _Unreadable(ProblemKind.BAD_ANSWERS, "correct", row.get("correct"))
    return {
        "answer": answer,
        "feedback_true": row.get("feedback", 0),
        "feedback_false": row.get("feedback", 1),
    }


def _matching(row: _Row) -> dict[str, object]:
    answers: dict[str, dict[str, str]] = {}
    stems = []
    for at in range(len(columns.LETTERS)):
        words = row.get("pair", at)
        if not words:
            continue
        identity = derive_id(words, prefix="a")
        answer = answers.setdefault(same_text(words), {"id": identity, "text": words})
        if stem := row.get("option", at):
            said = row.get("feedback", at)
            stems.append({"text": stem, "answer": answer["id"], "feedback": said})
    return {"stems": stems, "answers": list(answers.values())}


def _numerical(row: _Row) -> dict[str, object]:
    answers = []
    for at in row.places:
        tolerance, kind = row.get("tolerance", at), "nominal"
        reach = (
            decimal(tolerance.removesuffix("%").strip(), "tolerance") if tolerance else Decimal(0)
        )
        if tolerance.endswith("%"):
            reach, kind = reach.scaleb(-2), "relative"
        percent = row.number("percent", at)
        answers.append(
            {
                "value": number_text(decimal(row.get("option", at), "option")),
                "tolerance": number_text(reach),
                "tolerance_kind": kind,
                "fraction": "1" if percent is None else number_text(percent.scaleb(-2)),
                "feedback": row.get("feedback", at),
            }
        )
    return {
        "answers": answers,
        "unit": row.get("unit"),
        "other_feedback": row.get("other_feedback"),
    }


_PAYLOADS = {
    "single_choice": lambda row: _options(row, is_single=True),
    "multiple_choice": _multiple,
    "true_false": _true_false,
    "matching": _matching,
    "numerical": _numerical,
}
