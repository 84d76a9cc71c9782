"""Small rules: roles, devices, addresses of mail."""

import pytest

from lms.access import Role
from lms.accounts.devices import Device, read_device
from lms.accounts.roles import go_together, may_grant


@pytest.mark.parametrize("role", list(Role))
def test_an_owner_grants_every_role(role: Role) -> None:
    assert may_grant({Role.OWNER}, role)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.AUDITOR, Role.OWNER])
def test_a_registrar_grants_nothing_as_high_as_the_own_role(role: Role) -> None:
    assert not may_grant({Role.REGISTRAR, Role.TRAINER}, role)
    assert may_grant({Role.REGISTRAR}, Role.TRAINER)


@pytest.mark.parametrize("role", list(Role))
def test_trainers_and_auditors_grant_nothing(role: Role) -> None:
    assert not may_grant({Role.TRAINER}, role)
    assert not may_grant({Role.AUDITOR}, role)


def test_an_auditor_stands_alone() -> None:
    assert go_together(set(), Role.AUDITOR)
    assert go_together({Role.AUDITOR}, Role.AUDITOR)
    assert not go_together({Role.TRAINER}, Role.AUDITOR)
    assert not go_together({Role.AUDITOR}, Role.TRAINER)
    assert go_together({Role.TRAINER}, Role.REGISTRAR)


@pytest.mark.parametrize(
    ("sent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
            Device("Microsoft Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (Android 15; Mobile) Gecko/141.0 Firefox/141.0",
            Device("Firefox", "Android"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            Device("Safari", "iPhone"),
        ),
        ("curl/8.0", Device("", "")),
    ],
)
def test_a_device_is_named_as_people_know_it(sent: str, device: Device) -> None:
    assert read_device(sent) == device
