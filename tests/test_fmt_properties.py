"""Whatever a manifest looks like: after `aicfg fmt` it has the same values and comments, and stays so from then on."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from random_manifests import bases, edited, edits, manifests
from styled import Styled, starts_with
from test_robustness import texts

from aicfg.fmt import format_bytes
from aicfg.kong.detect import form_of
from aicfg.manifest.shape import normalise
from aicfg.source import SourceError, read_bytes
from aicfg.source.changes import same

_NAME = re.compile(r"# (?:above|behind)-\d+")


def formatted(text: str) -> str:
    out = format_bytes(text.encode(), "m.yaml")
    assert out is not None
    return out.decode()


@given(st.builds(edited, bases, edits), st.integers(0, 2**32))
def test_values_comments_and_their_places_stay(manifest: Any, seed: int) -> None:
    writer = Styled(Random(seed))
    text = writer.write(manifest)
    if not is_sound(text):
        return
    try:
        out = formatted(text)
    except SourceError:
        assert "${{" in text, "only braces like those of decK may be too much"
        return
    assert formatted(out) == out
    assert same(meaning(text), meaning(out))
    assert comments(text) == comments(out)
    lines = out.split("\n")
    for number, line in enumerate(lines):
        for name in _NAME.findall(line):
            if name.startswith("# behind"):
                key = writer.behind[name]
                assert starts_with(line, key), (line, key)
            else:
                key = next(key for full, key in writer.above.items() if full.startswith(name + " "))
                below = next(each for each in lines[number:] if each.strip() and not each.lstrip().startswith("#"))
                assert starts_with(below, key), (below, key)


def is_sound(text: str) -> bool:
    """Whether a text is a manifest and no document in it has a problem."""
    try:
        return all(not one.problems and form_of(one.data) == "manifest" for one in read_bytes(text.encode(), "m.yaml"))
    except SourceError:
        return False


def meaning(text: str) -> Any:
    document = read_bytes(text.encode(), "m.yaml")[0]
    return normalise(document.data, document.source_text)


def comments(text: str) -> list[str]:
    return sorted(match.group() for match in re.finditer(r"# (?:above-\d+|behind-\d+|the header|the end|inside)", text))


@given(st.one_of(manifests, texts))
def test_any_file_is_formatted_for_good_or_refused(content: bytes) -> None:
    try:
        out = format_bytes(content, "m.yaml")
    except SourceError:
        return
    assert out is None or format_bytes(out, "m.yaml") == out
