"""What lint says: a Diagnostic, and the Report that holds all of one run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

from aicfg.source import Path
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.fix import Fix
    from aicfg.source.changes import Proposal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first."""


class Finding(NamedTuple):
    """What a rule yields: something about the value at `path` of the subject that the rule reads.

    `at_key` points at the value's key instead; `severity` overrides the rule's own; `about` is the entity that the path
    leads into, where that is not the subject itself. `explains` are the paths of what Kong itself says about the same
    cause: this says it better, so that only one of the two is reported, unless that is the more severe one. An error
    explains what Kong says at its own path, too. `fix` is how to mend it, in paths like `path`.
    """

    path: Path
    message: str
    hint: str | None = None
    severity: Severity | None = None
    at_key: bool = False
    about: Any = None
    explains: tuple[Path, ...] = ()
    fix: Proposal | None = None


Findings = Iterator[Finding]


class Diagnostic(NamedTuple):
    """A finding at its place in a file.

    Lines and columns count from 1, the end column is exclusive, all None where there is no file. `path` leads to
    the value in the document (or in the plugin's config, for `aicfg.check_plugin`). `fix` mends it, where one can tell.
    `names` is the path with the names of list items in place of their indexes, from which its fingerprint is made.
    """

    code: str
    name: str
    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    path: Path = ()
    hint: str | None = None
    fix: Fix | None = None
    names: tuple[str, ...] = ()

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.file or "", self.line or 0, self.column or 0, self.code, self.message)


class Report(NamedTuple):
    """All diagnostics of one run, sorted by file, line, column and code, and the files that were read.

    `left_out` are diagnostics that count, and that are not to be shown: see `limited`. With a `summary`, reports show
    that in their place.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...] = ()
    left_out: tuple[Diagnostic, ...] = ()
    summary: Any = None

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return self.number_of("error") == 0

    def number_of(self, severity: Severity) -> int:
        return sum(diagnostic.severity == severity for diagnostic in self.all)

    def at_or_above(self, severity: str) -> bool:
        """Whether anything is at least as bad as `severity`, one of SEVERITIES."""
        bound = next(index for index, name in enumerate(SEVERITIES) if name == severity)
        return any(diagnostic.severity in SEVERITIES[: bound + 1] for diagnostic in self.all)

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """Those to be shown and those left out, in order."""
        return in_order((*self.diagnostics, *self.left_out)) if self.left_out else self.diagnostics

    def limited(self, most: int) -> Report:
        """The report with the `most` worst diagnostics to be shown, of equally bad ones the first."""
        everything = self.all
        if len(everything) <= most:
            return Report(everything, self.files, (), self.summary)
        kept = set(sorted(everything, key=lambda one: SEVERITIES.index(one.severity))[:most])
        shown = tuple(one for one in everything if one in kept)
        return Report(shown, self.files, tuple(one for one in everything if one not in kept), self.summary)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, each once: what reads the same at one place is the same, though Kong may refuse it twice."""
    once: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        once.setdefault((diagnostic.sort_key, diagnostic.severity), diagnostic)
    return tuple(sorted(once.values(), key=lambda diagnostic: diagnostic.sort_key))
