"""Courses from the shell: import, export, facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from lms import clock, db
from lms.courses.models import Course
from lms.exchange import facts as course_facts
from lms.exchange import services, sources, wording
from lms.exchange.course_files import read_course
from lms.exchange.errors import (
    ConditionInUse,
    CourseChanged,
    CourseHasFaults,
    FolderRefused,
)
from lms.exchange.fact_changes import fact_changes
from lms.exchange.plan import ImportPlan, Verdict
from lms.exchange.problems import Problem
from lms.papers.building import build
from lms.quizzes.services.prepared import Change
from lms.safety.archive import ArchiveRefused, write_archive
from lms.web.i18n import in_locale

group = AppGroup("course", help="Take courses in and out as files.")


def _say(text: str) -> None:
    click.echo(text)


def _read(source: Path) -> dict[str, bytes]:
    try:
        if source.is_dir():
            return sources.files_of_folder(source)
        return sources.files_of_zip(source.read_bytes())
    except ArchiveRefused as error:
        raise click.ClickException(f"{source}: {wording.archive_sentence(error.reason)}") from error
    except FolderRefused as error:
        raise click.ClickException(str(error)) from error


def _as_dict(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "reason": problem.reason.value,
        "detail": problem.detail,
        "is_error": problem.is_error,
        "message": wording.sentence(problem),
    }


def _refuse(problems: Sequence[Problem], as_json: bool, *, done: str = "imported") -> None:
    errors = [p for p in problems if p.is_error]
    if as_json:
        _say(json.dumps({"problems": [_as_dict(p) for p in problems]}, ensure_ascii=False))
    else:
        for problem in problems:
            prefix = "" if problem.is_error else "warning: "
            click.echo(f"{prefix}{wording.line(problem)}", err=True)
    noun = "fault" if len(errors) == 1 else "faults"
    raise click.ClickException(f"The files have {len(errors)} {noun}; nothing was {done}.")


def _plan_dict(plan: ImportPlan, problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "course": plan.course.id,
        "has_changes": plan.has_changes,
        "items": [
            {
                "id": item.content_id,
                "path": item.path,
                "verdict": item.verdict.value,
                "overwritten": item.is_overwritten,
                "questions": {k.value: list(v) for k, v in item.questions.items()},
            }
            for item in plan.items
        ],
        "short_of_questions": list(plan.short_of_questions),
        "draft_lessons": list(plan.draft_lessons),
        "problems": [_as_dict(p) for p in problems],
    }


def _show_plan(plan: ImportPlan) -> None:
    for item in plan.items:
        if item.verdict is Verdict.UNCHANGED:
            continue
        told = " (overwritten)" if item.is_overwritten else ""
        _say(f"{item.verdict.value:9} {item.content_id}  {item.path}{told}")
        for change, ids in item.questions.items():
            if change is not Change.NONE and item.verdict is not Verdict.NEW:
                _say(f"          {change.value}: {', '.join(ids)}")
    counts = ", ".join(f"{len(plan.with_verdict(v))} {v.value}" for v in Verdict)
    _say(f"{plan.course.id}: {counts}.")
    if plan.draft_lessons:
        _say(f"Drafts until their facts are signed off: lessons {', '.join(plan.draft_lessons)}.")
    for quiz in plan.short_of_questions:
        _say(f"{quiz} has fewer questions to ask than it draws and will not be shown.")
    if plan.conflicts:
        _say("Conflicts keep the site's text; name them with --overwrite ID to take the file's.")


@group.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--overwrite", multiple=True, metavar="ID", help="Take the file in this conflict.")
@click.option("--publish", is_flag=True, help="Show the course to those enrolled in it.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_command(
    source: Path, dry_run: bool, overwrite: tuple[str, ...], publish: bool, as_json: bool
) -> None:
    """Import a course from a folder or a ZIP archive, all or nothing.

    Example: lms course import content/os2 --publish
    """
    with in_locale("en"):
        reading = read_course(_read(source))
        if reading.course is None:
            _refuse(reading.problems, as_json)
            return
        plan = services.plan_import(reading.course, overwrite=overwrite)
        db.end_reading()
        _check_overwrite(plan, overwrite)
        if plan.problems:
            _refuse(plan.problems, as_json)
        if as_json:
            _say(json.dumps(_plan_dict(plan, reading.warnings), ensure_ascii=False))
        else:
            for problem in reading.warnings:
                click.echo(f"warning: {wording.line(problem)}", err=True)
            _show_plan(plan)
        if not dry_run:
            _apply(plan, publish)


def _check_overwrite(plan: ImportPlan, overwrite: Sequence[str]) -> None:
    """Refuse an id that overwrites nothing: it is more likely mistyped than meant."""
    meant = {item.content_id for item in plan.items if item.is_changed_in_site}
    for content_id in overwrite:
        if content_id not in meant:
            raise click.ClickException(
                f"“{content_id}” was not changed in the site, so there is nothing to overwrite."
            )


def _apply(plan: ImportPlan, publish: bool) -> None:
    services.keep_files(plan)
    try:
        with db.writing():
            course = services.apply_import(plan, by=None, now=clock.now())
            if publish:
                services.publish_course(course, by=None, now=clock.now())
    except CourseChanged as error:
        raise click.ClickException(
            "The course changed in the meantime; nothing was imported. Try again."
        ) from error
    except ConditionInUse as error:
        raise click.ClickException(
            f"The condition {error} was already confirmed for somebody and can't be taken out; "
            "nothing was imported."
        ) from error
    except CourseHasFaults as error:
        _refuse(error.problems, as_json=False)


def _course(slug: str) -> Course:
    course = db.session().scalar(sa.select(Course).where(Course.slug == slug))
    if course is None:
        raise click.ClickException(f"There is no course “{slug}”.")
    return course


@group.command("export")
@click.argument("slug")
@click.argument("target", type=click.Path(path_type=Path))
def export_command(slug: str, target: Path) -> None:
    """Write a course's files, byte for byte, to a ZIP archive (.zip) or a new folder.

    Example: lms course export os2 os2.zip
    """
    files = services.export_course(_course(slug).id)
    if target.suffix == ".zip":
        target.write_bytes(write_archive(files))
    else:
        try:
            sources.write_folder(files, target)
        except FolderRefused as error:
            raise click.ClickException(str(error)) from error
    _say(f"{len(files)} files written to {target}.")


@group.command("papers")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def papers_command(source: Path, target: Path) -> None:
    """Write a course folder's working papers, as people download them, to a new folder.

    Needs no database: for looking at papers while they are being written.

    Example: lms course papers content/os2 papers-to-print
    """
    with in_locale("en"):
        reading = read_course(_read(source))
        if reading.course is None:
            _refuse(reading.problems, as_json=False, done="written")
            return
    files = {paper.file_name: build(paper).data for paper in reading.course.papers}
    try:
        sources.write_folder(files, target)
    except FolderRefused as error:
        raise click.ClickException(str(error)) from error
    _say(f"{len(files)} papers written to {target}.")


@group.command("facts")
@click.argument("slug")
@click.option("--fact", metavar="ID", help="Only this fact.")
@click.option("--waiting", is_flag=True, help="Only what awaits a jurist's sign-off.")
@click.option(
    "--changed",
    metavar="FOLDER",
    type=click.Path(exists=True, path_type=Path),
    help="Only what this folder's facts.yaml says otherwise.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def facts_command(
    slug: str, fact: str | None, waiting: bool, changed: Path | None, as_json: bool
) -> None:
    """Show which lessons, questions and terms rest on each fact, and what waits for a sign-off.

    Example: lms course facts os2 --changed content/os2
    """
    course = _course(slug)
    if changed is not None:
        _show_changes(course, changed, fact, as_json)
        return
    lines = course_facts.fact_lines(course.id)
    chosen = [each for each in lines if fact in (None, each.fact_id)]
    if fact is not None and not chosen:
        raise click.ClickException(f"The course states no fact “{fact}”.")
    if waiting:
        chosen = [each for each in chosen if each.awaits_sign_off]
    if as_json:
        _say(json.dumps([each.as_dict() for each in chosen], ensure_ascii=False))
        return
    for each in chosen:
        signed = "signed off" if each.signed_at else "waits" if each.awaits_sign_off else "-"
        _say(f"{each.fact_id:6} {each.confidence}  {signed:10} {each.statement}")
        questions = [q.content_id for q in each.questions]
        _show_touched(each.lessons, questions, each.terms, each.papers)
        if each.draft_lessons:
            _say(f"       lessons that wait: {', '.join(each.draft_lessons)}")
        if each.waiting_drafts:
            _say(f"       drafts that wait: {', '.join(each.waiting_drafts)}")
    if waiting and not chosen:
        _say("Nothing awaits a sign-off.")


def _show_touched(*touched: Sequence[str]) -> None:
    for what, found in zip(("lessons", "questions", "terms", "papers"), touched, strict=True):
        _say(f"       {what}: {', '.join(found) or '-'}")


def _show_changes(course: Course, folder: Path, fact: str | None, as_json: bool) -> None:
    try:
        changes = fact_changes(course.id, _read(folder))
    except CourseHasFaults as error:
        with in_locale("en"):
            _refuse(error.problems, as_json, done="compared")
        return
    chosen = [each for each in changes if fact in (None, each.fact_id)]
    if as_json:
        _say(json.dumps([each.as_dict() for each in chosen], ensure_ascii=False))
        return
    for each in chosen:
        stated = each.now or each.before
        told = f" ({', '.join(each.differences)})" if each.differences else ""
        _say(f"{each.fact_id:6} {each.kind}{told}: {stated.statement if stated else ''}")
        touched = each.touched
        _show_touched(touched.lessons, touched.questions, touched.terms, touched.papers)
    if not chosen:
        _say("The folder states the same facts.")
