"""Letters of invitation: their words, in each person's language, put on sheets."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from lms.courses.models import Programme
from lms.participants.letter_sheets import LetterText, draw_letters
from lms.participants.services.invitations import Letter
from lms.web.i18n import gettext as _
from lms.web.i18n import in_locale


def draw(programme: Programme, letters: Sequence[Letter]) -> bytes:
    """Draw the letters as one PDF."""
    texts = []
    for letter in letters:
        with in_locale(letter.locale):
            texts.append(words_of(programme, letter))
    return draw_letters(_("Invitations"), texts)


def words_of(programme: Programme, letter: Letter) -> LetterText:
    """Choose the words of one letter, in the language in force."""
    site = current_app.extensions["lms_site"]
    address = current_app.config["LMS"].base_url.removeprefix("https://").removeprefix("http://")
    contact = " · ".join(
        part
        for part in (site.contact_phone, site.contact_email or programme.issuer_contact)
        if part
    )
    after = [
        _("The code works once and for 30 days. On your first visit you choose your own password."),
        _("Keep this letter to yourself until then: whoever has the code can enter in your name."),
    ]
    if contact:
        after.append(_("If you can’t get in, call or write to us: %(contact)s", contact=contact))
    return LetterText(
        sender=" · ".join([programme.short_name, *programme.issuers]),
        addressee=tuple(part for part in (letter.full_name, letter.organisation) if part),
        greeting=_("Dear %(name)s,", name=letter.full_name),
        before=(
            _("you are enrolled in the course “%(course)s”.", course=letter.course),
            _(
                "To begin, open the address below in a browser, choose “Sign in”, "
                "and type the name and the code."
            ),
        ),
        facts=(
            (_("Address"), address.rstrip("/")),
            (_("Sign-in name"), letter.sign_in_name),
            (_("One-use code"), letter.code),
        ),
        after=tuple(after),
    )
