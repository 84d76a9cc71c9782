"""The forms there are: each type's folder may have a `form.py` with a `FORM`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType

from lms.quizzes.question_types.form_parts import Form
from lms.quizzes.question_types.further_forms import FURTHER
from lms.quizzes.question_types.registry import TYPES

_PACKAGE = "lms.quizzes.question_types"


@cache
def forms() -> Mapping[str, Form]:
    """Return the forms by type, the usual ones first."""
    found: list[Form] = []
    for name in TYPES:
        module = f"{_PACKAGE}.{name}.form"
        if find_spec(f"{_PACKAGE}.{name}") is not None and find_spec(module) is not None:
            found.append(import_module(module).FORM)
    own = {form.type for form in found}
    found += [form for form in FURTHER if form.type in TYPES and form.type not in own]
    found.sort(key=lambda form: not form.is_usual)
    return MappingProxyType({form.type: form for form in found})
