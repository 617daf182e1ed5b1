"""YAML text for plain values: deterministic, and read back as the same values by YAML 1.1 and 1.2 readers alike.

decK substitutes `${{ env "DECK_X" }}` in the raw text before it parses the YAML, so a `${{` that belongs to a value
is written with an escape that substitution does not see.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aicfg.kong.references import EnvText, EnvVar

EnvIdiom = Callable[[EnvVar], str]
"""How a target writes a reference to an environment variable inside a scalar."""

_PLAIN = re.compile(r"_?[A-Za-z][A-Za-z0-9_./$^+@()~-]*(?: [A-Za-z0-9_./$^+@()~-]+)*|/[A-Za-z0-9_./$^+@()~-]*")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9_./~@:%+-]*[A-Za-z0-9_/~%+-]")
_RESERVED = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.?(?:inf|nan))", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[-+.]?[0-9]")
_UNSAFE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
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
    if _UNSAFE.search(value) or "${{" in value:
        return _double_quoted(value)
    return _single_quoted(value) if '"' in value or "\\" in value else f'"{value}"'


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double_quoted(value: str) -> str:
    def escape(match: re.Match[str]) -> str:
        code = ord(match.group())
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

    plain = "".join(_ESCAPES.get(character, character) for character in value)
    return '"' + _UNSAFE.sub(escape, plain).replace("${{", "\\x24{{") + '"'


def _env_text(value: EnvText, env: EnvIdiom) -> str:
    """A text with references. Single quotes, so that the line is YAML before the substitution as well as after it;
    double quotes only where a literal piece needs an escape."""
    literal = "".join(part for part in value.parts if isinstance(part, str))
    if _UNSAFE.search(literal) or "${{" in literal:
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


def block(value: Mapping[str, Any], env: EnvIdiom | None = None) -> str:
    """A map as a YAML block, two spaces a level, keys in the map's own order, ending in a newline."""
    return "".join(line + "\n" for line in _map_lines(value, "", env)) if value else "{}\n"


def _map_lines(value: Mapping[str, Any], indent: str, env: EnvIdiom | None) -> Iterator[str]:
    for key, item in value.items():
        head = f"{indent}{text(key)}:"
        if isinstance(item, Mapping) and item:
            yield head
            yield from _map_lines(item, indent + "  ", env)
        elif isinstance(item, list | tuple) and item:
            yield head
            yield from _list_lines(item, indent + "  ", env)
        else:
            yield f"{head} {_leaf(item, env)}"


def _list_lines(value: list[Any] | tuple[Any, ...], indent: str, env: EnvIdiom | None) -> Iterator[str]:
    for item in value:
        if isinstance(item, Mapping) and item:
            lines = _map_lines(item, indent + "  ", env)
        elif isinstance(item, list | tuple) and item:
            lines = _list_lines(item, indent + "  ", env)
        else:
            yield f"{indent}- {_leaf(item, env)}"
            continue
        yield f"{indent}- {next(lines)[len(indent) + 2 :]}"
        yield from lines


def _leaf(value: object, env: EnvIdiom | None) -> str:
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else scalar(value, env)


