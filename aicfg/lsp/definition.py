"""Where the name at an offset is defined and used: in the same text, or in another file of the manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator

from aicfg.lsp.cursor import Spot, spot_at
from aicfg.lsp.outline import Node, Outline, outlines, walk
from aicfg.lsp.references import Reference, defined_at, references_in
from aicfg.lsp.view import ALONE, Context, View, view_at
from aicfg.lsp.workspace import Buffer, Buffers, Roots, sources_of, text_of
from aicfg.tuples import NamedTuple


class Location(NamedTuple):
    """A range of a text, by the name of its file."""

    file: str
    text: str
    start: int
    end: int


def definitions(
    buffer: Buffer, offset: int, buffers: Buffers, roots: Roots = (), context: Context = ALONE
) -> list[Location]:
    """Where what stands at an offset is defined; [] where it is no name of something."""
    text = buffer.body
    view = view_at(text, offset, context)
    spot = spot_at(view.outline, offset)
    if spot is None or view.form == "other":
        return []
    if spot.part == "value" and spot.node is not None and spot.node.alias:
        anchor = view.outline.target(spot.node) or view.outline.anchors.get(spot.node.alias)
        return [Location(buffer.name, text, *_anchor(text, anchor))] if anchor else []
    if spot.part == "value" and view.form == "manifest" and spot.path[:1] == ("include",):
        return list(_included(buffer, spot, buffers))
    wanted = _referred(view, spot, offset)
    if wanted is None:
        return []
    files = _files(buffer, view, buffers, roots)
    return [place for name, other in files for place in _places(name, other, wanted)]


def uses(buffer: Buffer, offset: int, buffers: Buffers, roots: Roots = (), context: Context = ALONE) -> list[Location]:
    """Where what stands at an offset is used, be it a name or its definition."""
    view = view_at(buffer.body, offset, context)
    spot = spot_at(view.outline, offset)
    if spot is None or view.form == "other":
        return []
    wanted = _referred(view, spot, offset) or defined_at(view, spot.path)
    if wanted is None:
        return []
    files = _files(buffer, view, buffers, roots)
    return [place for name, other in files for place in _used(name, other, wanted)]


def _referred(view: View, spot: Spot, offset: int) -> Reference | None:
    """What the scalar at an offset refers to there."""
    if spot.part == "key":
        return None
    found = references_in(view, spot.path, view.outline.text[spot.start : spot.end])
    return next((each for each, start, end in found if spot.start + start <= offset <= spot.start + end), None)


def _used(file: str, text: str, wanted: Reference) -> Iterator[Location]:
    """Where a text refers to something."""
    for outline in outlines(text):
        view = View(outline)
        for path, entry in walk(outline.root) if view.form != "other" else ():
            node = entry.node
            if node is None or node.kind != "scalar":
                continue
            for each, start, end in references_in(view, path, text[node.start : node.end]):
                if each == wanted:
                    yield Location(file, text, node.start + start, node.start + end)


def _anchor(text: str, node: Node) -> tuple[int, int]:
    """The range of the anchor before a node."""
    sign = f"&{node.anchor}"
    start = text.rfind(sign, 0, node.start)
    return (start, start + len(sign)) if start >= 0 else (node.start, node.start)


def _included(buffer: Buffer, spot: Spot, buffers: Buffers) -> Iterator[Location]:
    """The file that an entry of `include` names, where the manifest has it."""
    if buffer.path is None or spot.node is None or not spot.node.text:
        return
    sources = sources_of(buffer.path, buffers)
    wanted = os.path.realpath(os.path.join(os.path.dirname(buffer.path), spot.node.text))
    if sources is not None and wanted in sources.paths:
        yield Location(os.path.normpath(os.path.join(os.path.dirname(buffer.path), spot.node.text)), "", 0, 0)


def _files(buffer: Buffer, view: View, buffers: Buffers, roots: Roots) -> Iterator[tuple[str, str]]:
    """The texts of all files of the manifest, the one at hand first."""
    yield buffer.name, buffer.body
    if buffer.path is None or view.form != "manifest":
        return
    told = {os.path.realpath(buffer.path)}
    open_ones = {os.path.realpath(each.path): each for each in buffers.values() if each.path}
    for root in roots or (buffer.path,):
        sources = sources_of(root, buffers)
        for path in sources.paths if sources else ():
            if path not in told:
                told.add(path)
                known = open_ones.get(path)
                yield (known.name, known.body) if known else (path, text_of(path))


def _places(file: str, text: str, wanted: Reference) -> Iterator[Location]:
    """Where a text defines a name: in the section itself and in those of environments."""
    for outline in outlines(text):
        if wanted.field is not None:
            yield from _entities(file, outline, wanted)
            continue
        environments = outline.names("environments")
        for path in ((wanted.section,), *(("environments", name, wanted.section) for name in environments)):
            section = outline.find(path)
            for entry in section.entries if section and section.kind == "map" else ():
                if entry.key == wanted.name:
                    yield Location(file, text, entry.start, entry.key_end)


def _entities(file: str, outline: Outline, wanted: Reference) -> Iterator[Location]:
    """Entities of a Kong file by their name or ID, nested ones too."""
    for path, entry in walk(outline.root):
        named = entry.key in (wanted.field, "id") and entry.node is not None and entry.node.text == wanted.name
        if named and entry.node and path[-3:-2] == (wanted.section,):
            yield Location(file, outline.text, entry.node.start, entry.node.end)
