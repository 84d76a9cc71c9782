"""The record in words: acts, objects and values, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _


# What an act is called; one that is not here is shown by its own name. Kept for each language.
@cache
def _actions(_locale: str) -> dict[str, str]:
    return {
        "account.password_set": _("Password chosen"),
        "account.signed_in": _("Signed in"),
        "attempt.given": _("Extra attempt given"),
        "attempt.submitted": _("Test submitted"),
        "audit.exported": _("Record exported"),
        "certificate.issued": _("Certificate issued"),
        "certificate.reserved": _("Certificate number taken"),
        "certificate.revoked": _("Certificate revoked"),
        "certificate.superseded": _("Certificate superseded"),
        "certificate.voided": _("Certificate number voided"),
        "certificate.asked": _("Certificate issued by hand"),
        "certificate.asked_anew": _("New certificate issued after a revocation"),
        "certificates.batch_begun": _("Issuing of a list begun"),
        "certificates.downloaded": _("Sealed originals downloaded"),
        "numbers.unlocked": _("Numbers unlocked"),
        "register.exported": _("Register exported"),
        "seal.kit_kept": _("Recovery kit said to be kept elsewhere"),
        "seal.kit_taken": _("Recovery kit downloaded"),
        "certificates.released": _("Certificates released"),
        "certificates.printed": _("Certificates printed"),
        "condition.confirmed": _("Condition confirmed"),
        "course.completed": _("Course completed"),
        "course.imported": _("Course imported"),
        "course.published": _("Course published"),
        "edition.created": _("Edition created"),
        "edition.edited": _("Edition edited"),
        "enrolment.corrected": _("Data at entry corrected"),
        "enrolment.created": _("Enrolled"),
        "enrolment.hours_set": _("Hours attended written down"),
        "enrolment.taken_back": _("Takes part again"),
        "enrolment.withdrawn": _("Withdrawn"),
        "fact.signed_off": _("Fact signed off"),
        "group.created": _("Group created"),
        "group.edited": _("Group edited"),
        "participants.exported": _("Participants' table exported"),
        "participants.imported": _("Participants imported"),
        "participants.letters_printed": _("Letters printed"),
        "person.addresses_changed": _("E-mail or phone changed"),
        "person.code_printed": _("One-use code made"),
        "person.created": _("Person added"),
        "person.email_change_asked": _("Change of e-mail asked for"),
        "person.email_changed": _("E-mail changed"),
        "person.invited": _("Invited"),
        "person.name_confirmed": _("Name confirmed"),
        "person.name_questioned": _("Change of name asked for"),
        "person.phone_changed": _("Phone changed"),
        "person.reactivated": _("Account opened again"),
        "person.renamed": _("Name changed"),
        "person.suspended": _("Account suspended"),
        "person.updated_by_list": _("Data updated from a list"),
        "programme.completed": _("Programme declared complete"),
        "programme.created": _("Programme created"),
        "programme.edited": _("Programme edited"),
        "programme.logo_removed": _("Logo removed"),
        "programme.logo_set": _("Logo set"),
        "programme.reopened": _("Programme reopened"),
        "question.published": _("Question published"),
        "role.granted": _("Role given"),
        "role.taken": _("Role taken back"),
        "site.backed_up": _("Backup made"),
        "site.restored": _("Backup restored"),
    }


@cache
def _tables(_locale: str) -> dict[str, str]:
    return {
        "attempts": _("attempt"),
        "certificates": _("certificate"),
        "courses": _("course"),
        "editions": _("edition"),
        "enrolments": _("participant"),
        "groups": _("group"),
        "persons": _("person"),
        "programmes": _("programme"),
        "releases": _("release"),
        "site": _("site"),
    }


@cache
def _values(_locale: str) -> dict[str, str]:
    return {
        "after": _("after"),
        "before": _("before"),
        "changes": _("changes"),
        "condition": _("condition"),
        "decision": _("decision"),
        "enrolled": _("enrolled"),
        "function": _("function"),
        "name": _("name"),
        "new_people": _("new people"),
        "organisation": _("organisation"),
        "reason": _("reason"),
        "rows": _("rows"),
        "unchanged": _("unchanged"),
        "updated": _("updated"),
    }


def action_word(action: str) -> str:
    """Name an act."""
    return _actions(current_locale()).get(action, action)


def table_word(table: str) -> str:
    """Name a kind of object."""
    return _tables(current_locale()).get(table, table)


def detail_words(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write an act's values as pairs of words; what is empty is left out."""
    names = _values(current_locale())
    return [
        (names.get(name, name), _plain(value))
        for name, value in values.items()
        if value not in (None, "", [], {})
    ]


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_plain(v)}" for k, v in value.items() if v not in (None, ""))
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value)
    return str(value)
