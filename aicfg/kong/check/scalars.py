"""Texts, numbers and booleans: what Kong's schema library accepts, and what is wrong with what it does not.

Source: the validators of kong/db/schema/init.lua (3.6 to 3.10). Kong stops at a field's first fault, and so do we.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from aicfg.kong.references import DeployText, Placeholder, is_vault_reference
from aicfg.kong.urls import host_problem, url_problem
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field
    from aicfg.kong.check.violation import Kind


class Problem(NamedTuple):
    """What is wrong with a value: the kind of fault and the limit or the reason that a message needs."""

    kind: Kind
    detail: Any = None


def scalar_problem(field: Field, value: object) -> Problem | None:
    """What is wrong with a value that is not null, or None.

    Nothing is wrong with a text that is known at deploy time only, where a text may stand; a placeholder may turn out
    to be anything.
    """
    if isinstance(value, DeployText) and (field.type == "string" or isinstance(value, Placeholder)):
        return None
    if field.referenceable and is_vault_reference(value):
        return None
    if not _has_type(field, value):
        return Problem("wrong-type")
    if field.enum and value not in field.enum:
        return Problem("value-not-allowed")
    if isinstance(value, str):
        return _text_problem(field, value)
    return None if isinstance(value, bool) else _number_problem(field, value)


def _has_type(field: Field, value: object) -> bool:
    if field.type == "string":
        return isinstance(value, str)
    if field.type == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # Lua has no integers: 256.0 and 1e3 are as whole as 256.
    return field.type == "number" or isinstance(value, int) or value.is_integer()


def _number_problem(field: Field, value: Any) -> Problem | None:
    # Written the way Kong compares, so that a NaN fares as it does there.
    if field.gt is not None and not value > field.gt:
        return Problem("out-of-range", f"greater than {field.gt}")
    if (field.min is not None and value < field.min) or (field.max is not None and value > field.max):
        return Problem("out-of-range", f"between {field.min} and {field.max}")
    return None


def _text_problem(field: Field, value: str) -> Problem | None:
    problem = length_problem(field, byte_length(value))
    if problem:
        return problem
    if field.starts_with and not value.startswith(field.starts_with):
        return Problem("malformed-value", f"does not start with {field.starts_with}")
    for text in field.match_none:
        if text in value:
            return Problem("malformed-value", f"has {text} in it")
    reason = None
    if field.format == "url":
        reason = url_problem(value)
    elif field.format == "host":
        reason = host_problem(value)
    return Problem("malformed-value", reason) if reason else None


def length_problem(field: Field, length: int) -> Problem | None:
    """What is wrong with the length of a text in bytes, or with the number of elements."""
    if field.len_min is not None and length < field.len_min:
        return Problem("wrong-length", f"at least {field.len_min}")
    if field.len_max is not None and length > field.len_max:
        return Problem("wrong-length", f"at most {field.len_max}")
    return None


def byte_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def quick_test(field: Field) -> Callable[[Any], bool]:
    """A fast test that accepts only values in which `scalar_problem` finds nothing; the rest needs a closer look.

    This is the hot path: most values in most files are plain and right.
    """
    if field.enum:
        return partial(_one_of, frozenset(field.enum))
    if field.type == "boolean":
        return _boolean
    if field.type == "string":
        if field.match_none or field.starts_with or field.format == "host":
            return _never
        if field.format == "url":
            return _plain_url
        return _filled if field.len_min == 1 and field.len_max is None else partial(_of_length, field)
    types = (int,) if field.type == "integer" else (int, float)
    if field.gt is None and field.min is None and field.max is None:
        return partial(_number, types)
    return partial(_in_range, types, field)


def _one_of(values: frozenset[str], value: Any) -> bool:
    return value.__class__ is str and value in values


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _filled(value: Any) -> bool:
    return value.__class__ is str and value != ""


def _of_length(field: Field, value: Any) -> bool:
    return value.__class__ is str and value.isascii() and length_problem(field, len(value)) is None


def _plain_url(value: Any) -> bool:
    return value.__class__ is str and value.startswith(("https://", "http://")) and url_problem(value) is None


def _number(types: tuple[type, ...], value: Any) -> bool:
    return value.__class__ in types


def _in_range(types: tuple[type, ...], field: Field, value: Any) -> bool:
    return value.__class__ in types and _number_problem(field, value) is None


def _never(value: Any) -> bool:
    return False
