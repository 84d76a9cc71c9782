"""What is typed at the print desk."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lms.certificates.desk import desk_words
from lms.certificates.desk.choosing import Choice
from lms.certificates.desk.labels import SHEETS
from lms.certificates.desk.models import DuplicateReason, Printer
from lms.certificates.desk.ordering import county_name
from lms.certificates.desk.settings import (
    MOST_COPIES,
    MOST_SHIFT,
    PER_SHEET,
    Order,
    PrintKind,
    PrintSettings,
    Sides,
)
from lms.certificates.forms import ReasonForm, no_document_number
from lms.certificates.queries import RegisterLine
from lms.people_names import sort_key_ro
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext

_SERIAL = NumberRange(min=1, max=9_999_999, message=lazy("Write a whole number."))

_SHIFT = NumberRange(
    min=-MOST_SHIFT, max=MOST_SHIFT, message=lazy("Write millimetres from -20 to 20.")
)
_SHORT = Length(max=255, message=lazy("Write at most 255 characters."))


class Millimetres(wtforms.DecimalField):
    """A length, with a comma or a point, and whatever minus the keyboard gives."""

    widget = wtforms.widgets.TextInput()  # a browser's own field for numbers knows one sign only

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        typed = (str(each).replace(",", ".").replace("−", "-") for each in valuelist)
        super().process_formdata(list(typed))

    def _value(self) -> str:
        return str(super()._value()).replace(".", ",")  # type: ignore[misc]


def _per_sheet() -> list[Any]:
    return [SelectChoice(str(n), ngettext("%(num)s page", "%(num)s pages", n)) for n in PER_SHEET]


class DeskForm(Form):
    """One printing."""

    kind = wtforms.RadioField(
        lazy("What is printed"),
        [DataRequired(lazy("Choose what is printed."))],
        choices=lambda: [SelectChoice(k.value, desk_words.kind_word(k)) for k in PrintKind],
        default=PrintKind.ORIGINAL.value,
    )
    which = wtforms.SelectField(lazy("Which"), default="unprinted")
    organisation = wtforms.SelectField(lazy("Organisation"), [Optional()])
    county = wtforms.SelectField(lazy("County"), [Optional()])
    first = wtforms.IntegerField(lazy("From serial"), [Optional(), _SERIAL])
    last = wtforms.IntegerField(lazy("To serial"), [Optional(), _SERIAL])
    order = wtforms.SelectField(
        lazy("Order"),
        choices=lambda: [SelectChoice(o.value, desk_words.order_word(o)) for o in Order],
    )
    sides = wtforms.SelectField(
        lazy("Sides"),
        choices=lambda: [SelectChoice(s.value, desk_words.sides_word(s)) for s in Sides],
    )
    printer = wtforms.SelectField(lazy("Printer"), [Optional()])
    copies = wtforms.IntegerField(
        lazy("Copies of each"),
        [
            Optional(),
            NumberRange(min=1, max=MOST_COPIES, message=lazy("Write a number from 1 to 10.")),
        ],
        default=1,
    )
    per_sheet = wtforms.SelectField(
        lazy("Pages of a proof on a sheet"), choices=_per_sheet, default="4"
    )
    labels = wtforms.SelectField(
        lazy("Sheet of labels"),
        choices=lambda: [SelectChoice(key, sheet.name) for key, sheet in SHEETS.items()],
    )
    label_start = wtforms.IntegerField(
        lazy("First free label"),
        [Optional(), NumberRange(min=1, max=24, message=lazy("Write a number from 1 to 24."))],
        default=1,
    )
    is_preprinted = wtforms.BooleanField(
        lazy("On pre-printed paper: without frame, rules, logos and background")
    )
    is_cut = wtforms.BooleanField(lazy("For a print shop: 3 mm bleed and crop marks"))
    has_cover = wtforms.BooleanField(lazy("A cover sheet with the count and the list"))
    has_separators = wtforms.BooleanField(
        lazy("A separator before each organisation or county, in that order")
    )

    @classmethod
    def for_lines(
        cls, lines: Sequence[RegisterLine], printers: Sequence[Printer], *, posted: bool = False
    ) -> DeskForm:
        """Make the form for what can be printed."""
        form: DeskForm = cls.posted() if posted else cls()
        unprinted = sum(1 for line in lines if not line.paper.printed)
        form.which.choices = [
            ("unprinted", _("not printed yet (%(count)s)", count=unprinted)),
            ("all", _("all that are valid (%(count)s)", count=len(lines))),
        ]
        if not posted and not unprinted:
            form.which.data = "all"
        names = sorted({line.organisation for line in lines} - {""}, key=sort_key_ro)
        counties = sorted({line.county for line in lines} - {""}, key=county_name)
        form.organisation.choices = [("", _("all")), *((name, name) for name in names)]
        form.county.choices = [("", _("all")), *((code, county_name(code)) for code in counties)]
        form.printer.choices = [("", _("none: nothing is moved"))]
        form.printer.choices += [(str(p.id), p.name) for p in printers]
        return form

    def choice(self, ticked: Sequence[int]) -> Choice:
        """Return which were asked for."""
        return Choice(
            only_unprinted=self.which.data == "unprinted",
            county=self.county.data or "",
            organisation=self.organisation.data or "",
            first_serial=self.first.data,
            last_serial=self.last.data,
            ids=frozenset(ticked),
        )

    def settings(self, printers: Sequence[Printer]) -> PrintSettings:
        """Return how they are printed."""
        chosen = next((p for p in printers if str(p.id) == self.printer.data), None)
        return PrintSettings(
            kind=PrintKind(self.kind.data),
            order=Order(self.order.data),
            sides=Sides(self.sides.data),
            is_preprinted=self.is_preprinted.data,
            is_cut=self.is_cut.data,
            per_sheet=int(self.per_sheet.data),
            copies=self.copies.data or 1,
            has_cover=self.has_cover.data,
            has_separators=self.has_separators.data,
            printer=chosen.name if chosen else "",
            right=float(chosen.right_mm) if chosen else 0.0,
            up=float(chosen.up_mm) if chosen else 0.0,
        ).tidy()


class ReprintForm(ReasonForm):
    """A range of a printing, by places or numbers, and why it is printed again."""

    first = wtforms.StringField(
        lazy("From"),
        [DataRequired(lazy("Write the first place or number.")), Length(max=40)],
        filters=[stripped],
    )
    last = wtforms.StringField(lazy("Up to"), [Optional(), Length(max=40)], filters=[stripped])


class PrinterForm(Form):
    """A printer, and how far all must be moved for it."""

    name = wtforms.StringField(
        lazy("Printer’s name"),
        [
            DataRequired(lazy("Name the printer.")),
            Length(max=80, message=lazy("Write at most 80 characters.")),
        ],
        filters=[stripped],
    )
    right = Millimetres(lazy("To the right"), [Optional(), _SHIFT], default=Decimal(0))
    up = Millimetres(lazy("Up"), [Optional(), _SHIFT], default=Decimal(0))


class RuleForm(Form):
    """What a programme says of duplicates."""

    most = wtforms.IntegerField(
        lazy("Duplicates of one certificate, at most"),
        [NumberRange(min=0, max=9, message=lazy("Write a number from 0 to 9; 0 is none."))],
    )
    needs_declaration = wtforms.BooleanField(
        lazy("A lost or stolen paper must be declared, and the declaration named")
    )


class DuplicateForm(Form):
    """A wish for a duplicate."""

    asked_by = wtforms.StringField(
        lazy("Who asked"),
        [DataRequired(lazy("Write who asked.")), _SHORT, no_document_number],
        filters=[stripped],
    )
    asked_on = wtforms.DateField(lazy("Asked on"), [DataRequired(lazy("Write the day."))])
    reason = wtforms.SelectField(
        lazy("What became of the paper"),
        choices=lambda: [
            SelectChoice(r.value, desk_words.duplicate_reason_word(r)) for r in DuplicateReason
        ],
    )
    declaration = wtforms.StringField(
        lazy("Declared by"),
        [Optional(), _SHORT],
        filters=[stripped],  # has a number and a day
    )
    note = wtforms.StringField(
        lazy("Note"), [Optional(), _SHORT, no_document_number], filters=[stripped]
    )
