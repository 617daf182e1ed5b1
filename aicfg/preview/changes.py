"""The trace in lines that people can read: fields that share a fate stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aicfg.lint.reporters.text import printable
from aicfg.preview.hidden import Hidden
from aicfg.preview.run import Preview
from aicfg.preview.words import compact, dotted
from aicfg.translate.trace import Change
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.translate.answer_trace import EventChange

Path = tuple[str | int, ...]


class Line(NamedTuple):
    """One line of the trace: the kind of change, what it is about, why. `surprising` ones are marked."""

    kind: str
    what: str
    why: str
    surprising: bool


def lines(preview: Preview) -> Iterator[Line]:
    """The trace of a request, without values of the config that are secret."""
    if preview.upstream is not None:
        yield from told(preview.upstream.trace, preview.hidden, preview.client_body)


def told(changes: Sequence[Change], hidden: Hidden, given: Any) -> Iterator[Line]:
    """A trace, where `given` is the body that it is about."""
    every = {change.path for change in changes if change.path is not None}
    kept: dict[tuple[str, bool], list[Path]] = {("", False): []}
    for change in changes:
        if change.kind == "kept":
            kept.setdefault((change.reason, change.surprising), []).append(change.path or ())
    first = {paths[0]: why for why, paths in kept.items() if paths}
    if kept["", False]:
        yield Line("kept", _names(kept["", False], every), "", False)
    for change in changes:
        if change.kind != "kept":
            yield Line(change.kind, _what(change, hidden, given), _why(change, hidden), change.surprising)
        elif change.reason and (why := first.get(change.path or ())):
            yield Line("kept", _names(kept[why], every), _why(change, hidden), change.surprising)


def of_event(event: EventChange, hidden: Hidden) -> Line:
    """What became of the events of one name."""
    name = printable(hidden.shown(event.event))
    times = f"{event.times} x " if event.times > 1 else ""
    gives = f" -> {event.gives}" if event.gives else ""
    return Line(event.kind, f"{times}{name}{gives}", printable(hidden.shown(event.reason)), event.surprising)


def of_fields(event: EventChange, hidden: Hidden) -> Iterator[Line]:
    """What became of the fields of these events: what is dropped or added for the same reason in one line."""
    alike: dict[Line, list[Change]] = {}
    for change in event.changes:
        what = "" if change.kind in ("dropped", "added") else _what(change, hidden, None)
        line = Line(change.kind, what, _why(change, hidden), change.surprising)
        alike.setdefault(line, []).append(change)
    for line, changes in alike.items():
        if line.what:
            yield line
        elif len(changes) == 1:
            yield line._replace(what=_what(changes[0], hidden, None))
        else:
            yield line._replace(what=_places([change.path or change.to[0] for change in changes], hidden))


def _names(paths: Sequence[Path], every: set[Path]) -> str:
    """The paths, in the place of some the one that they all are below, where there is no other there."""
    whole = _wholes(set(paths), every)
    tops = (next((path[:end] for end in range(len(path) + 1) if path[:end] in whole), path) for path in paths)
    return ", ".join(dotted(path) or "the whole body" for path in dict.fromkeys(tops))


def _wholes(paths: set[Path], every: set[Path]) -> set[Path]:
    """The prefixes all of whose leaves are among `paths`."""
    other = {path[:end] for path in every - paths for end in range(len(path) + 1)}
    return {path[:end] for path in paths for end in range(len(path) + 1)} - other


def _what(change: Change, hidden: Hidden, given: Any) -> str:
    show = hidden.shown_value
    key = (change.path or change.to[0])[-1:] if change.values else ()
    value = compact(show(change.values[0], *key)) if change.values else ""
    places = _places(change.to, hidden)
    if change.kind == "added":
        return f"{places}: {value}"
    path = hidden.shown(dotted(change.path or ())) or "the whole of it"
    if change.kind == "dropped" or not change.to:
        return path
    moved = "" if change.to == (change.path,) else f" -> {places}"
    if change.kind == "overridden":
        before = compact(show(_at(given, change.path or ()), *key))
        return f"{path}: {before}{f'{moved}:' if moved else ' ->'} {value}"
    return path + moved + (f" = {value}" if change.kind == "changed" and len(change.to) == 1 else "")


def _at(value: Any, path: Path) -> Any:
    """What stands at a path of the client's body."""
    for part in path:
        inside = isinstance(part, int) if isinstance(value, list) else isinstance(value, dict) and part in value
        value = value[part] if inside else None
    return value


def _places(paths: Iterable[Sequence[str | int]], hidden: Hidden) -> str:
    return ", ".join(hidden.shown(dotted(path)) for path in paths)


def _why(change: Change, hidden: Hidden) -> str:
    source = f"config.{change.source}" if change.source else ""
    reason = printable(hidden.shown(change.reason))
    return f"{reason}: {source}" if reason and source else reason or source
