"""The words that are shipped: of reminders, and to begin a message with."""

from __future__ import annotations

from lms.messages.reminder_rules import Kind
from lms.messages.services.sending import Draft
from lms.participants.standing import Show, Stage

DRAFTS: dict[Kind, Draft] = {
    Kind.NEVER_IN: Draft(
        "Cursul vă așteaptă: {curs}",
        "Bună ziua, {nume},\n\n"
        "Aveți un loc la cursul „{curs}” și nu ați intrat încă. Alegeți o parolă și "
        "începeți de aici:\n\n{link}\n\n"
        "Linkul este numai al dumneavoastră, merge o singură dată, timp de 30 de zile. "
        "Cursul se încheie la {termen}.",
        "Your course is waiting: {course}",
        "Good day, {name},\n\n"
        "You are enrolled in the course “{course}” and have not signed in yet. Choose a password "
        "and begin here:\n\n{link}\n\n"
        "The link is yours alone and works once, within 30 days. The course ends on {deadline}.",
    ),
    Kind.MODULE_OPEN: Draft(
        "Mai aveți timp până la {termen}",
        "Bună ziua, {nume},\n\n"
        "Cursul „{curs}” se încheie la {termen}. Vă mai lipsesc: {ce lipsește}.\n\n"
        "Continuați de aici:\n\n{link}",
        "There is time until {deadline}",
        "Good day, {name},\n\n"
        "The course “{course}” ends on {deadline}. You still lack: {what is missing}.\n\n"
        "Go on from here:\n\n{link}",
    ),
    Kind.END_OPEN: Draft(
        "Un singur pas până la certificat",
        "Bună ziua, {nume},\n\n"
        "Ați terminat modulele cursului „{curs}”. Vă mai lipsesc: {ce lipsește}. "
        "Durează puțin și încheie cursul:\n\n{link}",
        "One step to your certificate",
        "Good day, {name},\n\n"
        "You have finished the modules of the course “{course}”. You still lack: "
        "{what is missing}. It takes little time and ends the course:\n\n{link}",
    ),
    Kind.QUIET: Draft(
        "Continuați cursul de unde ați rămas",
        "Bună ziua, {nume},\n\n"
        "Nu ați mai intrat de câtva timp la cursul „{curs}”. Tot ce ați făcut este păstrat. "
        "Vă mai lipsesc: {ce lipsește}.\n\nContinuați de aici:\n\n{link}\n\n"
        "Cursul se încheie la {termen}.",
        "Go on where you left off",
        "Good day, {name},\n\n"
        "You have not been on the course “{course}” for a while. All that you did is kept. You "
        "still lack: {what is missing}.\n\nGo on from here:\n\n{link}\n\n"
        "The course ends on {deadline}.",
    ),
    Kind.NAME_OPEN: Draft(
        "Confirmați numele pentru certificat",
        "Bună ziua, {nume},\n\n"
        "Certificatul se tipărește cu numele confirmat de dumneavoastră. Deschideți cursul, "
        "apoi contul, și confirmați-l:\n\n{link}",
        "Confirm the name for your certificate",
        "Good day, {name},\n\n"
        "The certificate is printed with the name that you confirm. Open the course, then your "
        "account, and confirm it:\n\n{link}",
    ),
}

_FOR_STATE = {
    Show.NOT_IN.value: Kind.NEVER_IN,
    Stage.INVITED.value: Kind.NEVER_IN,
    Stage.NOT_INVITED.value: Kind.NEVER_IN,
    Stage.QUIET.value: Kind.QUIET,
    Show.NOT_COMPLETE.value: Kind.MODULE_OPEN,
    Stage.LEARNING.value: Kind.MODULE_OPEN,
}


_WITHOUT_LINK: dict[Kind, Draft] = {
    Kind.NEVER_IN: Draft(
        "Cursul vă așteaptă: {curs}",
        "Bună ziua, {nume},\n\n"
        "Aveți un loc la cursul „{curs}” și nu ați intrat încă. Intrați cu linkul din invitație; "
        "dacă nu îl mai găsiți, cereți altul secretariatului.\n\n"
        "Cursul se încheie la {termen}.",
        "Your course is waiting: {course}",
        "Good day, {name},\n\n"
        "You are enrolled in the course “{course}” and have not signed in yet. Come in by the link "
        "in your invitation; if you can't find it, ask the registrar's office for another.\n\n"
        "The course ends on {deadline}.",
    ),
    Kind.MODULE_OPEN: Draft(
        "Mai aveți timp până la {termen}",
        "Bună ziua, {nume},\n\n"
        "Cursul „{curs}” se încheie la {termen}. Vă mai lipsesc: {ce lipsește}.",
        "There is time until {deadline}",
        "Good day, {name},\n\n"
        "The course “{course}” ends on {deadline}. You still lack: {what is missing}.",
    ),
    Kind.QUIET: Draft(
        "Continuați cursul de unde ați rămas",
        "Bună ziua, {nume},\n\n"
        "Nu ați mai intrat de câtva timp la cursul „{curs}”. Tot ce ați făcut este păstrat. "
        "Vă mai lipsesc: {ce lipsește}.\n\nCursul se încheie la {termen}.",
        "Go on where you left off",
        "Good day, {name},\n\n"
        "You have not been on the course “{course}” for a while. All that you did is kept. You "
        "still lack: {what is missing}.\n\nThe course ends on {deadline}.",
    ),
}


def opening_words(state: str, *, with_link: bool) -> Draft:
    """Return the words to begin a message with, by the filter that chose the people."""
    kind = _FOR_STATE.get(state)
    if kind is None:
        return Draft("", "Bună ziua, {nume},\n\n")
    return DRAFTS[kind] if with_link else _WITHOUT_LINK[kind]
