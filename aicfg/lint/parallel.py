"""Lints many files at once, where there are enough of them: each process takes a share, and the first one puts together
what all of them found, in the order of the files. What is said does not depend on who found it.

Workers are forks: they have everything in memory that a run needs, so that starting one costs milliseconds. Where
there is no safe fork (Windows, macOS, a program with threads), or the system has no room for more processes or open
files, one process does all the work.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from aicfg.errors import AicfgError
from aicfg.lint.crash import Crash, read
from aicfg.lint.parts import Part, taken_from, without_documents
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.discovery import Found
    from aicfg.lint.engine import Run

BYTES_EACH = 300_000
"""How much a process should have to read. With half of it, a fork and handing over take as long as they spare."""

_SPARE = 8
"""How many files the first process, which has the most of them open, must be able to open at once beside its pipes."""

_DONE = b"\n"
_BEGUN = b"."


class Task(NamedTuple):
    """A file, and the run that reads it."""

    run: Run
    found: Found


class Outcome(NamedTuple):
    """What a run found in a file, and why it could not read it to its end."""

    part: Part
    problem: AicfgError | Crash | None


def processes_for(files: Sequence[Found], jobs: int | None) -> int:
    """How many processes read some files: up to `jobs`, or as many as pay."""
    if not _can_fork():
        return 1
    return min(jobs or _worthwhile(files), len(files))


def outcomes_of(tasks: Sequence[Task], processes: int) -> Iterator[tuple[int, Outcome]]:
    """What comes of each task, by its number and in their order, when several processes share them.

    Of the tasks of a process that ended early there are only those that it came to.
    """
    by_size = sorted(range(len(tasks)), key=lambda index: -_size(tasks[index].found))
    mine, *others = (by_size[first::processes] for first in range(processes))
    workers: list[_Worker] = []
    try:
        if not _start(workers, [[tasks[index] for index in share] for share in others]):
            mine, others = by_size, []
        outcomes = dict(zip(mine, [_outcome(tasks[index]) for index in mine], strict=True))
        for worker, share in zip(workers, others, strict=True):
            outcomes.update(zip(share, worker.outcomes(), strict=False))
    finally:
        _end(workers)
    return iter(sorted(outcomes.items(), key=lambda outcome: outcome[0]))


def _start(workers: list[_Worker], shares: Sequence[Sequence[Task]]) -> bool:
    """Add a worker for each share; none where the system does not let all of them run."""
    import signal

    spare = list[int]()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # no process is to get lost half-way
    try:
        for tasks in shares:
            workers.append(_Worker(tasks, workers, before))
        for _ in range(_SPARE):
            spare.append(os.dup(workers[0].stream.fileno()))
    except OSError:
        _end(workers)
    finally:
        for number in spare:
            os.close(number)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return bool(workers)


def _end(workers: list[_Worker]) -> None:
    while workers:
        workers.pop().end()


def _can_fork() -> bool:
    if sys.platform in ("win32", "darwin") or not hasattr(os, "fork"):
        return False
    import threading

    return threading.active_count() == 1


def _worthwhile(files: Sequence[Found]) -> int:
    """How many processes pay: there is a core for each, and enough to read."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if cores == 1 else max(1, min(cores, sum(map(_size, files)) // BYTES_EACH))


def _size(found: Found) -> int:
    try:
        return os.path.getsize(found.path)
    except (OSError, ValueError):
        return 0


def _outcome(task: Task) -> Outcome:
    problem: AicfgError | Crash | None = None
    try:
        read(*task)
    except (AicfgError, Crash) as error:
        problem = error
    return Outcome(taken_from(task.run), problem)


class _Worker:
    """A process that lints some files. It tells when it begins with one, and in the end what it found in all.

    `others` are those that run already, `mask` the signals to block. Raises OSError where the system allows no more.
    """

    def __init__(self, tasks: Sequence[Task], others: Sequence[_Worker], mask: Iterable[int]) -> None:
        self.tasks = tasks
        reading, writing = os.pipe()
        self.stream = os.fdopen(reading, "rb")
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _work(tasks, writing, [self.stream, *(other.stream for other in others)], mask)
        except OSError:
            self.stream.close()
            raise
        finally:
            os.close(writing)

    def outcomes(self) -> list[Outcome]:
        """What it found, by file; a Crash at the file that it died of."""
        import pickle

        begun, done, found = self.stream.read().partition(_DONE)
        if done:
            with suppress(EOFError, pickle.UnpicklingError):  # it died while it told
                outcomes: list[Outcome] = pickle.loads(found)
                return outcomes
        nothing, last = Part(), max(len(begun) - 1, 0)
        crash = Crash(self.tasks[last].found.path, "a process ended early")
        return [*(Outcome(nothing, None) for _ in range(last)), Outcome(nothing, crash)]

    def end(self) -> None:
        """End the process, which has nothing to do any more, and clear away what is left of it.

        Where SIGCHLD is ignored, as some programs leave it to those that they start, the system has done so.
        """
        import signal

        self.stream.close()
        with suppress(ChildProcessError, ProcessLookupError):
            if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)


def _work(tasks: Sequence[Task], writing: int, reading: Sequence[BinaryIO], mask: Iterable[int]) -> None:
    """What a worker does. It never returns: buffers and exit handlers are those of the first process.

    `reading` are the ends of pipes for the first process alone: a worker that nobody reads any more has to notice.
    """
    status = 1
    try:
        import pickle
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides, and ends this one
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for stream in reading:
            stream.close()
        with os.fdopen(writing, "wb") as stream:
            pickle.dump(list(_told(tasks, stream)), stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


def _told(tasks: Sequence[Task], stream: BinaryIO) -> Iterator[Outcome]:
    for task in tasks:
        stream.write(_BEGUN)
        stream.flush()
        part, problem = _outcome(task)
        yield Outcome(without_documents(part), problem)
    stream.write(_DONE)
