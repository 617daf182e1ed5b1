"""JSON for people: indented, and every character that no one sees written as an escape."""

from __future__ import annotations

import json

from aicfg.render.quoting.yaml import UNSEEN


def block(value: object) -> str:
    """A value as indented JSON, ending in a newline. No line but the first and the last begins without a blank.

    Raises ValueError for a number that JSON has no word for: infinity, and what is no number.
    """
    return _seen(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def text(value: str) -> str:
    """A string as it stands in JSON."""
    return _seen(json.dumps(value, ensure_ascii=False))


def _seen(written: str) -> str:
    return UNSEEN.sub(lambda found: "\n" if found.group() == "\n" else json.dumps(found.group())[1:-1], written)
