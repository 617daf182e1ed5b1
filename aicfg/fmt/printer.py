"""The Tree of a document -> its text in canonical form, lines ending in LF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from aicfg.fmt.blocks import indented, keeps_blank_lines
from aicfg.fmt.flow import FlowWriter, closes_below
from aicfg.fmt.order import child, in_order
from aicfg.fmt.quoting import canonical
from aicfg.fmt.tree import Block, Column, Comment, Entry, Flow, Leaf, Lines, Tree
from aicfg.manifest.shape_tables import Node as SchemaNode
from aicfg.tuples import NamedTuple

_STEP = 2


class Line(NamedTuple):
    """A line and the comment behind it. `is_open` tells that a blank line below it would belong to its text."""

    text: str
    comment: Comment | None = None
    is_open: bool = False


def printed(tree: Tree, schema: SchemaNode) -> str:
    """The whole text."""
    printer = _Printer(tree)
    whole = tree.whole
    lines = [Line(line) for line in tree.prefix]
    if isinstance(whole.value, Block):
        if whole.value.properties or whole.head:
            lines = _with_start(lines, whole)
        _join(lines, printer.block(whole.value, 0, schema, is_top=True))
    else:
        lines += _own_lines(whole.inner, 0)
        _join(lines, [*printer.inline(whole, -_STEP, schema), *_own_lines(whole.after, 0)])
    _join(lines, [Line(line) for line in tree.suffix])
    while lines and not lines[-1].text and not lines[-1].is_open:
        lines.pop()
    return _aligned(lines)


def _with_start(lines: list[Line], whole: Entry) -> list[Line]:
    """The lines before a document whose value has an anchor or tag, which stands behind the `---`."""
    start = lines[-1].text if lines else ""
    assert isinstance(whole.value, Block)
    text = f"{start} {whole.value.properties}".strip()
    return [*lines[:-1], Line(text, whole.head)]


class _Printer:
    def __init__(self, tree: Tree) -> None:
        self.json = tree.json
        self.has_aliases = tree.has_aliases
        self.shared = 0
        """How many anchors stand around a value: what is repeated elsewhere may be wanted as a number there."""

    def block(self, block: Block, column: int, node: SchemaNode | None, *, is_top: bool = False) -> list[Line]:
        """The lines of a map or list, no blank ones around it."""
        shared = "&" in block.properties
        self.shared += shared
        lines = self._block(block, column, node, is_top)
        self.shared -= shared
        return lines

    def _block(self, block: Block, column: int, node: SchemaNode | None, is_top: bool) -> list[Line]:
        entries = block.entries
        is_spaced = is_top and any(entry.lead and entry.lead[0] is None for entry in entries[1:])
        if block.is_map:
            entries = in_order(entries, node, has_aliases=self.has_aliases)
        lines = _own_lines(block.header, column)
        if is_top and entries[0] is not block.entries[0] and entries[0].lead:
            _add_blank(lines)
        long = after = False
        for index, entry in enumerate(entries):
            body = self.entry(entry, column, child(node, entry.key.value if entry.key else None))
            lead = _own_lines(entry.lead, column)
            if not index and not block.header:
                lead = lead[1:] if lead and not lead[0].text else lead
            if index and (after or (is_spaced and (long or len(body) > 1))):
                _add_blank(lines)
            _join(lines, lead)
            _join(lines, body)
            _join(lines, _own_lines(entry.after, column))
            long, after = len(body) > 1, bool(entry.after)
        _join(lines, _own_lines(block.trailing, column))
        while lines and not lines[-1].text and not lines[-1].is_open:
            lines.pop()
        return lines

    def entry(self, entry: Entry, column: int, node: SchemaNode | None) -> list[Line]:
        """The lines of a key or dash and its value."""
        start = " " * column + ("-" if entry.key is None else self._key(entry.key) + ":")
        value = entry.value
        if not isinstance(value, Block):
            return self._with_inline(entry, start, column, node)
        lines = self.block(value, column + _STEP, node)
        if entry.key is None and not (value.properties or entry.head or lines[0].text.lstrip().startswith("#")):
            first = lines[0]
            return [first._replace(text=f"{start} {first.text[column + _STEP :]}"), *lines[1:]]
        return [Line(f"{start} {value.properties}".rstrip(), entry.head), *lines]

    def _key(self, key: Leaf) -> str:
        text = key.text if self.json or "\n" in key.text else canonical(key, None, in_flow=False, is_key=True)
        return f"{key.properties} {text}".strip()

    def _with_inline(self, entry: Entry, start: str, column: int, node: SchemaNode | None) -> list[Line]:
        value, inner = entry.value, _own_lines(entry.inner, column + _STEP)
        lines = self.inline(entry, column, node)
        if isinstance(value, Leaf) and not value.text and not value.properties:
            return [Line(start, entry.head or entry.tail), *inner]
        below = bool(entry.head or inner) or (isinstance(value, Flow) and entry.key is not None and closes_below(value))
        if below:
            first = lines[0]._replace(text=" " * (column + _STEP) + lines[0].text)
            return [Line(start, entry.head), *inner, first, *lines[1:]]
        return [lines[0]._replace(text=f"{start} {lines[0].text}"), *lines[1:]]

    def inline(self, entry: Entry, column: int, node: SchemaNode | None) -> list[Line]:
        """The lines of a value that is no block, the first one without its indentation."""
        value = entry.value
        assert not isinstance(value, Block)
        if isinstance(value, Leaf) and value.style in ("|", ">"):
            first, *rest = indented(value, column)
            is_open = keeps_blank_lines(value)
            return [
                Line(f"{value.properties} {first}".strip(), None, is_open),
                *(Line(each, None, is_open) for each in rest),
            ]
        if isinstance(value, Leaf):
            texts = self._leaf(value, node, column + _STEP, in_flow=False)
            texts[0] = (
                f"{value.properties} {texts[0]}" if value.properties and texts[0] else value.properties or texts[0]
            )
        else:
            texts = self._flow(value, column, node)
        lines = [Line(text) for text in texts]
        lines[-1] = lines[-1]._replace(comment=entry.tail)
        return lines

    def _flow(self, flow: Flow, column: int, node: SchemaNode | None) -> list[str]:
        leaf_lines = partial(_in_flow, self)
        column = column + _STEP if closes_below(flow) else max(column, 0)
        writer = FlowWriter(column, leaf_lines, self.has_aliases)
        shared = bool(self.has_aliases and flow.anchors)
        self.shared += shared
        writer.write(flow, node)
        self.shared -= shared
        return writer.finished()

    def _leaf(
        self, leaf: Leaf, node: SchemaNode | None, column: int, *, in_flow: bool, is_key: bool = False
    ) -> list[str]:
        if "\n" in leaf.text:
            first, *rest = leaf.text.split("\n")
            lines = [first, *(line.lstrip(" \t") for line in rest)]
            lines = [*map(_trimmed, lines[:-1]), lines[-1]]
            return [lines[0], *(" " * column + line if line else "" for line in lines[1:])]
        if self.json:
            return [leaf.text]
        return [canonical(leaf, None if self.shared else node, in_flow=in_flow, is_key=is_key)]


def _in_flow(printer: _Printer, leaf: Leaf, node: SchemaNode | None, column: int, is_key: bool) -> list[str]:
    return printer._leaf(leaf, node, column, in_flow=True, is_key=is_key)


def _trimmed(line: str) -> str:
    """A line of a scalar of several without the space at its end, unless that is escaped."""
    trimmed = line.rstrip(" \t")
    return line if trimmed.endswith("\\") else trimmed


def _own_lines(lines: Lines, column: int) -> list[Line]:
    """Comments at a column, with at most one blank line in a row."""
    found: list[Line] = []
    for line in lines:
        if line is not None:
            found.append(Line(" " * column + line))
        elif not found or found[-1].text:
            found.append(Line(""))
    return found


def _join(lines: list[Line], more: Sequence[Line]) -> None:
    for line in more:
        if line.text or line.is_open:
            lines.append(line)
        elif lines:
            _add_blank(lines)


def _add_blank(lines: list[Line]) -> None:
    """A blank line, unless there is one already or it would belong to a text."""
    if lines and lines[-1].text and not lines[-1].is_open:
        lines.append(Line(""))


def _aligned(lines: Iterable[Line]) -> str:
    """The text of lines, comments that stood below each other still doing so."""
    lines = list(lines)
    widths: dict[Column, int] = {}
    for line in lines:
        if line.comment:
            column = line.comment.column
            widths[column] = max(widths.get(column, 0), len(line.text))
    return "".join(f"{_with_comment(line, widths)}\n" for line in lines)


def _with_comment(line: Line, widths: dict[Column, int]) -> str:
    if line.comment is None:
        return line.text
    column = line.comment.column
    return line.text.ljust(widths[column] + column.gap) + line.comment.text
