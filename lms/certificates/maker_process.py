"""Make certificates' files in a small process: drawn, sealed, laid down; orders on stdin.

Started by `makers`. It imports what draws and signs, and neither the application nor its database,
so that one of it takes a fraction of their memory. The first line says what it works with, the
key among it; then comes a line for each certificate, and each is answered by a line in turn: the
file that was laid down, or nothing where it must be made in the application (which learns why).
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from lms.certificates.designs import keeping, shipped
from lms.certificates.designs.design import Design
from lms.certificates.document import CertificateDocument, pictures_of
from lms.certificates.drawing.items import Attachment, Relationship
from lms.certificates.render import sealed_at_once
from lms.certificates.signing.container import BareSeal
from lms.files import store


def main() -> None:
    """Work until there are no more orders."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold the key
    said = json.loads(sys.stdin.readline())
    seal, root = BareSeal.from_plain(said["seal"]), Path(said["root"])
    for line in sys.stdin:
        try:
            answer = _made(json.loads(line), seal, root)
        except Exception:  # the application makes it again, and says what is wrong
            answer = None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _made(order: dict[str, Any], seal: BareSeal, root: Path) -> dict[str, Any] | None:
    data = sealed_at_once(
        _document(order["facts"], root),
        seal,
        at=datetime.fromisoformat(order["at"]),
        more=[_attachment(plain) for plain in order["more"]],
    )
    if data is None:
        return None
    laid = store.lay(root, data)
    temporary = str(laid.temporary) if laid.temporary else None
    return {"sha256": laid.sha256, "size": len(data), "temporary": temporary}


def _document(facts: dict[str, Any], root: Path) -> CertificateDocument:
    sha256 = facts["design"]["sha256"]
    design = _design(root, sha256)
    designs = {sha256: design} if design else {}
    pictures = {each: _picture(root, each) for each in pictures_of(facts, designs)}
    return CertificateDocument.from_facts(facts, pictures, designs)


@lru_cache(maxsize=16)
def _design(root: Path, sha256: str) -> Design | None:
    return shipped.by_hash(sha256) or keeping.kept(root, sha256)


@lru_cache(maxsize=32)
def _picture(root: Path, sha256: str) -> bytes:
    return store.get(root, sha256)


def attachment_to_plain(attachment: Attachment) -> dict[str, str]:
    """Write an attached file as an order holds it."""
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "data": base64.b64encode(attachment.data).decode(),
        "relationship": attachment.relationship.value,
        "description": attachment.description,
    }


def _attachment(plain: dict[str, str]) -> Attachment:
    return Attachment(
        plain["name"],
        plain["media_type"],
        base64.b64decode(plain["data"]),
        Relationship(plain["relationship"]),
        plain["description"],
    )


if __name__ == "__main__":
    main()
