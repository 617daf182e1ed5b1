"""Files that some tool fills in before Kong's tools read them: Helm, envsubst, sed, a script.

What it puts in is unknown, so that what stands in its place is no mistake. A comment `# aicfg: template` in a line of
its own says of a file that it is such a template.
"""

from __future__ import annotations

import re

from aicfg.patterns import later
from aicfg.source.standins import PIECE

_COMMENT = later(r"(?m)^[ \t]*#[ \t]*aicfg:[ \t]*template\b")
_BRACES = r"\{\{(?:[^{}\n]|\{(?!\{)|\}(?!\}))*\}\}"
_OTHERS = r"\$\{[^{}\n]*\}|\$\([^()\n]*\)|%[A-Z_][A-Z0-9_]*%|@[A-Z_][A-Z0-9_]*@|<%[^%\n]*%>"
TEMPLATE_PIECE = later(rf"{PIECE}|{_BRACES}|{_OTHERS}")
"""What YAML readers stumble over, or take for something else, where it stands without quotes."""
_TOKEN = later(
    rf"\$\{{\{{.*?\}}\}}|{_BRACES}|{_OTHERS}|\$[A-Za-z_]\w*|__[A-Za-z]\w*__|<[A-Za-z][\w .-]*>"
    r"|(?<![\w/-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w-])"
)
_LINE = later(rf"(?m)^([ \t]*)(?:{_BRACES}[ \t]*)+(?=\r?$)")


def says_template(text: str) -> bool:
    """Whether a file says of itself that it is a template."""
    return _COMMENT.search(text) is not None


def looks_like_template(text: str) -> bool:
    """Whether a text has braces as Helm and others of its kind fill in."""
    return re.search(_BRACES, text.replace("${{", "")) is not None


def holds_braces(line: str) -> bool:
    """Whether a line has `${X}` without quotes, which YAML readers stumble over inside braces and brackets."""
    return re.search(r"[\s:,\[{]\$\{[A-Za-z_]\w*\}", line) is not None


def holds_token(text: str) -> bool:
    """Whether a template's text has a part that somebody fills in."""
    return _TOKEN.search(text) is not None


def without_control_lines(text: str) -> str:
    """The text with comments of the same length in place of lines that steer the filling in (`{{- if … }}`)."""
    return _LINE.sub(lambda line: line[1] + "#" + " " * (len(line[0]) - len(line[1]) - 1), text)
