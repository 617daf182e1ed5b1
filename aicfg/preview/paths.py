"""Paths of routes, matched as Kong's router does: by prefix, or, after `~`, by a regular expression.

Source: kong/router/transform.lua (3.x): an expression is anchored at the path's start. Kong runs it with Rust's regex
engine, which takes linear time; Python's may take for ever, so it gets a moment only.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aicfg.errors import UsageError
from aicfg.tuples import NamedTuple

MOMENT = 0.2
"""Seconds that one expression gets."""

LONGEST = 2_000
"""Characters of an expression or a path; longer ones are not looked at."""

_NAMED = re.compile(r"\(\?<(?=[A-Za-z_])")
_LITERAL = re.compile(r"(?:\\[^A-Za-z0-9]|[^\\^$.|?*+()\[\]{}])*\$?")
_NESTED = re.compile(r"[*+}]\)?[*+{]|\([^()]*[*+{|][^()]*\)[*+{]")


class PathMatch(NamedTuple):
    """How a path fits one of a route's. `rank` is higher where Kong looks first."""

    rank: tuple[bool, int]
    captures: dict[str, str]


class TooSlow(Exception):
    """The expression takes too long, or cannot be tried."""


def match(pattern: str, path: str) -> PathMatch | None:
    """How a normalised path fits a route's path, None where it does not.

    Raises UsageError for an expression that Python cannot read, or that takes too long.
    """
    if not pattern.startswith("~"):
        return PathMatch((False, len(pattern)), {}) if path.startswith(pattern) else None
    try:
        found = _matched(pattern[1:], path)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(
            f"aicfg cannot match the path {pattern}: {error}", hint="name the route with --route"
        ) from None
    except TooSlow:
        raise UsageError(f"the path {pattern} takes too long to match", hint="name the route with --route") from None
    if found is None:
        return None
    return PathMatch((True, 0), {name: value for name, value in found.groupdict().items() if value is not None})


def example(paths: Iterable[Any]) -> tuple[str | None, tuple[str, ...]]:
    """A path that a route with these paths takes, None where that is not plain; and the captures that there are."""
    for pattern in paths:
        if not isinstance(pattern, str):
            continue
        if not pattern.startswith("~"):
            return pattern, ()
        names = tuple(re.findall(r"\(\?P?<([A-Za-z_]\w*)>", pattern))
        if names or not _LITERAL.fullmatch(pattern[1:]):
            return None, names
        return re.sub(r"\\(.)", r"\1", pattern[1:].removesuffix("$")), ()
    return "/", ()


def _matched(pattern: str, path: str) -> re.Match[str] | None:
    if len(pattern) > LONGEST or len(path) > LONGEST:
        raise TooSlow
    with _limited(pattern):
        return re.compile(_NAMED.sub("(?P<", pattern)).match(path)


@contextmanager
def _limited(pattern: str) -> Iterator[None]:
    """Ends what takes longer than a moment. Where no alarm can be set, doubtful expressions are not tried."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        if _NESTED.search(pattern):
            raise TooSlow
        yield
        return

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MOMENT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
