"""The seal: not the demo's, and not only here."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from lms import db
from lms.certificates.models import RecoveryKit
from lms.certificates.signing.file_key import MODEL_ORGANISATION
from lms.checks.database import has_schema
from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Settings

SEAL_FILE = "seal.pem"


def _seals(settings: Settings) -> Iterator[x509.Certificate]:
    for path in sorted(settings.folder("keys").rglob(SEAL_FILE)):
        try:
            yield x509.load_pem_x509_certificate(path.read_bytes())
        except ValueError:
            continue  # a damaged seal is the certificates' own check to report


def _is_model(seal: x509.Certificate) -> bool:
    names = seal.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(str(name.value) == MODEL_ORGANISATION for name in names)


@check(
    "keys.no-demo-seal", endangers=lazy("A certificate sealed by the demo’s key is worth nothing.")
)
def seal_is_not_the_demos(settings: Settings) -> Iterator[Problem]:
    """A certificate sealed by the demo's key is worth nothing."""
    if not settings.seal_is_external and any(_is_model(seal) for seal in _seals(settings)):
        yield error(
            lazy("The seal in this instance is the demo’s."),
            lazy("Use another LMS_INSTANCE, and run lms init there."),
        )


@check(
    "keys.recovery-kit",
    Scope.COMMAND,
    endangers=lazy("With this disk the seal would be lost: new certificates by another one."),
)
def recovery_kit_is_elsewhere(settings: Settings) -> Iterator[Problem]:
    """A seal that exists once is lost with its disk: ask until it's said to be elsewhere."""
    own = [seal for seal in _seals(settings) if not _is_model(seal)]
    if not own or not has_schema():
        return
    stored = set(db.session().scalars(sa.select(RecoveryKit.seal_fingerprint)))
    if any(seal.fingerprint(hashes.SHA256()).hex() not in stored for seal in own):
        yield warning(
            lazy("The seal exists only on this machine."),
            lazy(
                "Take out its recovery kit, store it elsewhere, and say so: "
                "lms certificate kit --help"
            ),
        )
