"""What rules read: the subjects that one document gives, from its raw text to the entities compiled from it.

A rule names its subject by the type of its first parameter, or several as `Llm | Embedder`: SourceProblems, OfAnother,
Unrecognised, Reuse, Shape, Manifest, KongFile, KubernetesFile, Together, Beside, Refused, Entities, Llm, Embedder,
ConfigTexts, Balanced, PluginCheck, UserCheck or SilencerProblems. Each but the first and the last has an `origin`,
which finds the place of a finding's path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import known_schema
from aicfg.catalog.products import Product, product_of
from aicfg.catalog.versions import gateway
from aicfg.kong.balancer import balanced
from aicfg.kong.check import Violation
from aicfg.kong.detect import form_of
from aicfg.kong.entities import Entities, Plugin
from aicfg.kong.llm import embedder, llms
from aicfg.kong.parse import parse
from aicfg.lint.config_texts import config_texts
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.refused import Refused, beside, causes, guessed, refused
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


def about_template(error: SourceError, text: str, template: bool) -> SourceError:
    """The error as it is to be told of a text that is a template, or looks like one."""
    if error.kind not in ("syntax", "tab"):
        return error
    from aicfg.source.templates import holds_braces, looks_like_template, says_template  # few files are broken

    if template or says_template(text):
        message = "this template is no YAML before it is filled in, so nothing in it is checked"
        return SourceError("template", message, error.file or "", error.place, "check what comes out of it instead")
    line = text.splitlines()[error.place.line - 1 : error.place.line]
    if looks_like_template(text) or any(holds_braces(each) for each in line):
        hint = f"{error.hint}; if this is a template, say so in a comment `# aicfg: template`"
        return SourceError(error.kind, error.message, error.file or "", error.place, hint)
    return error


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


class OfAnother(NamedTuple):
    """A document of another product."""

    document: Document
    product: Product

    @property
    def origin(self) -> Origin:
        return Origin.verbatim_in(self.document)


def subjects_of(document: Document, settings: Settings) -> tuple[list[Any], Entities | None]:
    """The subjects that rules read in a document, and, for a manifest, the entities that it compiles to.

    A Kong file's entities are for the rules alone: they lack what no rule reads, so nothing is rendered from them.
    Raises AicfgError for a target that does not exist, and for a schema of the user's that cannot be used.
    """
    form = form_of(document.data)
    product = product_of(document.data) if form not in ("manifest", "kubernetes") else None
    if product is not None:
        return [OfAnother(document, product)], None
    subjects: list[Any] = [SourceProblems(document.source, document.problems)] if document.problems else []
    if form == "other":
        return [*subjects, Unrecognised(document)], None
    if form == "manifest":
        shape, manifest, entities = of_manifest(document, settings, _filled_in(document))
        return [*subjects, shape, manifest, *of_entities(entities, settings)], entities
    file, entities = parse(document, gateway(*settings.target()))
    return [*subjects, file, *of_entities(entities, settings)], None


def _filled_in(document: Document) -> Collection[Path]:
    """The paths of what somebody fills in, in a template."""
    if not document.template:
        return ()
    from aicfg.source.templates import holds_token  # few files are templates

    return [path for path, text in document.texts() if holds_token(text)]


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


def of_entities(entities: Entities, settings: Settings) -> Iterator[Any]:
    """The entities, and what there is to say about each plugin: first what Kong refuses, for rules that explain it,
    last Kong's own words for what none of them did."""
    target = entities.gateway
    found: list[tuple[Plugin, PluginSchema | None, Refused | None]] = []
    for plugin in entities.all_plugins():
        schema = known_schema(plugin.name, target)
        problem = refused(plugin, schema) if schema is not None else None
        found.append((plugin, schema, problem))
        if schema is not None:
            yield from (each for each in (beside(plugin, schema, problem), problem) if each is not None)
    yield entities
    for plugin, schema, problem in found:
        records = tuple(llms(plugin, target))
        yield from records
        embeds = embedder(plugin, target)
        if embeds is not None:
            yield embeds
        texts = config_texts(plugin, target, schema)
        if texts is not None:
            yield texts
        chosen_from = balanced(plugin, records, target)
        if chosen_from is not None:
            yield chosen_from
        checked = check_of(plugin, schema, problem) if schema is not None else None
        if checked is not None:
            yield checked
        if plugin.name in settings.schemas:
            by_user = settings.schemas[plugin.name].check(plugin)
            if by_user is not None:
                yield by_user


def check_of(plugin: Plugin, schema: PluginSchema, problem: Refused | None) -> PluginCheck | None:
    """What Kong's schema says about a plugin, each cause once; None where that is nothing."""
    found = causes(problem) if problem is not None else guessed(plugin, schema)
    return PluginCheck(plugin, found, schema) if found else None
