"""A design and what a certificate says, composed into pages ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from lms.certificates.designs import frames, tables
from lms.certificates.designs.contents import contents
from lms.certificates.designs.design import (
    Block,
    CodeBlock,
    Design,
    FactsBlock,
    FrameBlock,
    LogosBlock,
    ModulesBlock,
    PictureBlock,
    Purpose,
    RuleBlock,
    SignaturesBlock,
    TextBlock,
)
from lms.certificates.designs.fitting import Setting, fit
from lms.certificates.designs.pictures import placed, size_of
from lms.certificates.designs.placeholders import fill, is_fixed, used, values_of
from lms.certificates.designs.sheet import Misfit, Sheet
from lms.certificates.designs.signatures import signatures
from lms.certificates.document import CertificateDocument, Logo
from lms.certificates.drawing.items import ARTIFACT, Code, Element, Item, Page, Rule, Text
from lms.certificates.wording import wording
from lms.mail.addresses import is_one_address
from lms.typography import MM, Face, width

_GHOST: Final = ("#f2f5f3", "#c3d0cc")
_NO_DAY: Final = date(1, 1, 1)


class DoesNotFit(ValueError):
    """A text is too long for its place; the checks say so before a number is taken."""

    def __init__(self, misfits: tuple[Misfit, ...]) -> None:
        where = ", ".join(misfit.block for misfit in misfits)
        super().__init__(f"the document doesn't fit its design: {where}")
        self.misfits = misfits


@dataclass(frozen=True)
class Composition:
    """The pages, and which block is where on them; with misfits the pages lack those blocks."""

    pages: tuple[Page, ...]
    blocks: tuple[tuple[str, ...], ...]
    misfits: tuple[Misfit, ...]


def compose(
    design: Design, document: CertificateDocument, purpose: Purpose = Purpose.ELECTRONIC
) -> tuple[Page, ...]:
    """Compose the pages of a certificate; the same values are the same pages.

    What is marked fixed is the same for all documents whose edition, language and signatories
    are. Raises DoesNotFit.
    """
    composition = compose_what_fits(design, document, purpose)
    if composition.misfits:
        raise DoesNotFit(composition.misfits)
    return composition.pages


def compose_what_fits(
    design: Design, document: CertificateDocument, purpose: Purpose = Purpose.ELECTRONIC
) -> Composition:
    """Compose the pages, and say what of them doesn't fit."""
    fixed, misfits = _fixed_part(design, _same_for_all(document), purpose)
    sheet = Sheet(design, document, purpose, values_of(document, purpose), list(misfits))
    pages, blocks = [], []
    for page, ground in zip(design.pages, fixed, strict=True):
        elements = list(ground[""])
        names = [""] * len(elements)
        for block in page.blocks:
            made = None if _tells_results(block, document) else ground.get(block.id)
            if made is None:
                made = _elements(sheet, block)
            elements += made
            names += [block.id] * len(made)
        pages.append(Page(design.across, design.high, tuple(elements)))
        blocks.append(tuple(names))
    return Composition(tuple(pages), tuple(blocks), tuple(sheet.misfits))


def _same_for_all(document: CertificateDocument) -> CertificateDocument:
    """Leave out what differs from one certificate of an edition to the next."""
    page = document.verify_url.removesuffix(document.code)
    modules = document.modules
    if any(module.result for module in modules):
        modules = tuple(replace(module, result="") for module in modules)
    return replace(
        document,
        number="",
        code="",
        verify_url=page,
        holder="",
        modules=modules,
        period_from=_NO_DAY,
        period_to=_NO_DAY,
        place="",
        issued_on=_NO_DAY,
        expires_on=None,
        replaces="",
        duplicate=None,
        seal_note="",
        badge=None,
    )


@lru_cache(maxsize=64)
def _fixed_part(
    design: Design, document: CertificateDocument, purpose: Purpose
) -> tuple[tuple[dict[str, list[Element]], ...], tuple[Misfit, ...]]:
    """Compose once what an edition's certificates share; the ground of a page goes by no name."""
    sheet = Sheet(design, document, purpose, values_of(document, purpose))
    grounds = []
    for position, page in enumerate(design.pages):
        fixed = (block for block in page.blocks if _is_fixed(block, purpose))
        ground = {block.id: _elements(sheet, block) for block in fixed}
        ground[""] = list(_ground(sheet, position))
        grounds.append(ground)
    return tuple(grounds), tuple(sheet.misfits)


def _is_fixed(block: Block, purpose: Purpose) -> bool:
    if isinstance(block, TextBlock):
        return is_fixed(block.text) and not _leads_to_register(block, purpose)
    return not isinstance(block, FactsBlock | CodeBlock)


def _leads_to_register(block: TextBlock, purpose: Purpose) -> bool:
    """Whether a text leads to the certificate's own entry when it is clicked in the file."""
    return purpose is Purpose.ELECTRONIC and block.text.ro.strip() == "{verify_page}"


def _tells_results(block: Block, document: CertificateDocument) -> bool:
    """Whether a list of modules shows what this holder reached."""
    is_list = isinstance(block, ModulesBlock) and block.details
    return is_list and any(module.result for module in document.modules)


def _ground(sheet: Sheet, position: int) -> tuple[Element, ...]:
    """What lies below everything: the page's picture, and the mark of an example."""
    found = []
    backgrounds = sheet.document.backgrounds
    if position < len(backgrounds) and backgrounds[position]:
        picture = placed(backgrounds[position], 0, 0, sheet.design.across, sheet.design.high)
        found.append(Element(ARTIFACT, picture, is_fixed=True))
    words = wording(sheet.document.locale)
    if sheet.document.is_model:
        found.append(Element(ARTIFACT, (_mark(sheet, words.model, 0.34),), is_fixed=True))
    if sheet.purpose is Purpose.COPY:
        at = 0.62 if sheet.document.is_model else 0.40
        found.append(Element(ARTIFACT, (_mark(sheet, words.copy, at),), is_fixed=True))
    return tuple(found)


def _mark(sheet: Sheet, word: str, at: float) -> Text:
    """Set a word across the page in faint letters, with an outline that a copier keeps."""
    size = 168.0 * min(1.0, 0.72 * sheet.design.across * MM / width(word, Face.DISPLAY_BOLD, 168))
    return Text(
        sheet.design.across / 2,
        sheet.design.high * at,
        word,
        Face.DISPLAY_BOLD,
        size,
        _GHOST[0],
        size * 0.06,
        "centre",
        _GHOST[1],
    )


def _elements(sheet: Sheet, block: Block) -> list[Element]:
    makers: dict[type, Callable[..., list[Element]]] = {
        TextBlock: _text,
        LogosBlock: _logos,
        FactsBlock: tables.facts,
        ModulesBlock: _modules,
        CodeBlock: _code,
        SignaturesBlock: signatures,
        RuleBlock: _rule,
        PictureBlock: _picture,
        FrameBlock: _frame,
    }
    return makers[type(block)](sheet, block)


def _text(sheet: Sheet, block: TextBlock) -> list[Element]:
    lines = fill(block.text.of(sheet.document.locale), sheet.values)
    if not lines:
        return []
    box = block.box
    found = fit(lines, block.type, box.across, box.high, block.lines)
    if found is None:
        sheet.misfit(block.id, tuple(used(block.text.of(sheet.document.locale))), " ".join(lines))
        return []
    baselines = found.baselines(box.top, box.high, block.stand)
    items = tuple(
        sheet.text(line, box, at, Setting(block.type, found.size), block.align)
        for line, at in zip(found.lines, baselines, strict=True)
    )
    fixed = _is_fixed(block, sheet.purpose)
    target, alt = _target(sheet, block)
    if target:
        link = Element("Link", items, alt, target=target)
        return [Element(block.role.value, children=(link,), is_fixed=fixed)]
    return [Element(block.role.value, items, is_fixed=fixed)]


def _target(sheet: Sheet, block: TextBlock) -> tuple[str, str]:
    """Where a text leads when it is clicked in the file: to its entry, or to a mail."""
    if _leads_to_register(block, sheet.purpose):
        return sheet.document.verify_url, wording(sheet.document.locale).link_alt
    contact = sheet.document.issuer_contact
    shown = list(used(block.text.of(sheet.document.locale)))
    if sheet.purpose is Purpose.ELECTRONIC and shown == ["issuer_contact"]:
        return (f"mailto:{contact}", contact) if is_one_address(contact) else ("", "")
    return "", ""


def _modules(sheet: Sheet, block: ModulesBlock) -> list[Element]:
    if not sheet.document.modules:
        return []
    return contents(sheet, block) if block.details else tables.module_table(sheet, block)


def _logos(sheet: Sheet, block: LogosBlock) -> list[Element]:
    """Spread logos over the box, all within one height, their proportions kept."""
    logos = [
        logo
        for position, logo in enumerate(sheet.document.logos, start=1)
        if (logo.slot or position) in block.slots
    ]
    if not logos:
        return []
    box = block.box
    sizes = [size_of(logo.png, across=block.widest, high=box.high) for logo in logos]
    room = box.across - block.gap * (len(logos) - 1)
    row = sum(across for across, _ in sizes)
    if row > room:
        sizes = [(across * room / row, high * room / row) for across, high in sizes]
        row = room
    row += block.gap * (len(logos) - 1)
    left = {
        "left": box.left,
        "centre": box.left + (box.across - row) / 2,
        "right": box.right - row,
    }[block.align.value]
    elements = []
    for logo, (across, high) in zip(logos, sizes, strict=True):
        bottom = sheet.up(box.top + (box.high + high) / 2)
        elements.append(_figure(logo, placed(logo.png, left, bottom, across, high)))
        left += across + block.gap
    return elements


def _figure(logo: Logo, items: tuple[Item, ...]) -> Element:
    return Element("Figure", items, alt=logo.alt, is_fixed=True)


def _picture(sheet: Sheet, block: PictureBlock) -> list[Element]:
    """Put a picture of the design's own into its box, in the middle, its proportions kept."""
    box = block.box
    held = next(each for each in sheet.document.own_pictures if each.sha256 == block.sha256)
    across, high = size_of(held.png, across=box.across, high=box.high)
    left, bottom = box.left + (box.across - across) / 2, sheet.up(box.top + (box.high + high) / 2)
    alt = block.alt.of(sheet.document.locale)
    return [Element("Figure", placed(held.png, left, bottom, across, high), alt, is_fixed=True)]


def _code(sheet: Sheet, block: CodeBlock) -> list[Element]:
    box, words = block.box, wording(sheet.document.locale)
    code = Code(sheet.document.verify_url, box.left, sheet.up(box.bottom), box.across)
    return [Element("Figure", (code,), f"{words.qr_alt}: {sheet.document.verify_url}")]


def _rule(sheet: Sheet, block: RuleBlock) -> list[Element]:
    box, colour = block.box, sheet.design.colour(block.tone)
    is_upright = box.high > box.across
    line = Rule(
        box.left,
        sheet.up(box.top),
        box.left if is_upright else box.right,
        sheet.up(box.bottom if is_upright else box.top),
        block.weight,
        colour,
    )
    return [Element(ARTIFACT, (line,), is_fixed=True)]


def _frame(sheet: Sheet, block: FrameBlock) -> list[Element]:
    box = block.box
    colour = sheet.design.colour(block.tone)
    place = (box.left, sheet.up(box.bottom), box.across, box.high)
    items = frames.frame(block.style, place, colour)
    return [Element(ARTIFACT, items, is_fixed=True)]
