"""Paper copies: what may be written down, what is refused, what others then see."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lms import clock, db
from lms.audit.models import AuditDetail, AuditEntry
from lms.certificates import issuing, papers, register
from lms.certificates.models import Certificate, PaperAct, PaperEntry
from lms.certificates.paper import (
    DocumentSeen,
    HandOver,
    HandOverWay,
    Lack,
    Paper,
    PaperEvent,
    PaperGap,
    Standing,
    gaps,
    holds_document_number,
    lacks,
    tidy,
)
from lms.certificates.states import CertificateState
from lms.courses.models import Enrolment
from tests.access.samples import PNG
from tests.cast import Cast, csrf
from tests.certificates.certify import enrol_many, issued
from tests.certificates.reading import text_of

TODAY = "Europe/Bucharest"


def post(client: FlaskClient, path: str, **form: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def hand(client: FlaskClient, *ids: int, **more: Any) -> TestResponse:
    form = {
        "certificate": [str(i) for i in ids],
        "do": "record",
        "on": clock.today(TODAY).isoformat(),
        "way": "in_person",
        "document": "identity_card",
        "done_by": "Rodica Registru",
    }
    return post(client, "/register/paper/hand-overs", **(form | more))


def sign(client: FlaskClient, *ids: int) -> TestResponse:
    return post(
        client,
        "/register/paper/signatures",
        certificate=[str(i) for i in ids],
        do="record",
        on=clock.today(TODAY).isoformat(),
    )


def acts(cast: Cast) -> list[PaperAct]:
    with cast.app.app_context():
        return list(
            db.session()
            .scalars(
                sa.select(PaperAct)
                .options(sa.orm.selectinload(PaperAct.entries))
                .order_by(PaperAct.id)
            )
            .all()
        )


@pytest.fixture
def three(cast: Cast) -> list[int]:
    """Three valid certificates."""
    with cast.app.app_context():
        ids = [issuing.issue(e).certificate_id for e in enrol_many(cast, 3)]
    return [i for i in ids if i]


# Rules -----------------------------------------------------------------------------------------

V, S, R = CertificateState.VALID, CertificateState.SUPERSEDED, CertificateState.REVOKED
DAY = clock.today(TODAY)


def at(*events: PaperEvent) -> dict[PaperEvent, Standing]:
    return {event: Standing(1, 1, DAY) for event in events}


@pytest.mark.parametrize(
    ("state", "paper", "expected"),
    [
        pytest.param(V, Paper(), {"unprinted", "undelivered"}, id="new: to print and to hand over"),
        pytest.param(V, Paper(1), {"unsigned", "undelivered"}, id="printed: to sign"),
        pytest.param(V, Paper(1, None, at(PaperEvent.SIGNED)), {"undelivered"}, id="to hand over"),
        pytest.param(
            V,
            Paper(1, None, at(PaperEvent.SIGNED, PaperEvent.HANDED_OVER)),
            set(),
            id="nothing is left",
        ),
        pytest.param(S, Paper(), set(), id="replaced before it was printed: nothing to call back"),
        pytest.param(S, Paper(1), {"to_call_back"}, id="replaced with paper: to call back"),
        pytest.param(R, Paper(2), {"to_call_back"}, id="revoked with paper: to call back"),
        pytest.param(S, Paper(1, None, at(PaperEvent.RETURNED)), set(), id="it came back"),
        pytest.param(R, Paper(1, None, at(PaperEvent.DESTROYED)), set(), id="it was destroyed"),
        pytest.param(CertificateState.RESERVED, Paper(), set(), id="not signed electronically yet"),
        pytest.param(CertificateState.VOID, Paper(1), set(), id="annulled"),
    ],
)
def test_what_is_left_to_do_with_the_paper(state, paper, expected):
    assert {gap.value for gap in gaps(state, paper)} == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (HandOver(HandOverWay.IN_PERSON, DocumentSeen.PASSPORT, done_by="Ana"), []),
        (HandOver(HandOverWay.IN_PERSON, done_by="Ana"), [Lack.DOCUMENT]),
        (HandOver(HandOverWay.PROXY, done_by="Ana"), [Lack.DOCUMENT, Lack.RECEIVER]),
        (HandOver(HandOverWay.POST), [Lack.TRACKING, Lack.DONE_BY]),
        (HandOver(HandOverWay.POST, tracking="RR123", done_by="Ana"), []),
    ],
)
def test_each_way_asks_for_its_own(given, expected):
    assert lacks(given) == expected


def test_what_does_not_belong_to_the_way_is_not_kept():
    given = tidy(HandOver(HandOverWay.POST, DocumentSeen.PASSPORT, "Ion", "RR1", "Ana"))
    assert given == HandOver(HandOverWay.POST, None, "", "RR1", "Ana")


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("Ion Popescu", False),
        ("XR 123456", True),
        ("2860101123456", True),
        ("CI seria XR nr. 12 34 56", True),
        ("în 14.05, sala 12", False),
    ],
)
def test_a_documents_number_is_known_when_seen(text, is_number):
    assert holds_document_number(text) is is_number


# Writing down ----------------------------------------------------------------------------------


def test_a_ticked_list_is_signed_then_handed_over(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    page = post(client, "/register/paper/signatures", certificate=[str(i) for i in three])
    assert page.status_code == 200  # asks for the day first
    assert "Semnate de mână" in page.text
    assert acts(cast) == []
    assert sign(client, *three).status_code == 302
    answer = hand(client, *three[:2])
    page = client.get(answer.location).text
    assert "carte de identitate" in page
    assert "Rodica Registru" in page
    first, second = acts(cast)
    assert [first.event, second.event] == [PaperEvent.SIGNED, PaperEvent.HANDED_OVER]
    assert [len(first.entries), len(second.entries)] == [3, 2]
    listed = client.get("/register?paper=undelivered").text
    assert listed.count('name="certificate"') == 1
    with cast.app.app_context():
        done = db.session().scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.action.startswith("paper."))
            .order_by(AuditEntry.id)
        )
        assert list(done) == ["paper.signed", "paper.handed_over"]


def test_two_clicks_write_it_down_once(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, *three)
    page = client.get(hand(client, *three).location).text
    assert "este consemnat deja" in page
    assert len(acts(cast)) == 1


def test_those_for_whom_it_stands_already_are_passed_over(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, three[0])
    page = client.get(hand(client, *three).location).text
    assert "pentru 2 certificate" in page
    assert "1 a fost lăsat deoparte" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"document": ""}, "Spuneți ce fel de act ați văzut"),
        ({"way": "proxy"}, "Scrieți numele persoanei care a venit în loc"),
        ({"way": "post"}, "Scrieți numărul de pe recipisa poștei"),
        ({"way": "pigeon"}, "Încă nu s-a consemnat nimic"),
        ({"done_by": ""}, "Scrieți cine a predat"),
        ({"on": ""}, "Scrieți ziua"),
        ({"on": "3000-01-01"}, "Data este în viitor"),
        ({"on": "2000-01-01"}, "Data este dinaintea emiterii"),
        ({"way": "proxy", "receiver": "Ion, CI XR 123456"}, "Nu scrieți numere de acte"),
        ({"note": "CNP 2860101123456"}, "Nu scrieți numere de acte"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_kept(
    cast: Cast, three: list[int], change: dict[str, str], sentence: str
) -> None:
    answer = hand(cast.client("registrar"), *three, **change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert acts(cast) == []


def test_nothing_ticked_says_so(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    answer = hand(client)
    assert "Alegeți mai întâi cel puțin un certificat" in client.get(answer.location).text


def test_only_valid_ones_are_handed_over_and_only_ended_ones_called_back(
    cast: Cast, three: list[int]
) -> None:
    client = cast.client("registrar")
    day = clock.today(TODAY).isoformat()
    back = {"certificate": [str(three[0])], "do": "record", "on": day}
    assert hand(client, three[0]).status_code == 302
    answer = post(client, "/register/paper/returns", **back)
    assert acts(cast)[-1].event is PaperEvent.HANDED_OVER
    with cast.app.app_context(), db.writing() as session:
        certificate = session.get_one(Certificate, three[0])
        register.revoke(certificate, by=None, reason="greșeală", now=clock.now())
    page = client.get("/register?paper=to_call_back").text
    assert "de cerut înapoi; predat" in page
    answer = post(client, "/register/paper/returns", **back)
    assert answer.status_code == 302
    assert acts(cast)[-1].event is PaperEvent.RETURNED
    assert "Niciun certificat nu se potrivește" in client.get("/register?paper=to_call_back").text


def test_nobody_hands_over_to_oneself(cast: Cast) -> None:
    from lms.courses.models import Edition

    with cast.app.app_context(), db.writing() as session:
        edition = session.get_one(Edition, cast.edition_id)
        place = Enrolment(
            person_id=cast.persons["registrar"],
            edition_id=edition.id,
            enrolled_at=clock.now(),
            hours_attended=0,
        )
        session.add(place)
        session.flush()
        cast.enrolments["registrar"] = place.id
    own = issued(cast, "registrar")
    hand(cast.client("registrar"), own)
    assert acts(cast) == []
    hand(cast.client("owner"), own)
    assert len(acts(cast)) == 1


# Corrections -----------------------------------------------------------------------------------


def test_a_correction_is_a_new_line_and_the_old_one_stays(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, *three)
    (act,) = acts(cast)
    entry = act.entries[0].id
    answer = post(client, f"/paper-acts/{act.id}/correction", entry=str(entry))
    assert answer.status_code == 422  # a reason is asked for
    answer = post(
        client, f"/paper-acts/{act.id}/correction", entry=str(entry), reason="alt titular"
    )
    page = client.get(answer.location).text
    assert "<del>" in page
    assert "alt titular" in page
    old, new = acts(cast)
    assert (old.on, len(old.entries)) == (act.on, 3)
    assert [e.corrects_id for e in new.entries] == [entry]
    assert client.get("/register?paper=undelivered").text.count('name="certificate"') == 1
    assert hand(client, three[0], way="post", tracking="RR123456789RO").status_code == 302
    page = client.get(f"/certificates/{three[0]}").text
    assert "RR123456789RO" in page
    assert page.count("<del>") == 1


def test_a_line_is_corrected_once(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, *three)
    (act,) = acts(cast)
    for _click in range(2):
        post(
            client,
            f"/paper-acts/{act.id}/correction",
            entry=str(act.entries[0].id),
            reason="greșit",
        )
    assert len(acts(cast)) == 2


def test_the_database_lets_a_line_be_corrected_once(cast: Cast, three: list[int]) -> None:
    hand(cast.client("registrar"), *three)
    (act,) = acts(cast)
    with cast.app.app_context(), pytest.raises(sa.exc.IntegrityError), db.writing() as session:
        for _twice in range(2):
            session.add(
                PaperEntry(act_id=act.id, certificate_id=three[0], corrects_id=act.entries[0].id)
            )
        session.flush()


# Scans -----------------------------------------------------------------------------------------


def test_a_scan_comes_back_as_it_was_sent(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    scan = FileStorage(io.BytesIO(PNG), "lista semnată.png")
    answer = hand(client, *three, scan=scan)
    page = client.get(answer.location).text
    (href,) = re.findall(r"/paper-acts/\d+/scans/\d+", page)
    got = cast.client("auditor").get(href)
    assert got.data == PNG
    assert got.mimetype == "image/png"
    assert "attachment" in got.headers["Content-Disposition"]


def test_what_is_no_scan_is_refused_with_the_whole_form_kept(cast: Cast, three: list[int]) -> None:
    scan = FileStorage(io.BytesIO(b"<script>alert(1)</script>"), "lista.png")
    answer = hand(cast.client("registrar"), *three, scan=scan, note="a doua zi")
    assert answer.status_code == 422
    assert "O scanare este un PDF, un JPG sau un PNG" in answer.text
    assert 'value="a doua zi"' in answer.text
    assert acts(cast) == []


def test_a_scan_is_attached_later_and_the_same_one_once(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, *three)
    (act,) = acts(cast)
    for _twice in range(2):
        scan = FileStorage(io.BytesIO(PNG), "l.png")
        answer = post(client, f"/paper-acts/{act.id}/scans", scan=scan)
        assert answer.status_code == 302
    with cast.app.app_context():
        assert len(papers.scans_of(act.id)) == 1
    assert post(client, f"/paper-acts/{act.id}/scans").status_code == 422


# Lists -----------------------------------------------------------------------------------------


def test_printed_signed_handed_over_are_filters_of_the_edition_too(
    cast: Cast, three: list[int]
) -> None:
    client = cast.client("registrar")

    def count(gap: str) -> int:
        return client.get(f"/editions/e1/certificates?paper={gap}").text.count('name="certificate"')

    assert [count(g) for g in ("unprinted", "unsigned", "undelivered")] == [3, 0, 3]
    post(client, "/register/print", certificate=[str(i) for i in three[:2]])
    assert [count(g) for g in ("unprinted", "unsigned", "undelivered")] == [1, 2, 3]
    sign(client, three[0])
    hand(client, three[0])
    assert [count(g) for g in ("unprinted", "unsigned", "undelivered")] == [1, 1, 2]
    assert count("nonsense") == 3
    page = client.get("/editions/e1/certificates").text
    assert "personal, carte de identitate" in page


def test_all_of_a_filtered_list_are_signed_at_once(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    post(client, "/register/print", certificate=[str(i) for i in three[:2]])
    answer = post(
        client,
        "/register/paper/signatures",
        which="all",
        paper="unsigned",
        do="record",
        on=clock.today(TODAY).isoformat(),
    )
    assert answer.status_code == 302
    assert len(acts(cast)[0].entries) == 2


def test_the_list_to_sign_names_everybody_and_is_recorded(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    answer = post(client, "/register/hand-over-list", which="all")
    text = text_of(answer.data)
    assert answer.mimetype == "application/pdf"
    for word in ("Predarea-primirea certificatelor", "Semnătura", "Numeș", "Organizația 1"):
        assert word in text
    with cast.app.app_context():
        (values,) = db.session().scalars(
            sa.select(AuditDetail.values)
            .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
            .where(AuditEntry.action == "paper.list_printed")
        )
    assert values["count"] == 3


def test_the_registers_file_holds_the_hand_over(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, three[0], way="proxy", receiver="Ion Împuternicit")
    text = client.get("/register/export.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows[0]["Predat la"] == clock.today(TODAY).isoformat()
    assert rows[0]["Modul predării"] == "prin împuternicit"
    assert rows[0]["Actul văzut"] == "carte de identitate"
    assert rows[0]["Primit de"] == "Ion Împuternicit"
    assert rows[0]["Predat de"] == "Rodica Registru"
    assert rows[1]["Predat la"] == ""


@pytest.fixture
def statements(cast: Cast) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip()[:6].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append(statement)

    with cast.app.app_context():
        engine = db.db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/register", "/editions/e1/certificates"])
def test_a_list_asks_as_often_for_nine_as_for_three(
    cast: Cast, three: list[int], statements: list[str], path: str
) -> None:
    client = cast.client("registrar")
    hand(client, *three)
    client.get(path)
    statements.clear()
    client.get(path)
    few = len(statements)
    with cast.app.app_context():
        ids = [issuing.issue(e).certificate_id for e in enrol_more(cast)]
    hand(client, *[i for i in ids if i])
    statements.clear()
    client.get(path)
    assert len(statements) == few
    assert few <= 16, statements


def enrol_more(cast: Cast) -> list[int]:
    from lms.courses.models import Edition
    from tests.cast import make_person
    from tests.certificates.certify import complete

    ids = []
    with cast.app.app_context(), db.writing() as session:
        session.get_one(Edition, cast.edition_id)
        for number in range(6):
            person = make_person(f"Alt{number}", "Nume", sign_in_name=f"alt{number}-proba")
            session.flush()
            place = Enrolment(
                person_id=person.id,
                edition_id=cast.edition_id,
                enrolled_at=clock.now(),
                hours_attended=0,
            )
            session.add(place)
            session.flush()
            ids.append(place.id)
    for enrolment_id in ids:
        complete(cast, enrolment_id, tells=False)
    return ids


# The holder ------------------------------------------------------------------------------------


def test_holders_see_where_their_own_paper_is(cast: Cast) -> None:
    own = issued(cast)
    office, holder = cast.client("registrar"), cast.client("learner")
    assert "Pe hârtie" not in holder.get(f"/certificates/{own}").text
    post(office, "/register/print", certificate=str(own))
    assert "urmează să fie semnat" in holder.get(f"/certificates/{own}").text
    sign(office, own)
    assert "vă așteaptă la secretariat" in holder.get("/certificates").text
    hand(office, own, way="post", tracking="RR1")
    for path in ("/certificates", f"/certificates/{own}"):
        page = holder.get(path).text
        assert "A fost trimis prin poștă" in page
        assert "/paper-acts/" not in page


def test_a_public_page_says_nothing_of_the_paper(cast: Cast, three: list[int]) -> None:
    client = cast.client("registrar")
    hand(client, three[0], way="proxy", receiver="Ion Împuternicit")
    with cast.app.app_context():
        code = db.session().get_one(Certificate, three[0]).code
    page = cast.app.test_client().get(f"/v/{code}").text
    assert "Împuternicit" not in page
    assert "predat" not in page.lower()


# From the shell --------------------------------------------------------------------------------


def run(cast: Cast, *arguments: str) -> Any:
    return cast.app.test_cli_runner().invoke(args=["certificate", *arguments])


def test_the_command_does_what_the_page_does(cast: Cast, three: list[int], tmp_path: Any) -> None:
    scan = tmp_path / "lista.png"
    scan.write_bytes(PNG)
    with cast.app.app_context():
        number = db.session().get_one(Certificate, three[0]).number
    done = run(cast, "signed", "--edition", "e1", "--by", "registrar")
    assert done.output == "Written down for 3; passed over: 0.\n", done.output
    done = run(
        cast, "hand-over", number, "--way", "in-person", "--document", "passport",
        "--scan", str(scan), "--by", "registrar",
    )  # fmt: skip
    assert "Written down for 1" in done.output
    act = acts(cast)[-1]
    assert act.document is DocumentSeen.PASSPORT
    assert act.done_by == "registrar"
    with cast.app.app_context():
        assert len(papers.scans_of(act.id)) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--way", "in-person", "--by", "registrar"], "--document"),
        (["--way", "post", "--by", "registrar"], "--tracking"),
        (["--way", "post", "--tracking", "R", "--by", "learner"], "No registrar"),
        (["--way", "post", "--tracking", "R", "--by", "auditor"], "No registrar"),
        (
            ["--way", "post", "--tracking", "R", "--by", "registrar", "--on", "3000-01-01"],
            "is to come",
        ),
        (["--way", "post", "--tracking", "R", "--by", "registrar", "--on", "ieri"], "is no day"),
        (
            ["--way", "proxy", "--document", "passport", "--receiver", "Ion 123456", "--by", "x"],
            "numbers of documents",
        ),
    ],
)
def test_the_command_refuses_in_one_sentence(
    cast: Cast, three: list[int], arguments: list[str], sentence: str
) -> None:
    done = run(cast, "hand-over", "--edition", "e1", *arguments)
    assert done.exit_code != 0
    assert sentence in done.output
    assert acts(cast) == []


def test_what_is_called_back_stays_listed_until_it_is_back(cast: Cast, three: list[int]) -> None:
    from lms.certificates import queries
    from lms.certificates.queries import Wanted

    client = cast.client("registrar")
    post(client, "/register/print", certificate=str(three[0]))
    with cast.app.app_context(), db.writing() as session:
        register.revoke(
            session.get_one(Certificate, three[0]), by=None, reason="x", now=clock.now()
        )

    def listed() -> int:
        with cast.app.app_context():
            return len(queries.lines_of(Wanted(paper=PaperGap.TO_CALL_BACK)))

    assert listed() == 1
    page = client.get(f"/certificates/{three[0]}").text
    assert "Distruse…" in page
    day = clock.today(TODAY).isoformat()
    post(client, "/register/paper/destructions", certificate=str(three[0]), do="record", on=day)
    assert listed() == 0
