"""Whether files on disk are what would be written now, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from aicfg.files import WriteError
from aicfg.unified import Side, unified

_NO_END = "\n\\ No newline at end of file"


def stale(files: Mapping[Path, str]) -> Iterator[str]:
    """A unified diff for each file that is missing or holds something else, with what looks like a secret masked.

    Raises WriteError for a file that is there and cannot be read.
    """
    for path, text in files.items():
        old = _on_disk(path)
        if old != text:
            name = "/dev/null" if old is None else str(path)
            yield unified(_side(name, path, old or ""), _side(str(path), path, text))


def _on_disk(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteError(f"cannot read this file: {error.strerror}", file=str(path), hint="check the path") from None


def _side(name: str, path: Path, text: str) -> Side:
    """A text, and its lines as they may be shown."""
    from aicfg.errors import AicfgError
    from aicfg.lint.masking import Mask
    from aicfg.source import Text, read_bytes

    try:
        documents = read_bytes(text.encode(), str(path)) if path.suffix in (".yaml", ".yml") else []
    except AicfgError:
        documents = []
    source = Text(text, str(path))
    mask, lines = Mask(source, documents), [line for line in source.lines if line]

    def shown(number: int) -> str:
        end = lines[number - 1][len(lines[number - 1].rstrip("\r\n")) :]
        return mask.line(number) + (end.removesuffix("\n") if end else _NO_END)

    return Side(name, lines, shown)
