"""Who signs: whose term of office the day falls in, frozen when the certificate is issued."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from lms import clock, db
from lms.certificates import drafting
from lms.certificates.designs import shipped
from lms.certificates.designs.terms import serving
from lms.courses.models import Edition, Programme
from tests.access.samples import PNG
from tests.cast import Cast, csrf
from tests.certificates.certify import issued, stored


@dataclass(frozen=True)
class Term:
    name: str
    serves_from: date
    serves_until: date | None = None
    position: int = 1


TERMS = [
    Term("Ana", date(2026, 1, 1), date(2026, 3, 31)),
    Term("Barbu", date(2026, 4, 1)),
    Term("Crina", date(2026, 6, 1), date(2026, 6, 30)),
    Term("Dan", date(2026, 1, 1), position=2),
]


@pytest.mark.parametrize(
    ("day", "position", "name"),
    [
        (date(2025, 12, 31), 1, None),
        (date(2026, 1, 1), 1, "Ana"),
        (date(2026, 3, 31), 1, "Ana"),
        (date(2026, 4, 1), 1, "Barbu"),
        (date(2026, 6, 15), 1, "Crina"),
        (date(2026, 7, 1), 1, "Barbu"),
        (date(2026, 6, 15), 2, "Dan"),
        (date(2026, 6, 15), 3, None),
    ],
)
def test_of_terms_that_cover_a_day_the_latest_counts(
    day: date, position: int, name: str | None
) -> None:
    found = serving(TERMS, position, day)
    assert (found.name if found else None) == name


def post(cast: Cast, path: str, **values: object):  # type: ignore[no-untyped-def]
    client = cast.client("registrar")
    return client.post(
        f"/programmes/{cast.programme_id}/{path}", data={"csrf_token": csrf(client), **values}
    )


def declared(cast: Cast, is_declared: bool) -> None:
    with cast.app.app_context(), db.writing() as session:
        programme = session.get_one(Programme, cast.programme_id)
        programme.completed_at = clock.now() if is_declared else None


def term(name: str = "Noua Președintă", **values: object) -> dict[str, object]:
    today = clock.now().date()
    return {
        "position": "1",
        "name": name,
        "function": "Președinte interimar",
        "serves_from": (today - timedelta(days=3)).isoformat(),
        **values,
    }


def signs(cast: Cast, on: date) -> list[str]:
    with cast.app.app_context():
        edition = db.session().get_one(Edition, cast.edition_id)
        document = drafting.specimen(edition, "Ana Pop", shipped.default(), issued_on=on)
        return [person.name for person in document.signatories]


def test_a_term_decides_who_signs_and_the_certificate_keeps_it(cast: Cast) -> None:
    declared(cast, False)
    before = signs(cast, clock.now().date())
    assert post(cast, "signatories", **term()).status_code == 302
    assert signs(cast, clock.now().date())[0] == "Noua Președintă"
    assert signs(cast, clock.now().date() - timedelta(days=9)) == before
    declared(cast, True)
    certificate_id = issued(cast)
    declared(cast, False)
    page = cast.client("registrar").get(f"/programmes/{cast.programme_id}/signatories")
    assert "Noua Președintă" in page.text
    with cast.app.app_context():
        from lms.certificates.designs.models import SignatoryTerm

        (kept,) = db.session().query(SignatoryTerm)
        term_id = kept.id
    assert post(cast, f"signatories/{term_id}/remove").status_code == 302
    assert post(cast, f"signatories/{term_id}/remove").status_code == 302
    assert signs(cast, clock.now().date()) == before
    with stored(cast, certificate_id) as certificate:
        assert certificate.facts["signatories"][0]["name"] == "Noua Președintă"


def test_a_scan_is_frozen_with_its_signatory(cast: Cast) -> None:
    declared(cast, False)
    answer = post(cast, "signatories", **term(scan=(io.BytesIO(PNG), "s.png")))
    assert answer.status_code == 302
    declared(cast, True)
    certificate_id = issued(cast)
    with stored(cast, certificate_id) as certificate:
        assert len(certificate.facts["signatories"][0]["scan"]) == 64
        (document,) = drafting.documents_from([certificate.facts])
        assert document.signatories[0].scan is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"serves_from": ""},
        {"serves_until": "2020-01-01"},
        {"position": "3"},
        {"scan": (b"GIF89a", "s.gif")},
    ],
)
def test_an_odd_term_is_refused_beside_its_field(cast: Cast, wrong: dict[str, object]) -> None:
    declared(cast, False)
    sent = {k: (io.BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for k, v in wrong.items()}
    assert post(cast, "signatories", **{**term(), **sent}).status_code == 422
    assert "Noua Președintă" not in signs(cast, clock.now().date())


def test_a_declared_programme_keeps_who_signs(cast: Cast) -> None:
    declared(cast, True)
    post(cast, "signatories", **term())
    assert "Noua Președintă" not in signs(cast, clock.now().date())
