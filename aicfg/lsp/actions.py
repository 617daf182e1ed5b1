"""What can be done about findings: their fixes, comments that silence them, and all safe fixes of a text at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from aicfg.errors import AicfgError
from aicfg.lint.diagnostic import Diagnostic
from aicfg.lsp.workspace import Buffer, Buffers, Roots, run_over, settings_of
from aicfg.source import Text
from aicfg.tuples import NamedTuple

Kind = Literal["fix", "unsafe", "silence", "explain"]


class Change(NamedTuple):
    """Put `text` in place of a part of a file: from the offset `start` to `end`."""

    file: str
    start: int
    end: int
    text: str


class Action(NamedTuple):
    """Something that can be done about a finding. One that explains has no changes."""

    title: str
    kind: Kind
    about: Diagnostic
    changes: tuple[Change, ...] = ()


def actions(found: Iterable[Diagnostic], source: Text) -> Iterator[Action]:
    """What can be done about findings in a text."""
    chosen = list(found)
    for each in chosen:
        if each.fix is not None:
            label = "" if each.fix.safe else " (look at the outcome)"
            changes = tuple(Change(edit.file, edit.start, edit.end, edit.text) for edit in each.fix.edits)
            yield Action(f"{each.fix.title}{label}", "fix" if each.fix.safe else "unsafe", each, changes)
    for each in chosen:
        text = _silenced(source, each)
        if text is not None:
            change = changed(source.file, source.text, text)
            yield Action(f"silence {each.code} ({each.name}) with a comment", "silence", each, (change,))
    for each in {each.code: each for each in chosen}.values():
        yield Action(f"explain {each.code} ({each.name})", "explain", each)


def _silenced(source: Text, finding: Diagnostic) -> str | None:
    from aicfg.lint.add_ignores import commented

    try:
        return commented(source, [finding])
    except Exception:  # the comments of a text that is no YAML cannot be told from its values
        return None


def fix_all(buffer: Buffer, buffers: Buffers, roots: Roots) -> Change | None:
    """All safe fixes of one text, as `aicfg lint --fix` makes them; None where there is nothing to do."""
    from aicfg.lint.engine import Run
    from aicfg.lint.fixing.rounds import fix

    settings, name = settings_of(buffer), buffer.path or buffer.name

    def lint(texts: Mapping[str, str]) -> Run:
        run = run_over(roots, buffers, settings, texts=texts)
        run.diagnostics = [each if _stays_in(each, name) else each._replace(fix=None) for each in run.diagnostics]
        return run

    try:
        fixed = fix(lint).texts.get(name)
    except AicfgError:
        return None
    return None if fixed is None else changed(buffer.name, buffer.body, fixed)


def _stays_in(each: Diagnostic, name: str) -> bool:
    return each.fix is not None and each.fix.file == name


def changed(file: str, old: str, new: str) -> Change:
    """One change that makes a text another one, as small as can be."""
    start, least = 0, min(len(old), len(new))
    while start < least and old[start] == new[start]:
        start += 1
    end = 0
    while end < least - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return Change(file, start, len(old) - end, new[start : len(new) - end])
