from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aicfg.cli._options import (
    FILE,
    OneOf,
    color_option,
    gateway_options,
    import_yaml,
    read_input,
    reuse_options,
    settings_file,
    settings_options,
    show_error,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from aicfg.manifest.choice import Given


def _formats() -> tuple[str, ...]:
    from aicfg.lint.reporters import formats

    return formats()


def _schemas(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`NAME=FILE` options as a map."""
    for value in values:
        name, _, file = value.partition("=")
        if not name or not file:
            raise click.BadParameter("write NAME=FILE, such as my-plugin=schemas/my-plugin.json", context, parameter)
    return dict(value.split("=", 1) for value in values)


@click.command("lint", short_help="Check manifests and Kong files; report every mistake with its line.")
@click.argument("paths", nargs=-1, type=FILE)
@reuse_options
@gateway_options
@click.option("--select", metavar="CODES", help="Only these codes or families, such as P,K101.")
@click.option("--ignore", metavar="CODES", help="Leave out these codes or families.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Leave out files and folders by name, or by path from here. Repeatable.",
)
@click.option(
    "--plugin-schema",
    "schemas",
    multiple=True,
    metavar="NAME=FILE",
    callback=_schemas,
    help="A JSON Schema for the config of a plugin that aicfg does not know. Repeatable.",
)
@settings_options
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings to a file for --baseline, and report none.")
@click.option("--add-ignores", is_flag=True, help="Silence all findings by comments in their files.")
@click.option("--show-settings", is_flag=True, help="Print the settings that count, and check nothing.")
@click.option("--show-files", is_flag=True, help="Print the files that are checked, one per line, and no findings.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option(
    "--format", "format_", type=OneOf(_formats), default="text", show_default=True, help="Form of the report."
)
@color_option
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[str, ...],
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    select: str | None,
    ignore: str | None,
    exclude: tuple[str, ...],
    schemas: dict[str, str],
    config: str | None,
    isolated: bool,
    baseline: str | None,
    write_baseline: str | None,
    add_ignores: bool,
    show_settings: bool,
    show_files: bool,
    fail_on: str,
    format_: str,
    color: str,
) -> None:
    """Check PATHS against what Kong and each provider accept.

    A path is a file, a folder, a glob in quotes, or `-` for standard input; without any, the current folder. Of folders
    and globs, what is neither a manifest nor Kong's is left out.

    A manifest is checked as it stands and in each of its environments, or in that of --env alone. What one includes is
    checked as a part of it.

    A comment `# aicfg: ignore[CODE] reason` silences findings on its line, or on the next from a line of its own.

    All findings come in one run. Exit status: 0 clean, 1 findings at or above --fail-on, 2 a file or option
    cannot be used.
    """
    import_yaml()
    from aicfg.cli import _silencing
    from aicfg.errors import AicfgError
    from aicfg.lint.discovery import STDIN, discover
    from aicfg.lint.engine import Run, whole_files
    from aicfg.lint.reporters import report
    from aicfg.lint.settings import excludes_of
    from aicfg.manifest.choice import Choice

    paths = paths or (".",)
    file = settings_file(paths[0], config, isolated)
    settings = file.settings(gateway_version, edition, select, ignore, schemas)
    if show_settings:
        write(_silencing.settings_text(settings, file, exclude, schemas))
        return
    if add_ignores and STDIN in paths:
        raise click.UsageError("--add-ignores edits files: standard input is none")
    run = Run(settings._replace(choice=Choice(environment, variables)))
    files, errors = discover(paths, (*excludes_of(exclude), *file.exclude))
    failed = list(errors)
    for found in whole_files(files):
        try:
            if found.path == STDIN:
                run.read_content(*read_input(found.path))
            else:
                run.read(found.path, named=found.named)
        except AicfgError as error:
            failed.append(error)
    try:
        run.check_choice()
    except AicfgError as error:
        failed = failed or [error]
    for failure in failed:
        show_error(failure)
    result = run.report()
    if show_files:
        write("".join(f"{name}\n" for name in result.files))
        context.exit(2 if failed else 0)
    if baseline is not None:
        result = _silencing.unknown_to(baseline, run, result)
    if write_baseline is not None and not failed:
        _silencing.write_baseline(run.report(), write_baseline)
        return
    if add_ignores and not failed:
        result = _silencing.add_ignores(run, result)
    if not result.files and not failed:
        click.echo(f"warning: no manifest and no Kong file in: {', '.join(paths)}", err=True)
    if result.files or format_ != "text":  # a program wants its report in any case
        write(report(result, format_, run.source_line, color=wants_color(color)))
    context.exit(2 if failed else 1 if result.at_or_above(fail_on) else 0)
