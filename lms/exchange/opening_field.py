"""`opening` of course.yaml: from which day, and after which other one, a module opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms.exchange.course_values import ModuleFile
from lms.exchange.problems import Reason
from lms.exchange.yaml_lines import Fields

OPENING, FROM = "opening", "from"  # „on” would be a yes to YAML


def with_opening(
    fields: Fields, modules: Sequence[ModuleFile], is_in_order: bool
) -> tuple[ModuleFile, ...]:
    """Read when modules open, by their folders, and say it of each."""
    asked = fields.inner(OPENING, required=False)
    if asked is None:
        return tuple(modules)
    ids = {module.slug: module.id for module in modules}
    found = {module.slug: module for module in modules}
    for folder in asked.nodes:
        inner = asked.inner(folder)
        if folder not in ids:
            asked.wrong(folder, Reason.UNKNOWN_MODULE)
        elif inner is not None:
            found[folder] = _opened(inner, found[folder], ids)
    for module in modules:
        if found[module.slug].opens_after and _never_opens(module, found, is_in_order):
            asked.wrong(module.slug, Reason.WAITS_IN_CIRCLE)
    return tuple(found[module.slug] for module in modules)


def _opened(inner: Fields, module: ModuleFile, ids: dict[str, str]) -> ModuleFile:
    day = inner.day(FROM, required=False)
    after = inner.short("after", required=False)
    if day is None and not after and not inner.asked & inner.nodes.keys():
        inner.wrong(FROM, Reason.MISSING_KEY)
    if after and ids.get(after, module.id) == module.id:
        inner.sink.add(inner.line_of("after"), Reason.UNKNOWN_MODULE, after)
        after = ""
    inner.close()
    return replace(module, opens_on=day, opens_after=ids.get(after, ""))


def _never_opens(module: ModuleFile, found: dict[str, ModuleFile], is_in_order: bool) -> bool:
    """Tell whether a module waits for itself, or for one that the order puts behind it."""
    order = [each.id for each in found.values()]
    after = {each.id: each.opens_after for each in found.values() if each.opens_after}
    if is_in_order:
        return order.index(after[module.id]) > order.index(module.id)
    seen: set[str] = set()
    here = after[module.id]
    while here in after and here != module.id and here not in seen:
        seen.add(here)
        here = after[here]
    return here == module.id
