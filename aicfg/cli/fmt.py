from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aicfg.cli._options import FILE, import_yaml, read_input, settings_file, settings_options, show_error, write
from aicfg.errors import AicfgError

if TYPE_CHECKING:
    from aicfg.lint.discovery import Found
    from aicfg.lint.settings import SettingsFile

_BUG = 3


@click.command("fmt", short_help="Rewrite manifests in their canonical form.")
@click.argument("paths", nargs=-1, type=FILE)
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change. Exit status 1 if something would.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    help="Leave out files and folders by name, or by path from here. Repeatable.",
)
@click.option("--stdin-filename", metavar="FILE", help="The file that `-` stands for: its settings count.")
@settings_options
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    check: bool,
    diff: bool,
    exclude: tuple[str, ...],
    stdin_filename: str | None,
    config: str | None,
    isolated: bool,
) -> None:
    """Rewrite the manifests in PATHS in canonical form.

    A path is a file, a folder, a glob in quotes, or `-` for standard input, which goes to standard output; without any,
    the current folder. What is no manifest, or a template of one, is left alone.

    Keys stand in the order of the manifest's schema, your own names in yours. Two spaces a level, quotes only where
    they are needed, at most one blank line in a row; where one top-level section is set off by a blank line, all are.
    Comments stay with what they are about. Blocks, brackets and long lines stay as they are. The meaning never changes:
    each text is read again before it is written.

    Exit status: 0 done, 1 with --check or --diff if a file would change, 2 if a file cannot be read, formatted or
    written, while the others still are.
    """
    import_yaml()
    from aicfg.cli._checking import paths_of
    from aicfg.lint.discovery import STDIN, discover
    from aicfg.lint.settings import excludes_of

    paths = paths_of(paths, stdin_filename)
    about = stdin_filename if paths[0] == STDIN and stdin_filename else paths[0]
    settings = settings_file(about, config, isolated)
    excludes = (*excludes_of(exclude), *settings.exclude)
    files, errors = discover(paths, excludes)
    run = _Run(settings, diff=diff, writes=not (check or diff), stdin_filename=stdin_filename)
    run.stdin_is_left_out = stdin_filename is not None and not discover([stdin_filename], excludes).files
    for error in errors:
        run.fail(error)
    for found in files:
        try:
            run.format(found)
        except AicfgError as error:
            run.fail(error)
    run.summarise(paths)
    context.exit(run.status or int(bool(run.changed) and not run.writes))


class _Run:
    """What formatting came to over all files."""

    def __init__(self, settings: SettingsFile, *, diff: bool, writes: bool, stdin_filename: str | None) -> None:
        self.settings = settings
        self.diff = diff
        self.writes = writes
        self.stdin_filename = stdin_filename
        self.stdin_is_left_out = False
        self.status = 0
        self.changed = 0
        self.kept = 0
        self.told = 0
        self.manifests: list[tuple[str, bytes, bytes]] = []

    def fail(self, error: AicfgError, status: int = 2) -> None:
        show_error(error)
        self.status = max(self.status, status)

    def format(self, found: Found) -> None:
        """Format one file, or show how. Raises AicfgError where it cannot be read, formatted or written."""
        from aicfg.fmt import MeaningChanged, format_bytes
        from aicfg.lint.discovery import STDIN

        content, name = read_input(found.path)
        is_input = found.path == STDIN
        if is_input and self.stdin_filename:
            name = self.stdin_filename
        formatted: bytes | None = content
        if any(one.covers(name, name) for one in self.settings.templates):
            formatted = None
        elif not (is_input and self.stdin_is_left_out):
            try:
                formatted = format_bytes(content, name, named=found.named)
            except MeaningChanged:
                message = "formatting would change what this file means, so it stays as it is"
                self.fail(AicfgError(message, file=name, hint="this is a bug in aicfg: please report it"), _BUG)
                return
        if formatted is None and found.named:
            self.told += 1
            click.echo(
                f"warning: {_shown(name)}: this is no manifest, or a template of one, and stays as it is", err=True
            )
        if is_input and self.writes:
            _write_bytes(content if formatted is None else formatted)
        if formatted is None:
            return
        if self.diff:
            self.manifests.append((name, content, formatted))
        elif formatted != content and not self.writes:
            write(f"would reformat {_shown(name)}\n")
        elif formatted != content and not is_input:
            from aicfg.files import write_files

            write_files({Path(found.path): formatted.decode()})
            write(f"reformatted {_shown(name)}\n")
        self.kept += formatted == content
        self.changed += formatted != content

    def summarise(self, paths: tuple[str, ...]) -> None:
        """Show what is known only in the end."""
        if self.changed and self.diff:
            from aicfg.fmt.diff import Formatted, diffs

            for text in diffs([Formatted(*each) for each in self.manifests]):
                write(text)
        if not (self.changed or self.kept or self.status or self.told):
            click.echo(f"warning: no manifest in: {', '.join(map(_shown, paths))}", err=True)
            return
        will, is_left = ("", "left") if self.writes else ("would be ", "would be left")
        parts = [f"{_files(self.changed)} {will}reformatted"] if self.changed else []
        parts += [f"{_files(self.kept)} {is_left} unchanged"] if self.kept else []
        if parts:
            click.echo(", ".join(parts), err=True)


def _files(number: int) -> str:
    return f"{number} file{'s' * (number != 1)}"


def _shown(name: str) -> str:
    from aicfg.lint.reporters.text import printable

    return printable(name)


def _write_bytes(content: bytes) -> None:
    """Write to standard output, byte for byte."""
    try:
        click.echo(content, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
