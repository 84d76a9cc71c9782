"""What a seal may be said to be worth: read from its certificate, never more than it says.

A qualified seal needs a certificate that says three things (EN 319 412-5): that it is qualified,
that it is for seals, and that its key is in a qualified device. Whether its issuer is on the
Union's trusted list is not looked up here, and the sentences on pages say so.
"""

from __future__ import annotations

from typing import Any, Final

from asn1crypto import core
from cryptography import x509

from lms.certificates.signing.api import SealKind

_STATEMENTS: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
_IS_QUALIFIED: Final = "0.4.0.1862.1.1"
_IN_DEVICE: Final = "0.4.0.1862.1.4"
_TYPE: Final = "0.4.0.1862.1.6"
_FOR_SEALS: Final = "0.4.0.1862.1.6.2"
_OTHER_COUNTRY: Final = "0.4.0.1862.1.7"


class _Statement(core.Sequence):  # type: ignore[misc]
    _fields = [("id", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]  # noqa: RUF012


class _Statements(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Statement


class _Types(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.ObjectIdentifier


def worth_of(certificate: x509.Certificate, *, in_device: bool) -> SealKind:
    """Say what a seal brought from elsewhere may be called; a key in a file is in no device."""
    if certificate.issuer == certificate.subject:
        return SealKind.SELF_MADE
    said = _said(certificate)
    if (
        in_device
        and {_IS_QUALIFIED, _IN_DEVICE} <= said.keys()
        and _OTHER_COUNTRY not in said
        and _FOR_SEALS in _types(said.get(_TYPE))
    ):
        return SealKind.QUALIFIED
    return SealKind.ADVANCED


def _said(certificate: x509.Certificate) -> dict[str, Any]:
    """Read the certificate's statements about itself; what can't be read says nothing."""
    try:
        found = certificate.extensions.get_extension_for_oid(_STATEMENTS).value
        statements = _Statements.load(found.public_bytes(), strict=True)
        return {each["id"].dotted: each["info"] for each in statements}
    except (x509.ExtensionNotFound, ValueError, TypeError):
        return {}


def _types(info: Any) -> set[str]:
    try:
        return {each.dotted for each in _Types.load(info.dump(), strict=True)} if info else set()
    except (ValueError, TypeError):
        return set()
