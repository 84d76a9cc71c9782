"""What was written to a learner, read in the site: no mailbox is needed, nobody else reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms import clock, db
from lms.mail.models import MailMessage
from lms.messages.audience import WhyNot
from lms.messages.models import Message, MessageRecipient
from tests.cast import EPOCH
from tests.home.test_home import home

PAGE = "/learn/messages"


@pytest.fixture
def write(cast):
    def written(part="learner", *, left_out=None, **more):
        with cast.app.app_context(), db.writing() as session:
            message = Message(
                edition_id=cast.edition_id,
                key=f"k{session.query(Message).count()}",
                sent_at=EPOCH,
                **{
                    "subject": "Pentru {nume}",
                    "text": "Bună ziua, {nume},\n\nsala s-a schimbat <b>azi</b>.\n{link}",
                    **more,
                },
            )
            session.add(message)
            session.flush()
            mail_id = None
            if left_out is None:
                mail = MailMessage(
                    event=f"message:{message.id}",
                    person_id=cast.persons[part],
                    to_address=f"{part}@exemplu.example",
                    subject="-",
                    text="-",
                    next_try_at=EPOCH,
                    created_at=EPOCH,
                    waiting_since=EPOCH,
                )
                session.add(mail)
                session.flush()
                mail_id = mail.id
            session.add(
                MessageRecipient(
                    mail_id=mail_id,
                    message_id=message.id,
                    person_id=cast.persons[part],
                    enrolment_id=cast.enrolments[part],
                    left_out=left_out,
                )
            )
            return message.id

    return written


def test_a_message_is_read_with_ones_own_name_and_no_secret(cast, write):
    write()
    text = cast.client("learner").get(PAGE).text
    assert "Bună ziua, " in text
    assert "{nume}" not in text
    assert "/learn" in text
    assert "/link/" not in text
    assert "&lt;b&gt;azi&lt;/b&gt;" in text


def test_whoever_has_no_address_reads_it_all_the_same(cast, write):
    write(left_out=WhyNot.NO_ADDRESS)
    assert "sala s-a schimbat" in cast.client("learner").get(PAGE).text


def test_whoever_was_left_out_for_good_does_not_and_nobody_reads_anothers(cast, write):
    write(left_out=WhyNot.WITHDRAWN)
    write("classmate")
    assert "Niciun mesaj" in cast.client("learner").get(PAGE).text


def test_home_names_new_ones_for_two_weeks_and_leads_to_them(cast, write):
    message_id = write()
    fresh = home(cast, at=EPOCH + timedelta(days=2))
    assert "Vi s-a scris de curând" in fresh
    assert f'href="{PAGE}#m{message_id}"' in fresh
    assert "Vi s-a scris de curând" not in home(cast, at=EPOCH + timedelta(days=15))


def test_english_readers_get_the_english_words_where_there_are_some(cast, write):
    write(subject_en="Room", text_en="The room has changed.")
    client = cast.client("learner")
    client.set_cookie("lang", "en")
    with clock.stopped_at(EPOCH):
        text = client.get(PAGE).text
    assert "The room has changed." in text
    assert "sala s-a schimbat" not in text
