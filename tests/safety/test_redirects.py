"""Nobody is sent to another site by a parameter."""

import pytest

from lms.safety.redirects import safe_next

OWN = [
    "/",
    "/home",
    "/courses/os2?page=2&q=a//b",
    "/a#s-x",
    "/lecții/ș",
    "/a?next=https://x.example",
]

FOREIGN = [
    None,
    "",
    "home",
    "https://evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%2Fevil.example",
    "/%252fevil.example",
    "/%5cevil.example",
    "/%255cevil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "https:evil.example",
    "https:/evil.example",
    "@evil.example",
    "data:text/html,x",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "/home\r\nSet-Cookie: a=b",
    "/home%0d%0aSet-Cookie:%20a=b",
    "/home\x00",
    "/a/..//evil.example",
    "/.//evil.example",
    "/..",
    "/%2e%2e//evil.example",
    "/\u202eevil",
    "/\u2028evil",
    "/" + "a" * 5000,
    "http://[evil",
    "?next=/",
    "#x",
]


@pytest.mark.parametrize("target", OWN)
def test_a_path_of_this_site_is_followed(target: str) -> None:
    assert safe_next(target, "/default") == target


@pytest.mark.parametrize("target", FOREIGN)
def test_anything_else_leads_to_the_default(target: str | None) -> None:
    assert safe_next(target, "/default") == "/default"
