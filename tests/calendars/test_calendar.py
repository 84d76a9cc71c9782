"""One's own calendar: the page, the file, and the address that a phone reads."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import icalendar
import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.models import Person, RoleGrant
from lms.accounts.traces import TRACES
from lms.calendars.models import CalendarFeed
from lms.calendars.queries import moments_of
from lms.courses.models import Enrolment
from lms.meetings.models import Meeting
from lms.meetings.services import meetings
from lms.meetings.words import titled
from lms.quizzes.models import QuizOverride
from lms.web.i18n import in_locale
from lms.web.windows import Window
from tests.cast import EPOCH
from tests.home.test_home import grant, quiz, window
from tests.meetings.meeting import STARTS, make_group, meet
from tests.quizzes.test_taking import fields, paper, post, start

DAY = timedelta(days=1)
PAGE = "/learn/calendar"


def shown(cast, part="learner", *, at=EPOCH, query=""):
    with clock.stopped_at(at):
        page = cast.client(part).get(PAGE + query)
    assert page.status_code == 200
    return page.text


def entries(text):
    """Each line of the calendar in plain words."""
    lists = re.findall(r'<ul class="agenda".*?</ul>', text, re.S)
    items = [item for each in lists for item in re.findall(r"<li.*?</li>", each, re.S)]
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


def make_address(cast, part="learner"):
    client = cast.client(part)
    assert post(client, f"{PAGE}/address").status_code == 303
    return address(client)


def address(client):
    page = client.get(PAGE).text
    found = re.search(r'<span class="code">[^<]*?(/calendar/[\w-]+\.ics)</span>', page)
    return found[1] if found else None


def read(cast, path, *, at=EPOCH):
    with clock.stopped_at(at):
        return cast.app.test_client().get(path)


def events(answer):
    calendar = icalendar.Calendar.from_ical(answer.data)
    return {str(e["UID"]).partition("@")[0]: e for e in calendar.walk("VEVENT")}


def test_meetings_days_of_tests_and_of_the_edition_stand_by_month(cast):
    meeting_id = meet(cast)
    quiz_id = quiz(cast)
    window(cast, quiz_id, opens_at=EPOCH + DAY, closes_at=EPOCH + 3 * DAY)
    text = shown(cast)
    said = entries(text)
    assert any("Se deschide: " in line and "marți" in line for line in said)
    assert any("Termen: " in line and "joi" in line for line in said)
    (line,) = [line for line in said if "Limitele din art. 6" in line]
    assert "10:00–13:00" in line
    assert "Sala de consiliu" in line
    assert any("Ultima zi: " in line for line in said)
    assert re.findall(r"<h2[^>]*>(martie 2026|mai 2026)</h2>", text) == ["martie 2026", "mai 2026"]
    assert f"meeting-{meeting_id}" not in text


def test_what_has_passed_is_shown_where_it_is_asked_for(cast):
    meet(cast)
    later = STARTS + 20 * DAY
    assert not any("Limitele" in line for line in entries(shown(cast, at=later)))
    assert any("Limitele" in line for line in entries(shown(cast, at=later, query="?past=1")))


def test_other_groups_meetings_are_not_in_it(cast):
    group_id = make_group(cast, "classmate")
    meet(cast, group_id=group_id)
    assert not any("Limitele" in line for line in entries(shown(cast)))
    assert any("Limitele" in line for line in entries(shown(cast, "classmate")))


def test_days_that_somebody_was_granted_take_the_place_of_the_editions(cast):
    quiz_id = quiz(cast)
    window(cast, quiz_id, closes_at=EPOCH + DAY)
    grant(cast, quiz_id, closes_at=EPOCH + 9 * DAY)
    (own,) = [line for line in entries(shown(cast)) if "Termen" in line]
    (other,) = [line for line in entries(shown(cast, "classmate")) if "Termen" in line]
    assert own.startswith("11 miercuri")
    assert other.startswith("3 marți")


def test_more_time_granted_is_told_and_what_is_done_too(cast):
    quiz_id = quiz(cast)
    window(cast, quiz_id, closes_at=EPOCH + 9 * DAY)
    with cast.app.app_context(), db.writing() as session:
        session.add(
            QuizOverride(
                quiz_id=quiz_id,
                terms={"time_limit": 45},
                reason="Vedere slabă",
                granted_at=EPOCH,
                granted_by_id=cast.persons["trainer"],
                enrolment_id=cast.enrolments["learner"],
            )
        )
    (line,) = [line for line in entries(shown(cast)) if "Termen" in line]
    assert "45 de minute" in line
    assert "Vedere" not in shown(cast)
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        attempt_id = start(client)
        items = paper(cast.app, attempt_id)
        post(client, f"/attempts/{attempt_id}/submit", {**fields(items), "confirmed": "1"})
    (line,) = [line for line in entries(shown(cast)) if "Termen" in line]
    assert "făcut la 2 martie 2026" in line


def test_a_trainer_sees_the_days_of_trained_editions_with_groups_named(cast):
    group_id = make_group(cast, "classmate")
    meet(cast, group_id=group_id)
    window(cast, quiz(cast), closes_at=EPOCH + 3 * DAY)
    said = entries(shown(cast, "trainer"))
    assert any("Limitele din art. 6 (Grupa 1)" in line for line in said)
    assert any("Termen: " in line for line in said)
    assert not any("Limitele" in line for line in entries(shown(cast, "trainer_of_other")))


@pytest.mark.parametrize("part", ["registrar", "auditor", "owner"])
def test_whoever_neither_learns_nor_trains_has_an_empty_one(cast, part):
    meet(cast)
    assert "Nu este stabilit nimic" in shown(cast, part)


def test_the_file_says_what_the_page_says(cast):
    meeting_id = meet(cast)
    client = cast.client("learner")
    with clock.stopped_at(EPOCH):
        answer = client.get(f"{PAGE}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"meeting-{meeting_id}" in events(answer)


def test_the_file_holds_what_is_to_come_and_the_subscription_all(cast):
    meeting_id = meet(cast)
    with clock.stopped_at(STARTS + DAY):
        assert f"meeting-{meeting_id}" not in events(cast.client("learner").get(f"{PAGE}.ics"))
    assert f"meeting-{meeting_id}" in events(read(cast, make_address(cast)))


def test_the_file_comes_first_and_the_subscription_is_said_in_plain_words(cast):
    before = shown(cast)
    assert before.index("Puneți zilele în calendarul meu") < before.index("Porniți abonarea")
    make_address(cast)
    after = shown(cast)
    assert 'href="webcal://' in after
    assert "Nu s-a întâmplat nimic?" in after
    assert "Copiați adresa" in after
    assert "Opriți abonarea" in after


def test_an_address_needs_no_sign_in_and_is_nobodys_cache(cast):
    meeting_id = meet(cast)
    path = make_address(cast)
    answer = read(cast, path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    assert events(answer)[f"meeting-{meeting_id}"]["LOCATION"] == "Sala de consiliu"
    assert post(cast.client("learner"), path).status_code == 405


def test_only_the_hash_of_what_it_carries_is_stored(cast):
    path = make_address(cast)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    with cast.app.app_context():
        row = db.session().execute(sa.select(CalendarFeed.__table__)).one()
    assert len(token) == 43
    assert not any(token in str(value) for value in row)


def test_a_new_address_makes_the_old_one_dead(cast):
    old = make_address(cast)
    new = make_address(cast)
    assert new != old
    assert read(cast, old).status_code == 404
    assert read(cast, new).status_code == 200


def test_an_address_that_was_taken_away_and_an_invented_one_answer_alike(cast):
    path = make_address(cast)
    client = cast.client("learner")
    assert post(client, f"{PAGE}/address/stop").status_code == 303
    assert post(client, f"{PAGE}/address/stop").status_code == 303
    assert address(client) is None
    asked = (path, f"/calendar/{'x' * 43}.ics", "/calendar/x.ics")
    answers = [read(cast, p) for p in asked]
    assert {a.status_code for a in answers} == {404}


def test_an_address_shows_its_owners_alone(cast):
    group_id = make_group(cast, "classmate")
    meeting_id = meet(cast, group_id=group_id)
    assert f"meeting-{meeting_id}" not in events(read(cast, make_address(cast)))
    assert f"meeting-{meeting_id}" in events(read(cast, make_address(cast, "classmate")))


def test_whoever_is_suspended_has_none(cast):
    path = make_address(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).suspended_at = EPOCH
    assert read(cast, path).status_code == 404


def test_it_speaks_its_owners_language_whoever_asks(cast):
    meet(cast)
    path = make_address(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).locale = "en"
    assert b"SUMMARY:Meeting: Limitele" in read(cast, path).data


def test_a_change_keeps_the_key_and_raises_the_number(cast):
    with clock.stopped_at(EPOCH):
        meeting_id = meet(cast)
    path = make_address(cast)
    before = events(read(cast, path))[f"meeting-{meeting_id}"]
    with clock.stopped_at(EPOCH + DAY), cast.app.app_context(), db.writing() as session:
        meeting = session.get_one(Meeting, meeting_id)
        meetings.cancel_meeting(
            meeting, reason="Sala este ocupată", by=cast.persons["registrar"], now=EPOCH + DAY
        )
    after = events(read(cast, path, at=EPOCH + DAY))[f"meeting-{meeting_id}"]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_other_days_granted_raise_the_number_and_taking_them_back_does_too(cast):
    quiz_id = quiz(cast)
    window(cast, quiz_id, closes_at=EPOCH + DAY)
    path = make_address(cast)
    key = f"quiz-{quiz_id}-{cast.enrolments['learner']}-closes"
    numbers = [events(read(cast, path))[key]["SEQUENCE"]]
    grant(cast, quiz_id, closes_at=EPOCH + 9 * DAY)
    with cast.app.app_context(), db.writing() as session:
        session.scalars(sa.select(QuizOverride)).one().granted_at = EPOCH + DAY
    changed = events(read(cast, path))[key]
    assert changed["DTSTART"].dt == EPOCH + 9 * DAY
    numbers.append(changed["SEQUENCE"])
    with cast.app.app_context(), db.writing() as session:
        session.scalars(sa.select(QuizOverride)).one().taken_back_at = EPOCH + 2 * DAY
    back = events(read(cast, path))[key]
    assert back["DTSTART"].dt == EPOCH + DAY
    numbers.append(back["SEQUENCE"])
    assert numbers == sorted(set(numbers))


def test_a_trainer_who_learns_too_has_one_calendar(cast):
    meeting_id = meet(cast)
    with cast.app.app_context(), db.writing() as session:
        session.add(
            Enrolment(
                person_id=cast.persons["trainer"],
                edition_id=cast.edition_id,
                enrolled_at=EPOCH,
                hours_attended=Decimal(0),
            )
        )
    said = [line for line in entries(shown(cast, "trainer")) if "Limitele" in line]
    assert len(said) == 1
    with clock.stopped_at(EPOCH):
        calendar = icalendar.Calendar.from_ical(cast.client("trainer").get(f"{PAGE}.ics").data)
    keys = [str(event["UID"]).partition("@")[0] for event in calendar.walk("VEVENT")]
    assert keys.count(f"meeting-{meeting_id}") == 1


def test_a_role_that_has_ended_shows_nothing_any_more(cast):
    meet(cast)
    with cast.app.app_context(), db.writing() as session:
        mine = RoleGrant.person_id == cast.persons["trainer"]
        session.execute(sa.update(RoleGrant).where(mine).values(ends_on=EPOCH.date() - DAY))
    with cast.app.test_request_context():
        assert moments_of(cast.persons["trainer"], now=EPOCH) == []


def test_an_address_that_asks_too_often_is_told_to_wait(cast, monkeypatch):
    path = make_address(cast)
    monkeypatch.setitem(cast.app.extensions, "lms_verify_windows", {"calendars": Window(2)})
    assert [read(cast, path).status_code for _ in range(3)] == [200, 200, 429]


def test_who_is_erased_has_no_address(cast):
    path = make_address(cast)
    with cast.app.test_request_context():
        assert "made_at" in str(TRACES["calendar"].export(cast.persons["learner"]).values)
    with cast.app.test_request_context(), db.writing():
        assert sum(TRACES["calendar"].erase(cast.persons["learner"]).values()) == 1
    assert read(cast, path).status_code == 404


def test_home_leads_to_the_calendar(cast):
    assert f'href="{PAGE}"' in cast.client("learner").get("/learn").text


@pytest.mark.parametrize(
    ("title", "said"),
    [("Limitele", "Întâlnire: Limitele"), ("Întâlnirea de încheiere", "Întâlnirea de încheiere")],
)
def test_a_title_that_says_that_it_is_a_meeting_says_so_once(title, said):
    with in_locale("ro"):
        assert titled(title) == said
