"""What an owner types about the site's look, and what somebody types who was stopped."""

from __future__ import annotations

import wtforms
from wtforms import validators

from lms.look.colours import AA, LIGHT_GROUND, contrast, is_colour, reaching
from lms.web.forms import Form, lazy, stripped
from lms.web.i18n import format_number
from lms.web.i18n import gettext as _

_FREE = validators.Optional()


def _at_most(longest: int) -> validators.Length:
    return validators.Length(max=longest, message=lazy("At most %(max)d characters fit here."))


def readable_brand(_form: Form, field: wtforms.Field) -> None:
    """Refuse a colour that text could not be read in, and name the nearest that can."""
    colour = (field.data or "").strip().lower()
    if not is_colour(colour):
        raise validators.ValidationError(
            _("Write the colour as # and six characters, like #0b5c55.")
        )
    ratio = contrast(colour, LIGHT_GROUND)
    if ratio < AA:
        raise validators.ValidationError(
            _(
                "Text in %(colour)s on white has a contrast of %(ratio)s; it must have at least "
                "%(least)s. The nearest colour that can be read is %(nearest)s.",
                colour=colour,
                ratio=format_number(round(ratio, 1)),
                least=format_number(AA),
                nearest=reaching(colour, LIGHT_GROUND, AA),
            )
        )


class LookForm(Form):
    """The site's name, colour and words."""

    name = wtforms.StringField(
        lazy("Name of the site"),
        [validators.DataRequired(lazy("This is needed.")), _at_most(60)],
        filters=[stripped],
    )
    brand = wtforms.StringField(lazy("Main colour"), [_FREE, readable_brand], filters=[stripped])
    footer_ro = wtforms.StringField(
        lazy("Footer note, in Romanian"), [_FREE, _at_most(300)], filters=[stripped]
    )
    footer_en = wtforms.StringField(
        lazy("Footer note, in English"), [_FREE, _at_most(300)], filters=[stripped]
    )
    funding_ro = wtforms.TextAreaField(
        lazy("The funder’s sentence, in Romanian"), [_FREE, _at_most(600)], filters=[stripped]
    )
    funding_en = wtforms.TextAreaField(
        lazy("The funder’s sentence, in English"), [_FREE, _at_most(600)], filters=[stripped]
    )


class BarrierForm(Form):
    """What stopped somebody, where, and how to answer."""

    page = wtforms.StringField(
        lazy("On which page? Its title or address"),
        [validators.DataRequired(lazy("This is needed.")), _at_most(300)],
        filters=[stripped],
    )
    what = wtforms.TextAreaField(
        lazy("What did you want to do, and what happened?"),
        [validators.DataRequired(lazy("This is needed.")), _at_most(4000)],
    )
    contact = wtforms.StringField(
        lazy("How can we answer? E-mail or telephone"), [_FREE, _at_most(255)], filters=[stripped]
    )
