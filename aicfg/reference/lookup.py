"""Finds the part or the key that a user means: `guard`, `routes.balancer`, `targets.weight`, `max_tokens`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicfg.errors import UsageError
from aicfg.reference.parts import TOP, Key, Part, parts
from aicfg.tuples import NamedTuple
from aicfg.words import both, did_you_mean


class Found(NamedTuple):
    """A part, or a key of it."""

    part: Part
    key: Key | None = None


def find(subject: str) -> Found:
    """The part or key that a subject means. Names of entries and positions in lists may be left out or given.

    Raises UsageError where there is none, or where several keys of that name differ.
    """
    steps = _steps(subject)
    if not steps:
        raise UsageError("there is no key without a name", hint="`aicfg docs` prints them all")
    top = parts()[TOP]
    if steps[0] in parts() and not _match(top, steps[:1]):
        return _walk(parts()[steps[0]], steps[1:], subject)
    if _match(top, steps[:1]):
        return _walk(top, steps, subject)
    entries = {key.part for part in parts().values() for key in part.keys if key.part and _steps(key.path) == steps[:1]}
    if len(entries) == 1:
        return _walk(parts()[entries.pop()], steps[1:], subject)
    return _anywhere(steps, subject)


def known() -> Iterator[str]:
    """What a subject may be, for those who look for a near miss: parts, and keys by their last name."""
    for part in parts().values():
        yield part.name
        yield from (key.name for key in part.keys)


def same_keys(key: Key) -> list[Found]:
    """Where a key stands: some are described once and have their place in several parts."""
    return [
        Found(part, other)
        for part in parts().values()
        for other in part.keys
        if part.name != "environment" and other._replace(required=key.required) == key
    ]


def _steps(subject: str) -> list[str]:
    """The names on the way to a key, without `[]`, `[0]`, `*` and `<name>`."""
    steps = re.sub(r"\[\d*\]", "", subject.strip()).split(".")
    return [step for step in steps if step and step != "*" and not re.fullmatch("<.*>", step)]


def _match(part: Part, steps: list[str]) -> tuple[Key, list[str]] | None:
    """The key that the first steps lead to, the longest way, and the steps that are left."""
    for length in range(len(steps), 0, -1):
        for key in part.keys:
            if _steps(key.path) == steps[:length] or _with_names(key.path, steps[:length]):
                return key, steps[length:]
    return None


def _with_names(path: str, steps: list[str]) -> bool:
    """Whether the steps are those of a path that has `<name>` in it, with names in its place."""
    wanted = path.replace("[]", "").split(".")
    pairs = zip(wanted, steps, strict=False)
    return len(wanted) == len(steps) and all(want in (step, "<name>") for want, step in pairs)


def _walk(part: Part, steps: list[str], subject: str) -> Found:
    """Follow the steps from a part. One that is no key may be the name of an entry, where others follow it."""
    by_name = False
    while steps:
        matched = _match(part, steps)
        if matched is None and by_name and len(steps) > 1:
            steps, by_name = steps[1:], False
            continue
        if matched is None:
            hint = did_you_mean(steps[0], [key.path for key in part.keys])
            raise UsageError(f'there is no key "{steps[0]}" in `{_called(part)}`', hint=hint or _listing(part))
        key, steps = matched
        if key.part is None:
            if steps:
                raise UsageError(f'there is no key "{steps[0]}" in `{key.path}`', hint=_listing(part))
            return Found(part, key)
        by_name = key.inside.endswith("<name>")
        part = parts()[key.part]
    return Found(part)


def _called(part: Part) -> str:
    return part.places[0] if len(part.places) == 1 else part.name


def _listing(part: Part) -> str:
    return "`aicfg docs` lists all keys" if part.name == TOP else f"`aicfg docs {part.name}` lists its keys"


def _anywhere(steps: list[str], subject: str) -> Found:
    """The one key that is called so, in whatever part it stands."""
    candidates = [
        Found(part, key)
        for part in parts().values()
        for key in part.keys
        if part.name != "environment" and _steps(key.path)[-len(steps) :] == steps
    ]
    described = {
        repr(key._replace(path="", required=False)): found for found in reversed(candidates) if (key := found.key)
    }  # examples may be maps, which no map takes as keys
    if not candidates:
        hint = did_you_mean(steps[-1], known()) or "`aicfg docs` lists all keys"
        raise UsageError(f'there is no key "{subject}" in a manifest', hint=hint)
    if len(described) > 1:
        names = sorted(f"{part.name}.{key.path}" for part, key in described.values() if key)
        raise UsageError(f'several keys are called "{subject}"', hint=f"there are {both(names)}")
    part, key = candidates[0]
    return Found(parts()[key.part]) if key and key.part else Found(part, key)
