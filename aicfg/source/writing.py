"""Values as a file would write them: YAML in block and flow style, and JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from aicfg.source.scalars import AMBIGUOUS_BOOLEANS, resolve

Style = Literal["block", "flow", "json"]

_PLAIN = re.compile(r"[A-Za-z_/][\w./@+-]*(?: [\w./@+-]+)*", re.ASCII)
_PLAIN_IN_BLOCK = re.compile(r"[A-Za-z/][\w./@+~?=&%-]*(?::[\w./@+~?=&%-]+)*|\$\{env:\w+\}", re.ASCII)
_STEP = 2


def written(value: Any, style: Style, like: str = "") -> str:
    """A value in one line. `like` is the text that it replaces: a scalar gets the same quotes."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{written_key(key, style)}: {_inside(item, style)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_inside(item, style) for item in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    return _text(value, style, like[:1] if like[:1] in ("'", '"') else "")


def in_quotes(text: str, style: Style) -> str:
    """A text in quotes, whether it needs them or not."""
    return _text(text, style, '"')


def written_key(key: str, style: Style, like: str = "") -> str:
    """A key, in the quotes of the one that it replaces."""
    return _text(key, style, like[:1] if like[:1] in ("'", '"') else "")


def _inside(value: Any, style: Style) -> str:
    """A value inside a list or map of one line."""
    return written(value, "flow" if style == "block" else style)


def _text(value: str, style: Style, quote: str) -> str:
    if style == "json":
        return json.dumps(value, ensure_ascii=False)
    if not quote and is_plain(value, style):
        return value
    if "'" not in value and (quote == "'" or '"' in value) and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def is_plain(value: str, style: Style) -> bool:
    """Whether a text can do without quotes, in every reader of YAML."""
    fits = _PLAIN.fullmatch(value) or (style == "block" and _PLAIN_IN_BLOCK.fullmatch(value))
    return bool(fits) and resolve(value) == value and value.lower() not in AMBIGUOUS_BOOLEANS


def block_entry(key: str, value: Any) -> list[str]:
    """A key and its value as lines of a block map, maps nested."""
    if not isinstance(value, dict) or not value:
        return [f"{written_key(key, 'block')}: {written(value, 'block')}"]
    lines = [f"{written_key(key, 'block')}:"]
    for inner, item in value.items():
        lines += [" " * _STEP + line for line in block_entry(inner, item)]
    return lines
