"""What QTI's interactions ask, as the plain values that questions are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.qti.feedback import Feedback
from lms.quizzes.exchange.qti.scoring import Key, marks_of, number_of, share
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.ids import derive_id, same_text
from lms.quizzes.question_types.payload import number_text

Payload = dict[str, object]
Found = tuple[Payload, list[int]]

SCORING_CLASS = "scoring-"
WILDCARDS = "wildcards"
ANY_DIACRITICS = "any-diacritics"
UNIT_CLASS = "unit"
PICK_CLASS = "pick-"
ANSWER = "ANSWER"
OTHER = "OTHER"


class Unfit(ValueError):
    """Say why an interaction can't be a question."""

    def __init__(
        self, element: Element, reason: str, kind: ProblemKind = ProblemKind.NOT_SUPPORTED
    ) -> None:
        super().__init__(reason)
        self.element = element
        self.reason = reason
        self.kind = kind


@dataclass
class Item:
    """One item with its one interaction, while it is read."""

    root: Element
    interaction: Element
    key: Key
    feedback: Feedback
    text_of: Callable[..., str]
    lose: Callable[..., None]
    consumed: list[Element] = field(default_factory=list)  # of the body, not part of the stem

    @property
    def classes(self) -> Collection[str]:
        """List the interaction's classes."""
        return self.interaction.get("class", "").split()

    @property
    def whole(self) -> Decimal:
        """Tell what the item is worth."""
        return marks_of(self.root, self.key) or Decimal(1)


def choice(item: Item) -> Found:
    """Read one option of several, several, or true and false."""
    choices = item.interaction.findall("simpleChoice")
    if item.key.cardinality == "single" or item.interaction.get("maxChoices") == "1":
        return _single(item, choices)
    fractions, scoring = _several(item, choices)
    options = [_option(item, each, fractions[_name(each)]) for each in choices]
    payload: Payload = {"type": "multiple_choice", "options": options, "scoring": scoring}
    return payload, [line_of(each) for each in choices]


def _name(element: Element) -> str:
    return element.get("identifier", "")


def _single(item: Item, choices: list[Element]) -> Found:
    fractions = _single_fractions(item, choices)
    names = [_name(each).lower() for each in choices]
    if sorted(names) == ["false", "true"] and sorted(fractions.values()) == [0, 1]:
        options = [_option(item, each, fractions[_name(each)]) for each in choices]
        said = dict(zip(names, (str(each["feedback"]) for each in options), strict=True))
        right = next(name for name in fractions if fractions[name] == 1)
        return {
            "type": "true_false",
            "answer": right.lower() == "true",
            "feedback_true": said["true"],
            "feedback_false": said["false"],
        }, []
    options = [_option(item, each, fractions[_name(each)]) for each in choices]
    return {"type": "single_choice", "options": options}, [line_of(each) for each in choices]


def _single_fractions(item: Item, choices: list[Element]) -> dict[str, Decimal]:
    key = item.key
    if not key.by_map:
        if not key.correct:
            raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
        return {_name(each): Decimal(_name(each) in key.correct) for each in choices}
    worth = {_name(each): key.mapped.get(_name(each), key.default) for each in choices}
    most = item.whole
    if max(worth.values(), default=Decimal(0)) != most:
        most = max(worth.values(), default=Decimal(0))
    if most <= 0:
        raise Unfit(item.interaction, "mapping", ProblemKind.BAD_ANSWERS)
    return {name: _bounded(item, share(value, most)) for name, value in worth.items()}


def _several(item: Item, choices: list[Element]) -> tuple[dict[str, Decimal], str]:
    key = item.key
    names = [_name(each) for each in choices]
    scoring = next((c for c in item.classes if c.startswith(SCORING_CLASS)), "")
    if key.mapped and (key.by_map or scoring):
        worth = {name: key.mapped.get(name, key.default) for name in names}
        whole = sum((value for value in worth.values() if value > 0), Decimal(0))
        if whole <= 0:
            raise Unfit(item.interaction, "mapping", ProblemKind.BAD_ANSWERS)
        if scoring:
            whole = item.whole  # our own file: weights are kept as they are
        fractions = {name: _bounded(item, share(value, whole)) for name, value in worth.items()}
        if not scoring and key.upper is not None and key.upper < whole:
            item.lose(Lost.PARTIAL_MARKS, f"{number_text(key.upper)} < {number_text(whole)}")
        return fractions, scoring.removeprefix(SCORING_CLASS)
    right = [name for name in names if name in key.correct]
    if not right:
        raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
    part = round(Decimal(1) / len(right), 7)
    fractions = {name: part if name in right else Decimal(0) for name in names}
    return fractions, "all_or_nothing"


def _bounded(item: Item, fraction: Decimal) -> Decimal:
    if fraction < -1:
        item.lose(Lost.PARTIAL_MARKS, number_text(fraction))
        return Decimal(-1)
    return fraction


def _option(item: Item, element: Element, fraction: Decimal) -> dict[str, object]:
    inline, elements = item.feedback.inline(element)
    said = inline or item.feedback.of(_name(element))
    if not said and item.key.cardinality == "single":
        said = item.feedback.by_rightness(is_right=fraction == 1)
    return {
        "text": item.text_of(element, elements),
        "fraction": number_text(fraction),
        "feedback": said,
    }


def match(item: Item) -> Found:
    """Read stems to be matched, each with one right answer."""
    sets = item.interaction.findall("simpleMatchSet")
    if len(sets) != 2:
        raise Unfit(item.interaction, "simpleMatchSet", ProblemKind.BAD_ANSWERS)
    pairs = item.key.correct or [name for name, value in item.key.mapped.items() if value > 0]
    wanted = [pair.split() for pair in pairs if len(pair.split()) == 2]
    left, right = (each.findall("simpleAssociableChoice") for each in sets)
    found = dict(wanted)
    if len(found) != len(wanted) or set(found) != {_name(each) for each in left}:
        raise Unfit(item.interaction, "matchInteraction, correctResponse")
    if len({item.key.mapped.get(pair) for pair in pairs}) > 1:
        item.lose(Lost.PARTIAL_MARKS)
    elif not item.key.by_map:
        item.lose(Lost.SCORING)
    texts = {_name(each): item.text_of(each) for each in right}
    ids = {name: derive_id(text, prefix="a") for name, text in texts.items()}
    if not set(found.values()) <= set(ids):
        raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
    answers = {same_text(text): {"id": ids[name], "text": text} for name, text in texts.items()}
    stems = [
        {
            "text": item.text_of(each),
            "answer": ids[found[_name(each)]],
            "feedback": item.feedback.of(_name(each)),
        }
        for each in left
    ]
    payload: Payload = {"type": "matching", "stems": stems, "answers": list(answers.values())}
    return payload, [line_of(each) for each in left]


def order(item: Item) -> Found:
    """Read items to be put in order, from the right one."""
    choices = {_name(each): each for each in item.interaction.findall("simpleChoice")}
    right = [name for name in item.key.correct if name in choices]
    if len(right) != len(choices):
        raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
    classes = list(item.classes)
    scoring = next((c for c in classes if c.startswith(SCORING_CLASS)), "")
    pick = next((c.split("-") for c in classes if c.startswith(PICK_CLASS)), [])
    payload: Payload = {
        "type": "ordering",
        "items": [{"text": item.text_of(choices[name])} for name in right],
        "scoring": scoring.removeprefix(SCORING_CLASS) or "all_or_nothing",
    }
    if len(pick) == 3:
        payload |= {"pick": pick[1], "count": int(pick[2][:6]) if pick[2].isdecimal() else None}
    return payload, [line_of(choices[name]) for name in right]


def essay(item: Item) -> Found:
    """Read a text to be written; what is said to those who mark goes with it."""
    notes = [e for e in item.root.iter("rubricBlock") if "scorer" in e.get("view", "").split()]
    item.consumed += notes
    lines = number_of(item.interaction.get("expectedLines"))
    limits = {c.rpartition("-")[0]: c.rpartition("-")[2] for c in item.classes}
    payload: Payload = {
        "type": "essay",
        "lines": min(40, max(2, int(lines))) if lines else 10,
        "format": "mono" if "mono" in item.classes else "plain",
        "notes": "\n\n".join(item.text_of(each) for each in notes),
    }
    for name in ("min_words", "max_words"):
        written = limits.get(name.replace("_", "-"), "")
        payload[name] = int(written[:6]) if written.isdecimal() else None
    return payload, []


def text_entry(item: Item) -> Found:
    """Read a number, or a word or a few."""
    is_number = item.key.base_type in {"float", "integer"}
    return _number(item) if is_number or item.key.numbers else _words(item)


def _words(item: Item) -> Found:
    key = item.key
    worth: dict[str, Decimal] = {}
    if key.by_map and key.mapped:
        most = max(key.mapped.values())
        if most <= 0:
            raise Unfit(item.interaction, "mapping", ProblemKind.BAD_ANSWERS)
        worth = {name: share(max(v, Decimal(0)), most) for name, v in key.mapped.items()}
    else:
        worth = dict.fromkeys(key.correct, Decimal(1))
    if not worth:
        raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
    cases = {key.cases.get(name, True) for name in worth}
    if len(cases) > 1:
        item.lose(Lost.CASE)
    is_pattern = WILDCARDS in item.classes
    answers = [
        {
            "text": name if is_pattern else name.replace("*", "\\*"),
            "fraction": number_text(fraction),
            "feedback": item.feedback.of(f"{ANSWER}{at}"),
        }
        for at, (name, fraction) in enumerate(worth.items(), start=1)
    ]
    return {
        "type": "short_answer",
        "answers": answers,
        "case": cases == {True},
        "plain_letters": ANY_DIACRITICS in item.classes,
    }, []


def _number(item: Item) -> Found:
    answers = []
    for at, each in enumerate(item.key.numbers, start=1):
        score = item.whole if each.score is None else each.score
        answers.append(
            {
                "value": number_text(each.value),
                "tolerance": number_text(each.tolerance),
                "tolerance_kind": each.kind,
                "fraction": number_text(max(Decimal(0), share(score, item.whole))),
                "feedback": item.feedback.of(each.feedback or f"{ANSWER}{at}"),
            }
        )
    if not answers:
        answers = _plain_numbers(item)
    unit = next((e for e in item.root.iter("span") if UNIT_CLASS in e.get("class", "")), None)
    if unit is not None:
        item.consumed.append(unit)
    return {
        "type": "numerical",
        "answers": answers,
        "unit": " ".join("".join(unit.itertext()).split()) if unit is not None else "",
        "other_feedback": item.feedback.of(OTHER),
    }, []


def _plain_numbers(item: Item) -> list[dict[str, str]]:
    """Read numbers that must be met exactly."""
    key = item.key
    worth = key.mapped if key.by_map and key.mapped else dict.fromkeys(key.correct, Decimal(1))
    most = max(worth.values(), default=Decimal(0))
    found = [(number_of(name), value) for name, value in worth.items()]
    if most <= 0 or any(value is None for value, _ in found):
        raise Unfit(item.interaction, "correctResponse", ProblemKind.BAD_ANSWERS)
    return [
        {"value": number_text(value), "fraction": number_text(max(Decimal(0), share(w, most)))}
        for value, w in found
        if value is not None
    ]
