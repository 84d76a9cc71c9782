"""A question that asks for a file, and a file handed in as an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms import db
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.models import (
    AttemptItem,
    Question,
    QuestionRevision,
    QuestionState,
    QuestionVersion,
)
from lms.quizzes.question_types.registry import dump_question, parse_question, rules_for
from tests.access.samples import PNG
from tests.cast import EPOCH

if TYPE_CHECKING:
    from tests.access.world import World


def ask_for_a_file(world: World) -> None:
    """The open attempt asks for a file, the submitted one has one."""
    folder = world.app.config["LMS"].folder("files")
    sha256 = store.put(folder, PNG)
    asked = parse_question({"type": "upload", "stem": "<p>Bugetul</p>"})
    with db.writing() as session:
        question = Question(
            course_id=world.cast.course_id,
            content_id="proba-fisier",
            state=QuestionState.RETIRED,
            fact_ids=[],
            changed_at=EPOCH,
        )
        session.add(question)
        session.flush()
        version = QuestionVersion(
            question_id=question.id,
            number=1,
            type=asked.type,
            structure_digest=rules_for(asked).structure_digest(asked),
            created_at=EPOCH,
        )
        session.add(version)
        session.flush()
        words = dump_question(asked)
        session.add(
            QuestionRevision(version_id=version.id, number=1, payload=words, created_at=EPOCH)
        )
        item = AttemptItem(
            attempt_id=world.ids["open"],
            position=len(world.ids["items"]) + 1,
            question_version_id=version.id,
            option_order=[],
        )
        session.add(item)
        session.flush()
        world.ids["upload_item"] = item.id
        session.add(
            StoredFile(
                sha256=sha256,
                size=len(PNG),
                media_type="image/png",
                name="buget.png",
                owner_type="attempt_items",
                owner_id=world.ids["answer"],
                created_at=EPOCH,
            )
        )
        world.ids["answer_sha256"] = sha256
