"""Everything that a route can be asked about: one object of each kind, and who has it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms import clock, db
from lms.accounts import services as accounts
from lms.accounts.models import Person, RoleGrant, SignInSession, TokenKind
from lms.accounts.services import links
from lms.accounts.sessions import hash_token
from lms.archive import runs
from lms.archive.models import ArchiveRun, ArchiveState
from lms.calendars import feeds
from lms.certificates import batches, issuing, papers, register
from lms.certificates.badges import sharing
from lms.certificates.badges.models import settings_of
from lms.certificates.designs import services as designs
from lms.certificates.designs import shipped
from lms.certificates.designs.models import SignatoryTerm
from lms.certificates.desk import runs as printings
from lms.certificates.desk.models import Duplicate, DuplicateReason, DuplicateRule, Printer
from lms.certificates.desk.settings import PrintSettings
from lms.certificates.levels import signatories
from lms.certificates.models import Certificate
from lms.certificates.paper import DocumentSeen, HandOver, HandOverWay, PaperEvent
from lms.courses import notes
from lms.courses.exercises import Exercise
from lms.courses.models import (
    CompletionCondition,
    ConditionKind,
    ContentItem,
    Course,
    Edition,
    Enrolment,
    Group,
    IssuingMode,
    Lesson,
    LessonVersion,
    Module,
    Programme,
    ProgrammeLogo,
)
from lms.courses.notes import Written
from lms.courses.services import progress
from lms.demo.answers import right_answer
from lms.entry.national_number import read_number
from lms.entry.services import numbers, settings
from lms.entry.services.settings import Wanted
from lms.files import store
from lms.files.models import StoredFile
from lms.jobs.models import BatchState
from lms.lesson_editor import library
from lms.look.models import Barrier
from lms.mail.models import MailMessage, MailState
from lms.meetings.services import meetings
from lms.meetings.services.meetings import MeetingData
from lms.messages.services.sending import Draft, send_message
from lms.messages.stopping import REMINDERS
from lms.organisations.models import Organisation
from lms.participants.reading import edition_table
from lms.participants.services import importing, names
from lms.participants.services.importing import Decisions
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import (
    Question,
    QuestionComment,
    QuestionRevision,
    Quiz,
    QuizImport,
    QuizQuestion,
)
from lms.quizzes.rules.overrides import Granted
from lms.quizzes.services import attempts, disputes, kept_files, overriding
from lms.quizzes.services import paper as paper_results
from lms.quizzes.services.paper import PaperData
from lms.quizzes.services.workshop_plan import source_of
from lms.quizzes.workshop.reading import read_text
from lms.quizzes.workshop.writing import gift_of
from lms.safety.archive import write_archive
from lms.safety.scans import check_scan
from lms.safety.sheets import Table, TableRow, write_csv
from lms.submissions.drafts import Stamp
from lms.submissions.services import KeptFile, Task, hand_in
from lms.talk.services import announcements, threads
from lms.talk.stopping import TALK_MAIL
from tests.access.samples import PNG, changed_files, course_files, make_picture, person_certificate
from tests.access.snapshot import Snapshot
from tests.access.upload import ask_for_a_file
from tests.accounts.people import hash_of
from tests.cast import EPOCH, PARTS, Cast, make_cast, make_person, make_programme
from tests.exchange.sample import import_files

PERSONS = ("anonymous", *PARTS)
STAFF = ("trainer", "trainer_of_other", "registrar", "auditor", "owner")
PASSWORD = "patru corbi pe gard"
LIST = [["Nou", "Nicu", "nicu.nou@exemplu.example"]]


@dataclass
class World:
    """A cast with all that it can be asked about; ids and names by what they are."""

    app: Flask
    cast: Cast
    ids: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None

    def client(self, part: str) -> FlaskClient:
        """Return a browser in which the part is signed in."""
        client = self.app.test_client()
        if part != "anonymous":
            client.set_cookie("sid", self.tokens[part])
        return client

    def restore(self) -> None:
        """Put everything back as it was made."""
        assert self.snapshot is not None
        self.snapshot.restore()

    def prepare(self) -> None:
        """Put back what a test has changed; where nothing was written nothing is to be done."""
        assert self.snapshot is not None
        if self.snapshot.stands:
            self.snapshot.forget()
        else:
            self.snapshot.restore()

    def of(self, name: str, part: str) -> Any:
        """Return a person's own object of a kind, or the registrar's where there is none."""
        return self.ids.get(f"{name}:{part}", self.ids[f"{name}:registrar"])


def make_world(app: Flask) -> World:
    """Lay the world down and remember it."""
    world = World(app, make_cast(app))
    with app.app_context():
        _teach(world)
        _enrol_more(world)
        _learn(world)
        _hand_in(world)
        _bring_questions_in(world)
        _reword_a_draft(world)
        _change_a_lesson(world)
        _certify(world)
        with db.writing() as session:
            barrier = Barrier(page="/verify", what="Nu merge.", sent_at=datetime.now(UTC))
            session.add(barrier)
            session.flush()
            world.ids["barrier"] = barrier.id
            _office(world)
            _entry(world)
            _meet(world)
            _uploads(world)
            _import(world)
            _secrets(world)
        with db.writing():
            _write_to_people(world)
            _talk(world)
    app.extensions.pop("lms_told", None)
    world.snapshot = Snapshot(app)
    return world


def _teach(world: World) -> None:
    """Put real courses, imported from files, in the place of the cast's bare ones."""
    ids, cast = world.ids, world.cast
    mine, other = import_files(course_files("proba")), import_files(course_files("alta"))
    with db.writing() as session:
        for course_id in (mine, other):
            course = session.get_one(Course, course_id)
            course.published_at = EPOCH
            course.version += 1
        for old, new in ((cast.course_id, mine), (cast.other_course_id, other)):
            for model in (Edition, RoleGrant):
                session.execute(
                    sa.update(model).where(model.course_id == old).values(course_id=new)
                )
        session.flush()
        condition = sa.select(CompletionCondition.id).where(
            CompletionCondition.kind == ConditionKind.CONFIRMED_BY_REGISTRAR
        )
        ids["condition"] = session.scalars(condition.filter_by(course_id=mine)).one()
        ids["other_condition"] = session.scalars(condition.filter_by(course_id=other)).one()
        module = session.scalars(sa.select(Module).filter_by(course_id=mine)).one()
        ids["module"] = module.id
        session.add(_draft_lesson(module))
    cast.course_id, cast.other_course_id = mine, other
    quiz = sa.select(Quiz.id)
    ids["quiz"] = db.session().scalars(quiz.filter_by(course_id=mine)).one()
    asked = sa.select(QuizQuestion.question_version_id).join(
        Quiz, Quiz.current_version_id == QuizQuestion.quiz_version_id
    )
    ids["question_version"] = db.session().scalars(asked.where(Quiz.id == ids["quiz"])).first()
    ids["other_quiz"] = db.session().scalars(quiz.filter_by(course_id=other)).one()
    db.end_reading()


def _bring_questions_in(world: World) -> None:
    """A file of questions is kept for the quiz; another changed a question's words before."""
    data = "// [id:proba-nou]\nCâte module are cursul? {#=1}\n".encode()
    quiz_id, by = world.ids["quiz"], world.cast.persons["trainer"]
    now = datetime.now(UTC)
    sha256 = kept_files.keep_bytes(data)
    with db.writing() as session:
        file = kept_files.keep_row(
            quiz_id,
            sha256=sha256,
            size=len(data),
            name="intrebari.gift",
            media_type="text/plain",
            by=by,
            now=now,
        )
        piece = read_text(source_of(world.cast.course_id, "proba-q1").text).pieces[0]
        assert piece.item is not None
        stood = gift_of(piece.item)
        change = {
            "id": piece.item.id,
            "change": "words",
            "before": gift_of(replace(piece.item, title="Altfel")),
            "after": stood,
            "category": "",
        }
        batch = QuizImport(
            quiz_id=quiz_id,
            file_id=file.id,
            format="gift",
            questions=[change],
            made_at=now,
            made_by_id=by,
        )
        session.add(batch)
        session.flush()
        world.ids |= {"question_file": file.id, "quiz_import": batch.id}


def _reword_a_draft(world: World) -> None:
    """The quiz's question that is still a draft has been worded twice."""
    with db.writing() as session:
        question = session.scalars(
            sa.select(Question).filter_by(course_id=world.cast.course_id, content_id="proba-q1-03")
        ).one()
        [version] = question.versions
        [first] = version.revisions
        session.add(
            QuestionRevision(
                version_id=version.id,
                number=2,
                payload={**first.payload, "stem": "În câte zile se depune?"},
                payload_en=first.payload_en,
                created_at=EPOCH,
            )
        )
        world.ids |= {"draft_question": question.id, "older_wording": first.id}


def _change_a_lesson(world: World) -> None:
    """Let a lesson have an older text, and its course a picture that nothing shows."""
    sent = library.read_picture("nefolosita.png", make_picture("#118833"))
    with db.writing() as session:
        by = world.cast.persons["owner"]
        library.add(world.cast.course_id, sent, by=by, now=EPOCH)
        course_id = world.cast.course_id
        lesson = session.query(Lesson).filter_by(course_id=course_id, slug="1-1-primul-pas").one()
        here = session.query(ContentItem).filter_by(course_id=course_id)
        item = here.filter_by(content_id=lesson.content_id).one()
        older = item.source + b"\nDe altadata.\n"
        for number, source in enumerate((older, item.source), 1):
            session.add(
                LessonVersion(
                    lesson_id=lesson.id,
                    number=number,
                    source=source,
                    source_hash=hashlib.sha256(source).hexdigest(),
                    saved_at=EPOCH,
                    saved_by_id=by,
                )
            )


def _draft_lesson(module: Module) -> Lesson:
    return Lesson(
        course_id=module.course_id,
        module_id=module.id,
        content_id="ciorna",
        slug="ciorna",
        number="1.9",
        position=9,
        title_ro="CIORNACANARY",
        title_en="CIORNACANARY",
        reading_minutes=1,
        exercise_minutes=0,
        test_minutes=0,
        html="<p>CIORNACANARY</p>",
        html_digest="1" * 64,
        sources=[],
        is_published=False,
    )


def _enrol_more(world: World) -> None:
    """People beside the cast: complete and due, complete and unreleased, new, without account."""
    with db.writing() as session:
        edition = session.get_one(Edition, world.cast.edition_id)
        third = Edition(
            programme_id=edition.programme_id,
            course_id=edition.course_id,
            title="Ediția cu eliberare",
            slug="e3",
            starts_on=date(2026, 3, 1),
            ends_on=date(2026, 12, 20),
            issuing=IssuingMode.RELEASE,
            hours_required=Decimal(0),
            created_at=EPOCH,
        )
        session.add(third)
        session.flush()
        people = {
            "graduate": (edition.id, {}),
            "candidate": (edition.id, {}),
            "unreleased": (third.id, {}),
            "newcomer": (edition.id, {"email": "nou@exemplu.example", "password_hash": None}),
            "stranger": (edition.id, {"password_hash": None}),
            "left": (edition.id, {}),
            "former": (edition.id, {}),
            "unnamed": (edition.id, {"name_confirmed_at": None}),
            "signer": (edition.id, {"name_confirmed_at": None}),
        }
        for number, (name, (edition_id, values)) in enumerate(people.items()):
            person = make_person("Alt", f"Om-{number}", sign_in_name=name)
            for key, value in values.items():
                setattr(person, key, value)
            session.flush()
            world.cast.persons[name] = person.id
            place = Enrolment(
                person_id=person.id,
                edition_id=edition_id,
                enrolled_at=EPOCH,
                hours_attended=Decimal(0),
            )
            session.add(place)
            session.flush()
            world.cast.enrolments[name] = place.id


def _learn(world: World) -> None:
    """Let those finish who shall; the learner then begins a second attempt."""
    with db.writing() as session:
        session.get_one(Programme, world.cast.programme_id).completed_at = None
    for name in ("learner", "graduate", "candidate", "unreleased", "former"):
        with db.writing():
            _finish(world, name)
    with db.writing() as session:
        quiz = session.get_one(Quiz, world.ids["quiz"])
        learner = world.cast.enrolments["learner"]
        done = quiz_queries.attempts_of(learner, quiz.id)[0]
        begun = attempts.start_attempt(learner, quiz, now=datetime.now(UTC))
        world.ids |= {"submitted": done.id, "open": begun.id}
        world.ids["answer"] = quiz_queries.paper_of(done.id)[0].item_id
        world.ids["items"] = [i.item_id for i in quiz_queries.paper_of(begun.id)]
        first, second, *_ = quiz_queries.paper_of(done.id)
        held = attempts.locked_attempt(done.id)
        contested = disputes.raise_dispute(held, first.item_id, "Nu e clar.", now=datetime.now(UTC))
        world.ids |= {"dispute": contested.id, "contestable": second.item_id}
        world.ids["question_version"] = second.version_id
        world.ids["bank_question"] = second.question_id
        said = QuestionComment(question_id=second.question_id, text="Nu e clar.", made_at=EPOCH)
        session.add(said)
        session.flush()
        world.ids["bank_comment"] = said.id
        session.get_one(Programme, world.cast.programme_id).completed_at = EPOCH
    ask_for_a_file(world)


def _finish(world: World, name: str) -> None:
    session, now = db.session(), datetime.now(UTC)
    place = progress.locked_enrolment(world.cast.enrolments[name])
    lessons = sa.select(Lesson).where(Lesson.course_id == world.cast.course_id, Lesson.is_published)
    for lesson in session.scalars(lessons).all():
        progress.mark_read(place, lesson, now=now)
    progress.confirm_condition(
        place, world.ids["condition"], by=world.cast.persons["registrar"], reason="da", now=now
    )
    quiz = session.get_one(Quiz, world.ids["quiz"])
    attempt = attempts.start_attempt(place.id, quiz, now=now)
    given = {i.item_id: right_answer(i.question) for i in quiz_queries.paper_of(attempt.id)}
    attempts.save_answers(attempt, given, key="k", now=now)
    attempts.submit_attempt(attempt, now=now)


def _hand_in(world: World) -> None:
    """The learner hands in a text and a file; nobody has read them yet."""
    session, now = db.session(), datetime.now(UTC)
    lessons = sa.select(Lesson).where(
        Lesson.course_id == world.cast.course_id, Lesson.exercise.is_not(None)
    )
    tasks = {
        lesson.exercise["trace"]: Task(
            world.cast.enrolments["learner"], lesson.id, Exercise.from_json(lesson.exercise)
        )
        for lesson in session.scalars(lessons)
    }
    db.end_reading()
    folder = world.app.config["LMS"].folder("files")
    sheet = KeptFile(store.put(folder, PNG), len(PNG), "foaie.png", "image/png")
    with db.writing():
        text = hand_in(tasks["text"], {"text": "Am desenat."}, Stamp("a", 1, 0), now=now)
        file = hand_in(tasks["file"], {}, Stamp("a", 1, 0), now=now, file=sheet)
        world.ids |= {"work": text.submission_id, "file_work": file.submission_id}
        lesson = tasks["text"].lesson_id
        note = notes.keep(world.cast.persons["learner"], lesson, Written(text="Da."), now=now)
        world.ids["note"] = note.id


def _certify(world: World) -> None:
    """One certificate issued, one number reserved, one batch done."""
    places, ids = world.cast.enrolments, world.ids
    ids["certificate"] = issuing.issue(places["learner"]).certificate_id
    ids["reserved"] = issuing.reserve(places["candidate"]).certificate_id
    ids["revoked"] = issuing.issue(places["former"]).certificate_id
    assert ids["certificate"]
    assert ids["reserved"]
    assert ids["revoked"]
    ids["code"] = db.session().get_one(Certificate, ids["certificate"]).code
    db.end_reading()
    with db.writing() as session:
        former = session.get_one(Certificate, ids["revoked"])
        by = world.cast.persons["registrar"]
        register.revoke(former, by=by, reason="x", now=datetime.now(UTC))
        edition = session.get_one(Edition, world.cast.edition_id)
        batch = batches.begin(edition, [], by=world.cast.persons["registrar"], now=EPOCH)
        batch.state, batch.finished_at = BatchState.DONE, EPOCH
        session.flush()
        ids["batch"] = batch.id
        _at_the_desk(world)
        _share(world)
        _hand_over(world)
        _confirm_on_paper(world)


def _confirm_on_paper(world: World) -> None:
    """One name confirmed by a signed form, with its scan."""
    folder, ids = world.app.config["LMS"].folder("files"), world.ids
    by, now = world.cast.persons["registrar"], datetime.now(UTC)
    edition = db.session().get_one(Edition, world.cast.edition_id)
    form, _count = names.confirm_on_paper(
        edition,
        [world.cast.enrolments["signer"]],
        signed_on=clock.today("Europe/Bucharest"),
        note="",
        by=by,
        now=now,
    )
    picture = make_picture("#eeeeee")
    names.add_scan(form, check_scan("f.png", picture), store.put(folder, picture), by=by, now=now)
    ids["name_form"] = form.id


def _share(world: World) -> None:
    """The programme allows everything of badges; the learner has made a link."""
    session = db.session()
    settings = settings_of(world.cast.programme_id)
    for name in ("is_offered", "has_linkedin", "may_share", "shares_results"):
        setattr(settings, name, True)
    session.add(settings)
    session.flush()
    found = session.get_one(Certificate, world.ids["certificate"])
    by = world.cast.persons["learner"]
    link = sharing.make(found, shows_results=False, by=by, now=datetime.now(UTC))
    world.ids["share_link"] = link.id
    address = sharing.links_of(found.id)[0].address
    world.ids["share_token"] = address.rpartition("/")[2]
    feeds.renew(by, now=datetime.now(UTC))
    feed = feeds.feed_of(by)
    assert feed is not None
    world.ids["calendar_token"] = feed.address.rpartition("/")[2].removesuffix(".ics")
    files = signatories.read_certificates(person_certificate())
    programme = session.get_one(Programme, world.cast.programme_id)
    made = signatories.pin(programme, 1, files, by=None, now=datetime.now(UTC))
    world.ids["signatory_pin"] = made.id


def _at_the_desk(world: World) -> None:
    """A printing that is done, a printer, and a duplicate that was granted."""
    session, ids, by = db.session(), world.ids, world.cast.persons["registrar"]
    run = printings.begin(
        [ids["certificate"]],
        PrintSettings(),
        edition_id=world.cast.edition_id,
        by=by,
        now=EPOCH,
        locale="ro",
    )
    run.state, run.finished_at, run.done = BatchState.DONE, datetime.now(UTC), 1
    edition = session.get_one(Edition, world.cast.edition_id)
    printer = Printer(programme_id=edition.programme_id, name="Birou", right=150, up=0)
    today = clock.today("Europe/Bucharest")
    duplicate = Duplicate(
        certificate_id=ids["certificate"],
        ordinal=1,
        on=today,
        asked_by="Maria",
        asked_on=today,
        reason=DuplicateReason.DAMAGED,
        granted_at=datetime.now(UTC),
        granted_by_id=by,
    )
    rule = DuplicateRule(programme_id=edition.programme_id, most=3, needs_declaration=False)
    session.add_all([printer, duplicate, rule])
    session.flush()
    printings.path_of(run.id).write_bytes(b"%PDF-1.7")
    ids |= {"print_run": run.id, "printer": printer.id, "duplicate": duplicate.id}


def _hand_over(world: World) -> None:
    """One certificate handed over, with the scan of a list."""
    folder, ids = world.app.config["LMS"].folder("files"), world.ids
    by, now = world.cast.persons["registrar"], datetime.now(UTC)
    given = HandOver(HandOverWay.IN_PERSON, DocumentSeen.IDENTITY_CARD, done_by="Ana Exemplu")
    act = papers.record_act(
        PaperEvent.HANDED_OVER,
        [ids["certificate"]],
        on=clock.today("Europe/Bucharest"),
        by=by,
        now=now,
        hand_over=given,
    ).act
    picture = make_picture("#dddddd")
    papers.add_scan(act, check_scan("l.png", picture), store.put(folder, picture), by=by, now=now)
    db.session().flush()
    (entry,) = act.entries
    ids |= {"act": act.id, "entry": entry.id, "scan": papers.scans_of(act.id)[0].id}


def _office(world: World) -> None:
    """A second programme still open, a logo, a group, somebody withdrawn, somebody suspended."""
    session, ids = db.session(), world.ids
    programme = Programme(
        title="Al doilea program",
        short_name="Doi",
        issuers=["Asociația Exemplu"],
        issuer_contact="contact@exemplu.example",
        place="Valea Plopilor",
        certificate_series="DOI",
        design={},
        created_at=EPOCH,
    )
    session.add(programme)
    session.flush()
    folder = world.app.config["LMS"].folder("files")
    picture = StoredFile(
        sha256=store.put(folder, PNG),
        size=len(PNG),
        media_type="image/png",
        name="sigla.png",
        owner_type="programmes",
        owner_id=programme.id,
        created_at=EPOCH,
    )
    session.add(picture)
    session.flush()
    session.add(
        ProgrammeLogo(programme_id=programme.id, position=1, alt_text="O siglă", file_id=picture.id)
    )
    group = Group(edition_id=world.cast.edition_id, name="Grupa 1", trainers=[])
    other_group = Group(edition_id=world.cast.other_edition_id, name="Grupa alta", trainers=[])
    session.add_all([group, other_group])
    left = session.get_one(Enrolment, world.cast.enrolments["left"])
    left.state, left.withdrawn_on, left.withdrawal_reason = "withdrawn", date(2026, 4, 1), "x"
    session.get_one(Person, left.person_id).suspended_at = EPOCH
    session.flush()
    ids |= {"programme": programme.id, "group": group.id, "other_group": other_group.id}
    by = world.cast.persons["registrar"]
    design = designs.create(shipped.default(), by=by, now=EPOCH)
    designs.save(design, shipped.shipped("portrait"), by=by, now=EPOCH)
    ground = designs.Kept(picture.sha256, len(PNG), "image/png")
    designs.set_ground(design, 0, ground, by=by, now=EPOCH)
    ids["design"] = design.id
    term = SignatoryTerm(
        programme_id=programme.id,
        position=1,
        name="Ana Exemplu",
        function="Președinte",
        serves_from=date(2026, 1, 1),
        created_at=EPOCH,
    )
    session.add(term)
    session.flush()
    ids["term"] = term.id
    ids["organisation"] = session.scalars(sa.select(Organisation.id)).first()


def _entry(world: World) -> None:
    """A programme that asks at entry, with the other course's second edition; one number given."""
    session, cast = db.session(), world.cast
    programme = make_programme("TREI", complete=False)
    edition = Edition(
        programme_id=programme.id,
        course_id=cast.other_course_id,
        title="Ediția care întreabă",
        slug="e4",
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 12, 20),
        issuing=IssuingMode.AUTOMATIC,
        hours_required=Decimal(0),
        created_at=EPOCH,
    )
    session.add(edition)
    session.flush()
    for name in ("learner", "newcomer"):
        place = Enrolment(
            person_id=cast.persons[name],
            edition_id=edition.id,
            enrolled_at=EPOCH,
            hours_attended=Decimal(0),
        )
        session.add(place)
        session.flush()
        world.ids[f"asked:{name}"] = place.id
    wanted = Wanted(
        "esf-plus-2021-2027", asks_national_number=True, national_number_purpose="Pentru listă."
    )
    instance = world.app.config["LMS"].instance
    settings.choose(programme, wanted, instance=instance, by=None, now=EPOCH)
    session.flush()
    numbers.give(
        session.get_one(Enrolment, world.ids["asked:newcomer"]),
        read_number("1630615123457", today=EPOCH.date()),
        by=None,
        now=EPOCH,
    )
    world.ids["asking_programme"] = programme.id


def _import(world: World) -> None:
    """A list of one person carried out, which can still be taken back."""
    edition = db.session().get_one(Edition, world.cast.edition_id)
    file = importing.read_file(
        Table(("Nume", "Prenume"), (TableRow(2, ("Greșit", "Adus")),)),
    )
    by = world.cast.persons["registrar"]
    done = importing.commit(edition, file, Decisions(), by=by, now=datetime.now(UTC))
    world.ids["import"] = done.import_id


def _meet(world: World) -> None:
    """A meeting of the whole first edition that is going on, with the scan of its list."""
    now = datetime.now(UTC)
    wanted = MeetingData(
        group_id=None,
        title="Prima întâlnire",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=12),
        place="Sala de consiliu",
        link=None,
        trainers=("Petru Formator",),
        hours=Decimal(2),
        module_ids=(),
        grace_minutes=15,
    )
    edition = db.session().get_one(Edition, world.cast.edition_id)
    by, folder = world.cast.persons["registrar"], world.app.config["LMS"].folder("files")
    meeting = meetings.create_meeting(edition, wanted, by=by, now=now)
    picture = make_picture("#cccccc")
    scan = check_scan("l.png", picture)
    kept = meetings.add_scan(meeting, scan, store.put(folder, picture), by=by, now=now)
    db.session().flush()
    place = db.session().get_one(Enrolment, world.cast.enrolments["learner"])
    quiz = db.session().get_one(Quiz, world.ids["quiz"])
    paper = PaperData(date(2026, 4, 20), "Sala de consiliu", "fără rețea", percent=Decimal(50))
    result = paper_results.record_paper(place, quiz, paper, by=by, now=now, today=now.date())
    picture = make_picture("#bbbbbb")
    sheet = check_scan("t.png", picture)
    held = paper_results.add_scan(result, sheet, store.put(folder, picture), by=by, now=now)
    more = Granted(named=frozenset({"extra_percent"}), extra_percent=10)
    terms = overriding.grant(quiz, place, more, reason="adeverință", by=by, now=now)
    db.session().flush()
    world.ids |= {"paper_result": result.id, "paper_scan": held.id, "terms": terms.id}
    world.ids |= {"meeting": meeting.id, "meeting_code": meeting.code, "meeting_scan": kept.id}


def _uploads(world: World) -> None:
    """A list that waits, an edition's archive, and for each of the staff a course's archive."""
    folder = world.app.config["LMS"].folder("files")
    data = write_csv(["Nume", "Prenume", "E-mail"], LIST)
    world.ids["list"] = _keep(folder, data, "text/csv", "editions", world.cast.edition_id)
    run = ArchiveRun(
        edition_id=world.cast.edition_id,
        locale="ro",
        state=ArchiveState.READY,
        asked_at=datetime.now(UTC),
        asked_by_id=world.cast.persons["auditor"],
        finished_at=datetime.now(UTC),
        size=4,
    )
    db.session().add(run)
    db.session().flush()
    runs.path_of(run.id).write_bytes(b"PK..")
    world.ids["archive_run"] = run.id
    old, new = write_archive(changed_files("proba")), write_archive(course_files("noua"))
    for part in STAFF:
        person = world.cast.persons[part]
        world.ids[f"archive:{part}"] = _keep(folder, old, "application/zip", "persons", person)
        world.ids[f"new_archive:{part}"] = _keep(folder, new, "application/zip", "persons", person)


def _write_to_people(world: World) -> None:
    """A message to one person, whose mail was refused."""
    session, cast = db.session(), world.cast
    edition = session.get_one(Edition, cast.edition_id)
    table = edition_table(edition, now=EPOCH, with_columns=False)
    rows = [row for row in table.rows if row.enrolment_id == cast.enrolments["newcomer"]]
    message, _is_new = send_message(
        edition,
        rows,
        Draft("Un subiect", "Un text"),
        key="lumea",
        may_invite=False,
        by=None,
        now=EPOCH,
    )
    session.flush()
    mail = session.scalars(
        sa.select(MailMessage).where(MailMessage.event == f"message:{message.id}")
    ).one()
    mail.state, mail.last_error = MailState.FAILED, "550 5.1.1 User unknown"
    world.ids |= {"message": message.id, "failed_mail": mail.id}
    world.ids["stop_token"] = REMINDERS.token_of(cast.persons["learner"])


def _talk(world: World) -> None:
    """A question of the learner's own, and one with its answer that the edition reads."""
    session, cast, now = db.session(), world.cast, datetime.now(UTC)
    place = session.get_one(Enrolment, cast.enrolments["learner"])
    lesson = {"lesson_id": session.scalars(sa.select(Lesson.id).order_by(Lesson.id)).first()}
    own, _is_new = threads.ask(place, "De unde încep?", key="a", now=now, **lesson)
    shared, _is_new = threads.ask(place, "Ce e un limită?", key="b", now=now, **lesson)
    by = cast.persons["trainer"]
    answer, _is_new = threads.reply(shared, "Vedeți lecția.", key="c", by=by, now=now)
    threads.share(shared, shared=True, by=by)
    world.ids |= {"thread": own.id, "shared_thread": shared.id, "shared_answer": answer.id}
    said = announcements.Draft("Sală nouă", "Etajul 2.", now, None)
    edition = session.get_one(Edition, cast.edition_id)
    made, _is_new = announcements.publish(edition, said, by_mail=False, key="d", by=by, now=now)
    world.ids["announcement"] = made.id
    world.ids["talk_token"] = TALK_MAIL.token_of(cast.persons["learner"])


def _keep(folder: Any, data: bytes, media_type: str, owner: str, owner_id: int) -> int:
    row = StoredFile(
        sha256=store.put(folder, data),
        size=len(data),
        media_type=media_type,
        name="fisier",
        owner_type=owner,
        owner_id=owner_id,
        created_at=EPOCH,
        created_by_id=None,
    )
    db.session().add(row)
    db.session().flush()
    return row.id


def _secrets(world: World) -> None:
    """Sign-ins, a link, a lapsed link, a printed code."""
    session, now, ids = db.session(), datetime.now(UTC), world.ids
    for part in PARTS:
        session.get_one(Person, world.cast.persons[part]).password_hash = hash_of(PASSWORD)
        token = world.tokens[part] = secrets.token_urlsafe(32)
        row = SignInSession(
            token_hash=hash_token(token),
            person_id=world.cast.persons[part],
            created_at=EPOCH,
            last_seen_at=datetime(2100, 1, 1, tzinfo=UTC),  # never due for renewal
            expires_at=datetime(2100, 1, 2, tzinfo=UTC),
            device="test",
            is_own_device=True,
        )
        session.add(row)
        session.flush()
        ids[f"session:{part}"] = row.id
    newcomer = session.get_one(Person, world.cast.persons["newcomer"])
    row, link = links.make_link(newcomer, TokenKind.INVITATION, by=None, now=now)
    row.created_at = EPOCH  # long enough ago to be invited again
    ids["link"] = link.rsplit("/", 1)[1]
    graduate = session.get_one(Person, world.cast.persons["graduate"])
    row, lapsed = links.make_link(graduate, TokenKind.INVITATION, by=None, now=now)
    graduate.email = "absolvent@exemplu.example"
    row.expires_at = EPOCH
    ids["lapsed"] = lapsed.rsplit("/", 1)[1]
    stranger = session.get_one(Person, world.cast.persons["stranger"])
    ids["printed_code"] = accounts.printed_code(stranger, by=None, now=now)
