from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aicfg.cli._options import (
    FILE,
    OneOf,
    color_option,
    gateway_options,
    read_input,
    reuse_options,
    settings_file,
    settings_options,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from aicfg.manifest.choice import Given


def _targets() -> tuple[str, ...]:
    from aicfg.render import targets

    return targets()


@click.command("render", short_help="Compile a manifest to Kong's own forms.")
@click.argument("manifests", metavar="MANIFEST...", nargs=-1, required=True, type=FILE)
@click.option("--to", "target", type=OneOf(_targets), default="deck", show_default=True, help="The form to write.")
@click.option("-o", "--output", metavar="PATH", help="A file, or a folder (ends in /). Default: standard output.")
@reuse_options
@gateway_options
@settings_options
@color_option
@click.pass_context
def command(
    context: click.Context,
    manifests: tuple[str, ...],
    target: str,
    output: str | None,
    environment: str | None,
    variables: dict[str, Given],
    gateway_version: str | None,
    edition: str | None,
    config: str | None,
    isolated: bool,
    color: str,
) -> None:
    """Lint MANIFEST (`-` is standard input), then compile it. Several files merge by name into one.

    Findings go to standard error. Where one of them is an error, nothing is written and the exit status is 1.
    A settings file counts for the target and for plugin schemas; no rule can be left out.
    """
    from aicfg.files import write_files
    from aicfg.lint.engine import Run
    from aicfg.lint.reporters import report
    from aicfg.manifest.choice import Choice
    from aicfg.render import render

    settings = settings_file(manifests[0], config, isolated).settings(gateway_version, edition, select="")
    run = Run(settings._replace(choice=Choice(environment, variables, every=False)))
    run.read_together([(*read_input(path), None if path == "-" else path) for path in manifests])
    result = run.report()
    if result.at_or_above("warning"):
        text = report(result, "text", run.source_line, color=wants_color(color, sys.stderr))
        click.echo(text, err=True, nl=False, color=True)
    if not result.ok:
        context.exit(1)
    if run.entities is None:
        raise click.UsageError(f"{manifests[0]} is a Kong file already: render takes a manifest")
    files = render(run.entities, target)
    if output not in (None, "-"):
        placed = _placed(files, str(output))
        if {Path(file).resolve() for file in run.sources} & {path.resolve() for path in placed}:
            raise click.UsageError(f"{output} is the manifest itself: name another file with -o")
        write_files(placed)
    elif len(files) == 1:
        write(next(iter(files.values())))
    else:
        raise click.UsageError(f"the target {target} has {len(files)} files: name a folder with -o")


def _placed(files: dict[str, str], output: str) -> dict[Path, str]:
    """Each file at its place: under its own name in a folder, or as the one file that `output` names."""
    folder = Path(output)
    if output.endswith(("/", "\\")) or folder.is_dir():
        return {folder / name: text for name, text in files.items()}
    if len(files) != 1:
        raise click.UsageError(f"{output} is one file, but there are {len(files)} to write: name a folder (ends in /)")
    return {folder: next(iter(files.values()))}
