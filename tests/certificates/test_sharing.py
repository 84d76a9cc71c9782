"""A holder's link and badge: made, opened, counted, taken back, and only where it is allowed."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openbadgeslib.ob3.verifier import OB3Verifier

from lms import clock, db
from lms.accounts.models import Person
from lms.accounts.traces import TRACES
from lms.audit.models import AuditEntry
from lms.certificates import register
from lms.certificates.badges import linkedin, making, sharing
from lms.certificates.badges.models import ShareLink, settings_of
from lms.certificates.models import Certificate
from tests.cast import Cast, csrf
from tests.certificates.certify import issued, stored


def allow(cast: Cast, *names: str) -> None:
    """Let the programme allow what is named, and nothing else."""
    with cast.app.app_context(), db.writing() as session:
        settings = settings_of(cast.programme_id)
        for name in (
            "is_offered",
            "has_linkedin",
            "may_share",
            "shares_results",
            "hashes_email",
        ):
            setattr(settings, name, name in names)
        session.add(settings)


def token(client: FlaskClient) -> dict[str, str]:
    return {"csrf_token": csrf(client)}


def make_link(client: FlaskClient, certificate_id: int, **form: str) -> int:
    page = f"/certificates/{certificate_id}"
    answer = client.post(f"{page}/links", data={**token(client), **form})
    return answer.status_code


def addresses(cast: Cast, certificate_id: int) -> list[str]:
    with cast.app.app_context():
        return [urlsplit(link.address).path for link in sharing.links_of(certificate_id)]


def rows(cast: Cast) -> list[ShareLink]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(ShareLink).order_by(ShareLink.id)))


def test_a_link_shows_more_to_whoever_has_it(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    client = cast.client("learner")
    assert make_link(client, certificate_id) == 302
    (path,) = addresses(cast, certificate_id)
    assert path in client.get(f"/certificates/{certificate_id}").text
    answer = cast.app.test_client().get(path)
    assert answer.status_code == 200
    with stored(cast, certificate_id) as certificate:
        assert certificate.facts["holder"] in answer.text
        assert certificate.number in answer.text
    assert 'id="more"' in answer.text
    assert "Ore de prezență" not in answer.text  # there were none
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "learner@" not in answer.text


def test_the_database_holds_no_token(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    make_link(cast.client("learner"), certificate_id)
    secret = addresses(cast, certificate_id)[0].rpartition("/")[2]
    (row,) = rows(cast)
    assert secret not in (row.salt, row.token_hash)
    assert len(secret) == 43


def test_asked_twice_there_is_one_link_for_each_choice(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share", "shares_results")
    client = cast.client("learner")
    for form in ({}, {}, {"shows_results": "yes"}, {"shows_results": "yes"}):
        make_link(client, certificate_id, **form)
    assert [row.shows_results for row in rows(cast)] == [False, True]


def test_results_are_shown_only_where_programme_and_holder_both_want_it(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    make_link(cast.client("learner"), certificate_id, shows_results="yes")
    assert [row.shows_results for row in rows(cast)] == [False]


def test_looks_are_counted_and_the_holders_own_are_not(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    client = cast.client("learner")
    make_link(client, certificate_id)
    (path,) = addresses(cast, certificate_id)
    client.get(path)
    for _ in range(2):
        cast.app.test_client().get(path)
    cast.app.test_client().head(path)
    (row,) = rows(cast)
    assert row.times_opened == 2
    assert row.last_opened_at is not None


def test_a_link_taken_back_is_nowhere_like_one_that_never_was(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    client = cast.client("learner")
    make_link(client, certificate_id)
    (path,) = addresses(cast, certificate_id)
    page = f"/certificates/{certificate_id}"
    form = token(client)
    for _ in range(2):
        answer = client.post(f"{page}/links/{rows(cast)[0].id}/take-back", data=form)
        assert answer.status_code == 302
    stranger = cast.app.test_client()
    gone, never = stranger.get(path), stranger.get("/s/" + "x" * 43)
    assert (gone.status_code, never.status_code) == (404, 404)
    assert gone.text.replace(path, "PATH") == never.text.replace(never.request.path, "PATH")
    assert stranger.get("/s/x").status_code == 404
    with cast.app.app_context():
        actions = db.session().scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action.like("certificate.%shared"))
        )
        assert sorted(actions) == ["certificate.shared", "certificate.unshared"]


def test_another_learner_can_neither_make_nor_take_back(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    make_link(cast.client("learner"), certificate_id)
    other = cast.client("classmate")
    form = token(other)
    page = f"/certificates/{certificate_id}"
    assert other.post(f"{page}/links", data=form).status_code == 404
    assert other.post(f"{page}/links/{rows(cast)[0].id}/take-back", data=form).status_code == 404
    assert len(addresses(cast, certificate_id)) == 1


def test_a_link_of_another_certificate_is_not_taken_back_by_way_of_ones_own(cast: Cast) -> None:
    mine, theirs = issued(cast, "learner"), issued(cast, "classmate")
    allow(cast, "may_share")
    make_link(cast.client("classmate"), theirs)
    client = cast.client("learner")
    form = token(client)
    answer = client.post(f"/certificates/{mine}/links/{rows(cast)[0].id}/take-back", data=form)
    assert answer.status_code == 404
    assert rows(cast)[0].taken_back_at is None


def test_five_links_are_enough(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    with cast.app.app_context(), db.writing() as session:
        for number in range(5):
            session.add(
                ShareLink(
                    certificate_id=certificate_id,
                    salt=str(number),
                    token_hash=str(number),  # made under another secret
                    made_at=clock.now(),
                    shows_results=False,
                    times_opened=0,
                )
            )
    client = cast.client("learner")
    make_link(client, certificate_id)
    assert len(rows(cast)) == 5
    text = client.get(f"/certificates/{certificate_id}").text
    assert text.count("/take-back") == 5  # without an address, yet they can be taken back


def test_a_revoked_certificate_shows_nothing_more(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share", "is_offered", "has_linkedin")
    client = cast.client("learner")
    make_link(client, certificate_id)
    (path,) = addresses(cast, certificate_id)
    with cast.app.app_context(), db.writing() as session:
        row = session.get_one(Certificate, certificate_id)
        register.revoke(row, by=None, reason="De probă", now=clock.now())
    answer = cast.app.test_client().get(path)
    assert answer.status_code == 200
    assert 'id="more"' not in answer.text
    assert make_link(client, certificate_id) == 404
    assert client.get(f"/certificates/{certificate_id}/badge").status_code == 404


def test_the_badge_is_offered_below_the_certificate_and_its_hashed_address_is_told(
    cast: Cast,
) -> None:
    allow(cast, "is_offered", "hashes_email")
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Person, cast.persons["learner"]).email = "maria@exemplu.example"
    certificate_id = issued(cast)
    page = cast.client("learner").get(f"/certificates/{certificate_id}").text
    assert page.count(f'/certificates/{certificate_id}/badge"') == 1
    assert page.index("Ce este tipărit pe el") < page.index("Insigna pentru un portofel")
    assert "o amprentă a adresei" in page
    plain = issued(cast, "classmate")
    page = cast.client("classmate").get(f"/certificates/{plain}").text
    assert "o amprentă a adresei" not in page, "no address, no hash"


def test_nothing_is_offered_unless_the_programme_allows_it(cast: Cast) -> None:
    certificate_id = issued(cast)
    client = cast.client("learner")
    text = client.get(f"/certificates/{certificate_id}").text
    for sign in ("linkedin", "/badge", "/links"):
        assert sign not in text
    assert client.get(f"/certificates/{certificate_id}/badge").status_code == 404
    assert client.get(f"/certificates/{certificate_id}/badge.svg").status_code == 404
    assert make_link(client, certificate_id) == 404
    assert rows(cast) == []


def test_the_holder_takes_the_badge_along_as_a_file_and_as_a_picture(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "is_offered")
    client = cast.client("learner")
    file = client.get(f"/certificates/{certificate_id}/badge")
    with stored(cast, certificate_id) as certificate:
        assert file.text == making.jwt_of(certificate)
        course = certificate.facts["course"]
    assert file.headers["Content-Disposition"].startswith("attachment")
    drawn = client.get(f"/certificates/{certificate_id}/badge.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert OB3Verifier.extract_token_from_svg(drawn.data) == file.text
    assert course.split()[0] in drawn.text


def test_linkedins_form_is_filled_with_what_is_printed(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "has_linkedin")
    assert "linkedin.com/profile/add" in (
        cast.client("learner").get(f"/certificates/{certificate_id}").text
    )
    with stored(cast, certificate_id) as certificate:
        address = linkedin.form_address(certificate.facts, date(2028, 3, 1))
        asked = parse_qs(urlsplit(address).query)
        assert asked["certId"] == [certificate.number]
        assert asked["certUrl"] == [certificate.verify_url]
        assert asked["expirationYear"] == ["2028"]


def test_a_persons_file_tells_of_links_and_erasing_removes_them(cast: Cast) -> None:
    certificate_id = issued(cast)
    allow(cast, "may_share")
    make_link(cast.client("learner"), certificate_id)
    (path,) = addresses(cast, certificate_id)
    trace = TRACES["certificates"]
    with cast.app.app_context():
        held = trace.export(cast.persons["learner"]).values["links"]
        assert len(held) == 1
        db.end_reading()
        with db.writing():
            trace.erase(cast.persons["learner"])
    assert rows(cast) == []
    assert cast.app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("part", ["registrar", "owner"])
def test_the_registrar_sets_what_is_allowed(cast: Cast, part: str) -> None:
    client = cast.client(part)
    page = f"/programmes/{cast.programme_id}/badges"
    form = {**token(client), "is_offered": "y", "may_share": "y"}
    assert client.post(page, data=form).status_code == 302
    with cast.app.app_context():
        allowed = settings_of(cast.programme_id)
        assert (allowed.is_offered, allowed.may_share) == (True, True)
        assert (allowed.is_attached, allowed.has_linkedin) == (False, False)
    assert client.get(page).text.count(" checked") == 2
