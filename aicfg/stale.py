"""Whether files on disk are what would be written now, and how they differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from aicfg.files import WriteError


def stale(files: Mapping[Path, str]) -> Iterator[str]:
    """A unified diff for each file that is missing or holds something else, with what looks like a secret masked.

    Raises WriteError for a file that is there and cannot be read.
    """
    for path, text in files.items():
        old = _on_disk(path)
        if old != text:
            yield "".join(_diff(path, old, text))


def _on_disk(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteError(f"cannot read this file: {error.strerror}", file=str(path), hint="check the path") from None


def _diff(path: Path, old: str | None, new: str) -> Iterator[str]:
    """The lines of a unified diff. They are compared as they are, and shown with their secrets masked."""
    before, after = _lines(path, old or ""), _lines(path, new)
    shown = before | after
    name = "/dev/null" if old is None else str(path)
    for line in difflib.unified_diff([*_split(old or "")], [*_split(new)], name, str(path)):
        mark, text = line[:1], line[1:]
        masked = line if line.startswith(("---", "+++", "@@")) and text not in shown else mark + shown.get(text, text)
        yield masked if masked.endswith("\n") else f"{masked}\n\\ No newline at end of file\n"


def _split(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _lines(path: Path, text: str) -> dict[str, str]:
    """Each line of a file, and as it may be shown."""
    from aicfg.errors import AicfgError
    from aicfg.lint.masking import masked_lines
    from aicfg.source import Text, read_bytes

    try:
        documents = read_bytes(text.encode(), str(path)) if path.suffix in (".yaml", ".yml") else []
    except AicfgError:
        documents = []
    source = Text(text, str(path))
    masked = zip(source.lines, masked_lines(source, documents), strict=True)
    return {line: shown + line[len(line.rstrip("\r\n")) :] for line, shown in masked}
