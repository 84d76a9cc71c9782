"""Claims of one number by twenty at once, and bulk issuing killed in the middle, by real processes.

    python -m tests.faults.racing claims --rounds 100 --seed 1
    python -m tests.faults.racing kills --kills 200 --seed 1

Run with the settings of an installation. The program loads the site once, and forks for each claim
and each run: what is killed is a whole process, and a kill costs no start of the program.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from flask import Flask

from lms import checks, clock, create_app, db
from lms.accounts.models import Person
from lms.certificates import bulk, chain, health, issuing, register
from lms.certificates.health import FaultKind
from lms.certificates.models import Certificate, NumberCounter, RegisterEntry
from lms.config import read_settings
from lms.courses.models import Completion, Edition, Enrolment, SubjectKind
from lms.files import store
from tests.cast import make_cast, make_person

PROCESSES, THREADS = 4, 5
GROUPS = (1, 3, 7, 20, bulk.GROUP)  # small groups have many seams to be hit


def lay_down(app: Flask) -> int:
    """Make a small course with its people; return the edition."""
    return make_cast(app).edition_id


def complete_more(app: Flask, edition_id: int, count: int, *, first: int) -> list[int]:
    """Add people with confirmed names who have completed the course, in one transaction."""
    with app.app_context(), db.writing() as session:
        course_id = session.get_one(Edition, edition_id).course_id
        people: list[Person] = [
            make_person(f"Prenume{n}", "Numeș", sign_in_name=f"r{n}-proba")
            for n in range(first, first + count)
        ]
        session.flush()
        places = [
            Enrolment(
                person_id=person.id,
                edition_id=edition_id,
                organisation_name="Organizație de probă",
                enrolled_at=clock.now(),
                hours_attended=0,
            )
            for person in people
        ]
        session.add_all(places)
        session.flush()
        session.add_all(
            Completion(
                enrolment_id=place.id,
                kind=SubjectKind.COURSE,
                subject_id=course_id,
                earned_at=clock.now(),
                content_version=1,
                evidence={},
            )
            for place in places
        )
        return [place.id for place in places]


def forked(app: Flask, work: Callable[[], None]) -> int:
    """Run work in a process of its own; nothing of the parent's connections is used in it."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with app.app_context():
            work()
            db.db.session.remove()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def warm(app: Flask) -> None:
    """Issue what is due in this process, and let go of everything that a fork must not share.

    Whatever is made once, the seal and what is compiled of the design, its children have then.
    """
    with app.app_context():
        bulk.sweep()
        db.db.session.remove()
        db.db.engine.dispose()
    app.extensions["lms_huey"].storage.close()


def in_a_child(app: Flask, work: Callable[[], object]) -> object:
    """Have a child work something out, so that this process never opens a connection."""
    reading, writing = os.pipe()

    def tell() -> None:
        os.write(writing, json.dumps(work()).encode())

    child = forked(app, tell)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "a child failed"
    return json.loads(said)


# Claims ----------------------------------------------------------------------------------------


def claim_round(app: Flask, ids: Sequence[int]) -> list[int]:
    """Let twenty claim at once: half of them one certificate, the others one each."""
    contested, *others = ids
    wanted = [contested] * (PROCESSES * THREADS - len(others)) + others
    start = time.monotonic() + 0.15

    def claims(mine: Sequence[int]) -> None:
        faults: list[BaseException] = []

        def claim(enrolment_id: int) -> None:
            try:
                with app.app_context():
                    time.sleep(max(0.0, start - time.monotonic()))
                    issuing.issue(enrolment_id)
                    db.db.session.remove()
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=claim, args=(each,)) for each in mine]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]

    children = [
        forked(app, lambda mine=wanted[n::PROCESSES]: claims(mine))  # type: ignore[misc]
        for n in range(PROCESSES)
    ]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def claims(app: Flask, rounds: int) -> Found:
    """Claim in so many rounds, each with people of its own."""
    edition_id = int(str(in_a_child(app, lambda: lay_down(app))))
    in_a_child(app, lambda: complete_more(app, edition_id, 1, first=rounds * 11))
    warm(app)
    broken, ids = 0, []
    for number in range(rounds):
        if not ids:
            first = number * 11
            count = min(rounds - number, 20) * 11
            ids = list(
                in_a_child(app, lambda f=first, c=count: complete_more(app, edition_id, c, first=f))  # type: ignore[misc,call-overload]
            )
        some, ids = ids[:11], ids[11:]
        broken += any(claim_round(app, some))
    found = look(app, expected=rounds * 11 + 1)
    found.failed_processes = broken
    return found


# Kills -----------------------------------------------------------------------------------------


def kills(app: Flask, count: int, *, seed: int, people: int = 120) -> Found:
    """Kill bulk issuing so often, while there is something left to issue.

    Two processes issue the same list. One dies at a seam between two steps, or at any instant; the
    other at the same moment.
    """
    chance = random.Random(seed)
    edition_id = int(str(in_a_child(app, lambda: lay_down(app))))
    in_a_child(app, lambda: complete_more(app, edition_id, 1, first=0))
    warm(app)
    hits, made, states = 0, 1, Counter[str]()
    while hits < count:
        if in_a_child(app, lambda: len(issuing.due_enrolments())) == 0:
            in_a_child(app, lambda m=made: complete_more(app, edition_id, people, first=m))  # type: ignore[misc]
            made += people
        group, fuse = chance.choice(GROUPS), Fuse.drawn(chance)
        first = forked(app, lambda g=group, f=fuse: issue(g, f))  # type: ignore[misc]
        second = forked(app, lambda g=group: issue(g))  # type: ignore[misc]
        status = died(first, within=chance.uniform(0.05, 1.5) if fuse is None else 30.0)
        was_second = killed(second)
        if os.WIFSIGNALED(status) or was_second:
            hits += 1
            states.update(in_a_child(app, counts))  # type: ignore[arg-type]
            states[f"died at {fuse.name}" if fuse else "died at any instant"] += 1
    os.waitpid(forked(app, lambda: issue(bulk.GROUP)), 0)
    found = look(app, expected=made)
    found.kills, found.seen = hits, dict(states)
    return found


def died(child: int, *, within: float) -> int:
    """Wait for a child to die by its own hand, and kill it after so many seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            return status
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def killed(child: int) -> bool:
    """Kill a child; tell whether it still ran."""
    os.kill(child, signal.SIGKILL)  # it isn't waited for yet, so its number is still its own
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


SEAMS: tuple[tuple[ModuleType, str], ...] = (
    (register, "reserve_all"),
    (register, "mark_all_issued"),
    (chain, "enter_all"),
    (store, "lay"),
    (store, "settle"),
    (bulk, "_files"),
    (bulk, "_mark"),
    (issuing, "announce"),
)


@dataclass(frozen=True)
class Fuse:
    """The step at which a process kills itself: before or after its n-th call."""

    seam: int
    calls: int
    is_after: bool

    @classmethod
    def drawn(cls, chance: random.Random) -> Fuse | None:
        """Draw one; every third time none, and the clock decides."""
        if chance.random() < 1 / 3:
            return None
        return cls(chance.randrange(len(SEAMS)), chance.randint(1, 4), chance.random() < 0.5)

    @property
    def name(self) -> str:
        """Name the step."""
        return f"{SEAMS[self.seam][1]}, {'after' if self.is_after else 'before'}"

    def lay(self) -> None:
        """Put it into this process."""
        module, name = SEAMS[self.seam]
        work, left, lock = getattr(module, name), [self.calls], threading.Lock()

        def fused(*args: Any, **named: Any) -> Any:
            with lock:
                left[0] -= 1
                is_due = left[0] == 0
            if is_due and not self.is_after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = work(*args, **named)
            if is_due:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        setattr(module, name, fused)


def issue(group: int, fuse: Fuse | None = None) -> None:
    """Do what the worker's sweep does, in groups of so many."""
    bulk.GROUP = group  # type: ignore[misc]
    if fuse is not None:
        fuse.lay()
    bulk.sweep()


def counts() -> dict[str, int]:
    """Tell what the kill has left: whether a number waits for its file."""
    waits = db.session().scalar(
        sa.select(Certificate.id).where(Certificate.state == "reserved").limit(1)
    )
    db.end_reading()
    return {"left numbers without a file": waits is not None}


# What stands after -----------------------------------------------------------------------------


@dataclass
class Found:
    """What the register holds after everything."""

    expected: int
    certificates: int
    valid: int
    double_numbers: int
    double_holders: int
    missing_numbers: int
    counter_ahead: int
    events_wrong: int  # certificates without exactly one reservation and one issue
    faults: list[str]
    kills: int = 0
    failed_processes: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether everybody has one certificate, and the numbers run without gap or double."""
        return self.certificates == self.valid == self.expected and not (
            self.double_numbers
            or self.double_holders
            or self.missing_numbers
            or self.counter_ahead
            or self.events_wrong
            or self.failed_processes
            or self.faults
        )


def look(app: Flask, *, expected: int) -> Found:
    """Read the whole register, and every kept file, in a child."""
    return Found(**in_a_child(app, lambda: asdict(_found(expected))))  # type: ignore[arg-type]


def _found(expected: int) -> Found:
    session = db.session()
    rows = session.execute(
        sa.select(Certificate.serial, Certificate.enrolment_id, Certificate.state, Certificate.id)
    ).all()
    serials = Counter(row[0] for row in rows)
    holders = Counter(row[1] for row in rows)
    highest = max(serials, default=0)
    counter = session.scalar(sa.select(sa.func.max(NumberCounter.last_serial))) or 0
    events = Counter(
        (row[0], row[1].value)
        for row in session.execute(sa.select(RegisterEntry.certificate_id, RegisterEntry.event))
    )
    wrong = sum(
        1 for row in rows if (events[row[3], "reserved"], events[row[3], "issued"]) != (1, 1)
    )
    faults = [
        str(fault.sentence)
        for fault in health.problems()
        if fault.kind not in {FaultKind.KIT_NOT_KEPT}
    ]
    faults += [f"chain {s}" for s in ("TST",) if chain.find_break(s) is not None]
    faults += [f"lost {n}" for n in register.missing_serials("TST", clock.now().year)]
    db.end_reading()
    return Found(
        expected=expected,
        certificates=len(rows),
        valid=sum(row[2].value == "valid" for row in rows),
        double_numbers=sum(n - 1 for n in serials.values()),
        double_holders=sum(n - 1 for n in holders.values()),
        missing_numbers=sum(1 for n in range(1, highest + 1) if n not in serials),
        counter_ahead=counter - highest,
        events_wrong=wrong,
        faults=faults,
    )


def main() -> int:
    """Run what is asked for in the installation that the environment names; exit 1 if broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["claims", "kills"])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with checks.starting_leniently():
        app = create_app(read_settings())
    if asked.what == "claims":
        found = claims(app, asked.rounds)
    else:
        found = kills(app, asked.kills, seed=asked.seed)
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
