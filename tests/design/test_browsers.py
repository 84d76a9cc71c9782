"""Sheets and scripts use only what the oldest supported browsers know.

Chrome 109, Firefox 115 ESR, Safari 15, Samsung Internet 20 (which is Chromium 106). The table holds
what is newer than one of them; it is drawn from MDN's compatibility data for what tempts. What is
named in `HARMLESS` stands alone in its rule or behind a question, and nobody misses it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.web.templating import STATIC

# What, since when (Chrome, Firefox, Safari): one of them is newer than we support.
CSS = {
    ":has()": (r":has\(", "105, 121, 15.4"),
    "nesting": (r"[{;]\s*&", "112, 117, 16.5"),
    "color-mix()": (r"color-mix\(", "111, 113, 16.2"),
    "light-dark()": (r"light-dark\(", "123, 120, 17.5"),
    "oklch, lab, color()": (r"\b(?:oklch|oklab|lch|lab|color)\(", "111, 113, 15.4"),
    "relative colours": (r"\bfrom\s+var\(", "119, 128, 16.4"),
    "container queries": (r"@container|\bcqw\b|container-type", "105, 110, 16"),
    "@layer": (r"@layer", "99, 97, 15.4"),
    "@property": (r"@property", "85, 128, 16.4"),
    "@scope": (r"@scope", "118, 128, 17.4"),
    "@starting-style": (r"@starting-style", "117, 129, 17.5"),
    "subgrid": (r"\bsubgrid\b", "117, 71, 16"),
    "dvh, svh, lvh": (r"\d(?:dvh|svh|lvh|dvw)\b", "108, 101, 15.4"),
    "range media queries": (r"@media[^{]*[<>]", "104, 63, 16.4"),
    "text-wrap": (r"text-wrap\s*:", "114, 121, 17.5"),
    "scrollbar-gutter": (r"scrollbar-gutter", "94, 97, 18.2"),
    "scrollbar-width": (r"scrollbar-width", "121, 64, 18.2"),
    "mask-image unprefixed": (r"(?<!-webkit-)mask-image", "120, 53, 15.4"),
    "accent-color": (r"accent-color", "93, 92, 15.4"),
    "::backdrop": (r"::backdrop", "37, 98, 15.4"),
    "overscroll-behavior": (r"overscroll-behavior", "63, 59, 16"),
    "content-visibility": (r"content-visibility", "85, 125, 18"),
    "print-color-adjust unprefixed": (r"(?<!-webkit-)print-color-adjust", "136, 97, 15.4"),
    "popover": (r":popover-open", "114, 125, 17"),
    "anchor positioning": (r"anchor-name|position-anchor", "125, -, 26"),
    ":user-invalid": (r":user-(?:in)?valid", "119, 88, 16.5"),
    "individual transforms": (r"[{;]\s*(?:translate|rotate|scale)\s*:", "104, 72, 14.1"),
    "view transitions": (r"view-transition", "111, -, 18"),
    "field-sizing": (r"field-sizing", "123, -, 26.2"),
    "linear()": (r"\blinear\(", "113, 112, 17.2"),
    ":focus-visible": (r":focus-visible", "86, 85, 15.4"),
}
HARMLESS_CSS = {
    ":has()": "a row that is ticked is tinted; wide tables of lessons get smaller letters",
    "text-wrap": "titles break more evenly",
    "scrollbar-gutter": "nothing moves when a bar comes",
    "scrollbar-width": "the bar of a strip is hidden; there is -webkit-scrollbar too",
    "mask-image unprefixed": "stands beside -webkit-mask-image; the strip fades at its end",
    "accent-color": "boxes have the browser's own colour",
    "::backdrop": "the page behind a dialog is not darkened",
    "overscroll-behavior": "the page scrolls on at a list's end",
    "print-color-adjust unprefixed": "a bar in print has its frame",
    ":focus-visible": "Safari 15.0 to 15.3 draw their own ring",
}
JS = {
    "Array.at": (r"\.at\(", "92, 90, 15.4"),
    "Object.hasOwn": (r"Object\.hasOwn\b", "93, 92, 15.4"),
    "structuredClone": (r"\bstructuredClone\b", "98, 94, 15.4"),
    "crypto.randomUUID": (r"randomUUID", "92, 95, 15.4"),
    "findLast": (r"\.findLast(?:Index)?\(", "97, 104, 15.4"),
    "toSorted and the like": (r"\.to(?:Sorted|Reversed|Spliced)\(", "110, 115, 16"),
    "groupBy": (r"\.groupBy\(", "117, 119, 17.4"),
    "lookbehind": (r"\(\?<[=!]", "62, 78, 16.4"),
    "flag v": (r"/[a-z]*v[a-z]*[.,;)]", "112, 116, 17"),
    "static blocks": (r"\bstatic\s*\{", "94, 93, 16.4"),
    "AbortSignal.timeout": (r"AbortSignal\.(?:timeout|any)", "103, 100, 16"),
    "requestSubmit": (r"\.requestSubmit\(", "76, 75, 16"),
    "showModal": (r"\.showModal\(", "37, 98, 15.4"),
    "inert": (r"\.inert\b|\binert\b", "102, 112, 15.5"),
    "popover": (r"(?:show|toggle|hide)Popover", "114, 125, 17"),
    "navigator.locks": (r"navigator\.locks", "69, 96, 15.4"),
    "BroadcastChannel": (r"BroadcastChannel", "54, 38, 15.4"),
    "requestIdleCallback": (r"requestIdleCallback", "47, 55, -"),
    "withResolvers": (r"withResolvers", "119, 121, 17.4"),
    "URL.canParse": (r"canParse", "120, 115, 17"),
    "CompressionStream": (r"CompressionStream", "80, 113, 16.4"),
    "Array.fromAsync": (r"fromAsync", "121, 115, 16.4"),
    "set methods": (r"\.(?:isSubsetOf|symmetricDifference)\(", "122, 127, 17"),
    "scrollend": (r"[\"']scrollend[\"']", "114, 109, 26.2"),
    "BarcodeDetector": (r"BarcodeDetector", "83, -, -"),
    "import attributes": (r"\bwith\s*\{\s*type", "123, 138, 17.2"),
    "Iterator helpers": (r"\.(?:values|keys|entries)\(\)\.(?:map|filter|take)\(", "122, 131, 18.4"),
}
GUARDED_JS = {
    ("showModal", "idle.js"): r"if \(dialog\.showModal\)",
    ("showModal", "lesson.js"): r"!window\.HTMLDialogElement",
    ("showModal", "quiz-sign-in.js"): r"!dialog\.showModal",
    ("BarcodeDetector", "verify.js"): r'"BarcodeDetector" in window',
}


def files(ending: str) -> list[Path]:
    return [p for p in sorted(STATIC.rglob(f"*.{ending}")) if "qr-" not in str(p)]


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?m:^\s*//[^\n]*$)", "", text, flags=re.S)


def used(path: Path, table: dict[str, tuple[str, str]]) -> list[str]:
    text = without_comments(path.read_text(encoding="utf-8"))
    return [name for name, (pattern, _since) in table.items() if re.search(pattern, text)]


@pytest.mark.parametrize("path", files("css"), ids=lambda p: p.name)
def test_a_sheet_is_understood_by_old_browsers(path: Path) -> None:
    found = [f"{name} ({CSS[name][1]})" for name in used(path, CSS) if name not in HARMLESS_CSS]
    assert found == [], "newer than Chrome 109, Firefox 115, Safari 15, Samsung Internet 20"


@pytest.mark.parametrize("path", files("js"), ids=lambda p: p.name)
def test_a_script_is_understood_by_old_browsers(path: Path) -> None:
    text, found = path.read_text(encoding="utf-8"), []
    for name in used(path, JS):
        guard = GUARDED_JS.get((name, path.name))
        if guard is None or not re.search(guard, text):
            found.append(f"{name} ({JS[name][1]})")
    assert found == [], "newer than Chrome 109, Firefox 115, Safari 15, Samsung Internet 20"


def test_has_stands_alone_in_its_rule() -> None:
    """A list of selectors with one that is not understood is thrown away whole."""
    for path in files("css"):
        text = without_comments(path.read_text(encoding="utf-8"))
        for selector in re.findall(r"([^{}]*:has\([^{]*)\{", text):
            plain = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector)
            assert "," not in plain, f"{path.name}: {selector.strip()}"


def test_prefixed_masks_stand_beside_the_plain_ones() -> None:
    for path in files("css"):
        text = path.read_text(encoding="utf-8")
        assert text.count("-webkit-mask-image") * 2 == text.count("mask-image"), path.name


def test_what_is_harmless_or_guarded_is_still_used() -> None:
    """An exception that nobody needs any more hides the next fault."""
    css = {name for path in files("css") for name in used(path, CSS)}
    assert sorted(HARMLESS_CSS.keys() - css) == []
    named = {(name, path.name) for path in files("js") for name in used(path, JS)}
    assert sorted(GUARDED_JS.keys() - named) == []


def test_no_sheet_or_script_asks_another_host() -> None:
    for path in [*files("css"), *files("js")]:
        text = without_comments(path.read_text(encoding="utf-8"))
        hosts = set(re.findall(r"https?://([\w.-]+)", text)) - {"www.w3.org"}
        assert hosts == set(), path.name
