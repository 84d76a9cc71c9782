"""kill -9 in the middle of forty learners saving answers: what was acknowledged is there."""

from pathlib import Path

import pytest

from tests.faults import saving
from tests.os2 import make_os2
from tests.serving import Installation

ANSWERS_BEFORE_THE_COMMIT = '''
import threading, time
import flask

real = flask.Flask.__call__

def hasty(self, environ, start_response):
    """Say „saved” at once, and save a little later."""
    if not environ["PATH_INFO"].endswith("/answers"):
        return real(self, environ, start_response)
    import io
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    later = {**environ, "wsgi.input": io.BytesIO(body)}

    def save():
        time.sleep(0.3)
        list(real(self, later, lambda *_: None))

    threading.Thread(target=save, daemon=True).start()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b'{"saved_at": "now", "message": "saved"}']

flask.Flask.__call__ = hasty
'''


@pytest.mark.timeout(400)
def test_nothing_acknowledged_is_lost_when_web_workers_or_the_whole_server_are_killed(
    installation: Installation, tmp_path: Path
):
    learners = saving.prepare(installation, lambda app: make_os2(app, saving.CLIENTS))
    findings = saving.run(installation, learners, tmp_path, ["workers", "all", "workers"], seed=1)
    assert findings.acknowledged > 100, findings
    assert findings.lost == [], findings


@pytest.mark.timeout(400)
def test_the_harness_catches_a_server_that_acknowledges_before_it_commits(tmp_path: Path):
    installation = Installation(tmp_path / "instance")
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(ANSWERS_BEFORE_THE_COMMIT)
    learners = saving.prepare(installation, lambda app: make_os2(app, saving.CLIENTS))
    findings = saving.run(
        installation, learners, tmp_path, ["all", "all"], seed=2, PYTHONPATH=str(hook)
    )
    assert findings.lost != [], "answers were acknowledged before they were saved, unnoticed"
