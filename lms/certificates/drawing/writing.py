"""Writers of files: by a template where many are alike, or by itself where letters are rare."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock
from typing import Final

from lms.certificates.drawing.glyphs import Uncovered
from lms.certificates.drawing.items import FileFacts, Page
from lms.certificates.drawing.plan import skeleton
from lms.certificates.drawing.template import Form, Sitting, Template

_KEPT: Final = 24

_templates: OrderedDict[Hashable, Template] = OrderedDict()
_lock = Lock()


def write(pages: Sequence[Page], facts: FileFacts) -> bytes:
    """Write a file without a seal; the same pages and facts are the same bytes."""
    try:
        return _template(pages, facts, Form()).fill(pages, facts)
    except Uncovered:
        return write_alone(pages, facts)


def write_sealed(
    pages: Sequence[Page], facts: FileFacts, seat: Sitting, *, room: int
) -> bytes | None:
    """Write a file with its seal in it; None where a letter is in no template."""
    try:
        return _template(pages, facts, Form(room=room)).fill(pages, facts, seat)
    except Uncovered:
        return None


def write_alone(
    pages: Sequence[Page], facts: FileFacts, *, conformance: str = "A", has_field: bool = True
) -> bytes:
    """Write a file that shares nothing with others: the reference for those that do."""
    form = Form(has_field=has_field, conformance=conformance, is_general=False)
    return Template(pages, facts, form).fill(pages, facts)


def _template(pages: Sequence[Page], facts: FileFacts, form: Form) -> Template:
    held = tuple((a.name, a.media_type, a.relationship, a.description) for a in facts.attachments)
    key = (form, facts.language, held, skeleton(pages))
    with _lock:
        known = _templates.get(key)
        if known is not None:
            _templates.move_to_end(key)
            return known
    made = Template(pages, facts, form)
    with _lock:
        _templates[key] = made
        while len(_templates) > _KEPT:
            _templates.popitem(last=False)
    return made
