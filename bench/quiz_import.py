"""Reading 10,000 questions of Moodle XML, beside parsing the same file without understanding it."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import iterparse

from lms.quizzes.exchange.moodle_writer import write_moodle_xml
from lms.quizzes.exchange.moodle_xml import read_moodle_xml
from lms.quizzes.exchange.quiz_file import Problem
from lms.quizzes.exchange.read_question import ReadQuestion
from lms.quizzes.question_types.registry import parse_question

MOST = 30.0  # times the floor
MOST_MEMORY = 40  # MB more for ten times the questions


def questions(count: int) -> list[ReadQuestion]:
    """Make questions as trainers write them: words, some markup, feedback, two types in turn."""
    made = []
    for number in range(count):
        options = [
            {
                "text": f"varianta **{number}** cu câteva cuvinte, a {place}-a",
                "fraction": "1" if place == number % 4 else "0",
                "feedback": f"De ce: vedeți lecția {number % 8 + 1}.{place}.",
            }
            for place in range(4)
        ]
        payload = {
            "type": "single_choice",
            "stem": f"Întrebarea {number}: care dintre acestea este *adevărată*?",
            "options": options,
            "general_feedback": "Sursa este numită în lecție.",
        }
        if number % 2:
            answers = [{"value": str(number), "tolerance": "0.5", "feedback": "Corect."}]
            payload = {"type": "numerical", "stem": f"Cât face {number} + 0?", "answers": answers}
        question = parse_question(payload)
        made.append(ReadQuestion(id=f"q-{number}", question=question, name=f"Q{number}"))
    return made


def floor(path: Path) -> int:
    """Go through every element of a file and forget it."""
    found = 0
    with path.open("rb") as stream:
        for _event, element in iterparse(stream):
            if element.tag == "question":
                found += 1
                element.clear()
    return found


def read(path: Path) -> int:
    """Read every question of a file and forget it."""
    problems: list[Problem] = []
    with path.open("rb") as stream:
        return sum(each.is_good for each in read_moodle_xml(stream, problems))


def seconds(work: Callable[[Path], int], path: Path, expected: int) -> float:
    """Time the quickest of three runs."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        assert work(path) == expected
        best = min(best, time.process_time() - began)
    return best


def memory(path: Path) -> float:
    """Tell how much memory a process needs that only reads the file, in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.quiz_import", "--only-read", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def main() -> int:
    """Measure, tell, and say whether the aims were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--most", type=float, default=MOST)
    parser.add_argument("--only-read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_read is not None:
        read(given.only_read)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder, "large.xml"), Path(folder, "small.xml")
        large.write_bytes(write_moodle_xml(questions(given.questions)).data)
        small.write_bytes(write_moodle_xml(questions(given.questions // 10)).data)
        size = large.stat().st_size / 1024 / 1024
        bare = seconds(floor, large, given.questions)
        ours = seconds(read, large, given.questions)
        less, more = memory(small), memory(large)
    ratio = ours / bare
    print(f"{given.questions} questions, {size:.1f} MB of Moodle XML, seconds of CPU")
    print(f"  iterparse, nothing understood  {bare:6.2f}")
    print(f"  read as questions              {ours:6.2f}  {ratio:.1f} ×")
    print(f"  memory for a tenth, for all    {less:.0f} MB, {more:.0f} MB")
    return int(ratio > given.most or more - less > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
