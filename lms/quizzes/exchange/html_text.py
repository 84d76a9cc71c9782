"""HTML of other systems as the Markdown that is kept, with word of what had to be dropped.

Rendered Markdown comes back as Markdown that renders the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

PictureName = Callable[[str], str]

MAX_LENGTH = 50_000  # any longer, and the question is refused as too long anyway
_DEEPEST = 40
_SIGNS = re.compile(r"([\\`*_\[\]<>&|~])")
_LINE_START = re.compile(r"^([#+=:-]|\d{1,9}[.)])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ONE_PARAGRAPH = re.compile(
    r"\s*<p(?: dir=\"ltr\"| style=\"text-align: ?left;?\")?>([^<&]*)</p>\s*"
)
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_PLAIN = {"span", "div", "p", "font", "center", "section", "article", "header", "footer", "main"}
_PLAIN |= {"body", "html", "label", "figure", "tbody", "thead", "tfoot", "o:p", "small", "big"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = {"p", "div", "ul", "ol", "blockquote", "table", "pre", "hr", "li", "section", "article"}
_BLOCKS |= {"header", "footer", "main", "body", "html", "figure", "center", *_HEADINGS}
_HIDDEN = {"script", "style", "template", "head", "title", "noscript"}
_VOID = {"br", "img", "hr", "col", "input", "wbr", "source", "track", "embed", "area", "link"}
_VOID |= {"meta", "param", "base"}
_IMPLIED_END = {"li": {"li"}, "p": {"p"}, "td": {"td", "th"}, "th": {"td", "th"}, "tr": {"tr"}}
_STOPS_IMPLIED = {"ul", "ol", "table", "blockquote", "div"}


@dataclass
class Node:
    """An element of HTML, as browsers would understand it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)


@dataclass(frozen=True)
class _Mark:
    """A sign of emphasis that may turn out not to work where it stands."""

    sign: str
    pair: int
    opens: bool


@dataclass(frozen=True)
class HtmlText:
    """Hold the Markdown, and the tags whose meaning it could not keep."""

    markdown: str
    lost: tuple[str, ...] = ()


def read_html(text: str, picture: PictureName | None = None) -> HtmlText:
    """Turn HTML into Markdown; `picture` names what a picture's address stands for, or ""."""
    if len(text) > MAX_LENGTH:
        return HtmlText(text)
    simple = _ONE_PARAGRAPH.fullmatch(text)
    inner = simple[1] if simple else text
    if not any(sign in inner.strip() for sign in "<&\n"):
        return HtmlText(_escaped(_SPACES.sub(" ", inner).strip(), at_start=True))
    builder = _built(text)
    writer = _Writer(picture or _no_picture)
    blocks = writer.blocks(builder.root)
    markdown = "\n\n".join(blocks)
    return HtmlText(
        _on_one_line(markdown, blocks), tuple(dict.fromkeys(builder.hidden + writer.lost))
    )


def markdown_of(root: Node, picture: PictureName | None = None) -> str:
    """Write a tree as Markdown, however long; whoever made it has seen to its size."""
    return "\n\n".join(_Writer(picture or _no_picture).blocks(root))


def html_tree(text: str) -> Node:
    """Read HTML as a tree; its root has no name."""
    return _built(text).root


def _built(text: str) -> _Builder:
    builder = _Builder()
    # Behind the last „>” stands no tag; the library would look for one at each „<” anew.
    end = text.rfind(">") + 1
    builder.feed(text[:end] + text[end:].replace("<", "&lt;"))
    builder.close()
    return builder


def _no_picture(_address: str) -> str:
    return ""


def _on_one_line(markdown: str, blocks: list[str]) -> str:
    """Show a lone heading as strong words: a text of one line has no blocks."""
    if len(blocks) == 1 and "\n" not in markdown and (found := re.match(r"#{1,6} (.+)", markdown)):
        return f"**{found[1]}**"
    return markdown


def _escaped(text: str, *, at_start: bool) -> str:
    escaped = _SIGNS.sub(r"\\\1", text)
    if at_start:
        escaped = _LINE_START.sub(lambda m: f"{m[1][:-1]}\\{m[1][-1]}", escaped)
    return escaped


class _Builder(HTMLParser):
    """Makes a tree, forgiving what browsers forgive."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.hidden: list[str] = []
        self._open = [self.root]
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
            self.hidden.append(tag)
            return
        self._end_implied(tag)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)
        elif tag not in _HIDDEN:
            self._open[-1].children.append(Node(tag, {n: v or "" for n, v in attrs}))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Pass over what begins like a marked section; the library gives up on an odd one."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def _end_implied(self, tag: str) -> None:
        ended = _IMPLIED_END.get(tag, {"p"} if tag in _BLOCKS - {"div"} else set())
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag in ended:
                del self._open[at:]
                return
            if self._open[at].tag in _STOPS_IMPLIED:
                return

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
            return
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._open[-1].children.append(data)


class _Writer:
    """Writes a tree as Markdown."""

    def __init__(self, picture: PictureName) -> None:
        self.lost: list[str] = []
        self._picture = picture
        self._pairs = 0
        self._within: list[str] = []

    def blocks(self, node: Node) -> list[str]:
        """Write what stands in a node as blocks, each without the line between them."""
        found: list[str] = []
        run: list[Node | str] = []
        for child in node.children:
            if isinstance(child, str) or not _holds_blocks(child):
                run.append(child)
                continue
            found += self._paragraph(run)
            run = []
            found += self._block(child)
        return [*found, *self._paragraph(run)]

    def _paragraph(self, run: list[Node | str]) -> list[str]:
        text = self.inline(run)
        return [text] if text else []

    def _block(self, node: Node) -> list[str]:  # noqa: PLR0911 -- one answer for each tag
        match node.tag:
            case "ul" | "ol":
                return [self._list(node)]
            case "blockquote":
                inner = "\n\n".join(self.blocks(node))
                return ["\n".join(f"> {line}".rstrip() for line in inner.split("\n"))]
            case "pre":
                return [_fenced(_words(node))]
            case "hr":
                return ["***"]
            case "table":
                return self._table(node)
            case tag if tag in _HEADINGS:
                words = self.inline(node.children).replace("\\\n", " ").replace("\n", " ")
                return [f"{'#' * _HEADINGS[tag]} {words}"] if words else []
            case _:
                self._note(node)
                return self.blocks(node)

    def _list(self, node: Node) -> str:
        start = node.attributes.get("start", "")
        number = int(start) if start.isdecimal() and len(start) < 10 else 1  # as Markdown counts
        items = []
        is_loose = False
        for child in node.children:
            if isinstance(child, str):
                continue
            blocks = self.blocks(child)
            marker = f"{number}. " if node.tag == "ol" else "- "
            number += 1
            is_loose = is_loose or any(isinstance(c, Node) and c.tag == "p" for c in child.children)
            inner = ("\n\n" if is_loose else "\n").join(blocks)
            items.append(marker + inner.replace("\n", "\n" + " " * len(marker)))
        return re.sub(r"\n +(?=\n)", "\n", ("\n\n" if is_loose else "\n").join(items))

    def _table(self, node: Node) -> list[str]:
        rows = [
            [self._cell(cell) for cell in row.children if _is(cell, "td", "th")]
            for row in _rows(node)
        ]
        width = max(map(len, rows), default=0)
        if not width:
            return self.blocks(Node("", {}, [c for c in node.children if not _is(c, "colgroup")]))
        heads = [c for row in _rows(node)[:1] for c in row.children if isinstance(c, Node)]
        if not any(cell.tag == "th" for cell in heads):
            rows.insert(0, [])
        lines = ["| " + " | ".join((row + [""] * width)[:width]) + " |" for row in rows]
        signs = [_alignment(cell) for cell in heads] + ["---"] * width
        return ["\n".join([lines[0], "| " + " | ".join(signs[:width]) + " |", *lines[1:]])]

    def _cell(self, node: Node | str) -> str:
        assert isinstance(node, Node)
        if node.attributes.get("colspan", "1") != "1" or node.attributes.get("rowspan", "1") != "1":
            self.lost.append("table")
        return " ".join(self.inline([node]).replace("\\\n", " ").split("\n"))

    # Words ------------------------------------------------------------------------------------

    def inline(self, nodes: list[Node | str]) -> str:
        """Write a run of words with its emphasis, links, pictures and line breaks."""
        pieces: list[str | _Mark] = []
        for node in nodes:
            pieces += self._pieces(node)
        return self._joined(pieces)

    def _pieces(self, node: Node | str) -> Iterator[str | _Mark]:
        if isinstance(node, str):
            yield _SPACES.sub(lambda spaces: _SOFT if spaces[0] == "\n" else " ", node)
        elif node.tag in _MARKS:
            yield from self._marked(node, _MARKS[node.tag])
        elif node.tag == "code":
            yield _code(_words(node))
        elif node.tag == "br":
            yield "\n"
        elif node.tag == "img":
            yield from self._image(node)
        elif node.tag == "a":
            address = _safe_link(node.attributes.get("href", ""))
            yield _RAW + "[" if address else ""
            yield from self._inner(node)
            yield f"{_RAW}](<{address}>)" if address else ""
        else:
            self._note(node)
            yield from self._inner(node)
            yield " " if node.tag in _BLOCKS else ""

    def _marked(self, node: Node, sign: str) -> Iterator[str | _Mark]:
        """Write emphasis; the same inside itself says nothing more."""
        if sign in self._within:
            yield from self._inner(node)
            return
        self._pairs += 1
        pair = self._pairs
        self._within.append(sign)
        yield _Mark(sign, pair, True)
        yield from self._inner(node)
        yield _Mark(sign, pair, False)
        self._within.remove(sign)

    def _inner(self, node: Node) -> Iterator[str | _Mark]:
        for child in node.children:
            yield from self._pieces(child)

    def _image(self, node: Node) -> Iterator[str]:
        alt = node.attributes.get("alt", "").strip()
        name = self._picture(node.attributes.get("src", ""))
        if name:
            yield f"{_RAW}![{_SIGNS.sub(_BACKSLASHED, _SPACES.sub(' ', alt))}](<{name}>)"
        else:
            self.lost.append("img")
            yield alt

    def _note(self, node: Node) -> None:
        known = _PLAIN | {"li", "td", "th", "tr", "a", "abbr", "wbr", "colgroup", "col"}
        if node.tag and node.tag not in known:
            self.lost.append(node.tag)

    def _joined(self, pieces: list[str | _Mark]) -> str:
        """Escape words, move spaces out of emphasis, and drop emphasis that would not work."""
        tidy = _without_doubled_spaces(pieces)
        failing = _failing(tidy)
        if failing:
            self.lost.append("b")
        out = ""
        for piece in tidy:
            if isinstance(piece, _Mark):
                out += "" if piece.pair in failing else piece.sign
            elif piece.startswith(_RAW):
                out += piece[1:]
            else:
                for words in _BREAKS.split(piece):
                    out += _WRITTEN_BREAKS.get(words) or _escaped(
                        words, at_start=not out or out.endswith("\n")
                    )
        return re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", out)


_RAW = "\x00"  # before a piece that is Markdown already; no text can hold it
_SOFT = "\x01"  # a line that ends in the source alone; what pages show is a space
_BREAKS = re.compile("([\n\x01])")
_WRITTEN_BREAKS = {"\n": "\\\n", _SOFT: "\n"}
_EDGES = f" \n{_SOFT}"
_BACKSLASHED = r"\\\1"


def _holds_blocks(node: Node) -> bool:
    if node.tag in _BLOCKS:
        return True
    if node.tag in _MARKS or node.tag in {"a", "code"}:
        return False
    return any(isinstance(child, Node) and _holds_blocks(child) for child in node.children)


def _is(node: Node | str, *tags: str) -> bool:
    return isinstance(node, Node) and node.tag in tags


def _rows(table: Node) -> list[Node]:
    found = []
    for child in table.children:
        if isinstance(child, Node):
            found += [child] if child.tag == "tr" else _rows(child) if child.tag != "table" else []
    return found


def _alignment(cell: Node) -> str:
    match = re.search(r"align-(left|center|right)", cell.attributes.get("class", ""))
    return {"left": ":---", "center": ":---:", "right": "---:"}[match[1]] if match else "---"


def _words(node: Node) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.tag == "br" else _words(child)
        for child in node.children
    )


def _fenced(text: str) -> str:
    longest = max(map(len, re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    body = text.removeprefix("\n").removesuffix("\n")
    return f"{fence}\n{body}\n{fence}"


def _code(text: str) -> str:
    text = _SPACES.sub(" ", text)
    if not text.strip():
        return text
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    fence = "`" * (longest + 1)
    return f"{_RAW}{fence}{pad}{text}{pad}{fence}"


def _safe_link(address: str) -> str:
    safe = address.startswith(("https://", "http://", "mailto:"))
    if not safe or re.search(r"[\s<>]", address):
        return ""
    return re.sub(r"([\\&])", _BACKSLASHED, address)


def _without_doubled_spaces(pieces: list[str | _Mark]) -> list[str | _Mark]:
    """Let each run of spaces stand once, never at an edge, and outside emphasis."""
    out: list[str | _Mark] = []
    waiting = ""
    for piece in pieces:
        if isinstance(piece, _Mark):
            if piece.opens and waiting:
                out, waiting = _with_space(out, waiting), ""
            out.append(piece)
            continue
        if piece.startswith(_RAW):
            out, waiting = _with_space(out, waiting), ""
            out.append(piece)
            continue
        words = re.sub("[ \x01]*\n[ \x01]*", "\n", piece)
        words = re.sub(" *\x01 *", _SOFT, words)
        stripped = words.strip(_EDGES)
        before = words[: len(words) - len(words.lstrip(_EDGES))]
        waiting = _longer(waiting, before if stripped else words)
        if stripped:
            out, waiting = _with_space(out, waiting), ""
            out.append(stripped)
            waiting = words[len(words.rstrip(_EDGES)) :]
    return out


def _longer(one: str, other: str) -> str:
    breaks = one.count("\n") + other.count("\n")
    if breaks:
        return "\n" * breaks
    return _SOFT if _SOFT in one + other else (one or other)[:1]


def _with_space(out: list[str | _Mark], space: str) -> list[str | _Mark]:
    """Put a space before emphasis that has just begun, and none before everything."""
    at = len(out)
    while at and _opens(out[at - 1]):
        at -= 1
    before = out[at - 1] if at else ""
    is_spaced = isinstance(before, str) and before[-1:] in _EDGES  # nothing counts as a space
    return [*out[:at], space, *out[at:]] if space and not is_spaced else out


def _opens(piece: str | _Mark) -> bool:
    return isinstance(piece, _Mark) and piece.opens


def _failing(pieces: list[str | _Mark]) -> set[int]:
    """Find the pairs of signs that Markdown would show as signs, and those around nothing."""
    failing: set[int] = set()
    befores, afters = _around(pieces)
    for at, piece in enumerate(pieces):
        if not isinstance(piece, _Mark):
            continue
        before, after = befores[at], afters[at].lstrip(_RAW)[:1]
        inner, outer = (after, before) if piece.opens else (before, after)
        neighbour = pieces[at + 1] if piece.opens and at + 1 < len(pieces) else None
        is_empty = isinstance(neighbour, _Mark) and neighbour.pair == piece.pair
        if is_empty or not _works(inner, outer):
            failing.add(piece.pair)
    return failing


def _around(pieces: list[str | _Mark]) -> tuple[list[str], list[str]]:
    """Return the sign before each piece, and the two behind it."""
    texts = [piece if isinstance(piece, str) else "" for piece in pieces]
    before = after = ""
    befores, afters = [], []
    for text in texts:
        befores.append(before)
        before = text[-1:] or before
    for text in reversed(texts):
        afters.append(after)
        after = (text[:2] + after)[:2]
    return befores, afters[::-1]


def _works(inner: str, outer: str) -> bool:
    if not inner or inner.isspace():
        return False
    return not _is_punctuation(inner) or not outer or outer.isspace() or _is_punctuation(outer)


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"
