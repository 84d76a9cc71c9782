"""From a question as it was written to its payload: which options are right, and of what type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.workshop.plain import Draft, Option
from lms.quizzes.workshop.values import Asked, Fault

_ARROW = re.compile(r"(?<!\s)\s*(?:->|→|=>)\s*")
_NUMBER = re.compile(r"([+-]?\d[\d .,]*+)\s*+(?:(?:±|\+/-|:)\s*+(\d[\d .,]*+))?\s*+(\D{0,30})")
_TRUTH = {
    **dict.fromkeys(("adevărat", "adevarat", "true", "a", "t"), True),
    **dict.fromkeys(("fals", "false", "f"), False),
}
_SHARE = Decimal("0.00001")


class Undecided(Exception):
    """The trainer must say which is meant."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked.value)
        self.asked = asked


class Unfit(ValueError):
    """What was written makes no question."""

    def __init__(self, fault: Fault, line: int, detail: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.line = line
        self.detail = detail


@dataclass(frozen=True)
class Decided:
    """A payload without the keys of its comment, and the line of each option."""

    payload: dict[str, object]
    lines: tuple[int, ...] = field(default=())


def even_shares(count: int) -> list[Decimal]:
    """Share the whole in per cent evenly, as exactly as weights are written."""
    share = (Decimal(100) / count).quantize(_SHARE, ROUND_DOWN)
    return [share] * count


def decide(draft: Draft) -> Decided:
    """Make the payload; raise `Undecided` or `Unfit`."""
    if not draft.words:
        raise Unfit(Fault.NO_STEM, draft.first)
    decided = _by_options(draft) if draft.options else _by_answer(draft)
    decided.payload["stem"] = draft.words
    decided.payload["general_feedback"] = "\n\n".join(draft.general)
    return decided


def _by_options(draft: Draft) -> Decided:
    if len(draft.options) < 2:
        raise Unfit(Fault.ONE_OPTION, draft.options[0].line)
    if all(_ARROW.search(o.text) and not o.is_right for o in draft.options):
        return _matching(draft.options)
    right = _right_places(draft)
    several = len(right) > 1 or draft.is_ticked
    share = even_shares(len(right))[0] if several else Decimal(100)
    fraction = number_text(share.scaleb(-2))
    options = [
        {
            "text": option.text,
            "fraction": fraction if place in right else "0",
            "feedback": option.feedback,
        }
        for place, option in enumerate(draft.options)
    ]
    name = "multiple_choice" if several else "single_choice"
    return Decided({"type": name, "options": options}, tuple(o.line for o in draft.options))


def _right_places(draft: Draft) -> frozenset[int]:
    """Find the right options; what is said last, under the question, stands above the rest."""
    if draft.answer is not None:
        return _places(draft, *draft.answer)
    marked = frozenset(i for i, o in enumerate(draft.options) if o.is_right)
    strong = frozenset(i for i, o in enumerate(draft.options) if o.is_strong)
    if len(strong) == len(draft.options):  # a way of writing, not a key
        strong = frozenset()
    key = _places(draft, *draft.key) if draft.key is not None else frozenset()
    said = {places for places in (marked, strong, key) if places}
    if not said:
        raise Undecided(Asked.NO_RIGHT)
    if len(said) > 1:
        raise Undecided(Asked.MARKS_DIFFER)
    return said.pop()


def _places(draft: Draft, said: str, line: int) -> frozenset[int]:
    """Read „b”, „b, d”, „b și d” or an option's own words."""
    by_words = [i for i, o in enumerate(draft.options) if same_text(o.text) == same_text(said)]
    if len(by_words) == 1:
        return frozenset(by_words)
    letters = [t.lower() for t in re.findall(r"[^\W\d_]+", said)]
    letters = [t for t in letters if t not in ("și", "şi", "si", "and")]
    if draft.style == "number":
        letters = [chr(ord("a") + int(t) - 1) for t in re.findall(r"\d{1,2}", said) if int(t)]
    if not letters or any(len(letter) != 1 for letter in letters):
        raise Unfit(Fault.ANSWER_UNREAD, line, said[:40])
    places = [ord(letter) - ord("a") for letter in letters]
    wrong = next((p for p in places if not 0 <= p < len(draft.options)), None)
    if wrong is not None:
        raise Unfit(Fault.ANSWER_UNKNOWN, line, letters[places.index(wrong)])
    return frozenset(places)


def _matching(options: Sequence[Option]) -> Decided:
    answers: dict[str, dict[str, str]] = {}
    stems = []
    for option in options:
        left, right = _ARROW.split(option.text, maxsplit=1)
        answer = answers.setdefault(
            same_text(right), {"id": derive_id(right, prefix="a"), "text": right}
        )
        stems.append({"text": left, "answer": answer["id"], "feedback": option.feedback})
    payload: dict[str, object] = {
        "type": "matching",
        "stems": stems,
        "answers": list(answers.values()),
    }
    return Decided(payload, tuple(option.line for option in options))


def _by_answer(draft: Draft) -> Decided:
    """Read a question without options by its answer: true or false, or a number."""
    said, line = draft.answer or draft.key or ("", draft.first)
    if not said:
        raise Unfit(Fault.NO_ANSWERS, draft.first)
    truth = _TRUTH.get(said.strip(" .").lower())
    if truth is not None:
        return Decided({"type": "true_false", "answer": truth})
    match = _NUMBER.fullmatch(said.strip())
    if match is None:
        raise Unfit(Fault.ANSWER_UNREAD, line, said[:40])
    value = _number(match[1], line)
    tolerance = _number(match[2], line) if match[2] else "0"
    answers = [{"value": value, "tolerance": tolerance, "fraction": "1"}]
    unit = match[3].strip(" .")
    return Decided({"type": "numerical", "answers": answers, "unit": unit}, (line,))


def _number(written: str, line: int) -> str:
    """Read a number that can be meant in one way only; „1.234” could be two."""
    text = written.strip().replace(" ", "").rstrip(".,")
    if re.fullmatch(r"[+-]?\d+", text):
        return text
    if match := re.fullmatch(r"([+-]?\d{1,3}(?:\.\d{3})+),(\d+)", text):
        return f"{match[1].replace('.', '')}.{match[2]}"
    match = re.fullmatch(r"([+-]?\d+)[.,](\d+)", text)
    if match is None or (len(match[2]) == 3 and len(match[1].lstrip("+-")) < 4):
        raise Unfit(Fault.NUMBER_UNCLEAR, line, written.strip())
    return f"{match[1]}.{match[2]}"
