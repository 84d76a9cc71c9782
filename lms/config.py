"""Every setting: name, type, default and one line of why; read once, checked at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit


class Mode(StrEnum):
    """What the installation is for."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingError(Exception):
    """A setting that can't be used; the text is one sentence for the person who set it."""


def _why(text: str, default: Any) -> Any:  # a field with its reason
    return field(default=default, metadata={"why": text})


@dataclass(frozen=True)
class Settings:
    """The settings of one installation; each field is read from LMS_<NAME IN CAPITALS>."""

    mode: Mode = _why("demo (loopback, MODEL certificates), production, or test", Mode.PRODUCTION)
    instance: Path = _why(
        "folder of the database, files and keys; the one to back up", Path("instance")
    )
    database_url: str = _why("empty: SQLite in the instance folder; else a postgresql:// URL", "")
    base_url: str = _why(
        "address of the site in mails and redirects, e.g. https://cursuri.example.ro",
        "http://127.0.0.1:8000",
    )
    verify_url: str = _why("address printed in QR codes; empty: the base URL with /v", "")
    trusted_hosts: str = _why(
        "host names the site answers to; empty: the base URL's and loopback", ""
    )
    secret_key: str = _why("secret of signed values; empty: made once and kept in the instance", "")
    seal_passphrase: str = _why(
        "passphrase of the seal's key, PIN of its token or service; empty: file mode alone", ""
    )
    seal_pkcs12: str = _why(
        "path of a PKCS#12 file to seal with, in place of the self-made seal", ""
    )
    seal_pkcs11: str = _why("path of a PKCS#11 module to seal with: a token, an HSM", "")
    seal_token: str = _why("label of the token in that module", "")
    seal_key: str = _why("label of key and certificate on that token", "")
    seal_csc_url: str = _why("address of a CSC v2 signing service, e.g. https://…/csc/v2", "")
    seal_csc_credential: str = _why("credential at that service; empty: the only one", "")
    seal_csc_client: str = _why("client id at that service", "")
    seal_csc_secret: str = _why("client secret at that service", "")
    seal_chain: str = _why("path of a PEM file with the certificates above such a seal's", "")
    tsa_url: str = _why("timestamp authority's address (RFC 3161); empty: no timestamps", "")
    tsa_roots: str = _why("path of the PEM file with the roots that timestamps are checked by", "")
    tsa_user: str = _why("name to ask the timestamp authority with; empty: none is asked for", "")
    tsa_password: str = _why("password to that name", "")
    tsa_level: str = _why("level that files are brought to: B-T, B-LT or B-LTA", "B-LTA")
    tsa_parallel: int = _why("most timestamps asked for at once", 4)
    smtp_url: str = _why("mail server, smtp://user:password@host:port; empty: mails wait", "")
    mail_from: str = _why("sender of every mail", "Atestat <no-reply@localhost>")
    mail_per_hour: int = _why("most mails sent in an hour", 300)
    table_seconds: int = _why(
        "how long an edition's table stands before what time alone changes is looked at again", 300
    )
    contact_email: str = _why("address shown to people who need help", "")
    contact_phone: str = _why("telephone shown to people who need help", "")
    host: str = _why("address that the server binds", "127.0.0.1")
    port: int = _why("port that the server binds", 8000)
    workers: int = _why("web processes", 2)
    threads: int = _why("threads in each web process", 4)
    behind_proxy: int = _why("number of trusted reverse proxies in front", 0)
    max_upload_mb: int = _why("largest request accepted, in MB", 25)
    default_locale: str = _why("language of people who have chosen none: ro or en", "ro")
    session_hours: int = _why("a sign-in lasts this long after the last page", 12)
    own_device_days: int = _why("so long lasts a learner's sign-in on a computer of one's own", 30)
    shared_idle_minutes: int = _why("on a shared computer a sign-in left alone ends after this", 30)
    offline_reading: bool = _why("whether lessons may be kept for reading without internet", True)
    answer_grace_seconds: int = _why(
        "answers that arrive this long after a test's time are still accepted", 60
    )
    backup_to: str = _why(
        "daily backups: a full path to a folder, or s3://KEY:SECRET@host/bucket/prefix", ""
    )
    backup_key: str = _why("key that backups are encrypted with; made by lms backup key", "")
    backup_at: int = _why("hour of the daily backup, by Bucharest's clock", 3)
    backup_keep: str = _why("how many backups stay: of days, weeks and months", "7d 5w 12m")
    register_days: str = _why(
        "folder for the register of each day, a full path; empty: register-days in the instance",
        "",
    )
    archive_days: int = _why("days for which an edition's archive can be fetched again", 7)
    queue_url: str = _why("empty: queue kept in SQLite; else a postgresql:// or redis:// URL", "")

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address as SQLAlchemy wants it."""
        url = self.database_url
        if not url:
            return f"sqlite:///{self.instance.resolve() / 'atestat.sqlite3'}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url[len(prefix) :]
        return url

    @property
    def seal_is_external(self) -> str:
        """Which setting names a seal that was made elsewhere; empty where it is made here."""
        named = {
            "LMS_SEAL_PKCS12": self.seal_pkcs12,
            "LMS_SEAL_PKCS11": self.seal_pkcs11,
            "LMS_SEAL_CSC_URL": self.seal_csc_url,
        }
        return next((name for name, value in named.items() if value), "")

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def printed_verify_url(self) -> str:
        """The address printed on certificates, without a trailing slash."""
        return (self.verify_url or self.base_url.rstrip("/") + "/v").rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names (without port) that the site answers to."""
        named = {h.strip() for h in self.trusted_hosts.split(",") if h.strip()}
        return frozenset(
            named or {urlsplit(self.base_url).hostname or "", "127.0.0.1", "localhost"}
        )

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over HTTPS."""
        return self.base_url.startswith("https://")

    def folder(self, name: str) -> Path:
        """A folder inside the instance, made when missing."""
        path = self.instance.resolve() / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


def _convert(kind: Any, name: str, text: str) -> Any:
    try:
        if kind is int:
            return int(text)
        return kind(text)
    except ValueError as error:
        raise SettingError(f"{name} can't be “{text}”: {error}.") from error


_LEAST = {
    "tsa_parallel": 1,
    "shared_idle_minutes": 5,  # an open page says every five that somebody works at it
    "own_device_days": 1,
}


def _check_limits(settings: Settings) -> None:
    for name, least in _LEAST.items():
        if getattr(settings, name) < least:
            raise SettingError(f"LMS_{name.upper()} must be at least {least}.")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; raise SettingError with one sentence."""
    environ = os.environ if environ is None else environ
    hints = get_type_hints(Settings)
    known = {f"LMS_{f.name.upper()}": f for f in fields(Settings)}
    unknown = [n for n in environ if n.startswith("LMS_") and n not in known]
    if unknown:
        raise SettingError(f"No setting is called {unknown[0]}; see docs/settings.md.")
    values = {
        f.name: _convert(hints[f.name], name, environ[name])
        for name, f in known.items()
        if environ.get(name, "") != ""
    }
    settings = Settings(**values)
    if settings.default_locale not in ("ro", "en"):
        raise SettingError("LMS_DEFAULT_LOCALE must be ro or en.")
    if not 0 <= settings.backup_at <= 23:
        raise SettingError("LMS_BACKUP_AT must be an hour from 0 to 23.")
    if sum(map(bool, (settings.seal_pkcs12, settings.seal_pkcs11, settings.seal_csc_url))) > 1:
        raise SettingError(
            "Only one of LMS_SEAL_PKCS12, LMS_SEAL_PKCS11 and LMS_SEAL_CSC_URL can hold the seal."
        )
    if settings.seal_pkcs11 and not (settings.seal_token and settings.seal_key):
        raise SettingError("LMS_SEAL_PKCS11 needs LMS_SEAL_TOKEN and LMS_SEAL_KEY.")
    if settings.tsa_level not in ("B-T", "B-LT", "B-LTA"):
        raise SettingError("LMS_TSA_LEVEL must be B-T, B-LT or B-LTA.")
    if settings.tsa_url and not settings.tsa_url.startswith(("http://", "https://")):
        raise SettingError("LMS_TSA_URL must start with http:// or https://.")
    if settings.tsa_url and not settings.tsa_roots:
        raise SettingError("LMS_TSA_URL needs LMS_TSA_ROOTS: whom are timestamps trusted through?")
    _check_limits(settings)
    if settings.answer_grace_seconds < 0:
        raise SettingError("LMS_ANSWER_GRACE_SECONDS can't be negative.")
    if not settings.base_url.startswith(("http://", "https://")):
        raise SettingError("LMS_BASE_URL must start with http:// or https://.")
    return settings
