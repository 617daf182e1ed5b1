"""Edits that change the shape of a map: into a list, or into the map around it. Comments and lines stay in order."""

from __future__ import annotations

import re

from aicfg.source.changes import Listed, Unlisted, Unwrap
from aicfg.source.document import Path
from aicfg.source.layout import Entry, Impossible, Layout, Map
from aicfg.source.writing import Style, written, written_key
from aicfg.tuples import NamedTuple


class TextEdit(NamedTuple):
    """Put `text` in place of what stands from `start` to `end`: offsets in the text of the file."""

    start: int
    end: int
    text: str


def listed(layout: Layout, change: Listed) -> list[TextEdit]:
    """The edits that make a list of a map."""
    holder = layout.map(change.path)
    if not holder.entries or len(holder.entries) != len(layout.value(change.path)):
        raise Impossible("there is nothing to list")
    style = layout.style(change.path)
    if not change.name:
        if not holder.flow:
            return _dashed(layout, holder.entries[0].start, _stop(layout, holder))
        return [TextEdit(holder.start, holder.start, "["), TextEdit(holder.end, holder.end, "]")]
    if not holder.flow:
        return [edit for entry in holder.entries for edit in _named_item(layout, change, entry)]
    edits = [TextEdit(holder.start, holder.start + 1, "["), TextEdit(holder.end - 1, holder.end, "]")]
    return edits + [_named_in_brackets(layout, change, entry, style) for entry in holder.entries]


def unwrapped(layout: Layout, change: Unwrap) -> list[TextEdit]:
    """The edits that put what a map holds in its own place."""
    outer, inner = layout.map(change.path[:-1]), layout.map(change.path)
    entry = outer.entry(str(change.path[-1]))
    around = layout.value(change.path[:-1])
    if not inner.entries or any(one.key in around for one in inner.entries):
        raise Impossible("there is such a key already, or nothing to put here")
    if outer.flow and inner.flow:
        text = layout.text[inner.start + 1 : inner.end - 1].strip()
        return [TextEdit(entry.start, entry.end, text)]
    if outer.flow or inner.flow or "&" in layout.text[entry.key_end : inner.start]:
        raise Impossible("a block and braces do not mix")
    if layout.text[entry.key_end : layout.line_stop(entry.key_end)].strip(": \t"):
        raise Impossible("a comment stands here")
    column, shift = layout.column(entry.start), layout.column(inner.entries[0].start) - layout.column(entry.start)
    end = layout.line_stop(entry.end)
    lines = re.split(r"\r\n|\r|\n", layout.text[layout.next_line(entry.key_end) : end])
    lines = [line[min(shift, len(line) - len(line.lstrip(" "))) :] for line in lines]
    return [TextEdit(entry.start, end, layout.line_end.join(lines)[column:])]


def unlisted(layout: Layout, change: Unlisted) -> list[TextEdit]:
    """The edits that put the one item of a list in its place."""
    start, end = layout.span(change.path)
    start = layout.behind_properties(start, end)
    item, stop = layout.span((*change.path, 0))
    if layout.text.startswith("[", start):
        return [TextEdit(start, item, ""), TextEdit(stop, end, "")]
    if not re.fullmatch(r"[ \t]*-[ \t]+", layout.before(item)):
        raise Impossible("the item does not stand in lines of its own")
    dash = layout.text.rindex("-", 0, item)
    return [TextEdit(dash, dash + 1, " ")]


def in_place_of_block(layout: Layout, path: Path, text: str) -> TextEdit:
    """A value of one line in place of a block, where no comment would go with that."""
    start, end = layout.span(path)
    holder = layout.map(path[:-1]) if isinstance(path[-1], str) else None
    if holder is None or holder.flow:
        raise Impossible("a block is no single value")
    entry = holder.entry(str(path[-1]))
    colon = layout.text.index(":", entry.key_end) + 1
    end = start + len(layout.text[start:end].rstrip())
    if "#" in layout.text[colon:end] or "&" in layout.text[colon:start] or not layout.ends_line(end):
        raise Impossible("a comment or an anchor stands here")
    return TextEdit(colon, end, f" {text}")


def _stop(layout: Layout, holder: Map) -> int:
    end = max(entry.end for entry in holder.entries)
    if not layout.ends_line(end):
        raise Impossible("something follows in the line")
    return layout.line_stop(end)


def _dashed(layout: Layout, start: int, stop: int) -> list[TextEdit]:
    """A dash before a block, and its other lines two columns to the right."""
    if layout.before(start).strip():
        raise Impossible("the block does not begin in a line of its own")
    return [TextEdit(start, start, "- "), *_indented(layout, start, stop)]


def _indented(layout: Layout, start: int, stop: int, by: int = 2) -> list[TextEdit]:
    edits, at = [], layout.next_line(start)
    while at < stop:
        if layout.text[at : layout.line_stop(at)].strip():
            edits.append(TextEdit(at, at, " " * by))
        at = layout.next_line(at)
    return edits


def _named_item(layout: Layout, change: Listed, entry: Entry) -> list[TextEdit]:
    """`greet: …` in a block as an item of a list."""
    value, stop = layout.value((*change.path, entry.key)), layout.line_stop(entry.end)
    if layout.before(entry.start).strip() or not layout.ends_line(entry.end):
        raise Impossible("the key does not stand in a line of its own")
    column, key = layout.column(entry.start), layout.text[entry.start : entry.key_end]
    name = f"- {change.name}: {key}"
    if not isinstance(value, dict):
        text = name + layout.line_end + " " * (column + 2) + written_key(change.inner, "block")
        return [TextEdit(entry.start, entry.key_end, text), *_indented(layout, entry.start, stop)]
    inner = layout.map((*change.path, entry.key))
    if inner.flow:
        if not inner.entries:
            raise Impossible("there is nothing in the braces")
        head = TextEdit(entry.start, inner.start + 1, f"- {{{change.name}: {key}, ")
        return [head] if "\n" not in layout.text[entry.start : inner.end] else _refuse()
    shift = column + 2 - layout.column(inner.entries[0].start)
    if shift < 0 or "&" in layout.text[entry.key_end : inner.start]:
        raise Impossible("the lines below are too far to the right")
    colon = layout.text.index(":", entry.key_end)
    edits = [TextEdit(entry.start, colon + 1, name)]
    return edits + (_indented(layout, entry.start, stop, shift) if shift else [])


def _refuse() -> list[TextEdit]:
    raise Impossible("this takes more than one line")


def _named_in_brackets(layout: Layout, change: Listed, entry: Entry, style: Style) -> TextEdit:
    path: Path = (*change.path, entry.key)
    value, like = layout.value(path), layout.text[entry.start : entry.key_end]
    key = written_key(change.name, style, like)
    name = f"{{{key}: {written(entry.key, style, like)}, "
    if isinstance(value, dict):
        inner = layout.map(path)
        if not inner.flow or not inner.entries:
            raise Impossible("there is nothing in the braces")
        return TextEdit(entry.start, inner.start + 1, name)
    text = layout.text[entry.value : entry.end]
    return TextEdit(entry.start, entry.end, f"{name}{written_key(change.inner, style, like)}: {text}}}")
