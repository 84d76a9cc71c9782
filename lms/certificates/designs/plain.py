"""Values of ours as what JSON holds."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any


def as_data(value: Any) -> Any:
    """Turn a design, or a part of one, into what JSON holds."""
    if is_dataclass(value):
        data = {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
        kind = getattr(type(value), "kind", None)
        return {"kind": kind, **data} if kind else data
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 3)
    return value
