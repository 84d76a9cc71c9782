"""Addresses of our own pages, for mails, letters and the shell."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app


def absolute_url(endpoint: str, **values: object) -> str:
    """Return a page's full address, made from the settings alone.

    The host that a request names never gets into it: whoever asks for a new password for somebody
    else must not decide where its link leads.
    """
    base = current_app.config["LMS"].base_url.rstrip("/")
    parts = urlsplit(base)
    path = current_app.url_map.bind(parts.netloc, url_scheme=parts.scheme).build(endpoint, values)
    return f"{base}{path}"
