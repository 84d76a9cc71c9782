"""Stores that keep what they are told even when killed, as those of an organisation do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.serving import Installation, new_database


@pytest.fixture(scope="session")
def durable_server() -> Iterator[str]:
    with postgres.server(durable=True) as url:
        yield url


@pytest.fixture
def installation(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Installation:
    server = None if database == "sqlite" else request.getfixturevalue("durable_server")
    return Installation(tmp_path / "instance", new_database(server))
