"""What rules read in a manifest that is put together: a set of subjects for each environment that is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aicfg.kong.entities import Entities
from aicfg.lint.diagnostic import Diagnostic, Finding, Findings
from aicfg.lint.registry import Rule
from aicfg.lint.settings import Settings
from aicfg.lint.subjects import Shape, SourceProblems, of_entities, of_manifest
from aicfg.manifest.compose.composer import Composer, Composition
from aicfg.manifest.compose.fault import Fault
from aicfg.source import Origin
from aicfg.tuples import NamedTuple


class Reuse(NamedTuple):
    """A fault in how the files, variables and environments of a manifest go together."""

    fault: Fault

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.fault.place.document)

    def of_kind(self, kind: str) -> Findings:
        _, place, message, hint, at_key = self.fault
        if self.fault.kind == kind:
            yield Finding(place.path, message, hint, at_key=at_key)


def passes(composer: Composer, settings: Settings) -> Iterator[tuple[list[Any], Entities | None]]:
    """The subjects of each environment that is looked at, and the entities that it compiles to.

    Where a file of the manifest is missing there are none: whatever the others say might lack it.
    """
    sources = composer.sources
    texts = [SourceProblems(each.source, each.problems) for each in sources.documents if each.problems]
    texts += [SourceProblems(text, (error,)) for text, error in sources.unreadable]
    for composition in _compositions(composer, settings):
        subjects: list[Any] = [*texts, *map(Reuse, composition.faults)]
        subjects += [Shape(view, problems) for view, problems in composition.own_problems() if problems]
        if composition.document is None:
            yield subjects, None
            continue
        shape, manifest, entities = of_manifest(composition.document, settings, composition.document.unresolved)
        problems = composition.new_problems(composition.document, shape.problems)
        subjects += [Shape(composition.document, problems), manifest, *of_entities(entities, settings)]
        yield subjects, entities


def _compositions(composer: Composer, settings: Settings) -> Iterator[Composition]:
    """The manifest in the environment that is asked for, or without any and then in each.

    One that lacks values that only its environments set is not meant to be used without any.
    """
    chosen, _, every = settings.choice
    if chosen in composer.environments:
        yield composer.compose(chosen)
        return
    every = every and chosen is None
    base = composer.compose()
    if not (base.pending and every):
        yield base
    for environment in composer.environments if every else ():
        if base.pending or composer.differs_in(environment):
            yield composer.compose(environment)


def held_throughout(passes: Sequence[Sequence[tuple[Rule, Diagnostic]]], files: set[str]) -> Iterator[Diagnostic]:
    """The findings of all passes, each once. What a rule misses has to be missing in each pass, and from `files`."""
    times: dict[tuple[Any, ...], int] = {}
    for found in passes:
        told = dict.fromkeys(diagnostic.sort_key for _, diagnostic in found)
        for key in told:
            times[key] = times.get(key, 0) + 1
    told = {}
    for rule, diagnostic in (each for found in passes for each in found):
        key = diagnostic.sort_key
        if key in told or (rule.throughout and (times[key] < len(passes) or diagnostic.file not in files)):
            continue
        told[key] = None
        yield diagnostic
