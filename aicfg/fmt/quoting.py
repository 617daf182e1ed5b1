"""How a scalar is written: plain where every reader takes it for what it is, in double quotes otherwise.

Between the two lies what is safe but looks as if it were not (`Bearer ${env:KEY}`): there the writer's choice stays.
"""

from __future__ import annotations

from aicfg.fmt.tree import Leaf
from aicfg.manifest.shape_tables import Node as SchemaNode
from aicfg.patterns import later
from aicfg.source.scalars import resolve
from aicfg.source.writing import is_plain

_DATE_OR_TIME = later(r"\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?")
"""Text to aicfg and decK, something else to other readers of YAML."""
_VERSION = later(r"(?!\d+\.\d+\.\d+\.\d+$)\d[\d.:_-]*(?:-[a-z]\w*)?")
"""Text like `3.11.0` or `2024-10-21-preview`, but no IP address: safe, and yet almost a number or a date."""
_VARIABLE = later(r"\$\{var:[A-Za-z_][A-Za-z0-9_]*\}")
_OTHER_ESCAPE = later(r"(?<!\\)(?:\\\\)*\\[^\\\"]")
_QUOTES = ("'", '"')


def canonical(leaf: Leaf, node: SchemaNode | None, *, in_flow: bool, is_key: bool = False) -> str:
    """A scalar of one line as it should stand in YAML, given what the schema says about its place."""
    if "!" in leaf.properties or leaf.style == "*" or "${{" in leaf.text:
        return leaf.text
    if leaf.style in _QUOTES:
        return _unquoted(leaf, in_flow or is_key)
    if is_key or not leaf.text:
        return leaf.text
    value = resolve(leaf.text)
    wants_text = node is not None and node.kinds.wants_text and not node.kinds.wants_boolean
    if isinstance(value, str):
        version = wants_text and _VERSION.fullmatch(value)
        return f'"{leaf.text}"' if version or _DATE_OR_TIME.fullmatch(value) else leaf.text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f'"{leaf.text}"' if wants_text and is_number and not leaf.anchors else leaf.text


def _unquoted(leaf: Leaf, inside: bool) -> str:
    value = leaf.value
    if is_plain(value, "flow" if inside else "block") or (not inside and _VARIABLE.fullmatch(value)):
        return value
    if not value.isprintable() or (not value.isascii() and "\\" in leaf.text):
        return leaf.text
    if _is_simple(value):
        return f'"{value}"' if leaf.style == "'" or "\\" not in leaf.text else leaf.text
    if leaf.style == '"' and "'" not in value and not _OTHER_ESCAPE.search(leaf.text):
        return f"'{value}'"
    return leaf.text


def _is_simple(value: str) -> bool:
    """Whether a text says in double quotes what it says."""
    return '"' not in value and "\\" not in value
