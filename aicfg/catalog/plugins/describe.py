"""Everything that is known about a plugin or a field of it, in plain data: for `explain`, as text or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.known import known_as
from aicfg.catalog.plugins.model import AllOrNone, AtLeastOneOf, Needs, NotBoth, Then
from aicfg.catalog.versions import version_text

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


def _rules(field: Field, path: str) -> Iterator[tuple[str, Known]]:
    """The rules across fields of a record and of all records in it, in words, each with how it is known."""
    for check in field.checks:
        place = f"in {path}: " if path.count(".") else ""
        yield place + _in_words(check), check.known
    for name, child in field.fields.items():
        yield from _rules(child.elements or child, f"{path}.{name}".lstrip("."))


def _in_words(check: Check) -> str:
    match check:
        case AllOrNone():
            return f"all or none of {', '.join(check.fields)}"
        case AtLeastOneOf():
            return f"at least one of {', '.join(check.fields)}"
        case NotBoth():
            return f"not both {', '.join(check.first)} and {', '.join(check.second)}"
        case Needs():
            return f"{check.if_field} {_matched(check.match)} needs {' or '.join(check.fields)}"
        case Then():
            return f"{check.if_field} {_matched(check.match)} wants {check.then_field} {_matched(check.then)}"
    return f"{check.name}, over {', '.join(check.fields)}" + (" (not checked)" if check.unknown else "")


def _matched(match: Match) -> str:
    values = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in match.values)
    words = {
        "eq": values,
        "one_of": values,
        "not_one_of": f"other than {values}",
        "required": "set",
        "any": "of any value",
    }
    return f"[{words[match.kind]}]"
