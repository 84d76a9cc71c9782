"""Pictures of questions: checked, kept among the course's figures, named by what they hold."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError

from lms import db
from lms.courses.models import ContentItem, ContentKind, Course, CourseFigure
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes.exchange.picture_notes import without_notes
from lms.quizzes.exchange.pictures import media_type, names_in, picture_name

MOST_PIXELS = 30_000_000
MOST_PICTURES = 100
MOST_BYTES = 1_900_000  # of one, so that a course's archive can be taken in again
LONGEST_SIDE = 1600
_KINDS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}


def tidied(data: bytes) -> tuple[str, bytes]:
    """Return a picture's name and bytes as they may be kept; an empty name where it is none.

    Photographs lose what their camera wrote beside them; large pictures are made smaller.
    """
    kind = picture_name(data).rpartition(".")[2]
    if not kind:
        return "", b""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[_KINDS[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return "", b""
                data = _smaller(picture, kind, data)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ):
        return "", b""
    return (picture_name(data), data) if len(data) <= MOST_BYTES else ("", b"")


def _smaller(picture: Image.Image, kind: str, data: bytes) -> bytes:
    is_large = max(picture.size) > LONGEST_SIDE or len(data) > MOST_BYTES
    if kind not in ("jpg", "png") or (kind == "png" and not is_large):
        picture.load()  # whole, or not at all
        return without_notes(kind, data)
    turned = ImageOps.exif_transpose(picture)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    made = io.BytesIO()
    if kind == "jpg":
        turned.convert("RGB").save(made, "JPEG", quality=85)
    else:
        turned.save(made, "PNG", optimize=True)
    return made.getvalue()


@dataclass
class Gathered:
    """Pictures met while something was read, by their names."""

    files: dict[str, bytes] = field(default_factory=dict)
    refused: int = 0

    def add(self, data: bytes) -> str:
        """Take a picture; its name, or "" where it is not taken."""
        name, kept = tidied(data) if len(self.files) < MOST_PICTURES else ("", b"")
        if name:
            self.files[name] = kept
        else:
            self.refused += 1
        return name


def folder() -> Path:
    """Return the folder of stored files."""
    found: Path = current_app.config["LMS"].folder("files")
    return found


def lay_down(files: Mapping[str, bytes]) -> None:
    """Put the bytes into the store of files; slow, so before the write."""
    for data in files.values():
        store.put(folder(), data)


def course_file(
    course_id: int, name: str, data: bytes, kind: str, *, by: int | None, now: datetime
) -> StoredFile:
    """Write down a file of a course whose bytes are laid down; inside the caller's write."""
    file = StoredFile(
        sha256=store.digest(data),
        size=len(data),
        media_type=kind,
        name=name,
        owner_type=Course.__tablename__,
        owner_id=course_id,
        created_at=now,
        created_by_id=by,
    )
    db.session().add(file)
    db.session().flush()  # the figure points to its file
    return file


def keep(course_id: int, files: Mapping[str, bytes], *, by: int | None, now: datetime) -> None:
    """Serve pictures among the course's figures; inside the caller's write, twice is once."""
    session = db.session()
    known = set(
        session.scalars(
            sa.select(CourseFigure.name).where(
                CourseFigure.course_id == course_id, CourseFigure.name.in_(list(files))
            )
        )
    )
    for name, data in files.items():
        if name in known:
            continue
        file = course_file(course_id, name, data, media_type(name), by=by, now=now)
        session.add(CourseFigure(course_id=course_id, name=name, file_id=file.id))


def keep_in_files(course_id: int, text: str, *, by: int | None, now: datetime) -> None:
    """List the pictures that a quiz's text shows among the course's files, for its export."""
    if names := names_in(text):
        list_figures(course_id, [f"figures/{name}" for name in names], by=by, now=now)


def list_figures(course_id: int, paths: Sequence[str], *, by: int | None, now: datetime) -> int:
    """List pictures that are served, and that a text shows, among the course's files; how many."""
    session = db.session()
    known = set(
        session.scalars(
            sa.select(ContentItem.path).where(
                ContentItem.course_id == course_id, ContentItem.kind == ContentKind.FIGURE
            )
        )
    )
    wanted = [path.removeprefix("figures/") for path in paths if path not in known]
    rows = session.execute(
        sa.select(CourseFigure.name, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == CourseFigure.file_id)
        .where(CourseFigure.course_id == course_id, CourseFigure.name.in_(wanted))
        .order_by(CourseFigure.name)
    )
    added = rows.all() if wanted else []
    for name, sha256 in added:
        path = f"figures/{name}"
        session.add(
            ContentItem(
                course_id=course_id,
                path=path,
                kind=ContentKind.FIGURE,
                content_id=path,
                source=b"",
                source_hash=sha256,
                base_hash="",
                changed_at=now,
                changed_by_id=by,
            )
        )
    return len(added)
