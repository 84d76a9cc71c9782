"""Right answers, from the course's own quiz files: found by a question's and its options' words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
from markdown_it import MarkdownIt

from lms.quizzes.exchange.gift import read_gift
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.numerical.rules import Numerical
from lms.quizzes.question_types.protocol import Question
from lms.quizzes.question_types.registry import rules_for
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse

CONTENT = Path(__file__).parents[1] / "content" / "os2"
Values = dict[str, list[str]]


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, so that mark-up and spacing don't matter."""
    return "".join(c for c in text.casefold() if c.isalnum())


@cache
def _plain_markdown(text: str) -> str:
    return plain(lxml.html.fromstring(f"<div>{MarkdownIt().render(text)}</div>").text_content())


@cache
def questions() -> Mapping[str, list[Question]]:
    """Return every question of the course by its words; parallel ones may begin alike."""
    found: dict[str, list[Question]] = {}
    files = [*CONTENT.glob("modules/*/quiz.gift"), *CONTENT.glob("tests/*.gift")]
    for path in sorted(path for path in files if not path.name.endswith(".en.gift")):
        for item in read_gift(path.read_text(encoding="utf-8")).items:
            found.setdefault(_plain_markdown(item.question.stem), []).append(item.question)
    return found


def answer(fieldset: Any) -> Values:
    """Return what to fill in for a question as it is drawn, to have it all right."""
    legend = fieldset.xpath(".//legend//span[@lang='ro']")[0].text_content()
    alike, said = questions()[plain(legend)], plain(fieldset.text_content())
    question = next(q for q in alike if all(k in said for k in _key_of(q)))
    if isinstance(question, Matching):
        return _matched(fieldset, question)
    if isinstance(question, Numerical):
        name = fieldset.xpath(".//input[@type='text']")[0].get("name")
        return {name: [rules_for(question).key_text(question)[0].replace(".", ",")]}
    wanted = set(rules_for(question).key_text(question))
    if isinstance(question, TrueFalse):
        boxes = fieldset.xpath(".//input[@type='radio']")
        return {boxes[0].get("name"): [b.get("value") for b in boxes if b.get("value") in wanted]}
    kind = "checkbox" if isinstance(question, MultipleChoice) else "radio"
    return _ticked(fieldset, kind, {_plain_markdown(text) for text in wanted})


def _key_of(question: Question) -> list[str]:
    """Return the words of the right options: what tells questions apart that begin alike."""
    if isinstance(question, SingleChoice | MultipleChoice):
        return [_plain_markdown(text) for text in rules_for(question).key_text(question)]
    return []


def _ticked(fieldset: Any, kind: str, wanted: set[str]) -> Values:
    values: Values = {}
    for label in fieldset.xpath(".//label[contains(@class,'option')]"):
        box = label.xpath(f".//input[@type='{kind}']")[0]
        words = label.xpath(".//*[contains(@class,'option-text')]")[0].text_content()
        if plain(words) in wanted:
            values.setdefault(box.get("name"), []).append(box.get("value"))
    return values


def _matched(fieldset: Any, question: Matching) -> Values:
    texts = {a.id: _plain_markdown(a.text) for a in question.answers}
    wanted = {_plain_markdown(stem.text): texts[stem.answer] for stem in question.stems}
    values: Values = {}
    for row in fieldset.xpath(".//*[contains(@class,'match-row')]"):
        right = wanted[plain(row.xpath(".//label")[0].text_content())]
        select = row.xpath(".//select")[0]
        values[select.get("name")] = [
            option.get("value")
            for option in select.xpath(".//option")
            if plain(option.text_content()) == right
        ][:1]
    return values
