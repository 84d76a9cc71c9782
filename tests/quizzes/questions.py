"""Small questions to mark: makers that say only what matters to a case."""

from __future__ import annotations

from collections.abc import Mapping

from lms.quizzes.question_types.matching.rules import Matching
from lms.quizzes.question_types.matching.rules import parse as parse_matching
from lms.quizzes.question_types.multiple_choice.rules import MultipleChoice
from lms.quizzes.question_types.multiple_choice.rules import parse as parse_multiple
from lms.quizzes.question_types.numerical.rules import Numerical
from lms.quizzes.question_types.numerical.rules import parse as parse_numerical
from lms.quizzes.question_types.single_choice.rules import SingleChoice
from lms.quizzes.question_types.single_choice.rules import parse as parse_single
from lms.quizzes.question_types.true_false.rules import TrueFalse
from lms.quizzes.question_types.true_false.rules import parse as parse_true_false


def _options(fractions: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"id": name, "text": f"opțiunea {name}", "fraction": fraction, "feedback": f"despre {name}"}
        for name, fraction in fractions.items()
    ]


def single(marks: str = "1", **fractions: str) -> SingleChoice:
    return parse_single(
        {
            "stem": "Care?",
            "marks": marks,
            "options": _options(fractions or {"a": "1", "b": "0", "c": "0", "d": "0"}),
            "general_feedback": "pentru toți",
        }
    )


def multiple(scoring: str = "", marks: str = "1", **fractions: str) -> MultipleChoice:
    return parse_multiple(
        {
            "stem": "Care, toate?",
            "marks": marks,
            "scoring": scoring,
            "options": _options(fractions or {"a": "0.5", "b": "0.5", "x": "-1", "y": "-1"}),
        }
    )


def true_false(answer: bool = True) -> TrueFalse:
    return parse_true_false(
        {
            "stem": "Așa este.",
            "answer": answer,
            "feedback_true": "ați spus adevărat",
            "feedback_false": "ați spus fals",
        }
    )


def matching(pairs: str = "s1=a1 s2=a2 s3=a3", extra: str = "") -> Matching:
    listed = [pair.split("=") for pair in pairs.split()]
    answers = list(dict.fromkeys([answer for _, answer in listed] + extra.split()))
    return parse_matching(
        {
            "stem": "Potriviți.",
            "stems": [
                {"id": stem, "text": f"tema {stem}", "answer": answer, "feedback": f"despre {stem}"}
                for stem, answer in listed
            ],
            "answers": [{"id": answer, "text": f"răspunsul {answer}"} for answer in answers],
        }
    )


def numerical(*answers: str, unit: str = "", other: str = "") -> Numerical:
    """Make a question of answers written `value[:tolerance[%]][@fraction]`."""
    return parse_numerical(
        {
            "stem": "Cât?",
            "unit": unit,
            "answers": [_numeric(written) for written in answers],
            "other_feedback": other,
        }
    )


def _numeric(written: str) -> dict[str, str]:
    rest, _, fraction = written.partition("@")
    value, _, tolerance = rest.partition(":")
    kind = "relative" if tolerance.endswith("%") else "nominal"
    amount = tolerance.rstrip("%")
    return {
        "value": value,
        "tolerance": f"{amount}e-2" if kind == "relative" else amount,
        "tolerance_kind": kind,
        "fraction": fraction,
        "feedback": f"despre {value}",
    }
