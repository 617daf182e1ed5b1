"""A finding of the checker."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from aicfg.tuples import NamedTuple

Path: TypeAlias = tuple[str | int, ...]

Kind = Literal[
    "unknown-plugin",
    "unknown-field",
    "wrong-type",
    "missing-field",
    "value-not-allowed",
    "out-of-range",
    "wrong-length",
    "malformed-value",
    "mutually-required",
    "conditional",
    "at-least-one-of",
    "mutually-exclusive",
    "custom-check",
    "kong-crash",
    "inferred",
]


class Violation(NamedTuple):
    """Something that Kong's schema refuses, at the path in the plugin where Kong reports it.

    `path` starts with "config" and names what is missing, too. `message` says what is wrong and never shows a value
    that may be a secret; `hint` says what to write instead. `at_key`: the key is wrong, not its value.
    """

    kind: Kind
    path: Path
    message: str
    hint: str | None = None
    at_key: bool = False


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: config.targets[0].model."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
