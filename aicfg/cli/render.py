from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    wants_color,
    write,
)
from aicfg.cli._targets import RenderCommand

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Report
    from aicfg.lint.engine import Run
    from aicfg.manifest.choice import Given

PLAINTEXT = ("S101", "S102")
"""The rules about secrets in plain text, which `--allow-plaintext-secrets` lets pass."""


def _targets() -> tuple[str, ...]:
    from aicfg.render import ALL, targets

    return (*targets(), ALL)


class _Target(OneOf):
    """The name of a target. Whether there is such a one is asked later: a folder of templates may add it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value


@click.command("render", cls=RenderCommand, short_help="Compile a manifest to Kong's own forms.")
@click.argument("manifests", metavar="MANIFEST...", nargs=-1, required=True, type=FILE)
@click.option("--to", "target", type=_Target(_targets), default="deck", show_default=True, help="The form to write.")
@click.option("-o", "--output", metavar="PATH", help="A file, or a folder (ends in /). Default: standard output.")
@click.option("--check", is_flag=True, help="Write nothing: exit 1, with a diff, where PATH is not up to date.")
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="Templates of yours: FOLDER/TARGET/FILE.j2 replaces one of aicfg's, or adds a target.",
)
@click.option("--allow-plaintext-secrets", is_flag=True, help="Render a secret in plain text all the same.")
@reuse_options
@gateway_options
@settings_options
@color_option
@click.pass_context
def command(
    context: click.Context,
    /,
    manifests: tuple[str, ...],
    target: str,
    output: str | None,
    check: bool,
    templates: str | None,
    allow_plaintext_secrets: bool,
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    config: str | None,
    isolated: bool,
    color: str,
    **options: Any,
) -> None:
    """Lint MANIFEST (`-` is standard input), then compile it. Several files merge by name into one.

    Findings go to standard error. Where one of them is an error, nothing is written and the exit status is 1.
    A settings file counts for the target and for plugin schemas; no rule can be left out. The target `all` writes every
    form into a folder.
    """
    import_yaml()
    from aicfg.files import write_files
    from aicfg.lint.engine import Run
    from aicfg.manifest.choice import Choice
    from aicfg.render import render

    chosen = {name: value for name, value in options.items() if value is not None}
    settings = settings_file(manifests[0], config, isolated).settings(gateway_version, edition, select="")
    run = Run(settings._replace(choice=Choice(environment, variables, every=False)))
    run.read_together([(*read_input(path), None if path == "-" else path) for path in manifests])
    run.check_target(target, chosen)
    report = run.report(keep_errors=True)
    _show(report, run, color)
    let_pass = PLAINTEXT if allow_plaintext_secrets else ()
    if any(found.severity == "error" and found.code not in let_pass for found in report.diagnostics):
        context.exit(1)
    if run.entities is None:
        raise click.UsageError(f"{manifests[0]} is a Kong file already: render takes a manifest")
    files = render(run.entities, target, templates=templates, **chosen)
    if output is not None and output != "-":
        placed = _placed(files, output)
        if {Path(file).resolve() for file in run.sources} & {path.resolve() for path in placed}:
            raise click.UsageError(f"{output} is the manifest itself: name another file with -o")
        if check:
            context.exit(_check(placed))
        write_files(placed)
        return
    if check:
        raise click.UsageError("--check compares with files: name them with -o")
    if len(files) != 1:
        raise click.UsageError(f"there are {len(files)} files to write: name a folder with -o, such as -o out/")
    write(next(iter(files.values())))


def _show(report: Report, run: Run, color: str) -> None:
    """The findings, where there is one that is more than an info or that is about the target."""
    from aicfg.lint.reporters import report as written

    if report.at_or_above("warning") or any(found.code.startswith("M4") for found in report.diagnostics):
        text = written(report, "text", run.source_line, color=wants_color(color, sys.stderr))
        click.echo(text, err=True, nl=False, color=True)


def _check(placed: dict[Path, str]) -> int:
    """Print what differs from the files on disk; 1 where something does."""
    from aicfg.stale import stale

    differences = list(stale(placed))
    for difference in differences:
        write(difference)
    if differences:
        many = f"{len(differences)} files are" if len(differences) > 1 else "1 file is"
        click.echo(f"{many} not up to date: render again without --check", err=True)
    return 1 if differences else 0


def _placed(files: dict[str, str], output: str) -> dict[Path, str]:
    """Each file at its place: under its own name in a folder, or as the one file that `output` names."""
    folder = Path(output)
    if output.endswith(("/", "\\")) or folder.is_dir():
        return {folder / name: text for name, text in files.items()}
    if len(files) != 1:
        raise click.UsageError(f"{output} is one file, but there are {len(files)} to write: name a folder (ends in /)")
    return {folder: next(iter(files.values()))}
