"""The reports that a run of `lint` writes: which format goes where, and how much of it is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._options import F, OneOf, color_option, wants_color, write
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from aicfg.lint.diagnostic import Report
    from aicfg.lint.reporters import SourceLine

AUTO = "auto"
_ORDER = "aicfg.order-of-reports"


class Wanted(NamedTuple):
    """One report: its format and the file that it goes to, None for standard output."""

    format: str
    file: str | None = None


class Shown(NamedTuple):
    """What of a run's findings is shown, and which of them make it fail."""

    reports: tuple[Wanted, ...]
    color: str
    statistics: bool
    quiet: bool
    most: int | None
    fail_on: str
    exit_zero: bool


class ReportCommand(click.Command):
    """A command that remembers in which order `--format` and `-o` were given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [option.name for option in order if option.name in ("formats", "outputs")]
        return super().parse_args(ctx, args)


def _formats() -> tuple[str, ...]:
    from aicfg.lint.reporters import formats

    return (AUTO, *formats())


def report_options(function: F) -> F:
    """The options of a command that reports findings. It takes them as `**options`, for `shown`."""
    for option in reversed(
        (
            click.option(
                "--fail-on",
                type=click.Choice(["error", "warning", "info"]),
                default="error",
                show_default=True,
                help="The least severity that makes the exit status 1.",
            ),
            click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
            click.option(
                "--format",
                "formats",
                multiple=True,
                type=OneOf(_formats),
                help="Form of the report. `auto`, the default: annotations in GitHub Actions, GitLab's Code Quality "
                "report where it goes to a file in GitLab CI, else text. Repeatable: --format text --format sarif "
                "-o aicfg.sarif",
            ),
            click.option(
                "-o",
                "--output",
                "outputs",
                multiple=True,
                metavar="FILE",
                help="Where the report of the --format before it goes. Default: standard output. Repeatable.",
            ),
            click.option("--statistics", is_flag=True, help="Count the findings by rule in place of showing them."),
            click.option("-q", "--quiet", is_flag=True, help="Show findings and nothing else."),
            click.option(
                "--max-findings",
                "most",
                type=click.IntRange(min=0),
                metavar="N",
                help="Show only the N worst findings. The others count all the same.",
            ),
            color_option,
        )
    ):
        function = option(function)
    return function


def shown(context: click.Context, formats: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> Shown:
    """What the options of `report_options` ask for. Raises UsageError where they contradict each other."""
    reports = tuple(_paired(context.meta[_ORDER], formats, outputs))
    files = [report.file for report in reports]
    if files.count(None) > 1:
        raise click.UsageError("only one report can go to standard output: give each other --format an -o FILE")
    places = [os.path.realpath(file) for file in files if file is not None and not _is_device(file)]
    for place in places:
        if places.count(place) > 1:
            raise click.UsageError(f"two reports would go to {place}")
    return Shown(reports, **options)


def _paired(order: list[str], formats: tuple[str, ...], outputs: tuple[str, ...]) -> Iterator[Wanted]:
    """Each `-o` belongs to the `--format` before it. With one of each, their order does not matter."""
    if len(formats) <= 1 and len(outputs) <= 1:
        yield Wanted(_resolved(formats[0] if formats else AUTO, *outputs), *map(_file, outputs))
        return
    names, files = iter(formats), iter(outputs)
    for index, option in enumerate(order):
        if option == "formats":
            goes_to = next(files) if order[index + 1 : index + 2] == ["outputs"] else None
            yield Wanted(_resolved(next(names), goes_to), _file(goes_to))
        elif index == 0 or order[index - 1] == "outputs":
            raise click.UsageError("each -o belongs to the --format before it: there is an -o without one")


def _file(output: str | None) -> str | None:
    return None if output == "-" else output


def _is_device(file: str) -> bool:
    return os.path.exists(file) and not os.path.isfile(file)


def _resolved(name: str, output: str | None = None) -> str:
    """The format that `auto` stands for here. What GitLab shows of a log is text: its report is a file."""
    if name != AUTO:
        return name
    if os.environ.get("GITHUB_ACTIONS") == "true" and _file(output) is None:
        return "github"
    return "gitlab" if os.environ.get("GITLAB_CI") == "true" and _file(output) is not None else "text"


def write_reports(shown: Shown, result: Report, source_line: SourceLine, *, aside: bool = False) -> None:
    """Write every report that is asked for, on standard error where standard output is taken (`aside`).

    Raises AicfgError for a file that cannot be written.
    """
    from aicfg.lint.reporters import for_people, report

    limited = result if shown.most is None else result.limited(shown.most)
    look = {"quiet": shown.quiet, "statistics": shown.statistics}
    files: dict[Path, str] = {}
    for name, file in shown.reports:
        if file is not None:
            text = report(limited, name, source_line, color=shown.color == "always", **look)
            from pathlib import Path  # takes as long to load as a small file to lint

            files[Path(file)] = text
    if files:
        _check_places(files, result)
        from aicfg.files import write_files

        write_files(files)
    for name, file in shown.reports:
        if file is None and (result.files or not for_people(name)):  # a program wants its report in any case
            links = sys.stdout.isatty() and shown.color != "never" and os.environ.get("TERM") != "dumb"
            text = report(limited, name, source_line, color=wants_color(shown.color), links=links, **look)
            click.echo(text, nl=False, err=True) if aside else write(text)
            if name == "github":
                _write_summary(limited)


def _check_places(files: dict[Path, str], result: Report) -> None:
    linted = {os.path.realpath(file) for file in result.files}
    for path in files:
        if os.path.realpath(path) in linted:
            raise click.UsageError(f"{path} is one of the files that are checked: name another file with -o")


def _write_summary(result: Report) -> None:
    """Add to the summary of the step, which GitHub shows on the page of the run."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from aicfg.lint.reporters.github import summary

    try:
        with open(file, "a", encoding="utf-8") as stream:
            stream.write(summary(result))
    except OSError as error:
        click.echo(f"warning: cannot write the step's summary: {error.strerror}", err=True)
