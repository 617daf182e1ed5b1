"""What is left of the findings of a run: settings for some files, severities, and comments that silence.

All of this is about reports. Where something is to be written from the files, an error stands whatever silences it:
Kong would refuse the output.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic
from aicfg.lint.registry import Rule, rules, selected
from aicfg.lint.settings import Settings, longest
from aicfg.lint.silencers import Code, Silencer, silencers_in
from aicfg.lint.subjects import SilencerProblems
from aicfg.source import Document, SourceError, Text

OWN = ("M501", "M502")
"""The rules about silencers themselves."""

Sources = Mapping[str, tuple[Text, Sequence[Document]]]
Say = Callable[[Iterable[Any]], Iterator[tuple[Rule, Diagnostic]]]
"""What the rules of a run say about some subjects."""


def heard(
    found: Iterable[Diagnostic], sources: Sources, settings: Settings, say: Say, partial: Collection[str] | None
) -> Iterator[Diagnostic]:
    """The findings that nothing silences, and those about silencers.

    `partial` are the files that not all was found in; None where that is so of all: what silences nothing there may
    do so elsewhere.
    """
    known = {file: _Silencers(text) for file, (text, documents) in sources.items() if documents}
    for diagnostic in adjusted(found, settings):
        if not _is_silenced(diagnostic, known):
            yield diagnostic
    subjects = list[SilencerProblems]()
    for file, silencers in known.items():
        everything = partial is not None and file not in partial
        subjects += silencers.problems(_live(settings, file) if everything and silencers.found else None)
    for diagnostic in adjusted((each for _, each in say(subjects)), settings):
        if not _is_silenced(diagnostic, known):
            yield diagnostic


def unless_error(found: Iterable[Diagnostic], sources: Sources) -> Iterator[Diagnostic]:
    """The findings that no comment silences, and all errors."""
    known = {file: _Silencers(text) for file, (text, documents) in sources.items() if documents}
    return (one for one in found if one.severity == "error" or not _is_silenced(one, known))


def adjusted(found: Iterable[Diagnostic], settings: Settings) -> Iterator[Diagnostic]:
    """The findings that the settings do not leave out for their file, with the severities of the settings."""
    for diagnostic in found:
        if diagnostic.file is not None and settings.ignores_in(diagnostic.file, diagnostic.code):
            continue
        severity = longest(settings.severities, diagnostic.code)
        yield next((diagnostic._replace(severity=name) for name in SEVERITIES if name == severity), diagnostic)


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

    def problems(self, live: Mapping[str, bool] | None) -> Iterator[SilencerProblems]:
        """What is wrong with the silencers. `live` are the codes that can be found, None where nobody can tell."""
        errors, edits = list(self.faults), list[tuple[int, int]]()
        for silencer in self.found if live is not None else ():
            codes = (None,) if silencer.codes is None else silencer.codes
            useless = [code for code in codes if live is not None and self._is_useless(silencer, code, live)]
            if useless and len(useless) == len(codes):
                errors.append(self._error("this silences nothing", silencer.start, silencer.end))
                edits.append(removal(self.source, silencer))
            else:
                for code in filter(None, useless):
                    errors.append(self._error(f"{code.text or 'ALL'} silences nothing here", code.start, code.end))
                    edits.append(removal_of_code(silencer, code))
        if errors:
            yield SilencerProblems(self.source, tuple(errors), (*(None for _ in self.faults), *edits))

    def _is_useless(self, silencer: Silencer, code: Code | None, live: Mapping[str, bool]) -> bool:
        """Whether a code silences nothing although all that it could silence was looked for."""
        covered = [was_sought for each, was_sought in live.items() if code is None or each.startswith(code.text)]
        return (silencer, code) not in self._used and bool(covered) and all(covered)

    def _error(self, message: str, start: int, end: int) -> SourceError:
        place = self.source.place(start, end)
        return SourceError("useless-silencer", message, self.source.file, place, "remove it")


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
