"""Paths of routes: which of them need a regular expression, and how the controller is told so."""

from __future__ import annotations

from collections.abc import Iterable

from aicfg.patterns import later

_EXACT = later(r"~((?:/[A-Za-z0-9_-]+)+)\$")
"""A regular expression that matches one path alone, and in which no character means anything else."""


def is_regex(path: str) -> bool:
    """Whether Kong takes a path for a regular expression."""
    return path.startswith("~")


def exact(path: str) -> str | None:
    """The one path that a regular expression matches, where it is written out: `/chat` of `~/chat$`.

    The controller makes just this expression of a path that has to match exactly.
    """
    match = _EXACT.fullmatch(path)
    return match.group(1) if match else None


def regex_prefix(paths: Iterable[str]) -> str:
    """What marks regular expressions among the paths of an Ingress: `/~`, unless a plain path begins with that."""
    plain = [path for path in paths if not is_regex(path)]
    prefix = "/~"
    while any(path.startswith(prefix) for path in plain):
        prefix += "~"
    return prefix
