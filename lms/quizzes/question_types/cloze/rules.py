"""A text with gaps of several kinds: typed words, numbers, one choice, several choices.

Each gap is a question of its own kind (short answer, numerical, single or multiple choice) with a
weight; the fraction is the weighted mean of the gaps', an open gap counting nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.gap_text import places_in, segments, split_lead, with_dots
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.multiple_choice import rules as multiple_choice
from lms.quizzes.question_types.numerical import rules as numerical
from lms.quizzes.question_types.protocol import (
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    InvalidResponse,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    QuestionType,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)
from lms.quizzes.question_types.short_answer import rules as short_answer
from lms.quizzes.question_types.single_choice import rules as single_choice
from lms.quizzes.rules.assembly import derived_seed

NAME: str = "cloze"
MAX_GAPS = 40
MAX_WEIGHT = 100
_STEM = "…"
# A gap has no text, marks or rules of its own beside its answers.
_FIXED: Mapping[str, object] = MappingProxyType(
    {
        "stem": _STEM,
        "marks": "1",
        "general_feedback": "",
        "scoring": "",
        **dict.fromkeys(("unit", "unit_rule", "other_units", "unit_penalty", "penalty_of"), ""),
    }
)
KINDS: Mapping[str, QuestionType[Any]] = MappingProxyType(
    {rules.NAME: rules for rules in (short_answer, numerical, single_choice, multiple_choice)}
)


class Look(StrEnum):
    """Name how a gap's options are shown."""

    LIST = "list"
    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


@dataclass(frozen=True)
class Gap:
    """Hold one gap: a question without a text, its weight, and how it is shown."""

    question: Question
    weight: int = 1
    look: Look = Look.LIST
    shuffle: bool = False

    @property
    def rules(self) -> QuestionType[Any]:
        """The rules of the gap's kind."""
        return KINDS[self.question.type]


@dataclass(frozen=True, kw_only=True)
class Cloze(Question):
    """Ask for what is missing in a text; `[[1]]` stands for the first gap."""

    type: ClassVar[str] = NAME
    text: str
    gaps: tuple[Gap, ...]
    plain_letters: bool = False  # in every gap with typed words

    @property
    def by_key(self) -> dict[str, Gap]:
        """The gaps, each under the key of its place."""
        return {str(number): gap for number, gap in enumerate(self.gaps, 1)}


def parse(payload: Payload) -> Cloze:
    """Read the question; each gap stands in the text once."""
    text = read.text(payload, "text", required=False, limit=read.MAX_STEM)
    stem = read.text(payload, "stem", required=not text, limit=read.MAX_STEM)
    if not text:
        stem, text = split_lead(stem)
    stem = stem or with_dots(text)
    items = read.objects(payload, "gaps", least=1, most=MAX_GAPS)
    plain_letters = read.flag(payload, "plain_letters")
    gaps = tuple(_read_gap(item, index, plain_letters) for index, item in enumerate(items))
    if sorted(places_in(text)) != sorted(str(number) for number in range(1, len(gaps) + 1)):
        raise InvalidQuestion("text", QuestionFault.UNKNOWN)
    return Cloze(
        stem=stem,
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        text=text,
        gaps=gaps,
        plain_letters=plain_letters,
    )


def _read_gap(item: Payload, index: int, plain_letters: bool) -> Gap:
    kind = read.text(item, "kind", index=index, limit=40)
    if kind not in KINDS:
        raise InvalidQuestion("kind", QuestionFault.UNKNOWN, index)
    weight = read.whole(item, "weight", 1, index=index, low=1, high=MAX_WEIGHT)
    look = Look(read.choice(item, "look", list(Look)))
    if kind == multiple_choice.NAME and look is Look.LIST:
        look = Look.VERTICAL  # a list takes one choice alone
    has_options = kind in (single_choice.NAME, multiple_choice.NAME)
    try:
        question = KINDS[kind].parse({**item, **_FIXED, "plain_letters": plain_letters})
    except InvalidQuestion as invalid:
        raise InvalidQuestion(invalid.field, invalid.reason, index) from invalid
    if not has_options:
        return Gap(question, weight or 1)
    return Gap(question, weight or 1, look, read.flag(item, "shuffle"))


def dump(question: Cloze) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "text": question.text,
        "marks": read.number_text(question.marks),
        "gaps": [_dump_gap(gap) for gap in question.gaps],
        "plain_letters": question.plain_letters,
        "general_feedback": question.general_feedback,
    }


def _dump_gap(gap: Gap) -> dict[str, object]:
    own = gap.rules.dump(gap.question)
    fixed = {"type", "plain_letters", *_FIXED}
    kept = {name: own[name] for name in own if name not in fixed}
    return {
        "kind": gap.question.type,
        "weight": gap.weight,
        "look": gap.look.value,
        "shuffle": gap.shuffle,
        **kept,
    }


def match_ids(new: Cloze, old: Cloze) -> Cloze:
    """Keep the ids of options of the gap with the same number and kind."""
    known = old.by_key
    gaps = []
    for key, gap in new.by_key.items():
        stood = known.get(key)
        if stood is not None and stood.question.type == gap.question.type:
            gaps.append(replace(gap, question=gap.rules.match_ids(gap.question, stood.question)))
        else:
            gaps.append(gap)
    return replace(new, gaps=tuple(gaps))


def map_texts(question: Cloze, change: Callable[[str], str]) -> Cloze:
    """Change stem, text, and the gaps' options and feedback."""

    def changed(gap: Gap) -> Gap:
        asked = gap.rules.map_texts(
            gap.question, lambda text: text if text == _STEM else change(text)
        )
        return replace(gap, question=asked)

    return replace(
        question,
        stem=change(question.stem),
        text=change(question.text),
        general_feedback=change(question.general_feedback),
        gaps=tuple(changed(gap) for gap in question.gaps),
    )


def translated(question: Cloze, words: Cloze) -> Cloze:
    """Take the words of another language; its gaps may stand in another order."""
    if len(question.gaps) != len(words.gaps):
        raise WordsDiffer(WordsFault.OPTIONS)
    gaps = []
    for index, (gap, other) in enumerate(zip(question.gaps, words.gaps, strict=True)):
        if gap.question.type != other.question.type:
            raise WordsDiffer(WordsFault.TYPE, index)
        if gap.weight != other.weight:
            raise WordsDiffer(WordsFault.WEIGHTS, index)
        try:
            worded = gap.rules.translated(gap.question, other.question)
        except WordsDiffer as differ:
            raise WordsDiffer(differ.reason, index) from differ
        gaps.append(replace(gap, question=worded))
    return replace(
        question,
        stem=words.stem,
        text=words.text,
        general_feedback=words.general_feedback,
        gaps=tuple(gaps),
    )


def structure_digest(question: Cloze) -> str:
    """Hash what marking depends on."""
    gaps = [[gap.weight, gap.rules.structure_digest(gap.question)] for gap in question.gaps]
    return digest([NAME, read.number_text(question.marks), gaps])


def option_ids(question: Cloze) -> OptionOrder:
    """List the options of all gaps, each with its gap's key before it."""
    return tuple(
        f"{key}:{option}"
        for key, gap in question.by_key.items()
        for option in gap.rules.option_ids(gap.question)
    )


def draw(question: Cloze, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Shuffle the options of the gaps that are to be shuffled."""
    return tuple(
        f"{key}:{option}"
        for key, gap in question.by_key.items()
        for option in gap.rules.draw(gap.question, derived_seed(seed, key), shuffle=gap.shuffle)
    )


as_drawn = plain.as_drawn


def public(question: Cloze, order: Sequence[str]) -> dict[str, object]:
    """Show the text, and for each gap its kind, field and options."""
    return {
        "type": NAME,
        "stem": question.stem,
        "repeats": question.stem == with_dots(question.text),
        "segments": [list(each) for each in segments(question.text)],
        "marks": read.number_text(question.marks),
        "gaps": {
            key: {
                "kind": gap.question.type,
                "look": gap.look.value,
                "field": _prefix(key) + gap.rules.field_names(gap.question)[0],
                "size": _size(gap),
                "options": _options(gap, key, order),
            }
            for key, gap in question.by_key.items()
        },
    }


def _options(gap: Gap, key: str, order: Sequence[str]) -> object:
    own = [each.partition(":")[2] for each in order if each.partition(":")[0] == key]
    return gap.rules.public(gap.question, own).get("options", [])


def _size(gap: Gap) -> int:
    """Give room for the longest answer, in steps that don't tell how long it is."""
    answers = getattr(gap.question, "answers", ())
    longest = max((len(getattr(each, "text", "")) for each in answers), default=0)
    return 12 if longest <= 10 else 24 if longest <= 22 else 36


def _prefix(key: str) -> str:
    return f"gap-{key}-"


def field_names(question: Cloze) -> tuple[str, ...]:
    """Name the fields of all gaps."""
    return tuple(
        _prefix(key) + name
        for key, gap in question.by_key.items()
        for name in gap.rules.field_names(gap.question)
    )


def read_response(question: Cloze, form_values: FormValues) -> dict[str, object]:
    """Read what was given in each gap; gaps left open are left out."""
    given: dict[str, object] = {}
    for key, gap in question.by_key.items():
        start = _prefix(key)
        own = {n.removeprefix(start): v for n, v in form_values.items() if n.startswith(start)}
        try:
            payload = gap.rules.read_response(gap.question, own)
        except InvalidResponse as invalid:
            raise InvalidResponse(start + invalid.field, invalid.reason) from invalid
        if payload:
            given[key] = payload
    return {"gaps": given} if given else {}


def is_answered(question: Cloze, payload: Payload) -> bool:
    """Say whether every gap is filled."""
    given = answers_in(question, payload)
    return all(
        gap.rules.is_answered(gap.question, given[key]) for key, gap in question.by_key.items()
    )


def notice(question: Cloze, payload: Payload) -> ResponseNotice | None:
    """Remark what is to remark of the first gap that has something, or that gaps are open."""
    given = answers_in(question, payload)
    if not any(given.values()):
        return None
    for key, gap in question.by_key.items():
        found = gap.rules.notice(gap.question, given[key])
        if found is not None:
            return found
    return None if is_answered(question, payload) else ResponseNotice.INCOMPLETE


def mark(question: Cloze, payload: Payload) -> MarkResult:
    """Give the weighted mean of what the gaps earn."""
    given = answers_in(question, payload)
    total = sum(gap.weight for gap in question.gaps)
    marks = {key: gap.rules.mark(gap.question, given[key]) for key, gap in question.by_key.items()}
    parts = []
    earned = ZERO
    for key, gap in question.by_key.items():
        share = marks[key].fraction * gap.weight
        earned += share
        parts.append(
            PartResult(
                key,
                ", ".join(gap.rules.response_text(gap.question, given[key])) or None,
                ", ".join(gap.rules.key_text(gap.question)),
                marks[key].fraction == 1,
                share / total,
            )
        )
    answered = any(
        gap.rules.response_text(gap.question, given[key]) for key, gap in question.by_key.items()
    )
    return result(Decimal(earned) / total, parts, answered=answered)


def feedback(question: Cloze, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the gaps, each with its number, and the general one."""
    given = answers_in(question, payload)
    texts = [
        f"{key}. {text}"
        for key, gap in question.by_key.items()
        for text in gap.rules.feedback(gap.question, given[key])
    ]
    return tuple(text for text in (*texts, question.general_feedback) if text)


def key_text(question: Cloze) -> tuple[str, ...]:
    """Give what is right in each gap."""
    return tuple(
        f"{key}. {', '.join(gap.rules.key_text(gap.question))}"
        for key, gap in question.by_key.items()
    )


def response_text(question: Cloze, payload: Payload) -> tuple[str, ...]:
    """Give what was filled into each gap."""
    given = answers_in(question, payload)
    said = {
        key: gap.rules.response_text(gap.question, given[key])
        for key, gap in question.by_key.items()
    }
    return tuple(f"{key}. {', '.join(texts)}" for key, texts in said.items() if texts)


def answer_classes(question: Cloze) -> tuple[AnswerClass, ...]:
    """List the ways to answer each gap."""
    return tuple(
        _weighted(question, key, each)
        for key, gap in question.by_key.items()
        for each in gap.rules.answer_classes(gap.question)
    )


def summarise(question: Cloze, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count how each gap was answered."""
    given = answers_in(question, payload)
    return tuple(
        _weighted(question, key, each)
        for key, gap in question.by_key.items()
        for each in gap.rules.summarise(gap.question, given[key])
    )


def _weighted(question: Cloze, key: str, found: AnswerClass) -> AnswerClass:
    total = sum(gap.weight for gap in question.gaps)
    share = found.fraction * question.by_key[key].weight / total
    return AnswerClass(key, found.key, found.text, share)


def random_guess(question: Cloze) -> Decimal | None:
    """Give the weighted mean of the gaps; nothing where one of them can't tell."""
    total, earned = 0, ZERO
    for gap in question.gaps:
        guessed = gap.rules.random_guess(gap.question)
        if guessed is None:
            return None
        total += gap.weight
        earned += guessed * gap.weight
    return earned / total


def answers_in(question: Cloze, payload: Payload) -> dict[str, Mapping[str, object]]:
    """Find each gap's answer in a stored one, whatever else it holds; empty where it is open."""
    stored = payload.get("gaps")
    known = stored if isinstance(stored, dict) else {}
    found = {key: known.get(key) for key in question.by_key}
    return {key: value if isinstance(value, dict) else {} for key, value in found.items()}
