"""An empty document in our styles: A4, Romanian, numbered by its styles, a footer with the page."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from lms.papers.paper import LEGAL_NOTE, Paper

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LANGUAGES = {"ro": "ro-RO", "en": "en-GB"}
_PAGE_OF = {"ro": ("Pagina", "din"), "en": ("Page", "of")}
_SHORT, _LONG, _SIDE = Mm(210), Mm(297), Mm(20)


@cache
def _ours(name: str) -> bytes:
    return resources.files("lms.papers").joinpath("word", name).read_bytes()


def empty_document(paper: Paper) -> DocumentObject:
    """Return a document that has everything but its text."""
    document = Document()
    _replace(document.styles.element, _ours("styles.xml"))
    _replace(document.part.numbering_part.element, _ours("numbering.xml"))
    _drop_what_is_not_ours(document)
    _set_language(document, _LANGUAGES[paper.language])
    _set_compatibility(document)
    _set_page(document, is_landscape=paper.is_landscape)
    _set_footer(document, paper)
    properties = document.core_properties
    properties.author = properties.last_modified_by = "Atestat"
    properties.title = paper.title[paper.language]
    properties.subject = paper.summary[paper.language]
    properties.comments = properties.keywords = ""
    properties.language, properties.revision = _LANGUAGES[paper.language], 1
    return document


def text_width(paper: Paper) -> int:
    """Return how wide a line of the paper is, in the units of the file."""
    return (_LONG if paper.is_landscape else _SHORT) - 2 * _SIDE


def _replace(element: Any, ours: bytes) -> None:
    for child in list(element):
        element.remove(child)
    for child in parse_xml(ours):
        element.append(child)


def _drop_what_is_not_ours(document: DocumentObject) -> None:
    """Leave out the picture and the parts that the library's own template brings along."""
    for rels in (document.part.rels, document.part.package.rels):
        for key, rel in list(rels.items()):
            kind = rel.reltype.rpartition("/")[2]
            if kind in ("thumbnail", "stylesWithEffects", "customXml"):
                del rels[key]


def _set_language(document: DocumentObject, language: str) -> None:
    for tag in ("w:themeFontLang", "w:decimalSymbol", "w:listSeparator"):
        found = document.settings.element.find(qn(tag))
        if found is not None:
            value = {"w:themeFontLang": language, "w:decimalSymbol": ",", "w:listSeparator": ";"}
            found.set(qn("w:val"), value[tag])


def _set_compatibility(document: DocumentObject) -> None:
    """Ask for today's layout, in which a table begins where the text begins."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_page(document: DocumentObject, *, is_landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = _SHORT, _LONG
    if is_landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = _LONG, _SHORT
    section.left_margin = section.right_margin = _SIDE
    section.top_margin, section.bottom_margin = Mm(20), Mm(22)
    section.header_distance = section.footer_distance = Mm(11)


def _set_footer(document: DocumentObject, paper: Paper) -> None:
    footer = document.sections[0].footer.paragraphs[0]
    footer.style = document.styles["Subsol lat" if paper.is_landscape else "footer"]
    footer.add_run(LEGAL_NOTE if paper.is_legal else paper.title[paper.language])
    page, of = _PAGE_OF[paper.language]
    footer.add_run(f"\t{page} ")
    footer._p.append(_field("PAGE"))
    footer.add_run(f" {of} ")
    footer._p.append(_field("NUMPAGES"))


def _field(name: str) -> Any:
    return parse_xml(f'<w:fldSimple {_W} w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>')


def numbering_that_begins_anew(document: DocumentObject) -> int:
    """Return a numbering of its own for one numbered list, so that it begins with 1."""
    numbering = document.part.numbering_part.element
    number = len(numbering.findall(qn("w:num"))) + 1
    numbering.append(
        parse_xml(
            f'<w:num {_W} w:numId="{number}"><w:abstractNumId w:val="3"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    return number
