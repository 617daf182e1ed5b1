"""A fix of a finding: edits of the text of one file."""

from __future__ import annotations

from aicfg.source import Range
from aicfg.source.changes import Change
from aicfg.tuples import NamedTuple


class Edit(NamedTuple):
    """Put `text` in place of a part of a file: from the offset `start` to `end`, in characters, which is at `place`.

    `text` may repeat a secret that stands elsewhere in the file: `shown` is the text as it may be printed.
    """

    file: str
    start: int
    end: int
    text: str
    place: Range
    shown: str

    def __repr__(self) -> str:
        return f"Edit({self.file!r}, {self.start}, {self.end}, {self.shown!r})"


class Fix(NamedTuple):
    """What mends a finding: a title in a few words, and the edits, in order, all of one file.

    `safe`: it can only be what was meant; otherwise somebody should look at the outcome. `changes` are what the edits
    mean for the values of the file, `uses` how many places repeat what they change, which all have to agree.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True
    changes: tuple[Change, ...] = ()
    uses: int = 1

    def __repr__(self) -> str:
        return f"Fix({self.title!r}, {self.edits!r}, safe={self.safe})"

    @property
    def file(self) -> str:
        return self.edits[0].file
