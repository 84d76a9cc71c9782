"""What an edition reminds of, and when: as shipped, or as the registrar set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from lms import db
from lms.audit.services import record
from lms.courses.models import Edition
from lms.messages.defaults import DRAFTS
from lms.messages.models import ReminderPlan, ReminderRule
from lms.messages.reminder_rules import DEFAULT_DAYS, Hours, Kind
from lms.messages.services.sending import Draft


@dataclass(frozen=True)
class Rule:
    """A rule as it stands for an edition."""

    kind: Kind
    is_on: bool
    days: int
    draft: Draft
    is_reworded: bool = False


@dataclass(frozen=True)
class Plan:
    """What an edition reminds of, and when."""

    hours: Hours
    rules: Mapping[Kind, Rule]

    @property
    def days_on(self) -> dict[Kind, int]:
        """The rules that are switched on, with their days."""
        return {kind: rule.days for kind, rule in self.rules.items() if rule.is_on}


def plan_of(edition_id: int) -> Plan:
    """Read an edition's plan; what was never set is as shipped, and switched off."""
    session = db.session()
    row = session.get(ReminderPlan, edition_id)
    hours = Hours(row.quiet_from, row.quiet_to, row.on_weekends) if row else Hours()
    kept = {
        rule.kind: rule
        for rule in session.scalars(
            sa.select(ReminderRule).where(ReminderRule.edition_id == edition_id)
        )
    }
    return Plan(hours, {kind: _rule(kind, kept.get(kind)) for kind in Kind})


def _rule(kind: Kind, kept: ReminderRule | None) -> Rule:
    shipped = DRAFTS[kind]
    if kept is None:
        return Rule(kind, is_on=False, days=DEFAULT_DAYS[kind], draft=shipped)
    draft = Draft(
        kept.subject_ro or shipped.subject,
        kept.text_ro or shipped.text,
        kept.subject_en or shipped.subject_en,
        kept.text_en or shipped.text_en,
    )
    return Rule(kind, kept.is_on, kept.days, draft, is_reworded=draft != shipped)


# --- Setting up ---------------------------------------------------------------------------------


def save_plan(
    edition: Edition, hours: Hours, wanted: Mapping[Kind, tuple[bool, int]], *, by: int | None
) -> None:
    """Keep hours, switches and days. Runs inside a write; the edition's row is locked."""
    before = plan_of(edition.id)
    session = db.session()
    row = session.get(ReminderPlan, edition.id)
    if row is None:
        row = ReminderPlan(edition_id=edition.id)
        session.add(row)
    row.quiet_from, row.quiet_to = hours.quiet_from, hours.quiet_to
    row.on_weekends = hours.on_weekends
    changed = []
    for kind, (is_on, days) in wanted.items():
        if (is_on, days) != (before.rules[kind].is_on, before.rules[kind].days):
            rule = _kept_rule(edition.id, kind)
            rule.is_on, rule.days = is_on, days
            changed.append(f"{kind.value}: {days if is_on else '–'}")
    if changed or hours != before.hours:
        session.flush()
        record("reminders.set", by=by, on=edition, course_id=edition.course_id, changed=changed)


def reword(edition: Edition, kind: Kind, draft: Draft | None, *, by: int | None) -> None:
    """Keep a rule's own words; None brings the shipped ones back. Runs inside a write."""
    rule = _kept_rule(edition.id, kind)
    rule.subject_ro, rule.text_ro = (draft.subject, draft.text) if draft else (None, None)
    rule.subject_en, rule.text_en = (draft.subject_en, draft.text_en) if draft else (None, None)
    db.session().flush()
    record(
        "reminders.reworded",
        by=by,
        on=edition,
        course_id=edition.course_id,
        kind=kind.value,
    )


def _kept_rule(edition_id: int, kind: Kind) -> ReminderRule:
    session = db.session()
    statement = sa.select(ReminderRule).where(
        ReminderRule.edition_id == edition_id, ReminderRule.kind == kind
    )
    rule = session.scalars(statement).one_or_none()
    if rule is None:
        days = DEFAULT_DAYS[kind]
        rule = ReminderRule(edition_id=edition_id, kind=kind, is_on=False, days=days)
        session.add(rule)
    return rule
