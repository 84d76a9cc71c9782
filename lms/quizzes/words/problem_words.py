"""What is wrong with a quiz's file or text, in a sentence; translated where it is shown."""

from __future__ import annotations

from typing import Any

from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.question_types.protocol import QuestionFault, WordsFault
from lms.quizzes.rules.bands import BandFault, BandsRefused
from lms.quizzes.rules.settings import SettingFault
from lms.web.forms import lazy

_QUIZ = {
    ProblemKind.TOO_LARGE: lazy("the file is too large"),
    ProblemKind.CONTROL_CHARACTER: lazy("there is a control character"),
    ProblemKind.BAD_FRONT_MATTER: lazy("the settings can’t be read"),
    ProblemKind.BAD_SETTING: lazy("a setting can’t be used"),
    ProblemKind.MISSING_ID: lazy("the question has no [id:…]"),
    ProblemKind.BAD_ID: lazy("the id is not usable: letters a–z, digits, - . and _ only"),
    ProblemKind.DUPLICATE_ID: lazy("the question’s id is already used"),
    ProblemKind.BAD_KEY: lazy("a key in brackets can’t be read"),
    ProblemKind.UNKNOWN_KEY: lazy("a key in brackets is not known and was left out"),
    ProblemKind.KEY_NOT_USED: lazy("a key in brackets says nothing for this type of question"),
    ProblemKind.NOT_SUPPORTED: lazy("this type of question is not supported"),
    ProblemKind.UNCLOSED_BRACE: lazy("a brace { is never closed"),
    ProblemKind.UNEXPECTED_BRACE: lazy("a brace stands where none is expected"),
    ProblemKind.MISSING_BLANK_LINE: lazy("an empty line is missing between two questions"),
    ProblemKind.BAD_ANSWERS: lazy("the answers can’t be read"),
    ProblemKind.BAD_WEIGHT: lazy("a percentage can’t be used"),
    ProblemKind.INVALID_QUESTION: lazy("the question can’t be used"),
    ProblemKind.HTML_SIMPLIFIED: lazy("HTML was simplified"),
    ProblemKind.TOO_FEW_QUESTIONS: lazy("fewer questions are published than the test draws"),
    ProblemKind.DRAW_SECTION: lazy(
        "a draw from the bank names a heading that is not there; it comes under the last one"
    ),
    ProblemKind.WORDS_SETTINGS: lazy("English words have no settings; they stand in the test file"),
    ProblemKind.WORDS_KEY: lazy("English words have no key in brackets but [id:…]"),
    ProblemKind.WORDS_UNKNOWN: lazy("the test file has no question with this id"),
    ProblemKind.WORDS_DIFFER: lazy("this is another question than in the test file"),
    ProblemKind.WORDS_PARTIAL: lazy("a text of the test file has no English here"),
    ProblemKind.WORDS_MISSING: lazy("questions have no English:"),
    ProblemKind.WORDS_SECTIONS: lazy(
        "there are more or fewer headings than in the test file; they are shown in Romanian"
    ),
}

_QUESTION = {
    QuestionFault.MISSING: lazy("a part of the question is missing"),
    QuestionFault.NOT_TEXT: lazy("a text can’t be read"),
    QuestionFault.NOT_A_NUMBER: lazy("a number can’t be read"),
    QuestionFault.TOO_LONG: lazy("a text is too long"),
    QuestionFault.TOO_FEW: lazy("there are too few options"),
    QuestionFault.TOO_MANY: lazy("there are too many options"),
    QuestionFault.OUT_OF_RANGE: lazy("a number is outside what is allowed"),
    QuestionFault.DUPLICATE: lazy("two options are the same"),
    QuestionFault.NO_RIGHT_ANSWER: lazy("no answer is right"),
    QuestionFault.SEVERAL_RIGHT_ANSWERS: lazy("two right answers in a single-choice question"),
    QuestionFault.POSITIVES_NOT_100: lazy("the right answers’ percentages don’t add up to 100"),
    QuestionFault.BAD_FORMULA: lazy("a formula can’t be read"),
    QuestionFault.UNKNOWN_FUNCTION: lazy("a formula calls a function that isn’t known here"),
    QuestionFault.UNKNOWN_VARIABLE: lazy("a variable has no values"),
    QuestionFault.NOT_COMPUTABLE: lazy("a formula gives no number for some of the values"),
    QuestionFault.NO_PICTURE: lazy("one picture is needed"),
}

_WORDS = {
    WordsFault.TYPE: lazy("the question is of another type than in the test file"),
    WordsFault.OPTIONS: lazy("there are more or fewer options than in the test file"),
    WordsFault.WEIGHTS: lazy("an option earns something else than in the test file"),
    WordsFault.KEY: lazy("the right answer is another than in the test file"),
    WordsFault.HINTS: lazy("there are more or fewer hints than in the test file"),
    WordsFault.NUMBERS: lazy("a number or its tolerance is another than in the test file"),
}

_SETTING: dict[str, Any] = {
    SettingFault.UNKNOWN_SETTING: lazy("no setting has this name"),
    SettingFault.NOT_A_NUMBER: lazy("a number can’t be read"),
    SettingFault.NOT_A_WHOLE_NUMBER: lazy("a whole number is expected"),
    SettingFault.NOT_YES_OR_NO: lazy("true or false is expected"),
    SettingFault.OUT_OF_RANGE: lazy("a number is outside what is allowed"),
    SettingFault.NOT_A_CHOICE: lazy("the value is none of the choices"),
    SettingFault.NOT_A_TABLE: lazy("lists of things, one for each moment, are expected"),
    SettingFault.NOT_DRAWS: lazy("a list of draws is expected, each with its count"),
    BandFault.NOT_BANDS: lazy("bands such as 70–100 with a text are expected"),
    BandFault.TOO_MANY: lazy("there are too many bands"),
    BandFault.TOO_LONG: lazy("the text of a band is too long"),
    BandFault.BACKWARDS: lazy("a band runs from a lower to a higher per cent, within 0 to 100"),
    BandFault.GAP: lazy("no band covers a part of 0 to 100 per cent"),
    BandFault.OVERLAP: lazy("two bands overlap"),
    BandFault.NO_TEXT: lazy("a band has no text"),
    BandFault.OTHER_BANDS: lazy("the English bands are not those of the Romanian ones"),
}


def sentence(kind: ProblemKind, more: str = "", item: str = "") -> str:
    """Say what is wrong, in the language in force; `more` is the field and the reason."""
    last = more.rpartition(":")[2]
    text = str(_QUIZ[kind])
    if kind is ProblemKind.INVALID_QUESTION and last in _QUESTION:
        text = str(_QUESTION[QuestionFault(last)])
    elif kind is ProblemKind.BAD_SETTING and last in _SETTING:
        name = more.rpartition(":")[0]
        text = f"{_SETTING[last]} ({name})"
    elif kind is ProblemKind.WORDS_DIFFER and last in _WORDS:
        text = str(_WORDS[WordsFault(last)])
    elif kind is ProblemKind.WORDS_MISSING:
        text = f"{text} {more}"
    elif kind is ProblemKind.TOO_FEW_QUESTIONS:
        text = f"{text} ({last})"
    elif more:
        text = f"{text} ({more})"
    return f"{text} [{item}]" if item else text


def bands_fault(refused: BandsRefused) -> str:
    """Say what is wrong with bands, and where, as a sentence of its own."""
    text = str(_SETTING[refused.fault])
    where = f": {refused.detail}" if refused.detail else ""
    return f"{text[:1].upper()}{text[1:]}{where}."


def question_fault(reason: QuestionFault) -> str:
    """Say why a question can't be accepted, as a sentence of its own."""
    text = str(_QUESTION.get(reason, _QUIZ[ProblemKind.INVALID_QUESTION]))
    return text[:1].upper() + text[1:]


def problem_sentence(problem: Problem) -> str:
    """Say what is wrong, without its line."""
    more = ":".join(part for part in (problem.field, problem.reason) if part)
    return sentence(problem.kind, more, problem.item)
