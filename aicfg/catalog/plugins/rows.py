"""Reads a file of `schemas/plugins/`: its rows, with everything that they share with other files put in its place."""

from __future__ import annotations

from functools import cache
from typing import Any

from aicfg.resources import schema_file

Row = dict[str, Any]

_NESTED = ("fields", "elements", "keys", "values")


@cache
def plugin_rows(name: str) -> Row:
    """The rows of one plugin, shared records filled in. They are shared by all callers: never change them."""
    rows: Row = _load(name)
    return {**rows, "config": expanded(rows["config"])}


@cache
def basics() -> Row:
    """What holds for all plugins (`shared/basics.yaml`)."""
    rows: Row = _load("shared/basics")
    return rows


@cache
def inferred_rows() -> tuple[Row, ...]:
    """The rules that aicfg infers (`shared/inferred.yaml`)."""
    return tuple(_load("shared/inferred"))


def expanded(row: Row) -> Row:
    """The row of a field with its `shared` rows under its own, all the way down."""
    name = row.get("shared")
    if name is not None:
        row = merged(_shared(name), {key: value for key, value in row.items() if key != "shared"})
    if not any(key in row for key in _NESTED):
        return row
    row = dict(row)
    if "fields" in row:
        row["fields"] = {key: expanded(value) for key, value in row["fields"].items() if value is not None}
    for key in ("elements", "keys", "values"):
        if key in row:
            row[key] = expanded(row[key])
    return row


def merged(base: Row, own: Row) -> Row:
    """`base` overridden by `own`. Fields merge one by one, checks add up; what is null in `own` goes away."""
    row = {**base, **own}
    if "fields" in base and "fields" in own:
        row["fields"] = _fields(base["fields"], own["fields"])
    if "elements" in base and "elements" in own:
        row["elements"] = merged(base["elements"], own["elements"])
    if "checks" in base and own.get("checks"):
        row["checks"] = [*base["checks"], *own["checks"]]
    return row


def _fields(base: Row, own: Row) -> Row:
    rows = dict(base)
    for name, row in own.items():
        rows[name] = merged(rows[name], row) if rows.get(name) is not None and row is not None else row
    return rows


@cache
def _shared(name: str) -> Row:
    """The record in `shared/<name>.yaml`, or the field `name` of `shared/common.yaml` for "common.name"."""
    file, _, key = name.partition(".")
    row = _load(f"shared/{file}")[key] if key else {"type": "record", **_load(f"shared/{file}")}
    return expanded(row)


@cache
def _load(name: str) -> Any:
    from aicfg.catalog.data import load

    return load(schema_file("plugins", f"{name}.yaml"))
