"""A trainer's text, whatever it is made of, read into questions by line; never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lms.quizzes.exchange.gift import MAX_LENGTH, MAX_PROBLEMS, MAX_QUESTIONS, read_item
from lms.quizzes.exchange.gift_syntax import (
    Passage,
    RawQuestion,
    clean,
    hide_escapes,
    raw_questions,
)
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind, QuizItem
from lms.quizzes.exchange.sections import (
    LONGEST_INSTRUCTION,
    LONGEST_TITLE,
    MOST_SECTIONS,
    is_words,
)
from lms.quizzes.exchange.sections import plain as section_words
from lms.quizzes.question_types.protocol import InvalidQuestion
from lms.quizzes.question_types.registry import parse_question
from lms.quizzes.workshop.deciding import Undecided, Unfit, decide
from lms.quizzes.workshop.lines import answer, lettered, numbered
from lms.quizzes.workshop.plain import Draft, PlainText, lines_of, read_plain
from lms.quizzes.workshop.values import Fault, Heading, Piece, Remark, TextRead

_HEAD = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_OF_QUESTION = ("marks", "scoring", "unit")  # keys that belong to the question itself


def read_text(text: str) -> TextRead:
    """Read a text: GIFT, Aiken and what people write, in any mixture, with every fault's line."""
    problems: list[Problem] = []
    if len(text) > MAX_LENGTH:
        return TextRead("", problems=(Problem(1, ProblemKind.TOO_LARGE),))
    cleaned = clean(text, problems)
    remarks: list[Remark] = []
    body = _without_head(cleaned, remarks)
    gift_lines = _gift_lines(body.split("\n"))
    gift = _gift(body, gift_lines, problems)
    plain = read_plain(lines_of(body, gift_lines))
    remarks += plain.remarks
    headings, drafts = _sections(body, plain, [piece.first for piece in gift])
    remarks += _section_faults(headings)
    is_first = bool(drafts) and all(drafts[0].first < heading.line for heading in headings)
    if is_first and _is_intro(drafts[0], [*drafts[1:], *gift]):
        remarks.append(Remark(drafts[0].first, Fault.INTRO, drafts[0].words[:80]))
        drafts = drafts[1:]
    written = [_piece(draft, problems, remarks) for draft in drafts]
    pieces = sorted([*gift, *written], key=lambda piece: piece.first)
    if len(pieces) > MAX_QUESTIONS:
        problems.append(Problem(pieces[MAX_QUESTIONS].first, ProblemKind.TOO_LARGE))
        pieces = pieces[:MAX_QUESTIONS]
    return TextRead(
        text=cleaned,
        pieces=tuple(_under(_without_doubles(pieces, problems), headings)),
        headings=tuple(headings),
        problems=tuple(sorted(problems[:MAX_PROBLEMS])),
        remarks=tuple(sorted(remarks)),
        consumed=frozenset(plain.consumed),
    )


def _without_head(text: str, remarks: list[Remark]) -> str:
    """Blank the settings at the head: they have a page of their own."""
    match = _HEAD.match(text)
    if match is None or not re.search(r"^\w+\s*:", match[1], re.MULTILINE):
        return text
    remarks.append(Remark(1, Fault.SETTINGS))
    return "\n" * match[0].count("\n") + text[match.end() :]


# Sections --------------------------------------------------------------------------------------


def _sections(
    body: str, plain: PlainText, others: Sequence[int]
) -> tuple[list[Heading], list[Draft]]:
    """Take the sentence under each heading as its instruction; the rest are questions."""
    lines = body.split("\n")
    headings, said = [], set()
    ends = [*(heading.line for heading in plain.headings[1:]), len(lines) + 1]
    for heading, end in zip(plain.headings, ends, strict=False):
        under = [d for d in plain.drafts if heading.line < d.first < end]
        is_first = bool(under) and not any(heading.line < line < under[0].first for line in others)
        if is_first and _is_instruction(under[0], lines):
            said.add(id(under[0]))
            words = section_words(under[0].words)
            heading = replace(heading, instruction=words, last=under[0].last)  # noqa: PLW2901
        headings.append(heading)
    return headings, [draft for draft in plain.drafts if id(draft) not in said]


def _is_instruction(draft: Draft, lines: Sequence[str]) -> bool:
    """Whether a text under a heading only says what to do."""
    own = [line.strip() for line in lines[draft.first - 1 : draft.last]]
    return _asks_nothing(draft) and all(is_words(section_words(line)) for line in own)


def _section_faults(headings: Sequence[Heading]) -> Iterator[Remark]:
    if len(headings) > MOST_SECTIONS:
        yield Remark(headings[MOST_SECTIONS].line, Fault.TOO_MANY_SECTIONS)
    for heading in headings:
        if len(heading.text) > LONGEST_TITLE or len(heading.instruction) > LONGEST_INSTRUCTION:
            yield Remark(heading.line, Fault.LONG_SECTION, heading.text[:40])


def _under(pieces: Iterable[Piece], headings: Sequence[Heading]) -> Iterator[Piece]:
    """Say of each question under which heading it stands."""
    for piece in pieces:
        at = sum(heading.line < piece.first for heading in headings)
        item = replace(piece.item, section=at) if piece.item is not None else None
        yield replace(piece, item=item)


# GIFT ------------------------------------------------------------------------------------------


@dataclass
class _Block:
    """Lines without an empty one between them, or with an open brace."""

    numbers: list[int]
    is_gift: bool = False
    is_comment: bool = True


def _gift_lines(lines: Sequence[str]) -> frozenset[int]:
    """Find the lines that are GIFT; comments go with the question after them."""
    found: set[int] = set()
    waiting: list[int] = []
    for block in _blocks(lines):
        if block.is_comment:
            waiting += block.numbers
            continue
        numbers = [*waiting, *block.numbers]
        if block.is_gift or _is_description([lines[n - 1].strip() for n in numbers]):
            found.update(numbers)
        waiting = []
    return frozenset(found)


def _is_description(lines: Sequence[str]) -> bool:
    """Whether a text with an id of its own asks nothing, as descriptions do in GIFT."""
    words = [line for line in lines if not line.startswith("//")]
    has_id = any(line.startswith("//") and "[id:" in line for line in lines)
    return has_id and not any(numbered(w) or lettered(w) or answer(w) for w in words)


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    block: _Block | None = None
    is_open = False
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped and not (is_open and not _begins_anew(lines, number)):
            if block is not None:
                yield block
            block, is_open = None, False
            continue
        if block is not None and not is_open and not block.is_comment and _is_head(stripped):
            yield block  # no empty line was left before the next question
            block = None
        block = block or _Block([])
        block.numbers.append(number)
        if stripped.startswith("//"):
            continue
        block.is_comment = block.is_comment and not stripped
        shown = hide_escapes(line)
        block.is_gift = block.is_gift or "{" in shown or stripped.startswith(("$CATEGORY:", "::"))
        for sign in shown:
            is_open = sign == "{" or (is_open and sign != "}")
    if block is not None:
        yield block


def _is_head(line: str) -> bool:
    """Whether a question in GIFT begins: its title, or the comment that names it."""
    return line.startswith("::") or (line.startswith("//") and "[id:" in line)


def _begins_anew(lines: Sequence[str], at: int) -> bool:
    """Whether the next line that isn't blank begins a question, so that a brace was forgotten."""
    following = next((line.strip() for line in lines[at:] if line.strip()), "")
    return following.startswith(("::", "//", "$CATEGORY:")) or numbered(following) is not None


def _gift(text: str, wanted: frozenset[int], problems: list[Problem]) -> list[Piece]:
    lines = text.split("\n")
    alone = "\n".join(line if n in wanted else "" for n, line in enumerate(lines, 1))
    pieces: list[Piece] = []
    for raw in raw_questions(hide_escapes(alone), 1, problems):
        if len(pieces) == MAX_QUESTIONS or len(problems) > MAX_PROBLEMS:
            problems.append(Problem(raw.line, ProblemKind.TOO_LARGE))
            break
        item = read_item(raw, problems, ids_required=False)
        pieces.append(_gift_piece(raw, item))
    return pieces


def _gift_piece(raw: RawQuestion, item: QuizItem | None) -> Piece:
    first = min([raw.line, *(key.line for key in raw.keys)])
    last = raw.line
    if raw.body is not None:
        last = max(raw.body.lines) + raw.tail.count("\n")
    if item is not None and not any(key.name == "id" for key in raw.keys):
        item = replace(item, id="")
    return Piece(first=first, last=last, stem=raw.stem.strip(), item=item)


# What people write -----------------------------------------------------------------------------


def _is_intro(draft: Draft, others: Sequence[object]) -> bool:
    """Whether a text before the first question is a title or a greeting, and no question."""
    return bool(others) and _asks_nothing(draft)


def _asks_nothing(draft: Draft) -> bool:
    return (
        draft.number is None
        and not draft.options
        and draft.answer is None
        and draft.key is None
        and not draft.keys
    )


def _piece(draft: Draft, problems: list[Problem], remarks: list[Remark]) -> Piece:
    piece = Piece(
        first=draft.first,
        last=draft.last,
        stem=draft.words,
        is_plain=True,
        number=draft.number,
        options=draft.option_lines,
    )
    try:
        decided = decide(draft)
    except Undecided as undecided:
        return replace(piece, asked=undecided.asked)
    except Unfit as unfit:
        remarks.append(Remark(unfit.line, unfit.fault, unfit.detail))
        return piece
    shell = _shell(draft, problems)
    if shell is None:
        return piece
    name = shell.id or (str(draft.number) if draft.number else "")
    for key in draft.keys:
        if key.name in _OF_QUESTION:
            value = key.value.replace("-", "_") if key.name == "scoring" else key.value
            decided.payload[key.name] = value
    try:
        question = parse_question(decided.payload)
    except InvalidQuestion as invalid:
        line = draft.first
        if invalid.index is not None and invalid.index < len(decided.lines):
            line = decided.lines[invalid.index]
        problems.append(
            Problem(line, ProblemKind.INVALID_QUESTION, name, invalid.field, invalid.reason)
        )
        return piece
    item = replace(shell, question=question, line=draft.first, option_lines=decided.lines)
    return replace(piece, item=item)


def _shell(draft: Draft, problems: list[Problem]) -> QuizItem | None:
    """Read the keys of a question's comment as those of GIFT are read."""
    keys = tuple(key for key in draft.keys if key.name not in _OF_QUESTION)
    raw = RawQuestion(
        line=draft.first,
        keys=keys,
        category="",
        title="",
        format="",
        stem="-",
        tail="",
        body=Passage("TRUE", (draft.first,)),
    )
    item = read_item(raw, problems, ids_required=False)
    if item is not None and not any(key.name == "id" for key in keys):
        item = replace(item, id="")
    return item


def _without_doubles(pieces: Sequence[Piece], problems: list[Problem]) -> Iterator[Piece]:
    """Report ids that stand twice; what has none gets one when it is saved."""
    seen: set[str] = set()
    for piece in pieces:
        content_id = piece.item.id.casefold() if piece.item is not None else ""
        if piece.item is not None and content_id:
            if content_id in seen:
                problems.append(Problem(piece.first, ProblemKind.DUPLICATE_ID, piece.item.id))
                piece = replace(piece, item=None)  # noqa: PLW2901 -- the same piece, not usable
            seen.add(content_id)
        yield piece
