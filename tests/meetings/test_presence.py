"""Presence: marked, corrected, given by code; hours and completion follow."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.accounts.traces import TRACES
from lms.courses.models import Completion, Edition, Enrolment, EnrolmentState, SubjectKind
from lms.courses.services import hours as ledger
from lms.meetings.errors import (
    Cancelled,
    CodeEarly,
    CodeLate,
    CodeUnknown,
    HasPresence,
    HoursRefused,
    NotOfMeeting,
    OwnPresence,
    PresenceStruck,
    ReasonMissing,
    TooManyCodes,
)
from lms.meetings.models import Meeting, Way
from lms.meetings.services import meetings, presence
from tests.meetings.meeting import (
    DURING,
    ENDS,
    STARTS,
    WANTED,
    ask_for_hours,
    code_of,
    hours_of,
    ledger_of,
    make_group,
    mark,
    meet,
    presences,
)


def give(cast, part, code, *, at=DURING):
    with cast.app.app_context(), db.writing():
        return presence.give_code(cast.persons[part], code, now=at)


def test_a_presence_gives_the_hours_through_the_ledger(cast):
    meeting = meet(cast)
    assert mark(cast, meeting, {"learner": 3, "classmate": 1}, "trainer") == 2
    assert hours_of(cast, "learner") == 3
    assert hours_of(cast, "classmate") == 1
    assert ledger_of(cast, "learner") == [(Decimal(3), "")]
    with cast.app.app_context():
        entry = (
            db.session().execute(sa.text("SELECT source, attended_on FROM hour_entries")).first()
        )
        assert entry[0] == f"meeting:{meeting}"
        assert str(entry[1]) == "2026-05-14"


def test_the_same_presence_twice_is_one(cast):
    meeting = meet(cast)
    assert mark(cast, meeting, {"learner": 3}, "trainer") == 1
    assert mark(cast, meeting, {"learner": 3}, "registrar") == 0
    assert hours_of(cast, "learner") == 3
    assert len(presences(cast, meeting)) == 1


def test_hours_of_meetings_and_of_the_office_add_up(cast):
    mark(cast, meet(cast), {"learner": 3}, "trainer")
    mark(
        cast,
        meet(cast, starts_at=STARTS + timedelta(7), ends_at=ENDS + timedelta(7)),
        {"learner": 2},
        "trainer",
    )
    with cast.app.app_context(), db.writing() as session:
        place = session.get_one(Enrolment, cast.enrolments["learner"])
        ledger.set_total(place, Decimal(6), by=None, now=DURING, reason="un atelier")
    assert hours_of(cast, "learner") == 6


def test_what_stands_changes_only_with_a_reason_and_by_a_further_row(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    with pytest.raises(ReasonMissing):
        mark(cast, meeting, {"learner": 0}, "trainer")
    assert hours_of(cast, "learner") == 3
    assert mark(cast, meeting, {"learner": 0}, "trainer", reason="a plecat după zece minute") == 1
    assert hours_of(cast, "learner") == 0
    assert ledger_of(cast, "learner") == [
        (Decimal(3), ""),
        (Decimal(-3), "a plecat după zece minute"),
    ]
    assert not presences(cast, meeting)[0].stands
    with pytest.raises(ReasonMissing):
        mark(cast, meeting, {"learner": 2}, "trainer")
    mark(cast, meeting, {"learner": 2}, "trainer", reason="s-a întors")
    assert hours_of(cast, "learner") == 2


def test_one_without_a_reason_keeps_all_back(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    with pytest.raises(ReasonMissing):
        mark(cast, meeting, {"learner": 1, "classmate": 3}, "trainer")
    assert hours_of(cast, "classmate") == 0


@pytest.mark.parametrize("hours", [-1, 4], ids=["fewer than none", "more than the meeting"])
def test_nobody_has_hours_that_the_meeting_has_not(cast, hours):
    with pytest.raises(HoursRefused):
        mark(cast, meet(cast), {"learner": hours}, "trainer")


def test_nobody_writes_down_their_own_presence(cast):
    with pytest.raises(OwnPresence):
        mark(cast, meet(cast), {"learner": 3}, "learner")


def test_whoever_has_no_place_on_the_edition_is_refused(cast):
    with pytest.raises(NotOfMeeting):
        mark(cast, meet(cast), {"learner_of_other": 3}, "registrar")


def test_whoever_has_left_can_be_struck_out_but_not_marked_anew(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    with cast.app.app_context(), db.writing() as session:
        for part in ("learner", "classmate"):
            place = session.get_one(Enrolment, cast.enrolments[part])
            place.state, place.withdrawn_on = EnrolmentState.WITHDRAWN, date(2026, 6, 1)
    with pytest.raises(NotOfMeeting):
        mark(cast, meeting, {"classmate": 3}, "trainer")
    assert mark(cast, meeting, {"learner": 2}, "trainer", reason="a plecat mai devreme") == 1


def test_the_last_hours_complete_the_course_and_a_correction_takes_nothing_back(cast):
    ask_for_hours(cast, 3)
    meeting = meet(cast)

    def is_complete() -> bool:
        with cast.app.app_context():
            found = sa.select(Completion.id).where(
                Completion.enrolment_id == cast.enrolments["learner"],
                Completion.kind == SubjectKind.COURSE,
            )
            return db.session().scalar(found) is not None

    mark(cast, meeting, {"learner": 2}, "trainer")
    assert not is_complete()
    mark(cast, meeting, {"learner": 3}, "trainer", reason="a stat până la sfârșit")
    assert is_complete()
    mark(cast, meeting, {"learner": 0}, "trainer", reason="altcineva a semnat")
    assert is_complete(), "what was earned stays"
    assert hours_of(cast, "learner") == 0


# By code ---------------------------------------------------------------------------------------


def test_the_code_gives_a_presence_once(cast):
    meeting = meet(cast)
    code = code_of(cast, meeting)
    assert give(cast, "learner", f"{code[:3].lower()} {code[3:]}").is_new
    assert not give(cast, "learner", code).is_new
    (held,) = presences(cast, meeting)
    assert held.way is Way.CODE
    assert held.marked_by_id == cast.persons["learner"]
    assert hours_of(cast, "learner") == 3
    assert len(ledger_of(cast, "learner")) == 1


def test_another_groups_code_is_an_unknown_one(cast):
    mine = make_group(cast, "learner")
    other = make_group(cast, "classmate", name="Grupa 2")
    with pytest.raises(CodeUnknown):
        give(cast, "learner", code_of(cast, meet(cast, group_id=other)))
    with pytest.raises(CodeUnknown):
        give(cast, "learner_of_other", code_of(cast, meet(cast)))
    assert give(cast, "learner", code_of(cast, meet(cast, group_id=mine))).is_new


def test_a_code_before_or_after_its_time_says_so(cast):
    code = code_of(cast, meet(cast))
    with pytest.raises(CodeEarly) as early:
        give(cast, "learner", code, at=STARTS - timedelta(minutes=16))
    assert early.value.opens_at == STARTS - timedelta(minutes=15)
    with pytest.raises(CodeLate) as late:
        give(cast, "learner", code, at=ENDS + timedelta(minutes=16))
    assert late.value.closed_at == ENDS + timedelta(minutes=15)
    assert hours_of(cast, "learner") == 0


def test_the_code_brings_nothing_back_that_was_struck_out(cast):
    meeting = meet(cast)
    give(cast, "learner", code_of(cast, meeting))
    mark(cast, meeting, {"learner": 0}, "trainer", reason="nu era în sală")
    with pytest.raises(PresenceStruck):
        give(cast, "learner", code_of(cast, meeting))
    assert hours_of(cast, "learner") == 0


def test_whoever_guesses_is_stopped_for_ten_minutes(cast):
    code = code_of(cast, meet(cast))
    with cast.app.app_context(), db.writing():
        for _try in range(5):
            presence.note_try(cast.persons["learner"], now=DURING)
    with pytest.raises(TooManyCodes):
        give(cast, "learner", code, at=DURING + timedelta(minutes=9))
    assert give(cast, "classmate", code).is_new, "nobody else is"
    assert give(cast, "learner", code, at=DURING + timedelta(minutes=11)).is_new


# A meeting changed -----------------------------------------------------------------------------


def edit(cast, meeting_id, *, reason="", **more):
    from dataclasses import replace

    with cast.app.app_context(), db.writing() as session:
        meetings.edit_meeting(
            session.get_one(Meeting, meeting_id),
            replace(WANTED, **more),
            by=cast.persons["registrar"],
            now=DURING,
            reason=reason,
        )


@pytest.mark.parametrize(("hours", "part"), [(4, 1), (2, 1)], ids=["longer", "shorter"])
def test_whoever_was_there_for_all_of_it_stays_so_when_its_hours_change(cast, hours, part):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3, "classmate": part}, "trainer")
    with pytest.raises(ReasonMissing):
        edit(cast, meeting, hours=Decimal(hours))
    edit(cast, meeting, hours=Decimal(hours), reason="pauza nu se socotește")
    assert hours_of(cast, "learner") == hours
    assert hours_of(cast, "classmate") == part


def test_a_meeting_that_somebody_was_at_is_not_called_off(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")

    def cancel() -> None:
        with cast.app.app_context(), db.writing() as session:
            found = session.get_one(Meeting, meeting)
            meetings.cancel_meeting(found, reason="ger", by=cast.persons["registrar"], now=DURING)

    with pytest.raises(HasPresence):
        cancel()
    mark(cast, meeting, {"learner": 0}, "trainer", reason="nu s-a ținut")
    cancel()
    with pytest.raises(Cancelled):
        mark(cast, meeting, {"classmate": 3}, "trainer")
    with pytest.raises(CodeUnknown):
        give(cast, "classmate", code_of(cast, meeting))


# At once ---------------------------------------------------------------------------------------


def test_a_code_sent_twice_at_once_while_the_trainer_ticks_is_one_presence(cast):
    meeting = meet(cast)
    code, faults = code_of(cast, meeting), []
    start = threading.Barrier(3)

    def run(deed) -> None:
        start.wait()
        try:
            deed()
        except ReasonMissing:  # the trainer came second with other hours: refused, nothing lost
            return
        except Exception as error:
            faults.append(error)

    deeds = (
        lambda: give(cast, "learner", code),
        lambda: give(cast, "learner", code),
        lambda: mark(cast, meeting, {"learner": 3, "classmate": 3}, "trainer"),
    )
    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [p.hours for p in presences(cast, meeting)] == [Decimal(3), Decimal(3)]
    assert hours_of(cast, "learner") == 3
    assert len(ledger_of(cast, "learner")) == 1


def test_the_clock_of_the_programme_says_on_which_day_a_meeting_is(cast):
    late = WANTED.starts_at.replace(hour=21, minute=30)  # half past midnight in Bucharest
    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        made = meetings.create_meeting(
            edition,
            WANTED.__class__(
                **{**WANTED.__dict__, "starts_at": late, "ends_at": late + timedelta(hours=1)}
            ),
            by=None,
            now=clock.now(),
        )
        assert presence.local_day(made) == date(2026, 5, 15)


def test_a_persons_file_holds_their_meetings_and_wrong_codes_are_forgotten(cast):
    meeting = meet(cast)
    mark(cast, meeting, {"learner": 3}, "trainer")
    with cast.app.test_request_context():
        with db.writing():
            presence.note_try(cast.persons["learner"], now=DURING)
        trace = TRACES["meetings"]
        held = trace.export(cast.persons["learner"]).values
        assert held["meetings"][0]["presence"]["hours"] == "3.00"
        assert held["hours"][0]["source"] == f"meeting:{meeting}"
        assert len(trace.keeps(cast.persons["learner"])) == 1
        (said,) = trace.keeps(cast.persons["classmate"])
        assert "nu numesc pe nimeni" in said
        db.end_reading()
        with db.writing():
            assert list(trace.erase(cast.persons["learner"]).values()) == [1]
