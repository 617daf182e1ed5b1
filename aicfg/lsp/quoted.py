"""Scalars in quotes, closed or not."""

from __future__ import annotations

import json
import re
from functools import partial

from aicfg.lsp.outline import Node

_SPACE = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FOLD = re.compile(r"[ \t]*(?:(?:\r\n|\r|\n)[ \t]*)+")


def quoted(text: str, at: int, above: int) -> tuple[Node, int]:
    """The scalar in quotes that begins at an offset. One that is never closed ends with its line."""
    node = Node("scalar", at)
    node.quote = quote = text[at]
    end, stop = at + 1, len(text)
    while end < stop:
        sign = text[end]
        if sign == "\\" and quote == '"':
            end += 2
            continue
        if sign == quote and quote == "'" and text.startswith("''", end):
            end += 2
            continue
        if sign == quote:
            node.end = end + 1
            node.text = unquoted(_FOLD.sub(partial(_folded, quote), text[at : node.end]))
            return node, node.end
        if sign in "\r\n":
            space = _SPACE.match(text, end + 1)
            column = (space.end() if space else end + 1) - end - 1
            rest = text[end + 1 + column : end + 2 + column]
            if column <= above and rest not in ("", "\r", "\n"):
                break
        end += 1
    line_end = _LINE_END.search(text, at)
    node.end = line_end.start() if line_end else stop
    node.text = text[at + 1 : node.end]
    return node, node.end


def _folded(quote: str, ends: re.Match[str]) -> str:
    """What line ends inside of quotes stand for, as it is written there."""
    many = len(_LINE_END.findall(ends.group()))
    return ("\\n" if quote == '"' else "\n") * (many - 1) if many > 1 else " "


def unquoted(text: str) -> str:
    """The text of a scalar in quotes, or without them as it is."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
