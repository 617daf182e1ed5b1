"""What formatting changes in files, as diffs in which secrets are masked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from aicfg.lint.masking import Mask, secret_variables
from aicfg.lint.reporters.text import printable
from aicfg.source import Document, Text, read_bytes
from aicfg.tuples import NamedTuple
from aicfg.unified import Side, unified


class Formatted(NamedTuple):
    """A manifest before and after: its name and its bytes."""

    name: str
    before: bytes
    after: bytes


def diffs(files: Sequence[Formatted]) -> Iterator[str]:
    """A diff for each file that changes. A variable that holds a secret in one of the files is masked in all."""
    read = [(_read(file.name, file.before), _read(file.name, file.after)) for file in files]
    variables = secret_variables(before for before, _ in read)
    for file, (before, after) in zip(files, read, strict=True):
        if file.before != file.after:
            yield unified(_side(before, variables), _side(after, variables))


def _read(name: str, content: bytes) -> tuple[Text, list[Document]]:
    documents = read_bytes(content, name)
    return documents[0].source, documents


def _side(read: tuple[Text, list[Document]], variables: Collection[str]) -> Side:
    source, documents = read
    mask = Mask(source, documents, variables)
    lines = [line for line in source.lines if line]
    return Side(printable(source.file), lines, lambda number: printable(mask.line(number)))
