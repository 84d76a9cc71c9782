"""Work out what a trainer asks of an outline: from the posted form to the texts to be stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from lms import db
from lms.courses.completion import Kind
from lms.courses.models import BinnedPart, Lesson, Module, PartKind
from lms.exchange.course_files import read_course
from lms.exchange.errors import CourseHasFaults
from lms.exchange.outlining import acts, binning
from lms.exchange.outlining.acts import NotThereError, Titles, titles_of
from lms.exchange.outlining.binning import Removed
from lms.exchange.outlining.draft import Draft, LessonPlace, Opening
from lms.exchange.outlining.page import OutlinePage
from lms.exchange.outlining.saving import Edit, plan_edit
from lms.exchange.services import export_course
from lms.quizzes.models import Question, Quiz

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
HOURS = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)
_LONGEST_ID = 80


class NoDayError(Exception):
    """What was typed for a day is none."""


@dataclass(frozen=True)
class Sent:
    """What the page's form holds: which act, on what, with which words."""

    act: str = ""
    part: str = ""
    base: str = ""
    seen: str = ""
    is_sure: bool = False
    titles: Mapping[str, Titles] = field(default_factory=dict)  # those that were changed, by id
    new: Titles | None = None
    into: str = ""
    before: str = ""
    conditions: Mapping[Kind, str] = field(default_factory=dict)
    in_order: bool = True
    opening: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # as typed, by module

    @classmethod
    def posted(cls, form: Mapping[str, str]) -> Sent:
        """Read the form; what it can't hold is left out."""
        act, _colon, part = form.get("do", "")[:200].partition(":")
        seen = form.get("seen", "").replace("\r\n", "\n")[:200_000]
        titles = _titles(form, seen)
        if act == "enter":  # the Enter key: a title typed for something new, or titles changed
            added = next((n for n in form if n.startswith("new-ro:") and form[n].strip()), None)
            act, part = ("titles", "") if added is None else ("add", added.partition(":")[2])
        new = titles_of(form.get(f"new-ro:{part}", ""), form.get(f"new-en:{part}", ""))
        return cls(
            act=act,
            part=part[:_LONGEST_ID],
            base=form.get("base", "")[:64],
            seen=seen,
            is_sure=form.get("sure") == "1",
            titles=titles,
            new=new if act == "add" else None,
            into=form.get(f"into:{part}", form.get("into", ""))[:_LONGEST_ID],
            before=form.get("before", "")[:_LONGEST_ID],
            conditions=_conditions(form) if act == "conditions" else {},
            in_order=form.get("in_order") == "1",
            opening=_opening(form) if act == "titles" else {},
        )

    @property
    def again(self) -> list[tuple[str, str]]:
        """The fields that ask for the same act once more."""
        fields = [("do", f"{self.act}:{self.part}"), ("into", self.into), ("before", self.before)]
        for part, titles in self.titles.items():
            fields += [(f"ro:{part}", titles.ro), (f"en:{part}", titles.en)]
        for part, (day, after) in self.opening.items():
            fields += [(f"on:{part}", day), (f"after:{part}", after)]
        if self.new is not None:
            fields += [(f"new-ro:{self.part}", self.new.ro), (f"new-en:{self.part}", self.new.en)]
        if self.act == "conditions":
            fields += [(f"ask:{kind.value}", said) for kind, said in self.conditions.items()]
            fields += [("in_order", "1" if self.in_order else "0")]
        return [(name, value) for name, value in fields if value]


def _titles(form: Mapping[str, str], seen: str) -> dict[str, Titles]:
    """Find the titles that differ from those that the page showed."""
    shown = {line.rpartition("  #")[2]: line.strip() for line in seen.split("\n")}
    found = {}
    for name, ro in form.items():
        kind, _colon, part = name.partition(":")
        if kind != "ro" or len(part) > _LONGEST_ID:
            continue
        en = form.get(f"en:{part}", "")
        titles = titles_of(ro, en)
        was = shown.get(part, "").partition(" ")[2]
        same = {f"{ro} / {en}{state}  #{part}" for state in ("", " [draft]")}
        if (titles.ro or titles.en) and was not in same:
            found[part] = titles
    return found


def _opening(form: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Find the days and the modules waited for, as they were typed."""
    found = {}
    for name, day in form.items():
        kind, _colon, part = name.partition(":")
        if kind == "on" and len(part) <= _LONGEST_ID:
            found[part] = (day.strip()[:40], form.get(f"after:{part}", "")[:_LONGEST_ID])
    return found


def _day(text: str) -> date | None:
    """Read a day as a browser sends it, or as people write it; raise NoDayError."""
    if not text:
        return None
    if found := _WRITTEN.fullmatch(text):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    try:
        return date.fromisoformat(text) if _ISO.fullmatch(text) else _no_day(text)
    except ValueError as error:
        raise NoDayError(text) from error


def _no_day(text: str) -> date:
    raise NoDayError(text)


def _conditions(form: Mapping[str, str]) -> dict[Kind, str]:
    """Read what completing asks for; hours are the edition's, or a number of their own."""
    found = {}
    for kind in Kind:
        said = form.get(f"ask:{kind.value}", "").strip()
        if not said:
            continue
        if kind is Kind.HOURS_ATTENDED:
            own = (form.get("hours") or said).strip()
            said = own.replace(",", ".") if HOURS.fullmatch(own) else "edition"
        elif kind is Kind.CONFIRMED_BY_REGISTRAR:
            said = "required"
        elif kind is not Kind.FORM_SUBMITTED:
            said = "all"
        found[kind] = said[:80]
    return found


@dataclass(frozen=True)
class Words:
    """What new parts are called and begin with."""

    copy: Titles
    skeleton: str


@dataclass
class _Work:
    """An act under way."""

    sent: Sent
    draft: Draft
    page: OutlinePage
    words: Words
    part: str = ""
    removed: Removed | None = None
    lost: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    back: BinnedPart | None = None


def work_out(page: OutlinePage, sent: Sent, words: Words) -> Edit:
    """Edit the texts as asked and plan how they are stored.

    Raise NotThereError where what the act names is gone, CourseHasFaults where the course's texts
    would not be right any more.
    """
    files = export_course(page.course_id)
    reading = read_course(files)
    if reading.course is None:
        raise CourseHasFaults(reading.errors)
    work = _Work(sent, Draft.of(reading.course, files), page, words, part=sent.part)
    act = _ACTS.get(sent.act)
    if act is None:
        raise NotThereError(sent.act)
    if sent.titles and act is not _retitle:
        _save_titles(work)  # typed, and then another button was pressed
    act(work)
    draft = work.draft
    draft.write()
    if work.back is not None:
        _lead_back(work, work.back)
    return Edit(
        plan=plan_edit(page.course_id, page.version, draft.files),
        act=sent.act,
        part=work.part,
        removed=work.removed,
        lost=draft.lost,
        back=work.back.id if work.back is not None else None,
        to_check=tuple(draft.to_check),
        without_outcomes=tuple(lesson.number for lesson in draft.without_outcomes),
    )


def _taken(page: OutlinePage, draft: Draft) -> set[str]:
    """Name the ids that are in use, or were once: rows of the course, and what waits in the bin."""
    session = db.session()
    taken = {page.content_id, *draft.had_numbers, *draft.had_lessons, *draft.files}
    for model in (Module, Lesson, Quiz, Question):
        taken |= set(
            session.scalars(sa.select(model.content_id).where(model.course_id == page.course_id))
        )
    for files in session.scalars(
        sa.select(BinnedPart.files).where(BinnedPart.course_id == page.course_id)
    ):
        taken |= {file["content_id"] for file in files}
    return taken


# Acts ------------------------------------------------------------------------------------------


def _up(work: _Work) -> None:
    acts.step(work.draft, work.sent.part, -1)


def _down(work: _Work) -> None:
    acts.step(work.draft, work.sent.part, 1)


def _place(work: _Work) -> None:
    acts.place(work.draft, work.sent.part, into=work.sent.into, before=work.sent.before)


def _save_titles(work: _Work) -> None:
    for part, titles in work.sent.titles.items():
        acts.rename(work.draft, part, titles)


def _retitle(work: _Work) -> None:
    _save_titles(work)
    work.part = [work.part, *work.sent.titles][-1]
    for part, (day, after) in work.sent.opening.items():
        opening = Opening(_day(day), after)
        if opening != work.draft.opening.get(part, Opening()):
            acts.open_module(work.draft, part, opening)
            work.part = part


def _show(work: _Work) -> None:
    acts.show(work.draft, work.sent.part, is_shown=True)


def _hide(work: _Work) -> None:
    acts.show(work.draft, work.sent.part, is_shown=False)


def _copy(work: _Work) -> None:
    taken = _taken(work.page, work.draft)
    work.part = acts.copy(work.draft, work.sent.part, taken, work.words.copy)


def _add(work: _Work) -> None:
    titles, taken = work.sent.new, _taken(work.page, work.draft)
    if titles is None or not (titles.ro or titles.en):
        raise NotThereError("title")
    if work.sent.part == "module":
        work.part = acts.add_module(work.draft, titles, taken)
    else:
        module, skeleton = work.sent.part, work.words.skeleton
        work.part = acts.add_lesson(work.draft, module, titles, taken, skeleton)


def _remove(work: _Work) -> None:
    work.removed = binning.remove(work.draft, work.sent.part)


def _restore(work: _Work) -> None:
    part = work.sent.part
    row = db.session().get(BinnedPart, int(part)) if part.isdecimal() else None
    if row is None or row.course_id != work.page.course_id:
        raise NotThereError(part)
    work.back, work.part = row, row.content_id
    binning.bring_back(work.draft, _removed(row))


def _removed(row: BinnedPart) -> Removed:
    return Removed(
        id=row.content_id,
        is_module=row.kind is PartKind.MODULE,
        title={"ro": row.title_ro, "en": row.title_en},
        files={file["path"]: file["text"].encode() for file in row.files},
        module=row.place["module"],
        before=tuple(row.place["before"]),
        names=row.place["names"],
        lessons=tuple(LessonPlace(*each) for each in row.place["lessons"]),
        opening=Opening(_day(row.place["on"]), row.place["after"]),
        waited=tuple(row.place["waited"]),
    )


def _lead_back(work: _Work, row: BinnedPart) -> None:
    binning.lead_back(work.draft, row.place["lost"])
    if row.kind is PartKind.MODULE:
        binning.rename_lessons(work.draft, _removed(row))


def _ask(work: _Work) -> None:
    acts.ask(work.draft, work.sent.conditions, in_order=work.sent.in_order)


_ACTS: dict[str, Callable[[_Work], None]] = {
    "up": _up,
    "down": _down,
    "place": _place,
    "titles": _retitle,
    "show": _show,
    "hide": _hide,
    "copy": _copy,
    "add": _add,
    "remove": _remove,
    "restore": _restore,
    "conditions": _ask,
}
