from __future__ import annotations

import click

from aicfg.cli._options import FILE, OneOf, color_option, gateway_options, read_input, show_error, wants_color, write


def _formats() -> tuple[str, ...]:
    from aicfg.lint.reporters import formats

    return formats()


@click.command("lint", short_help="Check manifests; report every mistake with its line.")
@click.argument("files", nargs=-1, required=True, type=FILE)
@gateway_options
@click.option("--select", metavar="CODES", help="Only these codes or families, such as P,K101.")
@click.option("--ignore", metavar="CODES", help="Leave out these codes or families.")
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
    files: tuple[str, ...],
    gateway_version: str | None,
    edition: str | None,
    select: str | None,
    ignore: str | None,
    fail_on: str,
    format_: str,
    color: str,
) -> None:
    """Check FILES (`-` is standard input) against what Kong and each provider accept.

    All findings come in one run. Exit status: 0 clean, 1 findings at or above --fail-on, 2 a file or option
    cannot be used.
    """
    from aicfg.errors import AicfgError
    from aicfg.lint.engine import Run, Settings
    from aicfg.lint.registry import code_prefixes
    from aicfg.lint.reporters import report

    run = Run(Settings(gateway_version, edition, code_prefixes(select), code_prefixes(ignore)))
    unreadable = False
    for file in dict.fromkeys(files):
        try:
            run.read_content(*read_input(file))
        except AicfgError as error:
            unreadable = True
            show_error(error)
    result = run.report()
    if result.files or format_ != "text":  # a program wants its report in any case
        write(report(result, format_, run.source_line, color=wants_color(color)))
    context.exit(2 if unreadable else 1 if result.at_or_above(fail_on) else 0)
