"""Runs over files that have settings of their own: one for each of the settings, looked at as if they were one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from aicfg.errors import AicfgError
from aicfg.frozen import EMPTY
from aicfg.lint.diagnostic import Report, in_order
from aicfg.lint.discovery import STDIN, Found
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings
from aicfg.source import Document, Text

if TYPE_CHECKING:
    from aicfg.lint.summary import Tally


class Crash(Exception):
    """A bug that linting a file ran into: the file, and the name of the exception, which is the cause of this one."""

    def __init__(self, file: str, kind: str) -> None:
        super().__init__(f"{kind} in {file}")
        self.file = file
        self.kind = kind


class Runs:
    """Lints files with the settings that `settings` gives for each path. `first` are those of the first path. A
    `tally` counts what is looked into.

    Raises UsageError for settings that name a target that does not exist, and else as `Run` does.
    """

    def __init__(
        self,
        first: Settings,
        settings: Callable[[str], Settings],
        edited: Mapping[str, bytes] = EMPTY,
        tally: Tally | None = None,
    ) -> None:
        self.settings_of = settings
        self.edited = edited
        self.tally = tally
        self._runs: dict[int, Run] = {}
        self._owners: dict[str, Run] = {}
        self._run_with(first)

    @property
    def all(self) -> tuple[Run, ...]:
        return tuple(self._runs.values())

    @property
    def sources(self) -> Mapping[str, tuple[Text, list[Document]]]:
        """All that was read, by the names of files, in the order of reading."""
        return {file: run.sources[file] for file, run in self._owners.items()}

    def read(self, found: Found) -> None:
        """Read and lint a file. Raises AicfgError for one that cannot be read, and Crash where a rule has a bug."""
        run = self._run_with(self.settings_of(found.path))
        before = len(run.sources)
        try:
            run.read(found.path, named=found.named)
        except AicfgError:
            raise
        except Exception as error:
            raise Crash(found.path, type(error).__name__) from error
        finally:
            self._know(run, before)

    def read_content(self, content: bytes, file: str) -> None:
        """Read and lint a text that stands in no file: the settings of the current folder count."""
        run = self._run_with(self.settings_of(STDIN))
        before = len(run.sources)
        try:
            run.read_content(content, file)
        finally:
            self._know(run, before)

    def check_choice(self) -> None:
        """Raises UsageError for an environment or a variable that was asked for and that no manifest had."""
        next(iter(self._runs.values())).check_choice()

    def report(self) -> Report:
        """What was found and is not silenced."""
        reports = [run.report() for run in self._runs.values()]
        if len(reports) == 1:
            return reports[0]
        return Report(in_order(chain.from_iterable(each.diagnostics for each in reports)), tuple(self._owners))

    def source_line(self, file: str, line: int) -> str:
        """A line of a file that was read, as it may be shown: secrets masked."""
        return self._owners[file].source_line(file, line) if file in self._owners else ""

    def _run_with(self, settings: Settings) -> Run:
        if id(settings) not in self._runs:  # each run keeps its settings, so that no other can have their id
            self._runs[id(settings)] = Run(settings, self.edited)
            self._runs[id(settings)].tally = self.tally
            for run in self._runs.values():
                run.siblings = self.all
        return self._runs[id(settings)]

    def _know(self, run: Run, before: int) -> None:
        for file in islice(run.sources, before, None):
            self._owners.setdefault(file, run)
