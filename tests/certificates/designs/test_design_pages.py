"""The pages of designs: copied, changed, looked at, brought back, chosen – and refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from lms import clock, db
from lms.certificates.designs import samples, shipped
from lms.certificates.designs.choosing import chosen_for, design_of
from lms.certificates.designs.design import Design, TextBlock
from lms.certificates.designs.models import CertificateDesign, DesignChoice
from lms.courses.models import Edition, Programme
from tests.cast import Cast, csrf
from tests.certificates.certify import file_of, issued, stored
from tests.certificates.designs.test_editing import form_of
from tests.certificates.reading import text_of

LIST = "/certificate-designs"


def post(cast: Cast, path: str, part: str = "registrar", **values: str):  # type: ignore[no-untyped-def]
    client = cast.client(part)
    return client.post(path, data={"csrf_token": csrf(client), **values}, follow_redirects=False)


def copied(cast: Cast, key: str = "landscape") -> int:
    """Make an own copy of a shipped design; return its id."""
    answer = post(cast, f"{LIST}/duplicate", design=f"shipped:{key}")
    assert answer.status_code == 302
    return int(answer.location.rpartition("/")[2])


def versions(cast: Cast, design_id: int) -> list[Design]:
    with cast.app.app_context():
        kept = db.session().get_one(CertificateDesign, design_id)
        return [design_of(version) for version in kept.versions]


def reopen(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Programme, cast.programme_id).completed_at = None


def declare(cast: Cast) -> None:
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Programme, cast.programme_id).completed_at = clock.now()


def test_the_list_shows_what_is_shipped(cast: Cast) -> None:
    page = cast.client("registrar").get(LIST).text
    for key in shipped.KEYS:
        assert f"/certificate-designs/shipped/{key}/1.svg" in page
    picture = cast.client("auditor").get(f"{LIST}/shipped/supplement/2.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.startswith("<svg ")
    assert cast.client("registrar").get(f"{LIST}/shipped/landscape/2.svg").status_code == 404
    assert cast.client("registrar").get(f"{LIST}/shipped/../1.svg").status_code == 404


def test_a_copy_is_changed_and_the_shipped_one_stays(cast: Cast) -> None:
    design_id = copied(cast)
    (first,) = versions(cast, design_id)
    answer = post(cast, f"{LIST}/{design_id}", **{**form_of(first), "title.box.left": "35,5"})
    assert answer.status_code == 302
    first, second = versions(cast, design_id)
    title = next(block for block in second.blocks() if block.id == "title")
    assert title.box.left == 35.5
    assert first.pages == shipped.default().pages


def test_saving_what_is_there_makes_no_version(cast: Cast) -> None:
    design_id = copied(cast)
    (first,) = versions(cast, design_id)
    post(cast, f"{LIST}/{design_id}", **form_of(first))
    post(cast, f"{LIST}/{design_id}", **form_of(first))
    assert len(versions(cast, design_id)) == 1


def test_faults_are_named_beside_their_fields_and_nothing_is_saved(cast: Cast) -> None:
    design_id = copied(cast)
    answer = post(
        cast,
        f"{LIST}/{design_id}",
        **{"title.box.left": "3", "code.box.across": "15", "title.text.ro": "{salariu}"},
    )
    assert answer.status_code == 422
    assert 'href="#title.box.left"' in answer.text
    assert 'id="title.text.ro-error"' in answer.text
    assert "{salariu}" in answer.text
    assert len(versions(cast, design_id)) == 1


def test_the_preview_draws_what_is_typed_and_keeps_nothing(cast: Cast) -> None:
    design_id = copied(cast, "supplement")
    told = post(cast, f"{LIST}/{design_id}/preview", sample="Ana Pop", page="2").get_json()
    assert told["svg"].startswith("<svg ")
    assert told["faults"] == []
    assert told["warnings"] == []
    doubtful = post(
        cast, f"{LIST}/{design_id}/preview", **{"preamble.text.ro": "Diplomă: se certifică"}
    ).get_json()
    assert any("Diplomă" in sentence for sentence in doubtful["warnings"])
    full = post(
        cast, f"{LIST}/{design_id}/preview", sample="Anamaria-" * 13, **{"holder.lines": "1"}
    ).get_json()
    assert full["warnings"]
    wrong = post(cast, f"{LIST}/{design_id}/preview", **{"title.box.top": "x"}).get_json()
    assert wrong["svg"] == ""
    assert wrong["faults"][0][0] == "title.box.top"
    assert post(cast, f"{LIST}/{design_id}/preview", page="3").status_code == 404
    assert len(versions(cast, design_id)) == 1


def test_a_preview_holds_no_script_whatever_the_sample(cast: Cast) -> None:
    name = "<script>alert(1)</script>"
    picture = cast.client("registrar").get(f"{LIST}/shipped/landscape/1.svg?sample={name}").text
    assert "<script" not in picture
    design_id = copied(cast)
    post(cast, f"{LIST}/{design_id}", **{"name.ro": name, "name.en": name})
    picture = cast.client("registrar").get(f"{LIST}/{design_id}/versions/2/1.svg").text
    assert "<script" not in picture


def test_an_earlier_version_comes_back_as_a_new_one(cast: Cast) -> None:
    design_id = copied(cast)
    post(cast, f"{LIST}/{design_id}", **{"title.box.left": "40"})
    post(cast, f"{LIST}/{design_id}/versions/1/restore")
    one, two, three = versions(cast, design_id)
    assert one == three != two
    post(cast, f"{LIST}/{design_id}/versions/1/restore")
    assert len(versions(cast, design_id)) == 3
    assert post(cast, f"{LIST}/{design_id}/versions/9/restore").status_code == 404


def test_a_certificate_keeps_its_design_whatever_changes_later(cast: Cast) -> None:
    reopen(cast)
    design_id = copied(cast)
    post(cast, f"{LIST}/{design_id}", **{"preamble.text.ro": "Se adeverește că"})
    with cast.app.app_context():
        version = db.session().get_one(CertificateDesign, design_id).newest.id
    place = f"edition:{cast.edition_id}"
    post(cast, f"{LIST}/choose", place=place, design=f"version:{version}")
    declare(cast)
    certificate_id = issued(cast)
    post(cast, f"{LIST}/{design_id}", **{"preamble.text.ro": "Altfel spus"})
    reopen(cast)
    post(cast, f"{LIST}/choose", place=place, design="shipped:portrait")
    assert "Se adeverește că" in text_of(file_of(cast, certificate_id))
    with stored(cast, certificate_id) as certificate:
        assert certificate.facts["design"]["sha256"] == versions(cast, design_id)[1].sha256


def chosen(cast: Cast) -> tuple[Design, bool]:
    with cast.app.app_context():
        found = chosen_for(db.session().get_one(Edition, cast.edition_id))
        return found.design, found.shows_results


def test_a_programme_and_an_edition_are_given_a_design(cast: Cast) -> None:
    reopen(cast)
    programme, edition = f"programme:{cast.programme_id}", f"edition:{cast.edition_id}"
    for _twice in range(2):
        post(cast, f"{LIST}/choose", place=programme, design="shipped:portrait")
    assert chosen(cast) == (shipped.shipped("portrait"), False)
    post(cast, f"{LIST}/choose", place=edition, design="shipped:supplement", results="yes")
    assert chosen(cast) == (shipped.shipped("supplement"), True)
    post(cast, f"{LIST}/choose", place=edition, design="programme")
    assert chosen(cast) == (shipped.shipped("portrait"), False)
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count(DesignChoice.id))) == 1


@pytest.mark.parametrize(
    ("place", "design"),
    [
        ("programme:999999", "shipped:portrait"),
        ("programme:x", "shipped:portrait"),
        ("edition:999999", "shipped:portrait"),
        ("edition", "shipped:portrait"),
        ("programme:1", "shipped:none"),
        ("programme:1", "version:999999"),
        ("programme:1", ""),
    ],
)
def test_an_odd_choice_changes_nothing(cast: Cast, place: str, design: str) -> None:
    reopen(cast)
    assert post(cast, f"{LIST}/choose", place=place, design=design).status_code == 302
    assert chosen(cast) == (shipped.default(), False)


def test_a_declared_programme_keeps_its_design(cast: Cast) -> None:
    declare(cast)
    place = f"programme:{cast.programme_id}"
    answer = post(cast, f"{LIST}/choose", place=place, design="shipped:portrait")
    assert answer.status_code == 302
    assert chosen(cast)[0] == shipped.default()


def test_a_design_in_use_isnt_put_away(cast: Cast) -> None:
    reopen(cast)
    design_id = copied(cast)
    with cast.app.app_context():
        version = db.session().get_one(CertificateDesign, design_id).newest.id
    place = f"edition:{cast.edition_id}"
    post(cast, f"{LIST}/choose", place=place, design=f"version:{version}")
    post(cast, f"{LIST}/{design_id}/archive")
    assert f"{LIST}/{design_id}" in cast.client("registrar").get(LIST).text
    post(cast, f"{LIST}/choose", place=place, design="programme")
    post(cast, f"{LIST}/{design_id}/archive")
    assert f"{LIST}/{design_id}/versions" not in cast.client("registrar").get(LIST).text


def test_a_proof_is_the_file_that_would_be_sealed_marked_as_an_example(cast: Cast) -> None:
    design_id = copied(cast, "portrait")
    for address in (f"{design_id}/versions/1", "shipped/portrait"):
        answer = cast.client("auditor").get(f"{LIST}/{address}/proof.pdf?sample=Ana Proba")
        assert answer.mimetype == "application/pdf"
        text = text_of(answer.data)
        assert "Ana Proba" in text
        assert "MODEL" in text


def test_an_auditor_looks_and_changes_nothing(cast: Cast) -> None:
    design_id = copied(cast)
    page = cast.client("auditor").get(f"{LIST}/{design_id}")
    assert page.status_code == 200
    assert "designs.js" not in page.text
    assert post(cast, f"{LIST}/{design_id}", "auditor").status_code == 403
    assert cast.client("trainer").get(f"{LIST}/{design_id}").status_code == 404


def test_the_hardest_names_come_first() -> None:
    names = ["Ion Pop", "Ana-Maria-Ștefania Țurcanu-Ionescu", "Zoë Ångström", "Li Yo", "Ayşe Gül"]
    found = samples.hardest(names, 4)
    assert found[0] == "Ana-Maria-Ștefania Țurcanu-Ionescu"
    assert {"Zoë Ångström", "Li Yo"} <= set(found)
    assert samples.strangeness("Ștefania Țurcanu") == 0
    assert samples.strangeness("Ångström") == 2
    assert samples.strangeness("An\u0303a") == 2 or samples.strangeness("Aña") == 1


def test_the_page_names_each_block_and_offers_the_samples(cast: Cast) -> None:
    design_id = copied(cast)
    page = cast.client("registrar").get(f"{LIST}/{design_id}").text
    for block in shipped.default().blocks():
        assert f'id="block-{block.id}"' in page
        if isinstance(block, TextBlock):
            assert f'id="{block.id}.text.ro"' in page
    assert "<datalist" in page
    assert "style=" not in page
