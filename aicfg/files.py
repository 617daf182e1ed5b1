"""Writes output files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aicfg.errors import AicfgError


class WriteError(AicfgError):
    """An output file cannot be written."""


def write_files(files: Mapping[Path, str]) -> None:
    """Write all files, or none: each goes to a temporary file beside its place first, then takes its place.

    What is there and is no regular file (a pipe, /dev/null) is written to as it is: replacing it would destroy it.
    Raises WriteError, with nothing changed, where one cannot be written.
    """
    staged: list[tuple[str, Path]] = []
    special = {path: text for path, text in files.items() if path.exists() and not (path.is_file() or path.is_dir())}
    try:
        for path, text in files.items():
            if path not in special:
                staged.append((_stage(path, text), path))
        for temporary, path in staged:
            os.replace(temporary, path)
        for path, text in special.items():
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        for temporary, _ in staged:
            if os.path.exists(temporary):
                os.unlink(temporary)
        reason = error.strerror or "not possible"
        raise WriteError(f"cannot write this file: {reason}", file=str(path), hint="check the path") from None


def _stage(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(21, "this is a folder")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    os.chmod(temporary, mode)
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
