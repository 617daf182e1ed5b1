"""Recorded answers of providers, in a folder: which one a request gets.

    DIR/<route>.json                         a whole answer
    DIR/<route>.sse, .ndjson, .bin           a stream, for requests that ask for one
    DIR/<route>.stream.json                  a stream that is a JSON array
    DIR/<route>.http, <route>.stream.http    the same with status line and headers, as `curl -i` records
    DIR/<route>/<name>.<ending>              several, given in the order of their names, and then from the start again

Of a route with several targets, `<route>.target-2` comes before `<route>`. Nothing outside of the folder is read: no
`..`, no link that leads out, no pipe.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from functools import lru_cache

from aicfg.errors import AicfgError, UsageError
from aicfg.preview.recording import Recording, read_recording
from aicfg.tuples import NamedTuple

MAX_BYTES = 16 * 1024 * 1024
"""So large a recording may be."""

WHOLE = (".json", ".http")
STREAMS = (".sse", ".ndjson", ".bin", ".stream.json", ".stream.http")
_ENDINGS = tuple(sorted((*WHOLE, *STREAMS), key=len, reverse=True))
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]|^\.+")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")


class NoReply(AicfgError):
    """There is no recording for a request, or it cannot be used."""


class Wanted(NamedTuple):
    """What an answer is looked for by. `name` is what the client asks for, of several."""

    route: str
    target: int
    targets: int
    streamed: bool
    name: str | None = None


class Reply(NamedTuple):
    """A recording and its name in the folder."""

    name: str
    recording: Recording


class Replies:
    """The answers in a folder. They are looked up anew with each request. Raises UsageError where it is no folder."""

    def __init__(self, folder: str) -> None:
        if not os.path.isdir(folder):
            raise UsageError("this is no folder", file=folder, hint="give a folder of recorded answers to --replies")
        self.folder = folder
        self._root = os.path.realpath(folder)
        self._turns: dict[tuple[str, bool], int] = {}

    def find(self, wanted: Wanted) -> Reply:
        """The answer for a request. Raises NoReply, which says what to put where."""
        if wanted.name is not None and not _NAME.fullmatch(wanted.name):
            raise NoReply("the name of a reply has letters, digits, `.`, `_` and `-` only")
        endings = STREAMS if wanted.streamed else WHOLE
        for base in _bases(wanted):
            if wanted.name is None:
                single = next((f"{base}{end}" for end in endings if self._is_file(f"{base}{end}")), None)
                if single is not None:
                    return self._reply(single, wanted.streamed)
            several = self._several(base, endings, wanted.name)
            if several:
                turn = self._turns.get((base, wanted.streamed), 0)
                if wanted.name is None:
                    self._turns[base, wanted.streamed] = turn + 1
                return self._reply(several[turn % len(several) if wanted.name is None else 0], wanted.streamed)
        raise NoReply(_missing(wanted), hint=_put(wanted))

    def _several(self, base: str, endings: tuple[str, ...], name: str | None) -> list[str]:
        folder = self._inside(base)
        if folder is None or not os.path.isdir(folder):
            return []
        found = sorted(entry for entry in os.listdir(folder) if not entry.startswith("."))
        return [
            f"{base}/{entry}"
            for entry in found
            if (ending := _ending(entry)) in endings
            and name in (None, entry, entry.removesuffix(ending))
            and self._is_file(f"{base}/{entry}")
        ]

    def _inside(self, name: str) -> str | None:
        """The real path of a name in the folder; None where it leads out."""
        path = os.path.realpath(os.path.join(self._root, name))
        return path if path.startswith(self._root.rstrip(os.sep) + os.sep) else None

    def _is_file(self, name: str) -> bool:
        path = self._inside(name)
        return path is not None and os.path.isfile(path)

    def _reply(self, name: str, streamed: bool) -> Reply:
        path = self._inside(name)
        try:
            if path is None:
                raise OSError
            about = os.stat(path)
            content = _content(path, about.st_mtime_ns, about.st_size)
        except OSError:
            raise NoReply(f"the recording {name} cannot be read") from None
        try:
            return Reply(name, read_recording(content, name, streamed=streamed))
        except UsageError as error:
            raise NoReply(f"the recording {name} cannot be used: {error.message}, line {error.line}") from None


def _bases(wanted: Wanted) -> Iterator[str]:
    name = _UNSAFE.sub("_", wanted.route)[:200]
    if wanted.targets > 1:
        yield f"{name}.target-{wanted.target}"
    yield name


def _ending(name: str) -> str:
    return next((ending for ending in _ENDINGS if name.endswith(ending)), "")


def _missing(wanted: Wanted) -> str:
    what = "stream" if wanted.streamed else "answer"
    named = f" {wanted.name}" if wanted.name else ""
    return f"there is no recorded {what}{named} for route {wanted.route}"


def _put(wanted: Wanted) -> str:
    base = _UNSAFE.sub("_", wanted.route)[:200]
    ending = "sse" if wanted.streamed else "json"
    return f"put one in the folder of replies: {base}{f'/{wanted.name}' if wanted.name else ''}.{ending}"


@lru_cache(maxsize=8)
def _content(path: str, changed: int, size: int) -> bytes:
    """The bytes of a regular file, kept until it changes. Raises OSError."""
    flags = [getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")]
    descriptor = os.open(path, os.O_RDONLY | sum(flags))
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode) or size > MAX_BYTES:
            raise OSError("no file, or too large")
        return file.read(MAX_BYTES)
