"""What is said of text and files that cannot be read: plain words, the right place, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aicfg.source import (
    Document,
    FileError,
    SourceError,
    Text,
    load_bytes,
    one_document,
    read_bytes,
    read_file,
    read_text,
)
from aicfg.source import reader as reader_module
from aicfg.source import walk as walk_module


def document(text: str) -> Document:
    return one_document(read_text(text, "f.yaml"), "f.yaml")


def data(text: str) -> Any:
    found = document(text)
    assert found.problems == ()
    return found.data


def problems(text: str) -> list[SourceError]:
    try:
        return list(document(text).problems)
    except SourceError as error:
        return [error]


def error(text: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as raised:
        one_document(read_bytes(text.encode() if isinstance(text, str) else text, "f.yaml"), "f.yaml")
    return raised.value


def pointed_at(text: str, fault: SourceError) -> str:
    """The text that the error's range covers, up to the end of its first line."""
    line = Text(text, "f.yaml").line(fault.place.line)
    one_line = fault.place.end_line == fault.place.line
    return line[fault.place.column - 1 : fault.place.end_column - 1 if one_line else None]


class TestFaultsThatDoNotStopTheReading:
    def test_a_duplicate_key_says_where_the_first_one_stands(self) -> None:
        text = "a: 1\nb: 2\na: 3\n"
        [fault] = problems(text)
        assert (fault.kind, fault.line, fault.column) == ("duplicate-key", 3, 1)
        assert fault.message == 'the key "a" stands twice in the same map, first in line 1'
        assert document(text).data == {"a": 3, "b": 2}
        assert document(text).locate(("a",))[:2] == (3, 4)

    @pytest.mark.parametrize("key", ["1", "true", "null", "~", "1.5"])
    def test_a_key_that_is_no_text_is_to_be_quoted(self, key: str) -> None:
        [fault] = problems(f"{key}: x\n")
        assert (fault.kind, fault.line, fault.column) == ("non-string-key", 1, 1)
        assert f'"{key}"' in (fault.hint or "")
        assert document(f"{key}: x\n").data == {key: "x"}

    def test_a_tag_of_another_tool_is_told(self) -> None:
        text = "a: &x !secret foo\n"
        [fault] = problems(text)
        assert (fault.kind, pointed_at(text, fault)) == ("unknown-tag", "!secret")

    @pytest.mark.parametrize("text", ["a: !!int x\n", "a: !!bool 1\n"])
    def test_a_value_must_be_of_the_type_that_its_tag_names(self, text: str) -> None:
        assert [fault.kind for fault in problems(text)] == ["unknown-tag"]

    def test_a_vault_reference_without_quotes_is_told_and_read_as_meant(self) -> None:
        text = "a: {vault://env/my-key}\nb: 1\n"
        [fault] = problems(text)
        assert (fault.kind, pointed_at(text, fault)) == ("syntax", "{vault://env/my-key}")
        assert document(text).data == {"a": "{vault://env/my-key}", "b": 1}

    def test_there_is_an_end_to_the_list(self) -> None:
        faults = problems("a: 1\n" * 5_000)
        assert len(faults) == walk_module.MAX_PROBLEMS + 1
        assert faults[-1].kind == "limit"


SYNTAX = [
    # text, what is pointed at, line, a part of the message, a part of the hint
    ("a: [1, 2\nb: 3\n", "[", 1, "`[` that opens here is never closed", "]"),
    ("a: {x: 1\nb: 3\n", "{", 1, "`{` that opens here is never closed", "}"),
    ('{"a": {"b": 1}\n', "{", 1, "never closed", "}"),
    ("a: [b #c]\n", "[", 1, "never closed", "comment"),
    ("a: {b: [1}\n", "}", 1, "`]` has to close the `[` of line 1, column 8", "]"),
    ("a: 1 }\nb: }\n", "}", 2, "closes nothing", "remove"),
    ('a: "foo\nb: bar\n', '"', 1, "quote that opens here is never closed", "closing quote"),
    ('a: "foo\nb: "bar"\n', '"', 1, "not closed in this line, but only in line 2", "closing quote"),
    ("a: 'it's'\n", "s'", 1, "behind the closing quote", "twice"),
    ('a: "b" c\n', "c", 1, "behind the closing quote", "whole value in quotes"),
    ("a: [1] b\n", "b", 1, "behind a value that is complete", "quotes"),
    ("a:\n  b: 1\n   c: 2\n", "c:", 3, "deeper than line 2", "2 spaces"),
    ("a:\n    b: 1\n  c: 2\n", "c: 2", 3, "indented unlike", "neighbours"),
    ("a:\n  - x\n  y: 1\n", "y: 1", 3, "list that starts in line 2, column 3", "indent"),
    ("b: 1\n- a\n", "- a", 2, "a list item stands where the map", "below its key"),
    ("a: 1\nb 2\n", "b 2", 2, "no `: `", "key: value"),
    ("a:1\nb: 2\n", ":", 1, "space is missing after the colon", "key: value"),
    ("b: 2\na:1\n", ":", 2, "space is missing after the colon", "key: value"),
    ("a:\n  b: 2\n  c:1\n", ":", 3, "space is missing after the colon", "key: value"),
    ("foo\nbar: 1\n", "bar:", 2, "line 1 is text without `: `", "line 1"),
    ("a: see: this\n", "see: this", 1, "holds `: ` must stand in quotes", "if it is a map, write it in lines"),
    ("a: {{ env }}\n", "{{", 1, "must not start with `{{`", "quotes"),
    ("a: %foo\n", "%foo", 1, "must not start with `%`", "quotes"),
    ("a: @foo\n", "@foo", 1, "must not start with `@`", "quotes"),
    ("a: `foo`\n", "`foo`", 1, "must not start with a backtick", "quotes"),
    ("a: *.example.com\n", "*.example.com", 1, "must not start with `*`", "quotes"),
    ("a: & b\n", "& b", 1, "must not start with `&`", "quotes"),
    ("a: !x!y z\n", "!x!y", 1, "must not start with `!`", "quotes"),
    ("a: , b\n", ", b", 1, "must not start with `,`", "quotes"),
    ("a: - b\n", "-", 1, "on a line of its own", "[a, b]"),
    ("a: ? b\n", "?", 1, "must not start with `? `", "quotes"),
    ("a: |foo\n  bar\n", "foo", 1, "start on the next line", "quotes"),
    ("a: {b: Bearer ${KEY}}\n", "${KEY}", 1, "without quotes", "put the whole value in quotes"),
    ("a: ['x' 'y']\n", "'", 1, "a comma is missing", "`]` for the `[` of line 1, column 4"),
    ('{"a": 1\n "b": 2}\n', '"b"', 2, "a comma is missing", "comma"),
    ("a: [\n  1,\n", "", 3, "ends inside a list or map in brackets", "bracket"),
    ("[1,,2]\n", ",", 1, "a value is missing", "remove the comma"),
    ('{"a"\n: 1}', ":", 2, "colon must stand in the line of its key", "join"),
    ('{"a": 1} }', "}", 1, "closes nothing", "remove"),
    ("a: 1\n...\nb: 2\n", "b", 3, "its top value is complete", "remove"),
    ("%YAML 1.2\na: 1\n", "a", 2, "`---` line is missing", "---"),
    ("%foo: 1\n", "%", 1, "starts with `%`", "quotes"),
    (r'a: "C:\dir"', r"\d", 1, "no escape", "twice"),
    (r'a: "\xzz"', r"\xz", 1, "stands for no character", "hexadecimal"),
    ("a: *nope\n", "*nope", 1, "no anchor &nope", "quotes"),
    ("a: b\nc: \x07\n", "\x07", 2, "U+0007", "escape"),
    ("a: 1\n" + "k" * 2000 + ": 1\n", "k", 2, "longer than 1024", "shorten"),
    ('{"' + "k" * 1_000_000 + '": 1}', "{", 1, "longer than 1024", "shorten"),
]  # fmt: skip


class TestSyntaxErrors:
    @pytest.mark.parametrize(("text", "at", "line", "message", "hint"), SYNTAX, ids=[case[0][:30] for case in SYNTAX])
    def test_they_say_in_plain_words_what_is_wrong_and_where(
        self, text: str, at: str, line: int, message: str, hint: str
    ) -> None:
        fault = error(text)
        assert fault.kind == "syntax"
        assert (fault.line, pointed_at(text, fault)) == (line, at)
        assert message in fault.message
        assert hint in (fault.hint or "")

    @pytest.mark.parametrize(
        ("text", "line", "column"),
        [("a:\n\tb: 1\n", 2, 1), ("a:\n  \tb: 1\n", 2, 3), ("-\ta\n", 1, 2), ("a: |\n\tfoo\n", 2, 1)],
    )
    def test_a_tab_in_the_indentation(self, text: str, line: int, column: int) -> None:
        fault = error(text)
        assert (fault.kind, fault.line, fault.column) == ("tab", line, column)
        assert fault.hint == "indent with spaces"

    def test_tabs_between_and_in_values_are_fine(self) -> None:
        assert data('a:\tb\nc: "x\ty"\nd: [1,\n\t2]\n') == {"a": "b", "c": "x\ty", "d": [1, 2]}

    @pytest.mark.parametrize("text", ["[a]: 1\n", "? {a: b}\n: 1\n", "a: &x b\n*x : 1\n"])
    def test_a_list_map_or_alias_is_no_key(self, text: str) -> None:
        assert error(text).kind == "non-string-key"


class TestFiles:
    def test_several_documents_where_one_is_wanted(self) -> None:
        fault = error("a: 1\n---\nb: 2\n")
        assert (fault.kind, fault.line, fault.column) == ("several-documents", 3, 1)

    def test_an_end_marker_makes_no_second_document(self) -> None:
        assert data("---\na: 1\n---\n# end\n") == {"a": 1}
        assert data("a: 1\n...\n") == {"a": 1}

    def test_several_documents_can_be_read_one_by_one(self) -> None:
        found = read_text("a: &x 1\n---\nb: 2\n", "f.yaml")
        assert [one.data for one in found] == [{"a": 1}, {"b": 2}]
        assert found[1].locate(("b",)) == (3, 4, 3, 5)

    def test_anchors_end_with_their_document(self) -> None:
        with pytest.raises(SourceError, match="no anchor"):
            read_text("a: &x 1\n---\nb: *x\n", "f.yaml")

    @pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "\ufeff"])
    def test_an_empty_file(self, text: str) -> None:
        assert error(text).kind == "empty"

    def test_a_byte_that_is_not_utf_8_has_a_place(self) -> None:
        fault = error("a: 1\nü: caf".encode() + b"\xe9\n")
        assert (fault.kind, fault.line, fault.column) == ("encoding", 2, 7)
        assert '"é"' in (fault.hint or "")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
    def test_other_unicode_encodings_are_named(self, encoding: str) -> None:
        fault = error("version: 1\n".encode(encoding))
        assert fault.kind == "encoding"
        assert encoding[:6].upper() in fault.message
        assert "UTF-8" in (fault.hint or "")

    def test_text_that_is_no_text(self) -> None:
        fault = error(b"a: 1\nb\x00\x00: 2")
        assert (fault.line, fault.column) == (2, 2)
        assert "U+0000" in fault.message

    def test_a_lone_surrogate_in_a_string(self) -> None:
        with pytest.raises(SourceError, match="surrogate") as raised:
            read_text("a: 1\nb: \ud800\n", "f.yaml")
        assert (raised.value.line, raised.value.column) == (2, 4)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="there is no such file"):
            read_file(tmp_path / "none.yaml")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="this is a folder"):
            read_file(tmp_path)

    @pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
    def test_a_path_that_cannot_be(self, path: str) -> None:
        with pytest.raises(FileError):
            load_bytes(path)


class TestLimits:
    @pytest.mark.parametrize("text", ["[" * 101, "{a: " * 101, "- " * 101, "[" * 1_000_000])
    def test_nesting(self, text: str) -> None:
        fault = error(text)
        assert fault.kind == "limit"
        assert "100 levels" in fault.message

    def test_a_hundred_levels_are_fine(self) -> None:
        assert document("[" * 100 + "]" * 100).problems == ()

    def test_nesting_by_aliases(self) -> None:
        lines = ["- &a0 [x]", *(f"- &a{number + 1} [*a{number}]" for number in range(200))]
        fault = error("\n".join(lines))
        assert (fault.kind, fault.line) == ("limit", 100)

    def test_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader_module, "MAX_BYTES", 2**20)
        assert error(b"#" * (2**20 + 1)).kind == "limit"
        assert error(b"#" * 2**20).kind == "empty"

    def test_a_billion_laughs_end_before_they_are_counted(self) -> None:
        lines = ['a0: &a0 ["x","x","x","x","x","x","x","x","x"]']
        lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
        fault = error("\n".join(lines))
        assert (fault.kind, fault.line) == ("limit", 6)

    def test_long_texts_cannot_be_multiplied_either(self) -> None:
        assert error(f"a: &a {'x' * 100_000}\nb: [{'*a,' * 1_000}]\n").kind == "limit"

    def test_an_alias_inside_its_own_anchor(self) -> None:
        assert error("a: &a [*a]\n").kind == "limit"

    def test_documents_and_directives(self) -> None:
        with pytest.raises(SourceError, match="10000 documents"):
            read_text("---\n" * 20_000, "f.yaml")
        assert error("".join(f"%TAG !a{n}! x\n" for n in range(200)) + "---\n").kind == "limit"
