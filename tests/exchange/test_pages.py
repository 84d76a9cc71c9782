"""Staff send an archive, see what it would do, and say so; facts get a person's word."""

import io
import re
import struct
import zipfile

import pytest
import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditEntry
from lms.courses.models import Course, CourseFact, FactSignOff, Lesson
from lms.files.models import StoredFile
from lms.quizzes.models import Question, QuestionState
from lms.safety.archive import read_archive, write_archive
from tests.cast import EPOCH, csrf
from tests.exchange.sample import LESSON, files, import_files, replaced, store_digest


@pytest.fixture
def course_id(app, cast):
    """Import the sample and let the trainer train it."""
    from lms.access import Role
    from lms.accounts.models import RoleGrant

    with app.app_context():
        found = import_files(files(), publish=True)
        with db.writing() as session:
            session.add(
                RoleGrant(
                    person_id=cast.persons["trainer"],
                    role=Role.TRAINER,
                    course_id=found,
                    granted_at=EPOCH,
                )
            )
    return found


def send(client, url, data, name="curs.zip"):
    return client.post(
        url,
        data={"csrf_token": csrf(client), "archive": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def digest(app):
    with app.app_context():
        return store_digest()


def test_a_registrar_imports_a_new_course_in_two_steps(app, cast):
    client = cast.client("registrar")
    assert "Vedeți ce s-ar importa" in client.get("/courses/import").text
    answer = send(client, "/courses/import", write_archive(files()))
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert page.status_code == 200
    with app.app_context():
        assert db.session().scalar(sa.select(Course).where(Course.slug == "proba")) is None
    answer = client.post(
        answer.location,
        data={
            "csrf_token": csrf(client),
            "version": hidden(page.text, "version"),
            "publish": "y",
        },
    )
    assert answer.location == "/courses/proba"
    with app.app_context():
        course = db.session().scalar(sa.select(Course).where(Course.slug == "proba"))
        assert course.published_at is not None
        entry = db.session().scalar(
            sa.select(AuditEntry).where(AuditEntry.action == "course.imported")
        )
        assert entry.actor_id == cast.persons["registrar"]


def test_a_course_that_is_there_already_is_led_to_its_own_dry_run(cast, course_id):
    client = cast.client("registrar")
    answer = send(client, "/courses/import", write_archive(files()))
    assert re.fullmatch(r"/courses/proba/import/\d+", answer.location)
    page = client.get(answer.location)
    assert "Arhiva nu aduce nimic nou." in page.text


def test_a_trainer_imports_a_newer_lesson(app, cast, course_id):
    client = cast.client("trainer")
    answer = send(
        client, "/courses/proba/import", write_archive(replaced(LESSON, "înainte", "încet"))
    )
    page = client.get(answer.location)
    assert "proba-1-1" in page.text
    data = {"csrf_token": csrf(client), "version": hidden(page.text, "version")}
    assert client.post(answer.location, data=data).location == "/courses/proba"
    with app.app_context():
        lesson = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == "proba-1-1"))
        assert "încet" in lesson.html


def test_what_was_shown_is_what_is_imported_or_nothing(app, cast, course_id):
    client = cast.client("trainer")
    changed = write_archive(replaced(LESSON, "înainte", "încet"))
    address = send(client, "/courses/proba/import", changed).location
    version = hidden(client.get(address).text, "version")
    with app.app_context(), db.writing() as session:
        session.get(Course, course_id).version += 1
    answer = client.post(address, data={"csrf_token": csrf(client), "version": version})
    assert answer.location == address
    with app.app_context():
        lesson = db.session().scalar(sa.select(Lesson).where(Lesson.content_id == "proba-1-1"))
        assert "înainte" in lesson.html


def test_an_archive_belongs_to_who_sent_it(cast, course_id):
    address = send(cast.client("trainer"), "/courses/proba/import", write_archive(files())).location
    assert cast.client("trainer").get(address).status_code == 200
    registrar = cast.client("registrar")
    assert registrar.get(address).status_code == 404
    answer = registrar.post(address, data={"csrf_token": csrf(registrar), "version": "1"})
    assert answer.status_code == 404


def test_faults_are_shown_with_file_and_line_and_nothing_is_kept(app, cast, course_id):
    client = cast.client("trainer")
    before = digest(app)
    changed = replaced(LESSON, "facts: [A1]", "facts: [Z9]")
    answer = send(client, "/courses/proba/import", write_archive(changed))
    assert answer.status_code == 422
    assert f"{LESSON}:9" in answer.text
    assert "facts.yaml nu are faptul „Z9”" in answer.text
    assert digest(app) == before


def test_another_courses_archive_is_refused(app, cast, course_id):
    client = cast.client("trainer")
    other = replaced("course.yaml", "id: proba", "id: altul")
    answer = send(client, "/courses/proba/import", write_archive(other))
    assert answer.status_code == 422
    assert "„altul”" in answer.text


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.yaml", b"\0" * 30_000_000)
    return out.getvalue()


def climbing() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files().items():
            archive.writestr(path, data)
        archive.writestr("../../evil.py", b"x")
    return out.getvalue()


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("course.yaml")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, b"/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06" + b"\0" * 18,
        b"not a zip",
        bomb(),
        climbing(),
        linked(),
        write_archive(files())[:-40],
        write_archive(files())[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, 9, 9, 0),
    ],
    ids=["empty", "hollow", "text", "bomb", "climbing", "link", "cut", "lying"],
)
def test_a_hostile_archive_gets_a_clear_answer_and_changes_nothing(app, cast, data):
    client = cast.client("registrar")
    before = digest(app)
    answer = send(client, "/courses/import", data)
    assert answer.status_code == 422
    assert "rhiv" in answer.text
    assert digest(app) == before


def test_a_form_without_a_file_says_so(cast):
    client = cast.client("registrar")
    answer = client.post("/courses/import", data={"csrf_token": csrf(client)})
    assert answer.status_code == 422
    assert "Alegeți un fișier." in answer.text


def test_an_export_gives_the_files_back_and_is_recorded(app, cast, course_id):
    answer = cast.client("auditor").get("/courses/proba/export.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "proba.zip" in answer.headers["Content-Disposition"]
    assert read_archive(answer.data) == files()
    with app.app_context():
        entry = db.session().scalar(
            sa.select(AuditEntry).where(AuditEntry.action == "course.exported")
        )
        assert (entry.actor_id, entry.course_id) == (cast.persons["auditor"], course_id)


def statement_hash(app, fact_id):
    with app.app_context():
        return db.session().scalar(
            sa.select(CourseFact.statement_hash).where(CourseFact.fact_id == fact_id)
        )


def test_a_trainer_signs_a_fact_off_and_its_draft_is_published(app, cast, course_id):
    client = cast.client("trainer")
    page = client.get("/courses/proba/facts").text
    assert "proba-q1-03" in page
    data = {"csrf_token": csrf(client), "statement_hash": hidden(page, "statement_hash")}
    answer = client.post("/courses/proba/facts/A2/sign-off", data=data)
    assert answer.location == "/courses/proba/facts"
    page = client.get(answer.location).text
    assert "Faptul A2 este confirmat; 1 întrebare este acum publicată." in page
    assert "Petru Formator" in page
    with app.app_context():
        row = db.session().scalar(sa.select(Question).where(Question.content_id == "proba-q1-03"))
        assert row.state is QuestionState.PUBLISHED
        assert db.session().scalar(sa.select(FactSignOff)).person_id == cast.persons["trainer"]


def test_words_that_changed_since_they_were_read_are_not_signed(app, cast, course_id):
    client = cast.client("trainer")
    data = {"csrf_token": csrf(client), "statement_hash": "0" * 64}
    client.post("/courses/proba/facts/A2/sign-off", data=data)
    with app.app_context():
        assert db.session().scalar(sa.select(FactSignOff)) is None


def test_a_fact_that_is_not_there_is_not_found(cast, course_id):
    client = cast.client("trainer")
    data = {"csrf_token": csrf(client), "statement_hash": "0" * 64}
    assert client.post("/courses/proba/facts/Z9/sign-off", data=data).status_code == 404
    assert client.get("/courses/proba/facts?show=nimic").status_code == 404
    assert client.get("/courses/proba/facts?show=all&page=9").status_code == 200


READ = ["/courses/proba/facts", "/courses/proba/export.zip", "/courses/proba/import"]


@pytest.mark.parametrize(
    ("part", "statuses"),
    [
        ("anonymous", [302, 302, 302]),
        ("learner", [404, 404, 404]),
        ("trainer", [200, 200, 200]),
        ("trainer_of_other", [404, 404, 404]),
        ("registrar", [200, 200, 200]),
        ("auditor", [200, 200, 403]),
        ("owner", [200, 200, 200]),
    ],
)
def test_who_sees_facts_export_and_import(cast, course_id, part, statuses):
    client = cast.client(part)
    assert [client.get(url).status_code for url in READ] == statuses


@pytest.mark.parametrize(
    ("part", "statuses"),
    [
        ("anonymous", [302, 302, 302]),
        ("learner", [403, 404, 404]),
        ("trainer_of_other", [403, 404, 404]),
        ("auditor", [403, 403, 403]),
    ],
)
def test_who_may_not_change_anything(app, cast, course_id, part, statuses):
    client = cast.client(part)
    before = statement_hash(app, "A2")
    data = write_archive(files())
    got = [
        send(client, "/courses/import", data).status_code,
        send(client, "/courses/proba/import", data).status_code,
        client.post(
            "/courses/proba/facts/A2/sign-off",
            data={"csrf_token": csrf(client), "statement_hash": before},
        ).status_code,
    ]
    assert got == statuses
    with app.app_context():
        assert db.session().scalar(sa.select(FactSignOff)) is None
        uploads = StoredFile.media_type == "application/zip"
        assert db.session().scalar(sa.select(StoredFile).where(uploads)) is None


def test_a_course_is_published_in_one_click(app, cast, course_id):
    with app.app_context(), db.writing() as session:
        session.get(Course, course_id).published_at = None
    client = cast.client("trainer")
    assert "Publicați cursul" in client.get("/courses/proba/import").text
    client.post("/courses/proba/publish", data={"csrf_token": csrf(client)})
    with app.app_context():
        assert db.session().get(Course, course_id).published_at is not None
