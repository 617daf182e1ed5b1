"""JSON for people: what fits on a line stands on one."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 120


def as_text(value: Any) -> str:
    """The value as JSON, with a line break at the end. Keys keep their order."""
    return _laid_out(value, "", 0) + "\n"


def _laid_out(value: Any, indent: str, before: int) -> str:
    """The value as it stands behind `before` characters of a line that begins with `indent`."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + before + len(line) < _WIDTH:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        keys = [f"{json.dumps(key, ensure_ascii=False)}: " for key in value]
        items = [key + _laid_out(item, inner, len(key)) for key, item in zip(keys, value.values(), strict=True)]
    else:
        items = [_laid_out(item, inner, 0) for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{end}"
