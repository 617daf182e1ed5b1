from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._fixing import fix_files, fixing_options
from aicfg.cli._options import (
    FILE,
    gateway_options,
    import_yaml,
    read_input,
    reuse_options,
    settings_file,
    settings_options,
    show_error,
)
from aicfg.cli._reports import ReportCommand, report_options, shown, write_reports
from aicfg.cli._silencing import Asked, settings_text, silencing_options

if TYPE_CHECKING:
    from aicfg.manifest.choice import Given


def _schemas(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`NAME=FILE` options as a map."""
    for value in values:
        name, _, file = value.partition("=")
        if not name or not file:
            raise click.BadParameter("write NAME=FILE, such as my-plugin=schemas/my-plugin.json", context, parameter)
    return dict(value.split("=", 1) for value in values)


@click.command(
    "lint", cls=ReportCommand, short_help="Check manifests and Kong files; report every mistake with its line."
)
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
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Lint in up to N processes. Default: as many as there are cores, where there are enough files.",
)
@settings_options
@silencing_options
@fixing_options
@report_options
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    select: str | None,
    ignore: str | None,
    exclude: tuple[str, ...],
    schemas: dict[str, str],
    jobs: int | None,
    config: str | None,
    isolated: bool,
    fix: bool,
    unsafe: bool,
    diff: bool,
    **options: Any,
) -> None:
    """Check PATHS against what Kong and each provider accept.

    A path is a file, a folder, a glob in quotes, or `-` for standard input; without any, the current folder. Of folders
    and globs, what is neither a manifest nor Kong's is left out.

    A manifest is checked as it stands and in each of its environments, or in that of --env alone. What one includes is
    checked as a part of it.

    A comment `# aicfg: ignore[CODE] reason` silences findings on its line, or on the next from a line of its own.

    All findings come in one run. Each -o belongs to the --format before it, so that one run can write a log and files.
    Exit status: 0 clean, 1 findings at or above --fail-on, 2 a file or option cannot be used.

    --fix writes files that are fixed; what came on standard input goes to standard output, and the report to standard
    error. A file that is no YAML is left alone.
    """
    if unsafe and not (fix or diff):
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff")
    import_yaml()
    from aicfg.errors import AicfgError
    from aicfg.lint.discovery import STDIN, discover
    from aicfg.lint.engine import Run, whole_files
    from aicfg.lint.parallel import read_all
    from aicfg.lint.settings import excludes_of
    from aicfg.manifest.choice import Choice

    asked = Asked(**{name: options.pop(name) for name in Asked._fields})
    show = shown(context, **options)
    paths = paths or (".",)
    file = settings_file(paths[0], config, isolated)
    settings = file.settings(gateway_version, edition, select, ignore, schemas)
    asked.before(context, paths, lambda: settings_text(settings, file, exclude, schemas))
    settings = settings._replace(choice=Choice(environment, variables))
    files, errors = discover(paths, (*excludes_of(exclude), *file.exclude))
    failed = list(errors)
    given = read_input(STDIN) if any(found.path == STDIN for found in files) else None
    if fix or diff:
        given = fix_files(context, settings, tuple(whole_files(files)), given, unsafe=unsafe, diff=diff, failed=failed)
    run = Run(settings)
    whole = tuple(whole_files(files))
    typed = next((index for index, found in enumerate(whole) if found.path == STDIN), len(whole))
    failed += read_all(run, whole[:typed], jobs)
    try:
        if given:
            run.read_content(*given)
    except AicfgError as error:
        failed.append(error)
    failed += read_all(run, whole[typed + 1 :], jobs)
    try:
        run.check_choice()
    except AicfgError as error:
        failed = failed or [error]
    for failure in failed:
        show_error(failure)
    result = asked.after(context, run, run.report(), bool(failed))
    if not result.files and not failed and not show.quiet:
        click.echo(f"warning: no manifest and no Kong file in: {', '.join(paths)}", err=True)
    write_reports(show, result, run.source_line, aside=bool(fix and given))
    fails = result.at_or_above(show.fail_on) and not show.exit_zero
    context.exit(2 if failed else 1 if fails else 0)
