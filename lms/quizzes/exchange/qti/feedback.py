"""Feedback of a QTI item: of an option, of right and wrong, and for everybody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from xml.etree.ElementTree import Element

from lms.quizzes.exchange.read_question import Lost

GENERAL = "GENERAL"
_RIGHT = {"correct", "right"}
_WRONG = {"incorrect", "wrong"}

TextOf = Callable[[Element, Collection[Element]], str]


class Feedback:
    """The feedback of one item, handed out by name; what nobody asked for is lost."""

    def __init__(self, root: Element, text_of: TextOf) -> None:
        self._text_of = text_of
        self._modal: dict[str, Element] = {}
        for each in root.findall("modalFeedback"):
            if each.get("showHide", "show") == "show":
                self._modal.setdefault(each.get("identifier", ""), each)
        self._used: set[str] = set()

    @property
    def general(self) -> str:
        """What everybody sees."""
        return self.of(GENERAL)

    def of(self, identifier: str) -> str:
        """Read the feedback of a name; "" where there is none."""
        element = self._modal.get(identifier)
        if element is None:
            return ""
        self._used.add(identifier)
        body = element.find("contentBody")
        return self._text_of(element if body is None else body, ())

    def by_rightness(self, *, is_right: bool) -> str:
        """Read what is said to everyone who was right, or wrong, about a single answer."""
        wanted = _RIGHT if is_right else _WRONG
        return next((self.of(name) for name in self._modal if name.lower() in wanted), "")

    def inline(self, choice: Element) -> tuple[str, list[Element]]:
        """Read the feedback that stands inside an option, and name its elements."""
        found = [e for e in choice.iter() if e.tag in {"feedbackInline", "feedbackBlock"}]
        return " ".join(self._text_of(each, ()) for each in found), found

    def unused(self) -> Iterator[Lost]:
        """Say what of the feedback was left behind."""
        left = set(self._modal) - self._used
        if {name for name in left if name.lower() in _RIGHT | _WRONG}:
            yield Lost.COMBINED_FEEDBACK
        if {name for name in left if name.lower() not in _RIGHT | _WRONG}:
            yield Lost.FEEDBACK
