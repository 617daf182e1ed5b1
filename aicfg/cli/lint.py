from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aicfg.cli._options import FILE, gateway_options, import_yaml, offers, reuse_options, settings_options
from aicfg.cli._reports import ReportCommand, report_options, shown
from aicfg.cli._silencing import Asked, silencing_options

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
@click.option(
    "--select", metavar="CODES", shell_complete=offers("codes"), help="Only these codes or families, such as P,K101."
)
@click.option("--ignore", metavar="CODES", shell_complete=offers("codes"), help="Leave out these codes or families.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Leave out files and folders by name, or by path from here. Repeatable.",
)
@click.option(
    "--force-exclude",
    is_flag=True,
    help="Treat files that are named as if they had been found in a folder: what the settings exclude, and what is "
    "neither a manifest nor Kong's, is left out. For hooks, which name every file that changed.",
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
    "--stdin-filename",
    "standard_input",
    metavar="FILE",
    help="The file that `-` stands for: its settings count, and what it includes is found from there.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Lint in up to N processes. Default: as many as there are processors, where there are enough files.",
)
@click.option("--watch", "again", is_flag=True, help="Lint again whenever a file changes, until Ctrl-C.")
@click.option("--summary", is_flag=True, help="Show what was looked at, the findings by rule, and where to begin.")
@settings_options
@silencing_options
@click.option("--fix", is_flag=True, help="Mend what can only be meant one way; report what is left.")
@click.option(
    "--unsafe-fixes", "unsafe", is_flag=True, help="With --fix or --diff: also what should be looked at afterwards."
)
@click.option(
    "--diff", is_flag=True, help="Show what --fix would do, and write nothing. Exit status 1 if there is something."
)
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
    force_exclude: bool,
    schemas: dict[str, str],
    standard_input: str | None,
    jobs: int | None,
    again: bool,
    config: str | None,
    isolated: bool,
    fix: bool,
    unsafe: bool,
    diff: bool,
    summary: bool,
    **options: Any,
) -> None:
    """Check PATHS against what Kong and each provider accept.

    A path is a file, a folder, a glob in quotes, or `-` for standard input; without any, the current folder. Of folders
    and globs, what is neither a manifest nor Kong's is left out.

    A manifest is checked as it stands and in each of its environments, or in that of --env alone. What one includes is
    checked as a part of it.

    decK files that are checked together know each other: a route may be in one, its plugins in another.

    A comment `# aicfg: ignore[CODE] reason` silences findings on its line, or on the next from a line of its own. A
    comment `# aicfg: template` says that some tool fills the file in (Helm, envsubst, sed): what it fills in is not
    checked.

    All findings come in one run. Each -o belongs to the --format before it, so that one run can write a log and files.
    Exit status: 0 clean, 1 findings at or above --fail-on, 2 a file or option cannot be used.

    --fix writes files that are fixed; what came on standard input goes to standard output, and the report to standard
    error. A file that is no YAML is left alone.
    """
    if unsafe and not (fix or diff):
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff")
    import_yaml()
    from aicfg.cli._checking import Fixing, Round, Wanted, paths_of
    from aicfg.manifest.choice import Choice

    asked = Asked(**{name: options.pop(name) for name in Asked._fields})
    wanted = Wanted(
        paths=paths_of(paths, standard_input),
        choice=Choice(environment, variables),
        gateway=gateway_version,
        edition=edition,
        select=select,
        ignore=ignore,
        exclude=exclude,
        schemas=schemas,
        config=config,
        isolated=isolated,
        force_exclude=force_exclude,
        standard_input=standard_input,
        jobs=jobs,
    )
    one = Round(wanted, asked, shown(context, **options), Fixing(fix, unsafe, diff), summary=summary)
    if again:
        from aicfg.cli._watching import watch

        watch(context, one)
    one.run(context)
