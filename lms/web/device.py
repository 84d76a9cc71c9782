"""What a person's own computer may keep: a mark for what is theirs, and a key to lock it with."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app

from lms.access import current_actor


def _derived(use: str) -> bytes:
    actor = current_actor()
    if actor is None or not actor.is_on_own_device or actor.is_staff:
        return b""
    if not current_app.config["LMS"].offline_reading:
        return b""
    told = f"{use}:{actor.person_id}".encode()
    return hmac.new(str(current_app.secret_key).encode(), told, hashlib.sha256).digest()


def mark() -> str:
    """Return the mark of what this person may keep here; nothing where nothing may be kept."""
    return _derived("kept").hex()[:16]


def key() -> str:
    """Return the key that the browser locks waiting reading with; it comes only with a page."""
    return base64.b64encode(_derived("reading")).decode()
