"""Lessons wait for their uncertain facts; no code rises in silence; each change is told in full."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms import db
from lms.audit.models import AuditEntry
from lms.courses.fact_codes import is_raised
from lms.courses.models import Course, CourseFact, FactSignOff, Lesson
from lms.courses.outline import outline_of
from lms.exchange import facts as course_facts
from lms.exchange import services
from lms.exchange.course_files import read_course
from lms.exchange.errors import CourseHasFaults
from lms.exchange.problems import Problem, Reason
from lms.exchange.services import plan_files
from tests.cast import EPOCH, csrf, make_person
from tests.exchange.glossaries import with_glossary
from tests.exchange.sample import LESSON, SECOND, files, import_files, replaced
from tests.papers.sample import PAPER, TEXT, files_with_paper

LATER = EPOCH + timedelta(days=3)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def with_facts(line: str) -> dict[str, bytes]:
    """Return the sample whose first lesson rests on the facts of this line."""
    return replaced(LESSON, "facts: [A1]", line)


def facts_of(course: dict[str, bytes], *pieces: tuple[str, str]) -> dict[str, bytes]:
    text = course["facts.yaml"].decode()
    for old, new in pieces:
        assert old in text, old
        text = text.replace(old, new, 1)
    return course | {"facts.yaml": text.encode()}


def is_published(content_id="proba-1-1"):
    found = db.session().scalar(
        sa.select(Lesson.is_published).where(Lesson.content_id == content_id)
    )
    db.end_reading()
    return found


def sign(course_id, fact_id, by=None):
    with db.writing() as session:
        if by is None:
            person = make_person("Rodica", "Secretar", sign_in_name=f"r-{fact_id}".lower())
            session.flush()
            by = person.id
        course = session.get(Course, course_id)
        fact = session.scalar(
            sa.select(CourseFact).where(
                CourseFact.course_id == course_id, CourseFact.fact_id == fact_id
            )
        )
        return course_facts.sign_off_fact(course, fact_id, fact.statement_hash, by=by, now=LATER)


# Lessons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "published"),
    [
        pytest.param("facts: [A1]", True, id="a certain fact"),
        pytest.param("facts: []", True, id="no fact"),
        pytest.param("facts: [A2]", False, id="an uncertain fact"),
        pytest.param("facts: [A1, A2]", False, id="one of two is uncertain"),
    ],
)
def test_a_lesson_on_an_uncertain_fact_is_a_draft(context, line, published):
    course_id = import_files(with_facts(line))
    assert is_published() is published
    version = db.session().get(Course, course_id).version
    shown = [le.number for le in outline_of(course_id, version).lessons]
    assert ("1.1" in shown) is published


@pytest.mark.parametrize("code", ["V", "S", "T", "M"])
def test_each_certain_code_carries_a_lesson(context, code):
    import_files(facts_of(files(), ("confidence: V", f"confidence: {code}")))
    assert is_published()


def test_the_dry_run_names_the_lessons_that_stay_drafts(context):
    assert plan_files(with_facts("facts: [A2]")).draft_lessons == ("1.1",)
    assert plan_files(files()).draft_lessons == ()


def test_a_sign_off_publishes_the_lesson_and_is_recorded(context):
    course_id = import_files(with_facts("facts: [A1, A2]"), publish=True)
    version = db.session().get(Course, course_id).version
    db.end_reading()
    done = sign(course_id, "A2")
    assert done.lessons == ("1.1",)
    assert is_published()
    assert db.session().get(Course, course_id).version > version
    entry = db.session().scalar(
        sa.select(AuditEntry).where(AuditEntry.action == "lesson.published")
    )
    assert entry is not None


def test_a_lesson_on_two_uncertain_facts_waits_for_both(context):
    course = facts_of(with_facts("facts: [A1, A2]"), ("confidence: V", "confidence: G"))
    course_id = import_files(course)
    assert sign(course_id, "A2").lessons == ()
    assert not is_published()
    lines = {f.fact_id: f for f in course_facts.fact_lines(course_id)}
    assert lines["A1"].draft_lessons == ("1.1",)
    assert lines["A2"].draft_lessons == ()
    db.end_reading()
    assert sign(course_id, "A1").lessons == ("1.1",)


def test_an_import_after_the_sign_off_keeps_the_lesson_published(context):
    course_id = import_files(with_facts("facts: [A2]"))
    sign(course_id, "A2")
    again = with_facts("facts: [A2]")
    import_files(again | {SECOND: again[SECOND].replace(b"unul", b"altul")})
    assert is_published()


def test_other_words_of_the_fact_make_the_lesson_a_draft_again(context):
    course = with_facts("facts: [A2]")
    course_id = import_files(course)
    sign(course_id, "A2")
    import_files(facts_of(course, ("treizeci de zile", "patruzeci de zile")))
    assert not is_published()
    import_files(course)  # the words that were signed off
    assert is_published()


def test_signing_twice_publishes_once(context):
    course_id = import_files(with_facts("facts: [A2]"))
    sign(course_id, "A2")
    person_id = db.session().scalar(sa.select(FactSignOff.person_id))
    db.end_reading()
    done = sign(course_id, "A2", by=person_id)
    assert (done.is_new, done.lessons) == (False, ())


def test_the_page_tells_which_lesson_waits_and_that_it_was_published(app, cast):
    with app.app_context():
        import_files(with_facts("facts: [A2]"), publish=True)
        digest = db.session().scalar(
            sa.select(CourseFact.statement_hash).where(CourseFact.fact_id == "A2")
        )
    client = cast.client("registrar")
    assert "1.1 (ciornă)" in " ".join(client.get("/courses/proba/facts").text.split())
    lesson = client.get("/courses/proba/1-inceputul/1-1-primul-pas").text
    assert "Primul pas" in lesson
    assert "Cursanții nu văd această lecție." in lesson
    data = {"csrf_token": csrf(client), "statement_hash": digest}
    client.post("/courses/proba/facts/A2/sign-off", data=data)
    assert "Lecția 1.1 este acum publicată." in client.get("/courses/proba/facts").text


# Codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("G", "S", True),
        ("G", "V", True),
        ("G", "T", True),
        ("G", "M", True),
        ("M", "S", True),
        ("S", "V", True),
        ("T", "V", True),
        ("S", "T", False),
        ("V", "S", False),
        ("S", "G", False),
        ("V", "V", False),
    ],
)
def test_a_code_rises_when_it_claims_more(before, now, expected):
    assert is_raised(before, now) is expected


RAISED = ("confidence: G", "confidence: S")
SOURCE = ("source: De verificat", "source: Lege inventată, art. 2")
NEVER_CHECKED = RAISED[1]
CHECKED = (NEVER_CHECKED, f"{NEVER_CHECKED}\n  checked_on: 2026-11-23")


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        pytest.param([RAISED], 9, id="nothing else changes"),
        pytest.param([RAISED, SOURCE], 9, id="another source, never checked"),
        pytest.param([RAISED, CHECKED], 9, id="checked, on the same source"),
        pytest.param([RAISED, SOURCE, CHECKED], None, id="another source, checked later"),
        pytest.param([("confidence: V", "confidence: G")], None, id="it falls"),
    ],
)
def test_a_code_does_not_rise_in_silence(context, pieces, line):
    import_files(files())
    course = facts_of(files(), *pieces)
    problems = plan_files(course).problems
    if line is None:
        assert problems == ()
        import_files(course)
        return
    (problem,) = problems
    assert problem == Problem("facts.yaml", line, Reason.CONFIDENCE_RAISED, "A2: G → S")
    with pytest.raises(CourseHasFaults):
        services.apply_import(plan_files(course), by=None, now=EPOCH)


def test_an_earlier_day_of_checking_is_not_a_newer_one(context):
    lower = facts_of(files(), ("confidence: V", "confidence: S"))
    import_files(lower)
    old = facts_of(files(), ("art. 1", "art. 1, text oficial"), ("2026-11-22", "2026-11-21"))
    assert [p.reason for p in plan_files(old).problems] == [Reason.CONFIDENCE_RAISED]
    new = facts_of(files(), ("art. 1", "art. 1, text oficial"), ("2026-11-22", "2026-11-23"))
    assert plan_files(new).problems == ()


def test_a_course_that_is_not_there_yet_may_bring_any_code(context):
    assert plan_files(files()).problems == ()


def test_the_pages_refuse_it_with_file_and_line(app, cast):
    from lms.safety.archive import write_archive
    from tests.exchange.test_pages import hidden, send

    with app.app_context():
        import_files(files(), publish=True)
    client = cast.client("registrar")
    raised = facts_of(files(), RAISED)
    address = send(client, "/courses/proba/import", write_archive(raised)).location
    page = client.get(address).text
    assert "facts.yaml:9" in page
    assert "A2: G → S" in page
    data = {"csrf_token": csrf(client), "version": hidden(page, "version")}
    assert client.post(address, data=data).location == address
    assert "Nu s-a importat nimic" in client.get(address).text


# The shell -------------------------------------------------------------------------------------


@pytest.fixture
def run(app):
    from lms.exchange.cli import group

    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(group, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path):
    def write(course_files, name="proba"):
        for path, data in course_files.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return tmp_path / name

    return write


def test_facts_tell_the_terms_that_rest_on_them(run, folder):
    run("import", folder(with_glossary()))
    [told] = json.loads(run("facts", "proba", "--fact", "A1", "--json").output)
    assert told["terms"] == ["drum"]
    assert "terms: drum" in run("facts", "proba").output


def test_waiting_lists_what_awaits_somebody_and_all_that_depends_on_it(run, folder):
    assert "drafts" not in run("import", folder(files()), "--dry-run").output
    done = run("import", folder(with_facts("facts: [A2]"), "cu-g"))
    assert "lessons 1.1" in done.output
    [told] = json.loads(run("facts", "proba", "--waiting", "--json").output)
    assert told["fact"] == "A2"
    assert told["draft_lessons"] == ["1.1"]
    assert told["waiting_drafts"] == ["proba-q1-03"]
    assert "lessons that wait: 1.1" in run("facts", "proba", "--waiting").output


def test_nothing_waits_is_said(app, run, folder):
    run("import", folder(files()))
    with app.app_context():
        course_id = db.session().scalar(sa.select(Course.id))
        db.end_reading()
        sign(course_id, "A2")
    assert run("facts", "proba", "--waiting").output == "Nothing awaits a sign-off.\n"


def test_changed_facts_are_listed_with_all_that_they_touch(run, folder):
    run("import", folder(with_glossary()))
    new = facts_of(
        with_glossary(),
        ("cel puțin trei", "cel puțin cinci"),
        ("- id: A2", "- id: A3"),
    )
    new[SECOND] = new[SECOND].replace(b"minutes: {r", b"facts: [A1]\nminutes: {r")
    new["modules/1-inceputul/quiz.gift"] = new["modules/1-inceputul/quiz.gift"].replace(
        b"[fact:A2]", b"[fact:A3]"
    )
    there = folder(new, "nou")
    changes = {
        c["fact"]: c for c in json.loads(run("facts", "proba", "--json", "--changed", there).output)
    }
    assert changes["A1"]["change"] == "changed"
    assert changes["A1"]["differences"] == ["statement"]
    assert changes["A1"]["lessons"] == ["1.1", "1.2"]  # of the site and of the folder
    assert changes["A1"]["questions"] == ["proba-q1-01"]
    assert changes["A1"]["terms"] == ["drum"]
    assert changes["A2"]["change"] == "removed"
    assert changes["A3"]["change"] == "added"
    assert changes["A3"]["questions"] == ["proba-q1-03"]
    told = run("facts", "proba", "--changed", there).output
    assert "A1     changed (statement): O asociație are cel puțin cinci membri." in told


def test_a_code_that_changes_is_told_with_both_codes(run, folder):
    run("import", folder(files()))
    lowered = folder(facts_of(files(), ("confidence: V", "confidence: S")), "nou")
    assert "A1     changed (confidence V → S)" in run("facts", "proba", "--changed", lowered).output
    assert run("facts", "proba", "--changed", folder(files())).output == (
        "The folder states the same facts.\n"
    )


def test_facts_are_compared_though_the_rest_of_the_folder_has_faults(run, folder):
    run("import", folder(files()))
    broken = facts_of(files(), ("- id: A2", "- id: A3"))  # the quiz still asks for A2
    assert read_course(broken).course is None
    told = run("facts", "proba", "--changed", folder(broken, "nou")).output
    assert "A2     removed" in told
    assert "questions: proba-q1-03" in told


@pytest.mark.parametrize(
    "bad", [b"- id: A1\n  statement: x", b"\xff\xfe", b"- id: [", None], ids=repr
)
def test_facts_that_can_not_be_read_are_refused_with_file_and_line(run, folder, bad):
    run("import", folder(files()))
    course = files()
    del course["facts.yaml"]
    if bad is not None:
        course["facts.yaml"] = bad
    done = run("facts", "proba", "--changed", folder(course, "nou"))
    assert done.exit_code == 1
    assert "facts.yaml:" in done.output
    assert "nothing was compared" in done.output


# Working papers --------------------------------------------------------------------------------


def test_facts_tell_the_papers_that_rest_on_them(run, folder):
    run("import", folder(files_with_paper()))
    [told] = json.loads(run("facts", "proba", "--fact", "A1", "--json").output)
    assert told["papers"] == ["proba-fisa"]
    changed = facts_of(files_with_paper(), ("cel puțin trei", "cel puțin cinci"))
    there = folder(changed, "nou")
    assert "papers: proba-fisa" in run("facts", "proba", "--changed", there).output


@pytest.mark.parametrize(
    ("fact", "reason"), [("A2", Reason.UNCERTAIN_FACT), ("Z9", Reason.UNKNOWN_FACT)]
)
def test_a_paper_rests_on_certain_facts_alone(fact, reason):
    course = files_with_paper(TEXT.replace("facts: [A1]", f"facts: [{fact}]"))
    assert Problem(PAPER, 6, reason, fact) in read_course(course).problems
