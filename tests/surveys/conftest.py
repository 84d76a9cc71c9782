"""The cast with a questionnaire that its course asks for."""

from __future__ import annotations

import pytest

from lms import db
from lms.surveys import key_files
from tests.cast import Cast
from tests.surveys import asked


@pytest.fixture
def survey(cast: Cast) -> Cast:
    """The cast; the learner has read everything, the classmate nothing."""
    with cast.app.app_context():
        for path in key_files.folder().iterdir():
            path.unlink()
    asked.ask(cast)
    with cast.app.app_context(), db.writing():
        asked.read_everything(cast.enrolments["learner"])
    return cast
