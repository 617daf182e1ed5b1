"""Runs the rules over files: reads each, gathers the subjects, and turns findings into diagnostics.

One root cause, one finding. Where a finding about a plugin explains what Kong says about the same cause
(`Finding.explains`), only the explanation is reported, so whatever else is said of a plugin comes before its schema
check. What several plugins of a manifest have from one place, such as a shared Redis connection, is refused once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from os import PathLike
from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import gateway
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.balancer import Balanced
from aicfg.kong.detect import form_of, is_kubernetes, looks_like_kong, wanted
from aicfg.kong.entities import Entities, Plugin
from aicfg.kong.llm import Llm
from aicfg.kong.parse import KongFile
from aicfg.lint.diagnostic import Diagnostic, Finding, Report, in_order
from aicfg.lint.discovery import STDIN, Found, discover, is_worth_a_word
from aicfg.lint.explained import Explained
from aicfg.lint.refused import Refused
from aicfg.lint.registry import Rule, code_prefixes, is_selected, rules_about
from aicfg.lint.settings import Settings
from aicfg.lint.subjects import (
    KubernetesFile,
    PluginCheck,
    SilencerProblems,
    SourceProblems,
    about_template,
    subjects_of,
)
from aicfg.lint.together import Together
from aicfg.manifest.choice import Choice
from aicfg.source import (
    Document,
    SourceError,
    Text,
    load_bytes,
    no_garbage_collection,
    read_bytes,
)

_MENDED = (Llm, Balanced)
_SILENCER = "aicfg:"
"""What every comment that silences holds."""

if TYPE_CHECKING:
    from aicfg.lint.masking import Mask
    from aicfg.lint.secrets import Spot
    from aicfg.lint.summary import Tally
    from aicfg.manifest.compose.composer import Composer


class Run:
    """One run over any number of files: collects diagnostics and remembers the sources, to show their lines.

    `entities` are what the last file compiles to, None where that is no manifest. Raises UsageError for settings that
    name a target that does not exist. `edited` has the new content of files that are not written yet, by real path,
    `beside` are decK files that belong to this run, though others look into them. A `tally` counts what is looked into.
    `siblings` are the runs that make one with it, itself among them: over other files, with other settings.
    `sought` are the real paths of all that manifests include, whether it is there or not, `included` the files that are
    only parts of others, `partial` those that were not seen whole. `met` are the environments and variables of
    manifests, `spots` the secrets of files that another process has read.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        edited: Mapping[str, bytes] = EMPTY,
        beside: Sequence[KongFile] = (),
    ) -> None:
        self.settings = settings or Settings()
        self.edited = edited
        self.beside = beside
        self.kong_files: list[KongFile] = []
        self.tally: Tally | None = None
        self.diagnostics: list[Diagnostic] = []
        self.sources: dict[str, tuple[Text, Sequence[Document]]] = {}
        self.spots: dict[str, Sequence[Spot]] = {}
        self.entities: Entities | None = None
        self.siblings: Sequence[Run] = (self,)
        self.sought: set[str] = set()
        self._masks: dict[str, Mask] = {}
        self.met: set[tuple[str, str]] = set()
        self._objects: list[Document] = []
        self.partial: set[str] = set()
        self.included: set[str] = set()
        self._rules: dict[str, list[Rule]] = {}
        self._applicable: dict[tuple[str, Any], list[Rule]] = {}
        gateway(*self.settings.target())

    def read(self, path: str | PathLike[str], *, named: bool = True) -> None:
        """Read and lint a file. Raises FileError for a file that is not there.

        A file that was only found, not named, and that is neither a manifest nor Kong's is left out.
        """
        edited = self.edited.get(os.path.realpath(path)) if self.edited else None
        content = load_bytes(path) if edited is None else edited
        self.read_content(content, str(path), named=named, path=str(path))

    @no_garbage_collection()
    def read_content(self, content: bytes, file: str, *, named: bool = True, path: str | None = None) -> None:
        """Read and lint the bytes of a file that goes by the name `file`.

        `path` is where it lies, from which a manifest can include others. Raises UsageError for an environment or a
        variable that a manifest does not have; where it was not named, `check_choice` does so in the end.
        """
        self.entities = None
        documents = self._documents(content, file, named)
        if not documents or not (named or any(is_worth_a_word(document.data) for document in documents)):
            return
        read = [None if self._is_composed(each) else subjects_of(each, self.settings) for each in documents]
        self.sources[file] = (documents[0].source, documents)
        for document, found in zip(documents, read, strict=True):
            if found is None:
                self._compose([(document, path)], named)
            else:
                subjects, self.entities = found
                self._tell(subjects)
                self.kong_files += (each for each in subjects if isinstance(each, KongFile) and each.form == "state")
        if self._objects:
            self._tell([KubernetesFile(tuple(self._objects))])

    @no_garbage_collection()
    def read_together(self, contents: Sequence[tuple[bytes, str, str | None]]) -> None:
        """Read and lint files that make one manifest: the bytes, the name and the path of each. A single file may be
        of any kind.

        Raises UsageError for one of several that is no manifest, and as `read_content` does.
        """
        if len(contents) == 1:
            content, file, path = contents[0]
            self.read_content(content, file, path=path)
            return
        self.entities = None
        given = []
        for content, file, path in contents:
            for document in self._documents(content, file, named=True):
                if form_of(document.data) != "manifest":
                    raise UsageError("this is no manifest: only manifests make one together", file=file)
                self.sources[file] = (document.source, [document])
                given.append((document, path))
        if len(given) == len(contents):
            self._compose(given, named=True)

    def check_choice(self) -> None:
        """Raises UsageError for an environment or a variable that was asked for and that no manifest had."""
        choice = self.settings.choice
        met = set[tuple[str, str]]().union(*(run.met for run in self.siblings))
        for what, asked in (("environment", (choice.environment,)), ("variable", choice.variables)):
            for name in asked:
                if name is not None and (what, name) not in met:
                    raise UsageError(f'no manifest has the {what} "{name}"', hint=f"check the name of the {what}")

    def _documents(self, content: bytes, file: str, named: bool) -> list[Document]:
        """The documents of a file that lint looks into. That its text is broken becomes a finding."""
        template = bool(self.settings.templates) and self.settings.has_template(file)
        try:
            documents = read_bytes(content, file, template=template)
            self._objects = documents if any(is_kubernetes(document.data) for document in documents) else []
            return wanted(documents, file)
        except SourceError as error:
            text = Text(content.decode("utf-8", "replace").removeprefix("\ufeff"), file)
            error = about_template(error, text.text, template)
            if named or looks_like_kong(text.text):
                self.sources[file] = (text, [])
                self._tell([SourceProblems(text, (error,))])
            return []

    def _is_composed(self, document: Document) -> bool:
        """Whether more than the document itself decides what it means."""
        if form_of(document.data) != "manifest":
            return False
        from aicfg.manifest.compose import stands_alone  # Kong files need none of this

        choice = self.settings.choice
        return bool(choice.environment or choice.variables) or not stands_alone(document)

    def _compose(self, given: Sequence[tuple[Document, str | None]], named: bool) -> None:
        """Lint a manifest that is put together, in each environment that is asked for."""
        from aicfg.lint.composed import held_throughout, passes
        from aicfg.manifest.compose.composer import Composer
        from aicfg.manifest.compose.files import Given, read_sources

        choice = self.settings.choice
        composer = Composer(read_sources([Given(*each) for each in given], self.edited), choice.variables)
        if named:
            composer.check(choice)
        self.met.update(_known_to(composer, choice))
        self.sought.update(composer.sources.sought)
        for document in composer.sources.documents:
            self.sources.setdefault(document.file, (document.source, [document]))
        for text, _ in composer.sources.unreadable:
            self.sources.setdefault(text.file, (text, []))
        own = {document.file for document, _ in given}
        self.included.update(each.file for each in composer.sources.documents if each.file not in own)
        if not composer.sources.complete:
            self.partial.update(document.file for document in composer.sources.documents)
        found = []
        for number, (subjects, entities) in enumerate(passes(composer, self.settings)):
            found.append(list(self._found(subjects)))
            self.entities = entities if number == 0 else self.entities
        is_whole = not composer.environments or (choice.environment is None and choice.every)
        files = {document.file for document, _ in given} if is_whole else set[str]()
        self.diagnostics += held_throughout(found, files)

    def check_target(self, target: str, options: Mapping[str, Any]) -> None:
        """Say what the last file's entities lose, or need besides, in a target that they are to be rendered to."""
        from aicfg.lint.targets import ForTarget
        from aicfg.render import names_in

        if self.entities is not None:
            self._tell(ForTarget(self.entities, name, options) for name in names_in(target))

    def report(self, *, keep_errors: bool = False) -> Report:
        """What was found and is not silenced. With `keep_errors`, for who writes something, no error can be."""
        diagnostics = [*self.diagnostics, *self._together()]
        if any(diagnostic.fix for diagnostic in diagnostics):
            from aicfg.lint.fixing import agreed

            diagnostics = agreed(diagnostics)
        found = in_order(diagnostics)
        has_silencers = any(_SILENCER in text.text for text, _ in self.sources.values())
        if has_silencers or self.settings.severities or self.settings.per_file_ignores:
            from aicfg.lint import silencing  # few runs need it

            if keep_errors:
                found = in_order(silencing.unless_error(found, self.sources))
            else:
                choice = self.settings.choice
                seen_in_part = self.sources if choice.environment or choice.variables else self.partial
                others = (run.sources for run in self.siblings if run is not self)
                partial = frozenset(seen_in_part).union(*others)  # what silences nothing here may do so there
                scope = silencing.Scope(self.sources, self.settings, partial, frozenset(self.included))
                found = in_order(silencing.heard(found, scope, self._found))
        return Report(found, tuple(self.sources))

    def _together(self) -> Iterator[Diagnostic]:
        """What the Kong files of the run say of each other."""
        if self.kong_files:
            files = {file.document.file for file in self.kong_files}
            beside = chain(self.beside, *(run.kong_files for run in self.siblings if run is not self))
            others = tuple(file for file in beside if file.document.file not in files)
            yield from (each for _, each in self._found((Together(tuple(self.kong_files), others),)))

    def source_line(self, file: str, line: int) -> str:
        """A line of a file that was read, as it may be shown: secrets masked."""
        return self._mask(file).line(line) if file in self.sources else ""

    def secrets(self, file: str) -> frozenset[str]:
        """What is masked in a file that was read, so that it can be masked wherever a fix puts it."""
        return self._mask(file).secrets

    def _mask(self, file: str) -> Mask:
        if file not in self._masks:
            from aicfg.lint.masking import Mask  # only a run with findings shows lines

            self._masks[file] = Mask(*self.sources[file], self._secret_variables, self.spots.get(file))
        return self._masks[file]

    @cached_property
    def _secret_variables(self) -> frozenset[str]:
        """The variables that hold secrets in some manifest of the run."""
        from aicfg.lint.masking import secret_variables

        return secret_variables(source for run in self.siblings for source in run.sources.values())

    def _rules_for(self, subject: Any) -> list[Rule]:
        """The rules that may have something to say about a subject: each is asked once for a kind of subjects."""
        key = type(subject).__name__, getattr(subject, "kind", None)
        found = self._applicable.get(key)
        if found is None:
            name, kind = key
            of_subject = self._rules_about(name)
            found = [rule for rule in of_subject if kind is None or rule.where is None or rule.where(kind)]
            self._applicable[key] = found
        return found

    def _rules_about(self, subject: str) -> list[Rule]:
        """The rules of this run that read a subject."""
        if subject not in self._rules:
            select, ignore = self.settings.select, self.settings.ignore
            self._rules[subject] = [rule for rule in rules_about(subject) if is_selected(rule, select, ignore)]
        return self._rules[subject]

    def _tell(self, subjects: Iterable[Any]) -> None:
        self.diagnostics += (diagnostic for _, diagnostic in self._found(subjects))

    def _found(self, subjects: Iterable[Any]) -> Iterator[tuple[Rule, Diagnostic]]:
        """What the rules of this run say about some subjects."""
        explained = Explained()
        told: dict[tuple[object, ...], Plugin] = {}
        for subject in subjects:
            if self.tally is not None:
                self.tally.add(subject)
            if isinstance(subject, Refused):
                explained.refuse(subject)
            mended = explained.mended(subject) if explained.refuses and isinstance(subject, _MENDED) else None
            for rule in self._rules_for(subject):
                for finding in rule.check(subject):
                    severity = finding.severity or rule.severity
                    about = getattr(subject, "plugin", None) if finding.about is None else finding.about
                    if isinstance(about, Plugin):
                        paths = (finding.path,) if isinstance(subject, Refused) else (finding.path, *finding.explains)
                        if any(explained.supplies(about, path) for path in paths):
                            continue
                    if mended is not None and not any(_same(finding, other) for other in rule.check(mended)):
                        continue
                    if isinstance(subject, PluginCheck):
                        if explained.says(subject.plugin, finding.path, severity):
                            continue
                    else:
                        explained.add(about, finding, severity)
                    diagnostic = _diagnostic(rule, finding, subject)
                    if isinstance(subject, PluginCheck):
                        cause = (rule.code, diagnostic.file, diagnostic.path, finding.path[-1:])
                        if told.setdefault(cause, subject.plugin) is not subject.plugin:
                            continue
                    yield rule, diagnostic


def _same(one: Finding, other: Finding) -> bool:
    return one.path == other.path and one.message == other.message


def _known_to(composer: Composer, choice: Choice) -> Iterator[tuple[str, str]]:
    """The environments and variables that a manifest has; all that is asked for where a file of it is missing."""
    yield from (("environment", name) for name in composer.environments)
    yield from (("variable", name) for name in composer.variable_names(None))
    if not composer.sources.complete:
        yield from (("variable", name) for name in choice.variables)
        yield "environment", choice.environment or ""


def _diagnostic(rule: Rule, finding: Finding, subject: Any) -> Diagnostic:
    from aicfg.lint.fingerprint import kind_of_fault, path_by_names  # only a run with findings needs these
    from aicfg.lint.masking import mask_text

    fix, names = None, tuple[str, ...]()
    if isinstance(subject, SourceProblems | SilencerProblems):
        index = int(finding.path[0])
        file, path, where = subject.source.file, (), subject.errors[index].place
        fix = subject.fixes[index] if isinstance(subject, SilencerProblems) else None
        names = (kind_of_fault(finding.message),) if isinstance(subject, SourceProblems) else ()
    else:
        holder = subject if finding.about is None else finding.about
        place = holder.origin.find(finding.path)
        document, path = place.document.stands_at(place.path, key=finding.at_key)
        file, where = document.file, document.locate(path, key=finding.at_key)
        names = path_by_names(document, path)
        if finding.fix is not None:
            from aicfg.lint.fixing.placing import fix_of

            fix = fix_of(finding.fix, holder)
    severity = finding.severity or rule.severity
    message, hint = mask_text(finding.message), mask_text(finding.hint) if finding.hint else None
    return Diagnostic(rule.code, rule.name, severity, message, file, *where, path, hint, fix, names)


def lint(
    paths: Iterable[str | PathLike[str]],
    *,
    gateway: str | None = None,
    edition: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    choice: Choice | None = None,
) -> Report:
    """Lint files, folders and globs. Raises AicfgError where one of them, or an option, cannot be used at all.

    Settings files are not read: only the arguments count.
    """
    run = Run(Settings(gateway, edition, code_prefixes(select), code_prefixes(ignore), choice=choice or Choice()))
    discovery = discover(map(str, paths))
    for error in discovery.errors:
        raise error
    for found in whole_files(discovery.files):
        run.read(found.path, named=found.named)
    run.check_choice()
    return run.report()


def whole_files(files: Sequence[Found]) -> Iterator[Found]:
    """Files without those that belong to a manifest among them, which includes them."""
    if len(files) > 1:
        from aicfg.manifest.compose.files import parts_of_others

        parts = parts_of_others([found.path for found in files if found.path != STDIN])
        return (found for found in files if found.path not in parts)
    return iter(files)
