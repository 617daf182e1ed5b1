"""One round of `lint`: reads what counts, lints, writes the reports. `--watch` goes through it again and again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._options import fixed_settings, read_input, show_error
from aicfg.cli._reports import Shown, write_reports
from aicfg.cli._silencing import Asked, settings_text
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.discovery import Discovery
    from aicfg.lint.engine import Run
    from aicfg.lint.nearest import Nearest
    from aicfg.lint.settings import Settings, SettingsFile
    from aicfg.lint.summary import Tally
    from aicfg.manifest.choice import Choice


class Wanted(NamedTuple):
    """What is to be linted, and with which settings over those of the files."""

    paths: tuple[str, ...]
    choice: Choice
    gateway: str | None
    edition: str | None
    select: str | None
    ignore: str | None
    exclude: tuple[str, ...]
    schemas: Mapping[str, str]
    config: str | None
    isolated: bool
    force_exclude: bool
    standard_input: str | None
    """The file that `-` stands for."""
    jobs: int | None
    """How many processes may lint; None: as many as pay."""

    def made(self, file: SettingsFile) -> Settings:
        """The settings that a settings file stands for, with those of the command line over it."""
        settings = file.settings(self.gateway, self.edition, self.select, self.ignore, self.schemas)
        return settings._replace(choice=self.choice)

    def discover(self, nearest: Nearest) -> Discovery:
        """The files to lint."""
        from aicfg.lint.discovery import STDIN, discover
        from aicfg.lint.settings import excludes_of

        excludes, name = excludes_of(self.exclude), self.standard_input

        def found(paths: Sequence[str]) -> Discovery:
            return discover(paths, excludes, nearest.excludes, standard_input=name, force=self.force_exclude)

        if not self.force_exclude:
            return found(self.paths)
        from aicfg.manifest.compose.files import wholes_above

        # a hook names the part of a manifest that changed, which says nothing without the rest
        named = [name if path == STDIN and name is not None else path for path in self.paths]
        return found((*self.paths, *wholes_above([path for path in named if os.path.isfile(path)])))


class Fixing(NamedTuple):
    """What is to be mended."""

    fix: bool
    unsafe: bool
    diff: bool


class Round:
    """What a round needs to know, and what it has learnt: `nearest` and `runs`, for who watches their files."""

    def __init__(self, wanted: Wanted, asked: Asked, show: Shown, fixing: Fixing, *, summary: bool = False) -> None:
        self.wanted, self.asked, self.show, self.fixing, self.summary = wanted, asked, show, fixing, summary
        self.nearest: Nearest | None = None
        self.runs: tuple[Run, ...] = ()

    def run(self, context: click.Context) -> None:
        """Lint, report, and end the command with its exit status. Raises AicfgError for what cannot be used at all."""
        from aicfg.lint.discovery import STDIN, start_of
        from aicfg.lint.engine import whole_files
        from aicfg.lint.runs import Runs

        wanted, name = self.wanted, self.wanted.standard_input
        nearest = self.look_anew()
        first = wanted.paths[0]
        file = nearest.file(name) if name is not None and first == STDIN else nearest.in_folder(start_of(first))
        settings = nearest.of(file)
        self.asked.before(context, wanted.paths, lambda: settings_text(settings, file, wanted.exclude, wanted.schemas))
        files, errors = wanted.discover(nearest)
        failed = list(errors)
        given, edited = _standard_input(wanted)
        if self.fixing.fix or self.fixing.diff:
            from aicfg.cli._fixing import fix_files

            mended = tuple(whole_files(files))
            given = fix_files(context, nearest.settings, mended, given, *self.fixing, edited=edited, failed=failed)
            if given is not None and name is not None:
                edited = {os.path.realpath(name): given[0]}
        runs = Runs(settings, nearest.settings, edited, self._tally())
        failed += runs.read_all(tuple(whole_files(files)), given, wanted.jobs)
        self.runs = runs.all
        self._report(context, runs, failed, aside=bool(self.fixing.fix and given))

    def _tally(self) -> Tally | None:
        if not self.summary:
            return None
        from aicfg.lint.summary import Tally

        return Tally()

    def look_anew(self) -> Nearest:
        """The settings of files, as they are now. Raises SettingsError."""
        from aicfg.lint.nearest import Nearest

        self.nearest = Nearest(self.wanted.made, fixed_settings(self.wanted.config, self.wanted.isolated))
        return self.nearest

    def _report(self, context: click.Context, runs: Any, failed: list[Any], *, aside: bool) -> None:
        from aicfg.errors import AicfgError

        wanted, show = self.wanted, self.show
        try:
            runs.check_choice()
        except AicfgError as error:
            failed = failed or [error]
        for failure in failed:
            show_error(failure)
        result = self.asked.after(context, runs, runs.report(), bool(failed))
        expected = wanted.standard_input is None and not wanted.force_exclude
        if expected and not (result.files or failed or show.quiet):
            click.echo(f"warning: no manifest and no Kong file in: {', '.join(wanted.paths)}", err=True)
            click.echo("  = help: name a single file, and aicfg says why it is left out", err=True)
        if runs.tally is not None:
            result = result._replace(summary=runs.tally.summary(result))
        if failed and not result.all and {failure.file for failure in failed} >= set(result.files):
            show = show._replace(quiet=True)  # "no findings" would praise what was not checked
        write_reports(show, result, runs.source_line, aside=aside)
        fails = result.at_or_above(show.fail_on) and not show.exit_zero
        context.exit(2 if failed else 1 if fails else 0)


def _standard_input(wanted: Wanted) -> tuple[tuple[bytes, str] | None, dict[str, bytes]]:
    """What came on standard input with the name to report it by, and as the new content of the file it stands for."""
    from aicfg.lint.discovery import STDIN

    if STDIN not in wanted.paths:
        return None, {}
    content, shown = read_input(STDIN)
    if wanted.standard_input is None:
        return (content, shown), {}
    return (content, wanted.standard_input), {os.path.realpath(wanted.standard_input): content}


def paths_of(paths: Iterable[str], standard_input: str | None) -> tuple[str, ...]:
    """The paths to lint: the current folder where there is none. Raises UsageError for a name without its text."""
    from aicfg.lint.discovery import STDIN

    paths = tuple(paths)
    if standard_input is None:
        return paths or (".",)
    if paths and STDIN not in paths:
        raise click.UsageError("--stdin-filename names the file that `-` stands for: give `-`, too")
    if not standard_input or os.path.isdir(standard_input):
        raise click.UsageError("--stdin-filename takes the name of a file")
    return paths or (STDIN,)
