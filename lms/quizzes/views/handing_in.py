"""Files as answers: handed in at once, file by file looked at, and handed out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, flash, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.access import Actor, prepares, reads, writing_subject
from lms.files import services as files
from lms.files import store
from lms.files.models import StoredFile
from lms.quizzes import queries
from lms.quizzes.errors import AttemptClosed, OddAnswer
from lms.quizzes.models import Attempt
from lms.quizzes.permissions import DOWNLOAD_ANSWER, SAVE_ANSWER
from lms.quizzes.queries import PaperItem
from lms.quizzes.question_types.upload.rules import HandedFile, Upload, suffixes
from lms.quizzes.rules.attempt_rules import AttemptState
from lms.quizzes.services import handing_in, saving
from lms.quizzes.services.handing_in import HandedIn, QuestionLeft
from lms.quizzes.views import bp
from lms.quizzes.views.posted import given, key, told, writer
from lms.quizzes.views.taking import load_attempt, load_own_attempt
from lms.quizzes.words import upload_words
from lms.safety.file_names import content_disposition, safe_file_name
from lms.safety.uploads import CheckedFile, FileFault, FileNotTaken, check_file
from lms.web.forms import whole_number
from lms.web.i18n import format_time
from lms.web.pages import wants_json
from lms.web.safety import POLICY
from lms.web.templating import render

MOST_AT_ONCE = 20
MEGABYTE = 1024 * 1024


@bp.post("/attempts/<int:attempt_id>/files")
@prepares(SAVE_ANSWER, load_own_attempt)
def hand_in_files(attempt: Attempt) -> Response:
    """Take files: looked at and stored before anything is written down, then kept at once.

    A form without a script carries the other answers of the page too; they are saved with them.
    """
    number, _colon, drop = request.form.get("files", "").partition(":")
    item_id = whole_number(number)
    found = queries.paper_of(attempt.id, [item_id]) if item_id is not None else []
    question = found[0].question if len(found) == 1 else None
    if not isinstance(question, Upload):
        raise OddAnswer
    item, attempt_id = found[0], attempt.id
    db.end_reading()
    taken, problems = _looked_at(item, question) if not drop else ([], [])
    sent, fresh = _stored(taken)
    outcome, closed = None, ""
    try:
        with writing_subject(SAVE_ANSWER, load_own_attempt) as own:
            try:
                outcome = _written(own, item, sent, drop)
            except AttemptClosed:
                closed = upload_words.closed()
            except QuestionLeft:
                problems.append(upload_words.left())
    finally:
        if outcome is None and fresh:
            with db.writing():
                files.drop_bytes(fresh)
    if closed:
        return _closed(attempt_id, closed)
    if outcome is not None:
        problems += [upload_words.no_room(f.name, question.most) for f in outcome.no_room]
        problems += [upload_words.no_space(f.name) for f in outcome.no_space]
        _drop_unused(fresh, outcome)
    return _said(attempt_id, item, outcome, sent, problems, is_dropped=bool(drop))


def _looked_at(item: PaperItem, question: Upload) -> tuple[list[CheckedFile], list[str]]:
    """Read what was sent and look at what it holds; what isn't taken is named, with why."""
    taken, problems = [], []
    chosen = [f for f in request.files.getlist(f"files-{item.item_id}") if f.filename]
    for file in chosen[:MOST_AT_ONCE]:
        name = safe_file_name(file.filename or "", fallback="fisier")
        most = question.megabytes * MEGABYTE
        with file.stream as stream:  # a large one is a file of its own until it is closed
            data = stream.read(most + 1)
        try:
            if len(data) > most:
                raise FileNotTaken(FileFault.TOO_LARGE)
            if name.rpartition(".")[2].lower() not in suffixes(question):
                raise FileNotTaken(FileFault.KIND)
            taken.append(check_file(name, data))
        except FileNotTaken as error:
            problems.append(upload_words.not_taken(name, error.fault, question))
    problems += [
        upload_words.too_many(file.filename or "", MOST_AT_ONCE) for file in chosen[MOST_AT_ONCE:]
    ]
    if not chosen:
        problems.append(upload_words.none_chosen())
    return taken, problems


def _stored(taken: Sequence[CheckedFile]) -> tuple[list[HandedFile], list[str]]:
    """Put the bytes into the store; tell which of them were not there before."""
    root = current_app.config["LMS"].folder("files")
    sent, fresh = [], []
    for file in taken:
        sha256 = store.digest(file.data)
        if not store.path_of(root, sha256).exists():
            fresh.append(sha256)
        store.put(root, file.data)
        sent.append(HandedFile(file.name, len(file.data), sha256, file.media_type))
    return sent, fresh


def _drop_unused(fresh: Sequence[str], outcome: HandedIn) -> None:
    """Take out the bytes of files that had no room: no answer names them."""
    unused = set(fresh) & {file.sha256 for file in (*outcome.no_room, *outcome.no_space)}
    if unused:
        with db.writing():
            files.drop_bytes(unused)


def _written(own: Attempt, item: PaperItem, sent: Sequence[HandedFile], drop: str) -> HandedIn:
    now = clock.now()
    if answers := given():
        saved = saving.save_answers(own, answers, key=key(), now=now, writer=writer())
        if notice := told(saved):
            flash(notice, "warning")
    return handing_in.change_files(
        own, item.item_id, sent, drop=drop, key=key(), now=now, writer=writer()
    )


def _closed(attempt_id: int, message: str) -> Response:
    if wants_json():
        return make_response(jsonify(error=message, closed=True), 409)
    flash(message, "warning")
    return redirect(url_for("quizzes.result", attempt_id=attempt_id))


def _said(
    attempt_id: int,
    item: PaperItem,
    outcome: HandedIn | None,
    sent: Sequence[HandedFile],
    problems: Sequence[str],
    *,
    is_dropped: bool,
) -> Response:
    """Say what was kept and when, and of each file that wasn't what to do."""
    time = format_time(clock.now(), seconds=True)
    refused = {*outcome.no_room, *outcome.no_space} if outcome is not None else set(sent)
    kept = [file.name for file in sent if file not in refused]
    message = upload_words.taken_out(time) if is_dropped and outcome else ""
    if kept:
        message = upload_words.kept(kept, time)
    if wants_json():
        fresh = queries.paper_of(attempt_id, [item.item_id])[0]
        drawn = render("quizzes/question_types/upload/held.html", attempt_id=attempt_id, item=fresh)
        return make_response(
            jsonify(message=message, problems=problems, list=drawn, held=fresh.is_answered),
            200 if message or is_dropped else 422,
        )
    for problem in problems:
        flash(problem, "warning")
    if message:
        flash(message, "success")
    at = whole_number(request.form.get("q"))
    there = url_for("quizzes.paper", attempt_id=attempt_id, q=at, _anchor=f"q{item.position}")
    return redirect(there, 303)


@dataclass(frozen=True)
class AnswerFile:
    """A file that was handed in as an answer, with the attempt whose rule it follows."""

    attempt: Attempt
    stored: StoredFile

    @property
    def person_id(self) -> int:
        """Whose file it is."""
        return self.attempt.person_id

    @property
    def course_id(self) -> int:
        """The course whose trainers may read it."""
        return self.attempt.course_id

    @property
    def edition_id(self) -> int:
        """The edition whose trainers may read it."""
        return self.attempt.edition_id


def load_file(
    actor: Actor, *, locked: bool, attempt_id: int, item_id: int, sha256: str
) -> AnswerFile | None:
    """Load a file of an attempt that one may see; of an open one, one's own alone."""
    attempt = load_attempt(actor, locked=locked, attempt_id=attempt_id)
    if attempt is None:
        return None
    if attempt.state is AttemptState.OPEN and attempt.person_id != actor.person_id:
        return None
    stored = handing_in.file_of(attempt_id, item_id, sha256)
    return AnswerFile(attempt, stored) if stored is not None else None


@bp.get("/attempts/<int:attempt_id>/questions/<int:item_id>/files/<sha256>")
@reads(DOWNLOAD_ANSWER, load_file)
def answer_file(file: AnswerFile) -> Response:
    """Serve a file that was handed in, to be stored and never shown by the browser itself.

    Whoever marks without names gets it without the name that its writer gave it.
    """
    stored = file.stored
    data = store.get(current_app.config["LMS"].folder("files"), stored.sha256)
    name = stored.name
    if request.args.get("names") == "hidden":
        name = f"{stored.sha256[:12]}.{stored.name.rpartition('.')[2]}"
    response = make_response(data)
    response.headers["Content-Type"] = stored.media_type
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
