"""Fixes: from what a rule proposes to edits of a file, and the rounds that apply them until nothing is left to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Diagnostic


def agreed(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics, without fixes that others contradict: what one place is used for, all of its uses have to want.

    Two findings that are the same but for their fixes become one without any.
    """
    found = list(diagnostics)
    fixes = defaultdict(set)
    wanted = defaultdict(set)
    for each in found:
        fixes[each._replace(fix=None)].add(each.fix)
        if each.fix is not None:
            wanted[each.fix.edits].add(each.path)
    result = []
    for each in found:
        fix = each.fix
        if fix is not None and (len(fixes[each._replace(fix=None)]) > 1 or len(wanted[fix.edits]) < fix.uses):
            each = each._replace(fix=None)
        result.append(each)
    return result
