"""Runs the rules over files: reads each, gathers the subjects, and turns findings into diagnostics.

Where a finding about a plugin explains what Kong says about the same cause (`Finding.explains`), only the explanation
is reported: one root cause, one finding. So whatever else is said of a plugin comes before its schema check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import gateway
from aicfg.kong.detect import form_of, is_kubernetes, looks_like_kong
from aicfg.kong.entities import Entities, Plugin
from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Finding, Report, Severity, in_order
from aicfg.lint.discovery import discover, is_ours
from aicfg.lint.registry import Rule, code_prefixes, selected
from aicfg.lint.settings import Settings
from aicfg.lint.subjects import PluginCheck, SourceProblems, subjects_of
from aicfg.source import (
    Document,
    Path,
    SourceError,
    Text,
    load_bytes,
    no_garbage_collection,
    one_document,
    read_bytes,
)

if TYPE_CHECKING:
    from aicfg.lint.masking import Mask


class Run:
    """One run over any number of files: collects diagnostics and remembers the sources, to show their lines.

    `entities` are what the last file compiles to, None where that is no manifest. Raises UsageError for settings that
    name a target that does not exist.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.diagnostics: list[Diagnostic] = []
        self.sources: dict[str, tuple[Text, list[Document]]] = {}
        self.entities: Entities | None = None
        self._masks: dict[str, Mask] = {}
        gateway(*self.settings.target())

    def read(self, path: str | PathLike[str], *, named: bool = True) -> None:
        """Read and lint a file. Raises FileError for a file that is not there.

        A file that was only found, not named, and that is neither a manifest nor Kong's is left out.
        """
        self.read_content(load_bytes(path), str(path), named=named)

    @no_garbage_collection()
    def read_content(self, content: bytes, file: str, *, named: bool = True) -> None:
        """Read and lint the bytes of a file that goes by the name `file`."""
        self.entities = None
        text = Text(content.decode("utf-8", "replace").removeprefix("\ufeff"), file)
        try:
            documents = _wanted(read_bytes(content, file), file)
        except SourceError as error:
            if named or looks_like_kong(text.text):
                self.sources[file] = (text, [])
                self._apply([SourceProblems(text, (error,))])
            return
        if not named and not any(is_ours(document.data) for document in documents):
            return
        read = [subjects_of(document, self.settings) for document in documents]
        self.sources[file] = (documents[0].source, documents)
        for subjects, self.entities in read:
            self._apply(subjects)

    def check_target(self, target: str, options: Mapping[str, Any]) -> None:
        """Say what the last file's entities lose, or need besides, in a target that they are to be rendered to."""
        from aicfg.lint.targets import ForTarget
        from aicfg.render import ALL, targets

        if self.entities is not None:
            names = targets() if target == ALL else (target,)
            self._apply(ForTarget(self.entities, name, options) for name in names)

    def report(self) -> Report:
        return Report(in_order(self.diagnostics), tuple(self.sources))

    def source_line(self, file: str, line: int) -> str:
        """A line of a file that was read, as it may be shown: secrets masked."""
        if file not in self.sources:
            return ""
        if file not in self._masks:
            from aicfg.lint.masking import Mask  # only a run with findings shows lines

            self._masks[file] = Mask(*self.sources[file])
        return self._masks[file].line(line)

    @cached_property
    def _rules(self) -> dict[str, list[Rule]]:
        """The rules of this run, by the subject that they read."""
        return rules_by_subject(selected(self.settings.select, self.settings.ignore))

    def _apply(self, subjects: Iterable[Any]) -> None:
        explained = _Explained()
        for subject in subjects:
            for rule in self._rules.get(type(subject).__name__, ()):
                for finding in rule.check(subject):
                    severity = finding.severity or rule.severity
                    if isinstance(subject, PluginCheck):
                        if explained.says(subject.plugin, finding.path, severity):
                            continue
                    else:
                        about = getattr(subject, "plugin", None) if finding.about is None else finding.about
                        explained.add(about, finding, severity)
                    self.diagnostics.append(_diagnostic(rule, finding, subject))


class _Explained:
    """What need not be said of a plugin any more, because an explanation at least as severe has been given."""

    def __init__(self) -> None:
        self._worst: dict[tuple[int, Path], int] = {}

    def add(self, about: Any, finding: Finding, severity: Severity) -> None:
        rank = SEVERITIES.index(severity)
        for path in (finding.path, *finding.explains) if severity == "error" else finding.explains:
            place = (id(about), path)
            self._worst[place] = min(rank, self._worst.get(place, rank))

    def says(self, plugin: Plugin, path: Path, severity: Severity) -> bool:
        rank = self._worst.get((id(plugin), path))
        return rank is not None and rank <= SEVERITIES.index(severity)


def _wanted(documents: list[Document], file: str) -> list[Document]:
    """The documents of a file that lint looks into. Only Kubernetes puts several into one file."""
    if any(is_kubernetes(document.data) for document in documents):
        return [document for document in documents if form_of(document.data) != "other"] or documents[:1]
    return [one_document(documents, file)]


def rules_by_subject(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    grouped: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        grouped[rule.subject].append(rule)
    return grouped


def _diagnostic(rule: Rule, finding: Finding, subject: Any) -> Diagnostic:
    if isinstance(subject, SourceProblems):
        file, path, where = subject.source.file, (), subject.errors[int(finding.path[0])].place
    else:
        place = (subject if finding.about is None else finding.about).origin.find(finding.path)
        file, path = place.document.file, place.path
        where = place.document.locate(path, key=finding.at_key)
    severity = finding.severity or rule.severity
    from aicfg.lint.masking import mask_text  # only a run with findings has something to mask

    message, hint = mask_text(finding.message), mask_text(finding.hint) if finding.hint else None
    return Diagnostic(rule.code, rule.name, severity, message, file, *where, path, hint)


def lint(
    paths: Iterable[str | PathLike[str]],
    *,
    gateway: str | None = None,
    edition: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """Lint files, folders and globs. Raises AicfgError where one of them, or an option, cannot be used at all.

    Settings files are not read: only the arguments count.
    """
    run = Run(Settings(gateway, edition, code_prefixes(select), code_prefixes(ignore)))
    discovery = discover(map(str, paths))
    for error in discovery.errors:
        raise error
    for found in discovery.files:
        run.read(found.path, named=found.named)
    return run.report()
