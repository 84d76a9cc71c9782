"""Courses, programmes with their editions and groups, enrolments, progress."""

from lms.courses.models.binned import BinnedPart, PartKind
from lms.courses.models.changes import PlaceChange
from lms.courses.models.course import (
    ContentItem,
    ContentKind,
    Course,
    CourseFact,
    CourseFigure,
    FactSignOff,
    GlossaryTerm,
    Lesson,
    Module,
)
from lms.courses.models.editing import LessonDraft, LessonVersion
from lms.courses.models.enrolment import Enrolment, EnrolmentState, Release
from lms.courses.models.hours import HourEntry
from lms.courses.models.notes import LessonNote
from lms.courses.models.offline import OfflineSitting
from lms.courses.models.programme import (
    Edition,
    Group,
    IssuingMode,
    Programme,
    ProgrammeLogo,
    Signatory,
)
from lms.courses.models.progress import (
    Completion,
    CompletionCondition,
    ConditionKind,
    Confirmation,
    LessonProgress,
    SubjectKind,
)

__all__ = [
    "BinnedPart",
    "Completion",
    "CompletionCondition",
    "ConditionKind",
    "Confirmation",
    "ContentItem",
    "ContentKind",
    "Course",
    "CourseFact",
    "CourseFigure",
    "Edition",
    "Enrolment",
    "EnrolmentState",
    "FactSignOff",
    "GlossaryTerm",
    "Group",
    "HourEntry",
    "IssuingMode",
    "Lesson",
    "LessonDraft",
    "LessonNote",
    "LessonProgress",
    "LessonVersion",
    "Module",
    "OfflineSitting",
    "PartKind",
    "PlaceChange",
    "Programme",
    "ProgrammeLogo",
    "Release",
    "Signatory",
    "SubjectKind",
]
