"""Values that remember where they come from: how the trace follows them without the formats knowing of it.

For a trace, the translation runs once more with every leaf of what is given and of the config marked. Marked texts
and numbers equal plain ones. Nothing can stand in for null, true and false in Python, so their marks are objects of
their own, which `aicfg.translate.lua` knows. What is made of marked values says so by `derived`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from aicfg.tuples import NamedTuple

Where = Literal["given", "config", "earlier"]
Path = tuple[str | int, ...]


class Source(NamedTuple):
    """A leaf of what is translated (the client's body, the provider's answer or event), or a value of the config, or of
    an earlier event."""

    where: Where
    path: Path


class Mark:
    """What all marked values have: the leaves that they are made of, and how; `how` is "" for a leaf as it was."""

    sources: tuple[Source, ...] = ()
    how: str = ""


class Text(str, Mark): ...


class Whole(int, Mark): ...


class Real(float, Mark): ...


class Null(Mark):
    value = None


class Yes(Mark):
    value = True


class No(Mark):
    value = False


class NoItems(list[Any], Mark): ...


class NoFields(dict[str, Any], Mark): ...


_PLAIN: dict[type, Any] = {Text: str, Whole: int, Real: float, NoItems: list, NoFields: dict}
_CONSTANTS: dict[Any, type[Mark]] = {None: Null, True: Yes, False: No}


def marked(value: Any, where: Where, path: Path = (), *, how: str = "") -> Any:
    """A copy of a value with each of its leaves marked; empty lists and objects are leaves, too."""
    if isinstance(value, dict) and value:
        return {key: marked(item, where, (*path, key), how=how) for key, item in value.items()}
    if isinstance(value, list) and value:
        return [marked(item, where, (*path, index), how=how) for index, item in enumerate(value)]
    return _leaf(value, (Source(where, path),), how)


def derived(value: Any, how: str, *origins: Any) -> Any:
    """`value`, which was made of `origins`, with its leaves marked as these are. Without a mark on them nothing
    happens, which is every time but in a trace."""
    sources = tuple(source for origin in origins if isinstance(origin, Mark) for source in origin.sources)
    return _remarked(value, sources, how) if sources else value


def below(value: Any, text: Any) -> Any:
    """`value`, which was read out of a text, with its leaves marked as standing below where the text stands."""
    if not isinstance(text, Mark) or not text.sources:
        return value
    where, path = text.sources[0]
    return marked(value, where, path)


def plain(value: Any) -> Any:
    """The value without marks."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (Null, Yes, No)):
        return value.value
    kind = _PLAIN.get(type(value))
    return kind(value) if kind else value


def leaves(value: Any) -> Iterator[Any]:
    """Everything in a value that is no list or object with something in it."""
    if isinstance(value, (dict, list)) and value:
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield value


def _remarked(value: Any, sources: tuple[Source, ...], how: str) -> Any:
    if isinstance(value, dict) and value:
        return {key: _remarked(item, sources, how) for key, item in value.items()}
    if isinstance(value, list) and value:
        return [_remarked(item, sources, how) for item in value]
    return _leaf(value, sources, how)


def _leaf(value: Any, sources: tuple[Source, ...], how: str) -> Any:
    mark: Mark
    if value is None or isinstance(value, bool):
        mark = _CONSTANTS[value]()
    elif isinstance(value, str):
        mark = Text(value)
    elif isinstance(value, int):
        mark = Whole(value)
    elif isinstance(value, float):
        mark = Real(value)
    elif isinstance(value, list):
        mark = NoItems()
    elif isinstance(value, dict):
        mark = NoFields()
    else:
        return value
    mark.sources, mark.how = sources, how
    return mark
