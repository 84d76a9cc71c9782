"""A browser without eyes: knows of the site only what its pages offer: links, forms, fields."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.html

from bench.timing import Timings, kind_of

Values = Mapping[str, str | Sequence[str]]
MOST_REDIRECTS = 8
# A server closes what is idle for five seconds; a browser then asks again by itself, httpx doesn't.
REUSED = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3.0)


class NotOffered(AssertionError):
    """The page has no such link or form."""


@dataclass
class Form:
    """A form as the page drew it: where it goes, and what each field holds now."""

    action: str
    method: str
    fields: list[tuple[str, str]]
    names: frozenset[str]
    buttons: list[tuple[str, str, str, str]]  # text, name, value, formaction
    element: Any = None

    def filled(self, values: Values) -> dict[str, list[str]]:
        """Return what is sent: the fields as drawn, with some of them filled in anew."""
        unknown = set(values) - self.names
        if unknown:
            raise NotOffered(f"the form of {self.action} has no field {sorted(unknown)}")
        data: dict[str, list[str]] = {}
        for name, value in self.fields:
            if name not in values:
                data.setdefault(name, []).append(value)
        for name, value in values.items():
            data[name] = [value] if isinstance(value, str) else list(value)
        return data

    def button(self, wanted: str) -> tuple[str, str, str, str]:
        """Return the button that says something, or has this name."""
        for found in self.buttons:
            if wanted in found[0] or wanted == found[1]:
                return found
        raise NotOffered(f"no button “{wanted}” in {[b[0] for b in self.buttons]}")


@dataclass
class Page:
    """What the server answered, read as a person would."""

    url: str
    status: int
    response: httpx.Response
    _tree: Any = field(default=None, repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def tree(self) -> Any:
        if self._tree is None:
            self._tree = lxml.html.document_fromstring(self.response.text)
        return self._tree

    @property
    def text(self) -> str:
        """The words of the page's main part."""
        mains = self.tree.xpath("//main") or [self.tree]
        return " ".join(mains[0].text_content().split())

    def links(self) -> Iterator[tuple[str, str]]:
        """Give (words, address) of every link."""
        for a in self.tree.xpath("//a[@href]"):
            yield " ".join(a.text_content().split()), urljoin(self.url, a.get("href"))

    def link(self, *, to: str = "", words: str = "") -> str:
        """Return the first link whose address holds `to` and whose words hold `words`."""
        for text, href in self.links():
            if to in urlsplit(href).path and words in text:
                return href
        raise NotOffered(f"{self.path} ({self.status}) has no link “{words}” to {to or 'anywhere'}")

    def forms(self) -> Iterator[Form]:
        for element in self.tree.xpath("//form"):
            yield _form(element, self.url)

    def form(self, *, to: str = "", having: str = "") -> Form:
        """Return the first form whose address ends like `to` and that has the field `having`."""
        for found in self.forms():
            if urlsplit(found.action).path.endswith(to) and (not having or having in found.names):
                return found
        raise NotOffered(
            f"{self.path} ({self.status}) has no form to {to!r} with {having!r}: {self.text[:300]}"
        )

    def has_form(self, *, to: str) -> bool:
        return any(urlsplit(f.action).path.endswith(to) for f in self.forms())


def _form(element: Any, url: str) -> Form:
    fields: list[tuple[str, str]] = []
    names: set[str] = set()
    buttons = []
    for item in element.xpath(".//input | .//select | .//textarea | .//button"):
        name, kind = item.get("name", ""), item.get("type", "").lower()
        if item.tag == "button":
            target = item.get("formaction")
            words = " ".join(item.text_content().split())
            where = urljoin(url, target) if target else ""
            buttons.append((words, name, item.get("value", ""), where))
            continue
        if not name or item.get("disabled") is not None:
            continue
        names.add(name)
        if item.tag == "select":
            options = item.xpath(".//option")
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            fields += [(name, o.get("value", o.text_content())) for o in chosen]
        elif item.tag == "textarea":
            fields.append((name, (item.text or "").removeprefix("\n")))
        elif kind in ("radio", "checkbox"):
            if item.get("checked") is not None:
                fields.append((name, item.get("value", "on")))
        elif kind not in ("file", "submit", "button"):
            fields.append((name, item.get("value", "")))
    action = urljoin(url, element.get("action") or url)
    method = (element.get("method") or "get").lower()
    return Form(action, method, fields, frozenset(names), buttons, element)


class Visitor:
    """Opens pages, follows links, fills in forms; every request is timed by its kind."""

    def __init__(
        self,
        url: str,
        timings: Timings,
        *,
        address: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self.timings = timings
        headers = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "ro"}
        if address is not None:
            headers["X-Forwarded-For"] = address
        self.client = httpx.Client(
            base_url=url, headers=headers, timeout=60, transport=transport, limits=REUSED
        )

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def request(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        """Make one request, timed; 5xx counts as an error."""
        kind = kind_of(method, urlsplit(urljoin(self.url, url)).path)
        begun = time.perf_counter()
        try:
            response = self.client.request(method, url, **arguments)
        except httpx.HTTPError:
            self.timings.add(kind, time.perf_counter() - begun, failed=True)
            raise
        failed = response.status_code >= 500 or response.status_code == 429
        self.timings.add(kind, time.perf_counter() - begun, failed=failed)
        return response

    def open(self, url: str) -> Page:
        """Open an address that is known from outside (a mail, a letter) or that a page gave."""
        return self._arrive(self.request("GET", url))

    def submit(
        self,
        form: Form,
        values: Values | None = None,
        *,
        button: str | None = None,
        files: Any = None,
    ) -> Page:
        """Fill a form in and press a button: where none is named, the first of the form's own."""
        data = form.filled(values or {})
        target = form.action
        own = [found for found in form.buttons if not found[3]] or form.buttons[:1]
        pressed = form.button(button) if button else next(iter(own), None)
        if pressed is not None:
            if pressed[1]:
                data.setdefault(pressed[1], []).append(pressed[2])
            target = pressed[3] or target
        if form.method == "get":
            return self._arrive(self.request("GET", target, params=data))
        if files is not None:
            return self._arrive(self.request("POST", target, data=data, files=files))
        return self._arrive(self.request("POST", target, data=data))

    def _arrive(self, response: httpx.Response) -> Page:
        for _ in range(MOST_REDIRECTS):
            if not response.is_redirect:
                return Page(str(response.url), response.status_code, response)
            response = self.request("GET", urljoin(str(response.url), response.headers["Location"]))
        raise AssertionError(f"redirected in circles at {response.url}")
