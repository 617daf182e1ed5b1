"""`aicfg completion`, as bash uses it: the script is sourced, and what it offers is looked at."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

MANIFEST = """\
version: 1
providers:
  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
routes:
  chat-small: {provider: p, model: gpt-4o-mini}
  chat-large: {provider: p, model: gpt-4o}
  embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}
environments:
  prod: {}
  stage: {}
"""
DECK = '_format_version: "3.0"\nservices: [{name: ai, routes: [{name: one}, {name: other}]}]\n'

Offered = Callable[[str], list[str]]


@pytest.fixture
def offered(tmp_path: Path) -> Offered:
    """What bash offers for a command line that ends where the cursor stands."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    program = tmp_path / "bin/aicfg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aicfg "$@"\n')
    program.chmod(0o755)
    (tmp_path / "m.yaml").write_text(MANIFEST)
    (tmp_path / "deck.yaml").write_text(DECK)
    (tmp_path / "broken.yaml").write_text("a: [")

    def offer(line: str) -> list[str]:
        words = line.split(" ")
        listed = " ".join(f"'{word}'" for word in words)
        script = f"""
            PATH="{program.parent}:$PATH"
            eval "$(aicfg completion bash)"
            function=$(complete -p aicfg | sed -n 's/.*-F \\([^ ]*\\).*/\\1/p')
            COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}
            "$function" aicfg "{words[-1]}" "{words[-2]}"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run([bash, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    return offer


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("aicfg li", ["lint"]),
        ("aicfg lint --stdin", ["--stdin-filename"]),
        ("aicfg lint --fail-on ", ["error", "warning", "info"]),
        ("aicfg lint --format gi", ["github", "gitlab"]),
        ("aicfg lint --select P20", ["P201", "P204"]),
        ("aicfg lint --ignore S1,M50", ["S1,M501", "S1,M502"]),
        ("aicfg lint m.yaml --env ", ["prod", "stage"]),
        ("aicfg render m.yaml --to dec", ["deck"]),
        ("aicfg translate m.yaml --route chat", ["chat-small", "chat-large"]),
        ("aicfg translate deck.yaml --route o", ["one", "other"]),
        ("aicfg translate broken.yaml --route ", []),
        ("aicfg translate absent.yaml --route ", []),
        ("aicfg init --provider mis", ["mistral"]),
        ("aicfg providers hugg", ["huggingface"]),
        ("aicfg schema --plugin ai-proxy", ["ai-proxy", "ai-proxy-advanced"]),
        ("aicfg explain p204", ["P204"]),
        ("aicfg docs rate_l", ["rate_limit"]),
        ("aicfg completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_bash_offers(offered: Offered, line: str, wanted: list[str]) -> None:
    got = offered(line)
    assert [one for one in got if one in wanted] == wanted
    assert all(one.lower().startswith(line.rpartition(" ")[2].lower()) for one in got)
    assert got == wanted or "P20" in line


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_that_asks_aicfg(aicfg: Command, shell: str) -> None:
    outcome = aicfg("completion", shell)
    assert outcome.status == 0
    assert f"_AICFG_COMPLETE={shell}_complete" in outcome.out


def test_an_unknown_shell_is_refused(aicfg: Command) -> None:
    assert aicfg("completion", "tcsh").status == 2
