"""What the office and strangers type about certificates."""

from __future__ import annotations

import wtforms
from wtforms.validators import DataRequired, Length

from lms.web.forms import Form, lazy, stripped


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
