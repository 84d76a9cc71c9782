"""Writing a quiz file canonically: reading it again gives the same quiz."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from lms.quizzes.exchange import gift_types
from lms.quizzes.exchange.gift_forms import (
    Written,
    escape,
    feedback_part,
    general_part,
    text_part,
    weight,
)
from lms.quizzes.exchange.gift_units import unit_keys
from lms.quizzes.exchange.quiz_file import ItemStatus, QuizFile, QuizItem, Section
from lms.quizzes.exchange.sections import write_section
from lms.quizzes.question_types.choices import Option
from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.schemes import Scheme
from lms.quizzes.question_types.numerical.rules import Numerical, NumericAnswer, ToleranceKind
from lms.quizzes.question_types.payload import number_text
from lms.quizzes.question_types.protocol import ONE, ZERO, Marking, Question
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.quizzes.rules.settings import UNLIMITED, QuizSettings, dump_settings

_ALWAYS_WRITTEN = ("pass_mark", "attempts", "shuffle_questions", "shuffle_options", "feedback")


def write_gift(quiz: QuizFile) -> str:
    """Write a quiz file. Ids of options aren't in it: `match_ids` finds them again."""
    parts = [_front_matter(quiz)] if quiz.id else []
    category, section = "", 0
    for item in quiz.items:
        parts += [f"{write_section(each)}\n" for each in quiz.sections[section : item.section]]
        section = max(section, item.section)
        if item.category != category:
            parts.append(f"$CATEGORY: {escape(item.category)}\n")
            category = item.category
        parts.append(_item(item))
    parts += [f"{write_section(each)}\n" for each in quiz.sections[section:]]
    return "\n".join(parts)


def write_words(quiz: QuizFile) -> str:
    """Write the file of a quiz's English words; questions that have none yet are left out."""
    parts, section = [], 0
    sections = [Section(each.title_en, each.instruction_en) for each in quiz.sections]
    if not all(each.title for each in sections):
        sections = []
    for item in quiz.items:
        parts += [f"{write_section(each)}\n" for each in sections[section : item.section]]
        section = max(section, item.section)
        if item.words is not None:
            keys = f"// [id:{_key_value(item.id)}]{_hints(item)}"
            parts.append(f"{keys}\n{_question(item.words, words_only=True)}")
    parts += [f"{write_section(each)}\n" for each in sections[section:]]
    return "\n".join(parts)


def _hints(item: QuizItem) -> str:
    if item.words is None or item.words.hints == item.question.hints:
        return ""
    return "".join(f" [hint:{_key_value(hint)}]" for hint in item.words.hints)


def _front_matter(quiz: QuizFile) -> str:
    values: dict[str, object] = {"id": quiz.id}
    if quiz.title:
        values["title"] = dict(quiz.title)
    values |= written_settings(quiz.settings)
    written = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{written}---\n"


def written_settings(settings: QuizSettings) -> dict[str, object]:
    """Return the settings that a file says: the usual ones are left out, but for a few."""
    usual = dump_settings(QuizSettings())
    values = dump_settings(settings)
    written = {
        name: value
        for name, value in values.items()
        if name in _ALWAYS_WRITTEN or value != usual[name]
    }
    if settings.attempts is None:
        written["attempts"] = UNLIMITED
    mark = settings.pass_mark
    if mark is not None and mark == mark.to_integral_value():
        written["pass_mark"] = int(mark)
    return written


def _item(item: QuizItem) -> str:
    title = f"::{escape(item.title)}::" if item.title else ""
    return f"// {_keys(item)}\n{_question(item.question, title=title)}"


def _question(question: Question, *, title: str = "", words_only: bool = False) -> str:
    """Write keys of the type's own, title, stem and braces."""
    form = gift_types.FORMS.get(question.type)
    written = Written(_body(question)) if form is None else form.write(question)
    stem = written.stem
    if stem is None:
        stem = text_part(question.stem, lead=not title)
    keys = "".join(
        f"// [{name}:{_bracketed(value)}]\n"
        for name, value in (*_type_key(question), *written.keys)
        if value and (not words_only or name == "type" or (form and name in form.WORDS))
    )
    if written.body is None:
        return f"{keys}{title}{stem}\n"
    body = "".join(f"\n{line}" for line in written.body)
    return f"{keys}{title}{stem} {{{body}\n}}\n"


def _type_key(question: Question) -> list[tuple[str, str]]:
    """Name the type where its shape alone doesn't."""
    is_named = question.type in gift_types.FORMS and question.type not in gift_types.BY_SHAPE
    return [("type", question.type)] if is_named else []


def _keys(item: QuizItem) -> str:
    question = item.question
    keys = [("id", item.id), *(("fact", fact) for fact in item.facts)]
    keys += [("lesson", item.lesson), ("slot", item.slot), *(("tag", tag) for tag in item.tags)]
    keys.append(("pinned", str(item.pinned or "")))
    if item.status is not ItemStatus.PUBLISHED:
        keys.append(("status", item.status.value))
    if question.marks != ONE and question.marking is not Marking.NONE:
        keys.append(("marks", number_text(question.marks)))
    if isinstance(question, MultipleChoice) and question.scoring != Scheme.SUM_OF_FRACTIONS:
        keys.append(("scoring", question.scoring.replace("_", "-")))
    if isinstance(question, Numerical):
        keys += [("unit", question.unit), *unit_keys(question)]
    keys += [("hint", hint) for hint in question.hints]
    return " ".join(f"[{name}:{_key_value(value)}]" for name, value in keys if value)


def _key_value(value: str) -> str:
    return _bracketed(" ".join(value.split()))


def _bracketed(value: str) -> str:
    return escape(value).replace("]", "\\]")


def _body(question: Question) -> Iterator[str]:
    match question:
        case SingleChoice() | MultipleChoice():
            is_single = isinstance(question, SingleChoice)
            yield from (_option(option, is_single) for option in question.options)
        case TrueFalse():
            yield _true_false(question)
        case Matching():
            yield from _pairs(question)
        case Numerical():
            yield "#"
            yield from (_numeric(answer) for answer in question.answers)
            if question.other_feedback:
                yield f"~{feedback_part(question.other_feedback)}"
        case _:
            raise TypeError(f"no way to write a question of type {question.type}")
    yield from general_part(question)


def _option(option: Option, is_single: bool) -> str:
    is_key = is_single and option.fraction == ONE
    sign, usual = ("=", ONE) if is_key else ("~", ZERO)
    plain = option.fraction == usual and not option.text.startswith("%")
    percent = "" if plain else weight(option.fraction)
    return f"{sign}{percent}{text_part(option.text)}{feedback_part(option.feedback)}"


def _true_false(question: TrueFalse) -> str:
    right, wrong = question.feedback_true, question.feedback_false
    if not question.answer:
        right, wrong = wrong, right
    word = "TRUE" if question.answer else "FALSE"
    tail = f"#{text_part(wrong)}#{text_part(right)}" if right else feedback_part(wrong)
    return word + tail


def _pairs(question: Matching) -> Iterator[str]:
    texts = {answer.id: answer.text for answer in question.answers}
    for stem in question.stems:
        left = text_part(stem.text).replace("->", "-\\>")
        # A stem that begins with a percentage would be read as a weight.
        percent = weight(ONE) if stem.text.startswith("%") else ""
        yield f"={percent}{left} -> {text_part(texts[stem.answer])}{feedback_part(stem.feedback)}"
    used = {stem.answer for stem in question.stems}
    yield from (f"= -> {text_part(text)}" for key, text in texts.items() if key not in used)


def _numeric(answer: NumericAnswer) -> str:
    percent = "" if answer.fraction == ONE else weight(answer.fraction)
    reach, sign = answer.tolerance, ""
    if answer.tolerance_kind is not ToleranceKind.NOMINAL:
        reach, sign = reach.scaleb(2), "%"
    lead = "/" if answer.tolerance_kind is ToleranceKind.GEOMETRIC else ""
    value = f"{number_text(answer.value)}:{lead}{number_text(reach)}{sign}"
    return f"={percent}{value}{feedback_part(answer.feedback)}"
