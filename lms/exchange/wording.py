"""What is wrong with a course's files, in a sentence; translated where it is shown."""

from __future__ import annotations

from lms.exchange.course_values import FileKind
from lms.exchange.plan import Verdict
from lms.exchange.problems import Problem, Reason
from lms.quizzes.exchange.quiz_file import ProblemKind
from lms.quizzes.services.prepared import Change
from lms.quizzes.words import problem_words
from lms.safety.archive import RefusedBecause
from lms.web.forms import lazy
from lms.web.i18n import gettext

_SENTENCES = {
    Reason.FILE_MISSING: lazy("the file “%(detail)s” is missing"),
    Reason.FILE_NOT_LISTED: lazy("no course.yaml or module.yaml lists this file"),
    Reason.FILE_TOO_LARGE: lazy("the file is too large"),
    Reason.TOO_MANY_FILES: lazy("there are too many files, or they are too large"),
    Reason.BAD_FILE_NAME: lazy(
        "the name can’t be used; small letters a–z, digits and - only: %(detail)s"
    ),
    Reason.NOT_UTF8: lazy("the text is not in UTF-8"),
    Reason.NOT_YAML: lazy("this can’t be read as YAML: %(detail)s"),
    Reason.ALIAS: lazy("YAML aliases (*name) can’t be used"),
    Reason.NO_FRONT_MATTER: lazy("the file must begin with its settings between two lines of ---"),
    Reason.UNKNOWN_KEY: lazy("unknown key “%(detail)s”"),
    Reason.MISSING_KEY: lazy("“%(detail)s” is missing"),
    Reason.DUPLICATE_KEY: lazy("the key “%(detail)s” stands twice"),
    Reason.WRONG_KIND: lazy("the value of “%(detail)s” is not what is expected there"),
    Reason.OUT_OF_RANGE: lazy("the value of “%(detail)s” is outside what is allowed"),
    Reason.TOO_LONG: lazy("the text of “%(detail)s” is too long"),
    Reason.CONTROL_CHARACTER: lazy("the text of “%(detail)s” has a control character"),
    Reason.BAD_ID: lazy("the id is not usable: letters a–z, digits, - . and _ only"),
    Reason.DUPLICATE_ID: lazy("the id “%(detail)s” is already used"),
    Reason.DUPLICATE_ENTRY: lazy("“%(detail)s” stands twice"),
    Reason.BAD_DATE: lazy("“%(detail)s” is not a date such as 2026-11-22"),
    Reason.BAD_ADDRESS: lazy("“%(detail)s” is not a web address"),
    Reason.UNKNOWN_CONFIDENCE: lazy("the confidence must be V, S, T, M or G"),
    Reason.CONFIDENCE_RAISED: lazy(
        "the confidence rises without a new source and a later checked_on (%(detail)s)"
    ),
    Reason.UNKNOWN_CONDITION: lazy("no condition is called “%(detail)s”"),
    Reason.UNKNOWN_FACT: lazy("facts.yaml has no fact “%(detail)s”"),
    Reason.UNCERTAIN_FACT: lazy(
        "no definition or paper may rest on the uncertain fact “%(detail)s”"
    ),
    Reason.FORM_TAKEN: lazy("another term has the same form: %(detail)s"),
    Reason.UNKNOWN_OUTCOME: lazy("the module has no outcome number %(detail)s"),
    Reason.UNKNOWN_LESSON: lazy("the course has no lesson %(detail)s"),
    Reason.UNKNOWN_MODULE: lazy("the course has no module in the folder “%(detail)s”"),
    Reason.WAITS_IN_CIRCLE: lazy(
        "“%(detail)s” would wait for a module that itself opens only after it"
    ),
    Reason.UNKNOWN_TRACE: lazy("an exercise’s trace must be text, file, tick or form"),
    Reason.UNKNOWN_FORM: lazy("the course has no questionnaire called “%(detail)s”"),
    Reason.FIGURE_MISSING: lazy("the figure “%(detail)s” is missing"),
    Reason.FIGURE_NOT_USED: lazy("no lesson shows this figure"),
    Reason.BAD_LINK: lazy("the link “%(detail)s” leads nowhere"),
    Reason.NOT_A_PICTURE: lazy("this is not an SVG picture"),
    Reason.DANGEROUS_PICTURE: lazy("the picture has something that is not drawing: %(detail)s"),
    Reason.EMPTY_LESSON: lazy("the lesson has no text"),
    Reason.TITLE_IN_TEXT: lazy("the title is drawn by the page; begin headings at ##"),
    Reason.RAW_HTML: lazy("HTML is shown as text: %(detail)s"),
    Reason.NO_ENGLISH: lazy("other tests have their English words beside them, this one has not"),
    Reason.COURSE_TEST: lazy("a test of the whole course needs the setting “%(detail)s”"),
    Reason.NEEDS_PASSING: lazy("a module’s test needs a pass mark"),
    Reason.AFTER_FINAL: lazy(
        "only the first test can show its feedback after the final one, and there must be one"
    ),
    Reason.NO_COURSE_TESTS: lazy("tests are asked for, but the course names none"),
    Reason.CEDILLA: lazy("“%(detail)s” has a cedilla; Romanian writes ș and ț with a comma"),
    Reason.STRAIGHT_QUOTE: lazy("Romanian text has quotes that are not „ and ”"),
    Reason.UNKNOWN_PAPER: lazy("the course has no working paper “%(detail)s”"),
    Reason.UNKNOWN_BLOCK: lazy("a document has no part called “%(detail)s”"),
    Reason.UNKNOWN_KIND: lazy("the value of “%(detail)s” is none of the kinds"),
    Reason.UNKNOWN_COLUMN: lazy("the sheet has no column “%(detail)s”"),
    Reason.UNKNOWN_LIST: lazy("there is no list or column “%(detail)s” to choose from"),
    Reason.BAD_FORMULA: lazy("the formula has something that can’t be used: %(detail)s"),
    Reason.EMPTY_PAPER: lazy("“%(detail)s” has nothing in it"),
}

_ARCHIVE = {
    RefusedBecause.NOT_AN_ARCHIVE: lazy("The file is not a ZIP archive."),
    RefusedBecause.DAMAGED: lazy("The archive is damaged."),
    RefusedBecause.TOO_LARGE: lazy("The archive is too large."),
    RefusedBecause.TOO_MANY_ENTRIES: lazy("The archive has too many files."),
    RefusedBecause.ENTRY_TOO_LARGE: lazy("A file in the archive is too large."),
    RefusedBecause.SWOLLEN: lazy("A file in the archive unpacks to far more than it should."),
    RefusedBecause.ENCRYPTED: lazy("The archive is protected by a password."),
    RefusedBecause.METHOD: lazy("The archive is compressed in a way that can’t be read here."),
    RefusedBecause.OVERLAP: lazy("The archive is built to deceive: its files overlap."),
    RefusedBecause.SPECIAL_FILE: lazy("The archive has a link or a special file."),
    RefusedBecause.NAME: lazy("The archive has a file name that can’t be used."),
    RefusedBecause.DUPLICATE: lazy("The archive has the same file twice."),
}

VERDICTS = {
    Verdict.NEW: lazy("Added"),
    Verdict.CHANGED: lazy("Altered"),
    Verdict.UNCHANGED: lazy("The same"),
    Verdict.CONFLICT: lazy("In conflict"),
    Verdict.REMOVED: lazy("Taken out"),
}

KINDS = {
    FileKind.COURSE: lazy("Course"),
    FileKind.FACTS: lazy("List of facts"),
    FileKind.GLOSSARY: lazy("Glossary"),
    FileKind.MODULE: lazy("Module"),
    FileKind.LESSON: lazy("Lesson"),
    FileKind.QUIZ: lazy("Test"),
    FileKind.QUIZ_WORDS: lazy("English words of a test"),
    FileKind.BANK: lazy("Question bank"),
    FileKind.FIGURE: lazy("Figure"),
    FileKind.PAPER: lazy("Working paper"),
    FileKind.QUESTIONNAIRE: lazy("Questionnaire"),
}

CHANGES = {
    Change.NEW: lazy("new questions:"),
    Change.WORDS: lazy("new wording, answers keep their marks:"),
    Change.KEY: lazy("new version, another key or other options:"),
}

CONFIDENCES = {
    "V": lazy("official text seen"),
    "S": lazy("secondary source"),
    "T": lazy("tried out"),
    "M": lazy("professional practice"),
    "G": lazy("not certain"),
}


def sentence(problem: Problem) -> str:
    """Say what is wrong, in the language in force."""
    if problem.reason is Reason.QUIZ:
        return _quiz_sentence(problem)
    message = _SENTENCES[problem.reason].message
    return gettext(message, detail=problem.detail).rstrip(" :")


def _quiz_sentence(problem: Problem) -> str:
    return problem_words.sentence(ProblemKind(problem.detail), problem.more, problem.item)


def line(problem: Problem) -> str:
    """Say where and what: „modules/1-x/quiz.gift:31: two right answers …”."""
    where = f"{problem.path}:{problem.line}: " if problem.path else ""
    return f"{where}{sentence(problem)}"


def archive_sentence(reason: RefusedBecause) -> str:
    """Say why an archive was not taken."""
    return str(_ARCHIVE[reason])
