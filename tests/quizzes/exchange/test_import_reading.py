"""A file's dry run is looked at many times and read once; what is kept of it is bounded."""

from __future__ import annotations

import pytest

from lms.quizzes.services import import_reading
from tests.quizzes.exchange.test_pages import XML, course, dry_run, owner, take_over

__all__ = ["course"]


@pytest.fixture
def read(monkeypatch):
    """Count what is read."""
    import_reading.forget()
    names: list[str] = []
    really = import_reading.read_questions

    def counted(data, name):
        names.append(name)
        return really(data, name)

    monkeypatch.setattr(import_reading, "read_questions", counted)
    yield names
    import_reading.forget()


def test_a_dry_run_reads_its_file_once_however_often_it_is_looked_at(cast, course, read):
    where, first = dry_run(cast)
    for _ in range(3):
        assert owner(cast).get(where).text.count("Potriviți.") == first.count("Potriviți.")
    take_over(cast, where, first)
    assert len(read) == 1
    after = owner(cast).get(where).text  # the verdicts are worked out anew
    assert len(read) == 1
    assert after.count('name="question"') < first.count('name="question"')


def test_the_same_bytes_under_a_name_of_another_kind_are_read_anew(read):
    for name in ("a.txt", "b.TXT", "a.csv"):
        import_reading.read_file(name, data=b"Unu? {=da ~nu}")
    assert read == ["a.txt", "a.csv"]


def test_only_the_last_few_are_kept(read):
    texts = [f"Întrebarea {n}? {{=da ~nu}}".encode() for n in range(import_reading.MOST_KEPT + 1)]
    for text in texts:
        import_reading.read_file("a.gift", data=text)
    assert len(import_reading._kept) == import_reading.MOST_KEPT
    import_reading.read_file("a.gift", data=texts[-1])
    assert len(read) == len(texts)
    import_reading.read_file("a.gift", data=texts[0])
    assert len(read) == len(texts) + 1


def test_what_is_too_heavy_is_not_kept(read, monkeypatch):
    monkeypatch.setattr(import_reading, "MOST_WEIGHT", 10)
    for _ in range(2):
        import_reading.read_file("a.xml", data=XML.encode())
    assert len(read) == 2
    assert not import_reading._kept
