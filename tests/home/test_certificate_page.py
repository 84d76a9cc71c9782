"""The holder's page of a certificate: one large button, what it looks like, how it is verified."""

from __future__ import annotations

import gzip

from lms import db
from lms.certificates.models import Certificate
from lms.certificates.states import CertificateState
from tests.certificates.certify import issued


def test_the_page_has_one_large_button_and_a_picture_then_verification_then_sharing(cast):
    certificate_id = issued(cast)
    page = cast.client("learner").get(f"/certificates/{certificate_id}").text
    main = page.partition('<main id="main"')[2].partition("</main>")[0]
    assert main.count("button-large") == 1
    assert "Descărcați certificatul" in main
    places = [
        main.index(sign)
        for sign in ("button-large", "preview.svg", 'id="others"', 'id="printed"', 'id="outside"')
        if sign in main
    ]
    assert len(places) >= 4
    assert places == sorted(places)


def test_the_picture_is_drawn_of_what_was_frozen_and_kept_by_no_other(cast):
    certificate_id = issued(cast)
    client = cast.client("learner")
    answer = client.get(f"/certificates/{certificate_id}/preview.svg")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "script" not in answer.text
    assert "private" in answer.headers["Cache-Control"]
    assert len(gzip.compress(answer.data)) < 60_000
    again = client.get(
        f"/certificates/{certificate_id}/preview.svg",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304
    assert (
        cast.client("classmate").get(f"/certificates/{certificate_id}/preview.svg").status_code
        == 404
    )


def test_what_was_revoked_has_no_picture(cast):
    certificate_id = issued(cast)
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Certificate, certificate_id).state = CertificateState.REVOKED
    client = cast.client("learner")
    assert client.get(f"/certificates/{certificate_id}/preview.svg").status_code == 404
    assert "preview.svg" not in client.get(f"/certificates/{certificate_id}").text
