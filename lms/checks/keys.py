"""Keys and data: private to the service's user."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from lms.checks.registry import Problem, check, error
from lms.config import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
PUBLIC = ".pem"  # certificates, which everybody may have; keys end otherwise


@check("keys.private")
def keys_are_private(settings: Settings) -> Iterator[Problem]:
    """Whoever reads a key can sign in the organisation's name."""
    named = [Path(settings.seal_pkcs12)] if settings.seal_pkcs12 else []
    for path in [*sorted(settings.folder("keys").rglob("*")), *named]:
        if not path.exists():
            yield error(
                f"{path} is named in the settings, but isn't there.", "Mend LMS_SEAL_PKCS12."
            )
        elif path.is_file() and path.suffix != PUBLIC and path.stat().st_mode & OTHERS:
            yield error(
                f"{path} can be read by others than the service's user.", f"Run: chmod 600 {path}"
            )


@check("keys.instance-private")
def instance_is_private(settings: Settings) -> Iterator[Problem]:
    """The instance holds personal data: nobody else on the machine may enter."""
    if settings.instance.stat().st_mode & stat.S_IRWXO:
        yield error(
            f"{settings.instance} can be entered by every user of this machine.",
            f"Run: chmod 700 {settings.instance}",
        )
