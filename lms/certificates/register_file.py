"""The register of a day as a file: one row a number, and a last line that vouches for all above.

The file is a CSV that any spreadsheet opens. Its last line holds the SHA-256 of every byte before
it, and the seal's signature over the same bytes; `read_register` believes neither by itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lms.certificates.signing.pades import TEXT_MARK
from lms.certificates.verification import TrustedSeal
from lms.safety.own_csv import NotOurCsv, read_own_csv
from lms.safety.sheets import write_csv

MOST_BYTES: Final = 64 * 1024 * 1024
_LAST: Final = b"#sfarsit;"

DUPLICATE: Final = "duplicate"
"""What `stare` says in a duplicate's row; the certificate's own state is in the row above."""


@dataclass(frozen=True)
class RegisterRow:
    """One number as the register held it; all of it text, empty where there is nothing.

    Times are in UTC, by ISO 8601. `fapte` is the frozen document, as it stands in the PDF too.
    `inscriere` and `inscris_la` name the holder's place beyond doubt. A duplicate has a row of its
    own under its certificate's, with the same number and code and `stare` as DUPLICATE says.
    """

    numar: str
    stare: str
    titular: str
    organizatie: str
    curs: str
    ore: str
    editie: str
    emis_la: str
    valabil_pana_la: str
    rezervat_utc: str
    emis_utc: str
    stare_din_utc: str
    motiv: str
    inlocuieste: str
    cod: str
    sha256: str
    marime: str
    motor: str
    sigiliu: str
    inscriere: str
    inscris_la: str
    veriga: str
    lant: str
    duplicat_nr: str
    duplicat_din: str
    cerut_de: str
    cerut_la: str
    declaratie: str
    fapte: str


COLUMNS: Final = tuple(field.name for field in fields(RegisterRow))


class NotARegister(ValueError):
    """The file is no register of a day, or was changed after it was written."""


@dataclass(frozen=True)
class ReadRegister:
    """A file's rows, what was signed, and by which seal."""

    rows: tuple[RegisterRow, ...]
    body: bytes
    fingerprint: str
    signature: bytes


def write_rows(rows: Iterable[RegisterRow]) -> bytes:
    """Write the rows, heading first; the same rows give the same bytes."""
    return write_csv(COLUMNS, (tuple(asdict(row).values()) for row in rows))


def closed(body: bytes, fingerprint: str = "", signature: bytes = b"") -> bytes:
    """Put the last line under the rows."""
    last = (hashlib.sha256(body).hexdigest(), fingerprint, base64.b64encode(signature).decode())
    return body + _LAST + ";".join(last).encode() + b"\r\n"


def read_register(data: bytes) -> ReadRegister:
    """Read a file back; raise NotARegister where it is none, or isn't whole."""
    if len(data) > MOST_BYTES:
        raise NotARegister("too large")
    at = data.rfind(_LAST)
    if at < 0 or (at and data[at - 1 : at] != b"\n"):
        raise NotARegister("no last line")
    body, last = data[:at], data[at + len(_LAST) :].strip().decode("ascii", "replace").split(";")
    if len(last) != 3 or hashlib.sha256(body).hexdigest() != last[0]:
        raise NotARegister("changed")
    try:
        signature = base64.b64decode(last[2], validate=True)
        heading, *lines = read_own_csv(body)
    except (ValueError, NotOurCsv) as error:
        raise NotARegister("damaged") from error
    if heading != COLUMNS:
        raise NotARegister("other columns")
    rows = tuple(RegisterRow(*line) for line in lines)
    return ReadRegister(rows, body, last[1], signature)


def is_sealed(read: ReadRegister, trusted: Sequence[TrustedSeal]) -> bool:
    """Tell whether a seal that we know has signed the rows."""
    for seal in trusted:
        certificate = x509.load_pem_x509_certificate(seal.certificate_pem)
        key = certificate.public_key()
        if certificate.fingerprint(hashes.SHA256()).hex() != read.fingerprint:
            continue
        if not isinstance(key, RSAPublicKey):
            return False
        try:
            key.verify(read.signature, TEXT_MARK + read.body, PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True
    return False
