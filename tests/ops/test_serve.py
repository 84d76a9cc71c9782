"""One command serves, survives what dies in it, and ends cleanly."""

import signal
import socket
import time
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from lms.serve import LONGEST_WAIT, backoff
from tests.ops.conftest import Running, Site, wait_until


def healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=30).text == "ok\n"
    except httpx.HTTPError:
        return False


def test_the_site_is_served_and_ends_with_all_its_processes(ready_site: Site):
    with ready_site.serving() as running:
        wait_until(lambda: healthy(running.url))
        wait_until(lambda: len(running.children()) == 2)
        family = running.process.children(recursive=True)
        assert len(family) >= 4  # web server with two processes, worker
        begun = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) in (0, None)
        assert time.monotonic() - begun < 30
        wait_until(lambda: not any(child.is_running() for child in family), 30)


def test_killed_web_processes_are_replaced_while_the_site_answers(ready_site: Site):
    with ready_site.serving("--no-worker") as running:
        wait_until(lambda: healthy(running.url) and len(running.web().children()) == 2)
        before = running.web().children()
        for process in before:
            process.kill()
        assert healthy(running.url)
        master = running.web()
        master.kill()
        assert healthy(running.url)
        wait_until(lambda: bool(running.children()) and running.children()[0] != master)


def test_when_the_supervisor_is_killed_nothing_of_it_stays(ready_site: Site):
    with ready_site.serving() as running:
        wait_until(lambda: healthy(running.url) and len(running.children()) == 2)
        family = running.process.children(recursive=True)
        running.process.kill()
        _gone, left = psutil.wait_procs(family, timeout=35)
        assert left == []


def has_taken(running: Running, browser: socket.socket) -> bool:
    """Whether a web process has the connection in its hands."""
    ours = browser.getsockname()[1]
    return any(
        connection.raddr and connection.raddr.port == ours
        for process in running.web().children()
        for connection in process.net_connections("tcp")
    )


def test_a_request_that_has_begun_is_answered_though_the_server_ends(ready_site: Site):
    with ready_site.serving("--no-worker") as running:
        wait_until(lambda: healthy(running.url))
        address = urlsplit(running.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as browser:
            browser.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            wait_until(lambda: has_taken(running, browser))
            time.sleep(0.5)  # and reads it
            running.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            browser.sendall(b"Connection: close\r\n\r\n")
            answer = b"".join(iter(lambda: browser.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"ok\n")


def test_a_taken_port_is_said_in_one_sentence(ready_site: Site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = ready_site.lms("serve", "--port", str(port))
    assert answer.returncode == 1
    assert "can't be served" in answer.stderr
    assert "LMS_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_demo_is_never_offered_to_a_network(site: Site):
    answer = site.lms("serve", "--host", "0.0.0.0")
    assert answer.returncode == 1
    assert "only be served on this machine" in answer.stderr


def test_production_refuses_to_start_with_a_sentence_for_each_reason(site: Site):
    answer = site.lms(
        "serve",
        LMS_MODE="production",
        LMS_SECRET_KEY="secret",
        LMS_BASE_URL="http://cursuri.example.ro",
    )
    assert answer.returncode == 1
    refusals = [line for line in answer.stderr.splitlines() if line]
    assert all(line.startswith("Refused to start: ") for line in refusals)
    assert len(refusals) == 3  # the secret, the address, the missing tables


@pytest.mark.parametrize(
    ("ends", "seconds"),
    [
        pytest.param(1, 0.5, id="the first end costs half a second"),
        pytest.param(3, 2.0, id="each further end doubles the wait"),
        pytest.param(50, LONGEST_WAIT, id="the wait has a limit"),
    ],
)
def test_a_child_that_keeps_ending_is_started_less_and_less_often(ends, seconds):
    assert backoff(ends) == seconds
