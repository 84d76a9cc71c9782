"""What the values of an act are called, and the words of those that are chosen from a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lms.web.i18n import current_locale
from lms.web.i18n import gettext as _


@cache
def _values(_locale: str) -> dict[str, str]:
    return {
        "act": _("deed"),
        "end_open": _("end of the course still open"),
        "has_linkedin": _("may be added to LinkedIn"),
        "hashes_email": _("holds the e-mail’s hash"),
        "is_offered": _("badge offered"),
        "may_share": _("links that show more"),
        "module_open": _("module unfinished"),
        "name_open": _("name not confirmed"),
        "never_in": _("never came in"),
        "quiet": _("nothing done lately"),
        "shares_results": _("links show results"),
        "tells_modules": _("names the modules"),
        "address": _("address"),
        "after": _("after"),
        "alt": _("what the picture shows"),
        "alt_text": _("what the picture shows"),
        "asked": _("asked for"),
        "attempts": _("attempts"),
        "before": _("before"),
        "brand": _("colour"),
        "certificate_series": _("series"),
        "certificate_title": _("title of the certificate"),
        "certificate_years_valid": _("years of validity"),
        "changed": _("changed"),
        "changes": _("changes"),
        "closes_at": _("closes on"),
        "columns": _("columns"),
        "condition": _("condition"),
        "conflict": _("in conflict"),
        "contract_number": _("number of the contract"),
        "copies": _("copies"),
        "count": _("how many"),
        "county": _("county"),
        "days": _("days"),
        "decision": _("decision"),
        "design": _("design"),
        "disclaimer": _("disclaimer"),
        "document": _("document seen"),
        "done": _("done so far"),
        "duplicate": _("duplicate"),
        "edition": _("edition"),
        "edition_id": _("edition"),
        "email": _("e-mail"),
        "ends_at": _("ends"),
        "ends_on": _("ends on"),
        "enrolled": _("enrolled"),
        "enrolments": _("participants"),
        "entered_on": _("day of entry"),
        "fact": _("fact"),
        "family_name": _("family name"),
        "figure": _("figure"),
        "file": _("file"),
        "fingerprint": _("fingerprint"),
        "first": _("first number"),
        "format": _("format"),
        "fraction": _("part of the marks"),
        "function": _("job title"),
        "funder": _("funder"),
        "funding_statement": _("statement of funding"),
        "given_names": _("given names"),
        "grades": _("grades changed"),
        "group": _("group"),
        "group_id": _("group"),
        "has_scan": _("with a scan"),
        "hours": _("hours"),
        "hours_required": _("required hours"),
        "indicator_set": _("indicator set"),
        "issuer_contact": _("issuer’s contact"),
        "issuers": _("issuers"),
        "issuing": _("way of issuing"),
        "kept": _("kept"),
        "kind": _("kind"),
        "last": _("final number"),
        "last_serial": _("last number"),
        "left_out": _("left out"),
        "lesson": _("lesson"),
        "letters": _("letters"),
        "link": _("link"),
        "locked": _("locked because"),
        "made_at": _("made on"),
        "meeting": _("meeting"),
        "message": _("message"),
        "most": _("at most"),
        "name": _("name"),
        "names": _("with names"),
        "national_number": _("national numbers"),
        "needs_declaration": _("asks for a declaration"),
        "new": _("new"),
        "new_people": _("new people"),
        "new_place": _("new place"),
        "number": _("number"),
        "numbers": _("numbers"),
        "on_date": _("on the day"),
        "opens_at": _("opens on"),
        "organisation": _("organisation"),
        "organisation_name": _("organisation"),
        "other": _("the other question"),
        "outcome": _("outcome"),
        "over_hold": _("although they were to be kept"),
        "overwritten": _("overwritten"),
        "part": _("part of the course"),
        "pass_mark": _("pass mark"),
        "passed": _("test passed"),
        "password": _("password"),
        "path": _("page"),
        "people": _("people"),
        "percent": _("percent"),
        "permission": _("permission"),
        "phone": _("phone"),
        "picture": _("picture"),
        "place": _("location"),
        "places": _("places"),
        "programme": _("programme"),
        "project_code": _("code of the project"),
        "purpose": _("purpose"),
        "question": _("question"),
        "questions": _("questions"),
        "quiz": _("test"),
        "reason": _("reason"),
        "removed": _("removed"),
        "report": _("report"),
        "reprint_of": _("instead of the printing"),
        "restored_from": _("back from version"),
        "retain_until": _("kept until"),
        "revision": _("wording"),
        "role": _("role"),
        "rows": _("rows"),
        "run": _("printing"),
        "series": _("series"),
        "serves_from": _("from the day"),
        "sha256": _("fingerprint of the file"),
        "short_name": _("short name"),
        "shows_results": _("shows the results"),
        "signatories": _("signatories"),
        "signers": _("signed by"),
        "since": _("since"),
        "slot": _("place of the logo"),
        "slug": _("address of the page"),
        "starts_at": _("begins"),
        "starts_on": _("begins on"),
        "statement_hash": _("fingerprint of the statement"),
        "supersedes": _("replaces"),
        "target_number": _("places planned"),
        "terms": _("terms"),
        "time_limit": _("time limit"),
        "title": _("title"),
        "total": _("of all"),
        "trainers": _("trainers"),
        "unchanged": _("unchanged"),
        "updated": _("updated"),
        "version": _("version"),
        "way": _("way"),
        "what": _("what was taken"),
        "where": _("kept at"),
        "with_issuer": _("with its issuer"),
        "year": _("year"),
        "zone": _("time zone"),
    }


@cache
def _roles(_locale: str) -> dict[str, str]:
    return {
        "owner": _("owner"),
        "registrar": _("registrar"),
        "trainer": _("trainer"),
        "auditor": _("auditor"),
    }


@cache
def _kinds(_locale: str) -> dict[str, str]:
    return {
        "learner": _("filled in by the participant"),
        "registrar": _("filled in by the office from a form"),
        "import": _("from a list"),
        "phones": _("list of phones"),
        "original": _("originals"),
        "copy": _("marked copies"),
        "annex": _("annexes"),
        "proof": _("proof"),
        "xlsx": "XLSX",
        "csv": "CSV",
        "pdf": "PDF",
        "key": _("another key"),
        "option_credit": _("an option counts as right"),
        "option_ignored": _("an option no longer counts"),
        "question_credit": _("full marks for everybody"),
        "question_left_out": _("question left out"),
        "withdrawn": _("correction withdrawn"),
    }


@cache
def _outcomes(_locale: str) -> dict[str, str]:
    return {"upheld": _("the learner was right"), "refused": _("refused with a reason")}


@cache
def _passwords(_locale: str) -> dict[str, str]:
    return {"kept": _("left as it was"), "set": _("set"), "taken away": _("taken away")}


@cache
def _reasons(_locale: str) -> dict[str, str]:
    return {
        "lost": _("lost"),
        "stolen": _("stolen"),
        "damaged": _("damaged"),
        "never_arrived": _("never arrived"),
    }


@cache
def _way_words(_locale: str) -> dict[str, str]:
    return {
        "ticked": _("ticked"),
        "imported": _("from a list"),
        "code": _("by code"),
        "in_person": _("in person"),
        "proxy": _("by proxy"),
        "post": _("by post"),
        "identity_card": _("identity card"),
        "passport": _("passport"),
        "driving_licence": _("driving licence"),
        "other": _("other document"),
        "statistics": _("the figures"),
        "answers": _("the answers"),
        "attempts": _("the results"),
    }


_SAID: dict[str, Callable[[str], dict[str, str]]] = {
    "document": _way_words,
    "kind": _kinds,
    "outcome": _outcomes,
    "password": _passwords,
    "reason": _reasons,
    "role": _roles,
    "way": _way_words,
    "what": _way_words,
}


def name_of(value: str) -> str:
    """Say what a value is."""
    return _values(current_locale()).get(value, value)


def said_of(name: str, value: object) -> str | None:
    """Say one of the words that a value is chosen from; None where it is none of them."""
    if name not in _SAID or not isinstance(value, str):
        return None
    return _SAID[name](current_locale()).get(value)
