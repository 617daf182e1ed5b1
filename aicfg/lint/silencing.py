"""What is left of the findings of a run: settings for some files, severities, and comments that silence.

All of this is about reports. Where something is to be written from the files, an error stands whatever silences it:
Kong would refuse the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic
from aicfg.lint.fix import Edit, Fix
from aicfg.lint.registry import Rule, rules, selected
from aicfg.lint.settings import Settings, longest
from aicfg.lint.silencers import Code, Silencer, silencers_in
from aicfg.lint.subjects import SilencerProblems
from aicfg.source import Document, SourceError, Text
from aicfg.tuples import NamedTuple
from aicfg.words import either

OWN = ("M501", "M502")
"""The rules about silencers themselves."""

Sources = Mapping[str, tuple[Text, Sequence[Document]]]
Say = Callable[[Iterable[Any]], Iterator[tuple[Rule, Diagnostic]]]
"""What the rules of a run say about some subjects."""


class Scope(NamedTuple):
    """What a run looked at: files with their documents, with which settings.

    `partial` are files that not everything was found in: what silences nothing there may do so elsewhere. `included`
    are those that may be parts of other manifests, too.
    """

    sources: Sources
    settings: Settings
    partial: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()


def heard(found: Iterable[Diagnostic], scope: Scope, say: Say) -> Iterator[Diagnostic]:
    """The findings that nothing silences, and those about silencers."""
    settings, known = scope.settings, _silencers(scope.sources)
    for diagnostic in adjusted(found, settings):
        if not _is_silenced(diagnostic, known):
            yield diagnostic
    subjects = list[SilencerProblems]()
    for file, silencers in known.items():
        live = _live(settings, file) if silencers.found and file not in scope.partial else {}
        subjects += silencers.problems(live, safe=file not in scope.included)
    for diagnostic in adjusted((each for _, each in say(subjects)), settings):
        if not _is_silenced(diagnostic, known):
            yield diagnostic


def unless_error(found: Iterable[Diagnostic], sources: Sources) -> Iterator[Diagnostic]:
    """The findings that no comment silences, and all errors."""
    known = _silencers(sources)
    return (one for one in found if one.severity == "error" or not _is_silenced(one, known))


def adjusted(found: Iterable[Diagnostic], settings: Settings) -> Iterator[Diagnostic]:
    """The findings that the settings do not leave out for their file, with the severities of the settings."""
    for diagnostic in found:
        if diagnostic.file is not None and settings.ignores_in(diagnostic.file, diagnostic.code):
            continue
        severity = longest(settings.severities, diagnostic.code)
        yield next((diagnostic._replace(severity=name) for name in SEVERITIES if name == severity), diagnostic)


def _silencers(sources: Sources) -> dict[str, _Silencers]:
    """The silencers of each file that could be read."""
    return {file: _Silencers(text) for file, (text, documents) in sources.items() if documents}


def _is_silenced(diagnostic: Diagnostic, known: Mapping[str, _Silencers]) -> bool:
    silencers = known.get(diagnostic.file or "")
    return silencers is not None and silencers.silence(diagnostic)


def _live(settings: Settings, file: str) -> Mapping[str, bool]:
    """The codes that lint can find, apart from those about silencers: whether it was to find them in this file."""
    chosen = selected(settings.select, settings.ignore)
    return {
        rule.code: rule in chosen and not settings.ignores_in(file, rule.code)
        for rule in rules()
        if rule.code not in OWN and rule.subject != "ForTarget"
    }


class _Silencers:
    """The silencers of a file, and which of their codes silence something."""

    def __init__(self, source: Text) -> None:
        self.source = source
        self.found, self.faults = silencers_in(source)
        self._by_line: dict[int | None, list[Silencer]] = {}
        for silencer in self.found:
            self._by_line.setdefault(silencer.line, []).append(silencer)
        self._used = set[tuple[Silencer, Code | None]]()

    def silence(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment silences a finding: one about its line, else one about the file.

        A finding about silencers has to be named: a comment that is about everything must not hide that it is useless.
        """
        meant = 2 if diagnostic.code in OWN else 0
        for line in (diagnostic.line, None):
            for silencer in self._by_line.get(line, ()):
                for code in (None,) if silencer.codes is None else silencer.codes:
                    text = "" if code is None else code.text
                    if len(text) >= meant and diagnostic.code.startswith(text):
                        self._used.add((silencer, code))
                        return True
        return False

    def problems(self, live: Mapping[str, bool], *, safe: bool) -> Iterator[SilencerProblems]:
        """What is wrong with the silencers. `live` are the codes that can be found; without any, nobody can tell.

        `safe` tells whether those that silence nothing can be removed without a look at what else uses the file.
        """
        problems: list[tuple[SourceError, Fix | None]] = [(fault, None) for fault in self.faults]
        for silencer in self.found:
            codes = (None,) if silencer.codes is None else silencer.codes
            useless = [code for code in codes if self._is_useless(silencer, code, live)]
            where = "this file" if silencer.line is None else f"line {silencer.line}"
            if useless and len(useless) == len(codes):
                place = silencer.start, silencer.end
                names = [code.text or "ALL" for code in useless if code]
                problems.append(self._problem(names, where, place, removal(self.source, silencer), safe))
            else:
                for code in filter(None, useless):
                    place = code.start, code.end
                    names = [code.text or "ALL"]
                    problems.append(self._problem(names, where, place, removal_of_code(silencer, code), safe))
        if problems:
            yield SilencerProblems(self.source, *map(tuple, zip(*problems, strict=True)))

    def _is_useless(self, silencer: Silencer, code: Code | None, live: Mapping[str, bool]) -> bool:
        """Whether a code silences nothing although all that it could silence was looked for."""
        covered = [was_sought for each, was_sought in live.items() if code is None or each.startswith(code.text)]
        return (silencer, code) not in self._used and bool(covered) and all(covered)

    def _problem(
        self, names: Sequence[str], where: str, place: tuple[int, int], removed: tuple[int, int], safe: bool
    ) -> tuple[SourceError, Fix]:
        what = f"of {either(names)} " if names else ""
        message = f"there is no finding {what}in {where}: this silences nothing"
        file, place_of = self.source.file, self.source.place
        edit = Edit(file, *removed, "", place_of(*removed), "")
        error = SourceError("useless-silencer", message, file, place_of(*place), "remove it")
        return error, Fix("remove what silences nothing", (edit,), safe)


def removal(source: Text, silencer: Silencer) -> tuple[int, int]:
    """The part of the text that goes with a silencer: its line, where nothing else stands there."""
    number = source.place(silencer.start, silencer.start).line
    start, end = source.line_span(number)
    before, behind = source.text[start : silencer.start], source.text[silencer.end : end]
    if not before.strip() and not behind.strip():
        return start, source.starts[number] if number < len(source.starts) else len(source.text)
    if not before.strip():
        return silencer.start, silencer.end + len(behind) - len(behind.lstrip())
    return start + len(before.rstrip()), silencer.end


def removal_of_code(silencer: Silencer, code: Code) -> tuple[int, int]:
    """The part of the text that goes with one of several codes: it, and what parts it from the one beside it."""
    codes = silencer.codes or ()
    index = codes.index(code)
    return (code.start, codes[1].start) if index == 0 else (codes[index - 1].end, code.end)
