"""The outline of a text: what the reader finds where it is YAML, and as much as can be told where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.errors import AicfgError
from aicfg.lsp.outline import outlines, walk
from aicfg.source import read_bytes

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("samples/**/*.yaml"), *ROOT.glob("tests/**/*.yaml"), *ROOT.glob("schemas/**/*.yaml")])


def data(text: str) -> Any:
    (outline,) = outlines(text)
    return outline.data


def folded(value: Any) -> Any:
    """A value with the blanks of its texts made alike: the outline keeps block scalars as they are written."""
    if isinstance(value, dict):
        return {key: folded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [folded(item) for item in value]
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_of_a_file_it_has_the_values_and_places_that_the_reader_finds(path: Path) -> None:
    try:
        documents = read_bytes(path.read_bytes(), str(path))
    except AicfgError:
        pytest.skip("not YAML")
    wanted = [each for each in documents if each.data is not None]
    found = [
        each for each in outlines(path.read_text(encoding="utf-8").removeprefix("\ufeff")) if each.data is not None
    ]
    assert [folded(each.data) for each in found] == [folded(each.data) for each in wanted]
    for outline, document in zip(found, wanted, strict=True):
        for way, entry in walk(outline.root):
            if isinstance(entry.key, str) and entry.key != "<<":
                key, value = document.walk(way)[-1] if len(document.walk(way)) > len(way) else (None, None)
                if key is not None and value is not None and document.place_offsets(key)[0] == entry.start:
                    assert document.place_offsets(key)[1] == entry.key_end
                    has_properties = document.source.text[document.place_offsets(value)[0]] in "&!"
                    if entry.node is not None and entry.node.kind == "scalar" and not has_properties:
                        assert document.place_offsets(value)[0] == entry.node.start


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.sampled_from(["a", "b c", "x: y", "# z", "é😀", "- q", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "a b", "ü", "x-1"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["k", "l", "m"]), VALUES, min_size=1), st.booleans())
def test_of_any_yaml_it_has_the_values(value: Any, is_flow: bool) -> None:
    import yaml

    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True if is_flow else None, sort_keys=False)
    assert data(text) == value


def test_a_key_without_a_colon_stands_among_its_neighbours() -> None:
    (outline,) = outlines("routes:\n  chat:\n    provider: a\n    opt\n    model: b\n")
    chat = outline.find(("routes", "chat"))
    assert chat is not None
    assert [(entry.key, entry.colon >= 0) for entry in chat.entries] == [
        ("provider", True),
        ("opt", False),
        ("model", True),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: {b: 1, c: [2\nd: 3\n", {"a": {"b": 1, "c": [2]}, "d": 3}),
        ("a: 'open\nd: 3\n", {"a": "open", "d": 3}),
        ("a:\n    b: 1\n  c: 2\nd: 3\n", {"a": {"b": 1, "c": 2}, "d": 3}),
        ("a: b: c\nd: 3\n", {"a": "b: c", "d": 3}),
        ("a: ]\nd: 3\n", {"a": "]", "d": 3}),
        ("a: *nobody\nd: 3\n", {"a": None, "d": 3}),
    ],
)
def test_a_fault_hides_nothing_below_it(text: str, wanted: Any) -> None:
    assert data(text) == wanted


def test_an_alias_stands_for_what_it_repeats() -> None:
    assert data("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n") == {"a": {"b": 1}, "c": {"b": 1}, "d": {"e": 2, "b": 1}}


def test_each_document_has_an_outline_of_its_own() -> None:
    assert [each.data for each in outlines("a: 1\n---\nb: 2\n")] == [{"a": 1}, {"b": 2}]
