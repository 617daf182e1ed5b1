"""What a team wants to see first of a run: what was looked at, how often each rule found something, where to begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.catalog.plugins import plugin_names
from aicfg.kong.entities import Entities, Plugin
from aicfg.kong.llm import llms
from aicfg.kong.parse import KongFile
from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.registry import rules
from aicfg.lint.subjects import OfAnother, Shape
from aicfg.tuples import NamedTuple

MOST = 3
"""So many findings are shown as those to begin with."""
_ELSEWHERE = "unknown"
_FAMILIES = "SPKVMT"
"""What matters more among findings of one severity: a leak before a call that fails, before what is lost."""


class First(NamedTuple):
    """A rule to begin with: how often it found something, why it matters, and the first finding."""

    diagnostic: Diagnostic
    times: int
    why: str


class Summary(NamedTuple):
    """Documents by kind, AI plugins by name, LLMs by Kong's provider, and where to begin."""

    documents: Mapping[str, int]
    plugins: Mapping[str, int]
    providers: Mapping[str, int]
    first: tuple[First, ...]


class Tally:
    """Counts what a run looks into."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, int], str] = {}
        self._plugins: dict[tuple[object, ...], tuple[str, tuple[str, ...]]] = {}

    def add(self, subject: Any) -> None:
        """Count a subject; what stands at one place counts once, whatever environments there are."""
        if isinstance(subject, Shape | KongFile | OfAnother):
            document = subject.document
            self._documents[document.file, document.root] = _kind(subject)
        elif isinstance(subject, Entities):
            for plugin in subject.all_plugins():
                if plugin.name in plugin_names():
                    place = plugin.origin.find(())
                    document, path = place.document.stands_at(place.path)
                    self._plugins[document.file, path, plugin.name] = plugin.name, tuple(_providers(plugin, subject))

    def summary(self, result: Report) -> Summary:
        """What was counted, and what to begin with among the findings of the run."""
        plugins = self._plugins.values()
        return Summary(
            documents=_sorted(Counter(self._documents.values())),
            plugins=_sorted(Counter(name for name, _ in plugins)),
            providers=_sorted(Counter(provider for _, providers in plugins for provider in providers)),
            first=tuple(_first(result)),
        )


def _kind(subject: Shape | KongFile | OfAnother) -> str:
    if isinstance(subject, Shape):
        return "manifest"
    if isinstance(subject, OfAnother):
        return "other"
    return {"state": "decK or DB-less file", "kubernetes": "KongPlugin"}.get(subject.form, "fragment")


def _providers(plugin: Plugin, entities: Entities) -> Iterator[str]:
    """Kong's name of the provider of each LLM in a plugin; never a text that nobody knows."""
    for llm in llms(plugin, entities.gateway):
        yield llm.provider.kong_provider if llm.provider is not None else _ELSEWHERE


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _first(result: Report) -> Iterator[First]:
    """The findings to begin with, one of each rule: the worst, of those the most frequent."""
    groups: dict[str, list[Diagnostic]] = {}
    for each in result.all:
        groups.setdefault(each.code, []).append(each)

    def rank(group: list[Diagnostic]) -> tuple[int, int, int, str]:
        worst = min(SEVERITIES.index(each.severity) for each in group)
        worst -= group[0].code.startswith("S")  # a secret that is out cannot be called back
        return worst, _FAMILIES.index(group[0].code[0]), -len(group), group[0].code

    about = {rule.code: rule.documentation for rule in rules()} if groups else {}
    for group in sorted(groups.values(), key=rank)[:MOST]:
        example = min(group, key=lambda each: (SEVERITIES.index(each.severity), each.sort_key))
        if example.severity != "info":
            text = about[example.code]
            yield First(example, len(group), f"{text.summary} {text.why}".strip())
