from __future__ import annotations

import sys
from pathlib import Path

import click

from aicfg.cli._options import (
    FILE,
    OneOf,
    color_option,
    gateway_options,
    import_yaml,
    read_input,
    settings_file,
    settings_options,
    wants_color,
    write,
)


def _targets() -> tuple[str, ...]:
    from aicfg.render import targets

    return targets()


@click.command("render", short_help="Compile a manifest to Kong's own forms.")
@click.argument("manifest", type=FILE)
@click.option("--to", "target", type=OneOf(_targets), default="deck", show_default=True, help="The form to write.")
@click.option("-o", "--output", metavar="PATH", help="A file, or a folder (ends in /). Default: standard output.")
@gateway_options
@settings_options
@color_option
@click.pass_context
def command(
    context: click.Context,
    manifest: str,
    target: str,
    output: str | None,
    gateway_version: str | None,
    edition: str | None,
    config: str | None,
    isolated: bool,
    color: str,
) -> None:
    """Lint MANIFEST (`-` is standard input), then compile it.

    Findings go to standard error. Where one of them is an error, nothing is written and the exit status is 1.
    A settings file counts for the target and for plugin schemas; no rule can be left out.
    """
    import_yaml()
    from aicfg.files import write_files
    from aicfg.lint.engine import Run
    from aicfg.lint.reporters import report
    from aicfg.render import render

    settings = settings_file(manifest, config, isolated).settings(gateway_version, edition, select="")
    run = Run(settings)
    run.read_content(*read_input(manifest))
    result = run.report()
    if result.at_or_above("warning"):
        text = report(result, "text", run.source_line, color=wants_color(color, sys.stderr))
        click.echo(text, err=True, nl=False, color=True)
    if not result.ok:
        context.exit(1)
    if run.entities is None:
        raise click.UsageError(f"{manifest} is a Kong file already: render takes a manifest")
    files = render(run.entities, target)
    if output in (None, "-"):
        if len(files) != 1:
            raise click.UsageError(f"the target {target} has {len(files)} files: name a folder with -o")
        write(next(iter(files.values())))
        return
    placed = _placed(files, str(output))
    if Path(manifest).resolve() in [path.resolve() for path in placed]:
        raise click.UsageError(f"{output} is the manifest itself: name another file with -o")
    write_files(placed)


def _placed(files: dict[str, str], output: str) -> dict[Path, str]:
    """Each file at its place: under its own name in a folder, or as the one file that `output` names."""
    folder = Path(output)
    if output.endswith(("/", "\\")) or folder.is_dir():
        return {folder / name: text for name, text in files.items()}
    if len(files) != 1:
        raise click.UsageError(f"{output} is one file, but there are {len(files)} to write: name a folder (ends in /)")
    return {folder: next(iter(files.values()))}
