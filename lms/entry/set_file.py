"""Read an indicator set from YAML; every fault is told with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from lms.entry.indicator_sets import (
    PAGES,
    REFUSED,
    Ages,
    Condition,
    Counts,
    EntityIndicator,
    Indicator,
    IndicatorSet,
    Kind,
    Option,
    Question,
    Status,
    Words,
)

MAX_LENGTH = 100_000
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_SET_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ENTITY_KINDS = frozenset({"ngo", "public_authority", "other"})
_OLDEST = 120
_DEEPEST = 12


class Fault(StrEnum):
    """What can be wrong with a set."""

    NOT_YAML = "not_yaml"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"  # detail: the key
    MISSING = "missing"
    UNKNOWN_KEY = "unknown_key"
    TWICE = "twice"
    BAD_ID = "bad_id"
    ONE_OF_KIND = "one_of_kind"  # birth, gender and labour stand once each
    UNKNOWN_QUESTION = "unknown_question"
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_CODE = "unknown_code"
    SPLITS_BAND = "splits_band"  # an age limit inside a band: who gave the band can't be counted
    GAP_IN_BANDS = "gap_in_bands"
    NOT_A_TOTAL = "not_a_total"  # the indicators of the total don't part the statuses


@dataclass(frozen=True)
class Found:
    """A fault and its line; `detail` is the key, id or word concerned."""

    line: int
    fault: Fault
    detail: str = ""


class SetRefused(Exception):
    """The file is no indicator set; `faults` say why, in the order of their lines."""

    def __init__(self, faults: list[Found]) -> None:
        super().__init__("; ".join(f"line {f.line}: {f.fault} {f.detail}".rstrip() for f in faults))
        self.faults = faults


def read_set(text: str) -> IndicatorSet:
    """Read a set; raise SetRefused with all that was found."""
    faults: list[Found] = []
    node = _composed(text, faults)
    found = _Reader(faults).read(node) if node is not None else None
    if faults or found is None:
        raise SetRefused(sorted(set(faults), key=lambda f: (f.line, f.fault, f.detail)))
    return found


def _composed(text: str, faults: list[Found]) -> yaml.Node | None:
    if len(text) > MAX_LENGTH:
        faults.append(Found(1, Fault.TOO_LARGE))
        return None
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                faults.append(Found(_line_of(event), Fault.NOT_YAML, "*"))
                return None
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                faults.append(Found(_line_of(event), Fault.NOT_YAML))
                return None
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(Found(mark.line + 1 if mark else 1, Fault.NOT_YAML, error.problem or ""))
        return None
    except (yaml.YAMLError, ValueError):
        faults.append(Found(1, Fault.NOT_YAML))
        return None
    if node is None:
        faults.append(Found(1, Fault.MISSING, "id"))
    return node


def _line_of(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


class _Mapping:
    """A mapping read key by key; `close` reports what nobody asked for."""

    def __init__(self, node: yaml.Node, faults: list[Found], what: str = "") -> None:
        self.faults, self.line = faults, int(node.start_mark.line) + 1
        self.nodes: dict[str, yaml.Node] = {}
        self.asked: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            self.fault(Fault.WRONG_KIND, what, node)
            return
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in self.nodes:
                self.fault(Fault.TWICE, name, key)
            self.nodes[name] = value

    def fault(self, fault: Fault, detail: str = "", node: yaml.Node | None = None) -> None:
        line = self.line if node is None else int(node.start_mark.line) + 1
        self.faults.append(Found(line, fault, detail))

    def ask(self, key: str, *, required: bool = True) -> yaml.Node | None:
        self.asked.add(key)
        if key not in self.nodes and required:
            self.fault(Fault.MISSING, key)
        return self.nodes.get(key)

    def text(self, key: str, *, required: bool = True) -> str:
        node = self.ask(key, required=required)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            self.fault(Fault.WRONG_KIND, key, node)
            return ""
        return str(node.value).strip()[:500]

    def named(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self.text(key)
        if value and (not pattern.fullmatch(value) or value == REFUSED):
            self.fault(Fault.BAD_ID, value, self.nodes[key])
        return value

    def one_of(self, key: str, kinds: type[StrEnum]) -> Any:
        value = self.text(key)
        if value and value not in {kind.value for kind in kinds}:
            self.fault(Fault.WRONG_KIND, key, self.nodes[key])
            return None
        return kinds(value) if value else None

    def words(self, key: str) -> Words:
        node = self.ask(key)
        if node is None:
            return {"ro": "", "en": ""}
        inner = _Mapping(node, self.faults, key)
        read = {language: inner.text(language) for language in ("ro", "en")}
        inner.close()
        return read

    def flag(self, key: str) -> bool:
        value = self.text(key, required=False)
        if value not in ("", "true", "false"):
            self.fault(Fault.WRONG_KIND, key, self.nodes[key])
        return value == "true"

    def whole(self, key: str, least: int, most: int) -> int | None:
        value = self.text(key, required=False)
        if not value:
            return None
        if not re.fullmatch(r"\d{1,3}", value, re.ASCII) or not least <= int(value) <= most:
            self.fault(Fault.WRONG_KIND, key, self.nodes[key])
            return None
        return int(value)

    def each(self, key: str, *, required: bool = True) -> Iterator[yaml.Node]:
        node = self.ask(key, required=required)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.fault(Fault.WRONG_KIND, key, node)
            return
        yield from node.value

    def texts(self, key: str) -> list[tuple[str, yaml.Node]]:
        """Read one text or a list of them."""
        node = self.ask(key)
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node] if node else []
        read: list[tuple[str, yaml.Node]] = []
        for each in nodes:
            if isinstance(each, yaml.ScalarNode):
                read.append((str(each.value).strip(), each))
            else:
                self.fault(Fault.WRONG_KIND, key, each)
        return read

    def close(self) -> None:
        for name, node in self.nodes.items():
            if name not in self.asked:
                self.fault(Fault.UNKNOWN_KEY, name, node)


class _Reader:
    """Reads one set, keeping what later parts must agree with."""

    def __init__(self, faults: list[Found]) -> None:
        self.faults = faults
        self.questions: dict[str, Question] = {}

    def read(self, node: yaml.Node) -> IndicatorSet:
        top = _Mapping(node, self.faults)
        set_id, title = top.named("id", _SET_ID), top.words("title")
        for each in top.each("questions"):
            self._question(_Mapping(each, self.faults, "questions"))
        for kind in (Kind.BIRTH, Kind.GENDER, Kind.LABOUR):
            if sum(q.kind is kind for q in self.questions.values()) != 1:
                top.fault(Fault.ONE_OF_KIND, kind.value, top.nodes.get("questions"))
        indicators = [
            self._indicator(_Mapping(each, self.faults, "indicators"))
            for each in top.each("indicators")
        ]
        entities = [
            self._entity(_Mapping(each, self.faults, "entities"))
            for each in top.each("entities", required=False)
        ]
        self._refuse_doubles(
            top, [*(i.code for i in indicators), *(e.code for e in entities)], "indicators"
        )
        total = self._total(top, {i.code: i for i in indicators})
        top.close()
        return IndicatorSet(
            set_id, title, tuple(self.questions.values()), tuple(indicators), total, tuple(entities)
        )

    def _refuse_doubles(self, top: _Mapping, names: list[str], key: str) -> None:
        for name, number in Counter(names).items():
            if number > 1:
                top.fault(Fault.TWICE, name, top.nodes.get(key))

    def _question(self, found: _Mapping) -> None:
        name, kind = found.named("id", _ID), found.one_of("kind", Kind)
        label, may_refuse = found.words("label"), found.flag("may_refuse")
        page = found.whole("page", PAGES[0], PAGES[-1]) or PAGES[0]
        is_birth = kind is Kind.BIRTH
        options = [
            self._option(_Mapping(each, self.faults), kind)
            for each in found.each("bands" if is_birth else "options")
        ]
        self._refuse_doubles(found, [o.id for o in options], "bands" if is_birth else "options")
        if is_birth:
            self._check_bands(found, [o.ages for o in options if o.ages])
        is_list = found.flag("list")
        if may_refuse and kind is not Kind.CHOICE:
            found.fault(Fault.WRONG_KIND, "may_refuse")
        if name in self.questions:
            found.fault(Fault.TWICE, name)
        found.close()
        if name and kind:
            self.questions[name] = Question(
                name, kind, page, label, tuple(options), may_refuse, is_list
            )

    def _option(self, found: _Mapping, kind: Kind | None) -> Option:
        name, label = found.named("id", _ID), found.words("label")
        status = ages = None
        if kind is Kind.LABOUR:
            status = found.one_of("status", Status)
        if kind is Kind.BIRTH:
            ages = self._ages(found)
        found.close()
        return Option(name, label, status, ages)

    def _ages(self, found: _Mapping) -> Ages:
        ages = Ages(found.whole("from", 0, _OLDEST), found.whole("to", 0, _OLDEST))
        if ages.least is not None and ages.most is not None and ages.least > ages.most:
            found.fault(Fault.WRONG_KIND, "to")
        return ages

    def _check_bands(self, found: _Mapping, bands: list[Ages]) -> None:
        """Bands follow one another without a gap, from the youngest to the oldest."""
        follows: list[int | None] = [None, *((b.most or 0) + 1 for b in bands[:-1])]
        whole = [b.least for b in bands] == follows and all(b.most for b in bands[:-1])
        if not whole or (bands and bands[-1].most is not None):
            found.fault(Fault.GAP_IN_BANDS, "bands", found.nodes.get("bands"))

    def _indicator(self, found: _Mapping) -> Indicator:
        code, name = found.named("code", _CODE), found.words("name")
        when = None
        if not found.flag("dropped"):
            node = found.ask("when")
            when = self._condition(_Mapping(node, self.faults, "when")) if node else Condition()
        found.close()
        return Indicator(code, name, when)

    def _condition(self, found: _Mapping) -> Condition:
        answers: dict[str, frozenset[str]] = {}
        ages: Ages | None = None
        any_of: tuple[Condition, ...] = ()
        for key, node in list(found.nodes.items()):
            if key == "age":
                found.asked.add(key)
                inner = _Mapping(node, self.faults, "age")
                ages = self._ages(inner)
                inner.close()
                self._refuse_split_bands(found, ages, node)
            elif key == "any":
                any_of = tuple(
                    self._condition(_Mapping(each, self.faults, "any")) for each in found.each(key)
                )
            else:
                answers[key] = self._options_named(found, key)
        return Condition(answers, ages, any_of)

    def _options_named(self, found: _Mapping, key: str) -> frozenset[str]:
        question = self.questions.get(key)
        if question is None or question.kind is Kind.BIRTH:
            found.asked.add(key)
            found.fault(Fault.UNKNOWN_QUESTION, key, found.nodes[key])
            return frozenset()
        named = found.texts(key)
        for option, node in named:
            if option not in question.by_id:
                found.fault(Fault.UNKNOWN_OPTION, option, node)
        return frozenset(option for option, _node in named)

    def _refuse_split_bands(self, found: _Mapping, ages: Ages, node: yaml.Node) -> None:
        birth = [q for q in self.questions.values() if q.kind is Kind.BIRTH]
        for band in (o.ages for q in birth for o in q.options if o.ages):
            if ages.touches(band) and not ages.holds(band):
                found.fault(Fault.SPLITS_BAND, "age", node)

    def _total(self, top: _Mapping, indicators: dict[str, Indicator]) -> tuple[str, ...]:
        named = top.texts("total")
        for code, node in named:
            if code not in indicators:
                top.fault(Fault.UNKNOWN_CODE, code, node)
        labour = next((q for q in self.questions.values() if q.kind is Kind.LABOUR), None)
        codes = tuple(code for code, _node in named)
        if labour is not None and all(code in indicators for code in codes):
            counted: Counter[str] = Counter()
            for code in codes:
                when = indicators[code].when
                if when is None or when.ages or when.any_of or set(when.answers) != {labour.id}:
                    counted["?"] += 2
                    continue
                counted.update(when.answers[labour.id])
            if counted != Counter(option.id for option in labour.options):
                top.fault(Fault.NOT_A_TOTAL, "total", top.nodes.get("total"))
        return codes

    def _entity(self, found: _Mapping) -> EntityIndicator:
        code, name = found.named("code", _CODE), found.words("name")
        kinds = found.texts("kinds")
        for kind, node in kinds:
            if kind not in _ENTITY_KINDS:
                found.fault(Fault.UNKNOWN_OPTION, kind, node)
        counts = found.one_of("counts", Counts) or Counts.ORGANISATIONS
        found.close()
        return EntityIndicator(code, name, frozenset(k for k, _n in kinds), counts)
