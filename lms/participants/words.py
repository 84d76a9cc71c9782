"""Sentences about participants for pages and files, in the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lms.counties import COUNTIES
from lms.courses.completion import Edge, Kind, Result
from lms.organisations.models import OrganisationKind
from lms.participants.forecast import Forecast, Risk
from lms.participants.roster import Field, Finding, Notice, Problem, Verdict, Why
from lms.participants.standing import Stage
from lms.participants.table import TableRow
from lms.web import sheet_words
from lms.web.i18n import current_locale, format_date, format_hours, ngettext
from lms.web.i18n import gettext as _

refused_sheet_words = sheet_words.refused_sheet_words


def stage_word(stage: Stage) -> tuple[str, str]:
    """Return (kind of state, word) for a stage."""
    return {
        Stage.NOT_INVITED: ("muted", _("not invited")),
        Stage.INVITED: ("info", _("invited")),
        Stage.MAIL_FAILED: ("bad", _("e-mail failed")),
        Stage.OPENED: ("info", _("opened the link")),
        Stage.SIGNED_IN: ("info", _("signed in")),
        Stage.LEARNING: ("info", _("learning")),
        Stage.QUIET: ("warn", _("inactive")),
        Stage.COMPLETED: ("ok", _("completed")),
        Stage.SUSPENDED: ("bad", _("suspended")),
        Stage.WITHDRAWN: ("muted", _("withdrawn")),
    }[stage]


def missing_words(results: Sequence[Result]) -> list[str]:
    """Say what is missing, a short phrase for each condition that is not met."""
    return [_missing(result) for result in results if not result.is_met]


def _missing(result: Result) -> str:
    left = int(result.left)
    match result.condition.kind:
        case Kind.LESSONS_READ:
            return ngettext("%(num)s lesson", "%(num)s lessons", left)
        case Kind.QUIZZES_PASSED:
            return ngettext("%(num)s test", "%(num)s tests", left)
        case Kind.TESTS_TAKEN:
            return _test_word(result.edge)
        case Kind.HOURS_ATTENDED:
            return _("%(hours)s of attendance", hours=format_hours(Decimal(result.left)))
        case Kind.FORM_SUBMITTED:
            return _("a form")
        case Kind.CONFIRMED_BY_REGISTRAR:
            return _("the registrar’s confirmation")


def _test_word(edge: Edge | None) -> str:
    if edge is Edge.START:
        return _("the initial test")
    return _("the final test") if edge is Edge.END else _("the course’s tests")


def risk_word(risk: Risk) -> str:
    """Say why somebody may not complete in time."""
    return {
        Risk.OVER: _("the edition has ended"),
        Risk.BLOCKED: _("no attempt left of a test"),
        Risk.NEVER_IN: _("never signed in"),
        Risk.QUIET: _("no activity for 14 days"),
        Risk.NOT_BEGUN: _("has not begun"),
        Risk.TOO_SLOW: _("too slow for the last day"),
    }[risk]


def forecast_words(forecast: Forecast) -> str:
    """Say the forecast in one sentence, and against the target where there is one."""
    expected = _(
        "Expected: %(expected)s of %(people)s by %(date)s.",
        expected=forecast.expected,
        people=forecast.people,
        date=format_date(forecast.ends_on),
    )
    risk = ngettext("%(num)s at risk.", "%(num)s at risk.", len(forecast.at_risk))
    if forecast.target is None:
        return f"{expected} {risk}"
    target = _("Target: %(target)s.", target=forecast.target)
    return f"{target} {expected} {risk}"


def row_missing(row: TableRow, *, programme_complete: bool, by_release: bool) -> str:
    """Say in words what stands between a participant and the certificate."""
    if row.stage in (Stage.WITHDRAWN, Stage.SUSPENDED) and row.completed_at is None:
        return row.withdrawal_reason if row.stage is Stage.WITHDRAWN else ""
    if row.completed_at is None:
        return ", ".join([*missing_words(row.results), *_blocked_words(row)])
    if row.extra:  # the certificate's own column says what it waits for
        return ""
    waiting = []
    if not row.is_name_confirmed:
        waiting.append(_("confirmation of the name"))
    if not programme_complete:
        waiting.append(_("the programme’s data"))
    if by_release and not row.is_released:
        waiting.append(_("the release"))
    return ", ".join(waiting)


def _blocked_words(row: TableRow) -> list[str]:
    """Name the tests of which no attempt is left."""
    named = [activity.title(current_locale()) for activity in row.exhausted]
    return [_("no attempt left: %(tests)s", tests=", ".join(named))] if named else []


def kind_word(kind: OrganisationKind | str | None) -> str:
    """Name the kind of an organisation."""
    return {
        "ngo": _("NGO"),
        "public_authority": _("public authority"),
        "other": _("other"),
    }.get(str(kind.value if isinstance(kind, OrganisationKind) else kind or ""), "")


def condition_word(kind: Kind, edge: Edge | None = None) -> str:
    """Name a condition of completion; tests are told apart by where they stand."""
    if edge is not None:
        return _("Initial test taken") if edge is Edge.START else _("Final test taken")
    return {
        Kind.LESSONS_READ: _("Lessons read"),
        Kind.QUIZZES_PASSED: _("Tests passed"),
        Kind.TESTS_TAKEN: _("Initial and final test taken"),
        Kind.HOURS_ATTENDED: _("Hours attended"),
        Kind.FORM_SUBMITTED: _("Form submitted"),
        Kind.CONFIRMED_BY_REGISTRAR: _("The registrar’s confirmation"),
    }[kind]


# --- The import ------------------------------------------------------------------------------


def verdict_word(verdict: Verdict) -> tuple[str, str]:
    """Return (kind of state, word) for a verdict."""
    return {
        Verdict.NEW: ("ok", _("new")),
        Verdict.KNOWN: ("muted", _("known")),
        Verdict.CHANGED: ("info", _("changed")),
        Verdict.QUESTION: ("warn", _("question")),
        Verdict.WRONG: ("bad", _("wrong")),
    }[verdict]


def field_word(name: Field) -> str:
    """Name a column as Romanian lists head it."""
    return {
        Field.FAMILY_NAME: _("Family name"),
        Field.GIVEN_NAMES: _("Given names"),
        Field.FULL_NAME: _("Full name"),
        Field.FULL_NAME_GIVEN_FIRST: _("Full name"),
        Field.EMAIL: _("E-mail"),
        Field.PHONE: _("Phone"),
        Field.ORGANISATION: _("Organisation"),
        Field.KIND: _("Kind"),
        Field.CUI: _("Tax code (CUI)"),
        Field.FUNCTION: _("Job title"),
        Field.COUNTY: _("County"),
        Field.GROUP: _("Group"),
        Field.AREA: _("Area"),
    }[name]


def column_word(name: Field) -> str:
    """Name what a column may hold, full names with the order of their halves."""
    return {
        Field.FULL_NAME: _("Full name, family name first"),
        Field.FULL_NAME_GIVEN_FIRST: _("Full name, given names first"),
    }.get(name) or field_word(name)


def value_word(name: Field, value: str) -> str:
    """Write a fact as people read it."""
    if name is Field.KIND:
        return kind_word(value)
    if name is Field.COUNTY and value in COUNTIES:
        return COUNTIES[value].name
    return value


def field_word_of(name: str) -> str:
    """Name a column by its code, as it is kept."""
    return field_word(Field(name))


def value_word_of(name: str, value: str) -> str:
    """Write a fact as people read it, by the code of its column."""
    return value_word(Field(name), value)


def why_words(why: Why) -> str:
    """Say what a verdict or a candidate rests on."""
    return {
        Why.NOBODY_ALIKE: "",
        Why.WRONG_VALUES: "",
        Why.SAME_NAME_AND_EMAIL: _("same name and e-mail"),
        Why.SAME_NAME_AND_PHONE: _("same name and phone"),
        Why.SAME_IN_EVERYTHING: _("same name and organisation"),
        Why.SHARED_EMAIL: _("same e-mail, another name"),
        Why.SAME_NAME_IN_ORGANISATION: _("same name in the same organisation"),
        Why.SAME_NAME_ELSEWHERE: _("somebody of the same name works elsewhere"),
        Why.ANSWERED_SAME: _("the same person, as you said"),
        Why.ANSWERED_DIFFERENT: _("another person, as you said"),
        Why.STAFF_UNTOUCHED: _("staff; the data are not touched"),
    }[why]


def finding_words(found: Finding) -> str:
    """Say what was found in a row, with the column and the value."""
    column = field_word(found.field)
    sentences = {
        Problem.MISSING_NAME: _("the name is missing"),
        Problem.BAD_EMAIL: _("is not an e-mail address"),
        Problem.BAD_PHONE: _("is not a phone number"),
        Problem.UNKNOWN_COUNTY: _("is not a county"),
        Problem.BAD_CUI: _("is not a valid tax code"),
        Problem.UNKNOWN_KIND: _("is none of: NGO, public authority, other"),
        Problem.UNKNOWN_AREA: _("is neither urban nor rural"),
        Problem.TOO_LONG: _("is longer than 255 characters"),
        Notice.CEDILLA: _("has cedilla letters; offered: “%(offered)s”", offered=found.offered),
        Notice.CAPITALS: _("letters as names are written: “%(offered)s”", offered=found.offered),
        Notice.ODD_NAME: _("has characters that names rarely have; please look"),
        Notice.NAME_SPLIT: _("was parted into family name and given names; please look"),
        Notice.SAME_EMAIL: _("stands in row %(row)s as well", row=found.other_row),
        Notice.SAME_NAME_IN_ORGANISATION: _(
            "the same name and organisation as in row %(row)s", row=found.other_row
        ),
        Notice.KIND_GUESSED: _(
            "taken from the organisation’s name: %(kind)s", kind=kind_word(found.offered)
        ),
        Notice.KIND_MISSING: _("is not said; “other” is kept"),
        Notice.CUI_OF_ANOTHER_NAME: _(
            "stands with another organisation in row %(row)s", row=found.other_row
        ),
    }
    if not found.value or found.what in (Notice.KIND_GUESSED, Notice.KIND_MISSING):
        return f"{column}: {sentences[found.what]}"
    return _(
        "%(column)s: “%(value)s” %(what)s",
        column=column,
        value=found.value,
        what=sentences[found.what],
    )
