"""Names of Kubernetes objects: Kong's own where they may stand, and never two objects of one name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.render._names import kubernetes_name

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*")
SERVICE = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
NAMES = st.one_of(st.text(min_size=1, max_size=300), st.from_regex(r"[A-Za-z0-9._~-]{1,80}", fullmatch=True))


@pytest.mark.parametrize("name", ["mistral-chat", "gpt-4.1", "4o", "a" * 63])
def test_a_name_that_kubernetes_takes_stands_as_it_is(name: str) -> None:
    assert kubernetes_name(name) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mistral_Chat", "mistral-chat"),
        ("a+b", "a-b"),
        ("-a-", "a"),
        ("größe", "gr-e"),
        ("🚀", "x"),
        ("4O", "x-4o"),
        ("a" * 200, "a" * 52),
        ("chat-0123456789", "chat-0123456789"),
    ],
)
def test_any_other_keeps_its_words_and_ends_in_a_digest(name: str, words: str) -> None:
    assert re.fullmatch(rf"{words}-[0-9a-f]{{10}}", kubernetes_name(name))


@pytest.mark.parametrize("name", ["4o", "gpt-4.1"])
def test_a_service_has_a_label_that_begins_with_a_letter(name: str) -> None:
    assert SERVICE.fullmatch(kubernetes_name(name, service=True))


def test_several_parts_stand_between_dots() -> None:
    assert kubernetes_name("mistral-chat", "ai-proxy") == "mistral-chat.ai-proxy"


def test_a_dot_in_a_part_is_not_taken_for_the_end_of_it() -> None:
    assert kubernetes_name("a.b", "c") != kubernetes_name("a", "b.c")


@given(NAMES)
def test_every_name_becomes_one_that_kubernetes_takes(name: str) -> None:
    assert SUBDOMAIN.fullmatch(kubernetes_name(name))
    assert SERVICE.fullmatch(kubernetes_name(name, service=True))


@given(st.lists(NAMES, min_size=2, max_size=7))
def test_every_list_of_parts_becomes_one_that_kubernetes_takes(parts: list[str]) -> None:
    name = kubernetes_name(*parts)
    assert SUBDOMAIN.fullmatch(name)
    assert len(name) <= 253


@given(st.lists(NAMES, min_size=2, unique=True))
def test_no_two_names_become_one(names: list[str]) -> None:
    made = {kubernetes_name(name) for name in (*names, *map(kubernetes_name, names))}
    assert len(made) == len({*names, *map(kubernetes_name, names)})


@pytest.mark.parametrize("others", [("a-b", "a_b", "a.b", "A-b", "a--b", "a b", "a-b-", "a~b")])
def test_names_that_differ_in_punctuation_alone_stay_apart(others: tuple[str, ...]) -> None:
    assert len({kubernetes_name(name, service=True) for name in others}) == len(others)
