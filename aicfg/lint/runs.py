"""Runs over files that have settings of their own: one for each of the settings, looked at as if they were one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from aicfg.errors import AicfgError
from aicfg.frozen import EMPTY
from aicfg.lint.crash import Crash, read
from aicfg.lint.diagnostic import Report, in_order
from aicfg.lint.discovery import STDIN, Found
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings
from aicfg.source import Document, Text

if TYPE_CHECKING:
    from aicfg.lint.summary import Tally


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
    def sources(self) -> Mapping[str, tuple[Text, Sequence[Document]]]:
        """All that was read, by the names of files, in the order of reading."""
        return {file: run.sources[file] for file, run in self._owners.items()}

    def read_all(
        self, files: Sequence[Found], given: tuple[bytes, str] | None = None, jobs: int | None = None
    ) -> list[AicfgError]:
        """Read and lint files, in up to `jobs` processes (None: as many as pay). Gives back why some cannot be read.

        `given` is what came on standard input, and its name. Raises Crash for the first file that aicfg has a bug with.
        """
        if len(files) > 1 and given is None and self.tally is None and jobs != 1:
            from aicfg.lint.parallel import processes_for  # which costs something, too

            processes = processes_for(files, jobs)
            if processes > 1:
                return self._read_in(processes, files)
        failed = []
        for found in files:
            try:
                if found.path == STDIN and given is not None:
                    self.read_content(*given)
                else:
                    self.read(found)
            except AicfgError as error:
                failed.append(error)
        return failed

    def _read_in(self, processes: int, files: Sequence[Found]) -> list[AicfgError]:
        """Read and lint files in several processes, as if it had been one after the other."""
        from aicfg.lint.parallel import Task, outcomes_of
        from aicfg.lint.parts import put_into

        tasks, places, problems = list[Task](), list[int](), dict[int, AicfgError]()
        for place, found in enumerate(files):
            try:
                tasks.append(Task(self.run_over(found.path), found))
                places.append(place)
            except AicfgError as error:
                problems[place] = error
        for number, outcome in outcomes_of(tasks, processes):
            if isinstance(outcome.problem, Crash):
                raise outcome.problem
            run, found = tasks[number]
            before = len(run.sources)
            put_into(run, outcome.part, found.path)
            self._know(run, before)
            if outcome.problem is not None:
                problems[places[number]] = outcome.problem
        return [problems[place] for place in sorted(problems)]

    def read(self, found: Found) -> None:
        """Read and lint a file. Raises AicfgError for one that cannot be read, and Crash where a rule has a bug."""
        run = self.run_over(found.path)
        before = len(run.sources)
        try:
            read(run, found)
        finally:
            self._know(run, before)

    def read_content(self, content: bytes, file: str) -> None:
        """Read and lint a text that stands in no file: the settings of the current folder count."""
        run = self.run_over(STDIN)
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

    def run_over(self, path: str) -> Run:
        """The run that a file belongs to. Raises AicfgError for settings that cannot be used."""
        return self._run_with(self.settings_of(path))

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
