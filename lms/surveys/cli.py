"""Results of questionnaires from the shell."""

from __future__ import annotations

import json
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from lms import db
from lms.courses.models import Edition
from lms.surveys import queries, tables
from lms.surveys.figures import QuestionFigures
from lms.surveys.queries import Results
from lms.web.i18n import in_locale

group = AppGroup("survey", help="See what came of the questionnaires.")


@group.command("results")
@click.argument("edition")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.option("--locale", type=click.Choice(["ro", "en"]), default="en", help="Language of texts.")
def results(edition: str, as_json: bool, locale: str) -> None:
    """Show figures and texts of an edition's questionnaire, in groups of at least five.

    Example: lms survey results os2-2026 --json
    """
    row = db.session().scalars(sa.select(Edition).where(Edition.slug == edition)).one_or_none()
    if row is None:
        raise click.ClickException(f"There is no edition “{edition}”.")
    survey = queries.survey_of(row.course_id)
    if survey is None:
        raise click.ClickException(f"The course of “{edition}” has no questionnaire.")
    found = queries.results_of(survey, [row.id])
    with in_locale(locale):
        if as_json:
            click.echo(json.dumps(_values(edition, found), ensure_ascii=False, indent=2))
        else:
            _say(found)
    db.end_reading()


def _values(edition: str, found: Results) -> dict[str, Any]:
    counts = found.counts
    return {
        "edition": edition,
        "questionnaire": found.survey.content_id,
        "places": counts.places,
        "submitted": counts.submitted,
        "shown": counts.shown,
        "waiting": counts.waiting,
        "lost": counts.lost,
        "questions": [_question(q) for q in found.questions] if counts.shown else [],
    }


def _question(figures: QuestionFigures) -> dict[str, Any]:
    return {
        "id": figures.question.id,
        "kind": figures.question.kind.value,
        "label": tables.said(figures.question.label),
        "answered": figures.answered,
        "mean": None if figures.mean is None else str(figures.mean),
        "answers": [
            {
                "value": bar.point if bar.option is None else bar.option.id,
                "label": tables.bar_label(figures.question, bar),
                "count": bar.count,
                "percent": str(bar.percent),
            }
            for bar in figures.bars
        ],
        "texts": list(figures.texts),
    }


def _say(found: Results) -> None:
    counts = found.counts
    click.echo(
        f"{counts.submitted} of {counts.places} have submitted; {counts.shown} answers are shown, "
        f"{counts.waiting} wait to be shown, {counts.lost} were lost with a restore."
    )
    for figures in found.questions if counts.shown else ():
        mean = "" if figures.mean is None else f", mean {figures.mean}"
        click.echo(f"\n{tables.said(figures.question.label)} (n = {figures.answered}{mean})")
        for bar in figures.bars:
            click.echo(f"  {bar.count:4}  {tables.bar_label(figures.question, bar)}")
        for text in figures.texts:
            click.echo(f"  – {text}")
