"""What a programme needs before numbers may be given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.programmes.requirements import Printed, Requirement, missing

WHOLE = Printed(
    title="Programul de probă",
    short_name="Probă",
    funder="Finanțatorul",
    contract_number="1/2026",
    project_code="123",
    issuers=("Asociația Exemplu",),
    issuer_contact="contact@exemplu.example",
    place="Valea Plopilor",
    funding_statement="Finanțat din…",
    certificate_title="Certificat de participare",
    signatories=(("Ana Exemplu", "președintă"), ("Ion Exemplu", "manager")),
    has_retention=True,
    editions=1,
)


def test_a_whole_programme_lacks_nothing() -> None:
    assert missing(WHOLE) == ()


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"funder": None}, Requirement.FUNDER),
        ({"issuers": ()}, Requirement.ISSUERS),
        ({"signatories": (("Ana", "președintă"),)}, Requirement.SIGNATORY_2),
        ({"signatories": (("Ana", ""), ("Ion", "manager"))}, Requirement.SIGNATORY_1),
        ({"has_retention": False}, Requirement.RETAIN_UNTIL),
        ({"editions": 0}, Requirement.EDITION),
        ({"place": ""}, Requirement.PLACE),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], lacks: Requirement) -> None:
    assert missing(replace(WHOLE, **change)) == (lacks,)  # type: ignore[arg-type]
