"""What became of each field of the client's body.

The translation runs once more with marked values (`marks`); where the marks come out again tells what happened. Every
leaf of the client's body is in exactly one change, and every leaf of the upstream body in at least one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aicfg.translate.exchange import Exchange
from aicfg.translate.marks import Mark, Path, Source, marked, plain
from aicfg.translate.misfits import misfits
from aicfg.translate.order import REHEARSED
from aicfg.translate.parameters import MERGED
from aicfg.translate.remarks import Kind, remark_on
from aicfg.tuples import NamedTuple

SECRET = "***"


class Change(NamedTuple):
    """One leaf of the client's body, or one that Kong adds.

    `kind`: kept, renamed (it stands elsewhere), changed (its value is another), overridden (the config's value takes
    its place), dropped, added. `path` is where it stood in the client's body, None for what is added. `to` are its
    places upstream, `values` what stands there. `reason` says why, in words; `source` is the path in the config that a
    value comes from, "" for others. `surprising` marks what people do not expect: mostly losses.

    A value whose `source` is below `auth` is a secret, and `SECRET` stands for it.
    """

    kind: Kind
    path: Path | None
    to: tuple[Path, ...]
    values: tuple[Any, ...]
    reason: str = ""
    source: str = ""
    surprising: bool = False


class _Leaf(NamedTuple):
    """A leaf of what was made: its value, the given leaves in it and how, its place in the config, and whether it was
    given earlier."""

    value: Any
    given: tuple[Path, ...]
    how: str
    config: str
    earlier: bool


def trace(exchange: Exchange) -> tuple[Change, ...]:
    """The changes, in the order of the client's body, then what is added in the order of the upstream body."""
    given = dict(fields(exchange.accepted)) if exchange.accepted is not None else {}
    if exchange.passthrough:
        return tuple(Change("kept", path, (path,), (value,)) for path, value in given.items())
    rounded = _rounded(exchange.given, given)

    def explained(change: Change) -> Change:
        return _explained(change, exchange, change.path in rounded)

    changes = followed(given, _rehearse(exchange).body, explained)
    unfit = misfits(exchange)
    return tuple(_warned(change, unfit) for change in changes) if unfit else changes


def followed(given: dict[Path, Any], made: Any, explained: Callable[[Change], Change]) -> tuple[Change, ...]:
    """What became of each leaf of `given` in `made`, which was made of marked values, and what else is there.

    `explained` gives a change of a given leaf the words for it.
    """
    there = {path: _leaf(value) for path, value in fields(made)}
    found: dict[Path, list[Path]] = {}
    for place, leaf in there.items():
        for path in leaf.given:
            found.setdefault(path, []).append(place)
    of_config = [(place, leaf) for place, leaf in there.items() if leaf.config]
    changes = [
        explained(
            _landed(path, found.get(path, []), there)
            or _replaced(path, value, there.get(path))
            or _overridden(path, value, of_config)
            or Change("dropped", path, (), ())
        )
        for path, value in given.items()
    ]
    told = {place for change in changes for place in change.to}
    changes += [_added(place, leaf) for place, leaf in there.items() if place not in told]
    return tuple(changes)


def _rehearse(exchange: Exchange) -> Exchange:
    """The same translation with marked values. It got through once, so it does again."""
    config = exchange.config
    model, auth = config.model, config.auth
    marked_config = config._replace(
        model=model._replace(
            name=marked(model.name, "config", ("model", "name")),
            options=marked(model.options, "config", ("model", "options")),
        ),
        auth=auth._replace(param_value=marked(auth.param_value, "config", ("auth", "param_value"))),
    )
    rehearsal = Exchange(marked_config, exchange.client, exchange.given)
    rehearsal.accepted = marked(exchange.accepted, "given")
    for step in config.behaviour.steps:
        if step in REHEARSED:
            step(rehearsal)
    return rehearsal


def _landed(path: Path, places: list[Path], upstream: dict[Path, _Leaf]) -> Change | None:
    """The change of a leaf that is found again in the upstream body."""
    if not places:
        return None
    how = next((upstream[place].how for place in places if upstream[place].how), "")
    kind: Kind = "changed" if how else "kept" if places == [path] else "renamed"
    return Change(kind, path, tuple(places), tuple(upstream[place].value for place in places), how)


def _replaced(path: Path, value: Any, there: _Leaf | None) -> Change | None:
    """The change of a leaf in whose place Kong puts a value of its own, which may be the same."""
    if there is None or there.given:
        return None
    if _same(there.value, value):
        return Change("kept", path, (path,), (value,))
    return None if there.config else Change("changed", path, (path,), (there.value,), "Kong puts its own value there")


def _overridden(path: Path, value: Any, of_config: list[tuple[Path, _Leaf]]) -> Change | None:
    """The change of a leaf that a value from the config stands for, in its place or in its new one."""
    for place, leaf in of_config:
        if _overlap(path, place) or (path[0] in MERGED and leaf.config == f"model.options.{path[0]}"):
            surprising = not _same(leaf.value, value)
            return Change(
                "overridden", path, (place,), (leaf.value,), "the config's value wins", leaf.config, surprising
            )
    return None


def _explained(change: Change, exchange: Exchange, rounded: bool) -> Change:
    """The change with the format's own words for it, where it has some."""
    assert change.path is not None
    if rounded and change.kind in ("kept", "renamed"):
        return change._replace(kind="changed", reason="Kong's numbers have 16 digits", surprising=True)
    remarks = getattr(exchange.config.format, "REMARKS", ())
    remark = remark_on(remarks, change.kind, change.path, exchange.accepted)
    if remark is not None:
        return change._replace(reason=remark.says, surprising=remark.surprising)
    if change.kind == "dropped":
        return change._replace(
            reason="Kong builds a new body, and does not take this over",
            surprising=change.path[0] in ("messages", "tools"),
        )
    return change


def _warned(change: Change, unfit: Mapping[Path, str]) -> Change:
    """The change with why the provider may not want what it gets. Of credentials, people know what they are for."""
    if change.source.startswith("auth."):
        return change
    above = (place[:end] for place in change.to for end in range(1, len(place) + 1))
    says = next((unfit[path] for path in above if path in unfit), None)
    if says is None:
        return change
    return change._replace(reason=f"{says}; {change.reason}" if change.reason else says, surprising=True)


def _added(place: Path, leaf: _Leaf) -> Change:
    reason = "from the config" if leaf.config else "from an event before" if leaf.earlier else "Kong sets it"
    return Change("added", None, (place,), (leaf.value,), reason, leaf.config)


def _leaf(value: Any) -> _Leaf:
    sources: tuple[Source, ...] = value.sources if isinstance(value, Mark) else ()
    given = tuple(dict.fromkeys(source.path for source in sources if source.where == "given"))
    config = next((".".join(map(str, source.path)) for source in sources if source.where == "config"), "")
    shown = SECRET if config.startswith("auth.") else plain(value)
    earlier = any(source.where == "earlier" for source in sources)
    return _Leaf(shown, given, value.how if isinstance(value, Mark) else "", config, earlier)


def fields(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything that is no list or object with something in it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from fields(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from fields(item, (*path, index))
    else:
        yield path, value


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _rounded(given: Any, accepted: dict[Path, Any]) -> set[Path]:
    """The paths of numbers that lost digits when Kong read them."""
    if isinstance(given, bytes):
        try:
            given = json.loads(given)
        except ValueError:
            return set()
    return {path for path, value in fields(given) if isinstance(value, (int, float)) and accepted.get(path) != value}
