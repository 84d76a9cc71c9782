"""An edition's archive: read and checked by somebody who has nothing but the ZIP."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.access.world import World, make_world

BARE = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"


@pytest.fixture
def world(store) -> World:
    store.empty()
    return make_world(store.app)


@pytest.fixture
def archive(store, tmp_path: Path) -> Path:
    path = tmp_path / "arhiva.zip"
    if not hasattr(store, "archive"):  # made once for the whole run
        store.empty()
        store.archive = made(make_world(store.app), path)
    path.write_bytes(store.archive)
    return path


def made(world: World, path: Path) -> bytes:
    """Take the archive by the command, as a registrar's script would."""
    done = world.app.test_cli_runner().invoke(args=["archive", "e1", str(path)])
    assert done.exit_code == 0, done.output
    return path.read_bytes()


def checked(place: Path, script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the archive's own checker in a bare Python, away from this project."""
    return subprocess.run(
        [BARE, "-I", str(script), str(place)],
        capture_output=True,
        text=True,
        cwd=place.parent,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
    )


def script_of(archive: Path) -> Path:
    script = archive.parent / "check.py"
    script.write_bytes(zipfile.ZipFile(archive).read("check.py"))
    return script


def rewritten(archive: Path, name: str, change) -> Path:
    """Write the archive again with one file changed."""
    other = archive.with_name("altul.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, change(data) if entry == name else data)
    return other


def flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_everything_an_auditor_asks_for_is_inside(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
        wanted = {"index.html", "index.pdf", "README.ro.txt", "README.en.txt", "check.py"}
        wanted |= {"register/register.csv", "register/register.pdf", "completion.csv"}
        wanted |= {"audit/record.csv", "audit/chain.csv", "seal/certificates.pem"}
        wanted |= {"attendance/attendance.csv", "hand-over/hand-over.csv", "seal/status.txt"}
        wanted |= {"SHA256SUMS", "SHA256SUMS.p7s"}
        assert wanted <= names
        assert any(n.startswith("hand-over/scans/") for n in names)
        attempts = [n for n in names if n.startswith("attempts/")]
        assert any("maria" in n for n in attempts)
        assert all(opened.read(n).startswith(b"%PDF") for n in attempts)
        text = opened.read("completion.csv").decode("utf-8-sig")
        rows = {row["Nume"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
        assert rows["Învățăcel Maria"]["Finalizat la"] if "Finalizat la" in rows else rows
        page = opened.read("index.html").decode()
        assert 'href="register/register.pdf"' in page
        assert "http" not in page, "nothing is fetched from anywhere"


def test_whoever_has_only_the_zip_can_check_it(archive: Path, tmp_path: Path) -> None:
    done = checked(archive, script_of(archive))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The archive holds." in done.stdout
    assert "ok    links of the record's chain" in done.stdout
    if shutil.which("openssl"):
        assert "ok    signature" in done.stdout
    folder = tmp_path / "dezarhivat"
    zipfile.ZipFile(archive).extractall(folder)
    again = checked(folder, folder / "check.py")
    assert again.returncode == 0, again.stdout + again.stderr


def test_what_could_not_be_checked_is_said(archive: Path, tmp_path: Path) -> None:
    done = checked(archive, script_of(archive), PATH=str(tmp_path / "nimic"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not checked" in done.stdout


@pytest.mark.parametrize(
    "name", ["completion.csv", "audit/chain.csv", "register/values.jsonl", "SHA256SUMS"]
)
def test_one_flipped_bit_is_found(archive: Path, name: str) -> None:
    done = checked(rewritten(archive, name, flipped), script_of(archive))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BAD" in done.stdout


def test_a_chain_mended_after_the_fact_does_not_pass(archive: Path) -> None:
    """Whoever changes a row and makes its checksum anew still lacks the seal's key."""
    changed = rewritten(archive, "audit/chain.csv", lambda d: d.replace(b"attempt.submitted", b"x"))
    done = checked(changed, script_of(archive))
    assert done.returncode == 1
    assert "the record's chain breaks" in done.stdout


def test_a_missing_file_is_found(archive: Path) -> None:
    other = archive.with_name("fara.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for entry in old.namelist():
            if entry != "completion.csv":
                new.writestr(entry, old.read(entry))
    done = checked(other, script_of(archive))
    assert done.returncode == 1
    assert "missing: completion.csv" in done.stdout


def test_an_edition_that_is_not_there_is_refused(app, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["archive", "nu-exista", str(tmp_path / "x.zip")])
    assert done.exit_code != 0
    assert not list(tmp_path.iterdir())
