"""Settings that would do harm, and settings that were forgotten."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from lms.checks.registry import Problem, Scope, check, error, lazy, warning
from lms.config import Mode, Settings

SHORTEST_SECRET = 32
FEWEST_LETTERS = 8  # different ones: „aaaa…” is long and no secret
LEAST_FREE_MB = 1000
DANGEROUSLY_FREE_MB = 200
NETWORK_FILE_SYSTEMS = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"),
        *("davfs", "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone"),
    )
)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that a path is on, from the text of /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


@check(
    "settings.demo-loopback",
    Scope.ALWAYS,
    endangers=lazy("Anybody could sign in with what the demonstration prints."),
)
def demo_stays_home(settings: Settings) -> Iterator[Problem]:
    """The demo's sign-ins are printed: it is never offered to a network."""
    if settings.mode is Mode.DEMO and not is_loopback(settings.host):
        yield error(
            lazy(
                "The demo may only be served on this machine, not on %(host)s.", host=settings.host
            ),
            lazy("Set LMS_HOST=127.0.0.1, or LMS_MODE=production with a database of its own."),
        )


@check("settings.secret", endangers=lazy("Whoever guesses it signs in as anybody."))
def secret_is_secret(settings: Settings) -> Iterator[Problem]:
    """A secret given by setting must be worth its name; one we made is."""
    secret = settings.secret_key
    if secret and (len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS):
        yield error(
            lazy("LMS_SECRET_KEY can be guessed."),
            lazy(
                "Give %(count)s random characters or more, or none: one is made and kept.",
                count=SHORTEST_SECRET,
            ),
        )


@check(
    "settings.base-url",
    endangers=lazy("Passwords and links travel over the address; certificates carry it for good."),
)
def addresses_are_safe(settings: Settings) -> Iterator[Problem]:
    """Sign-ins and printed codes travel over HTTPS."""
    host = urlsplit(settings.base_url).hostname or ""
    if not settings.is_https and not is_loopback(host):
        yield error(
            lazy(
                "LMS_BASE_URL is %(address)s: passwords would travel unprotected.",
                address=settings.base_url,
            ),
            lazy("Put the site behind HTTPS and set LMS_BASE_URL=https://…."),
        )
    if is_loopback(host):
        yield warning(
            lazy(
                "LMS_BASE_URL is an address of this machine: nobody else can follow a link in a "
                "mail."
            ),
            lazy("Set LMS_BASE_URL to the site’s public address."),
        )
    printed = urlsplit(settings.printed_verify_url)
    if printed.scheme != "https":
        yield warning(
            lazy(
                "Certificates will be printed with %(address)s, for good.",
                address=settings.printed_verify_url,
            ),
            lazy(
                "Set LMS_VERIFY_URL to an https:// address that will last as long as the "
                "certificates."
            ),
        )
    if settings.is_https and not settings.behind_proxy:
        yield warning(
            lazy("The site is HTTPS, but no proxy is declared: all visitors seem to be one."),
            lazy("Set LMS_BEHIND_PROXY to the number of proxies in front, usually 1."),
        )


@check("settings.mail", endangers=lazy("People get no invitation, no new password, and no answer."))
def people_can_be_reached(settings: Settings) -> Iterator[Problem]:
    """Mail goes out, and people in trouble find somebody."""
    if not settings.smtp_url:
        yield warning(
            lazy("No mail server is set: invitations and new passwords wait in the outbox."),
            lazy("Set LMS_SMTP_URL, or print the invitation letters."),
        )
    elif settings.mail_from.rstrip(">").endswith("@localhost"):
        yield warning(
            lazy(
                "Mails would come from %(sender)s, which other servers refuse.",
                sender=settings.mail_from,
            ),
            lazy("Set LMS_MAIL_FROM to an address of your organisation."),
        )
    if not settings.contact_email and not settings.contact_phone:
        yield warning(
            lazy("People who need help find no contact."),
            lazy("Set LMS_CONTACT_EMAIL or LMS_CONTACT_PHONE."),
        )


@check(
    "settings.database-place",
    Scope.ALWAYS,
    endangers=lazy("Locks don’t hold over a network: the database would be damaged."),
)
def database_is_on_a_local_disk(settings: Settings) -> Iterator[Problem]:
    """SQLite's locks don't hold over a network: the database would be damaged."""
    if not settings.is_sqlite:
        return
    mounts = Path("/proc/mounts")
    text = mounts.read_text(encoding="utf-8", errors="replace") if mounts.exists() else ""
    kind = file_system_of(settings.instance.resolve(), text)
    if kind in NETWORK_FILE_SYSTEMS:
        yield error(
            lazy(
                "The SQLite database is on a network file system (%(kind)s), where it gets "
                "damaged.",
                kind=kind,
            ),
            lazy("Move LMS_INSTANCE to a local disk, or use PostgreSQL (LMS_DATABASE_URL)."),
        )


@check("settings.several-hosts", endangers=lazy("Each host would keep a database of its own."))
def several_hosts_share_a_server(settings: Settings) -> Iterator[Problem]:
    """A queue on a server speaks of several hosts; SQLite serves one."""
    if settings.is_sqlite and settings.queue_url:
        yield error(
            lazy("The queue is on a server, but the database is a file of this machine."),
            lazy(
                "With several hosts use PostgreSQL (LMS_DATABASE_URL); with one, empty "
                "LMS_QUEUE_URL."
            ),
        )


@check(
    "machine.disk",
    Scope.COMMAND,
    endangers=lazy("On a full disk no answer is saved and no certificate is issued."),
)
def disk_has_room(settings: Settings) -> Iterator[Problem]:
    """A full disk stops answers from being saved."""
    free = shutil.disk_usage(settings.instance).free // (1024 * 1024)
    if free < LEAST_FREE_MB:
        make = error if free < DANGEROUSLY_FREE_MB else warning
        yield make(
            lazy("Only %(free)s MB are free on the instance’s disk.", free=free),
            lazy("Make room, or move old backups away."),
        )
