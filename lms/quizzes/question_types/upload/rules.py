"""Files to hand in, marked by a person, who may have notes and a rubric to go by.

They come by a page of their own, never with the answers of a form: what is stored of them are
names, sizes and digests, and the file store has the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import ClassVar, Final

from lms.quizzes.question_types import payload as read
from lms.quizzes.question_types import plain
from lms.quizzes.question_types.essay.rubric import (
    Rubric,
    dump_rubric,
    numbers,
    read_rubric,
    rubric_in_words,
)
from lms.quizzes.question_types.ids import digest
from lms.quizzes.question_types.protocol import (
    ZERO,
    AnswerClass,
    FormValues,
    InvalidQuestion,
    Marking,
    MarkResult,
    Payload,
    Question,
    QuestionFault,
    ResponseNotice,
    by_hand,
)

NAME: str = "upload"
MARKING = Marking.BY_HAND
IS_SENT_APART = True
FIELD = "files"
KINDS: Final = ("pdf", "docx", "xlsx", "odt", "ods", "jpg", "png")
MOST_FILES = 10
MOST_MEGABYTES = 10
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True)
class HandedFile:
    """Hold what an answer says of a file; its bytes stand in the store under the digest."""

    name: str
    size: int
    sha256: str
    media_type: str


Files = tuple[HandedFile, ...]


@dataclass(frozen=True, kw_only=True)
class Upload(Question):
    """Ask for files; `notes` and `rubric` are for whoever marks."""

    type: ClassVar[str] = NAME
    marking: ClassVar[Marking] = MARKING
    kinds: tuple[str, ...] = KINDS
    least: int = 1
    most: int = 1
    megabytes: int = MOST_MEGABYTES
    notes: str = ""
    rubric: Rubric = ()


def parse(payload: Payload) -> Upload:
    """Read the question."""
    most = read.whole(payload, "most", 1, low=1, high=MOST_FILES) or 1
    least = read.whole(payload, "least", 1, low=1, high=MOST_FILES) or 1
    if least > most:
        raise InvalidQuestion("least", QuestionFault.OUT_OF_RANGE)
    return Upload(
        stem=read.stem(payload),
        marks=read.marks(payload),
        general_feedback=read.general_feedback(payload),
        kinds=_kinds(payload),
        least=least,
        most=most,
        megabytes=read.whole(payload, "megabytes", MOST_MEGABYTES, low=1, high=MOST_MEGABYTES)
        or MOST_MEGABYTES,
        notes=read.text(payload, "notes", required=False),
        rubric=read_rubric(payload),
    )


def _kinds(payload: Payload) -> tuple[str, ...]:
    """Read kinds in any order; none named means every kind."""
    written = read.text(payload, "kinds", required=False, limit=200).lower()
    named = {part.lstrip(".") for part in _BETWEEN.split(written) if part}
    named = {"jpg" if kind == "jpeg" else kind for kind in named}
    if named - set(KINDS):
        raise InvalidQuestion("kinds", QuestionFault.UNKNOWN)
    return tuple(kind for kind in KINDS if kind in named) or KINDS


def dump(question: Upload) -> dict[str, object]:
    """Write the question canonically."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "kinds": " ".join(question.kinds),
        "least": question.least,
        "most": question.most,
        "megabytes": question.megabytes,
        "notes": question.notes,
        "rubric": dump_rubric(question.rubric),
        "general_feedback": question.general_feedback,
    }


match_ids = plain.match_ids
option_ids = plain.option_ids
draw = plain.draw
as_drawn = plain.as_drawn


def map_texts(question: Upload, change: Callable[[str], str]) -> Upload:
    """Change stem, notes and feedback; the rubric is plain texts."""
    return replace(
        question,
        stem=change(question.stem),
        general_feedback=change(question.general_feedback),
        notes=change(question.notes),
    )


def translated(question: Upload, words: Upload) -> Upload:
    """Take the words of another language; kinds, limits and shares stay."""
    return replace(
        question,
        stem=words.stem,
        general_feedback=words.general_feedback,
        notes=words.notes,
        rubric=rubric_in_words(question.rubric, words.rubric),
    )


def structure_digest(question: Upload) -> str:
    """Hash what may be handed in and what marking depends on."""
    limits = [list(question.kinds), question.least, question.most, question.megabytes]
    return digest([NAME, read.number_text(question.marks), limits, numbers(question.rubric)])


def public(question: Upload, order: Sequence[str]) -> dict[str, object]:
    """Show stem and limits."""
    return {
        "type": NAME,
        "stem": question.stem,
        "marks": read.number_text(question.marks),
        "kinds": [kind.upper() for kind in question.kinds],
        "accept": ",".join(f".{suffix}" for suffix in suffixes(question)),
        "least": question.least,
        "most": question.most,
        "megabytes": question.megabytes,
        "criteria": [each.text for each in question.rubric],
    }


def suffixes(question: Upload) -> tuple[str, ...]:
    """List the endings of names that are taken."""
    return (*question.kinds, "jpeg") if "jpg" in question.kinds else question.kinds


def field_names(question: Upload) -> tuple[str, ...]:
    """Name the answer: there is something to answer, though no field of a form may carry it."""
    return (FIELD,)


def read_response(question: Upload, form_values: FormValues) -> dict[str, object]:
    """Read nothing: a form could name files that nobody handed in."""
    return {}


def files_in(payload: Payload) -> Files:
    """Find the files of a stored answer, whatever else it holds."""
    value = payload.get(FIELD)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(file for each in value if (file := _file_in(each)) is not None)


def _file_in(value: object) -> HandedFile | None:
    if not isinstance(value, dict):
        return None
    name, size, sha256 = value.get("name"), value.get("size"), value.get("sha256")
    if not isinstance(name, str) or not isinstance(sha256, str) or not _DIGEST.fullmatch(sha256):
        return None
    if not isinstance(size, int) or isinstance(size, bool):
        return None
    media_type = value.get("media_type")
    kind = media_type if isinstance(media_type, str) else "application/octet-stream"
    return HandedFile(name, size, sha256, kind)


def answer_of(files: Iterable[HandedFile]) -> dict[str, object]:
    """Write the answer that these files are."""
    found = [asdict(file) for file in files]
    return {FIELD: found} if found else {}


def with_files(
    question: Upload, held: Files, sent: Sequence[HandedFile], *, drop: str = ""
) -> tuple[Files, Files]:
    """Add files to those held, or take one out; return what stands then, and what had no room.

    The same content twice is one file. Where one file is asked for, a new one takes its place.
    """
    kept = [file for file in held if file.sha256 != drop]
    no_room = []
    for file in sent:
        if any(file.sha256 == each.sha256 for each in kept):
            continue
        if question.most == 1 and tuple(kept) == held:
            kept = [file]
        elif len(kept) < question.most:
            kept.append(file)
        else:
            no_room.append(file)
    return tuple(kept), tuple(no_room)


def is_answered(question: Upload, payload: Payload) -> bool:
    """Say whether there are as many files as are asked for."""
    return len(files_in(payload)) >= question.least


def notice(question: Upload, payload: Payload) -> ResponseNotice | None:
    """Remark that some files are still missing."""
    found = files_in(payload)
    return ResponseNotice.INCOMPLETE if found and len(found) < question.least else None


def mark(question: Upload, payload: Payload) -> MarkResult:
    """Leave the mark to a person."""
    return by_hand(answered=bool(files_in(payload)))


def feedback(question: Upload, payload: Payload) -> tuple[str, ...]:
    """Show what is said to everyone."""
    return (question.general_feedback,) if question.general_feedback else ()


def key_text(question: Upload) -> tuple[str, ...]:
    """Give nothing: there are many good files."""
    return ()


def response_text(question: Upload, payload: Payload) -> tuple[str, ...]:
    """Give name, size and digest of each file: enough to tell any copy of it."""
    return tuple(
        plain.shown(f"{file.name} ({file.size} B, SHA-256 {file.sha256})")
        for file in files_in(payload)
    )


def answer_classes(question: Upload) -> tuple[AnswerClass, ...]:
    """List nothing: every file is its own."""
    return ()


def summarise(question: Upload, payload: Payload) -> tuple[AnswerClass, ...]:
    """Count whether there is a file."""
    return (AnswerClass(FIELD, "other" if files_in(payload) else "", "", ZERO),)


def random_guess(question: Upload) -> Decimal | None:
    """Expect nothing of files chosen at random."""
    return ZERO
