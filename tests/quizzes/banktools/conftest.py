"""The sample course with its one quiz."""

from __future__ import annotations

import pytest

from tests.exchange.sample import files, import_files
from tests.quizzes.banktools.acting import Desk


@pytest.fixture
def desk(app, cast) -> Desk:
    with app.app_context():
        course_id = import_files(files())
    return Desk(app, cast, course_id)
