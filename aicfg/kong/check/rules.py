"""The rules across fields: Kong's entity checks.

A rule is compiled once for a record and then run on every value of it. Rules that look at one field first ("where the
provider is azure …") are grouped by that field, so that most of them cost nothing.

Source: the entity_checkers and run_entity_check of kong/db/schema/init.lua (3.6 to 3.10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import AllOrNone, AtLeastOneOf, Custom, Needs, NotBoth, Then
from aicfg.kong.check import custom
from aicfg.kong.check.reading import CRASH, NIL, Steps, field_of, is_set, read, steps
from aicfg.kong.check.scalars import scalar_problem
from aicfg.kong.references import DeployText, is_vault_reference
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Check, Field, Match
    from aicfg.kong.check.violation import Path
    from aicfg.kong.check.walk import Walk

Rule = Callable[["Walk", Any, "Path"], None]
"""Runs on a record's value at a path and reports what it finds."""

Conditional = Callable[["Walk", Any, "Path", Any], None]
"""The same, given the value of the field that the rule looks at first."""


class Trigger(NamedTuple):
    """Conditional rules that look at the same field: by its value, and those that any value may concern."""

    steps: Steps
    by_value: dict[Any, tuple[Conditional, ...]]
    otherwise: tuple[Conditional, ...]
    all: tuple[Conditional, ...]

    def run(self, walk: Walk, record: Any, path: Path) -> None:
        value = read(record, self.steps)
        for rule in self._concerned(value):
            rule(walk, record, path, value)

    def concerns(self, record: Any) -> bool:
        """Whether there is a rule to run for a record."""
        return bool(self._concerned(read(record, self.steps)))

    def _concerned(self, value: Any) -> tuple[Conditional, ...]:
        """The rules for a value of the field."""
        return self.by_value.get(value, self.otherwise) if value.__class__ in _PLAIN else self.all


_PLAIN = frozenset((str, bool, type(None), type(NIL)))
"""Types of values that rules can be looked up by. To Python 1 is true and 0 is false, so numbers are none."""


def compile_rules(record: Field) -> tuple[tuple[Rule, ...], tuple[Trigger, ...]]:
    """The rules of a record: those that always run, and those that depend on one field's value."""
    plain: list[Rule] = []
    conditional: dict[str, list[tuple[Needs | Then, Conditional]]] = {}
    for check in record.checks:
        if isinstance(check, Needs):
            conditional.setdefault(check.if_field, []).append((check, _needs(record, check)))
        elif isinstance(check, Then):
            conditional.setdefault(check.if_field, []).append((check, _then(record, check)))
        else:
            plain += _plain(record, check)
    return tuple(plain), tuple(_trigger(record, name, rules) for name, rules in conditional.items())


def _trigger(record: Field, name: str, rules: list[tuple[Needs | Then, Conditional]]) -> Trigger:
    """Values that a rule names lead to it; a rule that names none may concern any value, null only if it takes null."""
    open_ = [(check, rule) for check, rule in rules if check.match.kind not in ("eq", "one_of")]
    by_value: dict[Any, tuple[Conditional, ...]] = {
        None: tuple(rule for check, rule in rules if check.match.kind not in ("eq", "required")),
        NIL: tuple(rule for check, rule in rules if isinstance(check, Then)),
        CRASH: (),
    }
    for value in {value for check, _ in rules if check.match.kind in ("eq", "one_of") for value in check.match.values}:
        by_value[value] = tuple(
            rule for check, rule in rules if check.match.kind not in ("eq", "one_of") or value in check.match.values
        )
    return Trigger(steps(record, name), by_value, tuple(rule for _, rule in open_), tuple(rule for _, rule in rules))


def _plain(record: Field, check: Check) -> list[Rule]:
    if isinstance(check, AllOrNone):
        return [_all_or_none(record, check)]
    if isinstance(check, AtLeastOneOf):
        return [_at_least_one_of(record, check)]
    if isinstance(check, NotBoth):
        return [_not_both(record, check)]
    assert isinstance(check, Custom)
    return [] if check.unknown else [custom.RULES[check.name]]


def _all_or_none(record: Field, check: AllOrNone) -> Rule:
    readers = [steps(record, name) for name in check.fields]
    references = _referenceable(record, check.fields)

    def rule(walk: Walk, value: Any, path: Path) -> None:
        number = 0
        for reader in readers:
            number += is_set(read(value, reader))
        if 0 < number < len(readers) and not _by_reference(value, references):
            given = [name for name, reader in zip(check.fields, readers, strict=True) if is_set(read(value, reader))]
            absent = [name for name in check.fields if name not in given]
            walk.report_incomplete(path, given, absent)

    return rule


def _at_least_one_of(record: Field, check: AtLeastOneOf) -> Rule:
    readers = [steps(record, name) for name in check.fields]
    references = _referenceable(record, check.fields)

    def rule(walk: Walk, value: Any, path: Path) -> None:
        if not any(is_set(read(value, reader)) for reader in readers) and not _by_reference(value, references):
            walk.report_none_of(path, check.fields)

    return rule


def _not_both(record: Field, check: NotBoth) -> Rule:
    first = [(name, steps(record, name)) for name in check.first]
    second = [(name, steps(record, name)) for name in check.second]
    references = _referenceable(record, check.first + check.second)

    def rule(walk: Walk, value: Any, path: Path) -> None:
        ones = [name for name, reader in first if is_set(read(value, reader))]
        others = [name for name, reader in second if is_set(read(value, reader))]
        if ones and others and not _by_reference(value, references):
            walk.report_both(path, ones, others)

    return rule


def _needs(record: Field, check: Needs) -> Conditional:
    field = field_of(record, check.if_field)
    readers = [steps(record, name) for name in check.fields]
    references = _referenceable(record, (check.if_field, *check.fields))
    single = field_of(record, check.fields[0]) if len(check.fields) == 1 else None
    # A field with a default comes by itself as soon as the record around it is there.
    around = readers[0][:-1] if single and single.default is not None else None

    def rule(walk: Walk, value: Any, path: Path, given: Any) -> None:
        for reader in readers:
            if is_set(read(value, reader)):
                return
        if given is NIL or given is CRASH or not _matches(check.match, field, given):
            return
        if not _by_reference(value, references):
            filled = around is not None and read(value, around) in (None, NIL)
            walk.report_needed(single, path, (check.if_field, given), check.fields, by_default=filled)

    return rule


def _then(record: Field, check: Then) -> Conditional:
    field = field_of(record, check.if_field)
    target = field_of(record, check.then_field)
    reader = steps(record, check.then_field)
    references = _referenceable(record, (check.if_field, check.then_field))
    fitting = frozenset(each for each in check.then.values if isinstance(each, str))

    def rule(walk: Walk, value: Any, path: Path, given: Any) -> None:
        found = read(value, reader)
        if found.__class__ is str and found in fitting and given is not NIL:
            return  # as most do
        if given is CRASH or found is CRASH or _by_reference(value, references):
            return
        if given is NIL:
            # Kong misses the field that the rule looks at as soon as the other one is there.
            if found is not NIL:
                walk.report_missing(field, path, check.if_field)
        elif _matches(check.match, field, given) and not _fits(check.then, target, found):
            walk.report_unfit(path, (check.if_field, given), (check.then_field, found), check.then)

    return rule


def _matches(match: Match, field: Field, value: Any) -> bool:
    """Whether Kong takes the condition as met. It validates the value with the field's own rules under the match's,
    so null meets a choice of values where the field may be null."""
    if value is None:
        return match.kind not in ("eq", "required") and not field.required
    if isinstance(value, DeployText):
        return False
    if match.kind in ("eq", "one_of"):
        return _among(value, match.values)
    return scalar_problem(field, value) is None and not (match.kind == "not_one_of" and _among(value, match.values))


def _fits(match: Match, field: Field, value: Any) -> bool:
    """Whether a value is what the rule asks for."""
    if value is None or value is NIL:
        return match.kind == "one_of" and not field.required
    return match.kind == "required" or isinstance(value, DeployText) or _among(value, match.values)


def _among(value: Any, values: Iterable[Any]) -> bool:
    """Equality as Lua has it: true is not 1."""
    return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for wanted in values)


def _referenceable(record: Field, names: Iterable[str]) -> tuple[Steps, ...]:
    """How to read those of the fields that may hold a vault reference."""
    return tuple(steps(record, name) for name in names if field_of(record, name).referenceable)


def _by_reference(value: Any, references: tuple[Steps, ...]) -> bool:
    """Whether one of the fields holds a vault reference; then Kong does not run the rule."""
    return any(is_vault_reference(read(value, reader)) for reader in references)
