"""Edits of documents by path: each kind of change in each style, with everything else as it stood, byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aicfg.source import read_text
from aicfg.source.changes import Change, Insert, Move, Remove, Rename, append, changed, insert, put, same
from aicfg.source.edits import edited, edits_for
from aicfg.source.layout import uses

BLOCK = """\
# top
a: 1 # one
model:
  provider: mistral   # who
  name: x
  url: http://x:1/api  # where
  list:
    - k: v
      l: w
nothing:
only:
  one: 1
items:
- x
- y # last
text: |
  more

  lines
"""
FLOW = "flow: {a: b, c: \"d\", e: {f: 1}, g: {}}  # kept\nseq: [a, 'b']\n"
JSON = """\
{
  "a": {"b": 1},
  "c": [
    {"d": "x"}
  ],
  "m": {
    "u": "v"
  }
}
"""


def edit(text: str, *changes: Change) -> str | None:
    """The text after some changes, None where they are impossible. Its values are those that the changes mean."""
    [document] = read_text(text, "f")
    edits = edits_for(document, changes)
    if edits is None:
        return None
    result = edited(text, edits)
    assert same(read_text(result, "f")[0].data, changed(document.data, changes))
    return result


CASES: list[tuple[str, Change, str, str]] = [
    # style, change, what goes, what comes
    (BLOCK, put(("model", "name"), "y"), "  name: x\n", '  name: "y"\n'),
    (BLOCK, put(("model", "name"), "mistral-tiny"), "  name: x\n", "  name: mistral-tiny\n"),
    (BLOCK, put(("model", "name"), "2023-06-01", quoted=True), "  name: x\n", '  name: "2023-06-01"\n'),
    (BLOCK, put(("a",), ["POST"]), "a: 1 # one\n", "a: [POST] # one\n"),
    (BLOCK, put(("nothing",), True), "nothing:\n", "nothing: true\n"),
    (BLOCK, Rename(("model", "provider"), "type"), "  provider: mistral   # who\n", "  type: mistral   # who\n"),
    (BLOCK, Remove(("model", "name")), "  name: x\n", ""),
    (BLOCK, Remove(("model", "list", 0, "k")), "    - k: v\n      l: w\n", "    - l: w\n"),
    (BLOCK, Remove(("only", "one")), "only:\n  one: 1\n", "only: {}\n"),
    (BLOCK, insert(("only", "two"), 2), "  one: 1\n", "  one: 1\n  two: 2\n"),
    (BLOCK, insert(("only", "o", "p"), 2), "  one: 1\n", "  one: 1\n  o:\n    p: 2\n"),
    (BLOCK, insert(("nothing", "n"), 2), "nothing:\n", 'nothing:\n  "n": 2\n'),
    (BLOCK, append(("items",), "z z"), "- y # last\n", "- y # last\n- z z\n"),
    (
        BLOCK,
        Move(("model", "url"), ("model", "options", "url")),
        "  url: http://x:1/api  # where\n",
        "  options:\n    url: http://x:1/api  # where\n",
    ),
    (FLOW, put(("flow", "c"), 'say "x"'), '"d"', "'say \"x\"'"),
    (FLOW, put(("flow", "a"), "http://x"), "a: b", 'a: "http://x"'),
    (FLOW, Rename(("flow", "c"), "h"), 'c: "d"', 'h: "d"'),
    (FLOW, Remove(("flow", "a")), "{a: b, c", "{c"),
    (FLOW, Remove(("flow", "g")), ", g: {}", ""),
    (FLOW, insert(("flow", "e", "h"), [1]), "{f: 1}", "{f: 1, h: [1]}"),
    (FLOW, insert(("flow", "g", "h"), {"i": "no"}), "{}", '{h: {i: "no"}}'),
    (FLOW, Move(("flow", "c"), ("flow", "o", "c")), 'c: "d"', 'o: {c: "d"}'),
    (FLOW, append(("seq",), "c"), "'b']", "'b', 'c']"),
    (JSON, put(("m", "u"), 'a"b'), '"v"', '"a\\"b"'),
    (JSON, Rename(("m", "u"), "w"), '"u"', '"w"'),
    (JSON, insert(("m", "x"), "y"), '"u": "v"', '"u": "v",\n    "x": "y"'),
    (JSON, insert(("c", 0, "e"), None), '{"d": "x"}', '{"d": "x", "e": null}'),
    (JSON, Move(("m", "u"), ("m", "o", "u")), '"u": "v"', '"o": {"u": "v"}'),
]


@pytest.mark.parametrize(("text", "change", "old", "new"), CASES)
def test_a_change_touches_nothing_else(text: str, change: Change, old: str, new: str) -> None:
    assert text.count(old) == 1
    assert edit(text, change) == text.replace(old, new)


def test_a_block_moves_with_its_comments_and_its_indentation() -> None:
    text = "model:\n  # above\n  auth:  # here\n    name: x\n\n    # inside\n    value: y\nlast: 1\n"
    moved = "model: {}\n" + "last: 1\nauth:  # here\n  name: x\n\n  # inside\n  value: y\n"
    assert edit(text.replace("  # above\n", ""), Move(("model", "auth"), ("auth",))) == moved
    assert edit(text, Move(("model", "auth"), ("auth",))) is None  # the comment above would stand nowhere


def test_several_changes_go_together() -> None:
    assert edit("path: /m\n", put(("path",), ["/m"]), Rename(("path",), "paths")) == "paths: [/m]\n"


def test_line_ends_stay_what_they_are() -> None:
    assert edit("a:\r\n  b: 1\r\n", insert(("a", "c"), 2)) == "a:\r\n  b: 1\r\n  c: 2\r\n"


def test_an_anchor_stays_and_an_alias_is_replaced_alone() -> None:
    text = "a: &x 1\nb: *x\n"
    assert edit(text, put(("b",), 2)) == "a: &x 1\nb: 2\n"
    [document] = read_text(text, "f")
    assert [uses(document, ("a",)), uses(document, ("b",))] == [2, 1]


def test_what_an_alias_repeats_is_used_twice() -> None:
    [document] = read_text("a: &x {k: 1}\nb: *x\nc: {k: 1}\n", "f")
    assert [uses(document, (name, "k")) for name in "abc"] == [2, 2, 1]


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("a: !!str 1\n", put(("a",), "x")),
        ("a: {b: 1, # why\n  c: 2}\n", Remove(("a", "b"))),
        ("- a: 1\n  # why\n  b: 2\n", Remove((0, "a"))),
        ("a: 1\nb: 2\n", Rename(("a",), "b")),
        ("x: &x {k: 1}\na: {<<: *x, l: 2}\n", Remove(("a", "k"))),
        ("a: [b: 1]\n", insert(("a", 0, "c"), 1)),
        ("a: text\n", insert(("a", "b"), 1)),
        ("a: {b: 1}\n", insert(("a", "b"), 2)),
        ("a: []\n", append(("a",), 1)),
    ],
)
def test_an_edit_that_would_be_a_guess_is_none(text: str, change: Change) -> None:
    assert edit(text, change) is None


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "x", "yes", "1e3", "a: b", "# c", "it's", 'q"'])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def documents_and_changes(draw: Any) -> tuple[str, Change]:
    import json

    import yaml

    data = draw(st.dictionaries(st.sampled_from("abcd"), values, min_size=1, max_size=4))
    style = draw(st.sampled_from(["block", "flow", "mixed", "json"]))
    if style == "json":
        text = json.dumps(data, indent=draw(st.sampled_from([None, 2])))
    else:
        text = yaml.safe_dump(data, default_flow_style={"block": False, "flow": True}.get(style), sort_keys=False)
    paths = list(_paths(data, ()))
    path = draw(st.sampled_from(paths))
    other = draw(st.sampled_from(paths))
    change = draw(
        st.sampled_from(
            [
                put(path, draw(scalars)),
                Rename(path, "z"),
                Remove(path),
                Move(path, (*other[:-1], "z", path[-1])),
                Move(path, (*other, path[-1])),
                Insert((*path, "z"), '"v"'),
                Insert((*path[:-1], "y", "z"), "1"),
                append(path, draw(scalars)),
            ]
        )
    )
    return text, change


def _paths(value: Any, path: tuple[Any, ...]) -> Any:
    for part, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, part)
        if isinstance(item, dict | list):
            yield from _paths(item, (*path, part))


@settings(max_examples=300, deadline=None)
@given(documents_and_changes())
def test_an_edit_means_what_the_change_means_or_does_not_happen(case: tuple[str, Change]) -> None:
    text, change = case
    [document] = read_text(text, "f")
    edits = edits_for(document, [change])
    if edits is not None:
        result = read_text(edited(text, edits), "f")
        assert len(result) == 1
        assert not result[0].problems
        assert same(result[0].data, changed(document.data, [change]))
