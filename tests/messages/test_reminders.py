"""Reminders in a real store: once for each occasion, stopped by completion and by a click."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Completion, Edition, SubjectKind
from lms.mail import sending
from lms.mail.models import MailMessage, MailState
from lms.messages.models import Reminder, ReminderStop
from lms.messages.reminder_rules import Due, Hours, Kind
from lms.messages.services import reminders
from lms.messages.services.reminder_plans import plan_of
from lms.messages.stopping import REMINDERS
from tests.cast import EPOCH, Cast
from tests.mail.catcher import Server
from tests.messages.people import enrol, post

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # Monday noon in Bucharest
FORM = {
    "do": "save",
    "quiet_from": "20",
    "quiet_to": "8",
    "on_never_in": "y",
    "on_quiet": "y",
    **{f"days_{kind.value}": str(days) for kind, days in zip(Kind, (5, 14, 3, 14, 7), strict=True)},
}


@pytest.fixture
def people(cast: Cast) -> Cast:
    """Ana never came in; Barbu is quiet; Corina learns; Doru is quiet and complete."""
    enrol(cast, "Ana", password_hash=None, invited_at=NOW - timedelta(days=6))
    enrol(cast, "Barbu", last_activity_at=NOW - timedelta(days=20))
    enrol(cast, "Corina", last_activity_at=NOW - timedelta(days=1))
    enrol(cast, "Doru", last_activity_at=NOW - timedelta(days=20))
    with cast.app.app_context(), db.writing() as session:
        session.add(
            Completion(
                enrolment_id=cast.enrolments["Doru"],
                kind=SubjectKind.COURSE,
                subject_id=cast.course_id,
                earned_at=EPOCH,
                content_version=1,
                evidence={},
            )
        )
    with clock.stopped_at(NOW):
        answer = post(cast.client("registrar"), "/editions/e1/reminders", **FORM)
    assert answer.status_code == 302
    return cast


def run(cast: Cast, at: datetime = NOW) -> int:
    with cast.app.app_context(), clock.stopped_at(at):
        return sum(one.sent for one in reminders.run(now=at))


def written(cast: Cast) -> dict[str, MailMessage]:
    with cast.app.app_context():
        rows = db.session().scalars(
            sa.select(MailMessage).where(MailMessage.event.startswith("reminder:"))
        )
        return {f"{r.to_address.partition('@')[0]} {r.event.split(':')[2]}": r for r in rows}


def test_the_page_says_who_would_get_one_before_a_rule_is_switched_on(cast: Cast) -> None:
    enrol(cast, "Ana", password_hash=None, invited_at=NOW - timedelta(days=6))
    enrol(cast, "Barbu", last_activity_at=NOW - timedelta(days=20))
    client = cast.client("registrar")
    with clock.stopped_at(NOW):
        page = client.get("/editions/e1/reminders").text
        assert "Astăzi, 0 persoane" in page
        assert page.count("Numai după această regulă, astăzi: 1 persoană.") == 2
        typed = post(client, "/editions/e1/reminders", **{**FORM, "do": "preview"}).text
        assert "Astăzi, 2 persoane ar primi" in typed
        assert "nu sunt salvate încă" in typed
        assert "2 nu au adresă de e-mail" in typed
        assert run(cast) == 0


def test_a_trainer_reads_the_rules_and_who_can_change_them(cast: Cast) -> None:
    said = "Regulile le schimbă secretariatul."
    page = cast.client("trainer").get("/editions/e1/reminders").text
    assert said in page
    assert "Ora României." in page
    assert said not in cast.client("registrar").get("/editions/e1/reminders").text


def test_a_run_sends_each_reminder_once(people: Cast) -> None:
    assert run(people) == 2
    assert run(people) == 0
    mails = written(people)
    assert sorted(mails) == ["ana never_in", "barbu quiet"]
    assert "/link/" in mails["ana never_in"].text
    assert "/reminders/stop/" in mails["ana never_in"].text
    assert "4 lecții" in mails["barbu quiet"].text
    assert mails["barbu quiet"].send_before == datetime(2026, 5, 4, 17, 0, tzinfo=UTC)
    assert run(people, NOW + timedelta(days=1)) == 0
    assert run(people, NOW + timedelta(days=7)) == 1  # Ana again; Barbu after fourteen days


def test_nothing_goes_out_at_night_or_on_a_weekend(people: Cast) -> None:
    assert run(people, NOW + timedelta(hours=9)) == 0
    assert run(people, NOW + timedelta(days=5)) == 0
    assert run(people) == 2


def test_whoever_learns_two_courses_gets_one_a_day(people: Cast) -> None:
    with people.app.app_context(), db.writing():
        from lms.courses.models import Edition, Enrolment

        session = db.session()
        session.add(
            Enrolment(
                person_id=people.persons["Barbu"],
                edition_id=people.other_edition_id,
                enrolled_at=EPOCH,
                hours_attended=0,
                last_activity_at=NOW - timedelta(days=30),
            )
        )
        assert session.get(Edition, people.other_edition_id) is not None
    with clock.stopped_at(NOW):
        post(people.client("registrar"), "/editions/e2/reminders", **FORM)
    assert run(people) == 2
    assert run(people, NOW + timedelta(days=1)) == 1


def unconfirmed(cast: Cast, name: str) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons[name]).name_confirmed_at = None


def remind_of_name(cast: Cast, name: str, at: datetime) -> None:
    """Press the button on the page of names, for one."""
    with clock.stopped_at(at):
        client = cast.client("registrar")
        post(client, "/editions/e1/names/reminders", id=str(cast.enrolments[name]))


def mails_to(cast: Cast, name: str) -> list[str]:
    with cast.app.app_context():
        rows = db.session().scalars(
            sa.select(MailMessage.event)
            .where(MailMessage.person_id == cast.persons[name])
            .order_by(MailMessage.id)
        )
        return [event.partition(":")[0] for event in rows]


def test_no_rule_follows_what_the_office_wrote_the_same_day(people: Cast) -> None:
    unconfirmed(people, "Barbu")
    remind_of_name(people, "Barbu", NOW)
    form = {"subject": "Vă așteptăm", "text": "{link}", "do": "send", "key": "k"}
    with clock.stopped_at(NOW):
        client = people.client("registrar")
        ids = str(people.enrolments["Ana"])
        assert post(client, "/editions/e1/messages", ids=ids, **form).status_code == 302
        page = client.get("/editions/e1/reminders").text
    assert "Astăzi, 0 persoane ar primi" in page
    assert run(people) == 0
    assert mails_to(people, "Barbu") == ["name-reminder"]
    assert mails_to(people, "Ana") == ["message"]
    assert run(people, NOW + timedelta(days=1)) == 1  # Ana has a fresh invitation by now
    assert mails_to(people, "Barbu") == ["name-reminder", "reminder"]


def test_the_office_reminds_nobody_of_the_name_whom_a_rule_has_reminded_that_day(
    people: Cast,
) -> None:
    unconfirmed(people, "Barbu")
    assert run(people) == 2
    remind_of_name(people, "Barbu", NOW + timedelta(hours=1))
    assert mails_to(people, "Barbu") == ["reminder"]
    remind_of_name(people, "Barbu", NOW + timedelta(days=1))
    assert mails_to(people, "Barbu") == ["reminder", "name-reminder"]
    assert run(people, NOW + timedelta(days=1, hours=1)) == 0


def test_two_runs_that_planned_before_the_office_wrote_send_nothing(people: Cast) -> None:
    """What is written between the look and the write counts: the lock looks again."""
    unconfirmed(people, "Barbu")
    with people.app.app_context(), clock.stopped_at(NOW):
        edition = db.session().scalars(sa.select(Edition).where(Edition.slug == "e1")).one()
        plan = plan_of(edition.id)
        found = reminders.decisions(edition, plan.days_on, now=NOW)
        due = [(r, one) for r, one in found if isinstance(one, Due) and r.given_names == "Barbu"]
        db.end_reading()
    remind_of_name(people, "Barbu", NOW)
    with people.app.app_context(), clock.stopped_at(NOW), db.writing() as session:
        again = session.get_one(Edition, people.edition_id)
        ((row, one),) = due
        later = NOW + timedelta(hours=3)
        assert not reminders.remind(again, row, one, plan, send_before=later, now=NOW)


def test_what_is_needless_by_now_is_taken_back_before_it_is_sent(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(people)
    with people.app.app_context(), db.writing() as session:
        session.add(ReminderStop(person_id=people.persons["Ana"], stopped_at=NOW))
        session.add(
            Completion(
                enrolment_id=people.enrolments["Barbu"],
                kind=SubjectKind.COURSE,
                subject_id=people.course_id,
                earned_at=NOW,
                content_version=1,
                evidence={},
            )
        )
    with people.app.app_context(), clock.stopped_at(NOW):
        sending.send_waiting()
    states = {name: (m.state, (m.last_error or "")[:8]) for name, m in written(people).items()}
    assert set(states.values()) == {(MailState.WITHDRAWN, "needless")}


def test_a_reminder_that_waits_into_the_quiet_hours_is_not_sent(people: Cast) -> None:
    run(people)
    with people.app.app_context(), clock.stopped_at(NOW + timedelta(hours=9)):
        sending.send_waiting()
    assert {m.state for m in written(people).values()} == {MailState.WITHDRAWN}
    assert {(m.last_error or "")[:8] for m in written(people).values()} == {"too late"}


def test_account_mails_go_first_and_reminders_leave_them_room(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    settings = replace(people.app.config["LMS"], smtp_url=server.start(), mail_per_hour=2)
    monkeypatch.setitem(people.app.config, "LMS", settings)
    try:
        assert run(people) == 1  # four fifths of two, rounded down
        with people.app.app_context(), db.writing() as session:
            from lms.accounts import services as accounts
            from lms.accounts.models import Person

            with clock.stopped_at(NOW + timedelta(minutes=1)):
                newcomer = session.get_one(Person, people.persons["Corina"])
                accounts.invite(newcomer, by=None, now=NOW)
        with people.app.app_context(), clock.stopped_at(NOW + timedelta(minutes=2)):
            sending.send_waiting()
        to = [mail["To"] for mail in server.catcher.accepted]
        assert to[0] == "corina@exemplu.example"
        assert len(to) == 2
        reminder = server.catcher.accepted[1]
        assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/reminders/stop/" in reminder["List-Unsubscribe"]
        assert server.catcher.accepted[0]["List-Unsubscribe"] is None
        assert run(people, NOW + timedelta(minutes=10)) == 0  # the hour is full
    finally:
        server.stop()


def test_one_click_ends_reminders_without_a_sign_in_and_account_mails_stay(people: Cast) -> None:
    client = people.app.test_client()
    with people.app.test_request_context():
        token = REMINDERS.token_of(people.persons["Barbu"])
    path = f"/reminders/stop/{token}"
    assert "Nu-mi mai trimiteți" in client.get(path).text
    assert run_count(people) == 0
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 302
    assert client.post(path).status_code == 302
    assert run_count(people) == 1
    assert "Nu mai primiți mementouri" in client.get(path).text
    assert run(people) == 1
    assert "barbu quiet" not in written(people)
    assert post(client, f"/reminders/resume/{token}").status_code == 302
    assert run_count(people) == 0


def run_count(cast: Cast) -> int:
    with cast.app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(ReminderStop)) or 0


@pytest.mark.parametrize(
    "token", ["1", "1-", "1-000000000000000000000000", "x-1", "²-1", "1-ș", "9" * 40 + "-a"]
)
def test_a_link_that_was_not_made_here_is_nowhere(people: Cast, token: str) -> None:
    client = people.app.test_client()
    assert client.get(f"/reminders/stop/{token}").status_code == 404
    assert client.post(f"/reminders/stop/{token}").status_code == 404


def test_own_words_are_sent_and_the_shipped_ones_come_back(people: Cast) -> None:
    client = people.client("registrar")
    path = "/editions/e1/reminders/quiet"
    own = {
        "subject": "Hai înapoi, {nume}",
        "text": "Mai aveți {ce lipsește}.",
        "subject_en": "Come back",
        "text_en": "You lack {what is missing}.",
    }
    with clock.stopped_at(NOW):
        assert "Barbu Probă" in client.get(path).text
        assert "Hai înapoi, Barbu Probă" in post(client, path, do="preview", **own).text
        assert post(client, path, do="save", **{**own, "text": "{x}"}).status_code == 200
        assert post(client, path, do="save", **own).status_code == 302
        assert "scris de dumneavoastră" in client.get("/editions/e1/reminders").text
    run(people)
    assert written(people)["barbu quiet"].subject == "Hai înapoi, Barbu Probă"
    with clock.stopped_at(NOW):
        assert post(client, path, do="shipped").status_code == 302
        assert "Continuați cursul de unde ați rămas" in client.get(path).text
    assert client.get("/editions/e1/reminders/altceva").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"days_quiet": "0"}, {"days_quiet": "x"}, {"days_quiet": "91"}, {"quiet_from": "24"}],
)
def test_odd_numbers_are_shown_again(people: Cast, wrong: dict) -> None:
    client = people.client("registrar")
    with clock.stopped_at(NOW):
        answer = post(client, "/editions/e1/reminders", **{**FORM, **wrong})
    assert answer.status_code == 200
    with people.app.app_context():
        from lms.messages.services.reminder_plans import plan_of

        assert plan_of(people.edition_id).rules[Kind.QUIET].days == 14
        assert plan_of(people.edition_id).hours == Hours()


def test_the_command_says_who_would_get_one_and_sends_once(people: Cast) -> None:
    runner = people.app.test_cli_runner()
    with clock.stopped_at(NOW):
        dry = runner.invoke(args=["reminders", "run", "--dry-run", "--json"])
        assert json.loads(dry.output)[0]["due"] == 2
        assert written(people) == {}
        said = runner.invoke(args=["reminders", "run"]).output
        assert "e1: 2 of 2 sent" in said
        assert "e1: 0 of 0 sent" in runner.invoke(args=["reminders", "run"]).output
        assert "No edition" in runner.invoke(args=["reminders", "run", "--edition", "e9"]).output
    with clock.stopped_at(NOW + timedelta(hours=9)):
        assert "quiet hours" in runner.invoke(args=["reminders", "run"]).output


def test_the_store_itself_keeps_the_promises(people: Cast) -> None:
    run(people)
    with people.app.app_context():
        kept = db.session().scalars(sa.select(Reminder)).first()
        assert kept is not None
        held = {c.key: getattr(kept, c.key) for c in Reminder.__table__.columns}
        db.end_reading()
    del held["id"]
    for other in (
        {"on_day": held["on_day"] + timedelta(days=1)},  # the same occasion on another day
        {"kind": Kind.NAME_OPEN, "occasion": "x"},  # another occasion on the same day
    ):
        with (
            people.app.app_context(),
            pytest.raises(sa.exc.IntegrityError),
            db.writing() as session,
        ):
            session.add(Reminder(**held | other))
