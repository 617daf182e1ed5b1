"""YAML text for plain values: deterministic, and read back as the same values by YAML 1.1 and 1.2 readers alike.

decK substitutes `${{ env "DECK_X" }}` in the raw text before it parses the YAML, so a `${{` that belongs to a value
is written with an escape that substitution does not see.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from aicfg.kong.references import EnvText, EnvVar

EnvIdiom = Callable[[EnvVar], str]
"""How a target writes a reference to an environment variable inside a scalar."""

_PLAIN = re.compile(r"_?[A-Za-z][A-Za-z0-9_./$^+@()~-]*(?: [A-Za-z0-9_./$^+@()~-]+)*|/[A-Za-z0-9_./$^+@()~-]*")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9_./~@:%+-]*[A-Za-z0-9_/~%+-]")
_RESERVED = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.?(?:inf|nan))", re.IGNORECASE)
UNSEEN = re.compile(
    r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufff8\ufffc-\ufffd\U00010000-\U0010ffff]"
    r"|[\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\U000e0000-\U000e0fff]"
)
"""What YAML does not allow, and what no one sees: breaks, controls, marks of direction."""
_SHORT = 100
_SCALARS = (str, int, float)
_LONGEST_KEY = 1000
"""Readers look for the colon of a key within 1,024 characters, unless `? ` stands before it."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def scalar(value: object, env: EnvIdiom | None = None) -> str:
    """One scalar as it stands behind `key: `. Raises TypeError for a value that YAML has no scalar for."""
    if isinstance(value, EnvText) and env is not None:
        return _env_text(value, env)
    if isinstance(value, str):
        return text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"no YAML scalar for {type(value).__name__}")


def text(value: str) -> str:
    """A string: plain where no reader can take it for anything else, single-quoted where that suffices."""
    if (_PLAIN.fullmatch(value) or _URL.fullmatch(value)) and not _RESERVED.fullmatch(value):
        return value
    if UNSEEN.search(value) or "${{" in value:
        return _double_quoted(value)
    return _single_quoted(value) if '"' in value or "\\" in value else f'"{value}"'


_short_text = lru_cache(maxsize=10_000)(text)
"""The same for texts that may well come again."""


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double_quoted(value: str) -> str:
    def escape(match: re.Match[str]) -> str:
        code = ord(match.group())
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

    plain = "".join(_ESCAPES.get(character, character) for character in value)
    return '"' + UNSEEN.sub(escape, plain).replace("${{", "\\x24{{") + '"'


def _env_text(value: EnvText, env: EnvIdiom) -> str:
    """A text with references. Single quotes, so that the line is YAML before the substitution as well as after it;
    double quotes only where a literal piece needs an escape."""
    literal = "".join(part for part in value.parts if isinstance(part, str))
    if UNSEEN.search(literal) or "${{" in literal:
        pieces = (env(part) if isinstance(part, EnvVar) else _double_quoted(part)[1:-1] for part in value.parts)
        return '"' + "".join(pieces) + '"'
    pieces = (env(part) if isinstance(part, EnvVar) else part.replace("'", "''") for part in value.parts)
    return "'" + "".join(pieces) + "'"


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    written = repr(value)
    if "e" in written and "." not in written:  # YAML 1.1 readers take 1e+22 for text
        mantissa, _, exponent = written.partition("e")
        return f"{mantissa}.0e{exponent}"
    return written


def comment(value: str) -> str:
    """A text as it may stand in a comment: one line, and nothing in it that is not seen."""
    return _double_quoted(value)[1:-1]


def block(value: Mapping[str, Any], env: EnvIdiom | None = None) -> str:
    """A map as a YAML block, two spaces a level, keys in the map's own order, ending in a newline."""
    if not value:
        return "{}\n"
    lines: list[str] = []
    _add_map(lines, value, "", "", env)
    return "\n".join(lines) + "\n"


def flow(value: object) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list | tuple) else scalar(value)


def items(value: Sequence[Any], env: EnvIdiom | None = None) -> str:
    """A list as a YAML block, as `block` has maps."""
    if not value:
        return "[]\n"
    lines: list[str] = []
    _add_list(lines, value, "", "", env)
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=10_000)
def _key(key: str) -> str:
    """A key with its colon."""
    written = text(key)
    return f"{written}:" if len(written) <= _LONGEST_KEY else f"? {written}\n:"


def _add(lines: list[str], value: object, first: str, indent: str, env: EnvIdiom | None) -> None:
    """Add the lines of a map or list that is not empty: `first` before its first line, `indent` before others."""
    if isinstance(value, Mapping):
        _add_map(lines, value, first, indent, env)
    elif isinstance(value, list | tuple):
        _add_list(lines, value, first, indent, env)
    else:
        raise TypeError(f"no YAML for {type(value).__name__}")


def _add_map(lines: list[str], value: Mapping[str, Any], first: str, indent: str, env: EnvIdiom | None) -> None:
    before = first
    for name, item in value.items():
        key = before + _key(name).replace("\n", f"\n{indent}")
        before = indent
        if not item or isinstance(item, _SCALARS):
            lines.append(f"{key} {_leaf(item, env)}")
        else:
            lines.append(key)
            _add(lines, item, indent + "  ", indent + "  ", env)


def _add_list(lines: list[str], value: Sequence[Any], first: str, indent: str, env: EnvIdiom | None) -> None:
    before = first
    for item in value:
        dash, before = f"{before}- ", indent
        if not item or isinstance(item, _SCALARS):
            lines.append(dash + _leaf(item, env))
        else:
            _add(lines, item, dash, indent + "  ", env)


def _leaf(value: object, env: EnvIdiom | None) -> str:
    if value.__class__ is str and len(value) < _SHORT:
        return _short_text(value)
    if isinstance(value, list | tuple):
        return "[]"
    return "{}" if isinstance(value, Mapping) else scalar(value, env)
