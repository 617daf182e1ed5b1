"""The canonical form of a manifest: what moves, what is quoted, what stays where it is."""

from __future__ import annotations

from pathlib import Path

import nasty
import pytest
import yaml
from nasty_manifests import MANIFESTS

import aicfg
from aicfg.catalog.providers import provider_types
from aicfg.cli.init import starter
from aicfg.fmt import format_bytes
from aicfg.kong.detect import form_of
from aicfg.source import SourceError, read_bytes

ROOT = Path(__file__).parent.parent
SAMPLES = sorted([*(ROOT / "samples").glob("*.yaml"), *(ROOT / "samples" / "environments").glob("*.yaml")])
NASTY = {name: text for name, (text, _) in nasty.NASTY.items() if name != "texts"}
"""Without the one that has keys of several lines, which are refused."""
EXAMPLES = sorted((ROOT / "tests" / "examples").rglob("*.yaml"))


def formatted(text: str) -> str:
    """A text in canonical form, which is what its own canonical form is."""
    out = format_bytes(text.encode(), "m.yaml")
    assert out is not None
    assert format_bytes(out, "m.yaml") == out
    return out.decode()


def routes(text: str) -> str:
    """What becomes of the lines of `routes`."""
    out = formatted("version: 1\nroutes:\n" + text)
    start = "version: 1\nroutes:\n"
    assert out.startswith(start)
    return out.removeprefix(start)


# ── files that come with aicfg ──


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_samples_are_canonical(sample: Path) -> None:
    assert format_bytes(sample.read_bytes(), sample.name) == sample.read_bytes()


@pytest.mark.parametrize("type_", provider_types())
def test_what_init_writes_is_canonical(type_: str) -> None:
    text = starter(type_, "aicfg.yaml", "./aicfg.schema.json")
    assert formatted(text) == text


@pytest.mark.parametrize(
    "text",
    [*(path.read_text() for path in EXAMPLES), *NASTY.values(), *MANIFESTS.values()],
    ids=[*(path.stem for path in EXAMPLES), *NASTY, *MANIFESTS],
)
def test_manifests_render_to_the_same(text: str, tmp_path: Path) -> None:
    if form_of(read_bytes(text.encode(), "m.yaml")[0].data) == "manifest":
        assert rendered(text, tmp_path) == rendered(formatted(text), tmp_path)


def rendered(text: str, folder: Path) -> object:
    """The decK file of a manifest, or that there is none."""
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    try:
        return [yaml.safe_load(each) for each in aicfg.render(folder / "m.yaml", "deck").values()]
    except aicfg.AicfgError as error:
        return type(error)


# ── order ──


def test_keys_stand_in_the_order_of_the_schema() -> None:
    text = """\
routes:
  b: {model: m, provider: p}
  a:
    targets:
      - {weight: 1, model: m, provider: p}
    balancer: {retries: 2, algorithm: round-robin}
providers:
  p: {api_key: k, type: openai}
gateway: {edition: oss, version: "3.9"}
version: 1
"""
    assert (
        formatted(text)
        == """\
version: 1
gateway: {version: "3.9", edition: oss}
providers:
  p: {type: openai, api_key: k}
routes:
  b: {provider: p, model: m}
  a:
    balancer: {algorithm: round-robin, retries: 2}
    targets:
      - {provider: p, model: m, weight: 1}
"""
    )


def test_names_and_raw_configs_keep_their_order() -> None:
    text = """\
  z: {provider: z}
  a:
    provider: a
    plugins:
      - name: my-plugin
        config: {z: 1, name: 2, a: 3}
    plugin_config: {model: {provider: x}, auth: {}}
    headers: {z: [x], a: [x]}
"""
    assert routes(text) == text


def test_keys_that_nobody_knows_stay_behind_the_others_in_their_order() -> None:
    assert routes("  a: {zz: 1, model: m, aa: 2, provider: p}\n") == "  a: {provider: p, model: m, zz: 1, aa: 2}\n"


def test_an_anchor_never_comes_behind_its_alias() -> None:
    text = """\
version: 1
routes:
  a: {model: &m gpt-4o, provider: p}
  b: {provider: p, options: &o {max_tokens: 5}, model: *m}
providers:
  p: {type: openai, options: *o}
"""
    assert (
        formatted(text)
        == """\
version: 1
routes:
  a: {provider: p, model: &m gpt-4o}
  b: {provider: p, model: *m, options: &o {max_tokens: 5}}
providers:
  p: {type: openai, options: *o}
"""
    )


def test_an_anchor_that_is_given_twice_keeps_its_order() -> None:
    text = "  a: {options: &x {max_tokens: 1}, auth: *x, logging: &x {log_payloads: true}, acls: *x, provider: p}\n"
    out = routes(text)
    assert out.startswith("  a: {provider: p, options: &x {max_tokens: 1}, auth: *x, logging: &x")


def test_an_anchor_that_is_given_anew_stays_behind_the_aliases_of_the_one_before() -> None:
    text = "  z: {model: &x m}\n  a: {path: *x, model: &x n, provider: p}\n  b: {model: *x}\n"
    assert routes(text) == "  z: {model: &x m}\n  a: {provider: p, path: *x, model: &x n}\n  b: {model: *x}\n"


def test_a_map_that_is_repeated_where_nobody_orders_it_is_ordered_all_the_same() -> None:
    text = "  a: {options: &x {top_p: 1, max_tokens: 2}}\n  b: {plugin_config: {model: {options: *x}}}\n"
    assert routes(text) == text.replace("top_p: 1, max_tokens: 2", "max_tokens: 2, top_p: 1")


def test_merge_keys_stand_first() -> None:
    out = routes("  a: &a {provider: p}\n  b:\n    model: m\n    <<: *a\n")
    assert out == "  a: &a {provider: p}\n  b:\n    <<: *a\n    model: m\n"


# ── quotes ──


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("'gpt-4o'", "gpt-4o"),
        ('"gpt-4o"', "gpt-4o"),
        ("gpt-4o", "gpt-4o"),
        ('"meta.llama3-70b-instruct-v1:0"', "meta.llama3-70b-instruct-v1:0"),
        ("'${env:MODEL}'", "${env:MODEL}"),
        ('"${var:MODEL}"', "${var:MODEL}"),
        ("'3.10'", '"3.10"'),
        ("3.10", '"3.10"'),
        ("3.10.1", '"3.10.1"'),
        ("2024-10-21-preview", '"2024-10-21-preview"'),
        ("2023-06-01", '"2023-06-01"'),
        ("4", '"4"'),
        ("'yes'", '"yes"'),
        ("yes", "yes"),
        ("'true'", '"true"'),
        ("'null'", '"null"'),
        ("null", "null"),
        ("''", '""'),
        ("'a: b'", '"a: b"'),
        ("'it''s'", '"it\'s"'),
        (r"'\d+ \w'", r"'\d+ \w'"),
        (r'"\\d+"', r"'\d+'"),
        (r'"it\\s it' + "'s" + '"', r'"it\\s it' + "'s" + '"'),
        ("'say \"hi\"'", "'say \"hi\"'"),
        (r'"say \"hi\""', "'say \"hi\"'"),
        (r'"a\nb"', r'"a\nb"'),
        (r'"\u00e9"', r'"\u00e9"'),
        ("'Bearer ${env:X}'", '"Bearer ${env:X}"'),
        ("Bearer ${env:X}", "Bearer ${env:X}"),
        ("!!str 12", "!!str 12"),
        ("&x 3.10", "&x 3.10"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_quotes(written: str, canonical: str) -> None:
    assert routes(f"  a:\n    model: {written}\n") == f"  a:\n    model: {canonical}\n"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("'${env:X}'", '"${env:X}"'), ("'a:b'", '"a:b"'), ("'a, b'", '"a, b"'), ("'a b'", "a b")],
)
def test_quotes_inside_brackets(written: str, canonical: str) -> None:
    assert routes(f"  a: {{model: {written}}}\n") == f"  a: {{model: {canonical}}}\n"


def test_a_number_that_an_alias_repeats_stays_a_number() -> None:
    text = "  a: &a {provider: p, model: 4}\n  b: {<<: *a, options: {max_tokens: 5}}\n"
    assert routes(text) == text


def test_quoted_keys() -> None:
    assert (
        routes("  'a': {\"provider\": p}\n  '1': {}\n  \"on\": {}\n") == '  a: {provider: p}\n  "1": {}\n  "on": {}\n'
    )


def test_keys_with_a_question_mark_become_plain() -> None:
    text = "  ? 'a'\n  : provider: p\n    model: m\n  ? b  # why\n  : {? provider : q}\n"
    assert routes(text) == "  a:\n    provider: p\n    model: m\n  b:  # why\n    {provider: q}\n"


# ── layout ──


def test_two_spaces_a_level_and_lists_below_their_key() -> None:
    text = """\
   a:
        provider:   p
        targets:
        -   provider: p
            model: m
        -
          provider: q
"""
    assert routes(text) == (
        "  a:\n    provider: p\n    targets:\n      - provider: p\n        model: m\n      - provider: q\n"
    )


def test_lists_in_lists() -> None:
    text = "  a:\n   plugin_config:\n    - - 1\n      - 2\n    -\n     - 3\n    - []\n    -\n"
    assert routes(text) == ("  a:\n    plugin_config:\n      - - 1\n        - 2\n      - - 3\n      - []\n      -\n")


def test_space_inside_brackets() -> None:
    text = '  a: {  provider: p , hosts: [ a,b , ], tags: [], headers: {"x":[ ]}, model: , }\n'
    assert routes(text) == "  a: {provider: p, model: , hosts: [a, b], headers: {x: []}, tags: []}\n"


def test_lines_inside_brackets_break_where_they_did() -> None:
    text = """\
  a:
    hosts: [
      a, b,   # two
      # one more
      c ]
    tags: [
        x,
        y,
    ]
    methods: [GET,
              POST]
"""
    assert (
        routes(text)
        == """\
  a:
    methods: [GET,
      POST]
    hosts: [
      a, b,   # two
      # one more
      c]
    tags:
      [
        x,
        y,
      ]
"""
    )


def test_a_file_in_json_keeps_its_quotes() -> None:
    text = '{\n\t"routes": {"a": {"model": "m", "provider": "p"}},\n\t"version": 1\n}'
    assert formatted(text) == '{\n  "version": 1,\n  "routes": {"a": {"provider": "p", "model": "m"}}\n}\n'


def test_long_lines_stay() -> None:
    text = f"  a: {{provider: p, model: {'m' * 300}, tags: [{', '.join(['tag'] * 100)}]}}\n"
    assert routes(text) == text


def test_space_at_line_ends_goes_and_the_file_ends_in_one_line_end() -> None:
    assert formatted("version: 1  \nroutes: \n  a:   {} \n\n\n") == "version: 1\nroutes:\n  a: {}\n"
    assert formatted("version: 1\nroutes: {}") == "version: 1\nroutes: {}\n"


# ── blank lines ──


def test_at_most_one_blank_line_in_a_row_and_none_below_a_key() -> None:
    text = "\n\n  a:\n\n    provider: p\n\n\n\n    model: m\n"
    assert routes(text) == "  a:\n    provider: p\n\n    model: m\n"


def test_where_one_section_is_set_off_all_are() -> None:
    text = "version: 1\nname: x\nproviders:\n  p: {}\n\nroutes:\n  a: {}\nconsumers:\n  c: {}\n"
    assert formatted(text) == (
        "version: 1\nname: x\n\nproviders:\n  p: {}\n\nroutes:\n  a: {}\n\nconsumers:\n  c: {}\n"
    )
    compact = text.replace("\n\n", "\n")
    assert formatted(compact) == compact


# ── comments ──


def test_comments_move_with_what_they_are_about() -> None:
    text = """\
  a:
    # the name
    # of the model
    model: m   # a good one
    # of the provider
    provider: p
    # the end of a
  # about b
  b: {}
  # the end
"""
    assert (
        routes(text)
        == """\
  a:
    # of the provider
    provider: p
    # the name
    # of the model
    model: m   # a good one
    # the end of a
  # about b
  b: {}
  # the end
"""
    )


def test_the_header_of_a_file_stays_at_its_top() -> None:
    text = "# yaml-language-server: $schema=x\n# Ours.\nroutes: {}\n# one\nversion: 1\n"
    assert formatted(text) == "# yaml-language-server: $schema=x\n# Ours.\n\n# one\nversion: 1\nroutes: {}\n"


def test_a_comment_apart_from_the_header_moves_with_its_key() -> None:
    text = "# Ours.\n\n# All routes.\nroutes: {}\nversion: 1\n"
    assert formatted(text) == "# Ours.\n\nversion: 1\n# All routes.\nroutes: {}\n"


def test_a_silencer_moves_with_its_line() -> None:
    text = "# Ours.\n# aicfg: ignore[M101] why\nrouts: {}\nversion: 1\nroutes: {}\n"
    assert formatted(text) == "# Ours.\nversion: 1\nroutes: {}\n# aicfg: ignore[M101] why\nrouts: {}\n"


def test_a_comment_right_below_something_and_apart_from_the_next_stays_there() -> None:
    text = "routes: {}\n# old: {}\n\nproviders: {}\nversion: 1\n"
    assert formatted(text) == "version: 1\n\nproviders: {}\nroutes: {}\n# old: {}\n"


def test_comments_that_stand_below_each_other_still_do() -> None:
    text = """\
  a:                  # one
     provider: 'p'    # two
     model: m         # three
     weight: 1 # alone
"""
    assert (
        routes(text)
        == """\
  a:               # one
    provider: p    # two
    model: m       # three
    weight: 1 # alone
"""
    )


def test_comments_in_odd_places() -> None:
    text = """\
  a:
    # nothing yet
  b:   # why
    # what
    - # first
      x: 1
    -
      # second
      y: 2
  c:   # folded
    text
  d: &d   # anchored
    # more
    provider: p
"""
    assert (
        routes(text)
        == """\
  a:
    # nothing yet
  b:   # why
    # what
    - # first
      x: 1
    -
      # second
      y: 2
  c:   # folded
    text
  d: &d   # anchored
    # more
    provider: p
"""
    )


def test_what_stands_around_the_document_stays() -> None:
    text = "# above\n%YAML 1.1\n# between\n---   # begins\n# ours\nroutes: {}\nversion: 1\n# the end\n...\n# behind\n"
    assert formatted(text) == text.replace("routes: {}\nversion: 1\n", "version: 1\nroutes: {}\n")


# ── texts of several lines ──


@pytest.mark.parametrize(
    "value",
    [
        "|\n      one\n        two\n\n      three\n",
        "|-\n      one\n",
        ">\n      one\n      two\n",
        "|2\n         more\n      base\n",
        "|+\n      one\n\n\n",
        "|  # a comment\n      one\n",
        '"one\n      two\n\n      three"\n',
        "'one\n      two'\n",
        "one\n      two\n",
        '"one \\\n      two"\n',
        '"one\\ \n      two"\n',
        "&x |\n      one\n",
        "|\n      # text\n      one\n",
        ">-\n\n      one\n",
    ],
)
@pytest.mark.parametrize("indent", [1, 2, 7])
def test_texts_are_indented_anew_and_stay_the_same(value: str, indent: int) -> None:
    value = value.replace("\n      ", "\n" + " " * (4 + indent))
    text = f"  a:\n{' ' * (2 + indent)}description: {value}{' ' * (2 + indent)}model: m\n"
    before = yaml.safe_load("routes:\n" + text)
    out = routes(text)
    assert yaml.safe_load("routes:\n" + out) == before
    assert "\n    model: m\n" in out
    assert "\n    description: " in out


def test_a_text_that_ends_with_the_file_ends_as_it_did() -> None:
    for sign in "|", "|+", "|-", ">", ">+":
        out = formatted(f"version: 1\nname: {sign}\n    x")
        assert out == f"version: 1\nname: {sign[0]}-\n  x\n"


def test_no_blank_line_is_added_to_a_text_that_would_keep_it() -> None:
    text = "version: 1\n\nproviders:\n  p:\n    hosting: |+\n      x\nroutes:\n  a: {}\n"
    assert formatted(text) == text


# ── never half ──


@pytest.mark.parametrize("text", ["version: 1\n<<: {}\n<<: {}\n", "version: 1\nroutes: {<<: [{a: {}}, {b: {}}]}\n"])
def test_merge_keys_of_any_form(text: str) -> None:
    formatted(text)


@pytest.mark.parametrize("name", ["version: 1\nroutes: [", "version: 1\n\tx: 2", "version: 1\nroutes: *nobody"])
def test_what_is_no_yaml_is_refused(name: str) -> None:
    with pytest.raises(SourceError):
        format_bytes(name.encode(), "m.yaml")
