"""Hides what looks like a secret wherever a line of a source file is shown.

Every hidden character becomes one `*`, so that columns and carets stay where they are. References to secrets stay
readable, since what is wrong with one has to be seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain, repeat
from typing import Any

from aicfg.lint.secrets import Spot, names_secret, plain_parts, shaped
from aicfg.source import Document, Path, Text
from aicfg.source.document import PROPERTIES, Span

_ASSIGNED = re.compile(r"(?<![\w.-])([A-Za-z_][\w-]{0,60})[\"']?[ \t]{0,4}[:=][ \t]{0,4}")
_KEY_LINE = re.compile(r"[\s{-]*[\"']?[\w.-]{1,80}[\"']?[ \t]*:(?:\s|$)")
_QUOTED = re.compile(
    r'"(?:\$\{\{[^{}\n]{0,200}\}\}|[^"\\]|\\.)*|' + r"'(?:\$\{\{[^{}\n]{0,200}\}\}|[^']|'')*"  # decK's may hold quotes
)
_BEHIND_QUOTE = re.compile(r"[ \t]*(?:[,}\]#]|$)")
_SCHEME = re.compile(r"(?:Bearer|Basic)\s+", re.IGNORECASE)
_NO_TEXT = re.compile(r"(?:true|false|null|~)?[\s,}\]]*$|[|>*&!\[{]", re.IGNORECASE)
_CONSTANTS = ("true", "false", "null", "~")
_WORD = re.compile(r"(?:\$?\{[^{}]{0,200}\}+|[^\s,}\]&\"';])+")
_FLOW_VALUE = re.compile(r"(?:\$?\{[^{}]{0,200}\}+|[^,}\]])*")
_CONTENT = re.compile(r"[^\s\r\n][^\r\n]*")
_PEM_BODY = re.compile(r"-----BEGIN[ A-Z]{0,40}PRIVATE KEY-----(.*?)(?:-----END|\Z)", re.DOTALL)
_VARIABLE = re.compile(r"\$\{var:(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
_STARS = re.compile(r"\*+")
_TELLING = 4
"""The length from which on a text is hidden wherever it stands: shorter ones are parts of too many words."""
_SOME_SECRET = "s0me-s3cret-v4lue"
_AROUND = 500
_REFERS = re.compile(r"ref$", re.IGNORECASE)
_HARMLESS = frozenset(("apiVersion", "enabled", "id", "kind", "name", "namespace", "tags", "type", "username"))
_OPEN = re.compile(r"(?:name|location|client_id|tenant_id|override)$|role|region|endpoint|_use_")
"""Keys that say nothing secret even inside a map that holds secrets."""


def mask_text(text: str) -> str:
    """The text with secrets of known forms hidden."""
    return _hidden(text, shaped(text))


def masked_lines(source: Text, documents: Sequence[Document]) -> list[str]:
    """All lines of a file as they may be shown. `Mask` does the same for single lines, without the others' cost."""
    mask = Mask(source, documents)
    return [mask.line(number) for number in range(1, len(source.starts) + 1)]


class Mask:
    """Shows the lines of a file without their secrets.

    `documents` is what could be read of the file, nothing where it is broken; `variables` the manifest's variables that
    hold secrets; `spots` spares looking for them.
    """

    def __init__(
        self,
        source: Text,
        documents: Sequence[Document],
        variables: Collection[str] = (),
        spots: Sequence[Spot] | None = None,
    ) -> None:
        self.source = source
        self.documents = documents
        self.variables = variables
        if spots is not None:
            self.spots = spots

    def line(self, number: int) -> str:
        """The line `number` (from 1) as it may be shown: "" where there is no such line."""
        start, end = self.source.line_span(number)
        line = self.source.text[start:end]
        spots = list(shaped(line)) + (list(_assigned(line)) if self.documents else [])
        first, last = bisect_left(self.spots, (start, start)), bisect_left(self.spots, (end, end))
        spots += [(spot_start - start, spot_end - start) for spot_start, spot_end in self.spots[first:last]]
        return _hidden(line, spots)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """What is hidden in the file, wherever else it may turn up."""
        found = set[str]()
        for number in range(1, len(self.source.starts) + 1):
            start, end = self.source.line_span(number)
            line, shown = self.source.text[start:end], self.line(number)
            found.update(line[run.start() : run.end()] for run in _STARS.finditer(shown) if shown != line)
        return frozenset(text for text in found if len(text) >= _TELLING and text.strip("*"))

    @cached_property
    def spots(self) -> Sequence[Spot]:
        """What the structure of the file tells to be secret, in order, each within one line."""
        found = set[Spot]()
        if not self.documents or any(map(_repeats_keys, self.documents)):
            found.update(_of_broken(self.source, self.variables))
        for document in self.documents:
            found.update(_of_document(document, self.variables))
        for match in _PEM_BODY.finditer(self.source.text):
            found.update(_by_line(self.source.text, *match.span(1)))
        return sorted(found)


def spots_alone(source: Text, documents: Sequence[Document]) -> Sequence[Spot] | None:
    """The secrets of a file; None where it takes other files to know them all."""
    for document in documents:
        if isinstance(document.data, dict) and ("variables" in document.data or "environments" in document.data):
            return None
        if _repeats_keys(document):
            return None
    return Mask(source, documents).spots if documents else None


def _repeats_keys(document: Document) -> bool:
    """Whether the text says more than the values do: of a key that is there twice, they have the last one alone."""
    return any(problem.kind == "duplicate-key" for problem in document.problems)


def without(line: str, secrets: Collection[str]) -> str:
    """A line without secrets that are known from elsewhere."""
    for secret in sorted((secret for secret in secrets if secret in line), key=lambda one: (-len(one), one)):
        line = line.replace(secret, "*" * len(secret))
    return line


def _hidden(line: str, spots: Iterable[Spot]) -> str:
    shown = list(line)
    for start, end in spots:
        shown[start:end] = "*" * (min(end, len(shown)) - start)
    return "".join(shown)


def _assigned(line: str) -> Iterator[Spot]:
    """Secrets that are given in a comment or inside a text, such as `# api_key: …` and `password=…`."""
    at = 0
    while match := _ASSIGNED.search(line, at):
        at = match.end()
        if match[1] == "key" or not names_secret(match[1]) or _NO_TEXT.match(line, at):
            continue
        quoted = _QUOTED.match(line, at)
        start = at + 1 if quoted else at
        scheme = _SCHEME.match(line, start)
        start = scheme.end() if scheme else start
        value = quoted or _WORD.match(line, start)
        at = max(at, value.end() if value else at)
        yield from plain_parts(line, start, at)


def is_secret_place(path: Path) -> bool:
    """Whether what stands at a path is secret by the names of its keys."""
    secret: bool | None = False
    for index, part in enumerate(path):
        if isinstance(part, str):
            around, secret = secret, _secrecy(part, secret)
            if around and secret is False and index + 1 < len(path):
                secret = True  # a map inside a secret one is secret, whatever it is called
    return bool(secret)


def secret_variables(files: Iterable[tuple[Text, Sequence[Document]]]) -> frozenset[str]:
    """The variables of manifests that are used where a secret stands: their values are secrets too.

    In a file that is broken, all that it uses.
    """
    found = set[str]()
    for source, documents in files:
        if "{var:" not in source.text:
            continue
        for document in documents:
            for span in _secret_values(document):
                start, end = document.place_offsets(document.spans.scalars.get(span, span))
                found.update(match["name"] for match in _VARIABLE.finditer(source.text, start, end))
        found.update(
            match["name"]
            for match in _VARIABLE.finditer(source.text)
            if not documents or _completes_secret(source.text, match)
        )
    return frozenset(found)


def _completes_secret(text: str, use: re.Match[str]) -> bool:
    """Whether a text has the form of a secret once a variable in it has its value, such as a password in a URL."""
    line_start, line_end = text.rfind("\n", 0, use.start()) + 1, text.find("\n", use.end())
    before, after = text[line_start : use.start()][-_AROUND:], text[use.end() : line_end if line_end >= 0 else None]
    start, end = len(before), len(before) + len(_SOME_SECRET)
    return any(first < end and last > start for first, last in shaped(before + _SOME_SECRET + after[:_AROUND]))


def _values_of(variables: Collection[str], document: Document) -> Iterator[Span]:
    """The places of the values of some variables of a manifest."""
    data = document.data if variables and isinstance(document.data, dict) else {}
    environments = data.get("environments")
    for holder in (data, *(environments.values() if isinstance(environments, dict) else ())):
        section: Any = holder.get("variables") if isinstance(holder, dict) else None
        for name, value in section.items() if isinstance(section, dict) else ():
            if name in variables and isinstance(value, str | int | float):
                yield document.spans.of_key(section, name)[1]


def _of_document(document: Document, variables: Collection[str]) -> Iterator[Spot]:
    """The plain text of all values under keys that name secrets, and of variables that hold such."""
    scalars = document.spans.scalars
    for span in chain(_secret_values(document), _values_of(variables, document)):
        yield from _of_value(document.source.text, *document.place_offsets(scalars.get(span, span)))


def _secret_values(document: Document) -> Iterator[Span]:
    """The places of all scalars under keys that name secrets."""
    todo: dict[bool | None, list[Any]] = {False: [document.data], True: [], None: []}
    for inherited in (False, True, None):  # nothing leads back: what a secret map holds is secret
        values, seen = todo[inherited], set[int]()
        while values:
            value = values.pop()
            if not isinstance(value, (dict, list)) or id(value) in seen:
                continue
            seen.add(id(value))
            items = value.items() if isinstance(value, dict) else zip(repeat(None), value)
            for index, (key, item) in enumerate(items):
                secret = _secrecy(key, inherited)
                if isinstance(item, dict) and inherited and secret is False:
                    todo[True].append(item)
                elif isinstance(item, (dict, list)):
                    todo[secret].append(item)
                elif secret and isinstance(item, (str, int, float)) and not isinstance(item, bool):
                    yield document.spans.of_value(value, index)


@lru_cache(maxsize=10_000)
def _secrecy(key: str | None, inherited: bool | None) -> bool | None:
    """Whether what stands under a key is secret, given whether the map around it is. None: it only names a secret."""
    if key is None or inherited is None:
        return inherited
    return None if _REFERS.search(key) else names_secret(key) or (inherited and not _is_open(key))


def _is_open(key: str) -> bool:
    return key in _HARMLESS or _OPEN.search(key) is not None


def _of_value(text: str, start: int, end: int) -> Iterator[Spot]:
    """A value without its anchor, its quotes, its block indicator and a leading scheme such as `Bearer`."""
    properties = PROPERTIES.match(text, start, end)
    start = properties.end() if properties else start
    if text[start : start + 1] in ("|", ">"):
        start = min((at for at in (text.find(sign, start, end) for sign in "\r\n") if at >= 0), default=end)
    elif text[start : start + 1] in ('"', "'") and end - start > 1:
        start, end = start + 1, end - (text[end - 1] == text[start])
    scheme = _SCHEME.match(text, start, end)
    yield from _by_line(text, scheme.end() if scheme else start, end)


def _by_line(text: str, start: int, end: int) -> Iterator[Spot]:
    """The plain text of a range, line by line, without the indentation."""
    for match in _CONTENT.finditer(text, start, end):
        yield from plain_parts(text, *match.span())


def _of_broken(source: Text, variables: Collection[str]) -> Iterator[Spot]:
    """Secrets in a text that is no YAML: whatever follows a key that names a secret, in its line and below it."""
    column, deeper = None, True
    for number in range(1, len(source.starts) + 1):
        start, end = source.line_span(number)
        line = source.text[start:end]
        content = line.lstrip()
        if not content:
            continue
        indent, key = len(line) - len(content), _KEY_LINE.match(line)
        if (
            column is not None
            and ((deeper and _is_below(indent, content, column)) or not key)
            and content[0] not in "}]"
        ):
            yield from _by_line(source.text, start + (key.end() if key else indent), end)
            continue
        column, at = None, 0
        while match := _ASSIGNED.search(line, at):
            at = match.end()
            if names_secret(match[1]) or match[1] in variables:
                stop = _value_end(line, match)
                value = line[at:stop].strip()
                deeper = _goes_on(value)
                if deeper or (stop >= len(line.rstrip()) and value[0] not in "\"'" and any(_parts(value))):
                    flow = value[:1] in ("{", "[") or "{" in line[: match.start()]  # indentation says nothing there
                    column = -1 if flow else match.start(1)
                if value not in _CONSTANTS:
                    yield from _of_value(source.text, start + at, start + stop)
                if stop >= len(line):
                    break


def _is_below(indent: int, content: str, column: int) -> bool:
    """Whether a line belongs to the key above it, which stands at `column`. A list may stand right below its key."""
    return indent > column or (indent == column and content.startswith("-"))


def _goes_on(value: str) -> bool:
    """Whether the value may continue below its line."""
    if value.startswith(('"', "'")):
        return len(value) == 1 or value[-1] != value[0]
    return not value or value[0] in "|>[&!" or (value[0] == "{" and any(_parts(value)))


def _parts(value: str) -> Iterator[Spot]:
    return plain_parts(value, 0, len(value))


def _value_end(line: str, assigned: re.Match[str]) -> int:
    """Where the value of a key ends in a line: at its closing quote, in a flow map at the next comma or bracket."""
    quoted = _QUOTED.match(line, assigned.end())
    if quoted:
        end = min(quoted.end() + 1, len(line))
        return end if _BEHIND_QUOTE.match(line, end) else len(line)
    if line.startswith(("{", "["), assigned.end()) and not line.startswith("{vault:", assigned.end()):
        return len(line)  # nobody knows where a map or list ends whose brackets may be wrong
    if "{" in line[: assigned.start()]:
        value = _FLOW_VALUE.match(line, assigned.end())
        return value.end() if value else len(line)
    return len(line)
