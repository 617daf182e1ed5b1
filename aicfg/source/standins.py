"""What decK and JSON readers take, and a YAML reader does not.

* decK replaces `${{ env "DECK_X" }}` in the raw text before it parses the YAML, so such a piece may hold quotes and
  braces wherever it stands. Source: go-database-reconciler, pkg/file/template.go.
* JSON writes a character beyond U+FFFF as two escapes (`\\ud83d\\ude00`), which YAML does not know.

Both are replaced by stand-ins of the same length before the parsing, so that every offset stays, and put back into the
scalars behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from aicfg.patterns import later

PIECE = (
    r"(?<!\\)(?P<slashes>(?:\\\\)*)\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\$\{\{[^{}\\\n]{0,500}\}\}"
)
"""What is replaced in every file."""
_PIECE = re.compile(PIECE)
_FIRST, _MORE = "\uf8f0", "\uf8f1"
"""Private characters. A text that uses them itself is left as it is."""
_USED = re.compile(f"[{_FIRST}{_MORE}]|" + r"\\(?:u|U0000)[fF]8[fF][01]")
_RUN = later(f"{_FIRST}{_MORE}*")
_BREAK = later(r"[\n\r\x85\u2028\u2029]")


def with_stand_ins(text: str, piece: re.Pattern[str] = _PIECE) -> str:
    """The text with stand-ins for what YAML cannot read: the same text where there is nothing to replace."""
    if _USED.search(text):
        return text
    return piece.sub(lambda match: _FIRST + _MORE * (len(match.group()) - 1), text)


def restoring(text: str, get_event: Callable[[], Any], piece: re.Pattern[str] = _PIECE) -> Callable[[], Any]:
    """`get_event` with the pieces of the original `text` put back into the scalars."""

    def get_restored() -> Any:
        event: Any = get_event()
        if _FIRST in (getattr(event, "value", None) or ""):
            start, end = event.start_mark.index, event.end_mark.index
            if event.style in ("|", ">"):  # a comment may stand behind the indicator
                line_end = _BREAK.search(text, start, end)
                start = line_end.start() if line_end else end
            pieces = piece.finditer(text, start, end)
            quoted = event.style == '"'
            event.value = _RUN.sub(lambda run: _original(next(pieces), quoted), event.value)
        return event

    return get_restored


def _original(piece: re.Match[str], quoted: bool) -> str:
    if not quoted or piece["high"] is None:
        return piece.group()
    character = chr(0x10000 + ((int(piece["high"], 16) & 0x3FF) << 10 | int(piece["low"], 16) & 0x3FF))
    return "\\" * (len(piece["slashes"]) // 2) + character
