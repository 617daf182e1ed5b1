"""`lint --fix` and `lint --diff`: which files are fixed, what is written and what is shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from aicfg.cli._options import show_error, write
from aicfg.errors import AicfgError
from aicfg.frozen import EMPTY

if TYPE_CHECKING:
    from aicfg.kong.parse import KongFile
    from aicfg.lint.diagnostic import Diagnostic
    from aicfg.lint.discovery import Found
    from aicfg.lint.engine import Run
    from aicfg.lint.settings import Settings

_DASH = "-"
_BOM = "\ufeff"


def fix_files(
    context: click.Context,
    settings: Callable[[str], Settings],
    files: Sequence[Found],
    given: tuple[bytes, str] | None,
    fix: bool,
    unsafe: bool,
    diff: bool,
    *,
    edited: Mapping[str, bytes] = EMPTY,
    failed: list[AicfgError],
) -> tuple[bytes, str] | None:
    """Fix files, or show how with `diff`, which ends the command.

    `given` is what came on standard input, and its name; the fixed text is written to standard output and comes back.
    `edited` is the same by the real path of the file that it stands for, if it does. `settings` gives those of a path.
    `failed` gets what cannot be written.
    """
    fixes = Fixes(settings, unsafe, given, edited)
    fixes.fix(files)
    if diff:
        for failure in failed:
            show_error(failure)
        write(fixes.diff())
        click.echo(fixes.summary("would fix"), err=True)
        context.exit(2 if failed else 1 if fixes.texts else 0)
    try:
        fixes.write()
    except AicfgError as error:
        failed.append(error)
    else:
        click.echo(fixes.summary("fixed"), err=True)
    if given is None:
        return None
    fixed = fixes.fixed_input
    assert fixed is not None
    click.echo(fixed, nl=False)
    return fixed, given[1]


class Fixes:
    """What fixing came to over all files: new texts by real path, and how to show them."""

    def __init__(
        self,
        settings: Callable[[str], Settings],
        unsafe: bool,
        standard_input: tuple[bytes, str] | None,
        edited: Mapping[str, bytes],
    ) -> None:
        self.settings = settings
        self.unsafe = unsafe
        self.standard_input = standard_input
        self.edited = edited
        self.given = next(iter(edited), standard_input[1] if standard_input else None)
        self.names: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.runs: dict[str, tuple[Run, ...]] = {}
        self.applied = 0
        self.notes: dict[str, None] = {}
        self.left = 0
        self.beside: tuple[KongFile, ...] = ()

    def fix(self, files: Iterable[Found]) -> None:
        """Fix files. One that cannot be read or used is left to the report."""
        from aicfg.lint.fixing.rounds import fix, fixable

        files = tuple(files)
        self.beside = self._kong_files(files) if len(files) > 1 else ()
        for found in files:
            try:
                is_input = self.edited and self._real(found.path) == self.given
                only = found.path if is_input else None  # an editor has no say in what its text includes
                result = fix(partial(self._lint, found), unsafe=self.unsafe, only=only)
            except AicfgError:
                continue
            self.applied += len(result.applied)
            self.notes |= {note: None for each in result.applied if (note := _note(each))}
            self.left += sum(not (each.fix and each.fix.safe) for each in fixable(result.after.report(), unsafe=True))
            for name, text in result.texts.items():
                real = self._real(name)
                self.names.setdefault(real, name)
                self.texts[real] = text
                self.runs[real] = (*self.runs.get(real, ()), *result.runs)

    def _kong_files(self, files: Iterable[Found]) -> tuple[KongFile, ...]:
        """The decK files among those to be fixed: what one refers to may be in another."""
        from aicfg.lint.engine import Run

        known: list[KongFile] = []
        for found in files:
            if found.path != _DASH:
                with suppress(AicfgError):
                    run = Run(self.settings(found.path)._replace(select=("M302",), ignore=()), self.edited)
                    run.read(found.path, named=found.named)
                    known += run.kong_files
        return tuple(known)

    def _lint(self, found: Found, texts: Mapping[str, str]) -> Run:
        from aicfg.lint.engine import Run

        new = {**self.texts, **{self._real(name): text for name, text in texts.items()}}
        edited = {**self.edited, **{real: text.encode() for real, text in new.items()}}
        run = Run(self.settings(found.path), edited, self.beside)
        if found.path != _DASH:
            run.read(found.path, named=found.named)
        elif self.standard_input is not None:
            content, name = self.standard_input
            run.read_content(edited.get(name, content), name)
        return run

    def _real(self, name: str) -> str:
        return name if name == self.given else os.path.realpath(name)

    def write(self) -> None:
        """Write all files that changed, or none. Raises AicfgError."""
        from pathlib import Path

        from aicfg.files import write_files

        write_files({Path(self.names[real]): _marked(real) + text for real, text in self._on_disk()})

    def _on_disk(self) -> Iterator[tuple[str, str]]:
        return ((real, text) for real, text in self.texts.items() if real != self.given)

    @property
    def fixed_input(self) -> bytes | None:
        """What was given on standard input, fixed."""
        if self.standard_input is None:
            return None
        content, _ = self.standard_input
        mark = _BOM if content.startswith(_BOM.encode()) else ""
        return (mark + self.texts[self.given]).encode() if self.given in self.texts else content

    def diff(self) -> str:
        """Unified diffs of all files that would change, secrets masked."""
        from aicfg.lint.fixing.diff import diff

        return "".join(diff(self.names[real], self.runs[real]) for real in self.texts)

    def summary(self, verb: str) -> str:
        text = f"{verb} {self.applied} finding{'s' * (self.applied != 1)}"
        text = "".join(f"{note}\n" for note in self.notes) + text
        return text + (f" ({self.left} more with --unsafe-fixes)" if self.left and not self.unsafe else "")


def _note(applied: Diagnostic) -> str | None:
    """What was done and should be looked at."""
    from aicfg.lint.reporters.text import printable

    if applied.fix is None or applied.fix.safe:
        return None
    return printable(f"{applied.file}:{applied.line}: {applied.fix.title}")


def _marked(path: str) -> str:
    """The byte order mark that a file begins with."""
    with open(path, "rb") as stream:
        return _BOM if stream.read(3) == _BOM.encode() else ""
