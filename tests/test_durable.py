"""Files that must be whole and must last."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lms.files.durable import write_folder, write_whole


def test_a_file_is_private_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "key.pem"
    write_whole(target, b"first")
    write_whole(target, b"second")
    assert target.read_bytes() == b"second"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_of_many_who_make_a_folder_one_succeeds_and_its_files_stand(tmp_path: Path) -> None:
    target = tmp_path / "seal"

    def make(number: int) -> bool:
        try:
            write_folder(target, {"a": bytes([number]), "b": bytes([number])})
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(24)))
    assert made.count(True) == 1
    winner = bytes([made.index(True)])
    assert [(target / name).read_bytes() for name in "ab"] == [winner, winner]
    assert list(tmp_path.iterdir()) == [target]


def test_what_cant_be_written_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="deep"):
        write_folder(tmp_path / "seal", {"a": b"1", "deep/b": b"2"})
    assert list(tmp_path.iterdir()) == []
