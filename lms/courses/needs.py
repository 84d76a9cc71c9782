"""What a course asks for, condition by condition: how it stands, what shows it, since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms import db
from lms.courses import activities
from lms.courses.activities import Activity, ActivityKind, Day
from lms.courses.completion import Kind, Result
from lms.courses.models import Confirmation, HourEntry
from lms.courses.models.hours import OFFICE
from lms.courses.outline import ModuleEntry, Outline
from lms.courses.queries import Standing
from lms.web.i18n import current_locale, format_date, format_hours, format_percent, ngettext
from lms.web.i18n import gettext as _


@dataclass(frozen=True)
class Proof:
    """One thing that shows how a condition stands."""

    label: str
    state: str  # done, half, failed, todo, locked: as stations have it
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class Need:
    """One condition; `since` is the day of the last thing that counts for it."""

    title: str
    how_far: str
    is_met: bool
    since: Day | None
    proofs: Sequence[Proof] = ()
    note: str = ""
    is_one: bool = False  # a single thing, done on a single day
    left: int = 0  # things still to do, where they are counted one by one


@dataclass(frozen=True)
class _Hours:
    hours: Decimal
    on: Day
    source: str
    reason: str


def needs_of(standing: Standing, module_href: Callable[[str], str]) -> list[Need]:
    """Tell each condition of a place; two statements, and one where somebody confirms."""
    known = _Known(standing, module_href)
    asked = (r for r in standing.results if r.needed or r.condition.kind is not Kind.HOURS_ATTENDED)
    return [known.need(result) for result in asked]


class _Known:
    """What is known of one place, put into words."""

    def __init__(self, standing: Standing, module_href: Callable[[str], str]) -> None:
        self.standing = standing
        self.module_href = module_href
        self.dates = activities.dates_of(standing.place.enrolment_id)

    def need(self, result: Result) -> Need:
        """Tell one condition."""
        tell = {
            Kind.LESSONS_READ: self._lessons,
            Kind.QUIZZES_PASSED: self._quizzes,
            Kind.TESTS_TAKEN: self._tests,
            Kind.HOURS_ATTENDED: self._hours,
            Kind.FORM_SUBMITTED: self._form,
            Kind.CONFIRMED_BY_REGISTRAR: self._confirmed,
        }
        return tell[result.condition.kind](result)

    def _lessons(self, result: Result) -> Need:
        standing, proofs = self.standing, []
        for module in standing.outline.modules:
            ids = [lesson.id for lesson in module.lessons]
            read = [standing.read_at[i] for i in ids if i in standing.read_at]
            if not ids:
                continue
            earned = standing.modules_completed.get(module.id)
            detail = ngettext(
                "%(done)s of %(num)s lesson read",
                "%(done)s of %(num)s lessons read",
                len(ids),
                done=len(read),
            )
            if read:
                detail += " · " + _("the latest: %(date)s", date=format_date(max(read)))
            if earned and len(read) < len(ids):
                detail += " · " + _("complete since %(date)s", date=format_date(earned))
            is_done = len(read) == len(ids) or earned is not None
            state = "done" if is_done else ("half" if read else "todo")
            is_open = module.id in standing.open_modules
            proofs.append(
                Proof(
                    f"{module.position}. {module.title(current_locale())}",
                    state if is_open or is_done else "locked",
                    detail,
                    self.module_href(module.slug) if is_open else "",
                )
            )
        since = max(standing.read_at.values(), default=None)
        return Need(
            _("Lessons read"), _far(result), result.is_met, since, proofs, left=int(result.left)
        )

    def _quizzes(self, result: Result) -> Need:
        standing = self.standing
        asked = [
            activity
            for module in standing.outline.modules
            for activity in module.activities
            if activity.counts
            and (module.id not in standing.modules_completed or standing.is_done(activity))
        ]
        return replace(self._of(_("Tests of the modules"), result, asked), how_far=_passed(result))

    def _tests(self, result: Result) -> Need:
        tests = self.standing.outline.tests_at(result.edge)
        title = (
            _("Tests of the course taken") if result.is_met else _("Tests of the course to take")
        )
        if len(tests) == 1:
            said = _("taken") if result.is_met else _("to take")
            title = f"{tests[0].title(current_locale())}: {said}"
        note = "" if tests else _("The course’s tests are not ready yet")
        return self._of(title, result, tests, note, is_one=len(tests) == 1)

    def _form(self, result: Result) -> Need:
        form = self.standing.outline.form(str(result.condition.parameters.get("form", "")))
        if form is None:
            return Need(_("A form to fill in"), _far(result), result.is_met, None)
        note = _("Only the fact and the day are known here; nobody sees who answered what.")
        said = _("submitted") if result.is_met else _("to submit")
        title = f"{form.title(current_locale())}: {said}"
        return self._of(title, result, [form], note, is_one=True)

    def _of(
        self,
        title: str,
        result: Result,
        asked: Sequence[Activity],
        note: str = "",
        *,
        is_one: bool = False,
    ) -> Need:
        proofs = [self._activity(activity) for activity in asked]
        since = _latest([self.dates[a.key] for a in asked if a.key in self.dates])
        left = 0 if is_one else int(result.left)
        return Need(title, _far(result), result.is_met, since, proofs, note, is_one, left)

    def _activity(self, activity: Activity) -> Proof:
        standing = self.standing
        is_done, is_open = standing.is_done(activity), standing.is_open(activity)
        state = "done" if is_done else ("todo" if is_open else "locked")
        tries = standing.unpassed.get(activity.key)
        if state == "todo" and activity.key in standing.states:
            state = "failed" if tries else "half"
        said = [tries.left_words] if tries and state == "failed" and tries.left_words else []
        if activity.key in self.dates:
            said.append(format_date(self.dates[activity.key]))
        percent = standing.percent_of(activity)
        if percent is not None and activity.kind is not ActivityKind.FORM:
            said.append(format_percent(percent))
        if standing.is_on_paper(activity):
            said.append(_("on paper"))
        href = activity.href if is_open else ""
        return Proof(activity.title(current_locale()), state, " · ".join(said), href)

    def _hours(self, result: Result) -> Need:
        given = _hours_of(self.standing.place.enrolment_id)
        far = _(
            "%(done)s of %(needed)s",
            done=format_hours(result.done),
            needed=format_hours(result.needed),
        )
        proofs = [Proof(_source(line), "done", format_hours(line.hours)) for line in given]
        since = _latest([line.on for line in given])
        return Need(_("Hours of attendance"), far, result.is_met, since, proofs)

    def _confirmed(self, result: Result) -> Need:
        at = db.session().scalar(
            sa.select(Confirmation.confirmed_at).where(
                Confirmation.enrolment_id == self.standing.place.enrolment_id,
                Confirmation.condition_id == result.condition.id,
            )
        )
        note = "" if result.is_met else _("Waits for the registrar’s confirmation")
        title = _("Confirmation by the registrar")
        return Need(title, _far(result), result.is_met, at, (), note, is_one=True)


def not_asked(standing: Standing) -> list[str]:
    """Name what a course holds and its certificate doesn't ask for."""
    asked = {r.condition.kind for r in standing.results if r.needed}
    found = []
    if standing.outline.exercises:
        found.append(_("the exercises"))  # no condition asks for them
    if Kind.HOURS_ATTENDED not in asked:
        found.append(_("attendance at the meetings"))
    # Where a module has no test, its lessons have to be read before the course's end opens.
    if Kind.LESSONS_READ not in asked and all(
        not standing.outline.plan.asked_of(m.plan)[0] for m in standing.outline.modules
    ):
        found.append(_("marking the lessons as read"))
    return found


def asks_test_alone(outline: Outline, module: ModuleEntry) -> bool:
    """Tell whether a module is complete with its test, whatever was read of it."""
    lessons, tests = outline.plan.asked_of(module.plan)
    return bool(tests) and not lessons


def _far(result: Result) -> str:
    return _("%(done)s of %(needed)s", done=int(result.done), needed=int(result.needed))


def _passed(result: Result) -> str:
    return _("%(done)s of %(needed)s passed", done=int(result.done), needed=int(result.needed))


def _latest(days: Sequence[Day]) -> Day | None:
    """Return the latest of days and instants, as it was given."""
    zone = ZoneInfo("Europe/Bucharest")

    def instant(day: Day) -> datetime:
        return day if isinstance(day, datetime) else datetime.combine(day, time(), zone)

    return max(days, key=instant, default=None)


def _hours_of(enrolment_id: int) -> list[_Hours]:
    """Read what gives hours to a place, a line for each source; one statement."""
    rows = db.session().execute(
        sa.select(
            HourEntry.source,
            HourEntry.hours,
            HourEntry.attended_on,
            HourEntry.entered_at,
            HourEntry.reason,
        )
        .where(HourEntry.enrolment_id == enrolment_id)
        .order_by(HourEntry.id)
    )
    found: dict[tuple[str, Day | None], _Hours] = {}
    for source, hours, on, at, reason in rows:
        key = (source, on if source == OFFICE else None)
        before = found.get(key)
        total = hours + (before.hours if before else 0)
        found[key] = _Hours(total, on or (before.on if before else at), source, reason)
    return sorted((h for h in found.values() if h.hours), key=lambda h: _key(h.on))


def _key(day: Day) -> date:
    return day.date() if isinstance(day, datetime) else day


def _source(line: _Hours) -> str:
    when = format_date(line.on)
    if line.source == OFFICE:
        return _("Written down by the registrar, %(date)s", date=when)
    return _("Meeting of %(date)s", date=when)
