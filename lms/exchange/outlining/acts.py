"""What a trainer does to an outline, each on a draft of the course's files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms.courses.completion import Kind
from lms.exchange.course_files import COURSE
from lms.exchange.outlining.draft import (
    Draft,
    LessonPlace,
    ModulePlace,
    Opening,
)
from lms.exchange.outlining.yaml_text import dumped
from lms.safety.file_names import slug_of

MOST_TITLE = 255
_HARD_SPACE = "\u00a0"  # as in „nr. 350”
_SPACES = re.compile(" {2,}")
_STEM = re.compile(r"[^a-z0-9]+")
FOLDER_NUMBER = re.compile(r"^(?:\d{1,3}-)+")


class NotThereError(Exception):
    """The thing that an act names is not in the course."""


@dataclass(frozen=True)
class Titles:
    """A title in both languages."""

    ro: str
    en: str

    @property
    def as_words(self) -> dict[str, str]:
        """As the files have it; a title in one language stands for the other too."""
        return {"ro": self.ro or self.en, "en": self.en or self.ro}


def titles_of(ro: str, en: str) -> Titles:
    """Tidy what was typed: one line, without what can't be seen."""
    return Titles(*(_tidy(text) for text in (ro, en)))


def _tidy(text: str) -> str:
    visible = "".join(c if c.isprintable() or c == _HARD_SPACE else " " for c in text)
    return _SPACES.sub(" ", visible).strip()[:MOST_TITLE]


def _stem(title: str) -> str:
    return slug_of(title)[:50].strip("-")


def _new_id(draft: Draft, stem: str, taken: Collection[str]) -> str:
    """Make an id that nothing of the course has or ever had."""
    lowered = {each.casefold() for each in taken}
    base = f"{draft.course_id}-{stem}"[:70]
    count, found = 1, base
    while found.casefold() in lowered:
        count += 1
        found = f"{base}-{count}"
    return found


# Order -----------------------------------------------------------------------------------------


def step(draft: Draft, part_id: str, by: int) -> None:
    """Move a module or a lesson one place up or down; a lesson goes on into the next module."""
    module = draft.module(part_id)
    if module is not None:
        here = draft.modules.index(module)
        there = min(max(here + by, 0), len(draft.modules) - 1)
        draft.modules.insert(there, draft.modules.pop(here))
        return
    found = draft.lesson(part_id)
    if found is None:
        raise NotThereError(part_id)
    module, lesson = found
    here = module.lessons.index(lesson)
    if 0 <= here + by < len(module.lessons):
        module.lessons.insert(here + by, module.lessons.pop(here))
        return
    place = draft.modules.index(module) + by
    if 0 <= place < len(draft.modules):
        module.lessons.remove(lesson)
        beside = draft.modules[place].lessons
        beside.insert(len(beside) if by < 0 else 0, lesson)


def place(draft: Draft, part_id: str, *, into: str = "", before: str = "") -> None:
    """Put a lesson into a module, or a module, before another one; at the end without one."""
    module = draft.module(part_id)
    if module is not None:
        if part_id == before:
            return
        draft.modules.remove(module)
        order = [each.id for each in draft.modules]
        draft.modules.insert(order.index(before) if before in order else len(order), module)
        return
    found, target = draft.lesson(part_id), draft.module(into)
    if found is None or target is None:
        raise NotThereError(part_id)
    if part_id == before:
        return
    found[0].lessons.remove(found[1])
    order = [each.id for each in target.lessons]
    target.lessons.insert(order.index(before) if before in order else len(order), found[1])


# Words and state ---------------------------------------------------------------------------------


def rename(draft: Draft, part_id: str, titles: Titles) -> None:
    """Give a module, a lesson or a quiz another title."""
    words = titles.as_words
    module, lesson = draft.module(part_id), draft.lesson(part_id)
    if module is not None:
        draft.edit(module.path, "title", words)
    elif lesson is not None:
        draft.edit(lesson[1].path, "title", words, front=True)
    elif part_id in draft.quizzes:
        draft.edit(draft.quizzes[part_id], "title", words, front=True)
    else:
        raise NotThereError(part_id)


def show(draft: Draft, part_id: str, *, is_shown: bool) -> None:
    """Show a module or a lesson to learners, or make a draft of it."""
    value = None if is_shown else True
    module, lesson = draft.module(part_id), draft.lesson(part_id)
    if module is not None:
        draft.edit(module.path, "draft", value)
    elif lesson is not None:
        draft.edit(lesson[1].path, "draft", value, front=True)
    else:
        raise NotThereError(part_id)


def ask(draft: Draft, conditions: Mapping[Kind, str], *, in_order: bool) -> None:
    """Set what completing the course asks for, and whether its modules open one after another."""
    draft.edit(COURSE, "modules_in_order", in_order)
    draft.edit(COURSE, "conditions", {kind.value: said for kind, said in conditions.items()})


def open_module(draft: Draft, module_id: str, opening: Opening) -> None:
    """Say from which day a module opens, and after which other one."""
    named = opening.after
    if draft.module(module_id) is None or (named and draft.module(named) is None):
        raise NotThereError(module_id)
    draft.opening[module_id] = opening


# New parts ---------------------------------------------------------------------------------------


def add_module(draft: Draft, titles: Titles, taken: Collection[str]) -> str:
    """Add a module at the end, a draft without lessons; return its id."""
    stem = _stem(titles.as_words["ro"]) or "modul"
    module_id, number = _new_id(draft, stem, taken), len(draft.modules) + 1
    module = ModulePlace(module_id, free_folder(draft, number, stem), number)
    text = {
        "id": module_id,
        "number": number,
        "title": titles.as_words,
        "hours": "1",
        "draft": True,
        "outcomes": [],
        "lessons": [],
    }
    draft.files[module.path] = dumped(text).encode()
    draft.had_lessons[module_id] = ()
    draft.modules.append(module)
    return module_id


def free_folder(draft: Draft, number: int, stem: str) -> str:
    """Return a folder that no module has yet."""
    taken = {path.split("/")[1] for path in draft.files if path.startswith("modules/")}
    taken |= {module.folder for module in draft.modules}
    count, folder = 1, f"{number}-{stem}"
    while folder in taken:
        count += 1
        folder = f"{number}-{stem}-{count}"
    return folder


def add_lesson(
    draft: Draft, module_id: str, titles: Titles, taken: Collection[str], skeleton: str
) -> str:
    """Add a lesson at a module's end, a draft with a text to begin from; return its id."""
    module = draft.module(module_id)
    if module is None:
        raise NotThereError(module_id)
    stem = _stem(titles.as_words["ro"]) or "lectie"
    lesson_id = _new_id(draft, stem, taken)
    path = draft.free_path(f"{module.base}/lessons", stem, ".md")
    front = {
        "id": lesson_id,
        "number": "0",
        "title": titles.as_words,
        "minutes": {"reading": 5, "exercise": 0},
        "draft": True,
    }
    draft.files[path] = f"---\n{dumped(front)}---\n\n{skeleton}".encode()
    module.lessons.append(LessonPlace(lesson_id, path))
    return lesson_id


def copy(draft: Draft, part_id: str, taken: Collection[str], suffix: Titles) -> str:
    """Copy a lesson, or a module with its lessons, as a draft right after it; return its id.

    A module's tests stay where they are: their questions are asked by one test each.
    """
    module, found = draft.module(part_id), draft.lesson(part_id)
    if found is not None:
        place = found[0].lessons.index(found[1]) + 1
        copied = _copied(draft, found[1], found[0], taken, suffix)
        draft.edit(copied.path, "draft", True, front=True)
        found[0].lessons.insert(place, copied)
        return copied.id
    if module is None:
        raise NotThereError(part_id)
    stem = FOLDER_NUMBER.sub("", module.folder)
    new = ModulePlace(_new_id(draft, stem, taken), free_folder(draft, len(draft.modules) + 1, stem))
    draft.files[new.path] = draft.files[module.path]
    for key, value in (
        ("id", new.id),
        ("title", _suffixed(module.title, suffix)),
        ("quiz", None),
        ("draft", True),
    ):
        draft.edit(new.path, key, value)
    known = set(taken) | {new.id}
    for lesson in module.lessons:
        copied = _copied(draft, lesson, new, known, Titles("", ""))
        known.add(copied.id)
        new.lessons.append(copied)
    draft.modules.insert(draft.modules.index(module) + 1, new)
    return new.id


def _copied(
    draft: Draft, lesson: LessonPlace, module: ModulePlace, taken: Collection[str], suffix: Titles
) -> LessonPlace:
    stem = lesson.name.removesuffix(".md")
    path = draft.free_path(f"{module.base}/lessons", stem, ".md")
    new_id = _new_id(draft, FOLDER_NUMBER.sub("", stem), taken)
    draft.files[path] = draft.files[lesson.path]
    draft.edit(path, "id", new_id, front=True)
    draft.edit(path, "title", _suffixed(lesson.title, suffix), front=True)
    draft.edit(path, "number", "0", front=True)
    return LessonPlace(new_id, path)


def _suffixed(title: Mapping[str, str], suffix: Titles) -> dict[str, str]:
    return {
        language: f"{title.get(language, '')} {more}".strip()[:MOST_TITLE]
        for language, more in (("ro", suffix.ro), ("en", suffix.en))
    }
