"""A seal's key on a token or in a module that speaks PKCS#11; it never leaves it."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lms.certificates.signing.api import (
    SealError,
    SealLocked,
    SealMissing,
    SigningFailed,
)
from lms.certificates.signing.chains import whole_chain
from lms.certificates.signing.pades import PadesSeal
from lms.certificates.signing.worth import worth_of


@dataclass(frozen=True)
class TokenPlace:
    """Where the key is: the module's file, the token's label, the key's label, the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


class TokenKey:
    """An RSA key on a token; one signature at a time, and a session of its own in each process."""

    def __init__(self, place: TokenPlace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._pid = 0
        self._session: Any = None
        self._key: Any = None
        self.certificates = self._open()
        self.key_size = _public(self.certificates[0]).key_size

    def sign(self, data: bytes, _padding: object, _algorithm: object) -> bytes:
        """Sign with RSA PKCS#1 v1.5 and SHA-256; a session that was lost is opened once again."""
        from pkcs11 import Mechanism, PKCS11Error

        with self._lock:
            try:
                if self._pid != os.getpid():  # a forked process has no session of its parent
                    self._open()
                return bytes(self._key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
            except PKCS11Error:
                pass
            try:
                self._open()
                return bytes(self._key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
            except PKCS11Error as error:
                raise SigningFailed(f"the token: {_name(error)}") from error

    def _open(self) -> list[x509.Certificate]:
        """Open a session and find key and certificates in it, the key's own certificate first."""
        try:
            import pkcs11
            from pyhanko.config.pkcs11 import TokenCriteria
            from pyhanko.sign.pkcs11 import open_pkcs11_session
        except ImportError as error:
            raise SealError("python-pkcs11 isn't installed") from error
        place = self._place
        try:
            if self._pid not in {0, os.getpid()}:
                pkcs11.lib(place.module).reinitialize()
            self.close()
            criteria = TokenCriteria(label=place.token)
            try:
                self._session = open_pkcs11_session(
                    place.module, token_criteria=criteria, user_pin=place.pin
                )
            except pkcs11.UserAlreadyLoggedIn:  # another session of this process has shown the PIN
                self._session = open_pkcs11_session(place.module, token_criteria=criteria)
            self._pid = os.getpid()
            self._key = self._session.get_key(
                object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=place.key
            )
            return self._certificates()
        except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinLenRange) as error:
            raise SealLocked(f"the token refuses the PIN: {_name(error)}") from error
        except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
            raise SealMissing(f"the token has no single key “{place.key}”") from error
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise SealError(f"the token can't be opened: {_name(error)}") from error

    def close(self) -> None:
        """End the session, if it is this process's."""
        session, self._session = self._session, None
        if session is not None and self._pid == os.getpid():
            session.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # the module may be gone before us
            self.close()

    def _certificates(self) -> list[x509.Certificate]:
        from pkcs11 import Attribute, ObjectClass

        own: list[x509.Certificate] = []
        others: list[x509.Certificate] = []
        # The search is ended before its finds are read: not every module does both at once.
        for found in list(self._session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
            certificate = x509.load_der_x509_certificate(bytes(found[Attribute.VALUE]))
            (own if found[Attribute.LABEL] == self._place.key else others).append(certificate)
        if len(own) != 1:
            raise SealMissing(f"the token has {len(own)} certificates “{self._place.key}”, not one")
        return [*own, *others]


def load_token(place: TokenPlace, *, chain_file: str = "") -> PadesSeal:
    """Open a seal whose key is on a token. Raises SealError and its children."""
    key = TokenKey(place)
    seal, *above = key.certificates
    return PadesSeal(
        kind=worth_of(seal, in_device=True),
        key=key,
        certificate=seal,
        chain=whole_chain(seal, above, chain_file),
    )


def _public(seal: x509.Certificate) -> RSAPublicKey:
    found = seal.public_key()
    if not isinstance(found, RSAPublicKey):
        raise SealError("the seal needs an RSA key")
    return found


def _name(error: BaseException) -> str:
    return str(error) or type(error).__name__
