"""One walk over a config and the table of its fields together: the hot path of every lint run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from aicfg.kong.check.rules import Rule, Trigger, compile_rules
from aicfg.kong.check.scalars import length_problem, quick_test, scalar_problem
from aicfg.kong.check.violation import Violation
from aicfg.kong.references import Placeholder
from aicfg.modules import imported_later
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, Match, PluginSchema
    from aicfg.kong.check import words
    from aicfg.kong.check.violation import Kind, Path

else:
    words = imported_later("aicfg.kong.check.words")  # most configs have nothing to be said

_CONTAINERS = ("record", "array", "set", "map", "json")


class Plan(NamedTuple):
    """A record made ready for the walk."""

    field: Field
    quick: dict[str, Callable[[Any], bool]]
    """A fast test for each scalar field."""
    nested: dict[str, Field]
    """The other fields."""
    required: tuple[str, ...]
    """Fields that must be given."""
    expanded: tuple[tuple[str, Field], ...]
    """Records that Kong puts in where they are absent, whose own fields may be required."""
    rules: tuple[Rule, ...]
    triggers: tuple[Trigger, ...]
    records: dict[str, Plan]
    """The plans of those other fields that were met and are records."""


_plans: dict[int, Plan] = {}


def plan(record: Field) -> Plan:
    """The plan of a record, which is made ready once: fields are compared by identity, and a plan keeps its field."""
    ready = _plans.get(id(record))
    if ready is None:
        ready = _plans[id(record)] = _made_ready(record)
    return ready


def _made_ready(record: Field) -> Plan:
    fields = record.fields.items()
    demanded = [(name, field) for name, field in fields if field.required and field.default is None]
    rules, triggers = compile_rules(record)
    return Plan(
        field=record,
        quick={name: quick_test(field) for name, field in fields if field.type not in _CONTAINERS},
        nested={name: field for name, field in fields if field.type in _CONTAINERS},
        required=tuple(name for name, field in demanded if field.type != "record"),
        expanded=tuple((name, field) for name, field in demanded if field.type == "record"),
        rules=rules,
        triggers=triggers,
        records={},
    )


class Walk:
    """A walk over one config. `found` holds the violations by path: one place, one finding."""

    __slots__ = ("found", "meant", "schema")

    def __init__(self, schema: PluginSchema) -> None:
        self.schema = schema
        self.found: dict[Path, Violation] = {}
        self.meant: set[str] = set()
        """Fields that stand at the wrong place or are misspelt, by the names that were meant."""

    # ── the walk ──

    def record(self, ready: Plan, value: Any, path: Path) -> None:
        """A record that is given as a map."""
        quick, records = ready.quick, ready.records
        for key, item in value.items():
            test = quick.get(key)
            if test is not None:
                if not test(item):
                    self._scalar(ready.field.fields[key], item, (*path, key))
            elif key in records and item.__class__ is dict:
                self.record(records[key], item, (*path, key))
            else:
                self._other(ready, key, item, path)
        for key in ready.required:
            if key not in value:
                self._missing(ready.field.fields[key], (*path, key))
        for key, field in ready.expanded:
            if key not in value:
                self.record(plan(field), {}, (*path, key))
        for rule in ready.rules:
            rule(self, value, path)
        for trigger in ready.triggers:
            trigger.run(self, value, path)

    def _listed_record(self, ready: Plan, items: Sequence[Any], path: Path) -> None:
        """A record that is given as a list: to Lua both are tables, and each item is an unknown field.

        Kong names an item by its index where nothing else is wrong with the record, else by its number from 1.
        """
        before = len(self.found)
        self.record(ready, {}, path)
        numbered = len(self.found) > before
        message, hint = words.listed_record(path)
        for index in range(len(items)):
            self.report("unknown-field", (*path, str(index + 1) if numbered else index), message, hint)

    def _other(self, ready: Plan, key: Any, value: Any, path: Path) -> None:
        field = ready.nested.get(key)
        if field is None:
            self._unknown(ready.field, (*path, key if isinstance(key, str) else str(key)))
            return
        if field.type == "record":
            ready.records[key] = plan(field)
        self._field(field, value, (*path, key))

    def _field(self, field: Field, value: Any, path: Path) -> None:
        """Any field that is no plain scalar, and the elements of lists and maps."""
        if value is None:
            if field.required:
                self._missing(field, path, null=True)
        elif isinstance(value, Placeholder):
            return
        elif field.type == "record":
            if isinstance(value, dict):
                self.record(plan(field), value, path)
            elif isinstance(value, list):
                self._listed_record(plan(field), value, path)
            else:
                self._wrong_record(field, value, path)
        elif field.type in ("array", "set"):
            self._list(field, value, path)
        elif field.type == "map":
            self._map(field, value, path)
        elif field.type != "json":
            self._scalar(field, value, path)

    def _scalar(self, field: Field, value: Any, path: Path) -> None:
        if value is None:
            if field.required:
                self._missing(field, path, null=True)
            return
        problem = scalar_problem(field, value)
        if problem is not None:
            self.report(problem.kind, path, *words.scalar_words(self.schema, field, path, value, problem))

    def _list(self, field: Field, value: Any, path: Path) -> None:
        if not isinstance(value, list) and value != {}:
            self.report("wrong-type", path, *words.wrong_type(field, path, value))
            return
        before = len(self.found)
        if field.elements is not None:
            for index, item in enumerate(value):
                self._element(field.elements, item, (*path, index))
        if len(self.found) == before:
            self._length(field, _distinct(value) if field.type == "set" else len(value), path)

    def _map(self, field: Field, value: Any, path: Path) -> None:
        if not isinstance(value, dict) and (value != [] if field.keys else not isinstance(value, list)):
            self.report("wrong-type", path, *words.wrong_type(field, path, value))
            return
        before = len(self.found)
        if field.values is not None and isinstance(value, dict):
            for key, item in value.items():
                self._element(field.values, item, (*path, key if isinstance(key, str) else str(key)))
        if len(self.found) == before:
            self._length(field, len(value), path)

    def _element(self, field: Field, value: Any, path: Path) -> None:
        """An element of a list or a map: null is always refused, whatever the element's own field says."""
        if value is None:
            self._missing(field, path, null=True)
        else:
            self._field(field, value, path)

    def _length(self, field: Field, length: int, path: Path) -> None:
        problem = length_problem(field, length)
        if problem is not None:
            self.report(problem.kind, path, *words.wrong_length(field, path, problem.detail))

    # ── what the walk finds ──

    def report(self, kind: Kind, path: Path, message: str, hint: str | None = None, *, at_key: bool = False) -> None:
        """Keeps the first finding at each path: what comes later there has the same cause."""
        if path not in self.found:
            self.found[path] = Violation(kind, path, message, hint, at_key)

    def any_at_or_under(self, path: Path, names: Iterable[str]) -> bool:
        """Whether something was found in one of a record's fields."""
        places = {(*path, name) for name in names}
        return any(found[: len(path) + 1] in places for found in self.found)

    def _missing(self, field: Field, path: Path, *, null: bool = False) -> None:
        self.report("missing-field", path, *words.missing(field, path, null))

    def _unknown(self, record: Field, path: Path) -> None:
        message, hint, meant = words.unknown_field(self.schema, record.fields, path)
        self.report("unknown-field", path, message, hint, at_key=True)
        if meant is not None:
            self.meant.add(meant)

    def _wrong_record(self, field: Field, value: Any, path: Path) -> None:
        self.report("wrong-type", path, *words.wrong_type(field, path, value))
        # Lua can look a field up in a text, which has none, but not in a number or a boolean.
        if not isinstance(value, str) and _looked_into(self.schema.root, path):
            self._crash(path)

    def _crash(self, path: Path) -> None:
        """Turns the finding at a path into one that says that Kong's own code fails on it."""
        there = self.found[path]
        message = f"{there.message}; Kong's own check fails on this with an internal error"
        self.found[path] = Violation("kong-crash", path, message, there.hint)

    # ── what rules report ──

    def report_incomplete(self, path: Path, given: Sequence[str], absent: Sequence[str]) -> None:
        if not self._meant(absent):
            self.report("mutually-required", at(path, absent[0]), *words.incomplete(path, given, absent))

    def report_none_of(self, path: Path, names: Sequence[str]) -> None:
        if not self._meant(names):
            self.report("at-least-one-of", at(path, common(names)), *words.none_of(path, names))

    def report_both(self, path: Path, ones: Sequence[str], others: Sequence[str]) -> None:
        self.report("mutually-exclusive", at(path, others[0]), *words.both(path, ones, others))

    def report_needed(
        self, single: Field | None, path: Path, cause: tuple[str, Any], needed: Sequence[str], *, by_default: bool
    ) -> None:
        """What a field's value calls for is not there. `single`: the field, where only one will do; `by_default`: it
        comes by itself with the record around it, so nothing is said where something else calls for that record."""
        place = at(path, needed[0] if single else cause[0])
        if not self._meant(needed) and not (by_default and any(found[:-1] == place[:-1] for found in self.found)):
            self.report("conditional", place, *words.needed(single, path, cause, needed))

    def report_missing(self, field: Field, path: Path, name: str) -> None:
        """A rule misses the field that it looks at. Kong's code fails where the record around it is not one."""
        if not self._crash_above(path, name):
            self._missing(field, at(path, name))

    def report_unfit(self, path: Path, cause: tuple[str, Any], target: tuple[str, Any], wanted: Match) -> None:
        """A field does not go with another one. Kong's code fails where the record around it is not one."""
        if not self._crash_above(path, target[0]):
            self.report("conditional", at(path, target[0]), *words.unfit(path, cause, target, wanted))

    def _meant(self, names: Iterable[str]) -> bool:
        """Whether one of the fields is there, but misplaced or misspelt: that has been said."""
        return any(name.rpartition(".")[2] in self.meant for name in names)

    def _crash_above(self, path: Path, name: str) -> bool:
        """Whether a record between `path` and the field was refused as a whole: Kong then writes its finding into a
        text. An optional record that is null is not refused."""
        place = at(path, name)
        for length in range(len(path) + 1, len(place)):
            there = self.found.get(place[:length])
            if there is not None and there.kind in ("wrong-type", "missing-field", "kong-crash"):
                if there.kind != "kong-crash":
                    self._crash(place[:length])
                return True
        return False


def at(path: Path, name: str) -> Path:
    """The path of a dotted name below a record."""
    return (*path, *name.split(".")) if name else path


def common(names: Sequence[str]) -> str:
    """The record that all of the dotted names are in."""
    parts = [name.split(".")[:-1] for name in names]
    shortest = min(parts, key=len)
    return ".".join(part for index, part in enumerate(shortest) if all(other[index] == part for other in parts))


def _looked_into(root: Field, path: Path) -> bool:
    """Whether a rule of a record above looks up a field inside the record at `path`."""
    record = root
    for index, part in enumerate(path):
        inside = ".".join(str(key) for key in path[index:]) + "."
        if any(name.startswith(inside) for check in record.checks for name in _names(check)):
            return True
        child = record.fields.get(part) if isinstance(part, str) else record.elements
        if child is None:
            return False
        record = child
    return False


def _names(check: Any) -> Iterable[str]:
    """All field names that a check reads."""
    for value in check:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (name for name in value if isinstance(name, str))


def _distinct(items: Sequence[Any]) -> int:
    return len({repr(item) for item in items})
