"""Over a hundred changed files, by a fixed seed; `python -m bench.tamper` tries ten thousand."""

from __future__ import annotations

import pytest

from bench import tamper
from bench.tampering.ways import WAYS
from lms.certificates.verification import PdfOutcome

pytestmark = pytest.mark.one_database
CHANGES = 120


@pytest.fixture(scope="module")
def score() -> tamper.Score:
    return tamper.run(CHANGES, seed=20261122)


def test_no_changed_file_passes_offline_or_before_a_register_that_claims_to_keep_it(score) -> None:
    assert score.passed == []
    assert score.tried >= CHANGES
    assert PdfOutcome.INTACT.value not in score.refused


def test_no_changed_file_breaks_the_verifier(score) -> None:
    assert score.broke == []


def test_no_genuine_file_of_any_design_and_level_is_refused(score) -> None:
    assert score.genuine_refused == []
    assert score.genuine >= 16


def test_every_way_of_tampering_is_tried(score) -> None:
    assert {*WAYS, "traps, under limits"} == set(score.by_family)
