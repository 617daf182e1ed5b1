"""The document that composing gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.manifest.compose.merge import Piece
from aicfg.manifest.compose.variables import Unresolved
from aicfg.source import Document, Path, Range
from aicfg.source.document import texts_in


class Composed(Document):
    """A manifest that was put together. It looks like a document of one file, and knows where each value stands.

    `unused` are variables that nothing names: their texts are looked at all the same. `unresolved` are the paths of
    texts that name variables without a value.
    """

    def __init__(self, piece: Piece, base: Document, unused: Mapping[str, Any], has_gaps: bool) -> None:
        super().__init__(piece.value, base.source, base.spans, base.root)
        self.piece = piece
        self.unused = unused
        self.unresolved = frozenset(_unresolved_in(piece.value)) if has_gaps else frozenset()

    def stands_at(self, path: Path, *, key: bool = False) -> tuple[Document, Path]:
        place = self.piece.find(path)
        return place.document.stands_at(place.path, key=key)

    def source_text(self, path: Path) -> str | None:
        place = self.piece.find(path)
        return place.document.source_text(place.path)

    def locate(self, path: Path, *, key: bool = False) -> Range:
        document, at = self.stands_at(path, key=key)
        return document.locate(at, key=key)

    def texts(self) -> Iterator[tuple[Path, str]]:
        yield from (found for found in super().texts() if found[1].__class__ is not Unresolved)
        yield from texts_in(self.unused, ("variables",))


def _unresolved_in(value: Any) -> Iterator[Path]:
    return (path for path, text in texts_in(value, ()) if text.__class__ is Unresolved)
