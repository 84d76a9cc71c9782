"""The whole job on the real server: from a list of 160 people to 160 certificates."""

from pathlib import Path

import pytest

from bench import journey
from tests.serving import Installation, mail_server, new_database

LEARNERS = 6  # python -m bench.journey does all 160 on both; test_whole_year goes the way on both


@pytest.fixture
def postgres_where_asked(database: str, request: pytest.FixtureRequest) -> str | None:
    return None if database == "sqlite" else request.getfixturevalue("postgres_server")


@pytest.mark.one_database
@pytest.mark.timeout(900)
def test_everybody_on_the_list_goes_from_invitation_to_a_certificate_that_a_stranger_verifies(
    database: str, postgres_where_asked: str | None, tmp_path: Path
):
    with mail_server() as (mailbox, smtp_url):
        installation = Installation(
            tmp_path / "instance", new_database(postgres_where_asked), smtp_url
        )
        done = journey.run(installation, mailbox, learners=LEARNERS, saves_each=False, uploads=4)
    assert [n.serial for n in done.numbers] == list(range(1, LEARNERS + 1))
    assert len({c.code for c in done.certificates}) == LEARNERS
    assert all(c.is_valid for c in done.certificates)
    assert done.refused_bytes == 4
    assert done.timings.failures == 0
