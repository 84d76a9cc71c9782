"""The owner's page says how the installation is: red, amber or green, and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from lms import checks, clock, db
from lms.audit.models import AuditEntry
from lms.backup.models import BackupRun, RunState
from lms.checks import lazy
from lms.upkeep import jobs, services
from lms.upkeep.models import SiteReport
from tests.cast import Cast, csrf


def ask(cast: Cast) -> str:
    client = cast.client("owner")
    answer = client.post("/site/look", data={"csrf_token": csrf(client)}, follow_redirects=True)
    return answer.text


def do_what_was_told(cast: Cast) -> None:
    for name, arguments in cast.app.extensions.pop("lms_told", []):
        if name == services.LOOK:
            with cast.app.app_context():
                jobs.look(**arguments)


def only(cast: Cast, monkeypatch, *problems: checks.Problem) -> None:
    """Let the checks find just these."""
    found = checks.registry.Check("test", checks.Scope.COMMAND, lambda _: problems)
    monkeypatch.setattr(checks.registry, "CHECKS", {"test": found})


def test_before_the_first_look_the_page_says_so(cast: Cast, monkeypatch):
    only(cast, monkeypatch)
    page = cast.client("owner").get("/site").text
    assert "Site-ul nu a fost verificat încă" in page


def test_a_look_asked_for_is_done_by_the_worker_and_shown(cast: Cast, monkeypatch):
    danger = checks.error(
        lazy("The stored file %(name)s is missing.", name="abc"),
        lazy("Run: lms upgrade"),
        lazy("No certificate can be issued."),
    )
    only(cast, monkeypatch, danger)
    assert "Site-ul se verifică." in ask(cast)
    assert "Site-ul se verifică deja." in ask(cast)  # a second click asks nothing more
    with cast.app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(SiteReport)) == 1
        assert "site.look_asked" in db.session().scalars(sa.select(AuditEntry.action)).all()
    do_what_was_told(cast)
    page = cast.client("owner").get("/site").text
    assert "Ceva este în pericol" in page
    assert "Fișierul păstrat abc lipsește." in page
    assert "Nu se poate emite niciun certificat." in page
    client = cast.client("owner")
    client.set_cookie("lang", "en")
    assert "The stored file abc is missing." in client.get("/site").text


def test_what_is_in_order_is_green_and_what_was_forgotten_amber(cast: Cast, monkeypatch):
    only(cast, monkeypatch)
    ask(cast)
    do_what_was_told(cast)
    assert "Totul este în ordine" in cast.client("owner").get("/site").text
    only(cast, monkeypatch, checks.warning(lazy("Nobody owns the site yet.")))
    ask(cast)
    do_what_was_told(cast)
    page = cast.client("owner").get("/site").text
    assert "Nimic nu este în pericol, dar ceva a fost uitat" in page


def test_the_worker_looks_once_a_day_by_itself(cast: Cast, monkeypatch):
    only(cast, monkeypatch)

    def asked() -> int:
        with cast.app.app_context():
            jobs.ask_daily()
        told = cast.app.extensions.get("lms_told", [])
        count = sum(name == services.LOOK for name, _ in told)
        do_what_was_told(cast)
        return count

    assert asked() == 1
    assert asked() == 0
    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        assert asked() == 1


def test_a_look_that_died_is_asked_for_anew(cast: Cast, monkeypatch):
    only(cast, monkeypatch)
    ask(cast)
    cast.app.extensions.pop("lms_told")  # the worker died with it
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        assert "Site-ul se verifică." in ask(cast)
        do_what_was_told(cast)
        assert "Totul este în ordine" in cast.client("owner").get("/site").text


def test_the_auditor_sees_the_page_and_is_offered_no_button(cast: Cast, monkeypatch):
    only(cast, monkeypatch)
    page = cast.client("auditor").get("/site")
    assert page.status_code == 200
    assert "Verificați tot acum" not in page.text


def test_the_owner_asks_for_a_backup_and_sees_what_became_of_it(cast: Cast, monkeypatch, tmp_path):
    monkeypatch.setitem(
        cast.app.config, "LMS", replace(cast.app.config["LMS"], backup_to=str(tmp_path))
    )
    client = cast.client("owner")

    def post() -> str:
        form = {"csrf_token": csrf(client)}
        return client.post("/site/backup", data=form, follow_redirects=True).text

    assert "Se face o copie." in post()
    assert "Se face deja o copie." in post()  # a second click makes no second backup
    with cast.app.app_context(), db.writing() as session:
        (run,) = session.scalars(sa.select(BackupRun)).all()
        run.state, run.place, run.size = RunState.GOOD, "/mnt/copii", 3 * 2**20
    page = client.get("/site").text
    assert "bună, dovedită prin refacere" in page
    assert "3,0 MB" in page
    assert "necriptată" in page


def test_without_a_place_no_backup_is_asked_for(cast: Cast):
    client = cast.client("owner")
    form = {"csrf_token": csrf(client)}
    assert (
        "LMS_BACKUP_TO este gol"
        in client.post("/site/backup", data=form, follow_redirects=True).text
    )
    with cast.app.app_context():
        assert db.session().scalars(sa.select(BackupRun)).all() == []
