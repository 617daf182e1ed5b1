"""Writes output files whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from aicfg.errors import AicfgError


class WriteError(AicfgError):
    """An output file cannot be written."""


def write_files(files: Mapping[Path, str]) -> None:
    """Write all files, or none: each goes to a temporary file beside its place first, then takes its place.

    A symbolic link is followed, the permissions of a file that is there are kept, folders are made. What is there and
    is no regular file (a pipe, /dev/null) is written to as it is: replacing it would destroy it.
    Raises WriteError, with everything as it was, where one cannot be written.
    """
    writing = _Writing()
    path = Path()
    try:
        for path, text in files.items():
            writing.stage(path, text.encode("utf-8"))
        for path in files:
            writing.put_in_place(path)
    except (OSError, ValueError) as error:
        writing.undo()
        reason = getattr(error, "strerror", None) or "not possible"
        raise WriteError(f"cannot write this file: {reason}", file=str(path), hint="check the path") from None
    except BaseException:
        writing.undo()
        raise
    writing.forget()


class _Writing:
    """Files on their way to their places, and how to get back to what was there."""

    def __init__(self) -> None:
        self.staged: dict[Path, tuple[Path, Path]] = {}
        self.special: dict[Path, bytes] = {}
        self.backups: dict[Path, Path] = {}
        self.created: list[Path] = []
        self.folders: list[Path] = []
        self.temporary: list[Path] = []

    def stage(self, path: Path, content: bytes) -> None:
        """Write the content beside its place."""
        place = Path(os.path.realpath(path))
        if place.is_dir():
            raise IsADirectoryError(21, "this is a folder")
        if place.exists() and not place.is_file():
            self.special[path] = content
            return
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(13, "it is write-protected")
        self._make_folder(place.parent)
        temporary = self._new_file(place)
        temporary.write_bytes(content)
        _copy_access(place, temporary)
        self.staged[path] = temporary, place

    def put_in_place(self, path: Path) -> None:
        if path in self.special:
            path.write_bytes(self.special[path])
            return
        temporary, place = self.staged[path]
        if not place.exists():
            self.created.append(place)
        elif place not in self.created and place not in self.backups and len(self.staged) + len(self.special) > 1:
            self._back_up(place)
        os.replace(temporary, place)

    def undo(self) -> None:
        """Bring back what was there, and leave nothing new."""
        for place in self.created:
            with suppress(OSError):
                place.unlink()
        for place, backup in self.backups.items():
            with suppress(OSError):
                os.replace(backup, place)
        self.forget()
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()

    def forget(self) -> None:
        """Remove what was only needed on the way."""
        for temporary in self.temporary:
            with suppress(OSError):
                temporary.unlink()

    def _make_folder(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(exist_ok=True)
            self.folders.append(parent)

    def _new_file(self, place: Path) -> Path:
        """An empty file beside `place`, for its owner alone where it replaces one whose permissions it gets later."""
        path = place.with_name(f".aicfg-{os.urandom(8).hex()}")
        self.temporary.append(path)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if place.exists() else 0o666))
        return path

    def _back_up(self, place: Path) -> None:
        backup = self._new_file(place)
        shutil.copy2(place, backup)
        _copy_access(place, backup)
        self.backups[place] = backup


def _copy_access(place: Path, temporary: Path) -> None:
    """Give a new file the owner and permissions of the one that it replaces."""
    if not place.exists():
        return
    old, new = place.stat(), temporary.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))
