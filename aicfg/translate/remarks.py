"""What a reader of the trace should know about what a format does: frozen tables, one beside each format's code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from aicfg.translate.marks import Path
from aicfg.tuples import NamedTuple

Kind = Literal["kept", "renamed", "changed", "overridden", "dropped", "added"]


class Remark(NamedTuple):
    """Words for what becomes of fields of the client's body.

    `fates` are the kinds of change that it is about. In `path`, `*` is any one part, `**` at the end any number. `when`
    looks at the message that the field is in, or at the whole body. `surprising`: people do not expect it.
    """

    fates: tuple[Kind, ...]
    path: tuple[str, ...]
    says: str
    when: Callable[[Any], bool] | None = None
    surprising: bool = True


def lost(path: str, says: str, *, when: Callable[[Any], bool] | None = None, surprising: bool = True) -> Remark:
    """A remark on a field that does not reach the provider."""
    return Remark(("dropped",), tuple(path.split(".")), says, when, surprising)


def sent(path: str, says: str, *, when: Callable[[Any], bool] | None = None) -> Remark:
    """A remark on a field that reaches the provider as it is, and should not."""
    return Remark(("kept", "renamed"), tuple(path.split(".")), says, when)


def altered(path: str, says: str, *, when: Callable[[Any], bool] | None = None) -> Remark:
    """A remark on a field whose value becomes another."""
    return Remark(("changed",), tuple(path.split(".")), says, when)


def in_url(path: str, says: str) -> Remark:
    """A remark on a field that decides the URL, and is not in the body any more."""
    return Remark(("dropped",), (path,), says, surprising=False)


def remark_on(remarks: Iterable[Remark], fate: str, path: Path, body: Any) -> Remark | None:
    """The first remark that fits a field of the client's body."""
    parts = tuple(map(str, path))
    for remark in remarks:
        if (
            fate in remark.fates
            and _fits(remark.path, parts)
            and (remark.when is None or remark.when(_near(body, path)))
        ):
            return remark
    return None


def _fits(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if pattern[-1:] == ("**",):
        pattern, parts = pattern[:-1], parts[: len(pattern) - 1]
    return len(pattern) == len(parts) and all(
        wanted in ("*", part) for wanted, part in zip(pattern, parts, strict=True)
    )


def _near(body: Any, path: Path) -> Any:
    """The message that a path leads into, or the whole body."""
    if len(path) > 1 and path[0] == "messages" and isinstance(body.get("messages"), list):
        return body["messages"][path[1]]
    return body
