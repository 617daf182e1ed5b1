"""`aicfg docs rules`: every rule is on the page, can be linked to, and shows what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Command

from aicfg.lint.registry import FAMILIES, Rule, rules
from aicfg.reference.proof import proof
from aicfg.reference.rules_page import page

PAGE = page()
PROSE = re.sub(r"(?ms)^```.*?^```$", "", PAGE)
"""The page without its fenced blocks."""


def section(rule: Rule) -> str:
    return PAGE.partition(f"\n### {rule.code} {rule.name}\n")[2].partition("\n<a id=")[0]


def test_every_family_and_every_rule_has_an_anchor_and_a_link() -> None:
    wanted = [*FAMILIES, *(rule.code for rule in rules())]
    anchors, links = re.findall(r'^<a id="(\w+)"></a>$', PAGE, re.MULTILINE), re.findall(r"\]\(#(\w+)\)", PROSE)
    assert sorted(anchors) == sorted(links) == sorted(wanted)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_a_rule_shows_its_example_what_is_said_and_what_is_right(rule: Rule) -> None:
    about, shown = rule.documentation, section(rule)
    assert f"Severity: {rule.severity}." in shown
    assert " ".join(about.why.split()) in " ".join(shown.split())
    for text in (about.example, about.instead):
        assert text is None or f"```yaml\n{text}```" in shown
    assert bool(about.example) is (f"[{rule.code}]: " in shown)


def test_fixes_and_gateways_are_those_of_the_examples() -> None:
    named = {rule.name: proof(rule) for rule in rules()}
    assert (named["unknown-provider"].fix, named["plaintext-secret"].fix) == ("safe", "unsafe")
    assert named["missing-credentials"].fix is None
    assert named["one-priority"].gateways[0] == "3.10"
    assert named["unknown-provider"].gateways == ()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_the_gateways_of_an_example_follow_each_other(rule: Rule) -> None:
    minors = [int(version.partition(".")[2]) for version in proof(rule).gateways]
    assert minors == list(range(minors[0], minors[-1] + 1)) if minors else True


def test_the_page_is_sound_markdown() -> None:
    assert PAGE.count("\n```") % 2 == 0
    assert "<" not in re.sub(r'`[^`]*`|<a id="\w+"></a>', "", PROSE)
    table_rows = [line for line in PROSE.splitlines() if line.startswith("| [")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in table_rows} == {4, 5}


def test_the_command_prints_or_writes_the_same_bytes_each_time(aicfg: Command, tmp_path: Path) -> None:
    assert aicfg("docs", "rules").out == PAGE
    assert aicfg("docs", "rules", "-o", "rules.md") == (0, "", "")
    assert (tmp_path / "rules.md").read_text(encoding="utf-8") == PAGE
