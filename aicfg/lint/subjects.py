"""What rules read: the subjects that one document gives, from its raw text to the entities compiled from it.

A rule names its subject by the type of its first parameter, or several as `Llm | Embedder`: SourceProblems,
Unrecognised, Reuse, Shape, Manifest, KongFile, Entities, Llm, Embedder, ConfigTexts, Balanced, PluginCheck, UserCheck,
KubernetesFile or SilencerProblems. Each but the first and the last has an `origin`, which finds the place of a
finding's path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import plugin_names, plugin_schema
from aicfg.catalog.versions import Gateway, gateway
from aicfg.kong.balancer import balanced
from aicfg.kong.check import Violation, check, inferred
from aicfg.kong.detect import form_of
from aicfg.kong.entities import Entities, Plugin
from aicfg.kong.llm import embedder, llms
from aicfg.kong.parse import parse
from aicfg.lint.config_texts import config_texts
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.settings import Settings
from aicfg.source import Document, Origin, Path, SourceError, Text
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import PluginSchema
    from aicfg.lint.fix import Fix
    from aicfg.manifest.model import Manifest
    from aicfg.manifest.shape import Problem


class SourceProblems(NamedTuple):
    """What is wrong with the text of a file, whatever it is meant to be."""

    source: Text
    errors: tuple[SourceError, ...]

    def of_kind(self, *kinds: str) -> Findings:
        for index, error in enumerate(self.errors):
            if error.kind in kinds:
                yield Finding((index,), error.message, error.hint)


class SilencerProblems(NamedTuple):
    """What is wrong with the comments of a file that silence findings, and what mends each of the `errors`, or None."""

    source: Text
    errors: tuple[SourceError, ...]
    fixes: tuple[Fix | None, ...]

    def of_kind(self, kind: str) -> Findings:
        for index, error in enumerate(self.errors):
            if error.kind == kind:
                yield Finding((index,), error.message, error.hint)


class Shape(NamedTuple):
    """Where a manifest departs from its JSON Schema."""

    document: Document
    problems: tuple[Problem, ...]

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)

    def of_kind(self, *kinds: str) -> Findings:
        for problem in self.problems:
            if problem.kind in kinds:
                path, message, hint, at_key = problem.path, problem.message, problem.hint, problem.at_key
                yield Finding(path, message, hint, at_key=at_key, fix=problem.fix)


class PluginCheck(NamedTuple):
    """What Kong's schema says about the config of a plugin."""

    plugin: Plugin
    violations: tuple[Violation, ...]
    schema: PluginSchema

    @property
    def origin(self) -> Origin:
        return self.plugin.origin

    def of_kind(self, *kinds: str) -> Findings:
        from aicfg.kong.check.mending import mended

        for violation in self.violations:
            if violation.kind in kinds:
                message, hint = violation.message, violation.hint
                if self.plugin.shorthand is not None:
                    from aicfg.lint.wording import in_words_of_manifest  # no Kong file has shorthands

                    message = in_words_of_manifest(self.plugin, message)
                    hint = hint and in_words_of_manifest(self.plugin, hint)
                fix = mended(self.schema, self.plugin.config, violation)
                yield Finding(violation.path, message, hint, at_key=violation.at_key, fix=fix)


class Unrecognised(NamedTuple):
    """A document that is neither a manifest nor in one of Kong's forms."""

    document: Document

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)


class KubernetesFile(NamedTuple):
    """All objects of a file for Kubernetes, those of other kinds too: they name the plugins that they use."""

    documents: tuple[Document, ...]

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.documents[0])


class KubernetesObject(NamedTuple):
    """One of them: what a finding is about."""

    document: Document

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)


def subjects_of(document: Document, settings: Settings) -> tuple[list[Any], Entities | None]:
    """The subjects that rules read in a document, and, for a manifest, the entities that it compiles to.

    A Kong file's entities are for the rules alone: they lack what no rule reads, so nothing is rendered from them.
    Raises AicfgError for a target that does not exist, and for a schema of the user's that cannot be used.
    """
    subjects: list[Any] = [SourceProblems(document.source, document.problems)] if document.problems else []
    form = form_of(document.data)
    if form == "other":
        return [*subjects, Unrecognised(document)], None
    if form == "manifest":
        shape, manifest, entities = of_manifest(document, settings)
        return [*subjects, shape, manifest, entities, *of_plugins(entities, settings)], entities
    file, entities = parse(document, gateway(*settings.target()))
    return [*subjects, file, entities, *of_plugins(entities, settings)], None


def of_manifest(
    document: Document, settings: Settings, unresolved: Collection[Path] = ()
) -> tuple[Shape, Manifest, Entities]:
    """The subjects that a manifest gives before anyone looks into plugins. What stands at `unresolved` is not known."""
    from aicfg.kong.lower import lower  # Kong files need none of this
    from aicfg.manifest.loader import read_manifest

    said = document.data.get("gateway")
    target = settings.target(said if isinstance(said, dict) else {})
    manifest, problems = read_manifest(document, *target, unresolved=unresolved)
    return Shape(document, problems), manifest, lower(manifest)


def of_plugins(entities: Entities, settings: Settings) -> Iterator[Any]:
    """What there is to say about each plugin: its LLM records, and what Kong's schema and the user's find in it."""
    for plugin in entities.all_plugins():
        records = tuple(llms(plugin, entities.gateway))
        yield from records
        embeds = embedder(plugin, entities.gateway)
        if embeds is not None:
            yield embeds
        texts = config_texts(plugin, entities.gateway)
        if texts is not None:
            yield texts
        chosen_from = balanced(plugin, records, entities.gateway)
        if chosen_from is not None:
            yield chosen_from
        checked = check_of(plugin, entities.gateway)
        if checked is not None:
            yield checked
        if plugin.name in settings.schemas:
            by_user = settings.schemas[plugin.name].check(plugin)
            if by_user is not None:
                yield by_user


_ABOUT_ABSENCE = frozenset({"missing-field", "mutually-required", "conditional", "at-least-one-of"})
"""Kinds of violations that something which was left out can bring about."""


def check_of(plugin: Plugin, target: Gateway) -> PluginCheck | None:
    """What Kong's schema of the target says about a plugin; None where that is nothing, or aicfg does not know it."""
    if plugin.name not in plugin_names():
        return None
    schema = plugin_schema(plugin.name, target)
    found = check(schema, plugin.config)
    guessed = inferred(schema, plugin.config)
    if plugin.fields.get("partials"):  # Kong takes these parts of the config from elsewhere
        parts = [tuple(partial.at.replace("[]", "").split(".")) for partial in schema.partials]
        found = (one for one in found if not any(_below(one.path, part) for part in parts))
        guessed = (one for one in guessed if not any(_below(one.path, part) for part in parts))
    if plugin.incomplete:
        found = (one for one in found if one.kind not in _ABOUT_ABSENCE)
    violations = tuple(found)
    inferences = () if violations or plugin.incomplete else tuple(guessed)
    return PluginCheck(plugin, violations + inferences, schema) if violations or inferences else None


def _below(path: Path, part: tuple[str, ...]) -> bool:
    names = tuple(step for step in path if isinstance(step, str))
    return names[: len(part)] == part
