"""Comments that silence findings: `# aicfg: ignore[P204, K1] reason` and `# aicfg: ignore-file[M] reason`.

Behind a value such a comment is about its own line, on a line of its own about the next line that is no comment.
Codes may be beginnings of codes; without brackets all are meant. The reason is for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicfg.lint.registry import rules
from aicfg.source import SourceError, Text
from aicfg.source.comments import Gaps
from aicfg.tuples import NamedTuple
from aicfg.words import did_you_mean, nearest

WORDS = ("ignore", "ignore-file")

_COMMENT = re.compile(r"(?:(?<=[\s\]},\"'])|(?<![\s\S]))#[ \t]*aicfg:[ \t]*(?P<word>[\w-]*)")
_CODES = re.compile(r"[ \t]*\[(?P<codes>[^\[\]\r\n]*)\]")
_REASON = re.compile(r"(?:(?![ \t]#)[^\r\n])*")
_CODE = re.compile(r"[^\s,]+")
_LIKE_CODES = re.compile(r"[ \t]*(?P<codes>[A-Za-z][0-9]{3}\b|\[)")


class Code(NamedTuple):
    """A code, or the beginning of some, and where it stands in the text."""

    text: str
    start: int
    end: int


class Silencer(NamedTuple):
    """A comment that silences: where it stands, the line that it is about (None: the whole file), and its codes.

    Without brackets, `codes` is None and all findings are meant.
    """

    start: int
    end: int
    line: int | None
    codes: tuple[Code, ...] | None = None


class Silencers(NamedTuple):
    """The silencers of a file, and what is wrong with those that nobody can follow."""

    found: tuple[Silencer, ...]
    faults: tuple[SourceError, ...] = ()


def silencers_in(source: Text) -> Silencers:
    """The silencers of a text that could be read."""
    if not _COMMENT.search(source.text):
        return Silencers(())
    gaps, found, faults = Gaps(source), list[Silencer](), list[SourceError]()
    for match in _COMMENT.finditer(source.text):
        if gaps.has(match.start()):
            silencer = _read(source, match, faults)
            if silencer is not None:
                found.append(silencer)
    return Silencers(tuple(found), tuple(faults))


def is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _read(source: Text, match: re.Match[str], faults: list[SourceError]) -> Silencer | None:
    """The silencer that begins here, None where it is no such comment. What is wrong is added to `faults`."""
    word, text = match["word"], source.text
    if word not in WORDS:
        meant = nearest(word, WORDS) if word else None
        if meant is not None:  # anything else is a comment like others
            faults.append(_fault(source, *match.span("word"), f'"{word}" silences nothing', f"write `{meant}`"))
        return None
    brackets = _CODES.match(text, match.end())
    bare = None if brackets else _LIKE_CODES.match(text, match.end())
    if bare:
        hint = f"for example `# aicfg: {word}[P204] the reason`"
        faults.append(_fault(source, *bare.span("codes"), "codes have to stand in brackets", hint))
        return None
    reason = _REASON.match(text, brackets.end() if brackets else match.end())
    end = match.start() + len(text[match.start() : reason.end() if reason else match.end()].rstrip())
    line = None if word == "ignore-file" else _line_of(source, match.start())
    if brackets is None:
        return Silencer(match.start(), end, line)
    written = [Code(each.group().upper(), *each.span()) for each in _CODE.finditer(text, *brackets.span("codes"))]
    if not written:
        hint = f"for example `# aicfg: {word}[P204] the reason`"
        faults.append(_fault(source, match.start(), brackets.end(), "the brackets name no code", hint))
    codes = tuple(_known(source, written, faults))
    return Silencer(match.start(), end, line, codes)


def _known(source: Text, written: list[Code], faults: list[SourceError]) -> Iterator[Code]:
    """The codes that some rule has."""
    for code in written:
        if code.text == "ALL":
            yield code._replace(text="")
        elif any(rule.code.startswith(code.text) for rule in rules()):
            yield code
        else:
            name = source.text[code.start : code.end]
            by_name = {rule.name: rule.code for rule in rules()}
            meant = nearest(name, by_name) if "-" in name else None
            known = [rule.code for rule in rules()]
            hint = f'{meant} has the code "{by_name[meant]}"' if meant else did_you_mean(name, known)
            faults.append(
                _fault(
                    source,
                    code.start,
                    code.end,
                    f'no rule has a code that starts with "{name}"',
                    hint or "`aicfg rules` lists them all",
                )
            )


def _line_of(source: Text, start: int) -> int:
    """The line that a comment is about which starts here."""
    number = source.place(start, start).line
    if not is_comment(source.line(number)):
        return number
    last = len(source.starts)
    while number <= last and is_comment(source.line(number)):
        number += 1
    return number


def _fault(source: Text, start: int, end: int, message: str, hint: str) -> SourceError:
    return SourceError("invalid-silencer", message, source.file, source.place(start, end), hint)
