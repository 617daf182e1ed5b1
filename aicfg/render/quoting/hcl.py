"""HCL text for plain values: deterministic, laid out as `terraform fmt` lays it out, and read back as the same values.

Strings are always quoted, never heredocs: those cannot hold every text and end in a newline of their own.
Source: HCL's syntax specification, and HashiCorp's parser and formatter (Terraform 1.11), which the tests ask.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aicfg.kong.references import EnvText, EnvVar

Variables = Callable[[EnvVar], "Expression"]
"""How a reference to an environment variable is written: as the expression of an input variable."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = frozenset({"for", "true", "false", "null"})
"""Keys that HCL takes for the start of something else, or a reader might."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN = re.compile(
    r"[^\x20-\x7e\xa0-\ufefe\uff00-\ufff8\ufffc-\ufffd\U00010000-\U0010ffff]"
    r"|[\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\U000e0000-\U000e0fff]"
)
"""Breaks, controls, marks of direction: what HCL does not take as it is, or no one would see."""
_NARROW = re.compile(r"[\x20-\x7e\xc0-\u024f\u0391-\u03c9\u0410-\u044f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
"""Characters that stand for themselves: `terraform fmt` aligns by what a reader sees, where an emoji or a letter with
its accent may be several characters."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LONGEST_LIST = 80
_STEP = "  "


class Expression(str):
    """HCL that stands as it is: a reference, a type. Code makes it, never a value of a manifest."""

    __slots__ = ()


class Json(NamedTuple):
    """A value that Terraform turns into JSON text."""

    value: Any


def identifier(name: str) -> str:
    """A name as it is. Raises ValueError where it is no identifier."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError("this is no HCL identifier")
    return name


def quoted(text: str) -> str:
    """A string in its quotes. Raises ValueError for half of a surrogate pair, which HCL cannot say."""
    return f'"{_escaped(text)}"'


def expression(value: Any, variables: Variables | None = None, indent: str = "") -> str:
    """A value behind `=`; lines after the first start with `indent`. Raises ValueError for what HCL cannot say."""
    return "\n".join(_lines(value, variables, indent))


def attributes(body: Mapping[str, Any], variables: Variables | None = None) -> str:
    """The attributes of a block, one level in, without a newline at the end."""
    return "\n".join(_entries(body, variables, _STEP))


def _escaped(text: str) -> str:
    if _SURROGATE.search(text):
        raise ValueError("half of a surrogate pair is no character")
    plain = "".join(_ESCAPES.get(character, character) for character in text)
    seen = _UNSEEN.sub(lambda match: _code(match.group()), plain)
    return seen.replace("${", "$${").replace("%{", "%%{")


def _key(name: str) -> str:
    if _IDENTIFIER.fullmatch(name) and name not in _WORDS:
        return name
    return '"' + "".join(one if _NARROW.fullmatch(one) else _code(one) for one in _escaped(name)) + '"'


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _lines(value: Any, variables: Variables | None, indent: str) -> list[str]:
    """The lines of a value, the first without its indent."""
    if isinstance(value, Json):
        first, *others = _lines(value.value, variables, indent)
        return _wrapped("jsonencode(", [first, *others], ")")
    if isinstance(value, Mapping):
        return _map(value, variables, indent)
    if isinstance(value, list | tuple):
        return _list(value, variables, indent)
    return [_scalar(value, variables)]


def _wrapped(before: str, lines: list[str], after: str) -> list[str]:
    lines[0] = before + lines[0]
    lines[-1] += after
    return lines


def _map(value: Mapping[str, Any], variables: Variables | None, indent: str) -> list[str]:
    if not value:
        return ["{}"]
    if len(value) == 1:
        ((key, item),) = value.items()
        if isinstance(item, Expression):
            return [f"{{ {_key(key)} = {item} }}"]
    return ["{", *_entries(value, variables, indent + _STEP), indent + "}"]


def _list(value: Sequence[Any], variables: Variables | None, indent: str) -> list[str]:
    if not any(isinstance(item, Mapping | list | tuple) for item in value):
        short = f"[{', '.join(_scalar(item, variables) for item in value)}]"
        if len(value) < 2 or len(short) <= _LONGEST_LIST:
            return [short]
    inner = indent + _STEP
    lines = ["["]
    for item in value:
        first, *others = _wrapped("", _lines(item, variables, inner), ",")
        lines += [inner + first, *others]
    return [*lines, indent + "]"]


def _entries(value: Mapping[str, Any], variables: Variables | None, indent: str) -> Iterator[str]:
    """The lines of a map's entries. Like `terraform fmt`, it aligns what stands on lines of its own, without a gap."""
    run: list[tuple[str, str]] = []
    for name, item in value.items():
        lines = _lines(item, variables, indent)
        if len(lines) == 1:
            run.append((_key(name), lines[0]))
            continue
        yield from _aligned(run, indent)
        run = []
        yield f"{indent}{_key(name)} = {lines[0]}"
        yield from lines[1:]
    yield from _aligned(run, indent)


def _aligned(run: list[tuple[str, str]], indent: str) -> Iterator[str]:
    width = max((len(key) for key, _ in run), default=0)
    for key, text in run:
        yield f"{indent}{key:<{width}} = {text}"


def _scalar(value: Any, variables: Variables | None) -> str:
    if isinstance(value, Expression):
        return value
    if isinstance(value, EnvText) and variables is not None:
        return _with_variables(value, variables)
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"HCL has no number {value}")
        return repr(float(value))
    raise ValueError(f"no HCL for {type(value).__name__}")


def _with_variables(text: EnvText, variables: Variables) -> str:
    """A text with references. One that is nothing else stands bare, as `terraform fmt` has it."""
    if len(text.variables) == 1 and not any(part for part in text.parts if isinstance(part, str)):
        return variables(EnvVar(text.variables[0]))
    made = literal = ""
    for part in text.parts:
        if isinstance(part, str):
            literal += part
        else:
            made += f"{_before_reference(literal)}${{{variables(part)}}}"
            literal = ""
    return f'"{made}{_escaped(literal)}"'


def _before_reference(literal: str) -> str:
    """A piece of text with a reference behind it: a `$` at its end would make an escape of it."""
    escaped = _escaped(literal)
    return escaped[:-1] + _code("$") if escaped.endswith("$") else escaped
