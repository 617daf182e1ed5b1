"""Kong's entity checks as `if` and `then`: rules that look at the same condition are put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import AllOrNone, AtLeastOneOf, Custom, Match, Needs, NotBoth, Then
from aicfg.kong.check.reading import field_of
from aicfg.kong.json_schema.conditions import (
    Probe,
    both,
    either,
    if_probe,
    no_reference_probe,
    set_probe,
    then_probe,
    unset_probe,
    where,
)
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Check, Field
    from aicfg.kong.json_schema.conditions import Schema


class Conditional(NamedTuple):
    """A custom check in terms of a conditional one: what all has to be so, and what then must be."""

    when: tuple[tuple[str, Match], ...]
    then: tuple[str, Match]


CUSTOM: dict[str, Conditional] = {
    "anthropic-completions-statistics": Conditional(
        (("model.provider", Match("eq", ("anthropic",))), ("route_type", Match("eq", ("llm/v1/completions",)))),
        ("logging.log_statistics", Match("eq", (False,))),
    )
}
"""The custom checks whose code is known (`aicfg.kong.check.custom`), by name."""


def rules(record: Field, checks: Iterable[Check], accepts_empty: Callable[[Field], bool]) -> list[Schema]:
    """The schemas that a record has to meet for its checks' sake."""
    writer, grouped = _RuleWriter(record, accepts_empty), dict[str, tuple["Schema", "Schema"]]()
    for check in checks:
        for condition, demand in writer.rules(check):
            key = json.dumps(condition, sort_keys=True)
            before = grouped.get(key, (condition, {}))[1]
            grouped[key] = condition, both(before, demand)
    return [{"if": condition, "then": demand} if condition else demand for condition, demand in grouped.values()]


def below(check: Check, name: str) -> Check:
    """The check of a record as a check of its field `name`, which all fields that it names are in."""

    def cut(value: Any) -> Any:
        if type(value) is tuple:
            return tuple(map(cut, value))
        return value.removeprefix(f"{name}.") if isinstance(value, str) else value

    kind: Any = type(check)
    shortened: Check = kind(*map(cut, check))
    return shortened


class _RuleWriter:
    """Writes the checks of one record."""

    def __init__(self, record: Field, accepts_empty: Callable[[Field], bool]) -> None:
        self.record = record
        self.accepts_empty = accepts_empty

    def rules(self, check: Check) -> Iterator[tuple[Schema, Schema]]:
        """Pairs of a condition ({}: always) and what has to hold under it."""
        if isinstance(check, Custom):
            if not check.unknown and check.name in CUSTOM:
                yield self._custom(CUSTOM[check.name])
        elif isinstance(check, AtLeastOneOf):
            yield self._without_references(check.fields), self._any(set_probe, check.fields)
        elif isinstance(check, AllOrNone):
            some = self._any(set_probe, check.fields)
            yield both(self._without_references(check.fields), some), self._all(set_probe, check.fields)
        elif isinstance(check, NotBoth):
            free = self._without_references(check.first + check.second)
            yield both(free, self._any(set_probe, check.first)), self._all(unset_probe, check.second)
        elif isinstance(check, Needs):
            free = self._without_references((check.if_field, *check.fields))
            condition = self._where(check.if_field, if_probe(check.match, self._field(check.if_field)))
            yield both(condition, free), self._any(set_probe, check.fields)
        else:
            yield self._then(check)

    def _then(self, check: Then) -> tuple[Schema, Schema]:
        # Kong also refuses where the field that it looks at is nothing at all. That is so only where the field is
        # missing, or the record that it is in, and then these are refused themselves.
        free = self._without_references((check.if_field, check.then_field))
        condition = self._where(check.if_field, if_probe(check.match, self._field(check.if_field)))
        return both(condition, free), self._where(
            check.then_field, then_probe(check.then, self._field(check.then_field))
        )

    def _custom(self, rule: Conditional) -> tuple[Schema, Schema]:
        parts = (self._where(name, if_probe(match, self._field(name))) for name, match in rule.when)
        name, match = rule.then
        return reduce(both, parts), self._where(name, then_probe(match, self._field(name)))

    def _without_references(self, names: Iterable[str]) -> Schema:
        """Kong skips a rule where one of its fields holds a vault reference."""
        holders = [name for name in names if self._field(name).referenceable]
        return self._all(lambda field: no_reference_probe(), holders)

    def _all(self, probe: Callable[[Field], Probe], names: Iterable[str]) -> Schema:
        return reduce(both, (self._where(name, probe(self._field(name))) for name in names), {})

    def _any(self, probe: Callable[[Field], Probe], names: Iterable[str]) -> Schema:
        return either([self._where(name, probe(self._field(name))) for name in names])

    def _field(self, name: str) -> Field:
        return field_of(self.record, name)

    def _where(self, name: str, probe: Probe) -> Schema:
        return where(self.record, name, probe, self.accepts_empty)
