"""One QTI item as a question, or the reason why it can't be one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.pictures import Album
from lms.quizzes.exchange.qti import interactions, scoring
from lms.quizzes.exchange.qti.feedback import Feedback
from lms.quizzes.exchange.qti.html import beside, inner_html, markdown
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    LONGEST_NAME,
    Losses,
    Lost,
    ReadQuestion,
    not_supported,
    parsed,
    usable_id,
    with_id,
    with_tags,
)
from lms.quizzes.exchange.xml_stream import line_of
from lms.quizzes.question_types.protocol import InvalidQuestion, Question

PREFIX = "qti-"
_GAP = "_____"
_INTERACTION = "Interaction"
# What a page never shows, or what only the author sees.
_DROPPED = {"feedbackBlock", "templateBlock", "stylesheet", "infoControl"}
_READERS: Mapping[str, Callable[[interactions.Item], interactions.Found]] = MappingProxyType(
    {
        "choiceInteraction": interactions.choice,
        "matchInteraction": interactions.match,
        "textEntryInteraction": interactions.text_entry,
        "orderInteraction": interactions.order,
        "extendedTextInteraction": interactions.essay,
    }
)

Files = Callable[[str], bytes | None]


def read_item(
    root: Element,
    *,
    files: Files,
    folder: str = "",
    category: str = "",
    keywords: Collection[str] = (),
) -> ReadQuestion:
    """Read an item in the spelling of 2.x (see `names.canonical`)."""
    identifier = root.get("identifier", "")
    name = " ".join(root.get("title", "").split())[:LONGEST_NAME] or identifier
    reader = _Reader(root, name, files, folder)
    question = reader.question()
    reader.tell_what_was_lost()
    read = ReadQuestion(
        name=root.get("title", "").strip()[:LONGEST_NAME],
        question=question,
        type_name=reader.type_name,
        category=category,
        problems=tuple(reader.problems),
        line=line_of(root),
        id=usable_id(_without_underscore(identifier), PREFIX.rstrip("-")),
        files=reader.album.files,
    )
    return with_id(with_tags(read, list(keywords)), PREFIX)


def _without_underscore(identifier: str) -> str:
    """Take off what our writer puts before an id that begins with a digit."""
    return identifier[1:] if identifier[:1] == "_" and identifier[1:2].isdigit() else identifier


class _Reader:
    """Reads one item."""

    def __init__(self, root: Element, name: str, files: Files, folder: str) -> None:
        self.root = root
        self.name = name
        self.album = Album()
        self.problems: list[Problem] = []
        self.type_name = ""
        self._files = files
        self._folder = folder
        self.losses = Losses()
        self.lose = self.losses.add

    def question(self) -> Question | None:
        """Read the question; None, with a problem told, where it can't be one."""
        body = self.root.find("itemBody")
        if body is None:
            self._refuse(self.root, "itemBody")
            return None
        found = [e for e in body.iter() if str(e.tag).endswith(_INTERACTION)]
        found = [each for each in found if each.tag != "endAttemptInteraction"]
        self.type_name = ", ".join(dict.fromkeys(str(each.tag) for each in found))[:80]
        if (reason := self._not_for_us(found)) is not None:
            self._refuse(found[0] if found else body, reason)
            return None
        [interaction] = found
        key = scoring.key_of(self.root, interaction.get("responseIdentifier", ""))
        is_marked = interaction.tag != "extendedTextInteraction"
        if key is None or (is_marked and scoring.is_own_processing(self.root, key)):
            self._refuse(interaction, f"{interaction.tag}, responseProcessing")
            return None
        item = interactions.Item(
            self.root, interaction, key, self._feedback(), self.text_of, self.lose
        )
        try:
            payload, lines = _READERS[str(interaction.tag)](item)
        except interactions.Unfit as unfit:
            self._refuse(unfit.element, unfit.reason, unfit.kind)
            return None
        payload["stem"] = self._stem(body, item)
        payload["general_feedback"] = item.feedback.general
        payload["marks"] = scoring.marks_of(self.root, key) or 1
        if scoring.has_steps(self.root) and not key.numbers:
            self.lose(Lost.PARTIAL_MARKS)
        for lost in item.feedback.unused():
            self.lose(lost)
        line = line_of(interaction)

        def find(invalid: InvalidQuestion) -> int:
            has_own = invalid.index is not None and invalid.index < len(lines)
            return lines[invalid.index or 0] if has_own else line

        return parsed(payload, self.name, find, self.problems)

    def _not_for_us(self, found: list[Element]) -> str | None:
        """Name what no question here can be; None where the item is of the usual kind."""
        if self.root.get("adaptive", "").lower() == "true":
            return "adaptive"
        if self.root.find("templateDeclaration") is not None:
            return "templateProcessing"
        names = [str(each.tag) for each in found]
        if len(found) != 1:
            return ", ".join(dict.fromkeys(names)) + f" × {len(found)}" if found else "itemBody"
        return None if names[0] in _READERS else names[0]

    def _refuse(
        self, element: Element, reason: str, kind: ProblemKind = ProblemKind.NOT_SUPPORTED
    ) -> None:
        line = line_of(element) or line_of(self.root)
        if kind is ProblemKind.NOT_SUPPORTED:
            self.problems.append(not_supported(line, self.name, reason))
        else:
            self.problems.append(Problem(line, kind, self.name, reason=reason))

    def _feedback(self) -> Feedback:
        return Feedback(self.root, self.text_of)

    def tell_what_was_lost(self) -> None:
        """Add what was dropped to the problems."""
        self.problems += self.losses.told(line_of(self.root), self.name)

    def text_of(self, element: Element, without: Collection[Element] = ()) -> str:
        """Read what stands in an element as Markdown."""
        return self.text(inner_html(element, without=without))

    def text(self, html: str) -> str:
        """Read HTML as Markdown, with the pictures of the package."""
        return markdown(html, self._picture, self.lose)

    def _picture(self, address: str) -> str:
        if (name := self.album.name(address)) or address.startswith("data:"):
            return name
        # Some systems name a file from the item, some from the top of the package.
        paths = [path for path in (beside(self._folder, address), beside("", address)) if path]
        data = next(filter(None, map(self._files, paths)), None)
        if data is not None:
            self.album.add(address, data)
        return self.album.name(address)

    def _stem(self, body: Element, item: interactions.Item) -> str:
        """Read the body with the prompt in the interaction's place, or a gap."""
        interaction = item.interaction
        dropped = [e for e in body.iter() if e.tag in _DROPPED or _is_for_others(e)]
        dropped = [each for each in dropped if each not in item.consumed]
        if dropped:
            self.lose(Lost.FEEDBACK, str(dropped[0].tag))
        dropped += item.consumed
        if interaction.tag == "textEntryInteraction":
            dropped.append(interaction)
            mark = "\ue000"
            interaction.tail = mark + (interaction.tail or "")
            text = self.text_of(body, dropped)
            before, _, after = text.partition(mark)
            if not after.strip(" .\\\n*_"):
                return before.strip()
            return f"{before.rstrip()} {_GAP}{'' if after[:1] in '.,;:?!' else ' '}{after.lstrip()}"
        prompt = interaction.find("prompt")
        asked = "" if prompt is None else self.text_of(prompt)
        around = self.text_of(body, [*dropped, interaction])
        return f"{around}\n\n{asked}".strip()


def _is_for_others(element: Element) -> bool:
    is_rubric = element.tag == "rubricBlock"
    return is_rubric and "candidate" not in element.get("view", "candidate").split()
