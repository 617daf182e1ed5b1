"""What can be wrong with how files, variables and environments go together."""

from typing import Literal, TypeAlias

from aicfg.source import Place
from aicfg.tuples import NamedTuple

FaultKind: TypeAlias = Literal[
    "include-outside",
    "unusable-include",
    "include-cycle",
    "reuse-limit",
    "defined-twice",
    "undefined-variable",
    "variable-without-value",
    "unused-variable",
    "misplaced-variable",
    "nothing-to-remove",
]

HARMLESS: frozenset[FaultKind] = frozenset({"unused-variable", "nothing-to-remove"})
"""Faults that leave no doubt what is meant."""


class Fault(NamedTuple):
    """One fault, at a value or, where `at_key` says so, at its key."""

    kind: FaultKind
    place: Place
    message: str
    hint: str | None = None
    at_key: bool = False


def file_and_line(place: Place) -> str:
    """`team.yaml:12`, the line of the key at a place."""
    document, path = place.document.stands_at(place.path, key=True)
    return f"{document.file}:{document.locate(path, key=True).line}"
