"""A working paper's file: YAML in, a `Paper` out, every fault with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import yaml

from lms.exchange.paper_sheets import read_lists, read_sheets
from lms.exchange.problems import Problem, Reason
from lms.exchange.yaml_lines import Fields, Located, Sink, compose
from lms.papers.paper import (
    Block,
    Clause,
    Format,
    FormField,
    FormFields,
    Guidance,
    Heading,
    Items,
    PageBreak,
    Paper,
    Point,
    Signatures,
    Table,
    TableColumn,
    Text,
    Ticks,
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_FOREIGN_QUOTE = re.compile("[\"“‘’']")


def read_paper(
    path: str, text: str, problems: list[Problem]
) -> tuple[Paper, Mapping[str, Sequence[Located]]]:
    """Read a paper; faults go to `problems`. Beside it, the lessons and facts named, by line."""
    sink = Sink(path, problems)
    node = compose(text, sink)
    fields = Fields.of(node, sink)
    lessons = fields.texts("lessons")
    facts = fields.texts("facts", required=False)
    paper = Paper(
        id=fields.identifier("id", _ID),
        title=fields.words("title", limit=255),
        summary=fields.words("summary"),
        format=_format(fields),
        lessons=tuple(each.text for each in lessons),
        facts=tuple(each.text for each in facts),
        is_legal=fields.flag("legal", default=False),
    )
    if paper.id and path.rpartition("/")[2] != f"{paper.id}.yaml":
        fields.wrong("id", Reason.BAD_ID)
    if paper.format is Format.DOCX:
        landscape = fields.flag("landscape", default=False)
        blocks = tuple(b for each in fields.each("body") if (b := _block(each)) is not None)
        if not blocks:
            fields.wrong("body", Reason.EMPTY_PAPER)
        paper = replace(paper, is_landscape=landscape, blocks=blocks)
    else:
        paper = replace(paper, lists=read_lists(fields))
        paper = replace(paper, sheets=read_sheets(fields, paper))
    fields.close()
    _check_quotes(node, sink)
    return paper, {"lessons": lessons, "facts": facts}


def _format(fields: Fields) -> Format:
    written = fields.short("format")
    try:
        return Format(written)
    except ValueError:
        fields.wrong("format", Reason.UNKNOWN_KIND)
        return Format.DOCX


def _check_quotes(node: yaml.Node | None, sink: Sink) -> None:
    """Warn of quotes that Romanian print does not know; formulas have quotes of their own."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in ("formula", "en"):
                _check_quotes(value, sink)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_quotes(value, sink)
    elif node is not None and (found := _FOREIGN_QUOTE.search(str(node.value))):
        sink.at(node, Reason.STRAIGHT_QUOTE, found[0])


# The blocks of a document ----------------------------------------------------------------------


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    return tuple(each.text for each in fields.paragraphs(key))


def _heading(fields: Fields) -> Block:
    return Heading(fields.text("heading", limit=255))


def _subheading(fields: Fields) -> Block:
    return Heading(fields.text("subheading", limit=255), level=2)


def _text(fields: Fields) -> Block:
    return Text(fields.text("text"))


def _guidance(fields: Fields) -> Block:
    return Guidance(_texts(fields, "guidance"))


def _bullets(fields: Fields) -> Block:
    return Items(_texts(fields, "bullets"))


def _steps(fields: Fields) -> Block:
    return Items(_texts(fields, "steps"), is_numbered=True)


def _clause(fields: Fields) -> Block:
    guidance = fields.paragraphs("guidance", required=False)
    return Clause(
        fields.text("clause", limit=255),
        tuple(_point(each) for each in fields.paragraphs("points")),
        guidance=tuple(each.text for each in guidance),
        is_optional=fields.flag("optional", default=False),
    )


def _point(written: Located) -> Point:
    """Split „text” from the lines under it that begin with a dash."""
    lines = [line.strip() for line in written.text.split("\n")]
    text = " ".join(line for line in lines if not line.startswith("- "))
    return Point(text, tuple(line[2:] for line in lines if line.startswith("- ")))


def _fields(fields: Fields) -> Block:
    questions = []
    for each in fields.each("rows"):
        questions.append(
            FormField(
                each.text("label", limit=255),
                each.text("hint", required=False, limit=1000),
                each.whole("lines", least=1, most=40, default=1),
            )
        )
        each.close()
    return FormFields(fields.text("fields", limit=255), tuple(questions))


def _table(fields: Fields) -> Block:
    columns = []
    for each in fields.each("columns"):
        column = TableColumn(
            each.text("title", limit=255),
            each.whole("share", least=1, most=100, default=1),
            each.flag("number", default=False),
        )
        columns.append(column)
        each.close()
    rows = fields.rows("rows", required=False)
    for row in rows:
        if len(row) > len(columns):
            fields.sink.add(row[-1].line, Reason.OUT_OF_RANGE, "rows")
    width = len(columns)
    filled = [[each.text for each in row][:width] for row in rows]
    return Table(
        fields.text("table", limit=255),
        tuple(columns),
        tuple(tuple(row + [""] * (width - len(row))) for row in filled),
        fields.whole("empty", least=0, most=100, default=0),
        fields.whole("lines", least=1, most=40, default=1),
    )


def _ticks(fields: Fields) -> Block:
    return Ticks(_texts(fields, "ticks"))


def _signatures(fields: Fields) -> Block:
    return Signatures(_texts(fields, "signatures"), _texts(fields, "lines"))


def _page_break(fields: Fields) -> Block:
    fields.flag("page_break", default=True)
    return PageBreak()


_BLOCKS: dict[str, Callable[[Fields], Block]] = {
    "heading": _heading,
    "subheading": _subheading,
    "text": _text,
    "guidance": _guidance,
    "bullets": _bullets,
    "steps": _steps,
    "clause": _clause,
    "fields": _fields,
    "table": _table,
    "ticks": _ticks,
    "signatures": _signatures,
    "page_break": _page_break,
}


def _block(fields: Fields) -> Block | None:
    """Read a block by its first key, which says what it is."""
    name = next(iter(fields.nodes), "")
    if name not in _BLOCKS:
        fields.sink.add(fields.line, Reason.UNKNOWN_BLOCK, name)
        return None
    block = _BLOCKS[name](fields)
    fields.close()
    return block
