"""Telephone numbers and e-mail addresses as people type them."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s().\-/‐‑–]+")
_NATIONAL = re.compile(r"[237]\d{8}")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")
_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_LOCAL_PART})@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])")
_LONGEST_EMAIL, _LONGEST_LOCAL_PART = 254, 64


def normalise_phone(typed: str) -> str | None:
    """Return the number in E.164 form, or None where it can't be one.

    Numbers without a country are Romanian; a spreadsheet may have taken their first nought.
    """
    digits = _SEPARATORS.sub("", typed.strip().lstrip("'"))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+40"):
        national = digits[3:].removeprefix("0")  # „+40 (0)740 …”
        return f"+40{national}" if _NATIONAL.fullmatch(national) else None
    if digits.startswith("+"):
        return digits if _INTERNATIONAL.fullmatch(digits) else None
    if digits.startswith("40") and len(digits) == 11:
        digits = digits[2:]
    national = digits.removeprefix("0")
    return f"+40{national}" if national.isascii() and _NATIONAL.fullmatch(national) else None


def display_phone(number: str) -> str:
    """Write a stored number as it is written in Romania: 0740 123 456, 021 311 1111."""
    if not number.startswith("+40") or len(number) != 12:
        return number
    national = "0" + number[3:]
    if national.startswith("021"):
        return f"{national[:3]} {national[3:6]} {national[6:]}"
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def normalise_email(typed: str) -> str | None:
    """Return the one address that was typed, its domain in small letters, or None."""
    address = typed.strip().removeprefix("mailto:").strip("<>;, ")
    match = _EMAIL.fullmatch(address)
    if match is None or len(address) > _LONGEST_EMAIL or len(match[1]) > _LONGEST_LOCAL_PART:
        return None
    return f"{match[1]}@{match[2].lower()}"
