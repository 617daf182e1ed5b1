"""YAML that is written: the same values for every reader, and no `${{` that decK would replace by mistake."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from aicfg.kong.references import EnvVar, read_references
from aicfg.render.quoting.yaml import block, scalar
from aicfg.source import one_document, read_text


def deck(variable: EnvVar) -> str:
    return f'${{{{ env "DECK_{variable.name}" }}}}'


MISREAD = [
    *("", " ", "on", "Off", "y", "N", "yes", "true", "NULL", "~", "3.10", "0x1", "1e3", "010", "0o7", "1_000", "+1"),
    *("-", "?", ":", "=", "<<", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">", "{a}", "[a]", "a:", "#a", ".5"),
    *("2023-06-01", "12:30:00", ".inf", ".nan", "nan", "---", "..."),
]
"""Texts that a YAML reader of some kind takes for something else."""


class TestScalars:
    @pytest.mark.parametrize(
        "text",
        [
            "gpt-4o",
            "llm/v1/chat",
            "/mistral-chat",
            "a b",
            "http://localhost:32000/x",
            "_format_version",
            "user@host.com",
        ],
    )
    def test_plain_words_and_urls_stand_without_quotes(self, text: str) -> None:
        assert scalar(text) == text

    @pytest.mark.parametrize("text", [*MISREAD, "{vault://env/x}", "~/x$", "a,b", "a: b", "a #b", "- a", " a", "a "])
    def test_what_a_reader_could_misread_stands_in_quotes(self, text: str) -> None:
        assert scalar(text) == f'"{text}"'

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ('say "hi"', "'say \"hi\"'"),
            ('it\'s "x"', "'it''s \"x\"'"),
            ("it's", '"it\'s"'),
            (r"^\d+$", r"'^\d+$'"),
            ("a\nb\tc\r", r'"a\nb\tc\r"'),
            ("\x00\x07\x7f\x85", r'"\x00\x07\x7f\x85"'),
            ("\ufeff\u2028\u202e\u200b\xad", r'"\ufeff\u2028\u202e\u200b\xad"'),
            ("\U000e0041", r'"\U000e0041"'),
            ("é漢😀", '"é漢😀"'),
            ("${{ x }}", r'"\x24{{ x }}"'),
            ('\\${{ "', r'"\\\x24{{ \""'),
        ],
    )
    def test_quotes_are_as_light_as_the_text_allows(self, text: str, written: str) -> None:
        assert scalar(text) == written

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (None, "null"), (True, "true"), (False, "false"), (0, "0"), (-1, "-1"), (1.0, "1.0"), (1e22, "1.0e+22"),
            (1e-7, "1.0e-07"), (math.inf, ".inf"), (-math.inf, "-.inf"), (math.nan, ".nan"),
        ],
    )  # fmt: skip
    def test_other_scalars_are_written_as_every_reader_takes_them(self, value: object, written: str) -> None:
        assert scalar(value) == written

    @pytest.mark.parametrize("value", [{1}, object(), b"x"])
    def test_what_yaml_has_no_word_for_is_refused(self, value: object) -> None:
        with pytest.raises(TypeError):
            scalar(value)
        with pytest.raises(TypeError):
            block({"a": value})


class TestReferences:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("${env:KEY}", """'${{ env "DECK_KEY" }}'"""),
            ("Bearer ${env:KEY}", """'Bearer ${{ env "DECK_KEY" }}'"""),
            ("it's ${env:A}${env:B}", """'it''s ${{ env "DECK_A" }}${{ env "DECK_B" }}'"""),
            ("a\n${env:A}", r'''"a\n${{ env "DECK_A" }}"'''),
            ("${{ ${env:A}", r'''"\x24{{ ${{ env "DECK_A" }}"'''),
            ("$${env:A}", '"${env:A}"'),
        ],
    )
    def test_they_are_written_in_the_idiom_of_the_target(self, text: str, written: str) -> None:
        assert scalar(read_references(text), deck) == written

    @pytest.mark.parametrize("text", ["${env:A}", "it's ${env:A}\n", 'say "${env:A}"', "${{ ${env:A} }}"])
    def test_what_deck_makes_of_it_reads_as_meant(self, text: str) -> None:
        substituted = block({"a": read_references(text)}, deck).replace('${{ env "DECK_A" }}', "value")
        assert yaml.safe_load(substituted) == {"a": text.replace("${env:A}", "value")}


class TestBlocks:
    def test_maps_and_lists_nest_by_two_spaces(self) -> None:
        value = {"a": {"b": [1, {"c": 2, "d": []}, [3, [4]], {}]}, "e": "on"}
        assert block(value) == (
            'a:\n  b:\n    - 1\n    - c: 2\n      d: []\n    - - 3\n      - - 4\n    - {}\ne: "on"\n'
        )

    def test_an_empty_map_is_written_too(self) -> None:
        assert block({}) == "{}\n"

    def test_keys_keep_their_order(self) -> None:
        assert block({"b": 1, "a": 2}) == "b: 1\na: 2\n"

    def test_a_key_that_is_too_long_for_readers_gets_a_question_mark(self) -> None:
        value = {"x": [{"k" * 2000: {"a": 1}, "b": "${{"}]}
        assert yaml.safe_load(block(value)) == value
        assert read(block(value)) == value


texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.lists(st.sampled_from([*"ab01 \n\t\r:-?[]{},#&*!|>'\"%@`~$<\\.=/\x85\u2028\ufeff", "${{", "}}", ": "])).map(
        "".join
    ),
    st.sampled_from(MISREAD),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
maps = st.dictionaries(texts, values, max_size=4)


def read(text: str) -> Any:
    document = one_document(read_text(text, "f.yaml"), "f.yaml")
    assert document.problems == ()
    return document.data


def typed(value: Any) -> Any:
    """The value with its types and the order of its keys, for a comparison that sees both."""
    if isinstance(value, dict):
        return [(key, typed(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [list, *map(typed, value)]
    return type(value), repr(value)


class TestAnyValue:
    @given(maps)
    def test_reads_back_in_yaml_1_1(self, value: dict[str, Any]) -> None:
        assert typed(yaml.safe_load(block(value))) == typed(value)

    @given(maps)
    def test_reads_back_in_yaml_1_2(self, value: dict[str, Any]) -> None:
        reader = YAML(typ="safe", pure=True)
        assert typed(reader.load(block(value))) == typed(value)

    @given(maps)
    def test_reads_back_by_aicfg(self, value: dict[str, Any]) -> None:
        assert typed(read(block(value))) == typed(value)

    @given(maps)
    def test_holds_nothing_that_deck_would_replace(self, value: dict[str, Any]) -> None:
        assert "${{" not in block(value)

    @given(maps)
    def test_is_written_the_same_way_twice(self, value: dict[str, Any]) -> None:
        assert block(value) == block(read(block(value)))
