"""Whatever stands in a text, and wherever the cursor is: there is an answer, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.lsp.actions import actions, fix_all
from aicfg.lsp.completion import completions
from aicfg.lsp.definition import definitions, uses
from aicfg.lsp.formatting import formatted
from aicfg.lsp.hover import hover
from aicfg.lsp.outline import outlines
from aicfg.lsp.positions import UTF8, UTF16, UTF32, Positions
from aicfg.lsp.state import State
from aicfg.lsp.symbols import Symbol, symbols
from aicfg.lsp.workspace import Buffer
from aicfg.source import Text

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("samples/**/*.yaml"))]
SAMPLES += [
    '_format_version: "3.0"\nplugins:\n- name: ai-proxy\n  config: {model: {provider: mistral}}\n',
    '{"_format_version": "3.0", "plugins": [{"name": "ai-proxy", "config": {"model": {"name": "x"}}}]}',
    "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nplugin: ai-proxy\nconfig: {route_type: x}\n---\na: 1\n",
]
PIECES = [
    *(
        "version: 1",
        "providers",
        "routes:",
        "  a:",
        "    type: ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "\n",
        "\r\n",
        "  ",
        '"',
    ),
    *(
        "'",
        "#",
        " # aicfg: ignore[",
        "&x ",
        "*x",
        "<<: ",
        "!t ",
        "|",
        ">",
        "\t",
        "---\n",
        "😀",
        "漢",
        "${var:",
        "${env:A}",
    ),
    *(
        "{vault://",
        "config:",
        "name: ai-proxy",
        "_format_version: '3.0'\n",
        "plugins:\n",
        "\\",
        ",",
        "options",
        "\ufeff",
        "\0",
    ),
]


@st.composite
def truncated(draw: st.DrawFn) -> str:
    """A sample that is cut off, or that something is cut out of."""
    text = draw(st.sampled_from(SAMPLES))
    first, last = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    return text[:first] + draw(st.sampled_from(["", *PIECES])) + text[last if draw(st.booleans()) else len(text) :]


texts = truncated() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=200)


@given(texts, st.data())
def test_any_position_in_any_text_has_an_answer(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    body = text.removeprefix("\ufeff")
    at = min(at, len(body))
    found = hover(body, at)
    if found is not None:
        assert found.start <= at <= found.end
        assert found.text.strip()
    for each in completions(body, at):
        assert 0 <= each.start <= at <= each.end <= len(body)
        assert "\n" not in body[each.start : each.end]
    buffer = Buffer("a.yaml", None, body)
    for place in (*definitions(buffer, at, {}), *uses(buffer, at, {})):
        assert 0 <= place.start <= place.end <= len(body)
    _check_symbols(symbols(body), 0, len(body))


def _check_symbols(found: list[Symbol] | tuple[Symbol, ...], start: int, end: int) -> None:
    """Clients refuse names outside of their ranges."""
    for each in found:
        assert start <= each.start <= each.name_start <= each.name_end <= each.end <= end
        _check_symbols(each.children, 0, end)


@given(texts)
def test_any_text_can_be_looked_at_and_mended(text: str) -> None:
    buffer = Buffer("untitled:1", None, text)
    findings = State().refresh({buffer.name: buffer})[buffer.name]
    positions = Positions(findings.text)
    for each in findings.found:
        assert positions.at(each.line or 1, each.column or 1) <= positions.at(each.end_line or 1, each.end_column or 1)
    for action in actions(findings.found, findings.text):
        for change in action.changes:
            assert 0 <= change.start <= change.end <= len(findings.text.text)
    formatted(buffer)
    fix_all(buffer, {buffer.name: buffer}, (buffer.name,))


@given(texts)
def test_the_parts_of_an_outline_stand_one_in_another(text: str) -> None:
    for outline in outlines(text):
        assert 0 <= outline.start <= outline.end <= len(text)
        nodes = [outline.root]
        while nodes:
            node = nodes.pop()
            if node is not None:
                assert 0 <= node.start <= node.end <= len(text)
                starts = [entry.start for entry in node.entries]
                assert starts == sorted(starts)
                nodes += [entry.node for entry in node.entries]


@given(st.text(st.sampled_from("aé漢😀\n\r\t"), max_size=20), st.sampled_from([UTF8, UTF16, UTF32]), st.booleans())
def test_positions_lead_back_to_their_offsets(text: str, encoding: str, marked: bool) -> None:
    positions = Positions(Text(text, "a.yaml"), encoding, marked=marked)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # nothing stands between these two
            assert positions.offset(*positions.position(offset)) == offset


@pytest.mark.parametrize("sign", ["[", "{", "- ", "{a: ", "[[", "- - ", "a: &x [", "'"])
def test_deep_texts_are_no_trouble(sign: str) -> None:
    text = sign * 5_000
    assert outlines(text)
    assert isinstance(completions("version: 1\nroutes: " + text, len(text)), list)
