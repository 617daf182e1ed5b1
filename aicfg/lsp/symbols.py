"""The parts of a document, for the outline that an editor shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from aicfg.catalog.entities import entity_kinds
from aicfg.lsp.configs import entity_at
from aicfg.lsp.outline import Entry, outlines
from aicfg.lsp.view import View
from aicfg.source import Path
from aicfg.tuples import NamedTuple

Kind = Literal["section", "entry", "value"]

_DEEPEST = 2
_TELLING = ("type", "provider", "plugin", "name", "model", "backend", "url")


class Symbol(NamedTuple):
    """A part of a document: its name, its whole range and that of its name, and the parts in it."""

    name: str
    detail: str
    kind: Kind
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Symbol, ...] = ()


def symbols(text: str) -> list[Symbol]:
    """The parts of a manifest or Kong file; [] for anything else."""
    found = []
    for outline in outlines(text):
        view = View(outline)
        if view.form != "other" and outline.root is not None:
            found += [each for entry in outline.root.entries for each in _symbol(view, (entry.key,), entry)]
    return found


def _symbol(view: View, path: Path, entry: Entry) -> Iterator[Symbol]:
    node = entry.node
    inner: tuple[Symbol, ...] = ()
    deepest = _DEEPEST if view.form == "manifest" else 6
    if node is not None and node.kind != "scalar" and len(path) < deepest:
        inner = tuple(each for below in node.entries for each in _symbol(view, (*path, below.key), below))
    name, detail = str(entry.key), ""
    if isinstance(entry.key, int):
        kind = entity_at(view, path) if view.form != "manifest" else "plugin"
        if kind is None:
            return
        called = view.string((*path, entity_kinds()[kind].name)) or view.string((*path, "name"))
        name, detail = called or f"{kind} {entry.key + 1}", kind
    elif view.form != "manifest" and len(path) > 1 and not (node and node.kind == "list" and inner):
        return
    elif node is not None and node.kind == "map" and len(path) > 1:
        told = (view.string((*path, key)) for key in _TELLING)
        detail = next((text for text in told if text and "://" not in text), "")
    start, end = entry.start, max(entry.end, entry.key_end)
    kind_: Kind = "value" if node is None or node.kind == "scalar" else "section" if len(path) == 1 else "entry"
    yield Symbol(name, detail, kind_, start, end, start, max(entry.key_end, start), inner)
