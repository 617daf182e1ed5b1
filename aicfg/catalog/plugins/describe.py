"""Everything that is known about a plugin or a field of it, in plain data: for `explain`, as text or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.known import known_as
from aicfg.catalog.plugins.model import AllOrNone, AtLeastOneOf, Needs, NotBoth, Then
from aicfg.catalog.versions import version_text
from aicfg.words import both, either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aicfg.catalog.plugins.model import Check, Field, Known, Match, PluginSchema

_ATTRIBUTES = ("default", "enum", "gt", "min", "max", "len_min", "len_max", "starts_with", "format", "deprecated")
_FLAGS = ("required", "referenceable", "encrypted")


def field_at(schema: PluginSchema, path: str) -> Field | None:
    """The field at a path such as "config.targets[].model.name", None where there is none at this gateway."""
    found: Field | None = schema.root
    for part in path.replace("[]", "").replace("{}", "").split("."):
        while found is not None and part not in found.fields and (found.elements or found.values):
            found = found.elements or found.values
        found = found.fields.get(part) if found else None
    return found


def describe_field(schema: PluginSchema, path: str, field: Field) -> dict[str, Any]:
    """A field's facts. Each attribute that is known in another way than the field itself says so."""
    facts: dict[str, Any] = {"field": f"{schema.name}.{path}", "about": field.about, "type": field.type}
    facts |= {name: getattr(field, name) for name in _FLAGS if getattr(field, name)}
    facts |= {name: value for name in _ATTRIBUTES if (value := getattr(field, name)) not in (None, ())}
    if field.fields:
        facts["fields"] = list(field.fields)
    facts |= {"since": field.since, "gateway": str(schema.gateway), "known": field.known}
    others = {name: known_as(field, name, schema.gateway) for name in (*_FLAGS, *_ATTRIBUTES) if name in facts}
    differing = {name: known for name, known in others.items() if known != field.known}
    return {**facts, "known_otherwise": differing} if differing else facts


def describe_plugin(schema: PluginSchema) -> dict[str, Any]:
    """A plugin's facts: what it is for, where it may be put, and its fields."""
    return {
        "plugin": schema.name,
        "title": schema.title,
        "about": schema.about,
        "since": schema.since,
        "edition": "enterprise" if schema.enterprise_only else "all",
        "gateway": f"{version_text(schema.gateway.version)} ({schema.gateway.edition})",
        "available": schema.available,
        "scopes": [scope for scope, taken in schema.scopes.items() if taken],
        "fields": list(schema.config.fields),
        "rules": [f"{rule} ({known})" for rule, known in _rules(schema.root, "")],
    }


def rules_about(schema: PluginSchema, path: str) -> list[str]:
    """The rules across fields that name the field at a path, in words, with how each is known."""
    wanted = path.replace("[]", "").replace("{}", "")
    return [
        f"{_in_words(check)} ({check.known})"
        for check, place in _checks(schema.root, "")
        if wanted in (f"{place}.{name}".lstrip(".") for name in _named(check))
    ]


def _rules(field: Field, path: str) -> Iterator[tuple[str, Known]]:
    """The rules across fields of a record and of all records in it, in words, each with how it is known."""
    for check, place in _checks(field, path):
        yield (f"in {place}: " if place.count(".") else "") + _in_words(check), check.known


def _checks(field: Field, path: str) -> Iterator[tuple[Check, str]]:
    """The checks of a record and of all records in it, each with the path of its record."""
    for check in field.checks:
        yield check, path
    for name, child in field.fields.items():
        yield from _checks(child.elements or child, f"{path}.{name}".lstrip("."))


def _named(check: Check) -> tuple[str, ...]:
    """The fields that a check is about."""
    match check:
        case NotBoth():
            return (*check.first, *check.second)
        case Needs():
            return (check.if_field, *check.fields)
        case Then():
            return (check.if_field, check.then_field)
    return tuple(check.fields)


def _in_words(check: Check) -> str:
    match check:
        case AllOrNone():
            return f"all or none of {', '.join(check.fields)}"
        case AtLeastOneOf():
            return f"at least one of {', '.join(check.fields)}"
        case NotBoth():
            return f"not both {both(check.first)} and {both(check.second)}"
        case Needs():
            return f"where {check.if_field} is {_matched(check.match)}: {either(check.fields)} has to be there"
        case Then():
            return f"where {check.if_field} is {_matched(check.match)}: {check.then_field} is {_matched(check.then)}"
    return f"{check.name}, over {', '.join(check.fields)}" + (" (not checked)" if check.unknown else "")


def _matched(match: Match) -> str:
    values = either([str(value).lower() if isinstance(value, bool) else str(value) for value in match.values] or [""])
    words = {
        "eq": values,
        "one_of": values,
        "not_one_of": f"other than {values}",
        "required": "set",
        "any": "anything",
    }
    return words[match.kind]
