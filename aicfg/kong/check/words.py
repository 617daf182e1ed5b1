"""What the checker says: messages and hints, in plain words and without any value that may be a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.history import elsewhere, paths_of, value_elsewhere
from aicfg.kong.check.violation import dotted
from aicfg.words import both as all_of
from aicfg.words import either, nearest

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, Match, PluginSchema
    from aicfg.kong.check.scalars import Problem
    from aicfg.kong.check.violation import Path

_FEW = 6
_SHOWN = 40

_WANTED = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "record": "a map of fields",
    "array": "a list",
    "set": "a list",
    "map": "a map",
}
_SWITCHES = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def scalar_words(
    schema: PluginSchema, field: Field, path: Path, value: Any, problem: Problem
) -> tuple[str, str | None]:
    """Message and hint for a value in which `scalar_problem` found something."""
    name = dotted(path)
    if problem.kind == "wrong-type":
        return wrong_type(field, path, value)
    if problem.kind == "value-not-allowed":
        reason = value_elsewhere(schema, path, value)
        if reason is not None:
            remedy = (
                f"raise the gateway version, or use {either(field.enum)}" if reason.since else _choices(field, value)
            )
            message = f"{name} cannot be {shown(field, value)} in Kong Gateway {schema.gateway}"
            return message, f"{_exists(*reason)}: {remedy}"
        return f"{name} cannot be {shown(field, value)}", _choices(field, value)
    if problem.kind == "out-of-range":
        return f"{name} must be {problem.detail}, not {shown(field, value)}", _swapped(path) or "use such a number"
    if problem.kind == "wrong-length":
        return wrong_length(field, path, problem.detail)
    return f"{name} {problem.detail}", _FORMAT_HINTS.get(field.format or "")


_FORMAT_HINTS = {
    "url": "write a whole URL, such as https://llm.example.com/v1/chat; a vault reference does not work here",
    "host": "write a host name or an IP address alone, without scheme, port or path",
}


def wrong_length(field: Field, path: Path, limit: str) -> tuple[str, str | None]:
    """Message and hint for a text, list or map of the wrong length."""
    name = dotted(path)
    if field.type != "string":
        return f"{name} must have {limit} {'entries' if field.type == 'map' else 'items'}", _resize(limit)
    if limit == "at least 1":
        return f"{name} is empty", "fill it in or remove it: Kong takes no empty texts"
    return f"{name} must be {limit} bytes long", _resize(limit)


def _resize(limit: str) -> str:
    return "shorten it" if limit.startswith("at most") else "add to it, or remove it"


def wrong_type(field: Field, path: Path, value: Any) -> tuple[str, str | None]:
    """Message and hint for a value of the wrong type."""
    name, wanted = dotted(path), _WANTED[field.type]
    if field.type == "integer" and isinstance(value, float):
        return f"{name} must be a whole number, not {shown(field, value)}", _swapped(path) or "round it"
    return f"{name} must be {wanted}, not {_type_of(value)}", _type_hint(field, value) or f"write {wanted}"


def _swapped(path: Path) -> str | None:
    if path[-1] not in ("top_p", "top_k"):
        return None
    return "top_p goes from 0 to 1 and top_k is a whole number up to 500: are the two swapped?"


def _type_hint(field: Field, value: Any) -> str | None:
    if field.type == "boolean" and isinstance(value, str) and value.lower() in _SWITCHES:
        return f"write {_SWITCHES[value.lower()]} without quotes"
    if field.type in ("integer", "number") and isinstance(value, str) and _is_number(value):
        return "write the number without quotes: Kong does not turn texts into numbers"
    if field.type == "string" and isinstance(value, bool | int | float):
        return f"use {either(field.enum)}" if 0 < len(field.enum) <= _FEW else "put it in quotes"
    if field.type in ("array", "set") and not isinstance(value, list):
        return "write a list, with a dash before each item"
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "a map"


def shown(field: Field, value: Any) -> str:
    """A value as a message may show it: shortened, and not at all where it may be a secret."""
    if isinstance(value, str):
        if field.secret or _may_be_secret(value):
            return "this value"
        text = value if value.isprintable() else repr(value)[1:-1]
        return f'"{text}"' if len(text) <= _SHOWN else f'"{text[: _SHOWN - 1]}…"'
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _may_be_secret(text: str) -> bool:
    """Whether a text in a field that holds no secrets may still be one: long and mixed, or a known form of key."""
    mixed = any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
    return text.startswith(("sk-", "Bearer ", "Basic ")) or (len(text) >= 20 and mixed and "/" not in text)


def _choices(field: Field, value: Any) -> str:
    if len(field.enum) <= _FEW:
        return f"use {either(field.enum)}"
    near = nearest(str(value), field.enum)
    return f'did you mean "{near}"?' if near else f"use one of {', '.join(field.enum)}"


def missing(field: Field, path: Path, null: bool) -> tuple[str, str | None]:
    """Message and hint for a required field that is absent, or null."""
    if null:
        return f"{dotted(path)} cannot be null", "give it a value" if field.default is None else _remove_null(field)
    return f"{dotted(path)} is required", _add(field)


def _remove_null(field: Field) -> str:
    return f"remove it to get the default, {shown(field, field.default)}"


def _add(field: Field) -> str:
    """A hint to add a field: what it may hold or what it is for."""
    if 0 < len(field.enum) <= _FEW:
        return f"set it to {either(field.enum)}"
    about = field.about if field.about[1:2].isupper() else field.about[:1].lower() + field.about[1:]
    hint = f"add it ({about})" if about else "add it"
    return f"{hint}, such as {field.enum[0]}" if field.enum else hint


def unknown_field(
    schema: PluginSchema, siblings: Mapping[str, Field], path: Path
) -> tuple[str, str | None, str | None]:
    """Message and hint for a field that does not exist at this place at this gateway, and the field that was meant."""
    name, key = dotted(path), str(path[-1])
    reason = elsewhere(schema, path)
    if reason is not None:
        return f"{name} does not exist in Kong Gateway {schema.gateway}", _version_hint(*reason), None
    places = paths_of(schema, key)
    if places:
        return f"{name} is not a field of {schema.name}", _move(places, path), key
    near = nearest(key, siblings)
    if near:
        return f"{name} is not a field of {schema.name}", f'did you mean "{near}"?', near
    hint = f"fields here: {', '.join(siblings)}" if len(siblings) <= _FEW else "no version that aicfg knows has it"
    return f"{name} is not a field of {schema.name}", hint, None


def listed_record(path: Path) -> tuple[str, str | None]:
    """Message and hint for a list where a record's fields have to stand."""
    hint = "write its fields without a dash" if len(path) > 1 else "write one plugin for each config"
    return f"{dotted(path)} must be a map of fields, not a list", hint


def _version_hint(since: str | None, until: str | None, edition: str | None) -> str:
    remedy = "raise the gateway version or remove it" if since else "remove it"
    return f"{_exists(since, until, edition)}: {remedy}"


def _exists(since: str | None, until: str | None, edition: str | None) -> str:
    if since or until:
        return f"exists since {since}" if since else f"exists until {until}"
    return f"exists in Kong {'Enterprise' if edition == 'enterprise' else edition} only"


def _move(places: tuple[str, ...], path: Path) -> str:
    """Where a field belongs that exists elsewhere: in the same item of a list, if it does so there."""
    here = _places(places, path)
    inside = [place for place in here if "[" in place and "[]" not in place]
    if len(inside) == 1:
        here = inside
    if len(here) > 1 or "[]" in here[0] or "{}" in here[0]:
        return f"exists elsewhere: {either(here[:3])}"
    above, own = here[0].rpartition(".")[0], dotted(path[:-1])
    if own.startswith(f"{above}."):
        beside = own[len(above) + 1 :].partition(".")[0].partition("[")[0]
        return f"move it up, beside `{beside}`: {here[0]}"
    return (
        f"move it into `{above[len(own) + 1 :] or above}`: {here[0]}"
        if above.startswith(f"{own}.")
        else (f"move it to {here[0]}")
    )


def _places(places: tuple[str, ...], path: Path) -> list[str]:
    """The places of a field, those in the same item of a list first and with its index."""
    result = []
    for place in places:
        text = place
        for at, part in enumerate(path):
            above = dotted(path[:at])
            if isinstance(part, int) and text.startswith(f"{above}[]"):
                text = f"{above}[{part}]{text[len(above) + 2 :]}"
        result.append(text)
    result.sort(key=lambda text: "[]" in text)
    return result


def incomplete(path: Path, given: Iterable[str], absent: Iterable[str]) -> tuple[str, str | None]:
    """Message and hint for fields that go together and of which only some are set."""
    absent, given = ([_full(path, name) for name in names] for names in (absent, given))
    needed, there = all_of(absent), all_of(given)
    message = f"{needed} must be set too, since {there} {'are' if len(given) > 1 else 'is'}"
    return message, f"add {needed}, or remove {there}"


def none_of(path: Path, names: Iterable[str]) -> tuple[str, str | None]:
    """Message and hint for fields of which one at least has to be set."""
    return f"one of {either([_full(path, name) for name in names])} must be set", "add one of them"


def both(path: Path, ones: Iterable[str], others: Iterable[str]) -> tuple[str, str | None]:
    """Message and hint for fields that exclude one another."""
    first, second = (all_of([_full(path, name) for name in names]) for names in (ones, others))
    return f"{second} cannot be set beside {first}", "remove one or the other"


def needed(field: Field | None, path: Path, cause: tuple[str, Any], names: Iterable[str]) -> tuple[str, str | None]:
    """Message and hint for a field that another field's value calls for; `field` where only one will do."""
    wanted = either([_full(path, name) for name in names])
    return f"{wanted} must be set where {_full(path, cause[0])} is {_plain(cause[1])}", _add(
        field
    ) if field else "add one of them"


def unfit(path: Path, cause: tuple[str, Any], target: tuple[str, Any], wanted: Match) -> tuple[str, str | None]:
    """Message and hint for a field whose value does not go with another field's."""
    name, because = _full(path, target[0]), f"{_full(path, cause[0])} is {_plain(cause[1])}"
    if wanted.kind == "required":
        return f"{name} must be set where {because}", "add it"
    choices = either([_plain(value) for value in wanted.values])
    if cause[0] == target[0]:
        return f"{name} must be {choices} in this plugin, not {_plain(cause[1])}", f"use {choices}"
    return f"{name} must be {choices} where {because}", f"set it to {choices}, or change {_full(path, cause[0])}"


def _full(path: Path, name: str) -> str:
    return dotted((*path, *name.split(".")))


def _plain(value: Any) -> str:
    """A value that the schema itself names, or null: never a secret."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value) if len(str(value)) <= _SHOWN else "set"
