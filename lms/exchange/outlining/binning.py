"""A module or a lesson taken out of a draft of the course's files, and brought back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from lms.exchange.lesson_file import FRONT_MATTER
from lms.exchange.outlining import numbers
from lms.exchange.outlining.acts import FOLDER_NUMBER, NotThereError, free_folder
from lms.exchange.outlining.draft import Draft, LessonPlace, ModulePlace, Opening, after_removal
from lms.exchange.outlining.yaml_text import edited, texts_of


@dataclass(frozen=True)
class Removed:
    """What was taken out: its files, and where it stood; `lost` is known once all is written."""

    id: str
    is_module: bool
    title: Mapping[str, str]
    files: Mapping[str, bytes]
    module: str  # whose lesson it was
    before: tuple[str, ...]  # what stood before it
    names: Mapping[str, str] = field(default_factory=dict)  # lessons' ids by number, as it was then
    lessons: tuple[LessonPlace, ...] = ()  # a module's own
    opening: Opening = Opening()
    waited: tuple[str, ...] = ()  # the modules that waited for it


def remove(draft: Draft, part_id: str) -> Removed:
    """Take a module or a lesson out of the course, with its files."""
    module, found = draft.module(part_id), draft.lesson(part_id)
    if module is not None:
        order = [each.id for each in draft.modules]
        draft.modules.remove(module)
        mine = [path for path in draft.files if path.startswith(f"{module.base}/")]
        taken = {path: draft.files.pop(path) for path in mine}
        names = {number: id_ for id_, number in draft.had_numbers.items()}
        before = tuple(order[: order.index(part_id)])
        lessons = tuple(module.lessons)
        opening = draft.opening.pop(part_id, Opening())
        waited = tuple(id_ for id_, each in draft.opening.items() if each.after == part_id)
        return Removed(
            part_id, True, module.title, taken, "", before, names, lessons, opening, waited
        )
    if found is None:
        raise NotThereError(part_id)
    home, lesson = found
    order = [each.id for each in home.lessons]
    home.lessons.remove(lesson)
    taken = {lesson.path: draft.files.pop(lesson.path)}
    before = tuple(order[: order.index(part_id)])
    return Removed(part_id, False, lesson.title, taken, home.id, before)


def bring_back(draft: Draft, removed: Removed) -> None:
    """Put back what was taken out, where it stood as far as that is still there."""
    if removed.is_module:
        _bring_module_back(draft, removed)
        return
    home = draft.module(removed.module) or (draft.modules[-1] if draft.modules else None)
    if home is None:
        raise NotThereError(removed.id)
    ((path, data),) = removed.files.items()
    stem = path.rpartition("/")[2].removesuffix(".md")
    there = draft.free_path(f"{home.base}/lessons", stem, ".md")
    draft.files[there] = data
    order = [each.id for each in home.lessons]
    number = "" if draft.is_numbered else _number_in(data)
    if number in {le.number for m in draft.modules for le in m.lessons}:
        number = ""
    lesson = LessonPlace(removed.id, there, number)
    home.lessons.insert(after_removal(order, removed.before), lesson)
    if home.id != removed.module:
        draft.leave_outcomes(lesson)


def _bring_module_back(draft: Draft, removed: Removed) -> None:
    lessons = list(removed.lessons)
    paths = [path for path in removed.files if path.endswith("/module.yaml")]
    folder = paths[0].split("/")[1]
    stem = FOLDER_NUMBER.sub("", folder)
    there = folder if not _is_taken(draft, folder) else free_folder(draft, 1, stem)
    for path, data in removed.files.items():
        draft.files[f"modules/{there}/{path.split('/', 2)[2]}"] = data
    for lesson in lessons:
        lesson.path = f"modules/{there}/{lesson.path.split('/', 2)[2]}"
        if draft.is_numbered:
            lesson.number = ""
    order = [each.id for each in draft.modules]
    module = ModulePlace(removed.id, there, 0, lessons)
    draft.had_lessons[removed.id] = tuple(lesson.name for lesson in lessons)
    draft.modules.insert(after_removal(order, removed.before), module)
    draft.opening[removed.id] = removed.opening
    for other in removed.waited:
        here = draft.opening.get(other, Opening())
        if not here.after:
            draft.opening[other] = Opening(here.on, removed.id)


def _is_taken(draft: Draft, folder: str) -> bool:
    return any(path.startswith(f"modules/{folder}/") for path in draft.files)


def _number_in(data: bytes) -> str:
    match = FRONT_MATTER.match(data.decode("utf-8-sig").replace("\r\n", "\n"))
    found = re.search(r"^number:\s*[\"']?([^\"'\s]+)", match[1] if match else "", re.MULTILINE)
    return found[1] if found else ""


def lead_back(draft: Draft, lost: Mapping[str, Mapping[str, list[str]]]) -> None:
    """Let questions and papers lead to lessons that came back; after all has its number."""
    for lesson_id, led in lost.items():
        found = draft.lesson(lesson_id)
        if found is None:
            continue
        number, questions = found[1].number, led.get("questions", [])
        for path in draft.gift:
            if path in draft.files and questions:
                draft.files[path] = edited(
                    draft.files[path],
                    partial(numbers.led_back, questions=questions, number=number),
                )
        for path in led.get("papers", []):
            if path in draft.files and path in draft.papers:
                text = draft.files[path].decode("utf-8-sig")
                named = [*(n for n in texts_of(text, "lessons") if n != number), number]
                draft.edit(path, "lessons", named)


def rename_lessons(draft: Draft, removed: Removed) -> None:
    """Let the questions of a module that came back name lessons by the numbers of today."""
    known = {lesson.id: lesson.number for module in draft.modules for lesson in module.lessons}
    changed = {was: known[id_] for was, id_ in removed.names.items() if id_ in known}
    gone = {was for was, id_ in removed.names.items() if id_ not in known}
    home = draft.module(removed.id)
    if home is None:
        return
    for path in [p for p in draft.files if p.startswith(f"{home.base}/") and p.endswith(".gift")]:
        draft.files[path] = edited(
            draft.files[path], lambda text: numbers.in_questions(text, changed, gone)[0]
        )
