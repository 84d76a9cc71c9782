"""Authorities of an invented country on this machine: certificates, revocation, timestamps."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import load_der_x509_certificate
from werkzeug.serving import WSGIRequestHandler, make_server

ARCH = "exemplu"
PASSWORD = "parolă de probă"
_LIFE = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2060-01-01T00:00:00+0000"}
_NAMES = {
    "root": "Rădăcină Exemplu",
    "interm": "Autoritate Exemplu",
    "ocsp": "Răspunsuri Exemplu",
    "tsa-root": "Rădăcină Marcă Temporală Exemplu",
    "tsa": "Marcă Temporală Exemplu",
    "tsa-soon": "Marcă Temporală Exemplu",
    "seal": "Sigiliu Asociația Orașelor Exemplu",
    "qualified": "Sigiliu calificat Exemplu",
    "signatory": "Mihaela Popescu-Exemplu",
    "signatory-later": "Mihaela Popescu-Exemplu",
    "stranger": "Ion Necunoscutu",
}


def _usage(*names: str) -> dict[str, Any]:
    return {
        "id": "key_usage",
        "critical": True,
        "smart-value": {"schema": "key-usage", "params": list(names)},
    }


def _crl(repository: str) -> dict[str, Any]:
    return {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [repository]}},
    }


def _ca(issuer: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "validity": _LIFE,
        "extensions": [
            {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
            _usage("digital_signature", "key_cert_sign", "crl_sign"),
            *more,
        ],
    }


def _signer(*more: dict[str, Any]) -> dict[str, Any]:
    answers = {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["interm"]}},
    }
    return {
        "issuer": "interm",
        "validity": {**_LIFE, "valid-to": "2050-01-01T00:00:00+0000"},
        "extensions": [_usage("digital_signature", "non_repudiation"), _crl("interm"), answers],
    } | ({"extensions": [_usage("digital_signature", "non_repudiation"), *more]} if more else {})


def _stamper(until: str) -> dict[str, Any]:
    return {
        "issuer": "tsa-root",
        "validity": {**_LIFE, "valid-to": until},
        "extensions": [
            _usage("digital_signature"),
            {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
            _crl("tsa-root"),
        ],
    }


def _plan(url: str, soon: str) -> dict[str, Any]:
    ocsp = [
        _usage("digital_signature"),
        {"id": "extended_key_usage", "critical": True, "value": ["ocsp_signing"]},
        {"id": "ocsp_no_check"},
    ]
    certs = {
        "root": {"subject": "root", "subject-key": "root", "authority-key": "root"} | _ca("root"),
        "interm": _ca("root", _crl("root")),
        "ocsp": {"issuer": "interm", "validity": _LIFE, "extensions": ocsp},
        "tsa-root": {"subject": "tsa-root", "subject-key": "tsa-root", "authority-key": "tsa-root"}
        | _ca("tsa-root"),
        "tsa": _stamper("2045-01-01T00:00:00+0000"),
        "tsa-soon": _stamper(soon),
        "seal": _signer(),
        "signatory": _signer(),
        "signatory-later": _signer(),
        "stranger": _signer(),
    }
    entities = {name: {"common-name": _NAMES[name]} for name in certs}
    repositories = {
        name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P30D"}
        for name in ("root", "interm", "tsa-root")
    }
    return {
        "external-url-prefix": url,
        "keysets": {ARCH: {"keys": {name: {"path": f"{name}.pem"} for name in certs}}},
        "pki-architectures": {
            ARCH: {
                "keyset": ARCH,
                "entity-defaults": {"country-name": "RO", "organization-name": "Exemplu SA"},
                "entities": entities,
                "certs": certs,
                "services": {
                    "ocsp": {
                        "interm": {
                            "for-issuer": "interm",
                            "responder-cert": "ocsp",
                            "signing-key": "ocsp",
                        }
                    },
                    "crl-repo": repositories,
                    "time-stamping": {
                        name: {"signing-key": name, "signing-cert": name}
                        for name in ("tsa", "tsa-soon")
                    },
                },
            }
        },
    }


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@dataclass
class Authorities:
    """What the tests ask of them, and what was asked of them."""

    url: str
    folder: Path
    app: Callable[..., Iterable[bytes]] | None = None
    failures: int = 0  # how many of the next requests for a timestamp fail
    delay: float = 0.0
    paths: list[str] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def tsa_url(self) -> str:
        return f"{self.url}/{ARCH}/tsa/tsa"

    def forget(self) -> None:
        """Begin a test with nothing counted and nothing going wrong."""
        self.failures, self.delay, self.most_at_once = 0, 0.0, 0
        self.paths.clear()

    def asked(self, part: str) -> int:
        return sum(part in path for path in self.paths)

    def pem(self, name: str) -> bytes:
        return (self.folder / f"{name}.crt").read_bytes()

    def pkcs12(self, name: str, target: Path) -> Path:
        """Write a key with its chain, root included, as somebody would have bought it."""
        target.write_bytes((self.folder / f"{name}.p12").read_bytes())
        target.chmod(0o600)
        return target

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Count, delay or fail a request, then answer it."""
        path = environ["PATH_INFO"]
        with self._lock:
            self.paths.append(path)
            stamps = "/tsa/" in path
            fails = stamps and self.failures > 0
            self.failures -= fails
            self._now += stamps
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if stamps and self.delay:
                time.sleep(self.delay)
            if fails:
                start("503 Service Unavailable", [("Content-Type", "text/plain")])
                return [b"closed"]
            assert self.app is not None
            return self.app(environ, start)
        finally:
            with self._lock:
                self._now -= stamps


@contextmanager
def authorities(folder: Path, *, soon: str = "2031-01-01T00:00:00+0000") -> Iterator[Authorities]:
    """Set up keys and certificates, and answer on a port of this machine."""
    found = Authorities("", folder)
    server = make_server("127.0.0.1", 0, found, threaded=True, request_handler=_Quiet)
    found.url = f"http://127.0.0.1:{server.server_port}"
    plan = _plan(found.url, soon)
    for name in plan["keysets"][ARCH]["keys"]:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (folder / f"{name}.pem").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
    plan["keysets"][ARCH]["path-prefix"] = str(folder)
    config = CertomancerConfig.from_file(_written(folder, plan))
    arch = config.get_pki_arch(ArchLabel(ARCH))
    _lay_down(arch, folder)
    found.app = Animator(AnimatorArchStore({ArchLabel(ARCH): arch}), with_web_ui=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _written(folder: Path, plan: dict[str, Any]) -> str:
    path = folder / "certomancer.yml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True))
    return str(path)


def _lay_down(arch: Any, folder: Path) -> None:
    """Write each certificate, and a PKCS#12 file for each of those that sign."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = {
        name: load_der_x509_certificate(arch.get_cert(CertLabel(name)).dump())
        for name in _NAMES
        if (folder / f"{name}.pem").exists()
    }
    for name, certificate in found.items():
        (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    for name in ("seal", "signatory", "signatory-later", "stranger"):
        key = load_pem_private_key((folder / f"{name}.pem").read_bytes(), None)
        (folder / f"{name}.p12").write_bytes(
            pkcs12.serialize_key_and_certificates(
                name.encode(),
                key,  # type: ignore[arg-type]
                found[name],
                [found["interm"], found["root"]],
                BestAvailableEncryption(PASSWORD.encode()),
            )
        )
    with contextlib.suppress(KeyError):
        (folder / "chain.pem").write_bytes(
            b"".join(found[n].public_bytes(Encoding.PEM) for n in ("interm", "root", "tsa-root"))
        )
