"""P323, P324: fields and values that Kong never had, and that people expect. The table is `schemas/mistakes.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.catalog.mistakes import Mistake, mistaken_field, mistaken_value
from aicfg.kong.check import Violation
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.refused import Refused
from aicfg.lint.registry import rule
from aicfg.proposals import removed
from aicfg.source import Path, format_path
from aicfg.source.changes import Change, Move, Proposal, Remove, Rename, insert, put

_STATUS = range(100, 600)


@rule("P323", "invented-field", "error")
def invented_field(refused: Refused) -> Findings:
    """A field that Kong's plugin never had, though one would expect it.

    It comes from another plugin, another product or a guess. Kong refuses the plugin, and what the field is meant to
    do is done by another one.

    Example:
        name: ai-prompt-guard
        config:
          deny: ["(?i)password"]
    Use instead:
        name: ai-prompt-guard
        config:
          deny_patterns: ["(?i)password"]
    """
    for each in refused.of_kind("unknown-field"):
        for mistake in mistaken_field(refused.plugin.name, _record(each.path), str(each.path[-1])):
            if mistake.provider in (None, _provider(refused, each.path)):
                yield _explained(refused, each, mistake)
                break


@rule("P324", "value-of-another-field", "error")
def value_of_another_field(refused: Refused) -> Findings:
    """A value that belongs to another field.

    Kong refuses the plugin, and what the value is meant to say is not said.

    Example:
        name: ai-rate-limiting-advanced
        config:
          strategy: sliding
          llm_providers: [{name: openai, limit: [1000], window_size: [60]}]
    Use instead:
        name: ai-rate-limiting-advanced
        config:
          window_type: sliding
          llm_providers: [{name: openai, limit: [1000], window_size: [60]}]
    """
    for each in refused.of_kind("value-not-allowed"):
        value, key = refused.value(each.path), str(each.path[-1])
        for mistake in mistaken_value(refused.plugin.name, _record(each.path), key, value):
            yield _value(refused, each, value, mistake)


def _value(refused: Refused, each: Violation, value: str, mistake: Mistake) -> Finding:
    path, message = each.path, f'{format_path(each.path)} cannot be "{value}"'
    if not mistake.to:
        fix = Proposal(f"write {mistake.put}", (put(path, mistake.put),))
        return refused.explained(path, message, f"write {mistake.put}", fix=fix, at_key=False)
    place = (*path[:-1], mistake.to[0])
    changes: tuple[Change, ...] = (put(path, mistake.put), Rename(path, mistake.to[0]))
    changes = changes[1:] if value == mistake.put else changes
    title = f"write it as `{mistake.to[0]}: {mistake.put}`"
    moved = Proposal(title, changes) if refused.value(place) is None else None
    message += f", which is a value of `{mistake.to[0]}`"
    return refused.explained(path, message, mistake.say, fix=moved, at_key=False)


def _explained(refused: Refused, each: Violation, mistake: Mistake) -> Finding:
    path, to = each.path, _destination(refused, each.path, mistake)
    message = f"{format_path(path)}: {refused.plugin.name} has no such field, and Kong refuses the plugin"
    hint = mistake.say or (f"write it as {format_path(to)}" if to else "remove it")
    if to and mistake.say and refused.value(to) is None:
        hint += f": write it as {format_path(to)}"
    said_twice = to is not None and refused.value(to) is not None
    if said_twice:
        hint = f"remove it: {format_path(to or ())} is there, too"
    gone = mistake.drop or (to is not None and refused.value(to) == refused.value(path))
    fix = removed(path) if gone else _fix(refused, path, to, mistake) if to else None
    explains = (path, *(_missing(refused, to) if to else ()))
    if mistake.stands:
        explains = (*explains, *_missing(refused, (*path[:-1], mistake.stands)))
    return refused.explained(path, message, hint, fix=fix, explains=explains)


def _missing(refused: Refused, to: Path) -> Iterator[Path]:
    """What is missing only because it stands elsewhere."""
    yield to
    for each in refused.of_kind("at-least-one-of", "missing-field"):
        if to[: len(each.path)] == each.path or each.path[: len(to)] == to:
            yield each.path


def _destination(refused: Refused, path: Path, mistake: Mistake) -> Path | None:
    """Where the value belongs: the first of the places that the plugin has at this gateway."""
    for name in mistake.to:
        place = (*path[:-1], *name.split("."))
        if refused.field(place) is not None:
            return place
    return None


def _fix(refused: Refused, path: Path, to: Path, mistake: Mistake) -> Proposal | None:
    field, value = refused.field(to), refused.value(path)
    if field is None or refused.value(to) is not None:
        return None
    title = f"rename `{path[-1]}` to `{to[-1]}`" if path[:-1] == to[:-1] else f"write it as `{format_path(to[1:])}`"
    if mistake.form is not None:
        made = _FORMS[mistake.form](refused, to, value)
        return None if made is None else Proposal(title, _in_place(refused, path, to, made), safe=False)
    changes: tuple[Change, ...] = (Rename(path, str(to[-1])) if path[:-1] == to[:-1] else Move(path, to),)
    if field.type in ("array", "set") and isinstance(value, str | int | float) and not isinstance(value, DeployText):
        if path[:-1] != to[:-1]:
            return Proposal(title, _in_place(refused, path, to, [value]), safe=mistake.sure)
        changes = (put(path, [value]), *changes)
    return Proposal(title, changes, safe=mistake.sure)


def _in_place(refused: Refused, path: Path, to: Path, made: Any) -> tuple[Change, ...]:
    """The changes that put a new value at a place in place of what stands elsewhere."""
    if path[:-1] == to[:-1]:
        return (put(path, made), Rename(path, str(to[-1])))
    if len(refused.value(path[:-1])) > 1:
        return (Remove(path), insert(to, made))
    for part in reversed(to[len(path) - 1 :]):
        made = {part: made}
    return (put(path[:-1], made),)


def _failures(refused: Refused, to: Path, value: Any) -> list[str] | None:
    """Criteria of failover out of HTTP statuses or words."""
    field = refused.field(to)
    known = field.elements.enum if field and field.elements else ()
    items = value if isinstance(value, list) else [value]
    made = ["error", "timeout"]
    for item in items:
        is_status = isinstance(item, int | str) and str(item).isdigit() and int(item) in _STATUS
        name = f"http_{item}" if is_status else item
        if name not in known:
            return None
        made.append(name)
    return list(dict.fromkeys([*made, *(["non_idempotent"] if "non_idempotent" in known else [])]))


def _system(refused: Refused, to: Path, value: Any) -> list[dict[str, Any]] | None:
    """A message that an LLM gets first."""
    return [{"role": "system", "content": value}] if isinstance(value, str) else None


_FORMS = {"failures": _failures, "system": _system}


def _record(path: Path) -> str:
    """The path of what a value stands in, with [] for every item of a list."""
    text = ""
    for part in path[:-1]:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _provider(refused: Refused, path: Path) -> str | None:
    """The provider of the model that a path leads into."""
    for length in range(len(path) - 1, 0, -1):
        around = refused.value(path[:length])
        model = around.get("model", around) if isinstance(around, Mapping) else None
        if isinstance(model, Mapping) and isinstance(model.get("provider"), str):
            return str(model["provider"])
    return None
