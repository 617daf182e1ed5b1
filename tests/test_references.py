"""References to secrets in a text: which there are, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.kong.references import (
    EnvText,
    EnvVar,
    Placeholder,
    holds_vault_reference,
    is_reference,
    is_vault_reference,
    prefixed,
    read_references,
    suspects,
    with_references,
)


class TestEnvironmentVariables:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("${env:KEY}", (EnvVar("KEY"),)),
            ("Bearer ${env:KEY}", ("Bearer ", EnvVar("KEY"))),
            ("${env:A}${env:_b2}", (EnvVar("A"), EnvVar("_b2"))),
            ("x${env:A}-${env:B}y", ("x", EnvVar("A"), "-", EnvVar("B"), "y")),
            ("$${env:A}${env:B}", ("${env:A}", EnvVar("B"))),
            ("${x}${env:B}", ("${x}", EnvVar("B"))),
        ],
    )
    def test_a_text_is_cut_into_literal_pieces_and_references(self, text: str, parts: tuple[str | EnvVar, ...]) -> None:
        found = read_references(text)
        assert isinstance(found, EnvText)
        assert found.parts == parts
        assert found == text

    def test_the_variables_are_known_by_name(self) -> None:
        found = read_references("${env:A}:${env:B}")
        assert isinstance(found, EnvText)
        assert found.variables == ("A", "B")

    @pytest.mark.parametrize(
        "text", ["", "plain", "${KEY}", "${env:}", "${env:1A}", "${env:A-B}", "${env:A", "{env:A}"]
    )
    def test_anything_else_stays_as_it_is(self, text: str) -> None:
        assert read_references(text) == text
        assert not isinstance(read_references(text), EnvText)

    @pytest.mark.parametrize(("text", "literal"), [("$${", "${"), ("$${env:A}", "${env:A}"), ("a$${b}$$", "a${b}$$")])
    def test_two_dollars_make_a_literal_one(self, text: str, literal: str) -> None:
        assert read_references(text) == literal
        assert not is_reference(read_references(text))

    @given(st.text(st.sampled_from("$${{}}envA:ENV_x")))
    def test_no_character_is_lost_or_added(self, text: str) -> None:
        found = read_references(text)
        parts = found.parts if isinstance(found, EnvText) else (found,)
        written = "".join(f"${{env:{part.name}}}" if isinstance(part, EnvVar) else part for part in parts)
        assert written == text.replace("$${", "${")

    def test_what_has_been_read_is_not_read_again(self) -> None:
        once = read_references("$${env:A}${env:B}")
        assert read_references(once) is once
        placeholder = Placeholder('${{ env "DECK_X" }}')
        assert read_references(placeholder) is placeholder

    def test_references_in_maps_and_lists_are_found_and_the_rest_is_kept(self) -> None:
        before = {"a": ["${env:A}", 1, None], "${env:K}": {"b": "x"}}
        after = with_references(before)
        assert after == before
        assert is_reference(after["a"][0])
        assert not any(is_reference(key) for key in after)
        assert not is_reference(before["a"][0])


class TestPrefix:
    def test_it_joins_the_literal_piece_that_follows(self) -> None:
        found = prefixed("Bearer ", read_references("x${env:A}"))
        assert isinstance(found, EnvText)
        assert found.parts == ("Bearer x", EnvVar("A"))

    def test_it_may_stand_before_a_reference_or_a_plain_text(self) -> None:
        found = prefixed("Bearer ", read_references("${env:A}"))
        assert isinstance(found, EnvText)
        assert (found, found.parts) == ("Bearer ${env:A}", ("Bearer ", EnvVar("A")))
        assert prefixed("Bearer ", "abc") == "Bearer abc"
        assert is_reference(prefixed("", read_references("${env:A}")))


class TestSuspects:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("${OPENAI_KEY}", ["${OPENAI_KEY}"]),
            ("a ${x} ${env:OK} ${env.NO}", ["${x}", "${env.NO}"]),
            ("${env:A", ["${env:A"]),
            ('${{ env "X" }}', ['${{ env "X" }}']),
            ("${ X } ${, password: hunter2}", ["${ X }", "${"]),
            ("$${fine} and ${env:FINE}", []),
            ("$5 {x}", []),
        ],
    )
    def test_what_looks_like_a_reference_and_is_none(self, text: str, found: list[str]) -> None:
        assert list(suspects(text)) == found


class TestVaultReferences:
    @pytest.mark.parametrize("value", ["{vault://env/key}", "{vault://hcv/a/b?prefix=x}"])
    def test_only_the_whole_of_a_value_is_one(self, value: str) -> None:
        assert is_vault_reference(value)
        assert is_reference(value)
        assert not is_vault_reference(f"Bearer {value}")
        assert not is_vault_reference(value[:-1])

    def test_one_in_a_part_of_a_value_is_found(self) -> None:
        assert holds_vault_reference("Bearer {vault://env/key}")
        assert holds_vault_reference("{vault://{vault://env/key}")
        assert not holds_vault_reference("{vault:/env/key} {vault://env")

    @pytest.mark.parametrize("value", [None, 1, True, [], {}])
    def test_what_is_no_text_is_none(self, value: object) -> None:
        assert not is_vault_reference(value)
        assert not holds_vault_reference(value)
        assert not is_reference(value)
