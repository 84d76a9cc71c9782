"""The store keeps bytes under their hash: one by one, or many that are made to last together."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lms.files import store


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_what_was_laid_is_there_once_it_settled(tmp_path: Path) -> None:
    parts = [b"one", b"two", b"three"]
    laid = [store.lay(tmp_path, part) for part in parts]
    for part, each in zip(parts, laid, strict=True):
        assert each.sha256 == hashlib.sha256(part).hexdigest()
        with pytest.raises(FileNotFoundError):
            store.get(tmp_path, each.sha256)
    store.settle(tmp_path, laid)
    assert [store.get(tmp_path, each.sha256) for each in laid] == parts
    assert names(tmp_path) == sorted(each.sha256 for each in laid)


def test_the_same_bytes_laid_twice_are_kept_once(tmp_path: Path) -> None:
    laid = [store.lay(tmp_path, b"same"), store.lay(tmp_path, b"same")]
    store.settle(tmp_path, laid)
    again = store.lay(tmp_path, b"same")
    assert again.temporary is None
    store.settle(tmp_path, [again])
    assert store.put(tmp_path, b"same") == again.sha256
    assert names(tmp_path) == [again.sha256]


def test_a_system_that_cant_flush_at_once_flushes_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_sync_all", lambda _root: False)
    laid = [store.lay(tmp_path, bytes([number])) for number in range(3)]
    store.settle(tmp_path, laid)
    assert [store.get(tmp_path, each.sha256) for each in laid] == [b"\0", b"\1", b"\2"]
    assert len(names(tmp_path)) == 3
