"""Fills in Kong's defaults: the config as Kong stores it.

Source: process_auto_fields in kong/db/schema/init.lua (3.6 to 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, PluginSchema


def fill_defaults(schema: PluginSchema, config: object) -> dict[str, Any]:
    """A copy of an accepted config with all defaults filled in. What is absent and has no default stays absent.

    A null stays null, also where there is a default. A record that is absent stays absent unless it is required; an
    empty list given for a record, or an empty map for a list, becomes what it stands for. In a config that Kong
    refuses, what is broken is copied as it is.
    """
    return _record(schema.config, config if isinstance(config, dict) else {})


def _record(record: Field, value: dict[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, item in value.items():
        field = record.fields.get(key)
        if field is not None and field.shorthand and item is not None:
            _spread(record, field, item, value, filled)
        else:
            filled[key] = _copy(item) if field is None else _field(field, item)
    for key, field in record.fields.items():
        if key in filled or key in value:
            continue
        if field.default is not None:
            filled[key] = _copy(field.default)
        elif field.required and field.type == "record":
            filled[key] = _record(field, {})
    return filled


def _field(field: Field, value: Any) -> Any:
    if field.type == "record":
        if isinstance(value, dict) or value == []:
            return _record(field, value or {})
    elif field.type in ("array", "set"):
        items = [] if value == {} else value
        if isinstance(items, list):
            items = [_field(field.elements, item) if field.elements else _copy(item) for item in items]
            return _distinct(items) if field.type == "set" else items
    elif field.type == "map" and field.values and isinstance(value, dict):
        return {key: _field(field.values, item) for key, item in value.items()}
    return _copy(value)


def _spread(record: Field, field: Field, value: Any, given: dict[str, Any], filled: dict[str, Any]) -> None:
    """Puts a shorthand's value into the fields that it stands for, unless these are given themselves.

    A list of host:port texts stands for records whose form Kong's schema does not print; it stays as it is.
    """
    if field.type == "array":
        filled[field.name] = _copy(value)
        return
    for name in field.shorthand:
        if given.get(name) is None and name in record.fields:
            filled[name] = _copy(value)


def _distinct(items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
