"""Stems to be matched with answers: right ones over all stems.

Several stems may share an answer, and answers without a stem are there to mislead.
Answers are always shuffled; stems stay as the author put them (they are often steps in order).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from lms.quizzes.question_types import choices
from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types.ids import Known, digest, keep_ids, same_text
from lms.quizzes.question_types.protocol import (
    ONE,
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    MarkResult,
    OptionOrder,
    PartResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    WordsDiffer,
    WordsFault,
    result,
)
from lms.quizzes.rules.assembly import shuffled

NAME: str = "matching"


@dataclass(frozen=True)
class Stem:
    """Hold one text to be matched, and the id of its answer."""

    id: str
    text: str
    answer: str
    feedback: str = ""


@dataclass(frozen=True)
class Answer:
    """Hold one text to match with."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Matching(Question):
    """Ask for the answer of each stem."""

    type: ClassVar[str] = NAME
    stems: tuple[Stem, ...]
    answers: tuple[Answer, ...]


def parse(payload: Payload) -> Matching:
    """Read the question: at least two stems, at least two different answers."""
    answers = tuple(
        _read_answer(item, index)
        for index, item in enumerate(read.objects(payload, "answers", least=2))
    )
    stems = tuple(
        _read_stem(item, index, answers)
        for index, item in enumerate(read.objects(payload, "stems", least=2))
    )
    read.refuse_duplicates("answers", [same_text(answer.text) for answer in answers])
    read.refuse_duplicates("stems", [same_text(stem.text) for stem in stems])
    read.refuse_duplicates("id", [s.id for s in stems] + [a.id for a in answers])
    return Matching(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        stems=stems,
        answers=_by_first_use(answers, stems),
    )


def _by_first_use(answers: Sequence[Answer], stems: Sequence[Stem]) -> tuple[Answer, ...]:
    """Order answers as the stems need them, then those that mislead: one order for one question."""
    used = dict.fromkeys(stem.answer for stem in stems)
    place = {answer_id: index for index, answer_id in enumerate(used)}
    return tuple(sorted(answers, key=lambda answer: place.get(answer.id, len(place))))


def _read_answer(item: Payload, index: int) -> Answer:
    words = read.text(item, "text", index=index)
    return Answer(read.identifier(item, words, index=index, prefix="a"), words)


def _read_stem(item: Payload, index: int, answers: Sequence[Answer]) -> Stem:
    words = read.text(item, "text", index=index)
    wanted = read.text(item, "answer", index=index, limit=32)
    if wanted not in {answer.id for answer in answers}:
        raise InvalidQuestion("answer", QuestionFault.UNKNOWN, index)
    return Stem(
        id=read.identifier(item, words, index=index, prefix="s"),
        text=words,
        answer=wanted,
        feedback=read.text(item, "feedback", index=index, required=False),
    )


def dump(question: Matching) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "stems": [
            {"id": s.id, "text": s.text, "answer": s.answer, "feedback": s.feedback}
            for s in question.stems
        ],
        "answers": [{"id": a.id, "text": a.text} for a in question.answers],
        "general_feedback": question.general_feedback,
    }


def match_ids(new: Matching, old: Matching) -> Matching:
    """Keep ids of answers by text or place, then of stems by text, or place and answer."""
    answer_ids = keep_ids(
        [Known(answer.id, answer.text, "") for answer in new.answers],
        [Known(answer.id, answer.text, "") for answer in old.answers],
    )
    stems = [replace(stem, answer=answer_ids[stem.answer]) for stem in new.stems]
    stem_ids = keep_ids(
        [Known(stem.id, stem.text, stem.answer) for stem in stems],
        [Known(stem.id, stem.text, stem.answer) for stem in old.stems],
    )
    return replace(
        new,
        stems=tuple(replace(stem, id=stem_ids[stem.id]) for stem in stems),
        answers=tuple(replace(answer, id=answer_ids[answer.id]) for answer in new.answers),
    )


def map_texts(question: Matching, change: Callable[[str], str]) -> Matching:
    """Change the words of stems, answers and feedback; keep ids."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        stems=tuple(
            replace(stem, text=change(stem.text), feedback=change(stem.feedback))
            for stem in question.stems
        ),
        answers=tuple(replace(answer, text=change(answer.text)) for answer in question.answers),
    )


def translated(question: Matching, words: Matching) -> Matching:
    """Take the words of another language; each stem leads to the answer at the same place."""
    if len(question.stems) != len(words.stems) or len(question.answers) != len(words.answers):
        raise WordsDiffer(WordsFault.OPTIONS)
    here, there = option_ids(question), option_ids(words)
    for index, (stem, other) in enumerate(zip(question.stems, words.stems, strict=True)):
        if here.index(stem.answer) != there.index(other.answer):
            raise WordsDiffer(WordsFault.KEY, index)
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        stems=tuple(
            replace(stem, text=other.text, feedback=other.feedback)
            for stem, other in zip(question.stems, words.stems, strict=True)
        ),
        answers=tuple(
            replace(answer, text=other.text)
            for answer, other in zip(question.answers, words.answers, strict=True)
        ),
    )


def structure_digest(question: Matching) -> str:
    """Hash what marking depends on."""
    pairs = sorted([stem.id, stem.answer] for stem in question.stems)
    marks = read.number_text(question.marks)
    return digest([NAME, marks, pairs, sorted(option_ids(question))])


def option_ids(question: Matching) -> OptionOrder:
    """List the answers in the author's order."""
    return tuple(answer.id for answer in question.answers)


def draw(question: Matching, seed: int, *, shuffle: bool = True) -> OptionOrder:
    """Shuffle the answers even where a quiz doesn't shuffle: their order is the key."""
    return shuffled(option_ids(question), seed, "options")


def as_drawn(question: Matching, order: Sequence[str]) -> Matching:
    """Change nothing: every attempt meets the same question."""
    return question


def public(question: Matching, order: Sequence[str]) -> dict[str, object]:
    """Show stems and answers apart."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "stems": [
            {"id": stem.id, "text": stem.text, "field": field_of(stem)} for stem in question.stems
        ],
        "answers": choices.public_options(_answer_texts(question), order),
    }


def field_of(stem: Stem) -> str:
    """Name the form field of one stem."""
    return f"match-{stem.id}"


def field_names(question: Matching) -> tuple[str, ...]:
    """Name one field for each stem."""
    return tuple(field_of(stem) for stem in question.stems)


def read_response(question: Matching, form_values: FormValues) -> dict[str, object]:
    """Read the answer chosen for each stem; stems left open are left out."""
    ids = option_ids(question)
    chosen = {
        stem.id: choices.read_one(ids, form_values, field_of(stem)) for stem in question.stems
    }
    pairs = {stem_id: answer for stem_id, answer in chosen.items() if answer}
    return {"pairs": pairs} if pairs else {}


def is_answered(question: Matching, payload: Payload) -> bool:
    """Say whether every stem has an answer."""
    return len(_pairs(question, payload)) == len(question.stems)


def notice(question: Matching, payload: Payload) -> ResponseNotice | None:
    """Remark that some stems are still open."""
    given = len(_pairs(question, payload))
    return ResponseNotice.INCOMPLETE if 0 < given < len(question.stems) else None


def mark(question: Matching, payload: Payload) -> MarkResult:
    """Give right stems over all stems."""
    pairs = _pairs(question, payload)
    parts = [_part(stem, pairs.get(stem.id), len(question.stems)) for stem in question.stems]
    right = sum(part.is_right for part in parts)
    fraction = Decimal(right) / len(question.stems)
    return result(fraction, parts, answered=bool(pairs), feedback=list(pairs))


def _part(stem: Stem, given: str | None, stems: int) -> PartResult:
    is_right = given == stem.answer
    return PartResult(stem.id, given, stem.answer, is_right, ONE / stems if is_right else ZERO)


def feedback(question: Matching, payload: Payload) -> tuple[str, ...]:
    """Show the feedback of the stems answered, and the general one."""
    pairs = _pairs(question, payload)
    texts = [stem.feedback for stem in question.stems if stem.id in pairs]
    return tuple(text for text in (*texts, question.general_feedback) if text)


def key_text(question: Matching) -> tuple[str, ...]:
    """Give each stem with its answer."""
    texts = _answer_texts(question)
    return tuple(f"{stem.text} → {texts[stem.answer]}" for stem in question.stems)


def response_text(question: Matching, payload: Payload) -> tuple[str, ...]:
    """Give each stem answered with what was chosen for it."""
    texts, pairs = _answer_texts(question), _pairs(question, payload)
    return tuple(
        f"{stem.text} → {texts[pairs[stem.id]]}" for stem in question.stems if stem.id in pairs
    )


def answer_classes(question: Matching) -> tuple[AnswerClass, ...]:
    """List every answer under every stem."""
    share = ONE / len(question.stems)
    return tuple(
        AnswerClass(stem.id, each.id, each.text, share if each.id == stem.answer else ZERO)
        for stem in question.stems
        for each in question.answers
    )


def summarise(question: Matching, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count what was chosen for each stem."""
    pairs = _pairs(question, payload)
    known = {(each.part, each.key): each for each in answer_classes(question)}
    return tuple(
        known.get((stem.id, pairs.get(stem.id, "")), AnswerClass(stem.id, "", "", ZERO))
        for stem in question.stems
    )


def random_guess(question: Matching) -> Decimal | None:
    """Expect one stem in as many as there are answers."""
    return ONE / len(question.answers)


def _answer_texts(question: Matching) -> dict[str, str]:
    return {answer.id: answer.text for answer in question.answers}


def _pairs(question: Matching, payload: Payload) -> dict[str, str]:
    """Find the known pairs in a stored answer, whatever else it holds."""
    stored = payload.get("pairs")
    if not isinstance(stored, dict):
        return {}
    known = set(option_ids(question))
    given = ((stem.id, stored.get(stem.id)) for stem in question.stems)
    return {key: value for key, value in given if isinstance(value, str) and value in known}
