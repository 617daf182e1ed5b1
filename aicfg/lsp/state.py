"""What an editor has open, what was found in it last, and what has to be looked at again after a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aicfg.lint.diagnostic import Diagnostic
from aicfg.lsp.workspace import Buffer, Buffers, Linted, Roots, lint, roots_of, union
from aicfg.source import Text
from aicfg.tuples import NamedTuple


class Findings(NamedTuple):
    """The findings in a file, and its text as it was looked at. `problem` is what kept it from being looked at."""

    found: tuple[Diagnostic, ...]
    text: Text
    problem: str | None = None


class State:
    """The findings of the open texts, by the manifests that they belong to."""

    def __init__(self) -> None:
        self.folders: tuple[str, ...] = ()
        self._linted: dict[Roots, Linted] = {}
        self._roots: dict[str, Roots] = {}
        self._texts: dict[str, str] = {}

    def refresh(self, buffers: Buffers) -> dict[str, Findings]:
        """Lint what changed since the last time; the findings of all files that were looked at."""
        changed = {name for name in buffers if self._texts.get(name) != buffers[name].text}
        changed |= self._texts.keys() - buffers.keys()
        self._texts = {name: each.text for name, each in buffers.items()}
        self._roots = {name: roots_of(each, buffers, self.folders) for name, each in buffers.items()}
        groups = dict.fromkeys(self._roots.values())
        known = self._linted
        self._linted = {}
        for roots in groups:
            old = known.get(roots)
            fresh = old is not None and not changed & {*roots, *old.texts}
            self._linted[roots] = old if old is not None and fresh else lint(roots, buffers)
        return self.findings(buffers)

    def forget(self) -> None:
        """Look at everything again: files on disk, such as settings, have changed."""
        self._texts = {}
        self._linted = {}

    def findings(self, buffers: Buffers) -> dict[str, Findings]:
        """What was found last, in all files."""
        texts: dict[str, Text] = {name: Text(each.body, name) for name, each in buffers.items()}
        problems: dict[str, str] = {}
        for each in self._linted.values():
            texts = {**each.texts, **texts}
            if each.problem is not None:
                problems.update(dict.fromkeys(each.texts, _said(each)))
        found = union(self._linted.values())
        return {name: Findings(found.get(name, ()), text, problems.get(name)) for name, text in texts.items()}

    def others(self, buffer: Buffer, buffers: Buffers) -> tuple[str, ...]:
        """The texts of the other files of the manifest that a text belongs to, as far as they have been looked at."""
        linted = self._linted.get(self._roots.get(buffer.name, ()))
        texts = linted.texts if linted is not None else {}
        others = ((name, text) for name, text in texts.items() if name != buffer.name)
        return tuple(buffers[name].body if name in buffers else text.text for name, text in others)

    def roots(self, buffer: Buffer, buffers: Buffers) -> Roots:
        return self._roots.get(buffer.name) or roots_of(buffer, buffers, self.folders)


def _said(linted: Linted) -> str:
    assert linted.problem is not None
    hint = f"\n{linted.problem.hint}" if linted.problem.hint else ""
    return f"{linted.problem}{hint}"


def current(findings: Mapping[str, Findings], buffers: Iterable[Buffer]) -> bool:
    """Whether findings are about the texts as they are."""
    return all(each.name in findings and findings[each.name].text.text == each.body for each in buffers)
