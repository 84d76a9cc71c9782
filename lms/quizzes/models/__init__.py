"""The bank of questions, quizzes, attempts."""

from lms.quizzes.models.attempt import (
    Attempt,
    AttemptAllowance,
    AttemptItem,
    ResponseTry,
    ResponseVersion,
)
from lms.quizzes.models.bank import (
    Question,
    QuestionComment,
    QuestionRevision,
    QuestionState,
    QuestionTag,
    QuestionVersion,
)
from lms.quizzes.models.correction import Correction, GradeChange, ManualMark
from lms.quizzes.models.dispute import Dispute, DisputeState
from lms.quizzes.models.distinct import DistinctPair
from lms.quizzes.models.imports import QuizImport
from lms.quizzes.models.mark_draft import MarkDraft
from lms.quizzes.models.override import QuizOverride, QuizWindow
from lms.quizzes.models.paper import PaperResult
from lms.quizzes.models.quiz import Quiz, QuizPlace, QuizQuestion, QuizVersion
from lms.quizzes.rules.attempt_rules import AttemptState

__all__ = [
    "Attempt",
    "AttemptAllowance",
    "AttemptItem",
    "AttemptState",
    "Correction",
    "Dispute",
    "DisputeState",
    "DistinctPair",
    "GradeChange",
    "ManualMark",
    "MarkDraft",
    "PaperResult",
    "Question",
    "QuestionComment",
    "QuestionRevision",
    "QuestionState",
    "QuestionTag",
    "QuestionVersion",
    "Quiz",
    "QuizImport",
    "QuizOverride",
    "QuizPlace",
    "QuizQuestion",
    "QuizVersion",
    "QuizWindow",
    "ResponseTry",
    "ResponseVersion",
]
