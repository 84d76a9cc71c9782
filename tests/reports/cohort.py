"""A cohort with all that makes counting hard, written row by row.

Thirty people on e1; some withdrew, one was replaced, four are on a second edition as well, some
took tests on paper, some answered at entry in part, one was corrected.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from lms import db
from lms.certificates.desk.settings import PrintKind
from lms.certificates.models import Award, Certificate, PaperAct, PaperEntry, Printing
from lms.certificates.paper import HandOverWay, PaperEvent
from lms.certificates.states import CertificateState
from lms.courses.models import (
    Completion,
    Edition,
    Enrolment,
    EnrolmentState,
    Group,
    Lesson,
    LessonProgress,
    SubjectKind,
)
from lms.courses.services import hours
from lms.entry.models import EntryCorrection, EntryRecord, Source
from lms.meetings.models import Meeting, Presence, Way
from lms.organisations.models import OrganisationKind
from lms.quizzes.models import Attempt, AttemptState, PaperResult, Quiz, QuizPlace
from tests.cast import EPOCH, Cast, make_person
from tests.entry.asked import ANSWERS, ask
from tests.factories import make_quiz

SECOND = "e7"  # another edition of the same course
PEOPLE = 30
COUNTIES = ("IS", "BT", "VS")
ORGANISATIONS = (
    ("Asociația Izvorul", OrganisationKind.NGO),
    ("=Primăria Dealu Mare", OrganisationKind.PUBLIC_AUTHORITY),
    ("Asociația Poarta", OrganisationKind.NGO),
)


def fill(cast: Cast) -> dict[str, int]:
    """Write the cohort down; return ids by name: groups, quizzes, the second edition."""
    ask(cast)
    with cast.app.app_context(), db.writing():
        return _Cohort(cast).write()


class _Cohort:
    def __init__(self, cast: Cast) -> None:
        self.cast, self.session = cast, db.session()
        self.ids: dict[str, int] = {}
        self.places: list[Enrolment] = []

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def write(self) -> dict[str, int]:
        self._editions()
        self._people()
        self._entries()
        self._quizzes()
        for number, place in enumerate(self.places):
            self._learns(number, place)
            self._takes_tests(number, place)
        self._meets()
        self._certificates()
        return self.ids

    def _editions(self) -> None:
        first = self.session.get_one(Edition, self.cast.edition_id)
        first.hours_required = Decimal(6)
        second = self.add(
            Edition(
                programme_id=first.programme_id,
                course_id=first.course_id,
                title="Ediția a doua",
                slug=SECOND,
                starts_on=date(2026, 9, 1),
                ends_on=date(2026, 12, 20),
                issuing=first.issuing,
                hours_required=Decimal(4),
                created_at=EPOCH,
            )
        )
        self.ids["second"] = second.id
        for name in ("Grupa A", "Grupa B"):
            group = self.add(Group(edition_id=first.id, name=name, trainers=[]))
            self.ids[name] = group.id

    def _place(self, person_id: int, number: int, edition_id: int) -> Enrolment:
        name, kind = ORGANISATIONS[number % 3]
        on_first = edition_id == self.cast.edition_id
        place: Enrolment = self.add(
            Enrolment(
                person_id=person_id,
                edition_id=edition_id,
                group_id=self.ids["Grupa A" if number % 2 else "Grupa B"] if on_first else None,
                organisation_name=name,
                organisation_kind=kind,
                county=COUNTIES[number % 3],
                enrolled_at=EPOCH,
                hours_attended=Decimal(0),
            )
        )
        self.places.append(place)
        return place

    def _people(self) -> None:
        first: dict[int, Enrolment] = {}
        for number in range(PEOPLE):
            family = f"={number}" if number == 5 else f"Șerban{number:02}"
            person = make_person(f"Ana{number}", family, sign_in_name=f"cohorta{number}")
            self.session.flush()
            place = first[number] = self._place(person.id, number, self.cast.edition_id)
            if number in (4, 11, 20):
                place.state = EnrolmentState.WITHDRAWN
                place.withdrawn_on = date(2026, 6, 1)
            if number in (4, 7, 9, 12):  # 4 withdrew from the first, and came back on the second
                self._place(person.id, number, self.ids["second"])
        first[11].replaced_by_id = first[12].id  # the seat was given over
        self.session.flush()

    def _entries(self) -> None:
        labour = ("employed", "unemployed-up-to-12", "unemployed-over-12", "inactive-other")
        seen: set[int] = set()
        for number, place in enumerate(self.places):
            if place.person_id in seen or number % 9 == 8:
                continue
            seen.add(place.person_id)
            answers = {
                **ANSWERS,
                "birth": f"{1955 + number * 2}-0{1 + number % 9}-15",
                "gender": "woman" if number % 3 else "man",
                "labour": labour[number % 4],
                "education": f"isced-{number % 9}",
                "rural": "village" if number % 2 else "town",
                "disability": ("yes", "no", "refused")[number % 3],
                "origin": ("here", "foreign-background", "third-country")[number % 3],
            }
            is_whole = number % 7 != 6
            if not is_whole:
                del answers["education"]
            record = self.add(
                EntryRecord(
                    person_id=place.person_id,
                    programme_id=self.cast.programme_id,
                    enrolment_id=place.id,
                    entered_on=date(2026, 3, 15) + timedelta(days=number),
                    answers=answers,
                    source=Source.REGISTRAR,
                    saved_at=EPOCH,
                    completed_at=EPOCH if is_whole else None,
                )
            )
            if number in (2, 3):
                self._correct(record, {"rural": "town", "labour": "employed"}, None)
                self._correct(record, {"rural": "village"}, date(2026, 3, 2))

    def _correct(self, record: EntryRecord, answers: dict[str, str], day: date | None) -> None:
        self.add(
            EntryCorrection(
                record_id=record.id,
                answers=answers,
                entered_on=day,
                reason="Formularul spune altfel",
                corrected_at=EPOCH,
            )
        )

    def _quizzes(self) -> None:
        module = self.cast.module_ids[0]
        self.ids["quiz"] = make_quiz(module, slug="t-modul")
        for place in (QuizPlace.START, QuizPlace.END):
            self.ids[place.value] = make_quiz(
                None,
                slug=f"t-{place.value}",
                course_id=self.cast.course_id,
                place=place,
                pass_mark="none",
            )
        self.versions = {
            name: self.session.get_one(Quiz, self.ids[name]).current_version_id
            for name in ("quiz", "start", "end")
        }

    def _learns(self, number: int, place: Enrolment) -> None:
        first, second = self.cast.module_ids[:2]
        lessons = self.session.query(Lesson).filter(Lesson.module_id == first).all()
        if number % 5 != 0:
            self.add(
                LessonProgress(
                    enrolment_id=place.id,
                    lesson_id=lessons[0].id,
                    first_opened_at=EPOCH,
                    last_active_at=EPOCH,
                )
            )
        if number % 5 > 1:
            self._complete(place, SubjectKind.MODULE, first)
        if number % 5 == 4:
            self._complete(place, SubjectKind.MODULE, second)
            self._complete(place, SubjectKind.COURSE, self.cast.course_id)

    def _complete(self, place: Enrolment, kind: SubjectKind, subject_id: int) -> None:
        self.add(
            Completion(
                enrolment_id=place.id,
                kind=kind,
                subject_id=subject_id,
                earned_at=EPOCH,
                content_version=1,
                evidence={},
            )
        )

    def _takes_tests(self, number: int, place: Enrolment) -> None:
        if number % 4 != 3 and number != 25:  # whose one test was on paper, and did not hold
            mark = Decimal(40 + number * 2)
            self._attempt(place, "quiz", 1, mark - 20, passed=False)
            self._attempt(place, "quiz", 2, mark, passed=mark >= 70)
        if number % 6 == 0:
            self._paper(place, "quiz", Decimal(85), passed=True)
        if number % 10 == 1 or number == 25:  # said wrongly, and taken back
            self._paper(place, "quiz", Decimal(99), passed=True, revoked_at=EPOCH)
        if number % 3 != 2:
            self._attempt(place, "start", 1, Decimal(number * 3 % 70) + Decimal("0.25"))
        if number % 5 == 0:
            self._paper(place, "end", Decimal(50 + number))
        elif number % 5 != 4:
            self._attempt(place, "end", 1, Decimal(60 + number % 40))
        if number % 8 == 7:
            self._attempt(place, "quiz", 3, None, is_open=True)

    def _attempt(
        self,
        place: Enrolment,
        quiz: str,
        number: int,
        mark: Decimal | None,
        *,
        passed: bool | None = None,
        is_open: bool = False,
    ) -> None:
        self.add(
            Attempt(
                enrolment_id=place.id,
                quiz_id=self.ids[quiz],
                quiz_version_id=self.versions[quiz],
                number=number,
                seed=1,
                state=AttemptState.OPEN if is_open else AttemptState.SUBMITTED,
                started_at=EPOCH,
                submitted_at=None if is_open else EPOCH,
                percent=mark,
                passed=passed,
            )
        )

    def _paper(
        self,
        place: Enrolment,
        quiz: str,
        mark: Decimal,
        *,
        passed: bool | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        self.add(
            PaperResult(
                enrolment_id=place.id,
                quiz_id=self.ids[quiz],
                quiz_version_id=self.versions[quiz],
                taken_on=date(2026, 5, 1),
                place="Sala mică",
                percent=mark,
                passed=passed,
                reason="Fără internet",
                recorded_at=EPOCH,
                recorded_by_id=self.cast.persons["registrar"],
                revoked_at=revoked_at,
            )
        )

    def _meets(self) -> None:
        for number, (edition_id, group) in enumerate(
            [
                (self.cast.edition_id, None),
                (self.cast.edition_id, self.ids["Grupa A"]),
                (self.ids["second"], None),
            ]
        ):
            starts = EPOCH + timedelta(days=number)
            meeting = self.add(
                Meeting(
                    edition_id=edition_id,
                    group_id=group,
                    title=f"Întâlnirea {number}",
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=3),
                    trainers=[],
                    hours=Decimal(3),
                    module_ids=[],
                    code=f"COD{number}",
                    grace_minutes=15,
                    created_at=EPOCH,
                )
            )
            self.ids[f"meeting{number}"] = meeting.id
            for at, place in enumerate(self.places):
                if place.edition_id == edition_id and at % 4 != number:
                    self._was_there(meeting, place, at)
        for at in (1, 2, 13):
            hours.set_total(
                self.places[at], Decimal("2.5"), by=None, now=EPOCH, reason="Listă scrisă de mână"
            )

    def _was_there(self, meeting: Meeting, place: Enrolment, at: int) -> None:
        if place.group_id != meeting.group_id and meeting.group_id is not None:
            return
        is_struck = at % 6 == 5
        self.add(
            Presence(
                meeting_id=meeting.id,
                enrolment_id=place.id,
                hours=Decimal(2 + at % 2),
                way=list(Way)[at % 3],
                marked_at=EPOCH,
                struck_at=EPOCH if is_struck else None,
            )
        )
        source = f"meeting:{meeting.id}"
        hours.grant(place, source, Decimal(2 + at % 2), by=None, now=EPOCH, on=date(2026, 3, 2))
        if is_struck:
            hours.grant(place, source, Decimal(0), by=None, now=EPOCH, reason="Nu a fost")

    def _certificates(self) -> None:
        award = self.add(Award(edition_id=self.cast.edition_id))
        of_second = self.add(Award(edition_id=self.ids["second"]))
        states = (
            CertificateState.VALID,
            CertificateState.VALID,
            CertificateState.VALID,
            CertificateState.REVOKED,
            CertificateState.RESERVED,
            CertificateState.VOID,
        )
        entries: list[PaperEntry] = []
        acts = [
            self.add(self._act(PaperEvent.SIGNED)),
            self.add(self._act(PaperEvent.HANDED_OVER)),
            self.add(self._act(PaperEvent.CORRECTED)),
        ]
        for serial, (number, place) in enumerate(
            [(n, p) for n, p in enumerate(self.places) if n % 5 == 4], start=1
        ):
            on_second = place.edition_id == self.ids["second"]
            state = states[serial % 6]
            certificate = self.add(
                self._certificate(place, of_second if on_second else award, serial, state)
            )
            if number % 2:
                for _again in range(2):
                    self.add(
                        Printing(
                            certificate_id=certificate.id,
                            printed_at=EPOCH,
                            printed_by_id=self.cast.persons["registrar"],
                        )
                    )
            if number % 3 == 0:
                self.add(
                    Printing(
                        certificate_id=certificate.id,
                        kind=PrintKind.COPY,
                        copies=3,
                        printed_at=EPOCH,
                        printed_by_id=self.cast.persons["registrar"],
                    )
                )
            if state in (CertificateState.VALID, CertificateState.REVOKED):
                for act in acts[:2]:
                    entries.append(
                        self.add(PaperEntry(act_id=act.id, certificate_id=certificate.id))
                    )
        wrong = entries[-1]  # handed over to somebody else: corrected
        self.add(
            PaperEntry(act_id=acts[2].id, certificate_id=wrong.certificate_id, corrects_id=wrong.id)
        )

    def _act(self, event: PaperEvent) -> PaperAct:
        return PaperAct(
            event=event,
            on=date(2026, 7, 1),
            way=HandOverWay.IN_PERSON if event is PaperEvent.HANDED_OVER else None,
            recorded_at=EPOCH,
            recorded_by_id=self.cast.persons["registrar"],
        )

    def _certificate(
        self, place: Enrolment, award: Award, serial: int, state: CertificateState
    ) -> Certificate:
        is_issued = state is not CertificateState.RESERVED
        return Certificate(
            enrolment_id=place.id,
            award_id=award.id,
            state=state,
            series="TST",
            year=2026,
            serial=serial,
            number=f"TST-2026-{serial:04}",
            code=f"code-{serial}",
            verify_url="https://example.org/v/x",
            is_model=True,
            facts={"holder": "x"},
            reserved_at=EPOCH,
            issued_on=date(2026, 6 + serial % 2, 10),
            issued_at=EPOCH if is_issued else None,
        )
