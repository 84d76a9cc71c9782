"""Inspect one uploaded file under limits: an order in JSON on stdin, a verdict on stdout.

Started by `verification.run_limited`. Whatever a hostile file does ends with this process.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path

from lms.certificates.levels.later import Trust
from lms.certificates.verification import UPLOAD_LIMIT, seal_from_plain
from lms.certificates.verifying.upload import inspect_upload


def main() -> None:
    """Read the order, limit this process, inspect, and write the verdict."""
    order = json.load(sys.stdin)
    _limit(order["seconds"], order["megabytes"])
    logging.disable(logging.CRITICAL)  # a hostile file's faults are no news of ours
    with Path(order["path"]).open("rb") as file:
        data = file.read(UPLOAD_LIMIT + 1)
    verdict = inspect_upload(
        data,
        trusted=[seal_from_plain(plain) for plain in order["trusted"]],
        later=Trust.from_plain(order["later"]),
    )
    sys.stdout.write(verdict.to_json())


def _limit(seconds: int, megabytes: int) -> None:
    room = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
