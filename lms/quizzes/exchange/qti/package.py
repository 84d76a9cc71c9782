"""QTI packages: a ZIP with a manifest, items, their pictures, and a test that orders them."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, SubElement, tostring

from lms.quizzes.exchange.pictures import shown
from lms.quizzes.exchange.qti.html import beside
from lms.quizzes.exchange.qti.item import read_item
from lms.quizzes.exchange.qti.names import NAMESPACES, canonical, new_spelling
from lms.quizzes.exchange.qti.old import read_old
from lms.quizzes.exchange.qti.writing import PICTURES, identifier, write_item
from lms.quizzes.exchange.quiz_file import Problem, ProblemKind
from lms.quizzes.exchange.read_question import (
    Lost,
    ReadQuestion,
    Written,
    left_out,
    not_supported,
    tags_with_keys,
)
from lms.quizzes.exchange.text_formats import texts_of
from lms.quizzes.exchange.xml_stream import line_of, local, whole
from lms.safety.archive import ArchiveRefused, Limits, read_archive, write_archive

MANIFEST = "imsmanifest.xml"
OLD, OLD_KIND = "questestinterop", "imsqti_xmlv1p"
_ITEMS = {"assessmentItem"}
_LIMITS = Limits(archive_bytes=100 * 1024 * 1024, entries=15_000, total_bytes=200 * 1024 * 1024)
_MANIFEST_NAMESPACES = {
    "2.1": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "2.2": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "3.0": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
}
_TYPES = {
    "2.1": ("imsqti_item_xmlv2p1", "imsqti_test_xmlv2p1", "QTIv2.1 Package"),
    "2.2": ("imsqti_item_xmlv2p2", "imsqti_test_xmlv2p2", "QTIv2.2 Package"),
    "3.0": ("imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0", "QTI Package"),
}
_LOM = "http://ltsc.ieee.org/xsd/LOM"


def read_qti(stream: BinaryIO, problems: list[Problem]) -> Iterator[ReadQuestion]:
    """Yield the items of a package, or the one item of a file."""
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(b"PK"):
        yield from _read_package(stream, problems)
        return
    root = whole(stream, problems)
    if root is None:
        return
    item = canonical(root)
    if item.tag in _ITEMS:
        yield read_item(item, files=lambda _path: None)
    elif item.tag == OLD:
        yield from read_old(item, lambda _path: None)
    else:
        problems.append(Problem(line_of(root), ProblemKind.NOT_THIS_FORMAT, reason=local(root)))


def _read_package(stream: BinaryIO, problems: list[Problem]) -> Iterator[ReadQuestion]:
    try:
        entries = read_archive(stream, limits=_LIMITS)
    except ArchiveRefused as refusal:
        reason = f"{refusal.reason}: {refusal.entry}" if refusal.entry else refusal.reason
        problems.append(Problem(1, ProblemKind.BAD_ARCHIVE, reason=reason[:120]))
        return
    package = _Package(entries, problems)
    for path in package.order():
        yield from package.items_in(path)


class _Package:
    """The files of a package, and what manifest and tests say of them."""

    def __init__(self, entries: dict[str, bytes], problems: list[Problem]) -> None:
        self.entries = {n: d for n, d in entries.items() if not n.startswith("__MACOSX/")}
        self.problems = problems
        self.keywords: dict[str, list[str]] = {}
        self.categories: dict[str, str] = {}
        self.items: list[str] = []
        self.tests: list[str] = []

    def order(self) -> list[str]:
        """List the items: as tests order them, then as the manifest does."""
        manifest = next((n for n in self.entries if posixpath.basename(n) == MANIFEST), None)
        if manifest is None:
            self.items = [n for n in sorted(self.entries) if n.endswith(".xml")]
        else:
            self._read_manifest(manifest)
        for path in self.tests:
            self._read_test(path)
        ordered = [path for path in self.categories if path in self.entries]
        return ordered + [path for path in self.items if path not in self.categories]

    def _tree(self, path: str) -> Element | None:
        found: list[Problem] = []
        root = whole(io.BytesIO(self.entries[path]), found)
        self.problems += [Problem(p.line, p.kind, path, reason=p.reason) for p in found]
        return None if root is None else canonical(root)

    def _read_manifest(self, path: str) -> None:
        root = self._tree(path)
        if root is None:
            return
        folder = posixpath.dirname(path)
        for resource in root.iter("resource"):
            kind = resource.get("type", "")
            target = beside(folder, resource.get("href", ""))
            if OLD_KIND in kind and target in self.entries:
                self.items.append(target)
                continue
            if "_item_" not in kind and "_test_" not in kind:
                continue
            if target not in self.entries:
                self.problems.append(
                    Problem(line_of(resource), ProblemKind.FILE_MISSING, reason=target)
                )
                continue
            (self.items if "_item_" in kind else self.tests).append(target)
            words = [_words(k) for k in resource.iter("keyword")]
            self.keywords[target] = [word for word in words if word]
        self.items = list(dict.fromkeys(self.items))

    def _read_test(self, path: str) -> None:
        root = self._tree(path)
        if root is not None:
            for part in root.iter("testPart"):
                self._read_section(part, posixpath.dirname(path), "")

    def _read_section(self, section: Element, folder: str, category: str) -> None:
        for child in section:
            if child.tag == "assessmentSection":
                title = " ".join(child.get("title", "").split()).replace("/", "-")
                if child.get("class") == _WHOLE:
                    title = child.get("title", "")
                inner = "/".join(part for part in (category, title) if part)
                self._read_section(child, folder, inner)
            elif child.tag == "assessmentItemRef":
                self.categories.setdefault(beside(folder, child.get("href", "")), category)

    def items_in(self, path: str) -> Iterator[ReadQuestion]:
        """Read the one item of a file, or the items of a file of QTI 1.2."""
        before = len(self.problems)
        root = self._tree(path)
        if root is not None and root.tag == OLD:
            yield from read_old(root, self.entries.get, posixpath.dirname(path))
            return
        yield self._item(path, root, before)

    def _item(self, path: str, root: Element | None, before: int) -> ReadQuestion:
        if root is None or root.tag not in _ITEMS:
            told = tuple(self.problems[before:])
            del self.problems[before:]
            reason = str(root.tag) if root is not None else ""
            problems = told or (Problem(1, ProblemKind.NOT_THIS_FORMAT, path, reason=reason),)
            return ReadQuestion(name=path, problems=problems, line=1)
        return read_item(
            root,
            files=self.entries.get,
            folder=posixpath.dirname(path),
            category=self.categories.get(path, ""),
            keywords=self.keywords.get(path, ()),
        )


def _words(keyword: Element) -> str:
    return " ".join("".join(keyword.itertext()).split())


# Writing -------------------------------------------------------------------------------------

_WHOLE = "category"  # the class of our sections: their title is a whole path


def write_qti(
    questions: Iterable[ReadQuestion], version: str, *, title: str, language: str
) -> Written:
    """Write a package: an item for each question, a test with a section for each category."""
    problems: list[Problem] = []
    entries: dict[str, bytes] = {}
    written: list[tuple[ReadQuestion, str, list[str]]] = []
    for read in questions:
        if read.question is None:
            continue
        data = write_item(read, version, language, problems)
        if data is None:
            name = read.name or read.id
            problems.append(not_supported(read.line, name, read.question.type))
            continue
        path = f"items/{identifier(read.id)}.xml"
        entries[path] = data
        pictures = shown(texts_of(read.question), read.files)
        entries |= {f"items/{PICTURES}{name}": data for name, data in pictures.items()}
        if len(pictures) < len(read.files):
            problems.append(left_out(read.line, read.name or read.id, Lost.PICTURE))
        written.append((read, path, [f"items/{PICTURES}{name}" for name in pictures]))
    entries["test.xml"] = _test(written, version, title)
    entries[MANIFEST] = _manifest(written, version, title)
    return Written(write_archive(entries), tuple(problems))


def _test(written: list[tuple[ReadQuestion, str, list[str]]], version: str, title: str) -> bytes:
    root = Element("assessmentTest", {"identifier": "TEST", "title": title or "Test"})
    part = SubElement(
        root,
        "testPart",
        {"identifier": "PART", "navigationMode": "nonlinear", "submissionMode": "simultaneous"},
    )
    sections: dict[str, Element] = {}
    for at, (read, path, _) in enumerate(written, start=1):
        section = sections.get(read.category)
        if section is None:
            attributes = {"identifier": f"SECTION{len(sections) + 1}", "title": read.category}
            attributes |= {"visible": "true", "class": _WHOLE}
            section = sections[read.category] = SubElement(part, "assessmentSection", attributes)
        SubElement(section, "assessmentItemRef", {"identifier": f"ITEM{at}", "href": path})
    if version == "3.0":
        new_spelling(root)
    root.set("xmlns", NAMESPACES[version])
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _manifest(
    written: list[tuple[ReadQuestion, str, list[str]]], version: str, title: str
) -> bytes:
    item_type, test_type, schema = _TYPES[version]
    root = Element("manifest", {"xmlns": _MANIFEST_NAMESPACES[version], "identifier": "ATESTAT"})
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = schema
    SubElement(metadata, "schemaversion").text = "3.0.0" if version == "3.0" else "1.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    test = SubElement(
        resources, "resource", {"identifier": "TEST", "type": test_type, "href": "test.xml"}
    )
    SubElement(test, "file", {"href": "test.xml"})
    for at, (read, path, pictures) in enumerate(written, start=1):
        SubElement(test, "dependency", {"identifierref": f"ITEM{at}"})
        resource = SubElement(
            resources, "resource", {"identifier": f"ITEM{at}", "type": item_type, "href": path}
        )
        if tags := tags_with_keys(read):
            lom = SubElement(SubElement(resource, "metadata"), "lom", {"xmlns": _LOM})
            general = SubElement(lom, "general")
            for tag in tags:
                SubElement(SubElement(general, "keyword"), "string").text = tag
        for name in (path, *pictures):
            SubElement(resource, "file", {"href": name})
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data
