"""Says in plain words what libyaml complains about: where the cause stands, and what to do.

libyaml reports where it could not go on, in terms of its grammar ("did not find expected key"). The cause often stands
elsewhere, in the line above or at the bracket that was never closed. Each explanation looks at the text around both
of its marks; what none of them knows is passed on in libyaml's words.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import ScalarEvent

from aicfg.source.document import SourceError, Text
from aicfg.tuples import NamedTuple

_LONGEST_KEY = 1024
"""libyaml's limit for a key without `?` before it, in characters."""
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_SPACE = re.compile(r"[\s-]*[\w.][\w.-]*(:)(?=[^\s/])")
_HAS_KEY = re.compile(r"[\s-]*(?:\"[^\"]*\" *|'[^']*' *|[^\s#\"'-](?:[^:]|:(?=\S))*):(?:\s+|$)")
_QUOTE_HINT = "put the whole value in quotes"


class Scene(NamedTuple):
    """A complaint of libyaml: where it gave up, and where what it was reading began."""

    text: str
    at: int
    opened: int
    source: Text

    def line_start(self, at: int) -> int:
        start = self.text.rfind("\n", 0, at) + 1
        return max(start, self.text.rfind("\r", start, at) + 1)

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        carriage_return = self.text.find("\r", at, end)
        return end if carriage_return < 0 else carriage_return

    def line(self, at: int) -> str:
        """The line around an offset, of a very long one only the start."""
        start = self.line_start(at)
        return self.text[start : min(self.line_end(at), start + 2 * _LONGEST_KEY)]

    def indent(self, at: int) -> int:
        line = self.line(at)
        return len(line) - len(line.lstrip(" "))

    def before(self) -> str:
        """What stands before the complaint in its line."""
        return self.text[self.line_start(self.at) : self.at]

    def previous(self) -> int | None:
        """The start of the nearest line above that holds more than space and comments."""
        for number in range(self.number(self.at) - 1, 0, -1):
            content = self.source.line(number).strip()
            if content and not content.startswith("#"):
                return self.source.starts[number - 1]
        return None

    def number(self, at: int) -> int:
        return self.source.place(at, at).line

    def where(self, at: int) -> str:
        place = self.source.place(at, at)
        return f"line {place.line}, column {place.column}"


class Said(NamedTuple):
    """An explanation: the range that it is about, what is wrong, what to do."""

    start: int
    end: int
    message: str
    hint: str
    kind: str = "syntax"


def complaint(source: Text, parsed: str, error: yaml.YAMLError) -> SourceError:
    """The SourceError for an error of PyYAML in `parsed`, which has the offsets of `source`."""
    said = _explained(source, parsed, error)
    return SourceError(said.kind, said.message, source.file, source.place(said.start, said.end), said.hint)


def _explained(source: Text, parsed: str, error: yaml.YAMLError) -> Said:
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable(parsed)
    if not isinstance(error, yaml.MarkedYAMLError):
        return Said(0, 0, "this is not YAML", "check the whole file")
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(parsed)) if mark else 0
    opened = min(error.context_mark.index, len(parsed)) if error.context_mark else at
    scene = Scene(parsed, at, opened, source)
    if parsed[at : at + 1] == "\t":
        end = len(parsed) - len(parsed[at:].lstrip("\t"))
        return Said(at, end, "a tab stands where YAML wants spaces", "indent with spaces", "tab")
    for words, explain in _EXPLANATIONS.items():
        if words in (error.problem or ""):
            return explain(scene)
    reasons = ", ".join(part for part in (error.context, error.problem) if part)
    message = f"this is not YAML: {reasons or 'something is missing here'}"
    return Said(at, at + 1, message, "put a text with special characters in quotes")


def _unreadable(text: str) -> Said:
    match = _UNREADABLE.search(text)
    at = match.start() if match else 0
    code = f"U+{ord(text[at]):04X}" if match else "a control character"
    message = f"the character {code} stands here, which YAML does not allow"
    hint = "this may be no text file" if code == "U+0000" else 'remove it, or write it as an escape such as "\\x07"'
    return Said(at, at + 1, message, hint)


def _bad_start(scene: Scene) -> Said:
    """A character that YAML keeps for itself, or for later."""
    character = scene.text[scene.at : scene.at + 1]
    end = scene.at + len(scene.text[scene.at : scene.line_end(scene.at)].rstrip())
    named = "a backtick" if character == "`" else f"`{character}`"
    return Said(scene.at, end, f"a text must not start with {named}", "put it in quotes")


def _stray_colon(scene: Scene) -> Said:
    """A `: ` where no key can stand."""
    start, before = scene.line_start(scene.at), scene.before()
    if len(before.strip()) > _LONGEST_KEY:
        return _long_key(scene, scene.at - len(before.lstrip()))
    value = _HAS_KEY.match(before)
    if value:
        end = scene.at + len(scene.text[scene.at : scene.line_end(scene.at)].rstrip())
        hint = f"{_QUOTE_HINT}; if it is a map, write it in lines of its own, or in `{{}}`"
        return Said(start + value.end(), end, "a value that holds `: ` must stand in quotes", hint)
    above = scene.previous()
    key = scene.at - len(before.lstrip())
    if above is None:
        return Said(key, scene.at + 1, "a key cannot stand here", "put a text that holds `: ` in quotes")
    missing = _missing_space(scene, above)
    if missing:
        return missing
    number = scene.number(above)
    if not _HAS_KEY.match(scene.line(above)):
        message = f"a key cannot stand here: line {number} is text without `: `, which goes on in this line"
        return Said(key, scene.at + 1, message, f"write `key: value` in line {number}, or put a long text in quotes")
    message = f"this key stands deeper than line {number}, which already has a value"
    hint = f"indent it like the keys around it ({scene.indent(above)} spaces in line {number})"
    return Said(key, scene.at + 1, message, hint)


def _too_deep(scene: Scene) -> Said:
    """From version 0.2.6 on libyaml itself stops at 1,000 levels, before the reader sees any."""
    from aicfg.source.walk import MAX_DEPTH

    hint = "no config needs that; check for brackets that are never closed"
    return Said(scene.at, scene.at + 1, f"the values are nested deeper than {MAX_DEPTH} levels", hint, "limit")


def _long_key(scene: Scene, start: int) -> Said:
    message = f"a key must not be longer than {_LONGEST_KEY} characters"
    return Said(start, start + 1, message, "shorten it, or put a text that holds `:` in quotes")


def _missing_space(scene: Scene, start: int) -> Said | None:
    match = _NO_SPACE.match(scene.line(start))
    if match is None:
        return None
    at = scene.line_start(start) + match.start(1)
    return Said(at, at + 1, "a space is missing after the colon", "write `key: value`")


def _no_colon(scene: Scene) -> Said:
    """A line that had to be a key and its value."""
    start = scene.opened
    end = start + len(scene.text[start : scene.line_end(start)].rstrip())
    if end - start > _LONGEST_KEY:
        return _long_key(scene, start)
    if scene.text[start : start + 1] in ('"', "'") and scene.line_end(start) < scene.at:
        return Said(start, end, "a key must stand in one line, with its `:`", "is a closing quote missing?")
    hint = "write `key: value`, or indent the line more if it belongs to the text above"
    return _missing_space(scene, start) or Said(start, end, "this line has no `: ` after its key", hint)


def _flow(scene: Scene) -> Said:
    """Neither a comma nor the closing bracket."""
    bracket = scene.text[scene.opened : scene.opened + 1]
    closing = {"[": "]", "{": "}"}.get(bracket, bracket)
    opened = Said(
        scene.opened,
        scene.opened + 1,
        f"the `{bracket}` that opens here is never closed",
        f"add the missing `{closing}`",
    )
    rest, before = scene.text[scene.at :], scene.before()
    if not rest.strip():
        if " #" in scene.text[scene.opened : scene.line_end(scene.opened)]:
            return opened._replace(
                hint=f"add the missing `{closing}`; ` #` starts a comment unless it stands in quotes"
            )
        return opened
    if rest[0] in "]}":
        message = f"`{rest[0]}` stands where `{closing}` has to close the `{bracket}` of {scene.where(scene.opened)}"
        return Said(scene.at, scene.at + 1, message, f"write `{closing}`, or add the bracket that is missing before it")
    later = scene.number(scene.at) > scene.number(scene.opened)
    first = len(scene.text) - len(scene.text.lstrip())
    if later and scene.opened > first and scene.indent(scene.at) <= scene.indent(scene.opened):
        return opened
    hint = f"write a comma, or the `{closing}` for the `{bracket}` of {scene.where(scene.opened)}"
    if rest[0] == "{" and before.endswith("$"):
        end = scene.at + rest.find("}") + 1
        message = "`${…}` stands here without quotes: to YAML, its braces are a map of their own"
        return Said(scene.at - 1, max(end, scene.at + 1), message, "put the whole value in quotes")
    if rest[0] != ":":
        return Said(scene.at, scene.at + 1, "a comma is missing before this", hint)
    key = scene.at - len(before.lstrip())
    if not before.strip():
        return Said(
            scene.at, scene.at + 1, "a colon must stand in the line of its key", "join this line with the one above"
        )
    if scene.at - key > _LONGEST_KEY:
        return _long_key(scene, key)
    if later and not re.search(r"[,:]", before):
        return Said(key, scene.at, "a comma is missing before this", hint)
    return Said(scene.at, scene.at + 1, "a comma is missing, or a value that holds `:` is not in quotes", hint)


def _no_value(scene: Scene) -> Said:
    character = scene.text[scene.at : scene.at + 1]
    if character in ("]", "}"):
        return _closes_nothing(scene)
    if not scene.text[scene.at :].strip():
        return Said(scene.at, scene.at + 1, "the text ends inside a list or map in brackets", "add the missing bracket")
    if character == "," and scene.text[scene.opened - 1 : scene.opened] in (",", "[", "{"):
        return Said(
            scene.at, scene.at + 1, "a value is missing before this comma", "remove the comma, or write the value"
        )
    if character in (",", "|", ">", "%", "@", "`"):
        return _bad_start(scene)
    return Said(scene.at, scene.at + 1, "a value is missing here", "write the value, or quotes for an empty text")


def _closes_nothing(scene: Scene) -> Said:
    character = scene.text[scene.at : scene.at + 1]
    message = f"this `{character}` closes nothing that is open"
    return Said(scene.at, scene.at + 1, message, "remove it, or put a text that starts with it in quotes")


def _second_top(scene: Scene) -> Said:
    """Something behind the value that the whole document is."""
    if scene.text[scene.at : scene.at + 1] in ("]", "}"):
        return _closes_nothing(scene)
    if scene.text.startswith("%"):
        return Said(scene.at, scene.at + 1, "a `---` line is missing below the lines that start with `%`", "add `---`")
    message = "the document ends before this: its top value is complete"
    hint = "remove what stands too much, or put a whole text that holds quotes or brackets into quotes"
    return Said(scene.at, scene.at + 1, message, hint)


def _no_key(scene: Scene) -> Said:
    """A block map that does not go on with a key: text behind a closing quote, or an indentation that fits nothing."""
    before = scene.before().rstrip()
    if before.strip(" -"):
        if before[-1] in "\"'":
            return _behind_quote(scene)
        message, hint = "something stands behind a value that is complete", _QUOTE_HINT
        return Said(scene.at, scene.at + 1, message, hint)
    end = scene.at + len(scene.text[scene.at : scene.line_end(scene.at)].rstrip())
    start = scene.where(scene.opened)
    if scene.text[scene.at : scene.at + 2].rstrip() == "-" and scene.indent(scene.at) == _column(scene):
        message = f"a list item stands where the map that starts in {start} has to go on with a key"
        return Said(scene.at, end, message, "indent the list below its key, or remove the `- `")
    message = "this line is indented unlike any line that it could belong to"
    return Said(scene.at, end, message, f"indent it like its neighbours; the map around it starts in {start}")


def _no_item(scene: Scene) -> Said:
    end = scene.at + len(scene.text[scene.at : scene.line_end(scene.at)].rstrip())
    start = scene.where(scene.opened)
    if scene.before().strip(" -"):
        return _no_key(scene)
    message = f"the list that starts in {start} has to go on with `- ` here"
    hint = "indent the line more if it belongs to the item above, less if the list ends before it"
    return Said(scene.at, end, message, hint)


def _column(scene: Scene) -> int:
    return scene.opened - scene.line_start(scene.opened)


def _behind_quote(scene: Scene) -> Said:
    """Text behind a closing quote. Where the quote spans lines, one before it was never closed."""
    end = max(scene.at + len(scene.text[scene.at : scene.line_end(scene.at)].rstrip()), scene.at + 1)
    last = _last_scalar(scene.text)
    if last and scene.number(last.start_mark.index) < scene.number(last.end_mark.index):
        start = last.start_mark.index
        message = f"the quote that opens here is not closed in this line, but only in line {scene.number(scene.at)}"
        return Said(start, start + 1, message, "add the closing quote")
    if last and last.style == "'":
        hint = "write an apostrophe in single quotes twice, or put the text in double quotes"
        return Said(scene.at, end, "something stands behind the closing quote", hint)
    hint = f'{_QUOTE_HINT}; write a quote in a text in double quotes as `\\"`'
    return Said(scene.at, end, "something stands behind the closing quote", hint)


def _last_scalar(text: str) -> Any:
    """The last scalar that libyaml gives before it fails."""
    loader, last = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text), None
    try:
        while True:
            event = loader.get_event()
            if event is None:
                return last
            last = event if type(event) is ScalarEvent else last
    except yaml.YAMLError:
        return last


def _item_in_line(scene: Scene) -> Said:
    message = "a list item must start on a line of its own"
    return Said(
        scene.at, scene.at + 1, message, "start the list on the next line, write [a, b], or put the text in quotes"
    )


def _question_mark(scene: Scene) -> Said:
    return Said(scene.at, scene.at + 1, "a value must not start with `? `", _QUOTE_HINT)


def _name_expected(scene: Scene) -> Said:
    """`*` or `&` that no name follows."""
    sign = scene.text[scene.opened : scene.opened + 1]
    meaning = {"*": "it means an alias", "&": "it means an anchor"}.get(sign, "it has a meaning of its own")
    end = scene.opened + max(1, len(scene.text[scene.opened : scene.line_end(scene.opened)].rstrip()))
    return Said(scene.opened, end, f"a text must not start with `{sign}`: {meaning}", _QUOTE_HINT)


def _escape(scene: Scene) -> Said:
    written = scene.text[scene.at : scene.at + 2]
    if not written.startswith("\\"):  # libyaml's mark stands behind the backslash for a bad code
        at = scene.text.rfind("\\", 0, scene.at)
        written = scene.text[at : at + 2]
        scene = scene._replace(at=at)
    message = f"`{written}` is no escape in double quotes"
    hint = "write a backslash twice, or put the text in single quotes"
    return Said(scene.at, scene.at + 2, message, hint)


def _code(scene: Scene) -> Said:
    at = scene.text.rfind("\\", 0, scene.at + 1)
    message = "this escape stands for no character"
    hint = "write \\xHH, \\uHHHH or \\UHHHHHHHH with hexadecimal digits; halves of a surrogate pair come in pairs"
    return Said(at, scene.at + 1, message, hint)


def _open_quote(scene: Scene) -> Said:
    message = "the quote that opens here is never closed"
    return Said(scene.opened, scene.opened + 1, message, "add the closing quote")


def _block_header(scene: Scene) -> Said:
    sign = scene.text[scene.opened : scene.opened + 1]
    end = scene.at + max(1, len(scene.text[scene.at : scene.line_end(scene.at)].rstrip()))
    message = f"text behind `{sign}` has to start on the next line"
    return Said(scene.at, end, message, f"move it there, or put a value that starts with `{sign}` in quotes")


def _directive(scene: Scene) -> Said:
    start = scene.line_start(scene.at)
    message = "a line that starts with `%` is an instruction to the YAML reader, and none that it knows"
    return Said(start, start + 1, message, "remove the line, or put a key that starts with `%` in quotes")


def _tag(scene: Scene) -> Said:
    end = scene.opened + max(1, len(scene.text[scene.opened : scene.line_end(scene.opened)].split(" ")[0]))
    message = "a text must not start with `!`: it means a tag, and tags have no meaning here"
    return Said(scene.opened, end, message, f"remove the tag, or {_QUOTE_HINT}")


_EXPLANATIONS: dict[str, Callable[[Scene], Said]] = {
    "exceeded maximum nesting depth": _too_deep,
    "cannot start any token": _bad_start,
    "mapping values are not allowed": _stray_colon,
    "could not find expected ':'": _no_colon,
    "expected ',' or": _flow,
    "expected node content": _no_value,
    "expected <document start>": _second_top,
    "did not find expected key": _no_key,
    "expected '-' indicator": _no_item,
    "block sequence entries are not allowed": _item_in_line,
    "mapping keys are not allowed": _question_mark,
    "expected alphabetic or numeric character": _name_expected,
    "unknown escape character": _escape,
    "hexdecimal number": _code,
    "invalid Unicode character": _code,
    "unexpected end of stream": _open_quote,
    "unexpected document indicator": _open_quote,
    "expected comment or line break": _block_header,
    "found unexpected ':'": _flow,
    "directive": _directive,
    "non-alphabetical character": _directive,
    "incompatible YAML document": _directive,
    "tag handle": _tag,
    "expected '>'": _tag,
    "expected '!'": _tag,
    "expected whitespace or line break": _tag,
}
"""What libyaml says (a part of it), and who explains it. The first that fits is taken."""
