"""One print-ready file of many certificates, drawn anew: merging signed files breaks their seals.

Each page says what it is: the paper original, to be signed by hand, or a copy; and that a sealed
electronic one exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from lms.certificates.composing import describe_print
from lms.certificates.designs.composing import DoesNotFit, compose_what_fits
from lms.certificates.desk.cover import Cover, Entry, cover_pages
from lms.certificates.desk.imposing import Leaf, impose, stripped
from lms.certificates.desk.settings import PrintKind, PrintSettings, Sides
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import Page
from lms.certificates.drawing.printing import Sheet, write_sheets

_PREFERENCES: Final = {
    Sides.SINGLE: {"Duplex": b"/Simplex"},
    Sides.LONG_EDGE: {"Duplex": b"/DuplexFlipLongEdge"},
    Sides.SHORT_EDGE: {"Duplex": b"/DuplexFlipShortEdge"},
}


class NoAnnex(ValueError):
    """The annex alone is wanted of a certificate whose design has none."""


@dataclass(frozen=True)
class Composed:
    """A certificate's pages, ready to be put on sheets, and how lists name it."""

    document: CertificateDocument
    pages: tuple[Page, ...]
    entry: Entry
    bundle: str = ""


@dataclass(frozen=True)
class Sayings:
    """What sheets beside the certificates say, in the language of who prints."""

    title: str = ""
    lead: tuple[str, ...] = ()
    bundle: Callable[[int], str] = str
    proof: str = ""


def compose_for_print(
    document: CertificateDocument, settings: PrintSettings, entry: Entry, bundle: str = ""
) -> Composed:
    """Compose a certificate for paper. Raises DoesNotFit, or NoAnnex where only that is wanted."""
    found = compose_what_fits(document.design, document, settings.kind.purpose)
    if found.misfits:
        raise DoesNotFit(found.misfits)
    pages = found.pages
    if settings.kind is PrintKind.ANNEX and len(pages) < 2:
        raise NoAnnex(document.number)
    if settings.is_preprinted:
        pages = tuple(stripped(document.design, pages, found.blocks))
    if settings.kind is PrintKind.ANNEX:
        pages = pages[1:]
    return Composed(document, pages, entry, bundle)


def render_composed(
    composed: Sequence[Composed], settings: PrintSettings, sayings: Sayings | None = None
) -> bytes:
    """Draw all in their order into one unsigned file; the same values are the same bytes.

    None at all is a ValueError.
    """
    if not composed:
        raise ValueError("nothing to print")
    said = sayings or Sayings()
    facts = describe_print([each.document for each in composed])
    return write_sheets(_sheets(composed, settings, said), facts, _PREFERENCES[settings.sides])


def render_print_file(
    documents: Iterable[CertificateDocument], settings: PrintSettings | None = None
) -> bytes:
    """Draw documents into one file, in the order given; see `render_composed`."""
    chosen = settings or PrintSettings(kind=PrintKind.COPY)
    composed = [
        compose_for_print(document, chosen, Entry(place, document.number, document.holder, ""))
        for place, document in enumerate(documents, 1)
    ]
    return render_composed(composed, chosen)


def _sheets(
    composed: Sequence[Composed], settings: PrintSettings, said: Sayings
) -> Iterator[Sheet | Page]:
    if settings.has_cover:
        entries = tuple(each.entry for each in composed)
        yield from _beside(Cover(said.title, said.lead, entries), composed[0], settings)
    if not settings.has_separators:
        yield from impose(_leaves(composed, len(composed)), settings, said.proof)
        return
    for bundle, group in groupby(composed, key=lambda each: each.bundle):
        members = list(group)
        lead = (said.bundle(len(members)),)
        cover = Cover(bundle or "–", lead, tuple(each.entry for each in members))
        yield from _beside(cover, members[0], settings)
        yield from impose(_leaves(members, len(composed)), settings)


def _leaves(composed: Sequence[Composed], count: int) -> Iterator[Leaf]:
    for each in composed:
        yield Leaf(each.pages, f"{each.entry.place} / {count} · {each.entry.number}")


def _beside(cover: Cover, like: Composed, settings: PrintSettings) -> Iterator[Sheet | Page]:
    """Put a list on sheets of its own, as large as the certificates' and on both sides of them."""
    page = like.pages[0]
    pages = cover_pages(cover, page.across, page.high)
    if settings.sides is not Sides.SINGLE and len(pages) % 2:
        pages.append(Page(page.across, page.high, ()))
    yield from pages
