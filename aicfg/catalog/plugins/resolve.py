"""Turns the rows of a plugin file, which speak of all versions, into the fields and checks of one gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.model import (
    AllOrNone,
    AtLeastOneOf,
    Check,
    Custom,
    Field,
    Known,
    Match,
    Needs,
    NotBoth,
    Then,
)
from aicfg.catalog.plugins.rows import basics
from aicfg.catalog.plugins.when import passed, reached
from aicfg.frozen import EMPTY

if TYPE_CHECKING:
    from aicfg.catalog.plugins.rows import Row
    from aicfg.catalog.versions import Gateway

_COPIED = (
    *("required", "default", "gt", "min", "max", "len_min", "len_max", "starts_with", "format"),
    *("referenceable", "encrypted", "deprecated", "about"),
)
_PARTS = {"array": ("elements",), "set": ("elements",), "map": ("keys", "values")}


class Resolver:
    """Builds fields and checks for one gateway."""

    def __init__(self, target: Gateway) -> None:
        self.target = target
        known = basics()["known"]
        self._field_known: Known = self._latest(known["fields"])
        self._check_known: Known = self._latest(known["checks"])

    def exists(self, row: Mapping[str, Any], since: str) -> bool:
        """Whether the target has what a row speaks of; `since` is its parent's."""
        if self.target.edition == "oss" and row.get("edition") == "enterprise":
            return False
        until = row.get("until")
        return reached(row.get("since", since), self.target) and not (until and passed(until, self.target))

    def field(self, name: str, row: Row, since: str) -> Field:
        """The field of a row that exists at the target."""
        since = row.get("since", since)
        row = self._changed(row)
        kind = row["type"]
        given = {key: row[key] for key in _COPIED if row.get(key) is not None}
        if kind == "string":
            given.setdefault("len_min", 1)
        for key in ("match_none", "shorthand"):
            if row.get(key):
                given[key] = tuple(row[key])
        if row.get("enum"):
            given["enum"] = self._enum(row)
        for key in _PARTS.get(kind, ()):
            if key in row:
                given[key] = self.field("", row[key], since)
        if kind == "record":
            fields = self.fields(row.get("fields", EMPTY), since)
            given["fields"] = fields
            given["checks"] = tuple(self.checks(row.get("checks") or [], since, fields))
        return Field(name, kind, **given, since=since, known=row.get("known", self._field_known))

    def fields(self, rows: Mapping[str, Row], since: str) -> Mapping[str, Field]:
        """Those of the fields that exist at the target."""
        return MappingProxyType(
            {name: self.field(name, row, since) for name, row in rows.items() if self.exists(row, since)}
        )

    def checks(self, rows: list[Row], since: str, fields: Mapping[str, Field]) -> Iterator[Check]:
        """Those of a record's checks that hold at the target, without the fields that the target does not have."""
        for row in rows:
            if self.exists(row, since):
                yield build_check(row, fields, row.get("known", self._check_known))

    def _changed(self, row: Row) -> Row:
        """The row with those of its changes applied that the target has reached."""
        for since, attributes in (row.get("changes") or EMPTY).items():
            if reached(since, self.target):
                row = {**row, **attributes}
        return row

    def _enum(self, row: Row) -> tuple[str, ...]:
        values = list(row["enum"])
        for since, more in row.get("enum_added", EMPTY).items():
            if reached(since, self.target):
                values += more
        return tuple(values)

    def _latest(self, by_version: Mapping[str, Any]) -> Any:
        """The value of the last version that the target has reached."""
        values = [value for since, value in by_version.items() if reached(since, self.target)]
        return values[-1]


def build_check(row: Row, fields: Mapping[str, Field], known: Known) -> Check:
    """The check of a row, for a record with these fields."""
    if "all_or_none" in row:
        return AllOrNone(tuple(row["all_or_none"]), known)
    if "at_least_one_of" in row:
        return AtLeastOneOf(tuple(row["at_least_one_of"]), known)
    if "either" in row:
        return NotBoth(tuple(row["either"]), tuple(row["or"]), known)
    if "custom" in row:
        return Custom(row["custom"], tuple(row["fields"]), row.get("unknown", False), known)
    [(if_field, wanted)] = row["if"].items()
    if "needs" in row:
        return Needs(if_field, _match(wanted), tuple(name for name in row["needs"] if _has(fields, name)), known)
    [(then_field, then)] = row["then"].items()
    return Then(if_field, _match(wanted), then_field, _match(then), known)


def _match(value: Any) -> Match:
    """A plain value has to be equal, a list names the choices, a map names the test: {required: true}."""
    if isinstance(value, list):
        return Match("one_of", tuple(value))
    if not isinstance(value, dict):
        return Match("eq", (value,))
    if not value:
        return Match("any")
    return Match("required") if "required" in value else Match("not_one_of", tuple(value["not_one_of"]))


def _has(fields: Mapping[str, Field], name: str) -> bool:
    head, _, rest = name.partition(".")
    found = fields.get(head)
    return found is not None and (not rest or _has(found.fields, rest))
