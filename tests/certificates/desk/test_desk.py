"""The print desk: two clicks to one file, what the register then knows, jams, stops and kills."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import zipfile
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import clock, db
from lms.audit.models import AuditEntry
from lms.certificates import batches, issuing, queries
from lms.certificates.designs import shipped
from lms.certificates.desk import runs
from lms.certificates.desk.settings import PrintKind, PrintSettings
from lms.certificates.models import Certificate, Printing
from lms.certificates.queries import Wanted
from lms.courses.models import Edition, Enrolment
from lms.jobs.models import Batch, BatchState
from lms.organisations.models import Organisation
from tests.cast import Cast, csrf
from tests.certificates.certify import enrol_many
from tests.certificates.reading import text_of

NAMES = (("Ana", "Țîru"), ("Ion", "Șerban"), ("Dan", "Tudor"), ("Ada", "Ástor"))


@pytest.fixture
def four(cast: Cast) -> list[int]:
    ids = enrol_many(cast, 4)
    with cast.app.app_context(), db.writing() as session:
        for number, (each, (given, family)) in enumerate(zip(ids, NAMES, strict=True)):
            place = session.get_one(Enrolment, each)
            place.person.given_names, place.person.family_name = given, family
            place.organisation_name = f"Organizația {number % 2}"
            place.county = ("IS", "B")[number % 2]
    with cast.app.app_context():
        return [issuing.issue(each).certificate_id or 0 for each in ids]


@pytest.fixture
def office(cast: Cast) -> FlaskClient:
    return cast.client("registrar")


DESK = {
    "kind": "original",
    "which": "unprinted",
    "order": "name",
    "sides": "single",
    "per_sheet": "4",
    "labels": "3x8",
    "copies": "1",
}


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def print_them(client: FlaskClient, **more: Any) -> TestResponse:
    return post(client, "/editions/e1/print", **(DESK | more))


def file_of(client: FlaskClient, answer: TestResponse) -> bytes:
    assert answer.status_code == 302, answer.text[:2000]
    path = answer.headers["Location"].partition("?")[0]
    found = client.get(f"{path}.pdf")
    assert found.mimetype == "application/pdf"
    return bytes(found.data)


def run_of(answer: TestResponse) -> int:
    found = re.search(r"/print-runs/(\d+)", answer.headers["Location"])
    assert found is not None
    return int(found[1])


def printings(cast: Cast) -> list[Printing]:
    with cast.app.app_context():
        return list(db.session().scalars(sa.select(Printing).order_by(Printing.id)).all())


def test_the_edition_leads_in_two_clicks_to_one_file(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    edition = office.get("/editions/e1").text
    assert 'href="/editions/e1/print"' in edition  # the first click
    desk = office.get("/editions/e1/print").text
    assert "Descărcați PDF-ul de tipărit" in desk
    answer = print_them(office)  # the second
    page = office.get(answer.headers["Location"]).text
    refresh = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert refresh is not None, "the file comes by itself"
    pdf = office.get(refresh[1]).data
    order = [name for n in range(4) for _, name in NAMES if name in text_of(pdf, n)]
    assert order == ["Ástor", "Șerban", "Tudor", "Țîru"]
    kinds = {(p.kind, p.copies) for p in printings(cast)}
    assert kinds == {(PrintKind.ORIGINAL, 1)}


def test_what_has_its_paper_original_is_left_out_next_time(
    office: FlaskClient, four: list[int]
) -> None:
    print_them(office, first="1", last="1")
    assert "netipărite încă (3)" in office.get("/editions/e1/print").text
    with pikepdf.open(io.BytesIO(file_of(office, print_them(office)))) as pdf:
        assert len(pdf.pages) == 3
    again = print_them(office)
    assert again.status_code == 422
    assert "Nu se potrivește niciunul" in again.text


def test_copies_and_proofs_are_no_paper_originals(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    print_them(office, kind="copy", copies="3")
    print_them(office, kind="proof")
    desk = office.get("/editions/e1/print").text
    assert "netipărite încă (4)" in desk
    assert {(p.kind, p.copies) for p in printings(cast)} == {(PrintKind.COPY, 3)}
    rows = office.get("/register/export.csv").data.decode("utf-8-sig")
    heading, *lines = csv.reader(io.StringIO(rows), delimiter=";")
    copies = heading.index("Exemplare tipărite")
    assert {line[copies] for line in lines} == {"3"}
    assert {line[copies - 1] for line in lines} == {""}


def test_the_annex_is_printed_by_itself_and_counts_as_neither(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    use_design(cast, four[:2], "supplement")
    answer = print_them(office, kind="annex", order="number")
    with pikepdf.open(io.BytesIO(file_of(office, answer))) as pdf:
        assert len(pdf.pages) == 2, "two have an annex of one page"
    page = office.get(answer.headers["Location"].partition("?")[0]).text
    assert page.count("modelul lui nu are anexă") == 2
    assert [(p.kind, p.certificate_id) for p in printings(cast)] == [
        (PrintKind.ANNEX, each) for each in four[:2]
    ]
    desk = office.get("/editions/e1/print").text
    assert "netipărite încă (4)" in desk
    assert "numai anexa, fără prima pagină" in desk
    assert "anexă tipărită separat" in office.get(f"/certificates/{four[0]}").text


def use_design(cast: Cast, ids: list[int], key: str) -> None:
    """Freeze certificates in another shipped design, as if issued in it."""
    design = shipped.shipped(key)
    with cast.app.app_context(), db.writing() as session:
        for each in ids:
            row = session.get_one(Certificate, each)
            row.facts = {**row.facts, "design": {"name": design.name.ro, "sha256": design.sha256}}


def test_originals_copies_and_duplicates_are_counted_apart(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    print_them(office, kind="original", first="1", last="1")
    print_them(office, kind="copy", copies="3", which="all", first="1", last="1")
    page = office.get("/editions/e1/certificates").text
    assert "3 copii" in page
    assert "originale</span>" not in page
    with cast.app.app_context():
        (line,) = queries.lines_of(Wanted(ids=(four[0],)))
        paper = line.paper
    assert (paper.originals, paper.copies, paper.duplicates) == (1, 3, 0)


def test_print_all_goes_the_way_of_the_desk(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    assert "Tipăriți toate" in office.get("/editions/e1/certificates").text  # the first click
    with cast.app.app_context():
        edition = db.session().get_one(Edition, cast.edition_id)
        asked = {"which": "all", "edition": str(edition.id), "from": edition.slug}
    answer = post(office, "/register/print", **asked)  # the second
    data = file_of(office, answer)
    said = office.get(answer.headers["Location"]).text
    assert "S-a făcut fișierul: 4 certificate, gata de tipărit" in said
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 4
    with cast.app.app_context():
        (run,) = db.session().scalars(sa.select(Batch).where(Batch.kind == runs.KIND)).all()
        assert run.state is BatchState.DONE
        assert run.parameters["edition_id"] == cast.edition_id
        assert runs.path_of(run.id).read_bytes() == data
        records = sa.select(AuditEntry.action).where(AuditEntry.action == "certificates.printed")
        assert db.session().scalars(records).all() == ["certificates.printed"]
    made = printings(cast)
    assert {(p.kind, p.copies, p.batch_id) for p in made} == {(PrintKind.ORIGINAL, 1, run.id)}
    assert sorted(p.certificate_id for p in made) == sorted(four)
    assert f"/print-runs/{run.id}" in office.get("/editions/e1/print").text


@pytest.mark.parametrize(
    ("narrowing", "count"),
    [
        ({"county": "IS"}, 2),
        ({"organisation": "Organizația 1"}, 2),
        ({"first": "2", "last": "3"}, 2),
        ({"county": "IS", "organisation": "Organizația 1"}, 0),
    ],
)
def test_the_choice_is_narrowed(
    office: FlaskClient, four: list[int], narrowing: dict[str, str], count: int
) -> None:
    answer = print_them(office, **narrowing)
    if not count:
        assert answer.status_code == 422
        return
    with pikepdf.open(io.BytesIO(file_of(office, answer))) as pdf:
        assert len(pdf.pages) == count


def test_separators_stand_before_each_county(office: FlaskClient, four: list[int]) -> None:
    answer = print_them(office, order="county", has_separators="y", has_cover="y")
    texts = [text_of(file_of(office, answer), page) for page in range(7)]
    assert "Certificate de tipărit" in texts[0]
    assert [text.split("\n")[0] for text in (texts[1], texts[4])] == ["București", "Iași"]


def test_after_a_jam_a_range_is_printed_again_and_its_first_sheets_count_as_spoilt(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    first = run_of(print_them(office))
    assert post(office, f"/print-runs/{first}/reprint", first="2", last="3").status_code == 422
    assert (
        post(office, f"/print-runs/{first}/reprint", first="2", last="9", reason="x").status_code
        == 422
    )
    answer = post(office, f"/print-runs/{first}/reprint", first="2", last="3", reason="Blocaj")
    with pikepdf.open(io.BytesIO(file_of(office, answer))) as pdf:
        assert len(pdf.pages) == 2
    made = printings(cast)
    assert len(made) == 6
    assert sorted(p.replaces_id for p in made if p.replaces_id) == [made[1].id, made[2].id]
    page = office.get(f"/certificates/{made[1].certificate_id}").text
    assert "rebutat între timp" in page
    assert "Blocaj" in office.get(answer.headers["Location"]).text
    with cast.app.app_context():
        actions = db.session().scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("certificates.reprint_begun") == 1
    assert actions.count("certificates.printed") == 2


def test_fetching_the_file_again_counts_nothing_anew(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    answer = print_them(office)
    assert file_of(office, answer) == file_of(office, answer)
    assert len(printings(cast)) == 4


def test_ticked_ones_come_to_the_desk(cast: Cast, office: FlaskClient, four: list[int]) -> None:
    page = post(office, "/register/print-desk", certificate=[str(four[0]), str(four[2])])
    assert "Doar cele pe care le-ați bifat (2)." in page.text
    answer = print_them(office, certificate=[str(four[0]), str(four[2])])
    assert [p.certificate_id for p in printings(cast)] == [four[2], four[0]]
    assert answer.status_code == 302


def test_what_is_on_paper_already_is_never_printed_unasked(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    post(office, "/register/print", certificate=[str(each) for each in four[:3]])
    edition = {"which": "all", "edition": str(cast.edition_id), "from": "e1"}
    asked = post(office, "/register/print", **edition)
    assert asked.status_code == 200
    assert "3 au deja exemplar pe hârtie" in asked.text
    assert "Doar cele netipărite (1)" in asked.text
    assert len(printings(cast)) == 3
    form = BeautifulSoup(asked.text, "html.parser").select_one("form[action='/register/print']")
    assert form is not None
    kept = {str(box["name"]): str(box["value"]) for box in form.select("input[type=hidden]")}
    answer = office.post("/register/print", data={**kept, "again": "none"})
    with pikepdf.open(io.BytesIO(file_of(office, answer))) as pdf:
        assert len(pdf.pages) == 1
    assert sorted(p.certificate_id for p in printings(cast)) == sorted(four)


@pytest.mark.parametrize(
    ("again", "kind"), [("copies", PrintKind.COPY), ("originals", PrintKind.ORIGINAL)]
)
def test_on_request_copies_or_originals_are_made_anew(
    cast: Cast, office: FlaskClient, four: list[int], again: str, kind: PrintKind
) -> None:
    ticked = [str(each) for each in four[:2]]
    post(office, "/register/print", certificate=ticked)
    asked = post(office, "/register/print", certificate=ticked)
    assert "Doar cele netipărite" not in asked.text  # nothing is left for it
    answer = post(office, "/register/print", certificate=ticked, again=again)
    file_of(office, answer)
    assert [p.kind for p in printings(cast)[2:]] == [kind, kind]


def test_where_nothing_is_left_to_print_for_the_first_time_it_says_so(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    ticked = [str(each) for each in four]
    post(office, "/register/print", certificate=ticked)
    answer = post(office, "/register/print", certificate=ticked, again="none")
    assert "Alegeți mai întâi" in office.get(answer.headers["Location"]).text
    assert len(printings(cast)) == 4


def test_ticked_participants_bring_their_certificates_to_the_desk(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    assert "of=participants" in office.get("/editions/e1").text
    with cast.app.app_context():
        places = [db.session().get_one(Certificate, each).enrolment_id for each in four[:2]]
    path = "/register/print-desk?of=participants&from=e1"
    page = post(office, path, id=[str(each) for each in [*places, cast.enrolments["learner"]]])
    assert "Doar cele pe care le-ați bifat (2)." in page.text
    nobody = post(office, path, id=[str(cast.enrolments["learner"]), "x"])
    assert "Niciunul dintre cei aleși" in office.get(nobody.headers["Location"]).text
    assert printings(cast) == []


def test_whoever_ended_meanwhile_is_left_out_and_named(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    with cast.app.app_context():
        with db.writing():
            run_id = _begin(cast, four).id
        db.end_reading()
    post(office, f"/certificates/{four[0]}/revoke", reason="x")
    with cast.app.app_context():
        assert runs.go_on(run_id)
    page = office.get(f"/print-runs/{run_id}").text
    assert "Nu sunt în fișier" in page
    assert len(printings(cast)) == 3


def _begin(cast: Cast, ids: list[int]) -> Batch:
    return runs.begin(
        ids,
        PrintSettings(),
        edition_id=cast.edition_id,
        by=cast.persons["registrar"],
        now=clock.now(),
        locale="ro",
    )


def test_a_printing_is_stopped_and_gone_on_with(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    with cast.app.app_context(), db.writing():
        run_id = _begin(cast, four).id
    post(office, f"/print-runs/{run_id}/stop")
    assert "Opriți" not in (page := office.get(f"/print-runs/{run_id}").text)
    assert "Nimic din ea nu se socotește tipărit" in page
    with cast.app.app_context():
        assert not runs.go_on(run_id)
    assert printings(cast) == []
    post(office, f"/print-runs/{run_id}/resume")
    with cast.app.app_context():
        runs.run_all()
    assert len(printings(cast)) == 4


def test_issuing_is_stopped_and_gone_on_with(cast: Cast, office: FlaskClient) -> None:
    ids = enrol_many(cast, 3)
    post(office, "/editions/e1/certificates")
    with cast.app.app_context():
        batch_id = db.session().scalars(sa.select(Batch.id)).one()
    post(office, f"/certificate-batches/{batch_id}/stop")
    with cast.app.app_context():
        batches.run()
        assert not db.session().scalars(sa.select(Certificate.id)).all()
    assert "/resume" in office.get(f"/certificate-batches/{batch_id}").text
    post(office, f"/certificate-batches/{batch_id}/resume")
    with cast.app.app_context():
        batches.run()
        assert len(db.session().scalars(sa.select(Certificate.id)).all()) == len(ids)
        assert db.session().get_one(Batch, batch_id).state is BatchState.DONE


@pytest.mark.parametrize("when", ["drawing", "kept", "written"])
def test_kill_9_in_the_middle_leaves_a_printing_that_is_done_once(
    cast: Cast, four: list[int], when: str
) -> None:
    with cast.app.app_context(), db.writing():
        run_id = _begin(cast, four).id
    child = os.fork()
    if child == 0:
        _die_at(cast, run_id, when)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert printings(cast) == []
    with cast.app.app_context():
        runs.run_all()
        runs.run_all()
        assert db.session().get_one(Batch, run_id).state is BatchState.DONE
        assert runs.path_of(run_id).read_bytes().startswith(b"%PDF")
    assert len(printings(cast)) == 4


def _die_at(cast: Cast, run_id: int, when: str) -> None:
    """Go on with a printing in this process, which dies at a moment."""

    def die(*_args: object, **_more: object) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    owner: object = runs._Making if when == "written" else runs
    name = {"drawing": "render_composed", "kept": "write_whole", "written": "_finish"}[when]
    setattr(owner, name, die)
    with cast.app.app_context():
        db.db.engine.dispose(close=False)
        runs.go_on(run_id)
    os._exit(0)


def test_old_files_go_and_a_kept_one_stays(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    run_id = run_of(print_them(office))
    with cast.app.app_context():
        runs.remove_old()
        assert runs.path_of(run_id).exists()
        with clock.stopped_at(clock.now() + runs.KEPT * 2):
            runs.remove_old()
        assert not runs.path_of(run_id).exists()
    page = office.get(f"/print-runs/{run_id}.pdf", follow_redirects=True).text
    assert "Fișierul nu mai este aici" in page


def test_the_originals_come_with_register_and_hashes_piece_by_piece(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    answer = post(office, "/editions/e1/print/originals", **DESK)
    assert answer.is_streamed
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        sums = archive.read("sha256.txt").decode()
    assert len(names) == 7
    assert {"registru.csv", "registru.xlsx", "sha256.txt"} <= set(names)
    assert sums.count("\n") == 4
    assert printings(cast) == [], "downloading is not printing"


def test_labels_are_made_for_each_organisation_with_its_address(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    with cast.app.app_context(), db.writing() as session:
        organisation = Organisation(
            name="Organizația 0", kind="ngo", county="IS", created_at=clock.now()
        )
        session.add(organisation)
        session.flush()
        for each in (four[0], four[2]):
            place = session.get_one(Certificate, each).enrolment
            place.organisation_id = organisation.id
        key = f"address-{organisation.id}"
    post(office, "/editions/e1/print/addresses", **{key: " Str. Exemplu  1 \n\n700000 Valea"})
    assert "Str. Exemplu 1" in office.get("/editions/e1/print/addresses").text
    answer = post(office, "/editions/e1/print/labels", **DESK)
    text = text_of(answer.data)
    for said in ("Organizația 0", "Str. Exemplu 1", "700000 Valea", "județul Iași", "Ion Șerban"):
        assert said in text
    too_long = post(office, "/editions/e1/print/addresses", **{key: "x" * 301})
    assert too_long.status_code == 422


def test_the_list_to_sign_is_of_what_the_desk_chose(office: FlaskClient, four: list[int]) -> None:
    answer = post(office, "/editions/e1/print/list", **(DESK | {"county": "B"}))
    text = text_of(answer.data)
    assert "Ion Șerban" in text
    assert "Dan Tudor" not in text


def test_a_printers_offsets_are_kept_and_used(
    cast: Cast, office: FlaskClient, four: list[int]
) -> None:
    programme = _programme(cast)
    path = f"/programmes/{programme}/printing"
    post(office, f"{path}/printers", name="Birou, tava de sus", right="1,5", up="-2")
    page = office.get(path).text
    assert "Birou, tava de sus" in page
    number = re.search(r"/printers/(\d+)/remove", page)
    assert number is not None
    print_them(office, printer=number[1])
    with cast.app.app_context():
        run = db.session().scalars(sa.select(Batch).where(Batch.kind == runs.KIND)).one()
        settings = runs.settings_of(run)
    assert (settings.right, settings.up, settings.printer) == (1.5, -2.0, "Birou, tava de sus")
    for sheet in (
        f"{path}/calibration-landscape.pdf",
        f"/printers/{number[1]}/calibration-portrait.pdf",
    ):
        assert "Foaie de calibrare" in text_of(office.get(sheet).data)
    bad = post(office, f"{path}/printers", name="Birou", right="200", up="x")
    assert bad.status_code == 422


def _programme(cast: Cast) -> int:
    with cast.app.app_context():
        return db.session().get_one(Edition, cast.edition_id).programme_id


@pytest.fixture
def shell(cast: Cast) -> Any:
    return cast.app.test_cli_runner()


def test_the_shell_prints_and_packs(cast: Cast, four: list[int], shell: Any, tmp_path: Any) -> None:
    target, packed = tmp_path / "t.pdf", tmp_path / "o.zip"
    with cast.app.app_context():
        by = db.session().scalar(
            sa.text("SELECT sign_in_name FROM persons WHERE id = :id"),
            {"id": cast.persons["registrar"]},
        )
    said = shell.invoke(args=["certificate", "print", "e1", "--out", str(target), "--by", by])
    assert said.exit_code == 0, said.output
    assert len(printings(cast)) == 4
    again = shell.invoke(args=["certificate", "print", "e1", "--out", str(target), "--by", by])
    assert again.exit_code == 1
    assert len(printings(cast)) == 4
    said = shell.invoke(args=["certificate", "originals", "e1", "--out", str(packed), "--by", by])
    assert said.exit_code == 0, said.output
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
