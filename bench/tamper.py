"""Tamper with genuine certificates and see that none passes: `python -m bench.tamper`.

Each round takes a genuine file and a way of changing it, both by chance from a fixed seed, and
asks two verifiers: the offline one, which has nothing but the root, and the site's, which knows
the timestamps' root and a pinned signatory too, and whose register is made to say that it keeps the
very file that was tampered with: so its check of the hash is off. What equals a genuine file is
left out and counted. Exit 1 where anything passed, broke, or a genuine file was refused.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from bench.tampering import appended, approvals, plain, within  # noqa: F401 -- they enter their ways
from bench.tampering.samples import Bench, bench, documents
from bench.tampering.ways import SIGNATORIES, WAYS, Sample, Way
from lms.certificates.inspection import inspect_pdf
from lms.certificates.levels.later import Trust
from lms.certificates.states import CertificateState
from lms.certificates.verification import PdfOutcome, PdfVerdict, RegisterEntry, judge, run_limited
from lms.certificates.verifying.offline import badge_of

TODAY = date(2026, 12, 1)


@dataclass
class Score:
    """What came of it."""

    tried: int = 0
    same: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    by_family: Counter[str] = field(default_factory=Counter)
    passed: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)
    genuine_refused: list[str] = field(default_factory=list)
    genuine: int = 0
    slowest: float = 0.0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing passed, nothing broke, and every genuine file was known."""
        return not (self.passed or self.broke or self.genuine_refused)


def rows() -> list[RegisterEntry]:
    """Make the register's rows of the genuine files."""
    return [
        RegisterEntry(
            number=paper.number,
            code=paper.code,
            state=CertificateState.VALID,
            is_model=False,
            sha256s=frozenset(),
            holder=paper.holder,
        )
        for paper in documents()
    ]


def offline(data: bytes, at: Bench, later: Trust) -> PdfVerdict:
    """Ask the verifier that has nothing but the root."""
    return inspect_pdf(data, trusted=at.anchors.seals_for(data), later=later)


def passes_online(verdict: PdfVerdict, data: bytes, row: RegisterEntry) -> bool:
    """Ask the site's judge, with a register that claims to keep this very file."""
    sha256 = hashlib.sha256(data).hexdigest()
    kept = RegisterEntry(**{**vars(row), "sha256s": frozenset({sha256})})
    return judge(verdict, sha256, kept, TODAY).is_good


def choices(chance: Random, samples: tuple[Sample, ...]) -> Iterator[tuple[str, Way, Sample]]:
    """Choose without end: a family by its weight, a way in it, a file."""
    ways = [(family, weight, made) for family, held in WAYS.items() for weight, made in held]
    weights = [weight for _, weight, _ in ways]
    signed = tuple(sample for sample in samples if sample.needs_pin)
    while True:
        ((family, _, made),) = chance.choices(ways, weights)
        yield family, made, chance.choice(signed if signed and family == SIGNATORIES else samples)


def look_at_genuine(at: Bench, score: Score) -> None:
    """See that no genuine file is refused, and that none passes on another's row."""
    known = rows()
    for sample in at.samples:
        for later in (at.trust,) if sample.needs_pin else (Trust(), at.trust):
            verdict = offline(sample.data, at, later)
            good = [row for row in known if passes_online(verdict, sample.data, row)]
            badge = badge_of(verdict, at.anchors, None, now=sample.at)
            is_odd = badge is not None and not badge.is_good
            score.genuine += 1
            if verdict.outcome is not PdfOutcome.INTACT or len(good) != 1 or is_odd:
                score.genuine_refused.append(f"{sample.name}: {verdict.outcome}, {len(good)}")
        if sample.needs_pin and offline(sample.data, at, Trust()).outcome is PdfOutcome.INTACT:
            score.passed.append(f"{sample.name}, with the root alone")


def tamper(at: Bench, count: int, seed: int, score: Score) -> None:
    """Try so many changes that change something."""
    chance, genuine, known = Random(seed), at.genuine, rows()
    for family, made, sample in choices(chance, at.samples):
        if score.tried == count:
            return
        changed = made(chance, sample)
        if changed is None:
            continue
        if changed in genuine:
            score.same += 1
            continue
        score.tried += 1
        score.by_family[family] += 1
        name = f"{family}/{made.__name__} on {sample.name}, number {score.tried}"
        begun = time.perf_counter()
        try:
            verdict = offline(changed, at, Trust())
            told = offline(changed, at, at.trust)
            online = any(passes_online(told, changed, row) for row in known)
        except Exception as error:  # what a verifier must never do
            score.broke.append(f"{name}: {error!r}")
            continue
        score.slowest = max(score.slowest, time.perf_counter() - begun)
        score.refused[verdict.outcome.value] += 1
        if PdfOutcome.INTACT in {verdict.outcome, told.outcome} or online:
            score.passed.append(name)


def look_at_traps(at: Bench, folder: Path, score: Score) -> None:
    """Give files that are nothing but a trap to the process with limits."""
    for number, data in enumerate(plain.LOOSE_BOMBS):
        path = folder / f"trap-{number}.pdf"
        path.write_bytes(data)
        verdict = run_limited(path, trusted=at.anchors.seals_for(data), seconds=5, megabytes=384)
        score.tried += 1
        score.by_family["traps, under limits"] += 1
        score.refused[verdict.outcome.value] += 1
        if verdict.outcome is PdfOutcome.INTACT:
            score.passed.append(f"trap {number}")


def run(count: int, seed: int, *, levels: bool = True, traps: bool = True) -> Score:
    """Do it all and return what came of it."""
    logging.disable(logging.CRITICAL)  # the validator tells of each forgery that it refuses
    score, begun = Score(), time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as name, bench(Path(name), levels=levels) as at:
            look_at_genuine(at, score)
            tamper(at, count, seed, score)
            if traps:
                look_at_traps(at, Path(name), score)
    finally:
        logging.disable(logging.NOTSET)
    score.seconds = time.perf_counter() - begun
    return score


def main() -> None:
    """Read how many, do it, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    score = run(asked.mutations, asked.seed)
    for family, number in sorted(score.by_family.items()):
        print(f"{number:7}  {family}")
    print(f"Tampered: {score.tried}; left out because they equal a genuine file: {score.same}.")
    print("Refused as:", ", ".join(f"{n} {o}" for o, n in score.refused.most_common()))
    print(f"Passed: {len(score.passed)}. Broke: {len(score.broke)}.")
    print(f"Genuine looked at: {score.genuine}, refused: {len(score.genuine_refused)}.")
    print(f"Seconds: {score.seconds:.0f}; the slowest answer: {score.slowest:.2f}.")
    for line in (*score.passed, *score.broke, *score.genuine_refused):
        print("  !", line)
    sys.exit(0 if score.is_clean else 1)


if __name__ == "__main__":
    main()
