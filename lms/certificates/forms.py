"""What the office and strangers type about certificates."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from lms.certificates import paper_words
from lms.certificates.paper import DocumentSeen, HandOverWay, holds_document_number
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _


class PictureForm(Form):
    """A picture for a design: under a whole page, or on it."""

    picture = wtforms.FileField(lazy("Picture (PNG, JPG or SVG)"))
    use = wtforms.RadioField(
        lazy("What it is for"),
        choices=lambda: [
            SelectChoice("mark", _("a logo or mark of this design, to be dragged to its place")),
            SelectChoice("ground", _("a background, under the whole page")),
        ],
        default="mark",
    )
    page = wtforms.SelectField(lazy("Page"), coerce=int)
    alt_text = wtforms.StringField(
        lazy("What the picture shows"),
        [Length(max=255, message=lazy("Write at most 255 characters."))],
        filters=[stripped],
    )

    @classmethod
    def for_pages(cls, count: int, *, posted: bool = False) -> PictureForm:
        """Make the form for a design of so many pages."""
        form: PictureForm = cls.posted() if posted else cls()
        form.page.choices = [(number, str(number)) for number in range(1, count + 1)]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for words where the picture isn't only ground."""
        valid = super().validate(extra_validators)
        if self.use.data == "mark" and not self.alt_text.data:
            self.alt_text.errors = [_("Say in words what the picture shows.")]
            return False
        return bool(valid)


class ReasonForm(Form):
    """An act that needs its reason."""

    reason = wtforms.TextAreaField(
        lazy("Reason"),
        filters=[stripped],
        validators=[
            DataRequired(lazy("Write the reason: it stays in the register.")),
            Length(max=500, message=lazy("Write at most 500 characters.")),
        ],
        render_kw={"rows": 2},
    )


class KeptForm(Form):
    """Where the owner has put the seal's recovery kit."""

    where = wtforms.StringField(
        lazy("Where is it kept?"),
        filters=[stripped],
        validators=[
            DataRequired(lazy("Say where, so that others can find it.")),
            Length(max=255, message=lazy("Write at most 255 characters.")),
        ],
    )


def no_document_number(_form: wtforms.Form, field: wtforms.Field) -> None:
    """Refuse what may be a document's number."""
    if field.data and holds_document_number(field.data):
        raise ValidationError(
            _("Leave out the numbers of documents: the kind is enough, and no more may be kept.")
        )


_SHORT = Length(max=255, message=lazy("Write at most 255 characters."))


class PaperForm(Form):
    """Something done with paper copies, on a day."""

    on = wtforms.DateField(lazy("On the day"), [DataRequired(lazy("Write the day."))])
    note = wtforms.StringField(
        lazy("Note"), [Optional(), _SHORT, no_document_number], filters=[stripped]
    )


def _ways() -> list[Any]:
    return [SelectChoice(way.value, paper_words.way_word(way)) for way in HandOverWay]


def _documents() -> list[Any]:
    named = [SelectChoice(d.value, paper_words.document_word(d)) for d in DocumentSeen]
    return [SelectChoice("", "–"), *named]


class HandOverForm(PaperForm):
    """Paper copies handed over."""

    way = wtforms.RadioField(
        lazy("How they were handed over"),
        [DataRequired(lazy("Choose how they were handed over."))],
        choices=_ways,
    )
    document = wtforms.SelectField(
        lazy("Document seen"),
        [Optional()],
        choices=_documents,
    )
    receiver = wtforms.StringField(
        lazy("Who came instead"), [Optional(), _SHORT, no_document_number], filters=[stripped]
    )
    tracking = wtforms.StringField(
        lazy("Number of the postal item"), [Optional(), _SHORT], filters=[stripped]
    )
    done_by = wtforms.StringField(
        lazy("Handed over by"),
        [DataRequired(lazy("Write who handed over.")), _SHORT, no_document_number],
        filters=[stripped],
    )
    scan = wtforms.FileField(lazy("Scan of the signed list"), [Optional()])


class ShareForm(Form):
    """What a holder's link is to show."""

    shows_results = wtforms.BooleanField(lazy("Show my test results too"))


class PinForm(Form):
    """A signatory of the programme, and the certificate that the own signature is known by."""

    signatory = wtforms.SelectField(lazy("Signatory"), choices=[])
    certificate = wtforms.FileField(
        lazy("The signatory’s certificate"), [DataRequired(lazy("Choose the certificate’s file."))]
    )
    issuer = wtforms.FileField(lazy("The issuer’s certificate"), [Optional()])


class ScanForm(Form):
    """A scan for an act."""

    scan = wtforms.FileField(lazy("Scan (PDF, JPG or PNG)"))
