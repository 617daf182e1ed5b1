"""Lays out what stands in brackets. Where the writer broke lines, lines break."""

from __future__ import annotations

from collections.abc import Callable

from aicfg.fmt.order import child, in_order
from aicfg.fmt.tree import Flow, Leaf, Node
from aicfg.manifest.shape_tables import Node as SchemaNode

LeafLines = Callable[[Leaf, "SchemaNode | None", int, bool], "list[str]"]
"""The lines of a scalar inside brackets, given the column of all but the first, and whether it is a key."""

_STEP = 2


def closes_below(flow: Flow) -> bool:
    """Whether the closing bracket stands on a line of its own."""
    return "\n" in flow.gaps[-1]


class FlowWriter:
    """Writes the lines of one value in brackets that stands in a block."""

    def __init__(self, column: int, leaf_lines: LeafLines, has_aliases: bool) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.column = column
        self.depth = 0
        self.leaf_lines = leaf_lines
        self.has_aliases = has_aliases

    def write(self, node: Node, schema: SchemaNode | None, is_key: bool = False) -> None:
        if node.properties:
            self._put(node.properties + " " * (not isinstance(node, Leaf) or bool(node.text)))
        if isinstance(node, Flow):
            self._flow(node, schema)
        elif isinstance(node, Leaf):
            first, *rest = self.leaf_lines(node, schema, self._column(), is_key)
            self._put(first)
            for line in rest:
                self.lines.append("".join(self.line))
                self.line = [line]

    def finished(self) -> list[str]:
        return [*self.lines, "".join(self.line)]

    def _flow(self, flow: Flow, schema: SchemaNode | None) -> None:
        items = flow.items
        if flow.is_map and not flow.has_comments:
            items = in_order(items, schema, has_aliases=self.has_aliases)
        self._put(flow.brackets[:1])
        self.depth += bool(flow.brackets)
        for index, item in enumerate(items):
            if index:
                self.line.append(",")
            self._gap(flow.gaps[index], " " if index else "", blank=index > 0)
            if item.key is not None:
                self.write(item.key, None, is_key=True)
                self.line.append(": " if item.colon else "")
            if item.key is None or item.colon:
                self.write(item.value, child(schema, item.key.value if item.key else None))
        below = closes_below(flow)
        if flow.comma and below:
            self.line.append(",")
        self._gap(flow.gaps[-1], "", blank=False)
        self.depth -= bool(flow.brackets)
        self._put(flow.brackets[1:])

    def _gap(self, pieces: list[str], otherwise: str, *, blank: bool) -> None:
        """Line ends and comments; `otherwise` where there are none. At most one blank line in a row, if any."""
        ends = 0
        for piece in pieces:
            if piece != "\n":
                self._put(piece if self.line else piece.lstrip())
                ends = 0
                continue
            ends += 1
            if ends == 1 or (blank and ends == 2):
                self.lines.append("".join(self.line).rstrip(" "))
                self.line = []
        if "\n" not in pieces and otherwise:
            self.line.append(otherwise)

    def _put(self, text: str) -> None:
        """Add to the line, which begins at its column."""
        if not text:
            return
        if not self.line and self.lines:
            self.line.append(" " * self._column())
        self.line.append(text)

    def _column(self) -> int:
        return self.column + _STEP * self.depth
