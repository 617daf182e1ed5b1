"""Lints many files at once, where there are enough of them: each process takes a share, and the first one puts together
what all of them found, in the order of the files. What is said does not depend on who found it.

Workers are forks: they have everything in memory that a run needs, so that starting one costs milliseconds. Where
there is no safe fork (Windows, macOS, a program with threads), one process does all the work.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, overload

from aicfg.errors import AicfgError
from aicfg.lint.engine import Part, Run, wanted
from aicfg.source import Document, Text
from aicfg.source.reader import read_text
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.discovery import Found

BYTES_EACH = 300_000
"""How much a process should have to read. With half of it, a fork and handing over take as long as they spare."""

_DONE = b"\n"
_BEGUN = b"."


class Crash(Exception):
    """A bug that linting a file ran into: the file, the name of the exception, and its traceback."""

    def __init__(self, file: str, kind: str, trace: str = "") -> None:
        super().__init__(f"{kind} in {file}\n{trace}")
        self.file = file
        self.kind = kind
        self.trace = trace

    def __reduce__(self) -> tuple[type[Crash], tuple[str, str, str]]:
        return Crash, (self.file, self.kind, self.trace)


class Outcome(NamedTuple):
    """What came of a file: what a run found in it, and why it could not be read to its end."""

    part: Part
    problem: AicfgError | Crash | None


def read_all(run: Run, files: Sequence[Found], jobs: int | None = None) -> list[AicfgError]:
    """Read and lint files into a run, in up to `jobs` processes (None: as many as pay). Gives back what cannot be read.

    Raises Crash for the first file that aicfg has a bug with.
    """
    outcomes = _outcomes(run, files, min(jobs or _worthwhile(files), len(files)) if _can_fork() else 1)
    failed = []
    for part, problem in outcomes:
        if isinstance(problem, Crash):
            raise problem
        run.take(part)
        if problem is not None:
            failed.append(problem)
    return failed


def _can_fork() -> bool:
    if sys.platform in ("win32", "darwin") or not hasattr(os, "fork"):
        return False
    import threading

    return threading.active_count() == 1


def _worthwhile(files: Sequence[Found]) -> int:
    """How many processes pay: there is a core for each, and enough to read."""
    if len(files) < 2:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if cores == 1 else max(1, min(cores, sum(map(_size, files)) // BYTES_EACH))


def _size(found: Found) -> int:
    try:
        return os.path.getsize(found.path)
    except (OSError, ValueError):
        return 0


def _outcomes(run: Run, files: Sequence[Found], processes: int) -> Iterator[Outcome]:
    if processes < 2:
        return (_outcome(run, found) for found in files)
    by_size = sorted(range(len(files)), key=lambda index: -_size(files[index]))
    mine, *others = (by_size[first::processes] for first in range(processes))
    workers = [_Worker(run, [files[index] for index in share]) for share in others]
    try:
        outcomes = dict(zip(mine, [_outcome(run, files[index]) for index in mine], strict=True))
        for worker, share in zip(workers, others, strict=True):
            outcomes.update(zip(share, worker.outcomes(), strict=False))
    finally:
        for worker in workers:
            worker.end()
    return (outcomes[index] for index in sorted(outcomes))


def _outcome(run: Run, found: Found) -> Outcome:
    problem: AicfgError | Crash | None = None
    try:
        run.read(found.path, named=found.named)
    except AicfgError as error:
        problem = error
    except Exception as error:
        import traceback

        problem = Crash(found.path, type(error).__name__, traceback.format_exc())
    return Outcome(run.hand_over(), problem)


class _Worker:
    """A process that lints some files. It tells when it begins with one, and in the end what it found in all."""

    def __init__(self, run: Run, files: Sequence[Found]) -> None:
        self.files = files
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _work(run, files, writing)
        os.close(writing)
        self.stream = os.fdopen(reading, "rb")

    def outcomes(self) -> list[Outcome]:
        """What it found, by file; a Crash at the file that it died of."""
        import pickle

        begun, done, found = self.stream.read().partition(_DONE)
        if done:
            outcomes: list[Outcome] = pickle.loads(found)
            return outcomes
        nothing, last = Part(), max(len(begun) - 1, 0)
        crash = Crash(self.files[last].path, "a process ended early")
        return [*(Outcome(nothing, None) for _ in range(last)), Outcome(nothing, crash)]

    def end(self) -> None:
        """End the process, which has nothing to do any more, and clear away what is left of it."""
        import signal

        self.stream.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _work(run: Run, files: Sequence[Found], writing: int) -> None:
    """What a worker does. It never returns: buffers and exit handlers are those of the first process."""
    import pickle
    import signal

    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with os.fdopen(writing, "wb") as stream:
            pickle.dump(list(_told(run, files, stream)), stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


def _told(run: Run, files: Sequence[Found], stream: BinaryIO) -> Iterator[Outcome]:
    for found in files:
        stream.write(_BEGUN)
        stream.flush()
        part, problem = _outcome(run, found)
        sources = {name: (text, Later(text, len(documents))) for name, (text, documents) in part.sources.items()}
        yield Outcome(part._replace(sources=sources), problem)
    stream.write(_DONE)


class Later(Sequence[Document]):
    """The documents of a text that another process has read: read again as soon as somebody looks into one."""

    def __init__(self, source: Text, number: int) -> None:
        self.source = source
        self.number = number

    def __reduce__(self) -> tuple[type[Later], tuple[Text, int]]:
        return Later, (self.source, self.number)

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | Sequence[Document]:
        return self._documents[index]

    @cached_property
    def _documents(self) -> list[Document]:
        return wanted(read_text(self.source.text, self.source.file), self.source.file) if self.number else []
