"""The code of a rule in a comment that silences, at a position of a text."""

from __future__ import annotations

import re

from aicfg.lint.silencers import Code

_COMMENT = re.compile(r"#[ \t]*aicfg:[ \t]*ignore(?:-file)?[ \t]*\[(?P<codes>[^\[\]\r\n]*)")
_CODE = re.compile(r"[A-Za-z0-9]+")


def code_at(text: str, offset: int) -> Code | None:
    """The code that stands at an offset, an empty one where it may be written; None outside of such brackets."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    for match in _COMMENT.finditer(text, start):
        first, last = match.span("codes")
        if not first <= offset <= last:
            continue
        for code in _CODE.finditer(text, first, last):
            if code.start() <= offset <= code.end():
                return Code(code.group().upper(), *code.span())
        return Code("", offset, offset)
    return None
