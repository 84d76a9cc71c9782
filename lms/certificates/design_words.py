"""Words of the designs' pages, in the page's language."""

from __future__ import annotations

from dataclasses import replace

from lms.certificates.designs.design import Design, Words
from lms.certificates.designs.editing import BlockInputs, overlapping
from lms.certificates.designs.reading import Fault, FaultKind, texts_of
from lms.certificates.designs.reserved import Reason, ReservedWord, reserved_words
from lms.certificates.designs.sheet import Misfit
from lms.web.i18n import gettext as _

GROUPS = ("place", "words", "type", "label", "more")


def copy_of(design: Design) -> Design:
    """Name a copy after what it was copied from."""
    ro, en = design.name.ro, design.name.of("en")
    return replace(design, name=Words(f"{ro} (copie)", f"{en} (copy)"))


def block_word(block_id: str, kind: str = "") -> str:
    """Name a block as the page of a certificate is talked about."""
    return {
        "frame": _("Frame"),
        "logos": _("Logos"),
        "issuers": _("Issuers"),
        "title": _("Title"),
        "number": _("Series and number"),
        "marks": _("Duplicate, correction, example"),
        "preamble": _("Words before the name"),
        "holder": _("Name of the holder"),
        "sentence": _("Words after the name"),
        "course": _("Course"),
        "modules": _("Modules"),
        "facts": _("Facts"),
        "facts-more": _("Facts, continued"),
        "code": _("QR code"),
        "verify-words": _("Words before the address"),
        "verify-page": _("Verification address"),
        "verify-code": _("Code"),
        "contact": _("Issuer’s contact"),
        "note": _("Note on the copy"),
        "signatures": _("Signatures"),
        "statements": _("Statements"),
        "modules-rule": _("Line above the modules"),
        "facts-rule": _("Line above the facts"),
        "annex-frame": _("Frame of the annex"),
        "annex-title": _("Title of the annex"),
        "annex-course": _("Course, on the annex"),
        "annex-holder": _("Name, on the annex"),
        "annex-number": _("Number, on the annex"),
        "annex-rule": _("Line above the contents"),
        "annex": _("Contents of the course"),
        "annex-end": _("Line below the contents"),
        "annex-total": _("Total duration"),
        "annex-verify": _("Address and code, on the annex"),
    }.get(block_id) or _added_word(block_id, kind)


def _added_word(block_id: str, kind: str) -> str:
    """Name a block that was added, by its kind and number: its id is made of both."""
    begun, _dash, number = block_id.rpartition("-")
    return f"{_kind_word(kind or begun)} {number}".strip()


def _kind_word(kind: str) -> str:
    return {"text": _("Text"), "rule": _("Line"), "picture": _("Picture")}.get(kind, kind)


def group_of(part: str) -> str:
    """Say in which group of fields a part of a block stands."""
    head = part.split(".", maxsplit=1)[0]
    return {
        "box": "place",
        "text": "words",
        "rows": "words",
        "heading": "words",
        "hours": "words",
        "result": "words",
        "stamp": "words",
        "alt": "words",
        "type": "type",
        "label_type": "label",
    }.get(head, "more")


def group_word(group: str) -> str:
    """Head a group of fields."""
    return {
        "place": _("Place, in mm from the upper left corner"),
        "words": _("Words"),
        "type": _("Type"),
        "label": _("Type of the labels"),
        "more": _("More"),
    }[group]


def part_word(part: str, block: BlockInputs) -> str:
    """Name a field."""
    *path, last = part.split(".")
    plain = {
        "left": _("From the left"),
        "top": _("From the top"),
        "across": _("Width"),
        "high": _("Height"),
        "face": _("Face"),
        "largest": _("Largest size"),
        "smallest": _("Smallest size"),
        "one_line": _("On one line down to size"),
        "leading": _("Distance of lines"),
        "tracking": _("Space between letters"),
        "tone": _("Colour"),
        "align": _("Across"),
        "stand": _("Up and down"),
        "lines": _("Lines at most"),
        "role": _("Read out as"),
        "slots": _("Slots"),
        "gap": _("Gap, in mm"),
        "widest": _("Widest logo, in mm"),
        "label_across": _("Width of the labels, in mm"),
        "line_across": _("Length of the line, in mm"),
        "line_at": _("Room above the line, in mm"),
        "weight": _("Strength, in points"),
        "style": _("Ornament"),
        "columns": _("Columns"),
        "details": _("With what each module teaches"),
    }
    if last in plain:
        return plain[last]
    language = _("Romanian") if last == "ro" else _("English")
    if path[0] == "rows":
        row = int(path[1]) + 1
        what = (
            _("Row %(number)s, label", number=row)
            if path[2] == "label"
            else _("Row %(number)s, value", number=row)
        )
        return f"{what} ({language})"
    what = {
        "text": _("Text"),
        "heading": _("Heading"),
        "hours": _("Word for hours"),
        "result": _("Word before a result"),
        "stamp": _("Mark for the stamp"),
        "alt": _("What the picture shows"),
    }[path[0]]
    return f"{what} ({language})"


def choice_word(value: str) -> str:
    """Name a choice."""
    return {
        "left": _("left"),
        "centre": _("centre"),
        "right": _("right"),
        "top": _("top"),
        "middle": _("middle"),
        "bottom": _("bottom"),
        "display": _("Title serif"),
        "display_bold": _("Title serif, bold"),
        "text": _("Text serif"),
        "label": _("Sans"),
        "ink": _("ink"),
        "muted": _("muted"),
        "accent": _("accent"),
        "line": _("lines"),
        "H1": _("title"),
        "H2": _("heading"),
        "P": _("text"),
        "weave": _("woven band"),
        "rules": _("two rules"),
        "corners": _("corners"),
        "rosette": _("rosette"),
        "landscape": _("landscape"),
        "portrait": _("portrait"),
    }.get(value, value)


def fault_sentence(fault: Fault) -> str:
    """Say what is wrong, where, and so what to type."""
    parts = fault.path.removeprefix("pages.").split(".")
    where = block_word(parts[2]) if len(parts) > 2 and parts[1] == "blocks" else ""
    what = {
        FaultKind.MISSING: _("something is missing."),
        FaultKind.NOT_A_NUMBER: _("write a number, such as 12,5."),
        FaultKind.NOT_WHOLE: _("write a whole number."),
        FaultKind.OUT_OF_RANGE: _("the number must be within %(range)s.", range=fault.detail),
        FaultKind.TOO_LARGE: _("the text is too long."),
        FaultKind.TOO_MANY: _("there are too many."),
        FaultKind.NOT_A_CHOICE: _("choose one of what is offered."),
        FaultKind.BAD_COLOUR: _("write the colour as # and six digits, such as #063f3a."),
        FaultKind.TOO_LIGHT: _("the colour is too light for a black-and-white printer."),
        FaultKind.BAD_PLACEHOLDER: _("there is no such placeholder: %(name)s.", name=fault.detail),
        FaultKind.SIZES_REVERSED: _("the smallest size is larger than the largest."),
        FaultKind.NEAR_THE_EDGE: _("keep 10 mm from the edge of the sheet."),
        FaultKind.NOT_SQUARE: _("width and height must be equal."),
        FaultKind.CODE_TOO_SMALL: _("the code needs 22 mm, or a photocopy can’t be read."),
        FaultKind.NOT_SHOWN: _("%(name)s must stand somewhere on it.", name=fault.detail),
    }.get(fault.kind, _("this can’t be read."))
    return f"{where}: {what}" if where else f"{_('Certificate')}: {what}"


def picture_words(reason: str, detail: str = "") -> str:
    """Say why a picture can't be used, and what to do."""
    sentence = {
        "empty": _("Choose a picture first."),
        "too_large": _("The picture is larger than 3 MB. Save it smaller and try again."),
        "too_many_pixels": _(
            "The picture is larger than 4000 pixels. Save it smaller and try again."
        ),
        "too_few_pixels": _("The picture is smaller than 60 pixels; it would not print well."),
        "not_a_picture": _("The file is neither a PNG nor a JPG picture, nor an SVG drawing."),
        "not_drawable": _(
            "The SVG drawing has parts that can’t be printed exactly%(what)s. Save it as "
            "outlines without effects, or as PNG.",
            what=f" ({detail})" if detail else "",
        ),
        "wrong_shape": _(
            "A background must have the sheet’s shape, %(sheet)s mm; this picture has another.",
            sheet=detail,
        ),
        "too_rich": _(
            "The picture is too rich: it would travel in each of the files. Choose a plainer one, "
            "or a drawing in SVG."
        ),
    }[reason]
    return f"{sentence} {_('Nothing was stored.')}"


def misfit_sentence(misfit: Misfit) -> str:
    """Say which text finds no room."""
    return _(
        "%(block)s: the text has no room, even at its smallest size.",
        block=block_word(misfit.block),
    )


def warnings_of(design: Design) -> list[str]:
    """List what may stand but should be looked at: words kept for others, boxes on each other."""
    found = [
        reserved_sentence(word) for _path, text in texts_of(design) for word in reserved_words(text)
    ]
    found += [
        _("%(one)s and %(other)s lie on each other.", one=block_word(one), other=block_word(other))
        for one, other in overlapping(design)
    ]
    return list(dict.fromkeys(found))


def reserved_sentence(found: ReservedWord) -> str:
    """Say why a word is doubtful on a certificate."""
    why = {
        Reason.AUTHORISED: _("is kept for certificates of authorised training providers"),
        Reason.SUPPLEMENT: _("is the annex of authorised training providers’ certificates"),
        Reason.SCHOOL: _("is kept for schools and universities"),
        Reason.STATE: _("is a sign or an office of the state"),
        Reason.GENDER: _("doesn’t fit everybody"),
    }[found.reason]
    return _("“%(word)s” %(why)s.", word=found.word, why=why)


def placeholder_words() -> list[tuple[str, str]]:
    """Explain the placeholders, in the order in which they are mostly used."""
    return [
        ("{holder}", _("name of the holder")),
        ("{title}", _("title of the certificate")),
        ("{sentence}", _("what was done, in one sentence")),
        ("{quoted_course}", _("title of the course, in quotes")),
        ("{course}", _("title of the course")),
        ("{number}", _("series and number")),
        ("{code}", _("code for verification")),
        ("{verify_page}", _("address for verification")),
        ("{period}", _("period")),
        ("{duration}", _("duration")),
        ("{place}", _("place")),
        ("{issued_on}", _("date of issue")),
        ("{expires_on}", _("last valid day, if there is one")),
        ("{issuers}", _("issuers")),
        ("{issuer_contact}", _("contact of the issuer")),
        ("{programme}", _("title and codes of the project")),
        ("{statements}", _("funding statement and disclaimer")),
        ("{marks}", _("duplicate, corrected number, example: whichever applies")),
        ("{duplicate}", _("number and day of a duplicate")),
        ("{replaces}", _("number of the certificate that is replaced")),
        ("{note}", _("sealed file, paper to sign, or copy")),
    ]
