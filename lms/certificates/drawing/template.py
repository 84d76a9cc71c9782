"""A file's fixed part, written once, and what changes from one certificate to the next.

The file is one revision: objects that never change come first, as one run of bytes whose hash is
known so far; then what this certificate says, the signature's dictionary where it is sealed, and
the table. The same pages and facts are the same bytes, in any process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from lms.certificates.drawing import metadata
from lms.certificates.drawing.glyphs import LETTERS, reach
from lms.certificates.drawing.items import (
    Attachment,
    FileFacts,
    Item,
    Page,
    Text,
)
from lms.certificates.drawing.objects import (
    HEADER,
    Objects,
    array,
    dictionary,
    name,
    numbers,
    plain_stream,
    reference,
    stream,
    string,
    table,
    table_lines,
    trailer,
)
from lms.certificates.drawing.plan import Node, Plan, Run, changing, link_body, media_box, node_body
from lms.certificates.drawing.resources import Resources
from lms.certificates.drawing.strokes import Kit, strokes
from lms.typography import MM

FIELD: Final = "Seal"
FIELD_WORDS: Final = {"ro": "Sigiliu electronic", "en": "Electronic seal"}

_PROFILE: Final = Path(__file__).parent / "profile" / "sRGB.icc"
_PROFILE_NAME: Final = "sRGB IEC61966-2.1"
_LEVEL: Final = 6  # of compression of what is written for each certificate


class Sitting(Protocol):
    """A seal about to sign one file, at a time that is UTC."""

    @property
    def at(self) -> datetime:
        """The time of signing; seconds count."""

    def container(self, digest: bytes) -> bytes:
        """Sign a file by its SHA-256; return the signature's container, in DER."""


@dataclass(frozen=True)
class Form:
    """How a file is made, beside what it says."""

    room: int = 0  # digits kept for the signature; none where it isn't sealed as it is written
    has_field: bool = True  # for a seal
    conformance: str = "A"  # of PDF/A-3, as the file says of itself
    is_general: bool = True  # with all letters of the repertoire, not only those of this file


class Template:
    """The fixed part of files with one skeleton; see `fill`."""

    def __init__(self, pages: Sequence[Page], facts: FileFacts, form: Form) -> None:
        self._form = form
        plan = Plan(pages)
        self._slots = plan.slots
        self._runs = sum(not run.is_fixed for run in plan.runs)
        objects = Objects()
        self._resources = Resources(objects)
        self._kit = self._resources.kit
        runs = [(run, 0 if run.is_fixed else objects.take()) for run in plan.runs]
        varying = [node for node in plan.nodes if node.varies]
        for node in varying:
            node.number = objects.take()
        links = [node for node in plan.nodes if node.is_link]
        for node in links:
            node.link = 0 if node.is_fixed else objects.take()
        self._info, self._xmp = objects.take(), objects.take()
        attached = [objects.take() for _ in facts.attachments]
        self._signature = objects.take() if form.room else 0
        self._changing = objects.size
        self._root = objects.take()
        self._leaves = leaves = [objects.take() for _ in pages]
        self._collect(plan)
        written = [(run, number or self._drawn(run, objects)) for run, number in runs]
        for mark, node in enumerate(links, len(pages)):
            node.link_mark = mark
            if node.is_fixed:
                node.link = objects.add(link_body(node, node.element, leaves[node.page]))
        self._field = objects.take() if form.has_field else 0
        structure = self._structure(plan, objects, leaves)
        if self._field:
            objects.put(self._field, self._field_body(facts, len(pages) + len(links)))
        tree = objects.take()
        for index, page in enumerate(pages):
            content = [number for run, number in written if run.page == index]
            notes = [node.link for node in links if node.page == index]
            notes += [self._field] if self._field and index == 0 else []
            leaf = {"Parent": reference(tree), "Contents": array(map(reference, content))}
            if notes:
                leaf["Annots"] = array(map(reference, notes))
            objects.put(leaves[index], self._leaf(page, index, leaf))
        kids = array(map(reference, leaves))
        objects.put(
            tree, dictionary({"Type": b"/Pages", "Kids": kids, "Count": b"%d" % len(leaves)})
        )
        named = {"Pages": tree, "StructTreeRoot": structure, "Metadata": self._xmp}
        objects.put(self._root, self._catalog(objects, facts, attached, named))
        self._seal_prefix(objects)

    def _collect(self, plan: Plan) -> None:
        """Add what the content draws with, and all letters that files to come may need."""
        for run in plan.runs:
            general = self._form.is_general and not run.is_fixed
            for item in (item for leaf in run.leaves for item in leaf.items):
                if isinstance(item, Text):
                    letters = LETTERS[reach(item.text)] if general else item.text
                    self._resources.keep_letters(item.face, letters)
                self._resources.keep(item)
        self._resources.add_fonts()

    def _drawn(self, run: Run, objects: Objects) -> int:
        drawn = [_marked(leaf.begin, leaf.items, self._kit) for leaf in run.leaves]
        return objects.add(stream("\n".join(drawn).encode()))

    def _structure(self, plan: Plan, objects: Objects, leaves: list[int]) -> int:
        """Add the tree of what each part means; return its root."""
        root, document, back = objects.take(), objects.take(), objects.take()
        for node in plan.nodes:
            node.number = node.number or objects.take()
        self._parents: dict[int, int] = {}

        def tell(nodes: list[Node], parent: int) -> None:
            for node in nodes:
                self._parents[node.number] = parent
                tell(node.children, node.number)

        tell(plan.roots, document)
        for node in plan.nodes:
            if not node.varies:
                parent, page = self._parents[node.number], leaves[node.page]
                objects.put(node.number, node_body(node, node.element, parent, page))
        tops = [node.number for node in plan.roots]
        entries = {"Type": b"/StructElem", "S": b"/Document", "P": reference(root)}
        nums = []
        for index, nodes in enumerate(plan.marked):
            nums += [b"%d" % index, array(reference(node.number) for node in nodes)]
        links = [node for node in plan.nodes if node.is_link]
        for node in links:
            nums += [b"%d" % node.link_mark, reference(node.number)]
        following = len(leaves) + len(links)
        if self._field:
            form = objects.add(_form_node(self._field, document, leaves[0]))
            tops.append(form)
            nums += [b"%d" % following, reference(form)]
            following += 1
        kids = array(map(reference, tops))
        objects.put(document, dictionary({**entries, "K": kids}))
        objects.put(back, dictionary({"Nums": array(nums)}))
        objects.put(
            root,
            dictionary(
                {
                    "Type": b"/StructTreeRoot",
                    "K": reference(document),
                    "ParentTree": reference(back),
                    "ParentTreeNextKey": b"%d" % following,
                }
            ),
        )
        return root

    def _field_body(self, facts: FileFacts, mark: int) -> bytes:
        """Write the signature's field, which shows nothing: what is to be seen is drawn."""
        signed = {"V": reference(self._signature)} if self._form.room else {}
        return dictionary(
            {
                "Type": b"/Annot",
                "Subtype": b"/Widget",
                "FT": b"/Sig",
                "T": string(FIELD),
                "TU": string(FIELD_WORDS.get(facts.language, FIELD_WORDS["en"])),
                **signed,
                "Rect": b"[0 0 0 0]",
                "F": b"132",  # printed and locked
                "P": reference(self._leaves[0]),
                "StructParent": b"%d" % mark,
            }
        )

    def _leaf(self, page: Page, index: int, more: dict[str, bytes]) -> bytes:
        around = (-page.bleed, -page.bleed, page.across + page.bleed, page.high + page.bleed)
        return dictionary(
            {
                "Type": b"/Page",
                "MediaBox": numbers(media_box(page)),
                "BleedBox": numbers(side * MM for side in around),
                "TrimBox": numbers((0, 0, page.across * MM, page.high * MM)),
                "Resources": self._resources.named(),
                "StructParents": b"%d" % index,
                "Tabs": b"/S",
                **more,
            }
        )

    def _catalog(
        self, objects: Objects, facts: FileFacts, attached: list[int], named: dict[str, int]
    ) -> bytes:
        entries = {
            "Type": b"/Catalog",
            **{key: reference(number) for key, number in named.items()},
            "Lang": string(facts.language),
            "MarkInfo": b"<</Marked true>>",
            "ViewerPreferences": b"<</DisplayDocTitle true>>",
            "OutputIntents": array((_intent(objects),)),
        }
        if attached:
            held = sorted(
                (attachment.name, objects.add(_file(attachment, number)))
                for attachment, number in zip(facts.attachments, attached, strict=True)
            )
            names = [part for title, number in held for part in (string(title), reference(number))]
            files = dictionary({"Names": array(names)})
            entries["Names"] = dictionary({"EmbeddedFiles": files})
            entries["AF"] = array(reference(number) for _, number in held)
        if self._field:
            fields = array((reference(self._field),))
            flags = {"SigFlags": b"3"} if self._form.room else {}
            entries["AcroForm"] = dictionary({"Fields": fields, **flags})
        return dictionary(entries)

    def _seal_prefix(self, objects: Objects) -> None:
        """Write what never changes, and remember its length, its hash and its part of the table."""
        parts, at = [HEADER], len(HEADER)
        offsets: list[int] = []
        for number, body in objects.written():
            assert number == self._changing + len(offsets) + 1  # what changes has the first numbers
            parts.append(body)
            offsets.append(at)
            at += len(body)
        self._prefix = b"".join(parts)
        self._hash = hashlib.sha256(self._prefix)
        self._size = objects.size
        self._lines = table_lines(offsets)

    def fill(self, pages: Sequence[Page], facts: FileFacts, seat: Sitting | None = None) -> bytes:
        """Write the file of one certificate; Uncovered where the fixed part lacks a letter."""
        drawn: list[list[str]] = [[] for _ in range(self._runs)]
        varying, links = [], []
        for slot, element in zip(self._slots, changing(pages), strict=True):
            if slot.begin:
                drawn[slot.run].append(_marked(slot.begin, element.items, self._kit))
            if (node := slot.node) is None:
                continue
            page = self._leaves[node.page]
            if node.varies:
                varying.append(node_body(node, element, self._parents[node.number], page))
            elif node.is_link:
                links.append(link_body(node, element, page))
        bodies = [stream("\n".join(run).encode(), level=_LEVEL) for run in drawn]
        bodies += (*varying, *links)
        bodies.append(metadata.information(facts))
        bodies.append(_metadata(facts, self._form.conformance))
        bodies += [_held(attachment, facts) for attachment in facts.attachments]
        return self._assemble(bodies, seat)

    def _assemble(self, bodies: list[bytes], seat: Sitting | None) -> bytes:
        parts, offsets, at = [], [], len(self._prefix)
        for number, body in enumerate(bodies, 1):
            written = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            parts.append(written)
            offsets.append(at)
            at += len(written)
        middle = b"".join(parts)
        running = self._hash.copy()
        running.update(middle)
        identity = running.hexdigest()[:32].upper()
        if seat is None:
            return b"".join((self._prefix, middle, self._end(offsets, at, identity)))
        before, after = self._signature_parts(seat.at)
        offsets.append(at)
        at += len(before) + self._form.room + len(after)
        ending = after + self._end(offsets, at, identity)
        gap = len(self._prefix) + len(middle) + len(before)  # where the digits begin
        ranges = (0, gap - 1, gap + self._form.room + 1, len(ending) - 1)
        before = before.replace(_NO_RANGE, _range(ranges))
        running.update(before[:-1])
        running.update(ending[1:])
        digits = seat.container(running.digest()).hex().upper().encode()
        if len(digits) > self._form.room:
            raise ValueError("the signature is larger than the room kept for it")
        digits = digits.ljust(self._form.room, b"0")
        return b"".join((self._prefix, middle, before, digits, ending))

    def _signature_parts(self, at: datetime) -> tuple[bytes, bytes]:
        """Write what stands before and behind the signature's digits, brackets included."""
        before = (
            b"%d 0 obj\n<</Type /Sig/Filter /Adobe.PPKLite/SubFilter /ETSI.CAdES.detached"
            b"/M (D:%b)/ByteRange %b/Contents <"
        ) % (self._signature, f"{at:%Y%m%d%H%M%S}Z".encode(), _NO_RANGE)
        return before, b">>>\nendobj\n"

    def _end(self, offsets: list[int], at: int, identity: str) -> bytes:
        lines = table_lines(offsets) + self._lines
        end = trailer(self._size, self._root, self._info, identity, at)
        return table(lines, self._size) + end


def _marked(begin: str, items: tuple[Item, ...], kit: Kit) -> str:
    return f"{begin}\n{strokes(items, kit)}\nEMC"


def _range(ranges: tuple[int, int, int, int]) -> bytes:
    return b"[%-10d %-10d %-10d %-10d]" % ranges


_NO_RANGE: Final = _range((0, 0, 0, 0))


def _form_node(field: int, parent: int, page: int) -> bytes:
    """Write the node of the structure that holds the signature's field."""
    kid = dictionary({"Type": b"/OBJR", "Obj": reference(field)})
    return dictionary(
        {
            "Type": b"/StructElem",
            "S": b"/Form",
            "P": reference(parent),
            "Pg": reference(page),
            "K": kid,
        }
    )


def _intent(objects: Objects) -> bytes:
    """Say which colours are meant, with the profile that defines them."""
    profile = objects.add(stream(_PROFILE.read_bytes(), {"N": b"3"}))
    return dictionary(
        {
            "Type": b"/OutputIntent",
            "S": b"/GTS_PDFA1",
            "OutputConditionIdentifier": string(_PROFILE_NAME),
            "Info": string(_PROFILE_NAME),
            "DestOutputProfile": reference(profile),
        }
    )


def _metadata(facts: FileFacts, conformance: str) -> bytes:
    packet = metadata.packet(facts, conformance)
    return plain_stream(packet, {"Type": b"/Metadata", "Subtype": b"/XML"})


def _file(attachment: Attachment, held: int) -> bytes:
    file = dictionary({"F": reference(held), "UF": reference(held)})
    return dictionary(
        {
            "Type": b"/Filespec",
            "F": string(attachment.name),
            "UF": string(attachment.name),
            "Desc": string(attachment.description),
            "AFRelationship": name(attachment.relationship.value),
            "EF": file,
        }
    )


def _held(attachment: Attachment, facts: FileFacts) -> bytes:
    size = b"%d" % len(attachment.data)
    day = metadata.file_date(facts.made_on)
    entries = {
        "Type": b"/EmbeddedFile",
        "Subtype": name(attachment.media_type),
        "Params": dictionary({"Size": size, "ModDate": day}),
    }
    return stream(attachment.data, entries, level=_LEVEL)
