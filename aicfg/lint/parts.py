"""What one file gives to a run, taken out of the run that read it, so that another one can take it in.

On the way from one process to another, the documents of a file are left behind: who looks into one reads it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, overload

from aicfg.catalog.entities import entity_kinds
from aicfg.frozen import EMPTY
from aicfg.kong.detect import wanted
from aicfg.kong.parse import Item, KongFile
from aicfg.source import Document, Text, read_text
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway
    from aicfg.kong.detect import Form
    from aicfg.lint.diagnostic import Diagnostic
    from aicfg.lint.engine import Run
    from aicfg.lint.secrets import Spot
    from aicfg.source import Path

Documents = Sequence[Document]


class Part(NamedTuple):
    """What a run found in one file, and in those that it includes. `spots` are the secrets of files with findings, as
    far as they depend on no other file. The other fields are the run's own."""

    diagnostics: Sequence[Diagnostic] = ()
    sources: Mapping[str, tuple[Text, Documents]] = EMPTY
    kong_files: Sequence[Any] = ()
    met: frozenset[tuple[str, str]] = frozenset()
    sought: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    spots: Mapping[str, Sequence[Spot]] = EMPTY


def taken_from(run: Run) -> Part:
    """All that was found since the run began, or since this was asked last."""
    part = Part(
        run.diagnostics,
        run.sources,
        run.kong_files,
        frozenset(run.met),
        frozenset(run.sought),
        frozenset(run.partial),
        frozenset(run.included),
    )
    run.diagnostics, run.sources, run.kong_files = [], {}, []
    run.met, run.sought, run.partial, run.included = set(), set(), set(), set()
    return part


def put_into(run: Run, part: Part, read: str) -> None:
    """Add a part to a run with the same settings, as if this had read the file `read`.

    What that is in itself counts for more than what it is to those that include it.
    """
    run.diagnostics += part.diagnostics
    for file, source in part.sources.items():
        if file == read or file not in run.sources:
            run.sources[file] = source
    run.kong_files += part.kong_files
    run.met |= part.met
    run.sought |= part.sought
    run.partial |= part.partial
    run.included |= part.included
    run.spots.update(part.spots)


def without_documents(part: Part) -> Part:
    """A part as it goes to another process."""
    from aicfg.lint.masking import spots_alone

    sources = {file: (text, Later.of(text, documents)) for file, (text, documents) in part.sources.items()}
    found = {diagnostic.file for diagnostic in part.diagnostics}
    spots = {file: spots_alone(*source) for file, source in part.sources.items() if file in found}
    return part._replace(
        sources=sources,
        kong_files=[_Entities.of(file, sources[file.document.file][1]) for file in part.kong_files],
        spots={file: known for file, known in spots.items() if known is not None},
    )


class Later(Sequence[Document]):
    """The documents of a text that another process has read: read again as soon as somebody looks into one."""

    def __init__(self, source: Text, number: int, template: bool) -> None:
        self.source = source
        self.number = number
        self.template = template

    @classmethod
    def of(cls, source: Text, documents: Documents) -> Later:
        return cls(source, len(documents), any(document.template for document in documents))

    def __reduce__(self) -> tuple[object, ...]:
        return Later, (self.source, self.number, self.template)

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> Documents: ...
    def __getitem__(self, index: int | slice) -> Document | Documents:
        return self._documents[index]

    @cached_property
    def _documents(self) -> Documents:
        file = self.source.file
        return wanted(read_text(self.source.text, file, template=self.template), file) if self.number else []


class _Again:
    """Stands for the one document of a text: whatever is asked but for its file and its text, that document answers."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self.source = later.source
        self.file = later.source.file
        self.template = later.template

    def __getattr__(self, name: str) -> Any:
        return getattr(self._later[0], name)


class _Entities(NamedTuple):
    """What is sent of a Kong file: of each entity its kind, its names and references, and its path. It arrives as a
    KongFile of no more than these."""

    later: Later
    form: Form
    gateway: Gateway
    about: Mapping[str, Any]
    items: Sequence[tuple[str, Mapping[str, Any], Path]]

    @classmethod
    def of(cls, file: KongFile, later: Later) -> _Entities:
        items = []
        for kind, fields, path, _ in file.items:
            names = (kind.name, "id", *kind.refers)
            items.append((kind.kind, {key: fields[key] for key in names if key in fields}, path))
        return cls(later, file.form, file.gateway, dict(file.about), items)

    def __reduce__(self) -> tuple[object, ...]:
        return _kong_file, tuple(self)


def _kong_file(*sent: Any) -> KongFile:
    later, form, gateway, about, items = sent
    kinds = entity_kinds()
    entities = tuple(Item(kinds[kind], fields, path) for kind, fields, path in items)
    return KongFile(cast(Document, _Again(later)), form, entities, gateway, about)
