"""The one place where Markdown becomes HTML and where foreign HTML is made harmless.

Both end in the same allow-list, so a fault in the renderer can't put a script on a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from lms.errors import Unusable
from lms.safety.file_names import slug_of
from lms.safety.terms import BACK_ANCHOR, TERM_CLASS, Marker

ImageResolver = Callable[[str], str | None]
LinkResolver = Callable[[str], str | None]

_INLINE_TAGS = frozenset(
    {"a", "abbr", "b", "br", "code", "del", "em", "i", "img", "kbd", "mark", "q", "s", "small"}
    | {"span", "strong", "sub", "sup", "u"}
)
_BLOCK_TAGS = frozenset(
    {"blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "h2", "h3", "h4"}
    | {"h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"tr", "ul"}
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_CLASSES = {
    "div": {"table-scroll"},
    "img": {"lesson-image"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
}
_CLIPBOARD_TAGS = frozenset(
    {"p", "div", "br", "span", "b", "strong", "i", "em", "u", "ins", "mark", "sup", "sub", "font"}
    | {"ul", "ol", "li", "table", "tbody", "thead", "tr", "td", "th", "img", "a", "h1", "h2", "h3"}
    | {"h4", "h5", "h6"}
)
_SCHEMES = {"http", "https", "mailto", "tel"}
# Beyond these the parsers' time grows with the square; no lesson and no question comes near.
LONGEST_SOURCE = 100_000
_LONGEST_HTML, _MOST_TAGS = 500_000, 5_000
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HEADING_PREFIX = "s-"  # keeps ids written by authors apart from those of the page
_HEADING_ID = re.compile(r"s-[a-z0-9-]+")
_TERM_ID = re.compile(rf"{BACK_ANCHOR}[a-z0-9-]+")


class MarkupTooLarge(Unusable):
    """A text is longer, or nested deeper, than anything that people write."""


def render_markdown(
    source: str,
    *,
    resolve_image: ImageResolver,
    resolve_link: LinkResolver | None = None,
    terms: Marker | None = None,
) -> Markup:
    """Render a lesson's Markdown as safe HTML, to be stored beside its source.

    `resolve_image` turns the name written by the author into an address of this site; where it
    answers None the picture's text stands alone. `resolve_link` does the same for relative links.
    `terms` makes a link of each term of a glossary where it stands first, and remembers which.
    Raises MarkupTooLarge, as all three do.
    """
    _check_length(source)
    tokens = _parser().parse(source)
    _demote_titles(tokens)
    _name_headings(tokens)
    _align_cells(tokens)
    for token in tokens:
        if token.children is not None:
            token.children = _resolved(token.children, resolve_image, resolve_link)
    if terms is not None:
        terms.mark(tokens)
    cleaner = _cleaner() if terms is None else _term_cleaner()
    return _clean(_render(_with_scrolling_tables(tokens)), cleaner)


def render_inline(source: str, *, resolve_image: ImageResolver | None = None) -> Markup:
    """Render one run of text (a stem, an option, feedback) without paragraphs or headings."""
    _check_length(source)
    tokens = _parser().parseInline(source)
    for token in tokens:
        token.children = _resolved(token.children or [], resolve_image or _no_image, None)
    return _clean(_render(tokens), _inline_cleaner())


def sanitise(html: str) -> Markup:
    """Make foreign HTML harmless: keep plain markup and this site's own pictures, drop the rest."""
    if len(html) > _LONGEST_HTML or len(re.findall("<[a-zA-Z]", html)) > _MOST_TAGS:
        raise MarkupTooLarge
    return _clean(html, _cleaner())


def clipboard_html(html: str, *, keeps_links: bool = False) -> str:
    """Reduce what a program lays on the clipboard to words, lists, tables, marks and pictures.

    For being read by us, never for being shown: styles stay, because marks stand in them.
    """
    return str(
        nh3.clean(
            html,
            tags=set(_CLIPBOARD_TAGS),
            clean_content_tags={"script", "style", "title", "template", "xml"},
            attributes={
                "*": {"style"},
                "a": {"href"} if keeps_links else set(),
                "ol": {"type", "start"},
                "img": {"src", "alt"},
            },
            url_schemes={"data", *(_SCHEMES if keeps_links else ())},
            link_rel=None,
            strip_comments=True,
        )
    )


def plain_text(html: str) -> str:
    """Take the words out of rendered HTML, for titles, mails and printed pages."""
    spaced = re.sub(r"<(?:br|/p|/li|/h\d|/tr|/td|/th)\b[^>]*>", r"\g<0> ", html)
    return " ".join(unescape(nh3.clean(spaced, tags=set())).split())


def _check_length(source: str) -> None:
    if len(source) > LONGEST_SOURCE:
        raise MarkupTooLarge


def _clean(html: str, cleaner: nh3.Cleaner) -> Markup:
    return Markup(cleaner.clean(html))  # noqa: S704 - the one place that declares HTML safe


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _render(tokens: Sequence[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {}))


def _no_image(_name: str) -> str | None:
    return None


def _demote_titles(tokens: Iterable[Token]) -> None:
    """Keep the page's own h1 the only one."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"} and token.tag == "h1":
            token.tag = "h2"


def _name_headings(tokens: Sequence[Token]) -> None:
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _free_id(_slug(_words(inline)), taken))


def _words(inline: Token) -> str:
    kinds = {"text", "code_inline", "image"}
    return "".join(child.content for child in inline.children or [] if child.type in kinds)


def _slug(text: str) -> str:
    return slug_of(text) or "sectiune"


def _free_id(slug: str, taken: set[str]) -> str:
    candidate = _HEADING_PREFIX + slug
    number = 2
    while candidate in taken:
        candidate = f"{_HEADING_PREFIX}{slug}-{number}"
        number += 1
    taken.add(candidate)
    return candidate


def _align_cells(tokens: Iterable[Token]) -> None:
    """Say a column's alignment with a class: the content policy forbids style attributes."""
    for token in tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            alignment = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("class", f"align-{alignment}")


def _with_scrolling_tables(tokens: Iterable[Token]) -> list[Token]:
    """Put each table in a box that scrolls by itself and that the keyboard can reach."""
    boxed: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            box = Token("box_open", "div", 1, block=True)
            box.attrs = {"class": "table-scroll", "tabindex": "0"}
            boxed += [box, token]
        elif token.type == "table_close":
            boxed += [token, Token("box_close", "div", -1, block=True)]
        else:
            boxed.append(token)
    return boxed


def _resolved(
    children: Sequence[Token], resolve_image: ImageResolver, resolve_link: LinkResolver | None
) -> list[Token]:
    result: list[Token] = []
    open_links: list[bool] = []  # for each open link: was it kept?
    for child in children:
        if child.type == "image":
            result.append(_resolved_image(child, resolve_image))
        elif child.type == "link_open":
            kept = _resolve_target(child, resolve_link)
            open_links.append(kept)
            result += [child] if kept else []
        elif child.type == "link_close":
            result += [child] if open_links.pop() else []
        else:
            result.append(child)
    return result


def _resolved_image(image: Token, resolve_image: ImageResolver) -> Token:
    alt = _words(image) or image.content
    address = resolve_image(unquote(str(image.attrs.get("src", ""))))
    if address is None:
        text = Token("text", "", 0)
        text.content = alt
        return text
    image.attrSet("src", address)
    image.attrSet("class", "lesson-image")
    return image


def _resolve_target(link: Token, resolve_link: LinkResolver | None) -> bool:
    """Point a relative link to its page; answer whether the link leads anywhere."""
    target = str(link.attrs.get("href", ""))
    if resolve_link is None or _HAS_SCHEME.match(target) or target.startswith(("#", "//")):
        return True
    address = resolve_link(unquote(target))
    if address is None:
        return False
    link.attrSet("href", address)
    return True


def _is_own_address(url: str) -> bool:
    return url.startswith("/") and not url.startswith(("//", "/\\"))


def _filter(tag: str, attribute: str, value: str) -> str | None:
    """Judge what a list of names can't: own pictures only, headings' ids by our pattern only."""
    if tag == "img" and attribute == "src":
        return value if _is_own_address(value) else None
    if attribute == "href" and value.startswith(("//", "/\\", "\\")):
        return None
    if attribute == "id":
        pattern = _TERM_ID if tag == "a" else _HEADING_ID
        return value if pattern.fullmatch(value) else None
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    return _make_cleaner(_INLINE_TAGS | _BLOCK_TAGS)


@cache
def _inline_cleaner() -> nh3.Cleaner:
    return _make_cleaner(_INLINE_TAGS)


@cache
def _term_cleaner() -> nh3.Cleaner:
    """Let links carry a term's mark and anchor too: only where we put them there ourselves."""
    return _make_cleaner(
        _INLINE_TAGS | _BLOCK_TAGS,
        attributes={"a": _ATTRIBUTES["a"] | {"id"}},
        classes={"a": {TERM_CLASS}},
    )


def _make_cleaner(
    tags: frozenset[str],
    *,
    attributes: Mapping[str, set[str]] | None = None,
    classes: Mapping[str, set[str]] | None = None,
) -> nh3.Cleaner:
    allowed = {**_ATTRIBUTES, **(attributes or {})}
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags={"script", "style", "template", "title", "textarea"},
        attributes={tag: names for tag, names in allowed.items() if tag in tags},
        attribute_filter=_filter,
        allowed_classes={t: n for t, n in {**_CLASSES, **(classes or {})}.items() if t in tags},
        tag_attribute_values={"div": {"tabindex": {"0"}}} if "div" in tags else {},
        url_schemes=_SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )
