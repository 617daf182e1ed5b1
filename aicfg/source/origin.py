"""Where a value came from: a Place in a document, and the Origin of something that was built from several."""

from collections.abc import Mapping

from aicfg.frozen import EMPTY
from aicfg.source.document import Document, Path
from aicfg.tuples import NamedTuple


class Place(NamedTuple):
    """A value in a document."""

    document: Document
    path: Path

    def __truediv__(self, part: str | int) -> "Place":
        return Place(self.document, (*self.path, part))


class Origin(NamedTuple):
    """Where an entity and the values in it came from.

    `inner` maps a path inside the entity to its place, only where that differs from where its parent came from.
    Paths below an entry go on in the document; paths that no entry covers lie at `place` itself, or, where the
    entity stands `verbatim` in the file, go on from there.
    """

    place: Place
    inner: Mapping[Path, Place] = EMPTY
    verbatim: bool = False

    @classmethod
    def verbatim_in(cls, document: Document, path: Path = ()) -> "Origin":
        """The origin of what stands in a document just as it is, at `path`."""
        return cls(Place(document, path), EMPTY, True)

    def find(self, path: Path) -> "Place":
        """The place of the value at `path` in the entity."""
        for length in range(len(path) if self.inner else 0, 0, -1):
            found = self.inner.get(path[:length])
            if found is not None:
                return Place(found.document, found.path + path[length:])
        return Place(self.place.document, self.place.path + path) if self.verbatim else self.place
