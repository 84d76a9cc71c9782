"""What the pages of instructions tell to type is typed, against a site of this machine.

Blocks marked `sh` in docs/verify.md need no site and are run by test_offline.py; those marked
`shell`, there and in docs/badges.md, ask one. Only the address and the code are put in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lms.certificates.badges import jws
from tests.certificates.certify import file_of, issued, stored
from tests.certificates.test_badge_libraries import Site, site

ROOT = Path(__file__).parents[2]
__all__ = ["site"]

# Only for the test: the library of others asks no address of this machine by itself.
_ON_THIS_MACHINE = """
import openbadgeslib.util
openbadgeslib.util._ip_is_blocked = lambda _address: False
"""


def blocks(name: str) -> list[str]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"```shell\n(.*?)```", text, re.DOTALL)


def typed(script: str, folder: Path, site: Site) -> str:
    """Type it into a shell in a folder; every line must succeed."""
    (folder / "sitecustomize.py").write_text(_ON_THIS_MACHINE)
    start = """set -eu
lms() { "$PYTHON" -m lms "$@"; }
python() { "$PYTHON" "$@"; }
pip() { test "$1" = install; }
"""
    done = subprocess.run(
        ["/bin/bash", "-c", start + script],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHON": sys.executable,
            "PYTHONPATH": f"{folder}:{ROOT}",
            "CURL_CA_BUNDLE": str(site.root),
            "SSL_CERT_FILE": str(site.root),
            "LMS_INSTANCE": "/dev/null/none",
            "HOME": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def held(site: Site, tmp_path: Path) -> tuple[Path, str, str]:
    """Return a folder with a certificate's file, its code, and its holder's name."""
    certificate_id = issued(site.cast)
    folder = tmp_path / "held"
    folder.mkdir()
    (folder / "certificat.pdf").write_bytes(file_of(site.cast, certificate_id))
    with stored(site.cast, certificate_id) as row:
        return folder, row.code, row.facts["holder"]


def test_what_asks_the_site_works_as_it_is_written(site: Site, held: tuple[Path, str, str]) -> None:
    folder, code, holder = held
    found = blocks("verify.md")
    assert len(found) == 2
    host = site.origin.removeprefix("https://")
    script = "\n".join(found).replace("ADDRESS", host).replace("CODE", code)
    said = json.loads(typed(script, folder, site))
    assert (said["status"], said["credential"]["status"]) == ("genuine", "valid")
    answer = json.loads((folder / "answer.json").read_text())
    assert (answer["status"], answer["is_valid"]) == ("valid", True)
    assert answer["printed"]["holder"] == holder
    token = jws.read((folder / "credential.jwt").read_text())
    assert token.payload["id"].endswith(code)


def test_a_badge_is_checked_by_hand_as_it_is_written(
    site: Site, held: tuple[Path, str, str]
) -> None:
    folder, code, holder = held
    (script,) = blocks("badges.md")
    script = script.replace("https://cursuri.example.ro", site.origin)
    script = script.replace("did:web:cursuri.example.ro", site.did).replace("CODE", code)
    said = typed(script, folder, site)
    assert said.strip().endswith(holder)


def test_what_was_published_is_used_as_it_is_written(
    site: Site, held: tuple[Path, str, str]
) -> None:
    """`lms certificate publish DIR`, and the offline check with what it wrote."""
    folder, _code, _holder = held
    target = folder / "publicat"
    run = site.cast.app.test_cli_runner().invoke
    done = run(args=["certificate", "publish", str(target)])
    assert done.exit_code == 0, done.output
    script = (
        "lms certificate verify certificat.pdf --root publicat/seals.pem --status publicat "
        "--badge-keys publicat/jwks.json"
    )
    said = typed(script, folder, site)
    assert "VALID." in said
    assert "badge in the file: signed by this issuer" in said
