"""Applies fixes in rounds: those that do not touch each other, then lint again, until nothing is left to do.

No fix is believed: the outcome is read again, has to hold the values that the fix meant, has to have lost the finding,
and must not have more errors, or as many errors and more warnings. Fixes that fail this are left alone.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.source import SourceError, read_text
from aicfg.source.changes import changed, same
from aicfg.source.edits import edited
from aicfg.source.reshaping import TextEdit
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.lint.engine import Run

MAX_ROUNDS = 50

Texts = Mapping[str, str]
"""The new text of each file that changes, by its name."""
Lint = Callable[[Texts], "Run"]


class Fixed(NamedTuple):
    """What fixing a file, or a manifest of several, came to: the new texts, the findings that fixes were applied to,
    and the runs before the first round and after each."""

    texts: Texts
    applied: tuple[Diagnostic, ...]
    runs: tuple[Run, ...]

    @property
    def before(self) -> Run:
        return self.runs[0]

    @property
    def after(self) -> Run:
        return self.runs[-1]


def fix(lint: Lint, *, unsafe: bool = False, only: str | None = None) -> Fixed:
    """Fix what can be fixed, in the file `only` if that is given. `lint` lints the files with new texts for some."""
    return _Fixing(lint, unsafe, only).run()


class _Fixing:
    def __init__(self, lint: Lint, unsafe: bool, only: str | None) -> None:
        self.lint = lint
        self.unsafe = unsafe
        self.only = only
        self.texts: dict[str, str] = {}
        self.codes: set[str] = set()
        self.current = lint({})

    def run(self) -> Fixed:
        runs, applied = [self.current], list[Diagnostic]()
        for _ in range(MAX_ROUNDS):
            good = self._good(self._chosen())
            outcome = self._outcome(good) if good else None
            if outcome is None:
                break
            done = {each.fix.edits for each in good if each.fix}
            self.codes.update(each.code for each in good)
            applied += (each for each in self.current.report().diagnostics if each.fix and each.fix.edits in done)
            self.texts, self.current = outcome
            runs.append(self.current)
        return Fixed(self.texts, tuple(applied), tuple(runs))

    def _chosen(self) -> list[Diagnostic]:
        """Findings whose fixes can be applied together."""
        taken: dict[str, Ranges] = defaultdict(Ranges)
        chosen = []
        for each in fixable(self.current.report(), unsafe=self.unsafe):
            assert each.fix is not None
            if self.only not in (None, each.fix.file):
                continue
            ranges = [(edit.start, edit.end) for edit in each.fix.edits]
            others = taken[each.fix.file]
            if not any(others.touch(*one) for one in ranges):
                for one in ranges:
                    others.add(*one)
                chosen.append(each)
        return chosen

    def _good(self, chosen: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those whose fixes stand the test, together."""
        if not chosen or self._outcome(chosen) is not None:
            return list(chosen)
        if len(chosen) == 1:
            return []
        middle = len(chosen) // 2
        first, second = self._good(chosen[:middle]), self._good(chosen[middle:])
        both = [*first, *second]
        return both if not (first and second) or self._outcome(both) is not None else first

    def _outcome(self, chosen: Sequence[Diagnostic]) -> tuple[dict[str, str], Run] | None:
        """The texts and the run after some fixes; None where that is not what they were meant to come to."""
        texts = dict(self.texts)
        by_file = defaultdict(list)
        for each in chosen:
            assert each.fix is not None
            by_file[each.fix.file].append(each.fix)
        for file, fixes in by_file.items():
            source = self.current.sources[file][0]
            edits = [TextEdit(edit.start, edit.end, edit.text) for each in fixes for edit in each.edits]
            text = edited(source.text, edits)
            if not _means(source.text, text, file, edits[0].start, [c for each in fixes for c in each.changes]):
                return None
            texts[file] = text
        run = self.lint(texts)
        return (texts, run) if self._is_better(run, chosen) else None

    def _is_better(self, run: Run, chosen: Sequence[Diagnostic]) -> bool:
        before, after = self.current.report(), run.report()
        known, left = Counter(map(_identity, before.diagnostics)), Counter(map(_identity, after.diagnostics))
        mended = Counter(map(_identity, chosen))
        if any(left[one] > known[one] - times for one, times in mended.items()):
            return False
        if _badness(after) == _badness(before):  # then no rule may edit the same place again, and so forever
            touched, codes = _ranges_after(chosen), self.codes.union(each.code for each in chosen)
            more = left - known
            new = [each for each in after.diagnostics if each.fix and _identity(each) in more]
            again = (each.fix for each in new if each.code in codes and each.fix)
            return not any(touched[edit.file].touch(edit.start, edit.end) for fix in again for edit in fix.edits)
        return _badness(after) < _badness(before)


def fixable(report: Report, *, unsafe: bool) -> list[Diagnostic]:
    """The findings that have a fix of the wanted kind."""
    return [each for each in report.diagnostics if each.fix is not None and (unsafe or each.fix.safe)]


def _identity(each: Diagnostic) -> tuple[object, ...]:
    return each.code, each.file and _real(each.file), each.path, each.message


@lru_cache(maxsize=1_000)
def _real(file: str) -> str:
    return os.path.realpath(file)


class Ranges:
    """Ranges of a text that do not touch each other."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        insort(self._ranges, (start, end))

    def touch(self, start: int, end: int) -> bool:
        """Whether one of them overlaps a range, or begins where that ends."""
        at = bisect_right(self._ranges, (end, sys.maxsize))
        return at > 0 and self._ranges[at - 1][1] >= start


def _ranges_after(chosen: Sequence[Diagnostic]) -> Mapping[str, Ranges]:
    """Where the new texts of edits stand once all are made, by file."""
    moved: dict[str, int] = defaultdict(int)
    ranges: dict[str, Ranges] = defaultdict(Ranges)
    edits = [edit for each in chosen if each.fix for edit in each.fix.edits]
    for edit in sorted(edits, key=lambda edit: (edit.file, edit.start)):
        start = edit.start + moved[edit.file]
        ranges[edit.file].add(start, start + len(edit.text))
        moved[edit.file] += len(edit.text) - (edit.end - edit.start)
    return ranges


def _badness(report: Report) -> tuple[int, ...]:
    return tuple(report.number_of(severity) for severity in SEVERITIES)


def _means(old: str, new: str, file: str, start: int, changes: Sequence[object]) -> bool:
    """Whether a new text holds the values of the old one after some changes, and no others."""
    try:
        before, after = read_text(old, file), read_text(new, file)
        if len(before) != len(after):
            return False
        at = max((n for n, each in enumerate(before) if each.place_offsets(each.root)[0] <= start), default=0)
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            wanted = changed(one.data, changes) if index == at else one.data  # type: ignore[arg-type]
            if other.problems or not same(other.data, wanted):
                return False
    except (SourceError, LookupError, TypeError, AttributeError):
        return False
    return True
