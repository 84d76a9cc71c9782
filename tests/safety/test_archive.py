"""An archive is taken whole and clean, or refused with a reason and the entry's name."""

import io
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from lms.safety.archive import ArchiveRefused, Limits, RefusedBecause, read_archive, write_archive


def archive_of(
    *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            if isinstance(name, zipfile.ZipInfo):
                archive.writestr(name, data)
            else:
                info = zipfile.ZipInfo("x")
                info.filename = name  # as written, without the library's own tidying
                info.compress_type = method
                archive.writestr(info, data)
    return out.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def refusal(data: bytes, limits: Limits | None = None) -> tuple[RefusedBecause, str]:
    with pytest.raises(ArchiveRefused) as caught:
        read_archive(data, limits=limits)
    return caught.value.reason, caught.value.entry


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    entries = {"course.yaml": b"id: os2\n", "figures/hartă.svg": b"<svg/>", "empty": b""}
    data = write_archive(entries)
    assert read_archive(data) == entries
    (tmp_path / "a.zip").write_bytes(data)
    assert read_archive(tmp_path / "a.zip") == entries


def test_the_same_entries_make_the_same_bytes() -> None:
    assert write_archive({"b": b"2", "a": b"1"}) == write_archive({"a": b"1", "b": b"2"})


def test_folders_and_a_comment_are_harmless() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("lessons")
        archive.writestr("lessons/1.md", "x")
        archive.comment = b"made by hand"
    assert read_archive(out.getvalue()) == {"lessons/1.md": b"x"}


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "a/..",
        "/abs",
        "//host/x",
        "C:\\x",
        "C:x",
        "..\\x",
        "a\\b",
        "./x",
        "a//b",
        "a/./b",
        "x.",
        "x ",
        "file:stream",
        "a\nb",
        "fdp\u202e.md",
        "",
        "n" * 300,
        "d/" * 30 + "x",
    ],
)
def test_a_name_that_leaves_or_hides_is_refused(name: str) -> None:
    assert refusal(archive_of(("fine.md", b"x"), (name, b"x"))) == (RefusedBecause.NAME, name)


def test_a_name_with_a_nul_is_refused_not_cut() -> None:
    data = archive_of(("ab.md", b"x")).replace(b"ab.md", b"a\0.md")
    assert refusal(data)[0] is RefusedBecause.NAME


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.md", "A.md"),
        ("ș.md", "s\u0326.md"),
        ("a", "a/b"),
        ("A/b", "a"),
    ],
)
def test_names_that_are_one_on_some_system_are_refused(first: str, second: str) -> None:
    assert refusal(archive_of((first, b"1"), (second, b"2")))[0] is RefusedBecause.DUPLICATE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_refused() -> None:
    assert refusal(archive_of(("a", b"1"), ("a", b"2"))) == (RefusedBecause.DUPLICATE, "a")


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o060666, 0o010666, 0o140666, 0o040755])
def test_links_devices_and_disguised_folders_are_refused(mode: int) -> None:
    data = archive_of((special("link", mode), b"/etc/passwd"))
    assert refusal(data) == (RefusedBecause.SPECIAL_FILE, "link")


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(archive_of(("a.md", b"x")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == (RefusedBecause.ENCRYPTED, "a.md")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_methods_are_refused(method: int) -> None:
    assert refusal(archive_of(("a", b"x" * 99), method=method))[0] is RefusedBecause.METHOD


def test_zeros_that_swell_are_refused_while_they_are_read() -> None:
    data = archive_of(("zeros", bytes(30 * 1024 * 1024)))
    assert refusal(data) == (RefusedBecause.SWOLLEN, "zeros")


def test_the_whole_is_counted_not_only_each_entry() -> None:
    limits = Limits(entry_bytes=1000, total_bytes=2500)
    data = archive_of(*((f"f{n}", b"x" * 900) for n in range(3)))
    assert refusal(data, limits) == (RefusedBecause.TOO_LARGE, "f2")
    assert refusal(archive_of(("f", b"x" * 1001)), limits)[0] is RefusedBecause.ENTRY_TOO_LARGE


def test_an_upload_over_the_limit_is_not_even_opened() -> None:
    data = archive_of(("f", b"x"))
    assert refusal(data, Limits(archive_bytes=len(data) - 1)) == (RefusedBecause.TOO_LARGE, "")
    assert read_archive(data, limits=Limits(archive_bytes=len(data))) == {"f": b"x"}


def test_too_many_entries_are_refused_before_they_are_listed() -> None:
    data = archive_of(*((f"f{n}", b"") for n in range(3000)))
    tracemalloc.start()
    assert refusal(data, Limits(entries=100))[0] is RefusedBecause.TOO_MANY_ENTRIES
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_directory_that_lies_about_its_count_is_refused() -> None:
    data = bytearray(archive_of(*((f"{n:0200}", b"") for n in range(300))))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 1, 1)
    assert refusal(bytes(data), Limits(entries=100))[0] is RefusedBecause.TOO_MANY_ENTRIES
    assert refusal(bytes(data), Limits(entries=1000))[0] is RefusedBecause.DAMAGED


def test_zip64_is_refused() -> None:
    data = archive_of(("a", b"x"))
    end = data.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    assert refusal(data[:end] + locator + data[end:])[0] is RefusedBecause.TOO_MANY_ENTRIES


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(archive_of(("a", b"x" * 50), ("b", b"x" * 50), method=zipfile.ZIP_STORED))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal(bytes(data))[0] is RefusedBecause.OVERLAP


@pytest.mark.parametrize("declared", [10, 5_000_000])
def test_a_wrong_declared_size_is_refused(declared: int) -> None:
    data = bytearray(archive_of(("a", b"x" * 1000)))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, declared)
    assert refusal(bytes(data))[0] is RefusedBecause.DAMAGED


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"id;nume\n1;Ana\n" * 10, b"PK\x03\x04" + bytes(100)],
    ids=["nothing", "two bytes", "a table", "a head alone"],
)
def test_what_is_no_archive_is_called_so(data: bytes) -> None:
    assert refusal(data)[0] is RefusedBecause.NOT_AN_ARCHIVE


def test_no_cut_or_changed_byte_gets_anything_through() -> None:
    good = archive_of(("a.md", b"some words that compress, words that compress"), ("b", b"x"))
    whole = read_archive(good)
    for at in range(len(good)):
        changed = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        for data in (good[:at], changed):
            try:
                result = read_archive(data)
            except ArchiveRefused:
                continue
            # Bytes that say nothing of content (dates, versions) may differ; content may not.
            assert sorted(result.values()) == sorted(whole.values()), at


def test_a_large_bomb_costs_little_time_and_memory() -> None:
    data = archive_of(*((f"f{n}", bytes(8 * 1024 * 1024)) for n in range(3)))
    tracemalloc.start()
    began = time.process_time()
    refusal(data)
    assert time.process_time() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_names_we_write_obey_the_same_rules() -> None:
    with pytest.raises(ArchiveRefused):
        write_archive({"../x": b""})
