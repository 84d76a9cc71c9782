"""How a route is asked: what fills its address, and the smallest form that it takes."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import url_for
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from lms import clock
from lms.accounts.services.own import NOTICE_VERSION
from lms.courses.models import Course, CourseFact, Module
from lms.db import db
from lms.entry.answer_sheet import AnswerRow, Key
from lms.entry.views.sheets import packed
from lms.exchange.outlining.page import outline_page
from lms.meetings.presence_sheet import Key as Column
from lms.meetings.presence_sheet import PresenceRow
from lms.meetings.views.importing import packed as packed_presence
from lms.messages.reminder_rules import Kind
from lms.quizzes.corrections.proposal import Proposal
from lms.quizzes.corrections.standing import CorrectionKind
from lms.quizzes.services import correcting
from lms.quizzes.services.workshop_plan import source_of
from lms.safety.archive import write_archive
from lms.safety.sheets import write_csv
from tests.access.lesson_text import lesson_text
from tests.access.samples import PNG, course_files, make_picture, person_certificate
from tests.access.world import PASSWORD, World
from tests.cast import csrf
from tests.entry.asked import FIRST_PAGE

Values = dict[str, Any]
NO_ID = 987654321


# What fills the address ------------------------------------------------------------------------

_PROBA = {"slug": "proba"}
_QUIZ = {"slug": "proba", "quiz_slug": "proba-q1"}
_READ_OFFLINE = (
    '{"sent_at": 1800000000000, "sittings": [{"key": "0123abcd", "module": "1-inceputul", '
    '"lesson": "1-1-primul-pas", "signs": [1799999000000, 1799999060000], "read_at": null}]}'
)
_LESSON = {
    "slug": "proba",
    "module_slug": "1-inceputul",
    "lesson_slug": "1-1-primul-pas",
}


def _place(name: str) -> Callable[[World, str], Values]:
    return lambda world, _part: {"enrolment_id": world.cast.enrolments[name]}


def _id(arg: str, name: str) -> Callable[[World, str], Values]:
    return lambda world, _part: {arg: world.ids[name]}


SUBJECTS: dict[str, Callable[[World, str], Values]] = {
    "-": lambda _world, _part: {},
    "course": lambda _world, _part: _PROBA,
    "lesson": lambda _world, _part: _LESSON,
    "module": lambda _world, _part: {**_PROBA, "module_slug": "1-inceputul"},
    "learner's note": lambda w, _p: {**_PROBA, "note_id": w.ids["note"]},
    "draft lesson": lambda _world, _part: {**_LESSON, "lesson_slug": "ciorna"},
    "paper": lambda _world, _part: {**_PROBA, "paper_id": "proba-fisa"},
    "lesson with a file": lambda _world, _part: {**_LESSON, "lesson_slug": "1-2-al-doilea-pas"},
    "course's proposals": lambda _world, _part: {**_PROBA, "kind": "xlsx"},
    "learner's work": _id("submission_id", "work"),
    "learner's file as an answer": lambda w, _p: {
        "attempt_id": w.ids["submitted"],
        "item_id": w.ids["answer"],
        "sha256": w.ids["answer_sha256"],
    },
    "learner's file": lambda w, _p: {"submission_id": w.ids["file_work"], "number": 1},
    "lesson's older text": lambda _world, _part: {**_LESSON, "number": 1},
    "unused picture": lambda _world, _part: {**_PROBA, "name": "nefolosita.png"},
    "figure": lambda _world, _part: {**_PROBA, "name": "drum.svg"},
    "fact": lambda _world, _part: {**_PROBA, "fact_id": "A2"},
    "quiz": lambda _world, _part: _QUIZ,
    "quiz's questions as GIFT": lambda _world, _part: {**_QUIZ, "form": "gift"},
    "quiz's file of questions": lambda w, _p: {**_QUIZ, "file_id": w.ids["question_file"]},
    "quiz's import": lambda w, _p: {**_QUIZ, "import_id": w.ids["quiz_import"]},
    "quiz as CSV": lambda _world, _part: {**_QUIZ, "form": "csv"},
    "learner's submitted answer": lambda w, _p: {**_QUIZ, "item_id": w.ids["answer"]},
    "question of the bank": lambda w, _p: {**_PROBA, "question_id": w.ids["bank_question"]},
    "question's older wording": lambda w, _p: {
        **_PROBA,
        "question_id": w.ids["draft_question"],
        "revision_id": w.ids["older_wording"],
    },
    "pair of questions": lambda w, _p: {
        **_PROBA,
        "question_id": w.ids["bank_question"],
        "other_id": w.ids["draft_question"],
    },
    "comment on a question": lambda w, _p: {
        **_PROBA,
        "question_id": w.ids["bank_question"],
        "comment_id": w.ids["bank_comment"],
    },
    "quiz's question": lambda w, _p: {**_QUIZ, "version_id": w.ids["question_version"]},
    "learner's open attempt": _id("attempt_id", "open"),
    "learner's submitted attempt": _id("attempt_id", "submitted"),
    "learner's dispute": _id("dispute_id", "dispute"),
    "question of the quiz": lambda w, _p: {**_QUIZ, "version_id": w.ids["question_version"]},
    "learner's place": _place("learner"),
    "newcomer's place": _place("newcomer"),
    "graduate's place": _place("graduate"),
    "left place": _place("left"),
    "learner's place and quiz": lambda w, _p: {
        "enrolment_id": w.cast.enrolments["learner"],
        "quiz_id": w.ids["quiz"],
    },
    "quiz and edition": lambda w, _p: {**_QUIZ, "edition_id": w.cast.edition_id},
    "group and quiz": lambda w, _p: {"group_id": w.ids["group"], "quiz_id": w.ids["quiz"]},
    "terms granted": _id("override_id", "terms"),
    "newcomer's place and condition": lambda w, _p: {
        "enrolment_id": w.cast.enrolments["newcomer"],
        "condition_id": w.ids["condition"],
    },
    "edition": lambda _world, _part: {"slug": "e1"},
    "edition's module": lambda _world, _part: {"slug": "e1", "position": 1},
    "edition that releases": lambda _world, _part: {"slug": "e3"},
    "course as CSV": lambda _world, _part: {"slug": "proba", "form": "csv"},
    "edition as CSV": lambda _world, _part: {"slug": "e1", "form": "csv"},
    "pinned signatory": _id("pin_id", "signatory_pin"),
    "edition's archive": _id("run_id", "archive_run"),
    "auditor's account": lambda w, _p: {"person_id": w.cast.persons["auditor"]},
    "edition's list": lambda w, _p: {"slug": "e1", "file_id": w.ids["list"]},
    "edition's import": _id("import_id", "import"),
    "edition's import as CSV": lambda w, _p: {"import_id": w.ids["import"], "form": "csv"},
    "edition's name form": lambda w, _p: {"slug": "e1", "form_id": w.ids["name_form"]},
    "edition's group": lambda w, _p: {"slug": "e1", "group_id": w.ids["group"]},
    "edition's report": lambda _world, _part: {"slug": "e1", "kind": "progress"},
    "edition's report as CSV": lambda _w, _p: {"slug": "e1", "kind": "progress", "form": "csv"},
    "people behind a figure": lambda _w, _p: {
        "slug": "e1",
        "kind": "progress",
        "figure": "head.people.n",
    },
    "people behind a figure, as CSV": lambda _w, _p: {
        "slug": "e1",
        "kind": "progress",
        "figure": "head.people.n",
        "form": "csv",
    },
    "people behind an indicator": lambda _w, _p: {"slug": "e4", "figure": "head.counted.n"},
    "people behind an indicator, as CSV": lambda _w, _p: {
        "slug": "e4",
        "figure": "head.counted.n",
        "form": "csv",
    },
    "programme's report": lambda w, _p: {"programme_id": w.cast.programme_id, "kind": "progress"},
    "programme's report as CSV": lambda w, _p: {
        "programme_id": w.cast.programme_id,
        "kind": "progress",
        "form": "csv",
    },
    "people behind a programme's figure": lambda w, _p: {
        "programme_id": w.cast.programme_id,
        "kind": "progress",
        "figure": "head.people.n",
    },
    "people behind a programme's figure, as CSV": lambda w, _p: {
        "programme_id": w.cast.programme_id,
        "kind": "progress",
        "figure": "head.people.n",
        "form": "csv",
    },
    "edition that asks": lambda _world, _part: {"slug": "e4"},
    "edition that asks, first page": lambda _world, _part: {"slug": "e4", "page": 1},
    "edition that asks, as CSV": lambda _world, _part: {"slug": "e4", "form": "csv"},
    "learner's result on paper": _id("result_id", "paper_result"),
    "scan of a result on paper": lambda w, _p: {
        "result_id": w.ids["paper_result"],
        "file_id": w.ids["paper_scan"],
    },
    "meeting": _id("meeting_id", "meeting"),
    "meeting as CSV": lambda w, _p: {"meeting_id": w.ids["meeting"], "form": "csv"},
    "meeting's scan": lambda w, _p: {
        "meeting_id": w.ids["meeting"],
        "file_id": w.ids["meeting_scan"],
    },
    "asked place": _id("enrolment_id", "asked:newcomer"),
    "asking programme": _id("programme_id", "asking_programme"),
    "own archive": lambda w, p: {"slug": "proba", "upload_id": w.of("archive", p)},
    "own archive of a new course": lambda w, p: {"upload_id": w.of("new_archive", p)},
    "owner's archive": lambda w, _p: {"slug": "proba", "upload_id": w.ids["archive:owner"]},
    "programme": lambda w, _p: {"programme_id": w.ids["programme"]},
    "declared programme": lambda w, _p: {"programme_id": w.cast.programme_id},
    "design": _id("design_id", "design"),
    "design's version": lambda w, _p: {"design_id": w.ids["design"], "number": 1},
    "design's first page": lambda w, _p: {"design_id": w.ids["design"], "page": 1},
    "design's page": lambda w, _p: {"design_id": w.ids["design"], "number": 1, "page": 1},
    "shipped design": lambda _w, _p: {"key": "landscape"},
    "shipped design's page": lambda _w, _p: {"key": "landscape", "page": 1},
    "programme's term": lambda w, _p: {
        "programme_id": w.ids["programme"],
        "term_id": w.ids["term"],
    },
    "programme's logo": lambda w, _p: {"programme_id": w.ids["programme"], "slot": 1},
    "learner's certificate": _id("certificate_id", "certificate"),
    "revoked certificate": _id("certificate_id", "revoked"),
    "reserved number": _id("certificate_id", "reserved"),
    "batch": _id("batch_id", "batch"),
    "batch to stop": lambda w, _p: {"batch_id": w.ids["batch"], "deed": "stop"},
    "printing": _id("run_id", "print_run"),
    "printing to stop": lambda w, _p: {"run_id": w.ids["print_run"], "deed": "stop"},
    "printer": _id("printer_id", "printer"),
    "calibrated printer": lambda w, _p: {"printer_id": w.ids["printer"], "form": "portrait"},
    "calibrated programme": lambda w, _p: {
        "programme_id": w.ids["programme"],
        "form": "landscape",
    },
    "duplicate": _id("duplicate_id", "duplicate"),
    "learner's code": _id("code", "code"),
    "learner's link": lambda w, _p: {
        "certificate_id": w.ids["certificate"],
        "link_id": w.ids["share_link"],
    },
    "opened link": _id("token", "share_token"),
    "learner's calendar": _id("token", "calendar_token"),
    "first status list": lambda _world, _part: {"number": 0},
    "signatures": lambda _world, _part: {"deed": "signatures"},
    "act on paper": _id("act_id", "act"),
    "act's scan": lambda w, _p: {"act_id": w.ids["act"], "file_id": w.ids["scan"]},
    "as CSV": lambda _world, _part: {"kind": "csv"},
    "newcomer's link": _id("secret", "link"),
    "lapsed link": _id("secret", "lapsed"),
    "message": _id("message_id", "message"),
    "edition's reminder": lambda _world, _part: {"slug": "e1", "name": "quiet"},
    "stop link": _id("token", "stop_token"),
    "talk stop link": _id("token", "talk_token"),
    "learner's asked answer": lambda w, _p: {
        "attempt_id": w.ids["submitted"],
        "item_id": w.ids["contestable"],
    },
    "announcement": _id("announcement_id", "announcement"),
    "learner's question": _id("thread_id", "thread"),
    "question shown to the edition": _id("thread_id", "shared_thread"),
    "answer shown to the edition": lambda w, _p: {
        "thread_id": w.ids["shared_thread"],
        "post_id": w.ids["shared_answer"],
    },
    "message as CSV": lambda w, _p: {"message_id": w.ids["message"], "form": "csv"},
    "mails as CSV": lambda _world, _part: {"form": "csv"},
    "failed mail": _id("mail_id", "failed_mail"),
    "brand colour": lambda _world, _part: {"brand": "0b5c55"},
    "picture that stands nowhere": lambda _world, _part: {"sha256": "0" * 64},
    "barrier report": _id("report_id", "barrier"),
    "logo slot": lambda _world, _part: {"slot": "head"},
    "own device": lambda w, p: {"session_id": w.of("session", p)},
    "classmate's device": _id("session_id", "session:classmate"),
}


def missing(args: Values) -> Values:
    """Return the same kind of address for a thing that is nowhere."""
    kept = {"kind", "form", "number", "deed"}
    return {
        name: value if name in kept else NO_ID if isinstance(value, int) else "nu-exista"
        for name, value in args.items()
    }


# The smallest forms ----------------------------------------------------------------------------

_DESK = {
    "kind": "original",
    "which": "all",
    "order": "name",
    "sides": "single",
    "per_sheet": "1",
    "labels": "3x8",
}
_REASON = {"reason": "Un motiv"}
_PROGRAMME = {
    "title": "Alt titlu",
    "short_name": "Alt",
    "issuers": "Asociația Exemplu",
    "certificate_title": "Certificat",
    "certificate_series": "NOU",
    "zone": "Europe/Bucharest",
}


_MEETING = {
    "title": "O temă",
    "group_id": "0",
    "on": "2026-05-14",
    "starts": "10:00",
    "ends": "13:00",
    "hours": "2",
    "place": "Sala de consiliu",
    "grace_minutes": "15",
}


def _upload(field: str, data: bytes, name: str) -> Callable[[World, str], Values]:
    return lambda _world, _part: {field: (io.BytesIO(data), name)}


def _edition_form(slug: str) -> Callable[[World, str], Values]:
    return lambda world, _part: {
        "title": "Alt titlu",
        "slug": slug,
        "course_id": str(world.cast.course_id),
        "starts_on": "2026-03-01",
        "ends_on": "2026-12-20",
        "issuing": "automatic",
        "hours_required": "0",
    }


def _apply_form(world: World, _part: str) -> Values:
    with world.app.app_context():
        course = db.session.get_one(Course, world.cast.course_id)
        db.session.rollback()
        return {"version": str(course.version)}


def _outline_form(world: World, _part: str) -> Values:
    with world.app.app_context():
        base = outline_page(world.cast.course_id).base
        db.session.rollback()
        titles = {"new-ro:module": "Un modul nou", "new-en:module": "A new module"}
        return {"do": "add:module", "base": base, **titles}


def _opening_form(world: World, _part: str) -> Values:
    with world.app.app_context():
        course = Module.course_id == world.cast.course_id
        module = db.session.query(Module).filter(course, Module.withdrawn_at.is_(None)).first()
        db.session.rollback()
        return {f"choice-{module.id}": "own", f"day-{module.id}": "2027-01-15"}


def _sign_off_form(world: World, _part: str) -> Values:
    with world.app.app_context():
        fact = db.session.query(CourseFact).filter_by(course_id=world.cast.course_id, fact_id="A2")
        statement_hash = fact.one().statement_hash
        db.session.rollback()
        return {"statement_hash": statement_hash}


def _carry_out_form(world: World, part: str) -> Values:
    page = world.client("registrar").get(f"/editions/e1/import/{world.ids['list']}").text
    plan = page.partition('name="plan" value="')[2].partition('"')[0]
    return {"do": "enrol", "plan": plan}


def _answer_list() -> bytes:
    return write_csv(["Nume de intrare", "Genul"], [["newcomer", "femeie"]])


def _packed_answers(_world: World, _part: str) -> Values:
    row = AnswerRow(2, {Key.SIGN_IN_NAME: "newcomer"}, {"gender": "woman"}, None)
    return {"rows": packed([row])}


def _presence_list() -> bytes:
    return write_csv(["Nume de intrare", "Prezent"], [["newcomer", "da"]])


def _packed_presence(_world: World, _part: str) -> Values:
    row = PresenceRow(2, {Column.SIGN_IN_NAME: "newcomer"}, Decimal(2))
    return {"rows": packed_presence([row])}


def _quiz_text(world: World, _part: str) -> Values:
    """A quiz's questions in other words, on the text as it stands."""
    with world.app.app_context():
        there = source_of(world.cast.course_id, "proba-q1")
        db.session.rollback()
    return {"text": there.text.replace("asociație", "asociatie"), "base": there.base, "do": "save"}


def _chosen_questions(world: World, _part: str) -> Values:
    """Every question of the file, on the quiz as it stands."""
    return {"question": ["proba-nou"], "base": _quiz_text(world, "")["base"]}


def _answers(world: World, _part: str) -> Values:
    return {"item": [str(i) for i in world.ids["items"]], "key": "cheie"}


def _correction(world: World, _part: str) -> Values:
    with world.app.app_context():
        version_id = world.ids["question_version"]
        proposal = Proposal(version_id, CorrectionKind.QUESTION_CREDIT)
        seen = correcting.look(proposal).seen
    return {"kind": "question_credit", "seen": seen, **_REASON}


FORMS: dict[str, Values | Callable[[World, str], Values]] = {
    "web.set_locale": {"locale": "en"},
    "courses.set_text_size": {"size": "2"},
    "courses.keep_place": {"heading": "s-pasul"},
    "courses.take_offline_reading": {"told": _READ_OFFLINE},
    "courses.add_note": {"text": "De întrebat."},
    "courses.change_note": {"text": "Am întrebat."},
    "web.set_theme": {"theme": "dark"},
    "look.report_barrier": {"page": "Lecția 1.1", "what": "Nu pot citi figura."},
    "look.save_appearance": {"name": "Cursuri Exemplu", "brand": "#0b5c55"},
    "look.set_logo": lambda _w, _p: {"alt": "O siglă", "picture": (io.BytesIO(PNG), "s.png")},
    "accounts.acknowledge_notice": {"version": NOTICE_VERSION},
    "accounts.ask_for_link": {"identifier": "candidate"},
    "accounts.change_email": {
        "email": "alta@exemplu.example",
        "email_password": PASSWORD,
    },
    "accounts.change_password": {"old_password": PASSWORD, "password": "sapte vaci pe drum"},
    "accounts.change_phone": {"phone": "0740 000 009"},
    "accounts.check_sign_in": {"identifier": "learner", "password": PASSWORD},
    "accounts.choose_language": {"locale": "en"},
    "accounts.add_auditor": lambda _w, p: {
        "family_name": "Control",
        "given_names": "Ana",
        "email": f"control-{p}@exemplu.example",
        "ends_on": "2036-06-30",
    },
    "accounts.confirm_welcome": {"locale": "en"},
    "accounts.question_name": {"message": "Altfel"},
    "accounts.set_end": {"ends_on": "2036-06-30"},
    "accounts.use_code": lambda w, _p: {
        "identifier": "stranger",
        "code": w.ids["printed_code"],
        "password": "sapte vaci pe drum",
    },
    "accounts.use_link": {"password": "sapte vaci pe drum"},
    "certificates.choose_design": lambda w, _p: {
        "place": f"programme:{w.ids['programme']}",
        "design": "shipped:portrait",
    },
    "certificates.duplicate_design": {"design": "shipped:portrait"},
    "certificates.preview_design": {"sample": "Ana Pop"},
    "certificates.save_design": {"title.box.left": "34"},
    "certificates.add_scan": _upload("scan", PNG, "lista.png"),
    "certificates.add_design_picture": lambda _w, _p: {
        "picture": (io.BytesIO(PNG), "s.png"),
        "use": "mark",
        "page": "1",
        "alt_text": "Un semn",
    },
    "certificates.correct_now": _REASON,
    "certificates.correct_paper": lambda w, _p: {"entry": str(w.ids["entry"]), **_REASON},
    "certificates.keep_paper": lambda _w, _p: {
        "which": "all",
        "do": "record",
        "on": clock.today("Europe/Bucharest").isoformat(),
    },
    "certificates.print_hand_over_list": {"which": "all"},
    "certificates.issue_anew": _REASON,
    "certificates.kept": {"where": "În seif"},
    "certificates.originals": {"which": "all"},
    "certificates.print_many": {"which": "all", "again": "copies"},
    "certificates.print_ticked": {"which": "all"},
    "certificates.print_edition": _DESK,
    "certificates.desk_list": _DESK,
    "certificates.desk_labels": _DESK,
    "certificates.desk_originals": _DESK,
    "certificates.reprint": {"first": "1", "reason": "x"},
    "certificates.save_printer": {"name": "Birou", "right": "1,5", "up": "0"},
    "certificates.save_duplicate_rule": {"most": "1"},
    "certificates.grant_duplicate": {
        "asked_by": "Maria",
        "asked_on": clock.today("Europe/Bucharest").isoformat(),
        "reason": "damaged",
    },
    "certificates.revoke": _REASON,
    "certificates.share": {"shows_results": "yes"},
    "certificates.annul_lost": {"annul-reason": "Un motiv"},
    "certificates.choose_holder": {"number": "TST-2026-000001-C", "enrolment": "1"},
    "certificates.recover_files": _upload("file", b"%PDF-1.7 nimic", "x.pdf"),
    "certificates.pin_signatory": lambda _w, _p: {
        "signatory": "1",
        "certificate": (io.BytesIO(person_certificate()), "semnatar.pem"),
    },
    "certificates.import_signed": _upload("file", b"%PDF-1.7 nimic", "x.pdf"),
    "certificates.unlock": {"last-reason": "Un motiv"},
    "certificates.verify_file": _upload("file", b"%PDF-1.7 nimic", "x.pdf"),
    "certificates.void": _REASON,
    "entry.answer": FIRST_PAGE,
    "entry.check_answers": _upload("file", _answer_list(), "l.csv"),
    "entry.export_numbers": _REASON,
    "entry.forms": {"all": "yes"},
    "entry.give": {"national_number": "1630615123457"},
    "entry.give_own_number": {"national_number": "1630615123457"},
    "entry.keep_answers": _packed_answers,
    "entry.save": FIRST_PAGE,
    "entry.save_set_up": {"set_id": "esf-2014-2020"},
    "entry.show": _REASON,
    "exchange.apply": _apply_form,
    "exchange.apply_new": {"version": "0"},
    "exchange.change_outline": _outline_form,
    "courses.set_edition_opening": _opening_form,
    "exchange.sign_off": _sign_off_form,
    "exchange.upload": _upload("archive", write_archive(course_files("proba")), "c.zip"),
    "exchange.upload_new": _upload("archive", write_archive(course_files("noua")), "c.zip"),
    "messages.send": lambda w, p: {
        "subject": "Un subiect",
        "text": "Bună ziua, {nume}",
        "ids": str(w.cast.enrolments["newcomer"]),
        "key": f"cheia-{p}",
        "do": "send",
    },
    "messages.save_reminders": {
        "do": "save",
        "quiet_from": "21",
        "quiet_to": "7",
        **{f"days_{kind.value}": "9" for kind in Kind},
    },
    "messages.save_words": {
        "do": "save",
        "subject": "Un subiect",
        "text": "Un text",
        "subject_en": "A subject",
        "text_en": "A text",
    },
    "messages.write_to_ticked": lambda w, _p: {"id": str(w.cast.enrolments["newcomer"])},
    "meetings.add_scan": _upload("scan", PNG, "lista.png"),
    "meetings.cancel": _REASON,
    "meetings.check_presence": _upload("file", _presence_list(), "l.csv"),
    "meetings.create": _MEETING,
    "meetings.give_code": lambda w, _p: {"code": w.ids["meeting_code"]},
    "meetings.keep_presence": _packed_presence,
    "meetings.mark": lambda w, _p: {
        "line": str(w.cast.enrolments["newcomer"]),
        "present": str(w.cast.enrolments["newcomer"]),
    },
    "meetings.save": {**_MEETING, "title": "Altă temă"},
    "participants.carry_out": _carry_out_form,
    "participants.change_name": {
        "family_name": "Nume",
        "given_names": "Altfel",
        "do": "change",
        **_REASON,
    },
    "participants.choose_columns": {
        "column-0": "family_name",
        "column-1": "given_names",
        "column-2": "phone",
    },
    "participants.confirm": _REASON,
    "participants.confirm_names": lambda w, _p: {
        "id": str(w.cast.enrolments["unnamed"]),
        "signed_on": "2026-05-01",
    },
    "participants.invite": lambda w, _p: {"id": str(w.cast.enrolments["newcomer"])},
    "participants.letters": lambda w, _p: {"id": str(w.cast.enrolments["stranger"])},
    "participants.reactivate": _REASON,
    "participants.release": lambda w, _p: {
        "id": str(w.cast.enrolments["unreleased"]),
        "released_on": "2026-05-01",
        **_REASON,
    },
    "participants.save": {"family_name": "Altfel", "given_names": "Ana", **_REASON},
    "participants.save_person": {"family_name": "Nou", "given_names": "Nicu"},
    "participants.save_replacement": {
        "family_name": "Nou",
        "given_names": "Nicu",
        "on": "2026-05-01",
        **_REASON,
    },
    "participants.set_hours": {"hours": "4", **_REASON},
    "participants.suspend": _REASON,
    "participants.take_back": _REASON,
    "participants.undo_import": _REASON,
    "participants.upload_list": _upload(
        "file", write_csv(["Nume", "Prenume"], [["Alta", "Ana"]]), "l.csv"
    ),
    "participants.withdraw": {"on": "2026-05-01", **_REASON},
    "personal_data.erase": {**_REASON, "name": "Alt Om-3", "over_hold": "yes"},
    "programmes.create": _PROGRAMME,
    "programmes.create_edition": _edition_form("e9"),
    "programmes.create_group": {"name": "Grupa nouă"},
    "programmes.reopen": _REASON,
    "programmes.save": {**_PROGRAMME, "certificate_series": "DOI"},
    "programmes.save_badges": {"is_offered": "yes"},
    "programmes.save_edition": _edition_form("e1"),
    "programmes.save_group": {"name": "Grupa redenumită"},
    "programmes.add_term": {
        "position": "1",
        "name": "Ana Exemplu",
        "function": "Președinte",
        "serves_from": "2026-05-01",
    },
    "programmes.set_logo": lambda _w, _p: {
        "alt_text": "O siglă",
        "picture": (io.BytesIO(PNG), "s.png"),
    },
    "talk.ask_at_lesson": {"text": "Ce înseamnă cofinanțare?", "key": "k1"},
    "talk.ask_at_item": {"text": "De ce nu e bine?", "key": "k2"},
    "talk.announce": {"title": "Sală nouă", "text": "Etajul 2.", "key": "k", "do": "publish"},
    "talk.save_announcement": {"title": "Sală nouă", "text": "Etajul 3.", "do": "publish"},
    "talk.settle": {"do": "open"},
    "talk.reply": {"text": "Vedeți lecția.", "key": "k3"},
    "surveys.submit": {"version": "1", "q-cum": "4"},
    "lesson_editor.change": lesson_text,
    "lesson_editor.keep_draft": {"body": "Neterminat."},
    "lesson_editor.preview": {"body": "Neterminat."},
    "lesson_editor.convert": _upload("file", PNG, "desen.png"),
    "lesson_editor.add_pictures": _upload("file", PNG, "desen.png"),
    "lesson_editor.replace_picture": _upload("file", make_picture("#993311"), "alta.png"),
    "quizzes.give": _REASON,
    "quizzes.pin_version": {"version": "1"},
    "quizzes.edit_questions": _quiz_text,
    "quizzes.upload_questions": _upload("file", b"Cate? {#=4}", "intrebari.gift"),
    "quizzes.import_questions": _chosen_questions,
    "quizzes.create_quiz": lambda w, _p: {
        "text": "1. Câți?\na) doi\n*b) trei\n",
        "module": str(w.ids["module"]),
        "key": "abc123",
        "do": "publish",
    },
    "quizzes.change_bank": lambda w, _p: {
        "question": str(w.ids["bank_question"]),
        "do": "tag",
        "tag": "proba",
    },
    "quizzes.change_bank_question": {"do": "share"},
    "quizzes.comment_on_question": {"text": "Varianta b) e prea lungă."},
    "quizzes.settle_comment": {"do": "settle"},
    "quizzes.save_bank_text": {"text": "1. Câți?\na) doi\n*b) trei\n", "do": "save"},
    "quizzes.preview_bank_text": {"text": "1. Câți?\na) doi\n*b) trei\n"},
    "quizzes.convert_for_bank": _upload("file", PNG, "desen.png"),
    "quizzes.convert_pasted": _upload("file", PNG, "desen.png"),
    "quizzes.preview_text": {"text": "1. Câți?\na) doi\nb) trei\n"},
    "quizzes.record_paper": {
        "taken_on": "2026-05-14",
        "place": "Sala de consiliu",
        "earned": "8",
        "possible": "10",
        **_REASON,
    },
    "quizzes.revoke_paper": _REASON,
    "quizzes.add_paper_scan": _upload("scan", PNG, "test.png"),
    "submissions.comment": {"text": "Bine lucrat.", "version": "1", "key": "k", "do": "close"},
    "submissions.hand_in": {"f-text": "Altfel scris.", "writer": "w", "turn": "1", "seen": "1"},
    "submissions.hand_in_file": lambda _w, _p: {
        "file": (io.BytesIO(PNG), "foaie.png"),
        "writer": "w",
        "turn": "1",
    },
    "quizzes.hand_in_files": lambda w, _p: {
        "files": str(w.ids["upload_item"]),
        f"files-{w.ids['upload_item']}": (io.BytesIO(PNG), "buget.png"),
    },
    "submissions.mark_read": {"version": "1"},
    "submissions.save_draft": {"f-text": "Ciornă.", "writer": "w", "turn": "1", "seen": "1"},
    "quizzes.set_contest_days": {"dispute_days": "10"},
    "quizzes.set_settings": {
        "preset": "never",
        "pass_mark": "60",
        "attempts": "3",
        "method": "best",
        "behaviour": "deferred",
        "layout": "all",
        "navigation": "free",
        "overdue": "submit",
    },
    "quizzes.set_mark": {"points": "0.5", "comment": "Vedeți lecția."},
    "quizzes.keep_mark_draft": {"points": "0.5"},
    "quizzes.set_window": {"opens_on": "2026-03-02", "closes_on": "2030-12-20"},
    "quizzes.grant_own_terms": {"extra_percent": "25", **_REASON},
    "quizzes.grant_group_terms": {"extra_percent": "25", **_REASON},
    "quizzes.flag": lambda w, _p: {"flag": f"{w.ids['items'][0]}:1"},
    "quizzes.check": lambda w, p: {**_answers(w, p), "check": str(w.ids["items"][0])},
    "quizzes.answer_dispute": {**_REASON, "do": "refuse"},
    "quizzes.apply_correction": _correction,
    "quizzes.contest": lambda w, _p: {"item": str(w.ids["contestable"]), "text": "Sunt două bune."},
    "quizzes.save": _answers,
    "quizzes.submit": lambda w, p: {**_answers(w, p), "confirmed": "1"},
}


def form_of(world: World, endpoint: str, part: str) -> Values:
    """Return the form that a route takes, fresh: streams are read once."""
    form = FORMS.get(endpoint, {})
    return dict(form(world, part) if callable(form) else form)


def address(world: World, endpoint: str, args: Values) -> str:
    """Return a route's address."""
    with world.app.test_request_context():
        return url_for(endpoint, **args)


def ask(
    client: FlaskClient,
    method: str,
    path: str,
    form: Values | None = None,
    *,
    accept: str = "text/html",
    token: str | None = None,
) -> TestResponse:
    """Send a request as a browser would, with the token that its forms carry."""
    if method == "GET":
        return client.get(path, headers={"Accept": accept})
    data = {"csrf_token": csrf(client) if token is None else token, **(form or {})}
    if not any(isinstance(value, tuple) for value in data.values()):
        return client.open(path, method=method, data=data, headers={"Accept": accept})
    # Encoded here: the client itself would leave large bodies in an unclosed temporary file.
    sent = {k: FileStorage(*v) if isinstance(v, tuple) else v for k, v in data.items()}
    boundary, body = encode_multipart(sent)
    return client.open(
        path,
        method=method,
        data=body,
        headers={"Accept": accept},
        content_type=f"multipart/form-data; boundary={boundary}",
    )
