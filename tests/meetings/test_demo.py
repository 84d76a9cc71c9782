"""The demonstration's meetings, laid down on a small edition."""

import sqlalchemy as sa

from lms import db
from lms.demo.meetings import lay_down
from lms.meetings.models import Meeting, Presence, Way
from lms.quizzes.models import PaperResult
from tests.factories import make_quiz
from tests.meetings.meeting import make_group


def test_two_groups_have_four_meetings_with_presence_and_a_test_on_paper(cast):
    with cast.app.app_context(), db.writing():
        make_quiz(cast.module_ids[0])
    make_group(cast, "learner", "classmate")
    make_group(cast, name="Grupa 2")
    with cast.app.app_context():
        lay_down(cast.edition_id, by=cast.persons["registrar"])
        session = db.session()
        assert session.scalar(sa.select(sa.func.count(Meeting.id))) == 4
        ways = set(session.scalars(sa.select(Presence.way)))
        assert ways == {Way.TICKED, Way.CODE}
        assert session.scalars(sa.select(PaperResult)).one().passed
