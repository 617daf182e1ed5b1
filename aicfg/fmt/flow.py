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
        self.lines = [""]
        self.column = column
        self.depth = 0
        self.leaf_lines = leaf_lines
        self.has_aliases = has_aliases

    def write(self, node: Node, schema: SchemaNode | None, is_key: bool = False) -> None:
        if node.properties:
            self._put(node.properties)
            if not isinstance(node, Leaf) or node.text:
                self.lines[-1] += " "
        if isinstance(node, Flow):
            self._flow(node, schema)
        elif isinstance(node, Leaf):
            self._put("")
            first, *rest = self.leaf_lines(node, schema, self._column(), is_key)
            self.lines[-1] += first
            self.lines += rest

    def _flow(self, flow: Flow, schema: SchemaNode | None) -> None:
        items = flow.items
        if flow.is_map and not flow.has_comments:
            items = in_order(items, schema, has_aliases=self.has_aliases)
        self._put(flow.brackets[:1])
        self.depth += bool(flow.brackets)
        for index, item in enumerate(items):
            if index:
                self.lines[-1] += ","
            self._gap(flow.gaps[index], " " if index else "", blank=index > 0)
            if item.key is not None:
                self.write(item.key, None, is_key=True)
                self.lines[-1] += ": " if item.colon else ""
            if item.key is None or item.colon:
                self.write(item.value, child(schema, item.key.value if item.key else None))
        below = closes_below(flow)
        if flow.comma and below:
            self.lines[-1] += ","
        self._gap(flow.gaps[-1], "", blank=False)
        self.depth -= bool(flow.brackets)
        self._put(flow.brackets[1:])

    def _gap(self, pieces: list[str], otherwise: str, *, blank: bool) -> None:
        """Line ends and comments; `otherwise` where there are none. At most one blank line in a row, if any."""
        ends = 0
        for piece in pieces:
            if piece != "\n":
                self._put(piece if self.lines[-1] else piece.lstrip())
                ends = 0
                continue
            ends += 1
            if ends == 1 or (blank and ends == 2):
                self.lines[-1] = self.lines[-1].rstrip(" ")
                self.lines.append("")
        if "\n" not in pieces:
            self.lines[-1] += otherwise

    def _put(self, text: str) -> None:
        """Add to the line, which begins at its column."""
        if not self.lines[-1] and len(self.lines) > 1:
            self.lines[-1] = " " * self._column()
        self.lines[-1] += text

    def _column(self) -> int:
        return self.column + _STEP * self.depth
