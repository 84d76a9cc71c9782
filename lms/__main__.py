"""The console script's door: it makes the start fast, then opens `lms.cli`."""

import gc
import sys

OFFLINE = ("certificate", "verify")
QUESTIONS = "questions"  # its commands need no instance either


def main() -> None:
    """Load the commands without looking for garbage, of which a start has none, and run one."""
    gc.disable()  # a fifth of the start; `lms.cli` turns it on again once everything is loaded
    if tuple(sys.argv[1:3]) == OFFLINE and any(a.startswith("--root") for a in sys.argv[3:]):
        from lms.certificates.verifying.offline_cli import offline

        offline(sys.argv[3:], prog_name="lms certificate verify")  # it needs no instance
    if sys.argv[1:2] == [QUESTIONS]:
        from lms.quizzes.cli import questions

        questions(sys.argv[2:], prog_name="lms questions")
    from lms.cli import main as commands

    commands()


if __name__ == "__main__":
    main()
