"""Twenty who claim at once, and bulk issuing killed: no number double, none missing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from lms import db, schema
from tests.faults.saving import application
from tests.serving import ROOT, Installation


def race(installation: Installation, *arguments: str) -> dict[str, Any]:
    """Run the races in an installation of their own; see `tests.faults.racing`."""
    with application(installation) as app, app.app_context():
        schema.upgrade()
        db.db.session.remove()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.racing", *arguments],
        env=installation.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, found
    return found


@pytest.mark.timeout(200)
def test_of_twenty_who_claim_at_once_each_holder_gets_one_number(installation: Installation):
    found = race(installation, "claims", "--rounds", "3")
    assert found["certificates"] == found["valid"] == 34
    assert found["double_numbers"] == found["double_holders"] == found["missing_numbers"] == 0


@pytest.mark.timeout(300)
def test_killed_in_bulk_issuing_no_number_is_double_or_missing(installation: Installation):
    found = race(installation, "kills", "--kills", "8", "--seed", "3")
    assert found["kills"] == 8
    assert found["certificates"] == found["valid"] == found["expected"]
    assert found["double_numbers"] == found["double_holders"] == found["missing_numbers"] == 0
    assert found["seen"]["left numbers without a file"] > 0, "no kill came between two steps"
