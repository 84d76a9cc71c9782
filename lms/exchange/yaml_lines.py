"""YAML read key by key, so that every fault is known by its line; no tags, no aliases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import yaml

from lms.exchange.problems import Problem, Reason

LANGUAGES = ("ro", "en")
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "timestamp")}
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHORT, _LONG = 255, 20_000
_DEEPEST = 20
MAX_LENGTH = 300_000
_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _RefusedError(yaml.YAMLError):
    """What makes a small file endless: aliases, and nesting that no course needs."""

    def __init__(self, reason: Reason, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass
class Sink:
    """Gather the problems of one file; lines are counted from where its YAML begins."""

    path: str
    problems: list[Problem]
    first_line: int = 1

    def add(self, line: int, reason: Reason, detail: str = "") -> None:
        """Record a problem at a line of the file."""
        self.problems.append(Problem(self.path, line, reason, detail))

    def at(self, node: yaml.Node, reason: Reason, detail: str = "") -> None:
        """Record a problem at a node."""
        self.add(self.line_of(node), reason, detail)

    def line_of(self, node: yaml.Node) -> int:
        """Return the line of a node, counted in the file."""
        return self.first_line + int(node.start_mark.line)


def compose(text: str, sink: Sink) -> yaml.Node | None:
    """Read a document into nodes; None, with a problem recorded, where it can't be read."""
    if len(text) > MAX_LENGTH:
        sink.add(sink.first_line, Reason.FILE_TOO_LARGE)
        return None
    try:
        _check_events(text)
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
        return node
    except _RefusedError as error:
        sink.add(sink.first_line + error.line, error.reason)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sink.add(sink.first_line + (mark.line if mark else 0), Reason.NOT_YAML, error.problem or "")
    except (yaml.YAMLError, ValueError):
        sink.add(sink.first_line, Reason.NOT_YAML)  # a control character
    return None


def _check_events(text: str) -> None:
    """Walk the document without building it, and refuse what would not end."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(Reason.ALIAS, _line_of(event))
        if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            depth += 1
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise _RefusedError(Reason.NOT_YAML, _line_of(event))


def _line_of(event: yaml.Event) -> int:
    return int(event.start_mark.line) if event.start_mark else 0


@dataclass(frozen=True)
class Located:
    """A short text and its line."""

    text: str
    line: int


@dataclass
class Fields:
    """A mapping, read key by key; `close` reports keys that nobody asked for."""

    sink: Sink
    line: int
    nodes: dict[str, yaml.Node] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, node: yaml.Node | None, sink: Sink, what: str = "") -> Fields:
        """Read a node that must be a mapping; anything else is a problem and reads as empty."""
        if node is None:
            return cls(sink, sink.first_line)
        fields = cls(sink, sink.line_of(node))
        if not isinstance(node, yaml.MappingNode):
            sink.at(node, Reason.WRONG_KIND, what)
            return fields
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in fields.nodes:
                sink.at(key, Reason.DUPLICATE_KEY, name)
            fields.nodes[name] = value
        return fields

    def line_of(self, key: str) -> int:
        """Return the line of a key's value; the mapping's own where there is none."""
        return self.sink.line_of(self.nodes[key]) if key in self.nodes else self.line

    def wrong(self, key: str, reason: Reason = Reason.WRONG_KIND) -> None:
        """Record a problem with a key's value."""
        self.sink.add(self.line_of(key), reason, key)

    def close(self) -> None:
        """Report every key that was not asked for."""
        for name, node in self.nodes.items():
            if name not in self.asked:
                self.sink.at(node, Reason.UNKNOWN_KEY, name)

    def _ask(self, key: str, required: bool) -> yaml.Node | None:
        self.asked.add(key)
        node = self.nodes.get(key)
        if node is None and required:
            self.sink.add(self.line, Reason.MISSING_KEY, key)
        return node

    def _plain(self, key: str, required: bool, limit: int = _LONG) -> str | None:
        node = self._ask(key, required)
        return None if node is None else self._scalar(node, key, limit)

    def _scalar(self, node: yaml.Node, key: str, limit: int) -> str | None:
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN:
            self.sink.at(node, Reason.WRONG_KIND, key)
            return None
        text = str(node.value).strip()
        if _UNUSABLE.search(text):
            self.sink.at(node, Reason.CONTROL_CHARACTER, key)
            return None
        if len(text) > limit:
            self.sink.at(node, Reason.TOO_LONG, key)
            return None
        return text

    def text(self, key: str, *, required: bool = True, limit: int = _LONG) -> str:
        """Read a text; empty where there is none."""
        text = self._plain(key, required, limit)
        if required and text == "":
            self.wrong(key, Reason.MISSING_KEY)
        return text or ""

    def short(self, key: str, *, required: bool = True) -> str:
        """Read a text of one line's length."""
        return self.text(key, required=required, limit=_SHORT)

    def identifier(self, key: str, pattern: re.Pattern[str]) -> str:
        """Read an id; a problem where it doesn't follow the pattern."""
        value = self.short(key)
        if value and not pattern.fullmatch(value):
            self.wrong(key, Reason.BAD_ID)
            return ""
        return value

    def whole(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """Read a whole number within bounds."""
        written = self._plain(key, required=default is None, limit=20)
        if written is None:
            return default or 0
        if not re.fullmatch(r"-?\d{1,9}", written, re.ASCII):
            self.wrong(key)
            return default or 0
        if not least <= int(written) <= most:
            self.wrong(key, Reason.OUT_OF_RANGE)
        return int(written)

    def hours(self, key: str) -> Decimal:
        """Read a number of hours with at most two decimals."""
        written = self._plain(key, required=True, limit=20)
        try:
            value = Decimal(written or "0")
        except InvalidOperation:
            self.wrong(key)
            return Decimal(0)
        if not value.is_finite() or not 0 <= value <= 1000 or value != round(value, 2):
            self.wrong(key, Reason.OUT_OF_RANGE)
            return Decimal(0)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        node = self._ask(key, required=False)
        if node is None:
            return default
        value = str(node.value).lower() if isinstance(node, yaml.ScalarNode) else ""
        if value not in ("true", "false"):
            self.wrong(key)
        return value == "true"

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Read a calendar day written 2026-11-22."""
        written = self._plain(key, required, limit=40)
        if written is None:
            return None
        try:
            if not _DAY.fullmatch(written):
                raise ValueError(written)
            return date.fromisoformat(written)
        except ValueError:
            self.wrong(key, Reason.BAD_DATE)
            return None

    def address(self, key: str) -> str:
        """Read a web address; empty where there is none."""
        written = self.text(key, required=False, limit=1000)
        if not written:
            return ""
        try:
            parts = urlsplit(written)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.netloc or " " in written:
            self.wrong(key, Reason.BAD_ADDRESS)
            return ""
        return written

    def words(self, key: str, *, required: bool = True, limit: int = _LONG) -> dict[str, str]:
        """Read a text in both languages."""
        node = self._ask(key, required)
        if node is None:
            return dict.fromkeys(LANGUAGES, "")
        inner = Fields.of(node, self.sink, key)
        read = {name: inner.text(name, limit=limit) for name in LANGUAGES}
        inner.close()
        return read

    def inner(self, key: str, *, required: bool = True) -> Fields | None:
        """Read a mapping inside."""
        node = self._ask(key, required)
        return None if node is None else Fields.of(node, self.sink, key)

    def _list(self, key: str, required: bool) -> Sequence[yaml.Node]:
        node = self._ask(key, required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(key)
            return []
        return list(node.value)

    def texts(self, key: str, *, required: bool = True) -> list[Located]:
        """Read a list of short texts."""
        read = []
        for node in self._list(key, required):
            text = self._scalar(node, key, _SHORT)
            if text:
                read.append(Located(text, self.sink.line_of(node)))
        self._refuse_doubles(read)
        return read

    def paragraphs(self, key: str, *, required: bool = True) -> list[Located]:
        """Read a list of texts of any length, or one alone; the same may stand twice."""
        node = self.nodes.get(key)
        if isinstance(node, yaml.ScalarNode):
            self.asked.add(key)
            nodes: Sequence[yaml.Node] = [node]
        else:
            nodes = self._list(key, required)
        read = [(self._scalar(each, key, _LONG), self.sink.line_of(each)) for each in nodes]
        return [Located(text, line) for text, line in read if text]

    def rows(self, key: str, *, required: bool = True) -> list[list[Located]]:
        """Read a list of lists of texts, an empty one among them where a place is left free."""
        read = []
        for node in self._list(key, required):
            if not isinstance(node, yaml.SequenceNode):
                self.sink.at(node, Reason.WRONG_KIND, key)
                continue
            cells = [
                (self._scalar(each, key, _LONG), self.sink.line_of(each)) for each in node.value
            ]
            read.append([Located(text or "", line) for text, line in cells])
        return read

    def is_mapping(self, key: str) -> bool:
        """Whether a key's value is a mapping rather than a text."""
        return isinstance(self.nodes.get(key), yaml.MappingNode)

    def _refuse_doubles(self, read: Sequence[Located]) -> None:
        seen: set[str] = set()
        for each in read:
            if each.text in seen:
                self.sink.add(each.line, Reason.DUPLICATE_ENTRY, each.text)
            seen.add(each.text)

    def each(self, key: str, *, required: bool = True) -> list[Fields]:
        """Read a list of mappings."""
        return [Fields.of(node, self.sink, key) for node in self._list(key, required)]


def list_of_mappings(node: yaml.Node | None, sink: Sink) -> list[Fields]:
    """Read a document that is a list of mappings."""
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        sink.at(node, Reason.WRONG_KIND)
        return []
    return [Fields.of(item, sink) for item in node.value]
