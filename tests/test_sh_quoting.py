"""Words for a shell: bash gets each as the text that it was made of."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.render.quoting.sh import command, word

BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="not installed: bash")
@given(
    words=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8), max_size=40)
)
def test_a_word_of_a_shell_is_the_text_that_it_was_made_of(words: list[str]) -> None:
    line = f"printf '%s\\0' {command(words)}" if words else "true"
    done = subprocess.run([str(BASH), "-c", line], capture_output=True, env={}, timeout=60)
    assert done.stdout.decode() == "".join(f"{text}\0" for text in words)


def test_a_word_needs_no_quotes_where_the_shell_sees_nothing_in_it() -> None:
    assert command(["put", "routes", "a.b-c_d", "service.id=services/x", "~", "a b", ""]) == (
        "put routes a.b-c_d service.id=services/x '~' 'a b' ''"
    )
    with pytest.raises(ValueError, match="null"):
        word("a\0b")
