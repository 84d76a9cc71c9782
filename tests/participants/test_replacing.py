"""A seat given to somebody else: in one act, linked, counted once, nothing earned is lost."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from lms import db
from lms.access import Role
from lms.accounts.models import Person, RoleGrant
from lms.audit.models import AuditEntry
from lms.courses.models import Completion, Enrolment, EnrolmentState, LessonProgress, SubjectKind
from lms.mail.models import MailMessage
from lms.participants.models import ParticipantImport
from tests.cast import EPOCH, Cast
from tests.participants.test_pages import count, one, place, post

NEWCOMER = {
    "family_name": "Plopeanu",
    "given_names": "Ana",
    "email": "ana@exemplu.example",
    "organisation": "Asociația Izvorul",
    "on": "2026-05-04",
    "reason": "nu mai lucrează acolo",
}


def replace(cast: Cast, part: str = "learner", by: str = "registrar", **changed: str):  # type: ignore[no-untyped-def]
    client = cast.client(by)
    form = {**NEWCOMER, **changed}
    return client, post(client, f"/participants/{cast.enrolments[part]}/replace", **form)


def newcomer(cast: Cast) -> Enrolment:
    statement = sa.select(Enrolment).join(Person, Person.id == Enrolment.person_id)
    return one(cast, statement.where(Person.family_name == "Plopeanu"))


def seats(cast: Cast) -> int:
    page = cast.client("registrar").get("/editions/e1").text
    found = re.search(r'<dd><a href="/editions/e1">(\d+)</a></dd>', page)
    assert found is not None
    return int(found[1])


def test_a_seat_is_given_over_in_one_act(cast: Cast) -> None:
    def learn() -> None:
        db.session().add(
            LessonProgress(
                enrolment_id=cast.enrolments["learner"],
                lesson_id=cast.lesson_ids[0],
                first_opened_at=EPOCH,
                last_active_at=EPOCH,
                read_at=EPOCH,
            )
        )

    with cast.app.app_context(), db.writing():
        learn()
    before = seats(cast)
    client, answer = replace(cast)
    assert answer.status_code == 302
    old, new = place(cast), newcomer(cast)
    assert answer.location.endswith(f"/participants/{new.id}")
    assert (old.state, old.withdrawn_on) == (EnrolmentState.WITHDRAWN, date(2026, 5, 4))
    assert old.withdrawal_reason == "nu mai lucrează acolo"
    assert old.replaced_by_id == new.id
    assert new.state is EnrolmentState.ACTIVE
    assert count(cast, LessonProgress) == 1
    assert count(cast, MailMessage) == 1
    assert seats(cast) == before
    assert "iar invitația este pe drum" in client.get(answer.location).text
    assert "A preluat un loc" in client.get(answer.location).text
    old_page = client.get(f"/participants/{old.id}").text
    assert "Locul a fost preluat de" in old_page
    with cast.app.app_context():
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("enrolment.replaced") == 1
    assert actions.count("enrolment.withdrawn") == 1


def test_a_second_click_gives_the_seat_to_nobody_else(cast: Cast) -> None:
    replace(cast)
    _client, again = replace(cast, given_names="Alta")
    assert again.status_code == 302
    assert count(cast, Enrolment) == 4
    assert count(cast, ParticipantImport) == 1


def test_somebody_withdrawn_before_is_replaced_with_that_day_and_reason(cast: Cast) -> None:
    client = cast.client("registrar")
    mine = cast.enrolments["learner"]
    post(client, f"/participants/{mine}/withdraw", on="2026-04-01", reason="plecat")
    assert "plecat" in client.get(f"/participants/{mine}/replace").text
    replace(cast)
    old = place(cast)
    assert (old.withdrawn_on, old.withdrawal_reason) == (date(2026, 4, 1), "plecat")
    assert old.replaced_by_id == newcomer(cast).id


def test_who_has_completed_keeps_the_seat(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.add(
            Completion(
                enrolment_id=cast.enrolments["learner"],
                kind=SubjectKind.COURSE,
                subject_id=cast.course_id,
                earned_at=EPOCH,
                content_version=1,
                evidence={},
            )
        )
    _client, answer = replace(cast)
    assert answer.status_code == 302
    assert place(cast).state is EnrolmentState.ACTIVE
    assert count(cast, Enrolment) == 3


def test_somebody_who_has_a_place_takes_over_none(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        mate = session.get_one(Person, cast.persons["classmate"])
        mate.email = "coleg@exemplu.example"
        named = {"family_name": mate.family_name, "given_names": mate.given_names}
    _client, answer = replace(cast, **named, email="coleg@exemplu.example", organisation="")
    assert answer.status_code == 200
    assert "are sau a avut loc" in answer.text
    assert place(cast).state is EnrolmentState.ACTIVE
    assert count(cast, Enrolment) == 3


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"reason": ""}, id="without a reason"),
        pytest.param({"on": "mâine"}, id="with a day that is none"),
        pytest.param({"family_name": " "}, id="without a name"),
        pytest.param({"email": "ana la exemplu"}, id="with an address that is none"),
        pytest.param({"cui": "123"}, id="with a tax code that is none"),
    ],
)
def test_a_seat_is_not_given_over(cast: Cast, changed: dict[str, str]) -> None:
    _client, answer = replace(cast, **changed)
    assert answer.status_code == 200
    assert place(cast).state is EnrolmentState.ACTIVE
    assert count(cast, Enrolment) == 3


def test_who_left_does_not_come_back_while_somebody_has_the_seat(cast: Cast) -> None:
    client, _answer = replace(cast)
    mine = cast.enrolments["learner"]
    back = post(client, f"/participants/{mine}/return", reason="s-a răzgândit")
    assert "Altcineva are acum locul" in client.get(back.location).text
    assert place(cast).state is EnrolmentState.WITHDRAWN
    new = newcomer(cast).id
    post(client, f"/participants/{new}/withdraw", on="2026-06-01", reason="plecat")
    post(client, f"/participants/{mine}/return", reason="s-a răzgândit")
    assert place(cast).state is EnrolmentState.ACTIVE
    assert place(cast).replaced_by_id is None


@pytest.mark.parametrize(("by", "status"), [("trainer", 403), ("auditor", 403), ("learner", 404)])
def test_who_may_not_replace(cast: Cast, by: str, status: int) -> None:
    _client, answer = replace(cast, by=by)
    assert answer.status_code == status
    assert place(cast).state is EnrolmentState.ACTIVE


# --- One person by hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticked", "email", "mails"),
    [
        pytest.param("y", "ana@exemplu.example", 1, id="invited in the same act"),
        pytest.param("", "ana@exemplu.example", 0, id="not invited unless ticked"),
        pytest.param("y", "", 0, id="without an address there is nothing to send"),
    ],
)
def test_adding_by_hand_invites_where_it_can(
    cast: Cast, ticked: str, email: str, mails: int
) -> None:
    client = cast.client("registrar")
    form = {"family_name": "Plopeanu", "given_names": "Ana", "email": email}
    answer = post(
        client, "/editions/e1/participants/new", **form, **({"invite": ticked} if ticked else {})
    )
    assert answer.status_code == 302
    assert newcomer(cast).state is EnrolmentState.ACTIVE
    assert count(cast, MailMessage) == mails
    history = client.get("/editions/e1/imports").text
    assert "Ana Plopeanu" in history
    assert "manual" in history


# --- From the shell --------------------------------------------------------------------------


def run(cast: Cast, *arguments: str):  # type: ignore[no-untyped-def]
    asked = ["participants", *arguments, "--edition", "e1", "--by", "registrar"]
    return cast.app.test_cli_runner().invoke(args=asked)


GIVEN_OVER = (
    *("replace", "learner", "--given", "Ana", "--family", "Plopeanu"),
    *("--email", "ana@exemplu.example", "--on", "2026-05-04", "--reason", "alt loc de muncă"),
)


def test_the_shell_gives_a_seat_over_as_the_page_does(cast: Cast) -> None:
    before = seats(cast)
    done = run(cast, *GIVEN_OVER)
    assert done.exit_code == 0, done.output
    assert re.search(r"Ana Plopeanu \([a-z-]+\) has the seat of Maria Învățăcel\.", done.output)
    assert "on its way" in done.output
    assert seats(cast) == before
    new, old = newcomer(cast), place(cast, "learner")
    assert old.replaced_by_id == new.id
    assert (old.state, old.withdrawn_on) == (EnrolmentState.WITHDRAWN, date(2026, 5, 4))
    assert (new.organisation_name, new.county) == (old.organisation_name, "IS")
    again = run(cast, *GIVEN_OVER)
    assert again.exit_code == 1
    assert "Nothing was changed" in again.output


def test_without_an_address_the_shell_says_to_print_the_letter(cast: Cast) -> None:
    left = [a for a in GIVEN_OVER if a not in {"--email", "ana@exemplu.example"}]
    assert "Print the letter" in run(cast, *left).output
    assert count(cast, MailMessage) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--email": "nu e adresă"}, "Nothing was changed"),
        ({"--reason": " "}, "A reason is needed"),
        ({"--on": "mâine"}, "is no day"),
        ({"--given": "Dan", "--family": "Coleg"}, "Nothing was changed"),
        ({"learner": "nimeni"}, "has no place"),
    ],
)
def test_the_shell_refuses_in_a_sentence(cast: Cast, changed: dict[str, str], said: str) -> None:
    arguments = list(GIVEN_OVER)
    for name, value in changed.items():
        at = arguments.index(name)
        arguments[at + 1 if name.startswith("--") else at] = value
    done = run(cast, *arguments)
    assert done.exit_code == 1
    assert said in done.output
    assert place(cast, "learner").state is EnrolmentState.ACTIVE


def test_the_shell_withdraws_once(cast: Cast) -> None:
    left = ("withdraw", "learner", "--on", "2026-05-04", "--reason", "s-a mutat")
    assert "Maria Învățăcel is withdrawn from 2026-05-04." in run(cast, *left).output
    later = ("withdraw", "learner", "--on", "2026-06-01", "--reason", "altfel")
    assert "already, from 2026-05-04" in run(cast, *later).output
    assert place(cast, "learner").withdrawal_reason == "s-a mutat"
    stranger = cast.app.test_cli_runner().invoke(
        args=["participants", *left, "--edition", "e1", "--by", "trainer"]
    )
    assert stranger.exit_code == 1
    assert "No registrar signs in" in stranger.output


def test_nobody_withdraws_themselves(cast: Cast) -> None:
    def make_registrar() -> None:
        db.session().add(
            RoleGrant(person_id=cast.persons["classmate"], role=Role.REGISTRAR, granted_at=EPOCH)
        )

    with cast.app.app_context(), db.writing():
        make_registrar()
    done = cast.app.test_cli_runner().invoke(
        args=[
            *("participants", "withdraw", "classmate", "--edition", "e1"),
            *("--reason", "x", "--by", "classmate"),
        ]
    )
    assert done.exit_code == 1
    assert place(cast, "classmate").state is EnrolmentState.ACTIVE
