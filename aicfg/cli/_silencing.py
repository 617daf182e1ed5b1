"""`lint --baseline`, `--write-baseline`, `--add-ignores`, `--show-settings` and `--show-files`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aicfg.cli._options import write
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aicfg.lint.diagnostic import Report
    from aicfg.lint.runs import Runs
    from aicfg.lint.settings import Settings, SettingsFile

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--baseline", metavar="FILE", help="Leave out the findings that this file knows."),
    click.option(
        "--write-baseline", metavar="FILE", help="Write all findings to a file for --baseline, and report none."
    ),
    click.option("--add-ignores", is_flag=True, help="Silence all findings by comments in their files."),
    click.option("--show-settings", is_flag=True, help="Print the settings that count, and check nothing."),
    click.option("--show-files", is_flag=True, help="Print the files that are checked, one per line, and no findings."),
)


def silencing_options(function: F) -> F:
    """The options of which `Asked` holds the values."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


class Asked(NamedTuple):
    """What is asked for by the options."""

    baseline: str | None
    write_baseline: str | None
    add_ignores: bool
    show_settings: bool
    show_files: bool

    def before(self, context: click.Context, paths: Sequence[str], settings: Callable[[], str]) -> None:
        """What is done before anything is linted, which may end the command. `settings` gives their text."""
        if self.show_settings:
            write(settings())
            context.exit(0)
        if self.add_ignores and "-" in paths:
            raise click.UsageError("--add-ignores edits files: standard input is none")

    def after(self, context: click.Context, runs: Runs, result: Report, failed: bool) -> Report:
        """What is left to report, unless this ends the command. Where a file `failed`, nothing is written.

        Raises AicfgError for baselines and files that cannot be used.
        """
        if self.show_files:
            write("".join(f"{name}\n" for name in result.files))
            context.exit(2 if failed else 0)
        if self.write_baseline is not None and not failed:
            write_baseline(result, self.write_baseline)
            context.exit(0)
        if self.baseline is not None:
            result = unknown_to(self.baseline, runs, result)
        if self.add_ignores and not failed:
            result = add_ignores(runs, result)
        return result


def write_baseline(result: Report, path: str) -> None:
    """Write all findings to a baseline, `-` is standard output. Raises WriteError."""
    from pathlib import Path

    from aicfg.files import write_files
    from aicfg.lint.baseline import baseline_text

    text = baseline_text(result.diagnostics, path)
    if path == "-":
        write(text)
        return
    write_files({Path(path): text})
    click.echo(f"{_many(len(result.diagnostics), 'finding')} written to {path}", err=True)


def unknown_to(path: str, runs: Runs, result: Report) -> Report:
    """The findings that a baseline does not know; says how many of its own are gone. Raises BaselineError."""
    from aicfg.lint.baseline import compare, read_baseline
    from aicfg.lint.registry import selected

    known, each = read_baseline(path), [run.settings for run in runs.all]
    sees_all = not any(one.choice.environment or one.choice.variables for one in each)
    chosen = [{rule.code for rule in selected(one.select, one.ignore)} for one in each]
    sought = set.intersection(*chosen) if sees_all else set()
    new, gone = compare(result.diagnostics, known, path, result.files, sought.__contains__)
    if gone:
        verb = "is" if gone == 1 else "are"
        click.echo(f"{_many(gone, 'finding')} in {path} {verb} gone: --write-baseline {path} removes them", err=True)
    return result._replace(diagnostics=new)


def add_ignores(runs: Runs, result: Report) -> Report:
    """Put comments that silence the findings into their files; what is left are those that no comment can silence.

    Raises AicfgError for files that cannot be written.
    """
    from aicfg.files import write_files
    from aicfg.lint.add_ignores import with_ignores

    added = with_ignores(result.diagnostics, runs.sources)
    write_files(added.files)
    silenced = _many(added.silenced, "finding")
    click.echo(f"silenced {silenced} by comments in {_many(len(added.files), 'file')}", err=True)
    if added.left:
        message = f"{_many(len(added.left), 'finding')} cannot be silenced by a comment (JSON, and text that is broken)"
        click.echo(f"{message}: use per-file-ignores, or --write-baseline", err=True)
    return result._replace(diagnostics=added.left)


def settings_text(settings: Settings, file: SettingsFile, exclude: Sequence[str], schemas: Mapping[str, str]) -> str:
    """The settings of a run, as a settings file would say them. `exclude` and `schemas` are the command line's."""
    return "\n".join(_lines(settings, file, exclude, {**file.schemas, **schemas})) + "\n"


def _lines(settings: Settings, file: SettingsFile, exclude: Sequence[str], schemas: Mapping[str, str]) -> Iterator[str]:
    from aicfg.catalog.versions import gateway, version_text
    from aicfg.lint.registry import rules, selected
    from aicfg.lint.reporters.text import printable

    yield f"# from {printable(file.file)}" if file.file else "# from no settings file"
    target = settings.target()
    known = gateway(*target)
    version = target.version or version_text(known.version)
    source = "whatever a file says" if settings.gateway is not None else "for files that name none"
    yield f"gateway-version = {_quoted(version)}  # {source}"
    source = "whatever a file says" if settings.edition is not None else "for files that name none"
    yield f"edition = {_quoted(known.edition)}  # {source}"
    on = {rule.code for rule in selected(settings.select, settings.ignore)}
    off = [rule.code for rule in rules() if rule.code not in on]
    yield f"select = {_codes(settings.select or ('',))}"
    yield f"ignore = {_codes(settings.ignore)}"
    yield f"# {len(on)} of {len(rules())} rules are on{'; off: ' + ', '.join(off) if off else ''}"
    yield f"exclude = {_quoted([*(one.pattern for one in file.exclude), *exclude])}"
    tables = {
        "severity": {prefix or "ALL": _quoted(level) for prefix, level in settings.severities.items()},
        "per-file-ignores": {one.files.pattern: _codes(one.prefixes) for one in settings.per_file_ignores},
        "plugin-schemas": {name: _quoted(path) for name, path in schemas.items()},
    }
    for name, table in tables.items():
        if table:
            yield f"\n[{name}]"
            yield from (f"{_quoted(key)} = {value}" for key, value in table.items())


def _codes(prefixes: Sequence[str]) -> str:
    return _quoted([prefix or "ALL" for prefix in prefixes])


def _quoted(value: str | list[str]) -> str:
    """A text, or a list of texts, as TOML writes it."""
    import json

    return json.dumps(value).replace("\x7f", "\\u007f")


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
