"""What is wrong with a file of questions, and what was left out of it, in a sentence."""

from __future__ import annotations

from lms.quizzes.exchange.formats import Format
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import Lost
from lms.quizzes.words.problem_words import problem_sentence
from lms.web.forms import lazy

_KINDS = {
    ProblemKind.NO_QUESTIONS: lazy("the file has no questions"),
    ProblemKind.NOT_THIS_FORMAT: lazy("the file is not in this format"),
    ProblemKind.UNKNOWN_FORMAT: lazy("this kind of file can’t be read here"),
    ProblemKind.BAD_ENCODING: lazy("the letters of the file can’t be read; save it as UTF-8"),
    ProblemKind.ENCODING_GUESSED: lazy(
        "the file is not in UTF-8 and was read as an older Romanian file; look at its diacritics"
    ),
    ProblemKind.BAD_XML: lazy("the file breaks off or is damaged here; nothing after it was read"),
    ProblemKind.DANGEROUS_XML: lazy("the file is built to overload its reader and was refused"),
    ProblemKind.BAD_ARCHIVE: lazy("the archive was refused"),
    ProblemKind.BAD_TABLE: lazy("the table can’t be read"),
    ProblemKind.FILE_MISSING: lazy("a file that the archive names is not in it"),
    ProblemKind.NOT_SUPPORTED: lazy("this type of question can’t be kept here"),
    ProblemKind.DUPLICATE_ID: lazy("another question before it has the same id; it was left out"),
}

_LOST = {
    Lost.HINTS: lazy("its hints are left out"),
    Lost.COMBINED_FEEDBACK: lazy("its feedback for right, partly right and wrong is left out"),
    Lost.PICTURE: lazy("a picture is left out"),
    Lost.MARKUP: lazy("some formatting is left out"),
    Lost.UNIT_RULES: lazy("its marks for units are left out"),
    Lost.FEEDBACK: lazy("its feedback is left out"),
    Lost.PARTIAL_MARKS: lazy("its part marks are left out"),
    Lost.SCORING: lazy("its scoring rule is left out"),
    Lost.TOLERANCE: lazy("its tolerance is left out"),
    Lost.UNIT: lazy("its unit is left out"),
    Lost.MARKS: lazy("what it is worth is left out"),
    Lost.TAGS: lazy("tags and categories are left out"),
    Lost.IDENTITY: lazy("its id is left out"),
    Lost.TEMPLATE: lazy("its changing values are left out"),
    Lost.STIMULUS: lazy("the text it refers to is left out"),
    Lost.MEDIA: lazy("sound or film is left out"),
    Lost.CASE: lazy("small and capital letters now count as the same"),
    Lost.DIACRITICS: lazy("letters without diacritics are no longer accepted"),
    Lost.WILDCARDS: lazy("other systems take its asterisks as they are"),
    Lost.RUBRIC: lazy("its marking grid is left out"),
    Lost.START_TEXT: lazy("the text that answers begin with is left out"),
    Lost.DISTRACTORS: lazy("answers without a partner are left out"),
    Lost.SETTINGS: lazy("the settings of the test are left out"),
    Lost.FACTS: lazy("facts that this course does not have are left out"),
    Lost.LESSON: lazy("a lesson that this course does not have is left out"),
    Lost.ALTERNATIVES: lazy("nothing says in words what its picture or its places are"),
    Lost.VALUES: lazy("its listed values became a range, or its steps others"),
}

FORMATS = {
    Format.GIFT: lazy("GIFT (text)"),
    Format.MOODLE_XML: lazy("Moodle XML"),
    Format.AIKEN: lazy("Aiken (text)"),
    Format.QTI_21: lazy("QTI 2.1"),
    Format.QTI_22: lazy("QTI 2.2"),
    Format.QTI_30: lazy("QTI 3.0"),
    Format.XLSX: lazy("Excel (XLSX)"),
    Format.CSV: lazy("Table (CSV)"),
    Format.DOCX: lazy("Word (DOCX)"),
    Format.PAPER_TEST: lazy("Paper test (Word)"),
}


TYPES = {
    "single_choice": lazy("one right answer"),
    "multiple_choice": lazy("several right answers"),
    "true_false": lazy("true or false"),
    "matching": lazy("matching"),
    "numerical": lazy("a number"),
    "short_answer": lazy("a word to type"),
    "kprim": lazy("four statements"),
    "ordering": lazy("an order"),
    "essay": lazy("a text to write"),
    "cloze": lazy("a text with gaps"),
    "gap_select": lazy("gaps to choose words for"),
    "drag_words": lazy("words to drag"),
    "description": lazy("information"),
    "survey": lazy("a question without a mark"),
    "calculated": lazy("a computed number to type"),
    "picture_labels": lazy("labels on a picture"),
    "picture_markers": lazy("markers on a picture"),
    "upload": lazy("files to hand in"),
}

VERDICTS = {
    "new": lazy("new"),
    "words": lazy("here already, other words"),
    "key": lazy("here already, another key: a new version"),
    "same": lazy("here already"),
    "taken": lazy("another test has a question with this id"),
    "refused": lazy("can’t be taken over"),
}

HOLDS = {
    "changed": lazy("stays: it was changed since"),
    "answered": lazy("stays: somebody has met it in an attempt"),
    "gone": lazy("is not in the test any more"),
}


def said(problem: Problem) -> str:
    """Say what is wrong or was left out, in the language in force, without its line."""
    if problem.kind is ProblemKind.LEFT_OUT:
        text = str(_LOST[Lost(problem.field)])
        return f"{text} ({problem.reason})" if problem.reason else text
    if problem.kind in _KINDS:
        text = str(_KINDS[problem.kind])
        detail = "" if problem.kind is ProblemKind.DUPLICATE_ID else problem.reason
        return f"{text} ({detail})" if detail else text
    return problem_sentence(Problem(**{**problem.__dict__, "item": ""}))
