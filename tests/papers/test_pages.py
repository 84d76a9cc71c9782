"""Papers are built at import, listed for whoever sees the course, and taken away as files."""

import io

import pytest
import sqlalchemy as sa
from docx import Document

from lms import db
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.files.models import StoredFile
from lms.papers.models import CoursePaper
from tests.cast import EPOCH
from tests.exchange.sample import files, import_files, store_digest
from tests.papers.sample import PAPER, TEXT, files_with_paper

OTHER = TEXT.replace("__ora__", "__ora plecării__")


@pytest.fixture
def course(app, cast):
    with app.app_context():
        return import_files(files_with_paper(), publish=True)


def get(cast, part, path="/courses/proba/papers/proba-fisa"):
    return cast.client(part).get(path)


def stored(app, model):
    with app.app_context():
        found = db.session().scalars(sa.select(model).order_by(model.id)).all()
        db.session().expunge_all()
        db.end_reading()
        return found


def test_a_paper_is_taken_away_as_a_file_that_opens(cast, course):
    answer = get(cast, "registrar")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="proba-fisa.docx"'
    assert answer.mimetype.endswith("wordprocessingml.document")
    assert Document(io.BytesIO(answer.data)).paragraphs[0].text == "Fișa de probă"


def test_a_file_that_did_not_change_is_not_sent_again(cast, course):
    client = cast.client("registrar")
    tag = client.get("/courses/proba/papers/proba-fisa").headers["ETag"]
    again = client.get("/courses/proba/papers/proba-fisa", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("part", ["learner", "trainer_of_other"])
def test_who_does_not_see_the_course_does_not_see_its_papers(cast, course, part):
    assert get(cast, part).status_code == 404
    assert get(cast, part, "/courses/proba/papers").status_code == 404


def test_the_list_says_what_each_paper_is_and_where_it_is_used(cast, course):
    page = get(cast, "registrar", "/courses/proba/papers").text
    for words in ("Documente de lucru", "Fișa de probă", "Ce ați găsit pe drum.", "KB"):
        assert words in page
    assert 'href="/courses/proba/1-inceputul/1-1-primul-pas">1.1 Primul pas</a>' in page


def test_the_list_speaks_english_and_says_that_papers_do_not(cast, course):
    client = cast.client("registrar")
    client.set_cookie("locale", "en")
    page = client.get("/courses/proba/papers", headers={"Accept-Language": "en"}).text
    assert ("Sample sheet" in page) is ("in Romanian" in page)


def test_a_paper_stands_at_its_lesson_and_at_no_other(cast, course):
    link = 'href="/courses/proba/papers/proba-fisa"'
    assert link in get(cast, "registrar", "/courses/proba/1-inceputul/1-1-primul-pas").text
    assert link not in get(cast, "registrar", "/courses/proba/1-inceputul/1-2-al-doilea-pas").text


def test_the_course_leads_to_its_papers(cast, course):
    page = get(cast, "registrar", "/courses/proba").text
    assert 'href="/courses/proba/papers"' in page
    assert "1 document de completat" in page


def test_a_course_without_papers_says_nothing_of_them(app, cast):
    with app.app_context():
        import_files(files(), publish=True)
    assert "/courses/proba/papers" not in get(cast, "registrar", "/courses/proba").text
    assert "Niciun document de lucru încă" in get(cast, "registrar", "/courses/proba/papers").text


def test_the_same_import_again_changes_nothing(app, course):
    with app.app_context():
        before = store_digest()
        import_files(files_with_paper())
        assert store_digest() == before


def test_a_changed_paper_takes_the_place_of_the_earlier_one(app, cast, course):
    before = get(cast, "registrar").data
    with app.app_context():
        import_files(files_with_paper(OTHER))
    after = get(cast, "registrar").data
    assert before != after
    assert "ora plecării" in Document(io.BytesIO(after)).element.xml
    assert len(stored(app, CoursePaper)) == 1


def test_an_import_that_leaves_the_paper_alone_makes_no_new_file(app, course):
    before = [file.id for file in stored(app, StoredFile) if file.name.endswith(".docx")]
    changed = files_with_paper()
    changed["facts.yaml"] = changed["facts.yaml"].replace(b"treizeci", b"20")
    with app.app_context():
        import_files(changed)
    assert [file.id for file in stored(app, StoredFile) if file.name.endswith(".docx")] == before


def test_a_paper_that_was_taken_out_is_no_longer_there(app, cast, course):
    with app.app_context():
        import_files(files())
    assert get(cast, "registrar").status_code == 404
    assert stored(app, CoursePaper) == []


def test_what_is_exported_is_what_was_imported(app, course):
    with app.app_context():
        assert services.export_course(course) == files_with_paper()
        db.end_reading()


def test_a_dry_run_names_the_paper_and_builds_none(context):
    reading = read_course(files_with_paper())
    plan = services.plan_import(reading.course)
    assert {i.path: i.verdict.value for i in plan.items}[PAPER] == "new"
    assert "papers" not in vars(plan)
    db.end_reading()


def test_papers_are_built_before_the_write(app, monkeypatch):
    """Building is slow: inside the write everybody else would wait for it."""
    from lms.exchange import plan as planning

    built = []

    def watched(paper):
        built.append(db.session().in_transaction())
        return original(paper)

    original = planning.build
    monkeypatch.setattr(planning, "build", watched)
    with app.app_context():
        reading = read_course(files_with_paper())
        services.import_course(reading.course, by=None, now=EPOCH)
    assert built == [False]


def test_the_shell_writes_papers_without_a_database(app, tmp_path):
    from lms.exchange.cli import group

    folder, out = tmp_path / "curs", tmp_path / "documente"
    for path, data in files_with_paper().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    runner = app.test_cli_runner()
    done = runner.invoke(group, ["papers", str(folder), str(out)])
    assert (done.exit_code, done.output) == (0, f"1 papers written to {out}.\n")
    assert Document(out / "proba-fisa.docx").paragraphs[0].text == "Fișa de probă"
    again = runner.invoke(group, ["papers", str(folder), str(out)])
    assert again.exit_code == 1
    assert "is not empty" in again.output


def test_the_shell_names_a_fault_and_writes_nothing(app, tmp_path):
    from lms.exchange.cli import group

    folder, out = tmp_path / "curs", tmp_path / "documente"
    for path, data in files_with_paper(TEXT.replace("format: docx", "format: pdf")).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    done = app.test_cli_runner().invoke(group, ["papers", str(folder), str(out)])
    assert done.exit_code == 1
    assert "papers/proba-fisa.yaml:4: " in done.output
    assert "nothing was written" in done.output
    assert not out.exists()
