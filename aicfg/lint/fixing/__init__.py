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
    texts = defaultdict(set)
    for each in found:
        fixes[each._replace(fix=None)].add(each.fix)
        if each.fix is not None:
            wanted[each.fix.edits].add(each.path)
            texts[_place(each)].add(each.fix.edits)
    result = []
    for each in found:
        fix = each.fix
        if fix is not None:
            one = len(fixes[each._replace(fix=None)]) == 1 and len(texts[_place(each)]) == 1
            if not one or len(wanted[fix.edits]) < fix.uses:
                each = each._replace(fix=None)
        result.append(each)
    return result


def _place(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What a rule's fix takes away: another fix of the rule that puts something else there contradicts it.

    Those that only add something do not exclude each other.
    """
    fix = diagnostic.fix
    assert fix is not None
    if any(edit.start == edit.end for edit in fix.edits):
        return diagnostic.code, fix.edits
    return diagnostic.code, fix.file, *((edit.start, edit.end) for edit in fix.edits)
