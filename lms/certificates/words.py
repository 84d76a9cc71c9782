# ruff: noqa: E501 -- sentences are kept whole, so that they can be found
"""Sentences about certificates for pages, files and the shell's table, in the page's language."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from lms.certificates.badge_outcome import CredentialOutcome
from lms.certificates.checks import Problem, ProblemKind
from lms.certificates.eligibility import Reason
from lms.certificates.flags import Missing
from lms.certificates.models import RegisterEvent
from lms.certificates.signing.api import SealKind
from lms.certificates.states import CertificateState
from lms.certificates.verification import Outcome
from lms.web.i18n import current_locale, format_date, ngettext
from lms.web.i18n import gettext as _

_RESTORED = re.compile(r"(?:(?<=backup of )|(?<=restore of ))\d{4}-\d\d-\d\d")


def state_word(state: CertificateState) -> tuple[str, str]:
    """Return (kind of state, word) for a certificate's state."""
    return {
        CertificateState.RESERVED: ("info", _("being prepared")),
        CertificateState.VALID: ("ok", _("valid")),
        CertificateState.SUPERSEDED: ("muted", _("replaced")),
        CertificateState.REVOKED: ("bad", _("revoked")),
        CertificateState.VOID: ("muted", _("annulled")),
    }[state]


def event_word(event: RegisterEvent) -> str:
    """Say what an entry of the register records."""
    return {
        RegisterEvent.RESERVED: _("number assigned"),
        RegisterEvent.ISSUED: _("issued and signed"),
        RegisterEvent.SUPERSEDED: _("replaced by a corrected certificate"),
        RegisterEvent.REVOKED: _("revoked"),
        RegisterEvent.VOIDED: _("number annulled"),
        RegisterEvent.RECOVERED: _("entered again after a restore"),
        RegisterEvent.EXTENDED: _("another signed file kept"),
        RegisterEvent.DUPLICATED: _("duplicate granted"),
    }[event]


def reason_sentence(reason: Reason) -> str:
    """Say to the learner what an earned certificate waits for."""
    return {
        Reason.NAME_UNCONFIRMED: _("You have not yet confirmed the name that will be printed."),
        Reason.PROGRAMME_INCOMPLETE: _(
            "The programme’s data for printing are not complete yet; the organisers are "
            "completing them."
        ),
        Reason.RELEASE_AWAITED: _("The organisers have not yet released the list of certificates."),
        Reason.SUSPENDED: _("Your account is suspended; ask the registrar."),
    }.get(reason, _("Ask the registrar."))


def reason_phrase(reason: Reason) -> str:
    """Say to the office, in a table, what a certificate waits for."""
    return {
        Reason.NAME_UNCONFIRMED: _("the name is not confirmed"),
        Reason.PROGRAMME_INCOMPLETE: _("the programme is not complete"),
        Reason.RELEASE_AWAITED: _("the release is awaited"),
        Reason.SUSPENDED: _("the account is suspended"),
        Reason.REVOKED: _("the last one was revoked"),
    }.get(reason, _("not complete"))


_CONDITIONS = frozenset(
    reason.value
    for reason in (
        *(Reason.LESSONS_READ, Reason.QUIZZES_PASSED, Reason.TESTS_TAKEN),
        *(Reason.HOURS_ATTENDED, Reason.FORM_SUBMITTED, Reason.CONFIRMED_BY_REGISTRAR),
    )
)


def is_condition(name: str) -> bool:
    """Tell whether a name in a completion's evidence is a condition's."""
    return name.partition(":")[0] in _CONDITIONS


def condition_word(name: str) -> str:
    """Name a condition of completion as it is stored; tests are told apart by where they stand."""
    kind, _colon, edge = name.partition(":")
    if edge:
        return _("The initial test taken") if edge == "start" else _("The final test taken")
    return {
        Reason.LESSONS_READ.value: _("Lessons read"),
        Reason.QUIZZES_PASSED.value: _("Tests passed"),
        Reason.TESTS_TAKEN.value: _("Initial and final test taken"),
        Reason.HOURS_ATTENDED.value: _("Hours attended"),
        Reason.FORM_SUBMITTED.value: _("Form submitted"),
        Reason.CONFIRMED_BY_REGISTRAR.value: _("The registrar’s confirmation"),
    }.get(kind, kind)


def done_of(done: str, needed: str) -> str:
    """Say how much was done of what was asked for."""
    return _("%(done)s of %(needed)s", done=_figure(done), needed=_figure(needed))


def missing_sentence(missing: Missing) -> str:
    """Say which condition isn't met any more, with its figures then and now."""
    word = condition_word(missing.condition)
    done, needed = _figure(missing.done), _figure(missing.needed)
    now = _("%(done)s of %(needed)s today", done=done, needed=needed)
    if not missing.needed_then:
        return _("%(what)s: %(now)s; it wasn’t asked for then.", what=word, now=now)
    then = _(
        "%(done)s of %(needed)s when it was earned",
        done=_figure(missing.done_then),
        needed=_figure(missing.needed_then),
    )
    return _("%(what)s: %(now)s, %(then)s.", what=word, now=now, then=then)


def _figure(text: str) -> str:
    return format_decimal(Decimal(text), locale=current_locale())


def field_word(field: str) -> str:
    """Name a field of the certificate, as the check names it."""
    return {
        "holder": _("Name"),
        "course": _("Course"),
        "title": _("Title"),
        "sentence": _("Sentence"),
        "place": _("Place"),
        "modules": _("Modules"),
        "total_hours": _("Hours"),
        "period": _("Period"),
        "period_from": _("Period"),
        "period_to": _("Period"),
        "issued_on": _("Date of issue"),
        "issuers": _("Issuer"),
        "issuer_contact": _("Issuer’s contact"),
        "signatories": _("Signatories"),
        "programme_lines": _("Programme"),
        "statements": _("Statements"),
        "logos": _("Logos"),
        "seal_note": _("Note on the seal"),
        "design": _("Design of the certificate"),
        "number": _("Number"),
        "code": _("Code"),
        "verify_url": _("Verification address"),
    }.get(field.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0], field)


def problem_sentence(problem: Problem) -> str:
    """Say what is wrong with a field, and so what to change."""
    what = {
        ProblemKind.EMPTY: _("is missing"),
        ProblemKind.GLYPH_MISSING: _("has letters that the certificate’s font can’t print"),
        ProblemKind.TOO_LONG: _("is too long for its place on the page"),
        ProblemKind.CEDILLA: _("is written with cedilla letters in place of ș and ț"),
        ProblemKind.ALL_CAPS: _("is written in capitals"),
        ProblemKind.ALL_LOWER: _("is written without capitals"),
        ProblemKind.NOT_COMPOSED: _("holds stray spaces or invisible characters"),
        ProblemKind.OVERCLAIM: _("has a word that only authorised providers may use"),
        ProblemKind.HOURS_DIFFER: _("differ from the sum of the modules"),
        ProblemKind.PERIOD_REVERSED: _("ends before it begins"),
        ProblemKind.NUMBER_MALFORMED: _("is malformed"),
        ProblemKind.CODE_MALFORMED: _("is malformed"),
        ProblemKind.ADDRESS_MALFORMED: _("is malformed"),
        ProblemKind.LOGO_UNREADABLE: _("can’t be read or are too large"),
        ProblemKind.LOGO_WITHOUT_WORDS: _("lack their description in words"),
        ProblemKind.TOO_MANY: _("are more than the page holds"),
    }[problem.kind]
    detail = f" ({problem.detail})" if problem.detail else ""
    return f"{field_word(problem.field)}: {what}{detail}."


def seal_sentence(kind: SealKind) -> str:
    """Say what a seal is worth, no more and no less."""
    return {
        SealKind.SELF_MADE: _(
            "The file bears an electronic seal made by this site itself. It proves that the file comes from this site and was not changed since. It is not a qualified seal and carries no legal presumption."
        ),
        SealKind.ADVANCED: _(
            "The file bears an electronic seal with a certificate of the issuer. It proves that the file comes from the issuer and was not changed since. It is not said to be a qualified seal."
        ),
        SealKind.QUALIFIED: _(
            "The file bears an electronic seal whose certificate says that it is qualified, for"
            " seals, and that its key is in a qualified device. Whether its issuer is on the "
            "Union’s trusted list was not looked up here; if so, the law presumes that the file"
            " comes from the issuer and was not changed."
        ),
    }[kind]


def outcome_title(outcome: Outcome) -> tuple[str, str]:
    """Return (kind of verdict, title) of the answer that a stranger gets."""
    return {
        Outcome.VALID: ("ok", _("Valid certificate")),
        Outcome.MODEL: ("warn", _("Example, of no value")),
        Outcome.IN_PREPARATION: ("warn", _("This certificate is being prepared")),
        Outcome.SUPERSEDED: ("warn", _("Replaced certificate (data corrected)")),
        Outcome.REVOKED: ("bad", _("Revoked certificate")),
        Outcome.EXPIRED: ("warn", _("Expired certificate")),
        Outcome.VOID: ("bad", _("Annulled number")),
        Outcome.CHANGED_AFTER_ISSUE: ("bad", _("The file was changed after it was issued")),
        Outcome.OTHER_CERTIFICATE: ("bad", _("The file belongs to another certificate")),
        Outcome.BADGE_WRONG: ("bad", _("The badge in the file is not good")),
        Outcome.NOT_IN_REGISTER: ("bad", _("The file is not in the register")),
        Outcome.NOT_OURS: ("bad", _("The file was not signed by this site")),
        Outcome.NO_SIGNATURE: ("bad", _("The file has no electronic signature")),
        Outcome.IMAGE_ONLY: ("warn", _("This is a picture, not the original file")),
        Outcome.UNREADABLE: ("bad", _("The file can’t be read")),
        Outcome.TOO_LARGE: ("warn", _("The file is too large")),
        Outcome.CODE_UNKNOWN: ("warn", _("It is not in the register")),
    }[outcome]


def outcome_sentence(outcome: Outcome) -> str:
    """Say in plain words what the answer means and what to do next."""
    return {
        Outcome.VALID: _("Compare what stands below with what you were shown."),
        Outcome.MODEL: _(
            "The certificate comes from a demonstration of the platform. The person and the data are invented."
        ),
        Outcome.IN_PREPARATION: _(
            "The number is taken, but the signed file is not ready yet. Try again in a few minutes."
        ),
        Outcome.SUPERSEDED: _(
            "The course stays passed; only this paper is no longer used. The issuer has replaced it with a certificate that has another number and code: ask the holder for the new one."
        ),
        Outcome.REVOKED: _("The issuer has withdrawn it: it is no longer valid."),
        Outcome.EXPIRED: _("It was issued by us, and its validity has ended."),
        Outcome.VOID: _("The number was given up before a certificate was issued under it."),
        Outcome.CHANGED_AFTER_ISSUE: _(
            "Its bytes are no longer those that were issued. That also happens when a file is saved again or printed to PDF. Ask for the original file, or check the code instead."
        ),
        Outcome.OTHER_CERTIFICATE: _(
            "The file is one of ours, but not the one of the code that you have opened. Compare the code in the file with the code on paper."
        ),
        Outcome.BADGE_WRONG: _(
            "The file is the one that the register holds, and what is printed stands below. But the badge for programs inside it is not one of ours, or says otherwise. Do not rely on the badge, and please write to the issuer."
        ),
        Outcome.NOT_IN_REGISTER: _(
            "It bears our seal, but the register does not know it. Please write to the issuer."
        ),
        Outcome.NOT_OURS: _(
            "It is signed, but not with the seal of this site. Only files downloaded from here can be checked here."
        ),
        Outcome.NO_SIGNATURE: _(
            "An original certificate always bears one. This may be a copy, a printout saved as PDF, or another document. Check the code instead."
        ),
        Outcome.IMAGE_ONLY: _(
            "A photograph or a scan holds no electronic seal, and no code could be read in it. Type the code that stands on it instead."
        ),
        Outcome.UNREADABLE: _(
            "It is not a PDF, is damaged, or has a password. Ask for the original file, or check the code instead."
        ),
        Outcome.TOO_LARGE: _(
            "A certificate is never larger than 4 MB, so this is not the original; pictures are read up to 12 MB. Check the code instead."
        ),
        Outcome.CODE_UNKNOWN: _(
            "Most often a letter was copied wrongly. Compare the code once more with the certificate; if it is the same, do not take the certificate for genuine."
        ),
    }[outcome]


def wrong_length(typed: int) -> tuple[str, str, str]:
    """Return (kind, title, sentence) where what was typed can't be a whole code; its length is public."""
    return (
        "warn",
        _("This is not a whole code"),
        ngettext(
            "You typed %(num)s sign; the code has 27. If there is no such code on the certificate, do not take it for genuine.",
            "You typed %(num)s signs; the code has 27. If there is no such code on the certificate, do not take it for genuine.",
            typed,
        ),
    )


def number_for_code() -> tuple[str, str, str]:
    """Return (kind, title, sentence) where the number of a certificate was typed for its code."""
    return (
        "warn",
        _("This is the certificate’s number, not its code"),
        _(
            "The number alone proves nothing, for it can be guessed. The code has 27 signs and stands beside the QR code, in the lower part of the certificate."
        ),
    )


def picture_of(outcome: Outcome | None) -> tuple[str, str, str]:
    """Return (kind, title, sentence) for a picture whose code leads to an entry of the register."""
    kind = outcome_title(outcome)[0] if outcome else "warn"
    return (
        "warn" if kind == "ok" else kind,
        _("This is a picture: compare it with the register"),
        _(
            "A photograph or a scan holds no electronic seal, and can be altered. The code on it was read; compare every line below with the picture."
        ),
    )


def picture_to_read() -> str:
    """Say what to do with a picture on which no code could be read."""
    return _(
        "A photograph or a scan holds no electronic seal, and no QR code could be read in it. The picture is shown below: read the code on it and type it."
    )


def led_elsewhere(host: str) -> tuple[str, str, str]:
    """Return (kind, title, sentence) where the QR code on a paper leads to another site."""
    return (
        "bad",
        _("The QR code leads to another address"),
        _(
            "It leads to %(host)s, not to the address that the issuer prints. Whoever shows you this paper may have altered it. What the register says of its code stands below.",
            host=host,
        ),
    )


def badge_sentence(outcome: CredentialOutcome) -> str:
    """Say what became of the badge that travels in a file."""
    return {
        CredentialOutcome.VALID: _(
            "Signed with this site’s key for badges, and says the same as the certificate."
        ),
        CredentialOutcome.EXPIRED: _(
            "Signed with this site’s key for badges, and says the same; its validity has ended."
        ),
        CredentialOutcome.WITHDRAWN_KEY: _(
            "Says the same as the certificate, but is signed with a key that was withdrawn since, because others may have it. The register holds this file; do not rely on the badge alone."
        ),
        CredentialOutcome.UNKNOWN_KEY: _("Not good: it is signed with a key that is not ours."),
        CredentialOutcome.BAD_SIGNATURE: _("Not good: its signature does not hold."),
        CredentialOutcome.OTHER_CERTIFICATE: _("Not good: it says otherwise than the certificate."),
        CredentialOutcome.NOT_YET_VALID: _("Not good: it is not valid yet."),
    }.get(outcome, _("Not good: it can’t be read as a badge of ours."))


def level_words(level: str) -> str:
    """Name a level of a signed file, with a plain word before the standard's own."""
    plain = {
        "B-B": _("the seal alone"),
        "B-T": _("with a timestamp"),
        "B-LT": _("with a timestamp and proofs for later"),
        "B-LTA": _("with proofs for decades, renewed in time"),
    }.get(level)
    return f"{plain} ({level})" if plain else level


def seal_time(level: str) -> str:
    """Say who vouches for the moment of sealing."""
    if level == "B-B":
        return _("The moment of sealing is what the issuer’s own clock said.")
    return _("A timestamp authority vouches for the moment at which the file was there.")


def refused_file(why: str) -> str:
    """Say why a file can't be used to fill the register again."""
    return {
        "kind": _("neither a PDF, nor a ZIP, nor the register of a day."),
        "archive": _("the ZIP is damaged, or holds another ZIP."),
        "facts": _("it holds no facts that can be read back."),
        "signer": _("it bears another seal than this site’s."),
        "stolen": _("it bears a seal that was reported stolen, and proves nothing."),
        "changed": _("it was changed since it was made, and proves nothing."),
    }.get(why, _("it can’t be used."))


def lock_sentence(reason: str) -> str:
    """Say why numbers are locked; a restore writes its reason for programs."""
    found = _RESTORED.search(reason)
    if found is None:
        return reason
    day = format_date(date.fromisoformat(found.group()))
    if reason.startswith("series made anew"):
        return _("The series was made anew after the restore of %(day)s.", day=day)
    return _("The site was restored from the backup of %(day)s.", day=day)
