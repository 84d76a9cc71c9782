"""What a person sends: an archive, and the decisions on a dry run."""

from __future__ import annotations

import wtforms
from wtforms import validators

from lms.web.forms import Form, lazy


class UploadForm(Form):
    """An archive of a course's files."""

    archive = wtforms.FileField(
        lazy("Course archive (.zip)"),
        validators=[validators.InputRequired(lazy("Choose a file."))],
    )


class ApplyForm(Form):
    """What the person decided on the dry run that was shown."""

    version = wtforms.IntegerField(validators=[validators.InputRequired()])
    overwrite = wtforms.StringField()  # repeated: the ids of the conflicts that the file wins
    publish = wtforms.BooleanField(lazy("Publish the course now"))
