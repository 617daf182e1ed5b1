"""Names in the words of a target: readable where they can be, and never the same for two different ones."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.render._names import hcl_name, hcl_variable

ALIKE = [
    "a-b",
    "a_b",
    "a.b",
    "a b",
    "a--b",
    "A-B",
    "a-b-",
    "-a-b",
    "a~b",
    "a\nb",
    "a-b\0",
    "ä-b",
    "a-b😀",
    "ab",
    "a/b",
    "",
]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("mistral-chat",), "mistral_chat"),
        (("gpt4o",), "gpt4o"),
        (("mobile-app", "staff"), "mobile_app__staff"),
        (("consumer-group", "a-b"), "consumer_group__a_b"),
    ],
)
def test_names_in_kebab_case_stay_readable(parts: tuple[str, ...], name: str) -> None:
    assert hcl_name(*parts) == name


@pytest.mark.parametrize("name", ["GPT-4.1", "4o-mini", "über", "日本", "😀", "my_service", "x" * 200 + ".", "..", ""])
def test_any_other_name_keeps_its_letters_and_gets_a_hash(name: str) -> None:
    made = hcl_name(name)
    assert re.fullmatch(r"[a-z_][a-z0-9_]*__[0-9a-f]{10}", made)
    assert len(made) < 80
    assert re.sub(r"[^a-z0-9]+", "", name.lower())[:5] in made.replace("_", "")


def test_names_that_differ_in_punctuation_only_stay_different() -> None:
    assert len({hcl_name(name) for name in ALIKE}) == len(ALIKE)
    pairs = [(one, other) for one in ALIKE for other in ALIKE]
    assert len({hcl_name(*pair) for pair in pairs}) == len(pairs)


def test_parts_are_not_told_apart_by_where_they_are_cut_alone() -> None:
    assert hcl_name("a-b", "c") != hcl_name("a", "b-c") != hcl_name("a-b-c")


def test_a_name_is_the_same_for_ever_since_terraform_replaces_what_is_renamed() -> None:
    assert hcl_name("GPT-4.1 (EU)", "key-auth") == "gpt_4_1_eu__key_auth__74f0c826c4"


texts = st.text() | st.text("aA-_.b1", max_size=6)


@given(st.lists(texts, min_size=2, max_size=6, unique=True))
def test_two_names_are_never_the_same(names: list[str]) -> None:
    for one, other in combinations(names, 2):
        assert hcl_name(one) != hcl_name(other)
        assert hcl_name(one, "x") != hcl_name(other, "x")
    assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", hcl_name(name)) for name in names)


class TestVariables:
    def test_a_name_in_capitals_becomes_small(self) -> None:
        assert hcl_variable("MISTRAL_API_KEY") == "mistral_api_key"

    def test_names_that_differ_in_case_or_underscores_only_stay_different(self) -> None:
        names = ["API_KEY", "api_key", "Api_Key", "API__KEY", "_API_KEY", "API_KEY_", "APIKEY"]
        made = [hcl_variable(name) for name in names]
        assert len(set(made)) == len(names)
        assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in made)

    def test_a_reserved_name_is_left_free(self) -> None:
        assert hcl_variable("COUNT", {"count"}) == "count__9a37ae78d4"
