"""HCL text: HashiCorp's parser reads the same values back, and `terraform fmt` has nothing to change."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hashicorp import evaluated, formatted, literal, needs_terraform, parsed, with_references
from hypothesis import given, settings
from hypothesis import strategies as st

from aicfg.kong.references import EnvText, EnvVar
from aicfg.render.quoting.hcl import Expression, Json, attributes, expression, identifier, quoted

HOSTILE = [
    '"',
    '"\n}\nresource "x" "y" {',
    "\\",
    "\\d+\\.\\$",
    "${var.secret}",
    "$${x}",
    "$$${x}",
    "%{ if true }x%{ endif }",
    "%%{x}",
    "$",
    "$$",
    "a$",
    "100%",
    "$5 $(headers.x) {{x}}",
    "line\r\nline\ttab",
    "<<EOT\nEOT",
    "# // /* */",
    "\0\x1b[31m\x7f",
    "\u2028\u202e\ufeff",
    "é 日本 😀",
    "\\u0041",
    "'`=:,",
    "{vault://env/x}",
    "jsonencode(1)",
    "",
    "x" * 5000,
]


def variable(one: EnvVar) -> Expression:
    return Expression(f"var.{one.name.lower()}")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", '"plain"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("a\nb\tc\\d", '"a\\nb\\tc\\\\d"'),
        ("${x} %{y} $z", '"$${x} %%{y} $z"'),
        ("\0\u2028\U000e0001", '"\\u0000\\u2028\\U000e0001"'),
        (1, "1"),
        (-0.5, "-0.5"),
        (1e-07, "1e-07"),
        (True, "true"),
        (None, "null"),
        ([], "[]"),
        ({}, "{}"),
        (["a", 1], '["a", 1]'),
        ({"id": Expression("a.b.id")}, "{ id = a.b.id }"),
        (Expression("var.x"), "var.x"),
        (Json("x"), 'jsonencode("x")'),
        (EnvText("", (EnvVar("KEY"),)), "var.key"),
        (EnvText("", ("Bearer ", EnvVar("KEY"))), '"Bearer ${var.key}"'),
        (EnvText("", ("cost: $", EnvVar("KEY"), "${")), '"cost: \\u0024${var.key}$${"'),
        (EnvText("", ("$", "{", EnvVar("KEY"))), '"$${${var.key}"'),
    ],
)
def test_a_value_is_written_as_a_person_would(value: Any, text: str) -> None:
    assert expression(value, variable) == text


def test_the_attributes_of_a_block_stand_one_level_in_and_aligned() -> None:
    body = {
        "name": "x",
        "paths": ["/a", "/b"],
        "config": {"a": 1, "long_name": [{"b": 2}], "c": 3, "x.y": 4, "for": 5},
        "metadata": Json({"a": ["b"]}),
        "t": True,
    }
    assert attributes(body).splitlines() == [
        '  name  = "x"',
        '  paths = ["/a", "/b"]',
        "  config = {",
        "    a = 1",
        "    long_name = [",
        "      {",
        "        b = 2",
        "      },",
        "    ]",
        "    c     = 3",
        '    "x.y" = 4',
        '    "for" = 5',
        "  }",
        "  metadata = jsonencode({",
        '    a = ["b"]',
        "  })",
        "  t = true",
    ]


def test_a_list_that_is_long_gets_a_line_for_each_item() -> None:
    text = expression(["x" * 30] * 3)
    assert text.splitlines() == ["[", *[f'  "{"x" * 30}",'] * 3, "]"]
    assert "\n" not in expression(["x" * 300])


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud800", object(), b"x"])
def test_what_hcl_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"no|half"):
        expression(value)


@pytest.mark.parametrize("name", ["", "a b", "1a", 'a"', "a\n", "é"])
def test_no_identifier_is_made_of_what_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        identifier(name)


def test_the_parser_reads_hostile_strings_back(tmp_path: Path) -> None:
    body = {f"v{index}": value for index, value in enumerate(HOSTILE)} | {"map": dict.fromkeys(HOSTILE, 1)}
    (read,) = parsed({"a.tf": f"locals {{\n{attributes(body)}\n}}\n"}, tmp_path)["a.tf"]["locals"]
    assert [literal(read[f"v{index}"]) for index in range(len(HOSTILE))] == HOSTILE
    assert {literal(key) for key in read["map"]} == set(HOSTILE)


@needs_terraform
def test_terraform_takes_hostile_strings_for_what_they_are(tmp_path: Path) -> None:
    assert evaluated(expression(HOSTILE).replace("\n", ""), tmp_path) == HOSTILE


@needs_terraform
@pytest.mark.parametrize("before", ["", "$", "$$", "a$", "%", "\\", '"', "${", "$\n"])
@pytest.mark.parametrize("after", ["", "{", "}", "${x}", "$"])
def test_terraform_puts_a_variable_between_any_two_texts(before: str, after: str, tmp_path: Path) -> None:
    text = expression(EnvText("", (before, EnvVar("KEY"), after)), variable)
    assert evaluated(text, tmp_path, key="secret") == f"{before}secret{after}"


texts = st.text() | st.text("ab ${%}\"\\\n'=#", max_size=12) | st.sampled_from(HOSTILE)
keys = st.sampled_from(["a", "name", "a-b", "for", "null", "x.y"]) | texts
scalars = (
    texts
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
    | st.just(Expression("a.b.id"))
    | st.builds(lambda one, other: EnvText("", (one, EnvVar("KEY"), other)), texts, texts)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.builds(Json, inner)
        | st.just({"id": Expression("a.b.id")})
    ),
    max_leaves=12,
)
names = st.text("abc_", min_size=1, max_size=9)


@needs_terraform
@settings(max_examples=40)
@given(st.lists(st.dictionaries(names, values, min_size=1, max_size=6), min_size=1, max_size=20))
def test_terraform_fmt_has_nothing_to_change(bodies: list[dict[str, Any]]) -> None:
    blocks = [f'resource "a" "b" {{\n{attributes(body, variable)}\n}}\n' for body in bodies]
    text = "\n".join(blocks)
    assert formatted(text) == text


@settings(max_examples=4)
@given(st.lists(st.tuples(texts, texts), min_size=20, max_size=100))
def test_the_parser_reads_any_text_back(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> None:
    body = {f"v{index}": EnvText("", (one, EnvVar("KEY"), other)) for index, (one, other) in enumerate(pairs)}
    body |= {f"w{index}": one for index, (one, _) in enumerate(pairs)}
    text = f"locals {{\n{attributes(body, variable)}\n}}\n".replace("\\u0024${", "\\u0024 ${")  # see the test above
    (read,) = parsed({"a.tf": text}, tmp_path_factory.mktemp("hcl"))["a.tf"]["locals"]
    for index, (one, other) in enumerate(pairs):
        gap = " " if one.endswith("$") else ""
        assert with_references(read[f"v{index}"], {"var.key": "K"}) == joined(f"{one}{gap}K{other}")
        assert literal(read[f"w{index}"]) == joined(one)


def joined(text: str) -> str:
    """A text as Terraform keeps any: letters and their accents are one."""
    return unicodedata.normalize("NFC", text)


def test_quoting_a_text_alone_is_what_a_value_gets() -> None:
    assert quoted("a${b") == expression("a${b")
