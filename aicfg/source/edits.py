"""Changes to a document as edits of its text, which leave everything else as it stands, byte for byte.

An edit may be impossible; it is never a guess: whoever makes one reads the outcome again and compares the values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, TypeAlias

from aicfg.patterns import later
from aicfg.source.changes import Append, Change, Gather, Insert, Listed, Move, Remove, Rename, Set, Unlisted, Unwrap
from aicfg.source.document import Document, Path
from aicfg.source.layout import Entry, Impossible, Layout, Map
from aicfg.source.reshaping import TextEdit, in_place_of_block, listed, unlisted, unwrapped
from aicfg.source.writing import Style, block_entry, in_quotes, is_plain, written, written_key
from aicfg.tuples import NamedTuple

_DASHES = later(r"[ \t]*(?:-[ \t]+)+")
_BLOCK_SCALAR = ("|", ">")
_STEP = 2


def edits_for(document: Document, changes: Iterable[Change]) -> tuple[TextEdit, ...] | None:
    """The edits that make some changes together; None where the text does not allow one of them."""
    layout, edits = Layout(document), list[TextEdit]()
    try:
        for change in changes:
            edits += _EDITS[type(change)](layout, change)
    except Impossible:
        return None
    edits = _merged(layout, sorted(edits))
    overlap = any(first.end > second.start or first == second for first, second in pairwise(edits))
    return None if overlap else tuple(edits)


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after edits that do not overlap."""
    pieces, at = [], 0
    for edit in sorted(edits):
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


# ── what goes in ──


class _New(NamedTuple):
    """An entry that is written anew."""

    key: str
    value: Any

    def lines(self) -> list[str]:
        return block_entry(self.key, self.value)

    def inline(self, style: Style, like: str) -> str:
        return f"{written_key(self.key, style, like)}: {written(self.value, style)}"


class _Taken(NamedTuple):
    """An entry as it stands elsewhere in the text."""

    layout: Layout
    entry: Entry
    value: Any
    flow: bool
    name: str = ""
    """Its new name, where it gets one."""

    def lines(self) -> list[str]:
        layout, entry = self.layout, self.entry
        end = entry.end if self.flow else layout.line_stop(entry.end)
        first, *rest = re.split(r"\r\n|\r|\n", layout.text[entry.start : end])
        if self.name:
            key = layout.text[entry.start : entry.key_end]
            first = written_key(self.name, "block", key) + first[entry.key_end - entry.start :]
        if rest and self.flow:
            raise Impossible("lines inside brackets may be indented in any way")
        indent = layout.column(entry.start)
        return [first, *(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in rest)]

    def inline(self, style: Style, like: str) -> str:
        key, text = (
            written_key(self.name or self.entry.key, style, like),
            self.layout.text[self.entry.value : self.entry.end],
        )
        if "\n" in text or "\r" in text or "#" in text or text.startswith(("*", "&", "!")):
            raise Impossible("this takes more than one line")
        if isinstance(self.value, dict | list) and not text.startswith(("{", "[")):
            raise Impossible("a block cannot stand in braces")
        plain = isinstance(self.value, str) and text[:1] not in ("'", '"')
        if style == "json" or (plain and not is_plain(text, style)) or not text:
            text = written(self.value, style)
        return f"{key}: {text}"


class _Nested:
    """Entries inside maps that are not there yet."""

    def __init__(self, keys: tuple[str, ...], *inner: _New | _Taken) -> None:
        self.keys = keys
        self.inner = inner

    def lines(self) -> list[str]:
        lines = [line for one in self.inner for line in one.lines()]
        for key in reversed(self.keys):
            lines = [f"{written_key(key, 'block')}:", *(" " * _STEP + line if line else line for line in lines)]
        return lines

    def inline(self, style: Style, like: str) -> str:
        text = ", ".join(one.inline(style, like) for one in self.inner)
        for key in reversed(self.keys):
            text = f"{written_key(key, style, like)}: {{{text}}}"
        return text


_Incoming: TypeAlias = _New | _Taken | _Nested


# ── the changes ──


def _set(layout: Layout, change: Set) -> list[TextEdit]:
    value, new = layout.value(change.path), json.loads(change.value)
    style = layout.style(change.path[:-1])
    start, end = layout.span(change.path)
    if not layout.text.startswith("*", start):
        start = layout.behind_properties(start, end)
    old = layout.text[start:end].rstrip()
    if isinstance(value, dict | list) and not old.startswith(("{", "[", "*")):
        return [in_place_of_block(layout, change.path, written(new, style if isinstance(new, str) else "flow"))]
    text = in_quotes(new, style) if isinstance(new, str) and change.quoted else written(new, style, old)
    blank = " " * (not old and layout.text[start - 1 : start] in (":", "-"))
    return [TextEdit(start, start + len(old), blank + text)]


def _rename(layout: Layout, change: Rename) -> list[TextEdit]:
    holder, entry = _entry(layout, change.path)
    if change.to in layout.value(change.path[:-1]):
        raise Impossible("there is such a key already")
    style: Style = layout.style(change.path[:-1]) if holder.flow else "block"
    old = layout.text[entry.start : entry.key_end]
    return [TextEdit(entry.start, entry.key_end, written_key(change.to, style, old))]


def _remove(layout: Layout, change: Remove) -> list[TextEdit]:
    return [_removal(layout, *_entry(layout, change.path))]


def _insert(layout: Layout, change: Insert) -> list[TextEdit]:
    return [_insertion(layout, change.path, _New(_key(change.path), json.loads(change.value)))]


def _move(layout: Layout, change: Move) -> list[TextEdit]:
    holder, entry = _entry(layout, change.path)
    if change.to[: len(change.path)] == change.path:
        raise Impossible("a move leads elsewhere")
    name = _key(change.to) if _key(change.to) != _key(change.path) else ""
    taken = _Taken(layout, entry, layout.value(change.path), holder.flow, name)
    above = change.path[:-1]
    inside = change.to[: len(above)] == above and len(change.to) > len(change.path)
    if inside and change.to[len(above)] not in layout.value(above):
        keys = _names(change.to[len(above) : -1])
        return [_wrapping(layout, above, holder, entry, _Nested(keys, taken))]
    return [_removal(layout, holder, entry), _insertion(layout, change.to, taken)]


def _merged(layout: Layout, edits: list[TextEdit]) -> list[TextEdit]:
    """The edits, with what comes into lines that go in the place of those."""
    result: list[TextEdit] = []
    for edit in edits:
        last = result[-1] if result else None
        inside = last is not None and last.start < edit.start < last.end and edit.start == edit.end
        if last is None or not inside or layout.line_start(last.start) != last.start:
            result.append(edit)
            continue
        text = last.text + edit.text.removeprefix(layout.line_end)
        ends = layout.text[last.start : last.end].endswith(layout.line_end)
        result[-1] = TextEdit(last.start, last.end, text + layout.line_end * ends)
    return result


def _append(layout: Layout, change: Append) -> list[TextEdit]:
    items, item = layout.value(change.path), json.loads(change.value)
    if not isinstance(items, list) or not items:
        raise Impossible("there is no item to follow")
    start, end = layout.span((*change.path, len(items) - 1))
    end = start + len(layout.text[start:end].rstrip())
    style = layout.style(change.path)
    if style != "block":
        return [TextEdit(end, end, f", {written(item, style, layout.text[start:end])}")]
    dash = _DASHES.fullmatch(layout.before(start))
    if dash is None or not layout.ends_line(end) or dash.group().count("-") != 1:
        raise Impossible("the last item does not stand in lines of its own")
    stop, text = layout.line_stop(end), written(item, "block", layout.text[start:end])
    return [TextEdit(stop, stop, layout.line_end + dash.group() + text)]


def _gather(layout: Layout, change: Gather) -> list[TextEdit]:
    above = change.path[:-1]
    holder, old = layout.map(above), layout.value(above)
    entries = sorted(((holder.entry(key), name) for key, name in change.keys), key=lambda each: each[0].start)
    if change.path[-1] in old and change.path[-1] not in dict(change.keys):
        raise Impossible("there is such a key already")
    taken = [_Taken(layout, entry, old[entry.key], holder.flow, name) for entry, name in entries]
    first = entries[0][0]
    removals = [_removal(layout, holder, entry) for entry, _ in entries[1:]]
    return [_wrapping(layout, above, holder, first, _Nested((_key(change.path),), *taken)), *removals]


_EDITS: dict[Any, Any] = {
    Set: _set,
    Rename: _rename,
    Remove: _remove,
    Insert: _insert,
    Move: _move,
    Append: _append,
    Gather: _gather,
    Listed: listed,
    Unwrap: unwrapped,
    Unlisted: unlisted,
}


# ── pieces ──


def _key(path: Path) -> str:
    if not path or not isinstance(path[-1], str):
        raise Impossible("an item of a list has no key")
    return path[-1]


def _names(parts: Path) -> tuple[str, ...]:
    if not all(isinstance(part, str) for part in parts):
        raise Impossible("there is no such item")
    return tuple(str(part) for part in parts)


def _entry(layout: Layout, path: Path) -> tuple[Map, Entry]:
    holder = layout.map(path[:-1])
    return holder, holder.entry(_key(path))


def _wrapping(layout: Layout, above: Path, holder: Map, entry: Entry, nested: _Nested) -> TextEdit:
    """Put an entry into maps that take its place."""
    if holder.flow:
        like = layout.text[entry.start : entry.key_end]
        return TextEdit(entry.start, entry.end, nested.inline(layout.style(above), like))
    if not layout.ends_line(entry.end):
        raise Impossible("something follows in the line")
    indent = layout.line_end + " " * layout.column(entry.start)
    return TextEdit(entry.start, layout.line_stop(entry.end), indent.join(nested.lines()))


def _removal(layout: Layout, holder: Map, entry: Entry) -> TextEdit:
    index, entries = holder.entries.index(entry), holder.entries
    if holder.flow:
        return _removal_in_braces(layout, holder, index)
    if not layout.ends_line(entry.end):
        raise Impossible("something follows in the line")
    if len(entries) == 1:
        return _emptied(layout, holder, entry)
    before = layout.before(entry.start)
    if not before.strip():
        return TextEdit(layout.line_start(entry.start), layout.next_line(entry.end), "")
    if _DASHES.fullmatch(before) and index + 1 < len(entries):
        return _without_comment(layout, entry.start, entry.end, entries[index + 1].start)
    raise Impossible("the key does not stand in a line of its own")


def _removal_in_braces(layout: Layout, holder: Map, index: int) -> TextEdit:
    entry, entries = holder.entries[index], holder.entries
    if index + 1 < len(entries):
        return _without_comment(layout, entry.start, entry.end, entries[index + 1].start)
    start = entries[index - 1].end if index else entry.start
    if "#" in layout.text[start : entry.start]:
        raise Impossible("a comment stands here")
    return TextEdit(start, entry.end, "")


def _without_comment(layout: Layout, start: int, end: int, next_start: int) -> TextEdit:
    """Cut from one entry to the next, unless a comment stands between them."""
    if "#" in layout.text[end:next_start]:
        raise Impossible("a comment stands here")
    return TextEdit(start, next_start, "")


def _emptied(layout: Layout, holder: Map, entry: Entry) -> TextEdit:
    """What is left of a block whose only key goes: an empty map."""
    gap = re.search(r":[ \t]*(?:\r\n|\r|\n)[ \t]*\Z", layout.text[: holder.start])
    if gap is None or holder.start != entry.start:
        raise Impossible("nothing would be left here")
    return TextEdit(gap.start() + 1, entry.end, " {}")


def _insertion(layout: Layout, path: Path, incoming: _New | _Taken) -> TextEdit:
    """Put an entry at a path, with the maps that are missing on the way."""
    known = _longest(layout, path[:-1])
    keys = _names(path[len(known) : -1])
    new: _Incoming = _Nested(keys, incoming) if keys else incoming
    into = layout.value(known)
    if into is None and known:
        return _into_null(layout, known, new)
    holder = layout.map(known)
    if path[len(known)] in into:
        raise Impossible("there is such a key already")
    if holder.flow:
        return _into_braces(layout, holder, known, new)
    if not known and str(path[0]).startswith("_") and not keys:
        first = holder.entries[0].start if holder.entries else -1
        if first == layout.line_start(first):  # what a file says of itself stands first
            return TextEdit(first, first, layout.line_end.join([*new.lines(), ""]))
    entries = [one for one in holder.entries if not layout.text.startswith(_BLOCK_SCALAR, one.value)]
    if not entries or not layout.ends_line(entries[-1].end):
        raise Impossible("there is no line to follow")
    column = layout.column(entries[-1].start)
    stop, indent = layout.line_stop(entries[-1].end), layout.line_end + " " * column
    return TextEdit(stop, stop, indent + indent.join(new.lines()))


def _longest(layout: Layout, path: Path) -> Path:
    """The beginning of a path that is there: its last value is a map or null."""
    value, known = layout.document.data, ()
    for part in path:
        if isinstance(value, dict) and part not in value:
            break
        try:
            value, known = value[part], (*known, part)  # type: ignore[assignment]
        except (LookupError, TypeError):
            raise Impossible("the path leads through a value") from None
    return known


def _into_null(layout: Layout, path: Path, new: _Incoming) -> TextEdit:
    start, end = layout.span(path)
    style = layout.style(path[:-1])
    if style == "block" and start == end and isinstance(path[-1], str) and layout.ends_line(end):
        _, entry = _entry(layout, path)
        stop, column = layout.line_stop(entry.end), layout.column(entry.start) + _STEP
        indent = layout.line_end + " " * column
        return TextEdit(stop, stop, indent + indent.join(new.lines()))
    start = layout.behind_properties(start, end)
    if layout.text.startswith("*", start):
        raise Impossible("an alias stands here")
    text = "{" + new.inline("flow" if style == "block" else style, "") + "}"
    return TextEdit(start, end, " " * (layout.text[start - 1 : start] == ":") + text)


def _into_braces(layout: Layout, holder: Map, path: Path, new: _Incoming) -> TextEdit:
    style: Style = layout.style(path)
    if not holder.entries:
        if layout.text[holder.start : holder.end].strip("{} \t"):
            raise Impossible("something stands in the braces")
        return TextEdit(holder.start, holder.end, "{" + new.inline(style, "") + "}")
    last = holder.entries[-1]
    before = layout.before(last.start)
    between = ", " if before.strip() else "," + layout.line_end + before
    end = max(last.end, last.key_end)
    return TextEdit(end, end, between + new.inline(style, layout.text[last.start : last.key_end]))
