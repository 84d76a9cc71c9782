"""Fields of course.yaml and module.yaml, read into values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lms.courses.completion import Kind
from lms.exchange.course_values import ModuleFile
from lms.exchange.problems import Reason
from lms.exchange.yaml_lines import Fields

_FORM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


def read_module(fields: Fields, slug: str, id_pattern: re.Pattern[str]) -> ModuleFile:
    """Read what a module's own file says of it."""
    outcomes = []
    for each in fields.each("outcomes"):
        outcomes.append({"ro": each.text("ro", limit=1000), "en": each.text("en", limit=1000)})
        each.close()
    return ModuleFile(
        id=fields.identifier("id", id_pattern),
        slug=slug,
        number=fields.whole("number", least=1, most=999),
        title=fields.words("title", limit=255),
        summary=fields.words("summary", required=False),
        outcomes=tuple(outcomes),
        hours=fields.hours("hours"),
        test_minutes=fields.whole("test_minutes", least=0, most=1440, default=0),
        is_draft=fields.flag("draft", default=False),
    )


def read_conditions(fields: Fields) -> tuple[tuple[Kind, Mapping[str, object]], ...]:
    """Read what a course asks for."""
    asked = fields.inner("conditions")
    if asked is None:
        return ()
    found: list[tuple[Kind, Mapping[str, object]]] = []
    for name in asked.nodes:
        written = asked.short(name)
        try:
            kind = Kind(name)
        except ValueError:
            asked.wrong(name, Reason.UNKNOWN_CONDITION)
            continue
        parameters = _parameters(kind, written)
        if parameters is None:
            asked.wrong(name)
        else:
            found.append((kind, parameters))
    return tuple(found)


def _parameters(kind: Kind, written: str) -> Mapping[str, object] | None:
    """Return a condition's parameters; None where what was written fits it not."""
    if kind is Kind.HOURS_ATTENDED:
        if written == "edition":
            return {}
        return {"hours": written} if re.fullmatch(r"\d{1,4}(\.\d{1,2})?", written) else None
    if kind is Kind.FORM_SUBMITTED:
        return {"form": written} if _FORM_ID.fullmatch(written) else None
    expected = "required" if kind is Kind.CONFIRMED_BY_REGISTRAR else "all"
    return {} if written == expected else None
