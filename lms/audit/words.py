"""The record in words: acts, objects and values, in the page's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from lms.web.i18n import current_locale, format_number, format_short_date
from lms.web.i18n import gettext as _

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


# What an act is called; one that is not here is shown by its own name. Kept for each language.
@cache
def _actions(_locale: str) -> dict[str, str]:
    return {
        "account.password_set": _("Password chosen"),
        "access.refused": _("Refused"),
        "account.signed_in": _("Signed in"),
        "attempt.abandoned": _("Attempt not submitted in time"),
        "attempt.given": _("Extra attempt given"),
        "quiz.settings_changed": _("Settings of a test changed"),
        "quiz.contest_days_set": _("Time to contest the results of a course set"),
        "quiz.terms_granted": _("Other terms granted at a test"),
        "quiz.terms_taken_back": _("Other terms at a test taken back"),
        "quiz.window_set": _("Dates of a test set"),
        "attempt.marked": _("Answer marked by hand"),
        "attempt.submitted": _("Test submitted"),
        "dispute.answered": _("Contested question answered"),
        "dispute.raised": _("Question contested"),
        "question.corrected": _("Question corrected"),
        "question.merged": _("Two questions made one"),
        "question.offered_again": _("Two questions offered as doubles again"),
        "question.made_alternative": _("Two questions called alternatives of each other"),
        "question.pinned": _("Test kept at a version of a question"),
        "question.restored": _("Older wording of a question brought back"),
        "question.told_apart": _("Two questions said not to be the same"),
        "question.unpinned": _("Test let follow a question's newest version"),
        "announcement.made": _("Announced to an edition"),
        "announcement.changed": _("Announcement changed"),
        "announcement.taken_back": _("Announcement taken back"),
        "thread.shared": _("Question shown to the whole edition"),
        "thread.unshared": _("Question shown to its asker alone again"),
        "talk.mail_stopped": _("Mails about questions and announcements stopped"),
        "talk.mail_resumed": _("Mails about questions and announcements wanted again"),
        "audit.exported": _("Record exported"),
        "calendar.address_made": _("Address of a calendar made"),
        "calendar.address_renewed": _("Address of a calendar renewed"),
        "calendar.address_stopped": _("Address of a calendar taken away"),
        "certificate.issued": _("Certificate issued"),
        "certificate.signed_by_signatory": _("Certificate signed by a signatory"),
        "certificates.sent_to_sign": _("Certificates given out to be signed"),
        "signatory.pinned": _("Signatory pinned by a certificate"),
        "signatory.withdrawn": _("Signatory's certificate withdrawn"),
        "certificate.reserved": _("Certificate number taken"),
        "certificate.revoked": _("Certificate revoked"),
        "certificate.flagged": _("Certificate to be checked"),
        "certificate.kept": _("Certificate kept after a check"),
        "certificate.shared": _("Link to a certificate made"),
        "certificate.unshared": _("Link to a certificate taken back"),
        "certificate.superseded": _("Certificate superseded"),
        "certificate.voided": _("Certificate number voided"),
        "certificate.asked": _("Certificate issued by hand"),
        "certificate.asked_anew": _("New certificate issued after a revocation"),
        "certificates.batch_begun": _("Issuing of a list begun"),
        "certificates.downloaded": _("Sealed originals downloaded"),
        "national_number.exported": _("CNPs exported"),
        "national_number.given": _("CNP entered"),
        "national_number.key_changed": _("Key of the CNPs changed"),
        "national_number.shown": _("CNP shown in full"),
        "certificate.recovered": _("Certificate entered again"),
        "number.annulled": _("Lost number annulled"),
        "numbers.confirmed": _("Last number confirmed"),
        "numbers.unlocked": _("Numbers unlocked"),
        "register.day_written": _("Register of the day written"),
        "register.exported": _("Register exported"),
        "site.look_changed": _("Look of the site changed"),
        "site.logo_set": _("Logo of the site set"),
        "site.logo_removed": _("Logo of the site taken away"),
        "seal.renewed": _("Seal renewed"),
        "seal.restored": _("Seal put back from its kit"),
        "seal.stolen": _("Seal reported stolen"),
        "seal.kit_kept": _("Recovery kit said to be kept elsewhere"),
        "seal.kit_taken": _("Recovery kit downloaded"),
        "certificates.released": _("Certificates released"),
        "certificates.printed": _("Certificates printed"),
        "certificates.print_fetched": _("File to print fetched"),
        "certificates.reprint_begun": _("Certificates printed again"),
        "certificates.duplicate_rule": _("Rule on duplicates changed"),
        "certificate.duplicated": _("Duplicate granted"),
        "batch.stopped": _("Work on a list stopped"),
        "batch.resumed": _("Work on a list gone on with"),
        "paper.labels_printed": _("Envelope labels printed"),
        "printer.saved": _("Printer's offsets saved"),
        "printer.removed": _("Printer removed"),
        "organisation.addresses": _("Addresses of organisations changed"),
        "paper.signed": _("Paper certificates marked as signed"),
        "paper.handed_over": _("Paper certificates handed over"),
        "paper.returned": _("Paper certificates returned"),
        "paper.destroyed": _("Paper certificates destroyed"),
        "paper.corrected": _("Line on paper certificates corrected"),
        "paper.scan_added": _("Scan of a signed list attached"),
        "paper.list_printed": _("List to sign printed"),
        "attendance.exported": _("Attendance exported"),
        "condition.confirmed": _("Condition confirmed"),
        "course.completed": _("Course completed"),
        "course.exported": _("Course files downloaded"),
        "course.imported": _("Course imported"),
        "course.outline_changed": _("Outline of a course changed"),
        "course.published": _("Course published"),
        "edition.archive_asked": _("Archive of an edition asked for"),
        "edition.archive_failed": _("Archive of an edition could not be made"),
        "edition.archive_fetched": _("Archive of an edition fetched"),
        "edition.archived": _("Archive of an edition taken"),
        "edition.opening_set": _("Days on which modules open set"),
        "edition.created": _("Edition created"),
        "edition.edited": _("Edition edited"),
        "enrolment.corrected": _("Data at entry corrected"),
        "enrolment.created": _("Enrolled"),
        "enrolment.hours_set": _("Hours attended written down"),
        "enrolment.removed": _("Place taken off with its import"),
        "enrolment.replaced": _("Seat given to somebody else"),
        "enrolment.taken_back": _("Takes part again"),
        "enrolment.withdrawn": _("Withdrawn"),
        "entry.corrected": _("Answers at entry corrected"),
        "entry.exported": _("Answers at entry exported"),
        "entry.frozen": _("Data at entry completed"),
        "entry.imported": _("Answers at entry imported"),
        "entry.set_up": _("What is asked at entry chosen"),
        "fact.signed_off": _("Fact signed off"),
        "group.created": _("Group created"),
        "group.edited": _("Group edited"),
        "lesson.published": _("Lesson published"),
        "paper_result.recorded": _("Test on paper written down"),
        "paper_results.exported": _("Tests on paper exported"),
        "paper_result.revoked": _("Test on paper revoked"),
        "paper_result.scan_added": _("Scan of a test on paper attached"),
        "participants.columns_chosen": _("Columns of a list chosen"),
        "mail.tried_again": _("Mail tried again"),
        "mails.exported": _("List of mails exported"),
        "message.exported": _("List of a message's people exported"),
        "message.sent": _("Message sent"),
        "meeting.cancelled": _("Meeting called off"),
        "meeting.created": _("Meeting set"),
        "meeting.edited": _("Meeting changed"),
        "meeting.scan_added": _("Scan of an attendance sheet attached"),
        "participants.exported": _("Participants' table exported"),
        "participants.import_exported": _("List of an import exported"),
        "participants.import_undone": _("Import undone"),
        "participants.imported": _("Participants imported"),
        "participants.letters_printed": _("Letters printed"),
        "person.addresses_changed": _("E-mail or phone changed"),
        "person.code_printed": _("One-use code made"),
        "person.created": _("Person added"),
        "person.data_exported": _("Personal data handed out"),
        "person.erased": _("Personal data erased"),
        "person.email_change_asked": _("Change of e-mail asked for"),
        "person.email_changed": _("E-mail changed"),
        "person.invited": _("Invited"),
        "person.name_confirmed": _("Name confirmed"),
        "person.name_confirmed_on_paper": _("Name confirmed on paper"),
        "names.reminded": _("Reminders to confirm names sent"),
        "names.list_printed": _("List of names to sign printed"),
        "person.name_questioned": _("Change of name asked for"),
        "person.phone_changed": _("Phone changed"),
        "person.reactivated": _("Account opened again"),
        "person.renamed": _("Name changed"),
        "organisation.completed_by_list": _("Organisation completed from a list"),
        "organisation.restored_by_undo": _("Organisation put back with the import"),
        "person.restored_by_undo": _("Data put back with the import"),
        "person.suspended": _("Account suspended"),
        "person.updated_by_list": _("Data updated from a list"),
        "presence.by_code": _("Present by code"),
        "presence.marked": _("Presence written down"),
        "programme.badges_set": _("What is allowed of badges changed"),
        "programme.completed": _("Programme declared complete"),
        "programme.created": _("Programme created"),
        "programme.edited": _("Programme edited"),
        "programme.logo_removed": _("Logo removed"),
        "programme.logo_set": _("Logo set"),
        "programme.reopened": _("Programme reopened"),
        "proposals.exported": _("Proposals exported"),
        "bank.changed": _("Questions of the bank changed"),
        "bank.commented": _("Question commented on"),
        "bank.copied": _("Questions copied into the bank"),
        "bank.saved": _("Questions of the bank saved"),
        "quiz.imported": _("Questions of a file taken over"),
        "quiz.import_undone": _("Import of questions taken back"),
        "lesson.saved": _("Lesson saved"),
        "lesson.draft_left": _("Draft of a lesson thrown away"),
        "course.picture_added": _("Picture of a course added"),
        "course.picture_replaced": _("Picture of a course replaced"),
        "course.picture_removed": _("Picture of a course removed"),
        "quiz.saved": _("Questions of a test saved"),
        "question.published": _("Question published"),
        "quiz.exported": _("Results of a test exported"),
        "report.exported": _("Report exported"),
        "report.people_exported": _("People behind a figure exported"),
        "reminders.resumed": _("Reminders wanted again"),
        "reminders.reworded": _("Words of a reminder changed"),
        "reminders.set": _("Rules of reminders changed"),
        "reminders.stopped": _("Reminders no longer wanted"),
        "role.end_changed": _("Last day of a role changed"),
        "role.granted": _("Role given"),
        "role.taken": _("Role taken back"),
        "survey.exported": _("Questionnaire results exported"),
        "backup.asked": _("Backup asked for"),
        "backup.failed": _("Backup failed"),
        "site.backed_up": _("Backup made"),
        "site.restored": _("Backup restored"),
        "site.look_asked": _("Look at the whole site asked for"),
        "submission.commented": _("Work commented on"),
        "submission.handed_in": _("Exercise handed in"),
        "submission.reopened": _("Another version asked for"),
    }


@cache
def _tables(_locale: str) -> dict[str, str]:
    return {
        "attempts": _("attempt"),
        "backup_runs": _("backup"),
        "batches": _("list of certificates"),
        "certificates": _("certificate"),
        "courses": _("course"),
        "editions": _("edition"),
        "enrolments": _("participant"),
        "fact_sign_offs": _("confirmed fact"),
        "groups": _("group"),
        "mail_messages": _("mail"),
        "talk_threads": _("question to the trainer"),
        "talk_announcements": _("announcement"),
        "messages": _("message"),
        "meetings": _("meeting"),
        "lost_numbers": _("lost number"),
        "number_counters": _("series of numbers"),
        "participant_imports": _("import"),
        "paper_acts": _("act on paper certificates"),
        "persons": _("person"),
        "programmes": _("programme"),
        "quizzes": _("test"),
        "questions": _("question"),
        "recovery_kits": _("recovery kit"),
        "register_days": _("register of a day"),
        "releases": _("release"),
        "site": _("site"),
        "submissions": _("work"),
    }


@cache
def _values(_locale: str) -> dict[str, str]:
    return {
        "address": _("address"),
        "after": _("after"),
        "alt_text": _("what the picture shows"),
        "before": _("before"),
        "changed": _("changed"),
        "changes": _("changes"),
        "columns": _("columns"),
        "copies": _("copies"),
        "condition": _("condition"),
        "conflict": _("in conflict"),
        "count": _("how many"),
        "decision": _("decision"),
        "document": _("document seen"),
        "edition": _("edition"),
        "email": _("e-mail"),
        "enrolled": _("enrolled"),
        "fact": _("fact"),
        "figure": _("figure"),
        "file": _("file"),
        "fingerprint": _("fingerprint"),
        "function": _("function"),
        "hours": _("hours"),
        "indicator_set": _("indicator set"),
        "kind": _("kind"),
        "kept": _("kept"),
        "last_serial": _("last number"),
        "left_out": _("left out"),
        "letters": _("letters"),
        "locked": _("locked because"),
        "made_at": _("made on"),
        "meeting": _("meeting"),
        "message": _("message"),
        "name": _("name"),
        "names": _("with names"),
        "national_number": _("national numbers"),
        "new": _("new"),
        "new_place": _("new place"),
        "new_people": _("new people"),
        "number": _("number"),
        "numbers": _("numbers"),
        "on_date": _("on the day"),
        "organisation": _("organisation"),
        "over_hold": _("although they were to be kept"),
        "overwritten": _("overwritten"),
        "passed": _("test passed"),
        "people": _("people"),
        "percent": _("percent"),
        "phone": _("phone"),
        "places": _("places"),
        "purpose": _("purpose"),
        "programme": _("programme"),
        "question": _("question"),
        "questions": _("questions"),
        "quiz": _("test"),
        "reason": _("reason"),
        "removed": _("removed"),
        "report": _("report"),
        "role": _("role"),
        "rows": _("rows"),
        "series": _("series"),
        "slot": _("place of the logo"),
        "source": _("filled in"),
        "supersedes": _("replaces"),
        "title": _("title"),
        "unchanged": _("unchanged"),
        "updated": _("updated"),
        "version": _("version"),
        "way": _("way"),
        "what": _("what was taken"),
        "where": _("kept at"),
        "year": _("year"),
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


@cache
def _sources(_locale: str) -> dict[str, str]:
    return {
        "learner": _("by the participant"),
        "registrar": _("by the registrar"),
        "import": _("from a list"),
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
        (names.get(name, name), _value(name, value))
        for name, value in values.items()
        if value not in (None, "", [], {})
    ]


def _value(name: str, value: Any) -> str:
    if name == "role":
        return _roles(current_locale()).get(str(value), str(value))
    if name == "source":
        return _sources(current_locale()).get(str(value), str(value))
    if name in ("way", "document", "what"):
        return _way_words(current_locale()).get(str(value), str(value))
    if name == "percent":
        return format_number(Decimal(str(value)))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_plain(v)}" for k, v in value.items() if v not in (None, ""))
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value)
    return _day(str(value))


def _day(value: str) -> str:
    """Write a day as the page does; anything else stays as it is."""
    if not _ISO_DAY.fullmatch(value):
        return value
    try:
        return format_short_date(date.fromisoformat(value))
    except ValueError:
        return value
