"""Pages of a course's files: upload, dry run, import, export, publish."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Permission, current_actor, may, prepares, reads, writes, writing_subject
from lms.accounts.models import Person
from lms.audit.services import record
from lms.courses.models import Course
from lms.courses.permissions import (
    CREATE_COURSE,
    EXPORT_COURSE,
    IMPORT_COURSE,
    PUBLISH_COURSE,
)
from lms.exchange import services, sources, wording
from lms.exchange.course_files import read_course
from lms.exchange.course_values import Reading
from lms.exchange.errors import ConditionInUse, CourseChanged, CourseHasFaults
from lms.exchange.forms import ApplyForm, UploadForm
from lms.exchange.plan import ImportPlan, files_folder, plan_import
from lms.exchange.queries import (
    ZIP,
    CourseRef,
    Upload,
    file_count,
    load_course,
    load_upload,
    slug_of,
)
from lms.files import store
from lms.files.models import StoredFile
from lms.safety.archive import ArchiveRefused, write_archive
from lms.safety.file_names import content_disposition, safe_file_name
from lms.web.i18n import gettext as _
from lms.web.templating import render

bp = Blueprint("exchange", __name__)


# Upload --------------------------------------------------------------------------------------


@bp.get("/courses/import")
@reads(CREATE_COURSE)
def start_new() -> str:
    """Ask for the archive of a course that the site does not have yet."""
    return _upload_page(None, UploadForm())


@bp.post("/courses/import")
@prepares(CREATE_COURSE)
def upload_new() -> Any:
    """Keep the archive of a new course and lead to its dry run."""
    return _upload(None)


@bp.get("/courses/<slug>/import")
@reads(IMPORT_COURSE, load_course)
def start(course: CourseRef) -> str:
    """Ask for a newer archive of a course."""
    return _upload_page(course, UploadForm())


@bp.post("/courses/<slug>/import")
@prepares(IMPORT_COURSE, load_course)
def upload(course: CourseRef) -> Any:
    """Keep an archive of a course and lead to its dry run."""
    return _upload(course)


def _upload_page(
    course: CourseRef | None, form: UploadForm, *, reading: Reading | None = None
) -> str:
    return render(
        "exchange/upload.html",
        course=course,
        form=form,
        problems=reading.problems if reading else (),
        sentence=wording.sentence,
        files=file_count(course.course_id) if course else 0,
    )


def _upload(course: CourseRef | None) -> Any:
    form = UploadForm.posted()
    if not form.validate() or not isinstance(form.archive.data, FileStorage):
        return make_response(_upload_page(course, form), 422)
    data = form.archive.data.read()
    try:
        reading = read_course(sources.files_of_zip(data))
    except ArchiveRefused as error:
        form.archive.errors = [wording.archive_sentence(error.reason)]
        return make_response(_upload_page(course, form), 422)
    if reading.course is None:
        return make_response(_upload_page(course, form, reading=reading), 422)
    found = reading.course.id
    if course is not None and found != course.content_id:
        form.archive.errors = [
            _(
                "These are the files of the course “%(found)s”, not of “%(expected)s”.",
                found=found,
                expected=course.content_id,
            )
        ]
        return make_response(_upload_page(course, form), 422)
    sha256 = store.put(files_folder(), data)
    permission: Permission = CREATE_COURSE if course is None else IMPORT_COURSE
    with writing_subject(permission, None if course is None else load_course):
        file = _keep(sha256, len(data), form.archive.data.filename or "")
        slug = course.slug if course is not None else slug_of(found)
    if slug is None:
        return redirect(url_for(".check_new", upload_id=file.id))
    return redirect(url_for(".check", slug=slug, upload_id=file.id))


def _keep(sha256: str, size: int, name: str) -> StoredFile:
    """Record an archive as its sender's until it is imported or left."""
    actor = current_actor()
    assert actor is not None
    file = StoredFile(
        sha256=sha256,
        size=size,
        media_type=ZIP,
        name=safe_file_name(name, fallback="course.zip"),
        owner_type=Person.__tablename__,
        owner_id=actor.person_id,
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    db.session().add(file)
    db.session().flush()  # the next page's address has its id
    return file


# Dry run and import ----------------------------------------------------------------------------


@bp.get("/courses/import/<int:upload_id>")
@reads(CREATE_COURSE, load_upload)
def check_new(upload: Upload) -> str:
    """Show what importing a new course would do."""
    return _dry_run(upload)


@bp.get("/courses/<slug>/import/<int:upload_id>")
@reads(IMPORT_COURSE, load_upload)
def check(upload: Upload) -> str:
    """Show what importing an archive would do to a course."""
    return _dry_run(upload)


def _read(upload: Upload) -> Reading:
    return read_course(sources.files_of_zip(store.get(files_folder(), upload.sha256)))


def _dry_run(upload: Upload) -> str:
    reading = _read(upload)
    if reading.course is None:  # it was read without fault when it was sent
        raise CourseHasFaults(reading.problems)
    plan = plan_import(reading.course)
    return render(
        "exchange/dry_run.html",
        upload=upload,
        course=upload.course,
        plan=plan,
        warnings=reading.warnings,
        sentence=wording.sentence,
        verdicts=wording.VERDICTS,
        kinds=wording.KINDS,
        changes=wording.CHANGES,
    )


@bp.post("/courses/import/<int:upload_id>")
@prepares(CREATE_COURSE, load_upload)
def apply_new(upload: Upload) -> Any:
    """Import a new course."""
    return _apply(upload, CREATE_COURSE)


@bp.post("/courses/<slug>/import/<int:upload_id>")
@prepares(IMPORT_COURSE, load_upload)
def apply(upload: Upload) -> Any:
    """Import an archive into a course, with the decisions made on its dry run."""
    return _apply(upload, IMPORT_COURSE)


def _apply(upload: Upload, permission: Permission) -> Any:
    form = ApplyForm.posted()
    here = redirect(request.path)
    if not form.validate():
        abort(400)
    reading = _read(upload)
    if reading.course is None:
        raise CourseHasFaults(reading.problems)
    plan = plan_import(reading.course, overwrite=request.form.getlist("overwrite"))
    db.end_reading()
    if plan.problems:
        flash(_faults_sentence(plan), "error")
        return here
    services.keep_files(plan)
    try:
        with writing_subject(permission, load_upload):
            if plan.course_version != form.version.data:
                raise CourseChanged(plan.course.id)
            slug = _import(plan, wants_publishing=form.publish.data)
    except CourseChanged:
        flash(
            _("The course changed after this dry run. Nothing was imported; look again."), "warning"
        )
        return redirect(_address_of(plan, upload))
    except ConditionInUse:
        flash(
            _(
                "Nothing was imported: the files take out a condition that was already confirmed "
                "for somebody. Put it back in course.yaml."
            ),
            "error",
        )
        return here
    flash(_("The course was imported."), "success")
    return redirect(url_for("courses.course", slug=slug))


def _faults_sentence(plan: ImportPlan) -> str:
    return _(
        "Nothing was imported: the files can’t be imported as they stand. %(first)s",
        first=wording.line(plan.problems[0]),
    )


def _address_of(plan: ImportPlan, upload: Upload) -> str:
    slug = upload.course.slug if upload.course else slug_of(plan.course.id)
    db.end_reading()
    if slug is None:
        return url_for(".check_new", upload_id=upload.file_id)
    return url_for(".check", slug=slug, upload_id=upload.file_id)


def _import(plan: ImportPlan, *, wants_publishing: bool) -> str:
    actor = current_actor()
    assert actor is not None
    course = services.apply_import(plan, by=actor.person_id, now=clock.now())
    if wants_publishing and may(PUBLISH_COURSE.name, course):
        services.publish_course(course, by=actor.person_id, now=clock.now())
    return course.slug


# Export, publish ---------------------------------------------------------------------------------


@bp.get("/courses/<slug>/export.zip")
@prepares(EXPORT_COURSE, load_course)
def export(course: CourseRef) -> Response:
    """Hand out a course's files, keys included; that it was done is recorded."""
    data = write_archive(services.export_course(course.course_id))
    db.end_reading()
    with writing_subject(EXPORT_COURSE, load_course) as subject:
        actor = current_actor()
        record(
            "course.exported",
            by=actor.person_id if actor else None,
            on=course_row(subject),
            course_id=subject.course_id,
            version=subject.version,
        )
    response = make_response(data)
    response.headers["Content-Type"] = ZIP
    response.headers["Content-Disposition"] = content_disposition(f"{course.slug}.zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def course_row(course: CourseRef) -> Course:
    """Load the course itself, locked. Runs inside a write."""
    statement = sa.select(Course).where(Course.id == course.course_id)
    return db.session().scalars(statement.with_for_update()).one()


@bp.post("/courses/<slug>/publish")
@writes(PUBLISH_COURSE, load_course)
def publish(course: CourseRef) -> Response:
    """Show a course to those enrolled in it."""
    actor = current_actor()
    assert actor is not None
    if services.publish_course(course_row(course), by=actor.person_id, now=clock.now()):
        flash(_("The course is published: those enrolled can open it."), "success")
    return redirect(url_for("courses.course", slug=course.slug))
