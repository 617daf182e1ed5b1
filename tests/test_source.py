"""Reading YAML and JSON text: the values, where each stands, and what is said of text that cannot be read."""

from __future__ import annotations

import gc
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.source import (
    Document,
    SourceError,
    Text,
    one_document,
    read_bytes,
    read_text,
)
from aicfg.source.scalars import resolve


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


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("", None), ("~", None), ("null", None), ("Null", None),
            ("true", True), ("False", False),
            ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"),
            ("0", 0), ("-0", 0), ("+12", 12), ("1_000", 1000), ("0x1F", 31), ("0X1f", 31), ("0b11", 3),
            ("017", 15), ("0o17", 15), ("08", 8.0), ("+_1", 1), ("_1", "_1"), ("0x", "0x"), ("-", "-"),
            ("1.0", 1.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000.0), ("1_000.5", 1000.5),
            (".5_0", ".5_0"), ("1e999", "1e999"), ("18446744073709551615", 2**64 - 1),
            ("18446744073709551616", 2.0**64), ("0xffffffffffffffffff", "0xffffffffffffffffff"),
            (".inf", float("inf")), ("-.INF", float("-inf")), ("inf", "inf"), ("nan", "nan"),
            ("12:30:00", "12:30:00"), ("2023-06-01", "2023-06-01"), ("1.2.3", "1.2.3"), ("...", "..."),
        ],
    )  # fmt: skip
    def test_plain_text_means_what_deck_takes_it_for(self, text: str, value: object) -> None:
        assert resolve(text) == value
        assert type(resolve(text)) is type(value)

    def test_quoted_text_stays_text(self) -> None:
        assert data("""a: "3.10"\nb: 'true'\nc: ''\n""") == {"a": "3.10", "b": "true", "c": ""}

    def test_the_source_text_of_a_number_is_kept(self) -> None:
        found = document("version: 3.10\nday: 2023-06-01\nquoted: '3.10'\n")
        assert found.source_text(("version",)) == "3.10"
        assert found.source_text(("day",)) == "2023-06-01"
        assert found.source_text(("quoted",)) == "'3.10'"

    def test_anchors_and_tags_are_no_part_of_the_source_text(self) -> None:
        found = document("a: &x !!str 3.10\nb: &empty\nc: &y # why\n  3.10\n")
        assert [found.source_text((key,)) for key in "abc"] == ["3.10", "", "3.10"]

    def test_an_alias_has_the_source_text_of_its_scalar(self) -> None:
        found = document("a: &x 3.10\nb: *x\nc: &y [1]\nd: *y\n")
        assert found.source_text(("b",)) == "3.10"
        assert found.source_text(("d",)) is None

    def test_core_tags_are_understood(self) -> None:
        assert data("a: !!str 12\nb: !!int 12\nc: !!float 1\nd: !!null\n") == {
            "a": "12", "b": 12, "c": 1, "d": None,
        }  # fmt: skip


class TestAliasesAndMergeKeys:
    def test_an_alias_repeats_its_value(self) -> None:
        assert data("a: &x [1, {b: 2}]\nc: *x\n") == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}

    def test_an_anchor_may_be_set_again(self) -> None:
        assert data("a: &x 1\nb: &x 2\nc: *x\n")["c"] == 2

    def test_a_merge_key_adds_what_the_map_lacks(self) -> None:
        assert data("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")["b"] == {"y": 3, "x": 1}

    def test_of_a_list_of_merged_maps_the_first_wins(self) -> None:
        assert data("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b, {z: 3}]}\n")["c"] == {"x": 1, "y": 2, "z": 3}

    def test_merge_keys_nest(self) -> None:
        text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, in: {<<: *a}}\n"
        assert data(text)["c"] == {"in": {"x": 1}, "y": 2, "x": 1}

    def test_a_merged_value_stands_where_it_was_written(self) -> None:
        found = document("a: &a\n  x: 1\nb:\n  <<: *a\n")
        assert found.locate(("b", "x"))[:2] == (2, 6)
        assert found.locate(("b", "x"), key=True)[:2] == (2, 3)

    def test_a_quoted_merge_key_is_a_key_like_any_other(self) -> None:
        assert data('a: {"<<": 1}\n') == {"a": {"<<": 1}}

    def test_what_is_no_map_cannot_be_merged(self) -> None:
        text = "a:\n  <<: [1]\n"
        [fault] = problems(text)
        assert (fault.kind, *fault.place) == ("syntax", 2, 7, 2, 10)

    def test_a_duplicate_key_inside_a_merged_map_is_told_once(self) -> None:
        assert [fault.line for fault in problems("a: &a {x: 1, x: 2}\nb: {<<: *a}\nc: {<<: *a}\n")] == [1]


class TestPlaces:
    def test_keys_and_values_have_line_and_column(self) -> None:
        found = document("# comment\nroutes:\n  chat: [a, {b: c}]\n")
        assert found.locate(("routes", "chat", 1, "b")) == (3, 17, 3, 18)
        assert found.locate(("routes", "chat"), key=True) == (3, 3, 3, 7)

    def test_a_block_ends_with_its_last_value(self) -> None:
        found = document("a:\n  b: 1\n\n# comment\nc: 2\n")
        assert found.locate(("a",)) == (2, 3, 2, 7)

    def test_a_missing_key_stands_at_its_parents_key(self) -> None:
        found = document("a:\n  b: {c: 1}\n")
        assert found.locate(("a", "b", "x", "y")) == (2, 3, 2, 4)
        assert found.locate(("x",)) == (1, 1, 1, 2)

    def test_an_alias_stands_where_it_is_written_and_what_is_in_it_where_that_is(self) -> None:
        found = document("a: &x {y: 1}\nb: *x\n")
        assert found.locate(("b",)) == (2, 4, 2, 6)
        assert found.locate(("b", "y")) == (1, 11, 1, 12)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_kind_of_line_end_counts(self, end: str) -> None:
        found = document(end.join(["a: 1", "", "b: 2", ""]))
        assert found.locate(("b",)) == (3, 4, 3, 5)

    @pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "漢", "😀", "é"])
    def test_columns_count_characters_and_only_line_ends_end_lines(self, character: str) -> None:
        found = document(f"a: ['{character}', b]\n")
        assert found.locate(("a", 1)) == (1, 10, 1, 11)

    def test_a_byte_order_mark_has_no_column(self) -> None:
        [found] = read_bytes(b"\xef\xbb\xbfa: 1\n", "f.yaml")
        assert found.locate(("a",)) == (1, 4, 1, 5)

    def test_a_line_is_given_without_its_end(self) -> None:
        text = Text("a\r\nb\rc\n", "f.yaml")
        assert [text.line(number) for number in range(6)] == ["", "a", "b", "c", "", ""]
        assert text.lines == ["a\r\n", "b\r", "c\n", ""]


# YAML does not know DEL, and the last two stand in for what it does not know.
JSON_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f\uf8f0\uf8f1"), max_size=20)


class TestJson:
    def test_json_is_read_like_yaml(self) -> None:
        assert data('{"a":1,"b":[true,null,-1.5e3],\n\t"c\\u00e9\\/":{}}') == {
            "a": 1, "b": [True, None, -1500.0], "c\u00e9/": {},
        }  # fmt: skip

    def test_a_pair_of_surrogate_escapes_is_one_character(self) -> None:
        found = document(r'{"a": "x\\\ud83d\ude00\uD83D\uDE00", "b": 1}')
        assert found.data["a"] == "x\\😀😀"
        assert found.locate(("b",)) == (1, 43, 1, 44)

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("# \\ud83d\\ude00\n  '\\ud83d\\uDE00'", r"\ud83d\uDE00"),
            ("\\ud83d\\ude00", r"\ud83d\ude00"),
            ("|  # \\ud83d\\ude01\n  \\ud83d\\ude00", r"\ud83d\ude00"),
        ],
    )
    def test_outside_double_quotes_surrogate_escapes_are_text(self, text: str, value: str) -> None:
        assert data(f'- "\\ud83d\\ude00"\n- {text}') == ["😀", value]

    def test_half_a_pair_is_an_error(self) -> None:
        fault = error('{"a": "\\ud83d"}')
        assert (fault.kind, fault.line, fault.column) == ("syntax", 1, 8)

    values = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | JSON_TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(JSON_TEXTS, inner),
        max_leaves=8,
    )

    @given(values)
    def test_whatever_json_writes_is_read_back(self, value: Any) -> None:
        assert data(json.dumps([value])) == [value]


class TestDeckPlaceholders:
    """decK replaces `${{ … }}` in the raw text, so such a piece need not be YAML."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('a: "Bearer ${{ env "DECK_X" }}"\n', 'Bearer ${{ env "DECK_X" }}'),
            ('a: ${{ env "DECK_X" }}\n', '${{ env "DECK_X" }}'),
            ("{a: ${{ env 'DECK_X' }}}", "${{ env 'DECK_X' }}"),
            ("a: 'it''s ${{ env 'X' }}${{ env 'Y' }}'\n", "it's ${{ env 'X' }}${{ env 'Y' }}"),
        ],
    )
    def test_they_may_hold_quotes_and_braces(self, text: str, value: str) -> None:
        assert data(text) == {"a": value}

    def test_they_keep_their_place(self) -> None:
        assert document('{"a": "${{ env "X" }}", b: 1}').locate(("b",)) == (1, 28, 1, 29)


class TestMemory:
    def test_a_text_that_comes_again_is_kept_once(self) -> None:
        values = data('- some text\n- some text\n- "some text"\n- {"some key": 1}\n- {"some key": 2}\n')
        assert values[0] is values[1]
        assert next(iter(values[3])) is next(iter(values[4]))

    @pytest.mark.parametrize("text", ["a: 1\n", "a: [\n"])
    @pytest.mark.parametrize("enabled", [True, False])
    def test_the_garbage_collector_is_left_as_it_was(self, text: str, enabled: bool) -> None:
        was = gc.isenabled()
        (gc.enable if enabled else gc.disable)()
        try:
            problems(text)
            assert gc.isenabled() is enabled
        finally:
            (gc.enable if was else gc.disable)()


signs = st.sampled_from("abk01 \n\t\r:-?[]{},#&*!|>'\"%@`~$<\\.=/\u2028\x85é漢😀\ufeff\x00\uf8f0")
words = st.sampled_from(
    ["- ", "  ", "key: ", "&a ", "*a", "<<: ", "---\n", "...\n", "| \n", ">-\n", '${{ env "X" }}', "\\ud83d\\ude00"]
)
texts = st.lists(signs | words, max_size=40).map("".join) | st.text(max_size=60)


ONE_LINE_ONLY = ("\n", "\r", "\x85", "\u2028", "\u2029", "${{")
"""A value of several lines may depend on the indentation around it."""


class TestAnyInput:
    @given(st.binary(max_size=80))
    def test_random_bytes_give_documents_or_an_error_with_a_place(self, content: bytes) -> None:
        with suppress(SourceError):
            assert all(isinstance(one, Document) for one in read_bytes(content, "f.yaml"))

    @given(texts)
    def test_the_place_of_an_error_is_in_the_text(self, text: str) -> None:
        source = Text(text.lstrip("\ufeff"), "f.yaml")
        for fault in problems(text):
            assert 1 <= fault.place.line <= len(source.lines)
            assert 1 <= fault.place.column <= len(source.line(fault.place.line)) + 3  # at most behind a CRLF
            assert fault.hint

    @given(texts)
    def test_the_source_text_of_each_scalar_reads_back_as_its_value(self, text: str) -> None:
        try:
            found = read_text(text, "f.yaml")
        except SourceError:
            return
        for one in found:
            for path, value in scalars(one.data):
                written = one.source_text(path)
                if (
                    one.problems
                    or not written
                    or any(sign in written for sign in "\n\r\x85\u2028\u2029")
                    or "${{" in written
                ):
                    continue
                assert data(f"- {written}\n") == [value]


def scalars(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in scalars(item, (*path, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in scalars(item, (*path, index))]
    return [(path, value)] if value == value else []
