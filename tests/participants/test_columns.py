"""What columns hold: said once by a person, remembered, shown, and changed without a new upload."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from lms import db
from lms.courses.models import Enrolment
from lms.files.models import StoredFile
from lms.participants.columns import Field, map_columns
from lms.participants.models import ColumnChoice
from lms.safety.sheets import write_csv
from tests.cast import Cast
from tests.participants.test_importing import bring_in, count, listed
from tests.participants.test_pages import person_of, post, upload

ODD = ["Beneficiar", "Nume mic", "Unde lucrează", "Nr. crt."]
ROWS = [["Plopeanu", "Ana", "Asociația Izvorul", "1"], ["Fânețeanu", "Dan", "", "2"]]
SAID = {
    "column-0": "family_name",
    "column-1": "given_names",
    "column-2": "organisation",
    "column-3": "",
}


@pytest.mark.parametrize(
    ("headings", "chosen", "expected"),
    [
        pytest.param(
            ["Nume", "Prenume"],
            {},
            {Field.FAMILY_NAME: 0, Field.GIVEN_NAMES: 1},
            id="unasked, headings speak for themselves",
        ),
        pytest.param(
            ["Beneficiar", "Prenume"],
            {"beneficiar": Field.FAMILY_NAME},
            {Field.FAMILY_NAME: 0, Field.GIVEN_NAMES: 1},
            id="an unknown heading is what a person said",
        ),
        pytest.param(
            ["Nume", "Prenume", "Telefon"],
            {"telefon": None},
            {Field.FAMILY_NAME: 0, Field.GIVEN_NAMES: 1},
            id="a known heading may be left unread",
        ),
        pytest.param(
            ["E-mail", "Contact", "Nume", "Prenume"],
            {"contact": Field.EMAIL},
            {Field.EMAIL: 1, Field.FAMILY_NAME: 2, Field.GIVEN_NAMES: 3},
            id="what a person said goes before what was recognised",
        ),
        pytest.param(
            ["", "Prenume"],
            {"column A": Field.FAMILY_NAME},
            {Field.FAMILY_NAME: 0, Field.GIVEN_NAMES: 1},
            id="a column without a heading goes by its letter",
        ),
        pytest.param(
            ["Nume"],
            {"nume": Field.FAMILY_NAME},
            {Field.FAMILY_NAME: 0},
            id="a lone name that was said to be a family name is none other",
        ),
    ],
)
def test_what_columns_are_read_as(
    headings: list[str], chosen: dict[str, Field | None], expected: dict[Field, int]
) -> None:
    assert dict(map_columns(headings, chosen).positions) == expected


def test_a_list_with_unknown_headings_is_kept_and_asked_about(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(ODD, ROWS)).location
    asked = client.get(where)
    assert asked.status_code == 302
    page = client.get(asked.location)
    assert "Nicio coloană nu conține încă numele" in page.text
    assert "Asociația Izvorul" in page.text
    said = post(client, asked.location, **SAID)
    assert said.status_code == 302
    dry_run = client.get(said.location).text
    assert "Plopeanu" in dry_run
    assert "ținut minte" in dry_run
    assert (count(cast, Enrolment), count(cast, StoredFile)) == (3, 1)


def test_what_was_said_holds_for_the_next_list_and_the_next_edition(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(ODD, ROWS)).location
    post(client, client.get(where).location, **SAID)
    second = upload(client, write_csv(["BENEFICIAR ", "nume  mic"], [["Dealu", "Ion"]])).location
    assert "Dealu" in client.get(second).text
    with cast.app.app_context():
        kept = db.session().scalars(sa.select(ColumnChoice.heading_key)).all()
    assert sorted(kept) == ["beneficiar", "undelucreaza"]  # the others were read so unasked


def test_columns_are_changed_on_the_dry_run_without_a_new_upload(cast: Cast) -> None:
    client = cast.client("registrar")
    data = write_csv(["Nume", "Prenume", "Contact"], [["Plopeanu", "Ana", "ana@exemplu.example"]])
    where = upload(client, data).location
    assert "ana@exemplu.example" not in client.get(where).text
    soup = BeautifulSoup(client.get(where).text, "html.parser")
    link = soup.find("a", href=f"{where}/columns")
    assert link is not None
    form = {"column-0": "family_name", "column-1": "given_names", "column-2": "email"}
    post(client, f"{where}/columns", **form)
    assert "ana@exemplu.example" in client.get(where).text
    post(client, f"{where}/columns", **(form | {"column-2": ""}))
    assert "ana@exemplu.example" not in client.get(where).text
    assert count(cast, StoredFile) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param(
            {"column-0": "family_name", "column-1": "family_name"},
            "Două coloane",
            id="two columns can't hold the same",
        ),
        pytest.param({"column-0": "phone", "column-1": ""}, "numele", id="names are always needed"),
        pytest.param(
            {"column-0": "<script>", "column-1": "parola"}, "numele", id="odd words are no fields"
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_not_kept(
    cast: Cast, form: dict[str, str], said: str
) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(["Nume", "Prenume"], [["Plopeanu", "Ana"]])).location
    answer = post(client, f"{where}/columns", **form)
    assert answer.status_code == 200
    assert said in answer.text
    assert count(cast, ColumnChoice) == 0


def test_those_whom_a_list_leaves_out_are_named_and_left_alone(cast: Cast) -> None:
    client = cast.client("registrar")
    where = upload(client, write_csv(["Nume", "Prenume"], [["Plopeanu", "Ana"]])).location
    page = BeautifulSoup(client.get(where).text, "html.parser")
    left_out = page.find("details")
    assert left_out is not None
    assert person_of(cast, "learner").family_name in left_out.text
    assert "nu sunt pe listă" in left_out.text or "nu este pe listă" in left_out.text
    bring_in(cast, listed(("Plopeanu", "Ana", *("",) * 8)))
    with cast.app.app_context():
        states = set(db.session().scalars(sa.select(Enrolment.state)))
    assert {s.value for s in states} == {"active"}
