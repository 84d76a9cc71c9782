"""Keys and data: private to the service's user."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from lms.checks.registry import Problem, Scope, check, error, lazy
from lms.config import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
PUBLIC = ".pem"  # certificates, which everybody may have; keys end otherwise


@check(
    "keys.private",
    endangers=lazy("Whoever reads a key can issue certificates in the organisation’s name."),
)
def keys_are_private(settings: Settings) -> Iterator[Problem]:
    """Whoever reads a key can sign in the organisation's name."""
    named = [Path(settings.seal_pkcs12)] if settings.seal_pkcs12 else []
    for path in [*sorted(settings.folder("keys").rglob("*")), *named]:
        if not path.exists():
            yield error(
                lazy("%(path)s is named in the settings, but isn’t there.", path=path),
                lazy("Mend LMS_SEAL_PKCS12."),
            )
        elif path.is_file() and path.suffix != PUBLIC and path.stat().st_mode & OTHERS:
            yield error(
                lazy("%(path)s can be read by others than the service’s user.", path=path),
                lazy("Run: chmod 600 %(path)s", path=path),
            )


@check(
    "keys.instance-private",
    endangers=lazy("Everybody’s personal data can be read by any program of this machine."),
)
def instance_is_private(settings: Settings) -> Iterator[Problem]:
    """The instance holds personal data: nobody else on the machine may enter."""
    if settings.instance.stat().st_mode & stat.S_IRWXO:
        yield error(
            lazy("%(path)s can be entered by every user of this machine.", path=settings.instance),
            lazy("Run: chmod 700 %(path)s", path=settings.instance),
        )


@check(
    "store.private",
    Scope.DEEP,
    endangers=lazy("Others on this machine can read, or change, what people trust to the site."),
)
def files_are_private(settings: Settings) -> Iterator[Problem]:
    """Each file of the instance belongs to the service's user, and to nobody besides."""
    root = settings.instance.resolve()
    own = root.stat().st_uid
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.is_relative_to(root / "keys"):
            continue  # the keys have a check of their own, at each start
        found = path.stat()
        kept = path.is_relative_to(root / "files")
        if found.st_uid != own:
            yield error(
                lazy("%(path)s belongs to another user than the instance.", path=path),
                lazy("Run: chown --reference=%(root)s %(path)s", root=root, path=path),
            )
        elif found.st_mode & (OTHERS if kept else stat.S_IWOTH):
            yield error(
                lazy("%(path)s can be read or changed by others.", path=path),
                lazy("Run: chmod 600 %(path)s", path=path),
            )
        elif not found.st_mode & stat.S_IRUSR:
            yield error(
                lazy("%(path)s can’t be read by the service.", path=path),
                lazy("Run: chmod 600 %(path)s", path=path),
            )
