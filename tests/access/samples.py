"""Small files to send: a course, a picture."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PIL import Image

from tests.exchange.sample import LESSON, SECOND
from tests.papers.sample import files_with_paper

FILE_EXERCISE = b"""exercise:
  title: {ro: O foaie, en: A sheet}
  trace: file
  prompt: {ro: Predati foaia., en: Hand in the sheet.}
"""
_QUESTIONNAIRE = """id: proba-parerea
title: {ro: Părerea, en: Opinion}
questions:
  - id: cum
    kind: scale
    label: {ro: Cum a fost?, en: How was it?}
    low: {ro: rău, en: bad}
    high: {ro: bine, en: good}
"""


def course_files(name: str) -> dict[str, bytes]:
    """Return the sample course's files under another name."""
    with_paper = files_with_paper().items()
    found = {path.replace("proba", name): data for path, data in with_paper}
    found = {path: data.replace(b"proba", name.encode()) for path, data in found.items()}
    asked_for = b"minutes: {reading: 5, exercise: 0}\n"
    assert asked_for in found[SECOND]
    found[SECOND] = found[SECOND].replace(asked_for, asked_for + FILE_EXERCISE)
    asked = b"{lessons_read: all, quizzes_passed: all"
    confirmed = asked + b", confirmed_by_registrar: required"
    course = found["course.yaml"].replace(asked, confirmed)
    return found | {
        "course.yaml": course + b"questionnaire: questionnaire.yaml\n",
        "questionnaire.yaml": _QUESTIONNAIRE.replace("proba", name).encode(),
    }


def changed_files(name: str) -> dict[str, bytes]:
    """Return them with a lesson put in other words."""
    found = course_files(name)
    return found | {LESSON: found[LESSON].replace("înainte".encode(), b"mai departe")}


def make_picture(colour: str) -> bytes:
    """Return a small picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(stream, "PNG")
    return stream.getvalue()


def person_certificate() -> bytes:
    """Return a certificate of an invented person, as a signing program exports it."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ana Exemplu")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=900)
    ).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM)


PNG = make_picture("#225588")
