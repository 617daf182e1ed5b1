"""Colours on a terminal."""

from __future__ import annotations

from types import MappingProxyType

COLORS = MappingProxyType(
    {
        "added": "32",
        "dropped": "31",
        "changed": "33",
        "overridden": "33",
        "renamed": "36",
        "kept": "2",
        "bold": "1",
        "head": "1;34",
        "error": "1;31",
        "note": "1;36",
    }
)


class Paint:
    """`paint("bold", text)`: the text in a style, or as it is where there are no colours."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{COLORS[style]}m{text}\x1b[0m" if self.on and text else text
