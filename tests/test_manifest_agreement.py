"""The walk over a manifest's shape says what `jsonschema` says, of manifests and of anything."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from shapes import (
    BENCHMARK_LIKE,
    DESIGN_SAMPLE,
    EVERYTHING,
    KEYS,
    SCHEMA,
    VALIDATOR,
    value_of,
)

from aicfg.manifest.shape import normalise, problems_at, shape_problems
from aicfg.manifest.shape_tables import compile_schema


def assert_agreement(value: Any) -> None:
    """The walk finds fault where `jsonschema` does, and only there.

    One thing more is known to the walk alone: a `yes` where Kong wants a boolean.
    """
    found = [problem.path for problem in shape_problems(value)]
    certain = [problem for problem in shape_problems(value) if not problem.kind.startswith("ambiguous")]
    errors = [tuple(error.absolute_path) for error in VALIDATOR.iter_errors(value)]
    for path in errors:
        assert any(other[: len(path)] == path for other in found), f"jsonschema alone refuses {path}"
    for problem in certain:
        assert problem.path[: -1 if problem.at_key else None] in errors, f"the walk alone refuses {problem.path}"


SEEDS = [value_of(text) for text in (DESIGN_SAMPLE, BENCHMARK_LIKE, EVERYTHING)]
WORDS = [
    "",
    "yes",
    "on",
    "3.10",
    "a b",
    "POST",
    "~/x$",
    "${var:X}",
    "openai",
    "name",
    "type",
    "version",
    "options",
    "x",
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 5), st.sampled_from([0.5, 1.0, float("inf")]), st.sampled_from(WORDS)
)
KEY_NAMES = st.sampled_from(sorted({pointer.split("/")[-1] for pointer in KEYS} | set(WORDS)))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEY_NAMES, inner, max_size=3), max_leaves=6
)


def containers_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers_in(item)


@st.composite
def mutated_manifests(draw: st.DrawFn) -> Any:
    """A good manifest in which a few keys and values were replaced, removed or added."""
    manifest = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        container = draw(st.sampled_from(list(containers_in(manifest))))
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        if keys and draw(st.booleans()):
            key = draw(st.sampled_from(keys))
            if draw(st.booleans()):
                container[key] = draw(VALUES)
            else:
                del container[key]
        elif isinstance(container, dict):
            container[draw(KEY_NAMES)] = draw(VALUES)
        else:
            container.append(draw(VALUES))
    return manifest


class TestAgreementWithJsonschema:
    @given(mutated_manifests())
    def test_on_mutated_manifests(self, value: Any) -> None:
        assert_agreement(value)

    @given(st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), VALUES))
    def test_on_manifests_made_of_anything(self, value: Any) -> None:
        assert_agreement(value)

    @given(VALUES)
    def test_on_anything(self, value: Any) -> None:
        assert_agreement(value)

    def test_on_every_key_with_values_of_every_type(self) -> None:
        for pointer in KEYS:
            part = {"$ref": pointer, "definitions": SCHEMA["definitions"], "properties": SCHEMA["properties"]}
            validator, node = Draft7Validator(part), compile_schema(SCHEMA, pointer)
            for value in (None, True, 0, -1, 1, 1.0, 1.5, "", "x", "${var:X}", [], ["x"], [1], {}, {"x": 1}):
                assert validator.is_valid(value) == (not list(problems_at(node, value))), (pointer, value)

    @given(VALUES)
    def test_and_normalising_never_makes_things_worse(self, value: Any) -> None:
        document = {"version": 1, "routes": {"a": {"model": value}}}
        errors = len(list(VALIDATOR.iter_errors(document)))
        assert len(list(VALIDATOR.iter_errors(normalise(document, lambda path: None)))) <= errors
