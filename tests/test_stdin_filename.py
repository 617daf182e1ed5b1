"""`lint --stdin-filename`: a text on standard input, as if it came from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import Command

PROVIDERS = 'version: 1\nproviders:\n  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}\n'
EMBED = "routes:\n  embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}\n"
"""A V110 below 3.11."""
MISSPELT = PROVIDERS + EMBED.replace("model:", "modle:")
DECK = '_format_version: "3.0"\nplugins:\n  - {name: ai-prompt-guard, config: {deny_pattern: [x]}}\n'
FOREIGN = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"

Put = Callable[[Mapping[str, str]], None]
Found = Callable[..., list[tuple[str, str, int]]]


@pytest.fixture
def said(found: Found) -> Callable[[str, str], set[tuple[str, str]]]:
    """Codes and files of what is found in a text that stands for a file."""

    def lint(text: str, name: str, *options: str) -> set[tuple[str, str]]:
        lines = found("-", "--stdin-filename", name, *options, stdin=text.encode())
        return {(code, file) for code, file, _ in lines}

    return lint


Said = Callable[..., set[tuple[str, str]]]


def test_messages_name_the_file_whether_it_is_there_or_not(said: Said, put: Put) -> None:
    assert said(MISSPELT, "conf/new.yaml") == {("M101", "conf/new.yaml")}
    put({"conf/new.yaml": PROVIDERS + EMBED})
    assert ("M101", "conf/new.yaml") in said(MISSPELT, "conf/new.yaml")


def test_without_a_path_it_means_standard_input(aicfg: Command) -> None:
    outcome = aicfg("lint", "--stdin-filename", "a.yaml", "--format", "concise", stdin=MISSPELT.encode())
    assert outcome.out.startswith("a.yaml:5:")


def test_the_settings_nearest_to_the_file_count(said: Said, put: Put) -> None:
    put({"team/aicfg.toml": 'gateway-version = "3.10"\n'})
    assert ("V110", "team/conf/a.yaml") in said(PROVIDERS + EMBED, "team/conf/a.yaml")
    assert said(PROVIDERS + EMBED, "a.yaml") == set()
    assert said(PROVIDERS + EMBED, "team/a.yaml", "--isolated") == set()


def test_without_a_file_those_of_the_current_folder_count(found: Found, put: Put) -> None:
    put({"team/aicfg.toml": 'gateway-version = "3.10"\n', "team/a.yaml": PROVIDERS + EMBED})
    text = (PROVIDERS + EMBED).encode()
    assert {file for code, file, _ in found("team/a.yaml", "-", stdin=text) if code == "V110"} == {"team/a.yaml"}


def test_ignores_for_some_files_are_about_the_file(said: Said, put: Put) -> None:
    put({"aicfg.toml": '[per-file-ignores]\n"old/**" = ["M"]\n'})
    assert said(MISSPELT, "old/a.yaml") == set()
    assert ("M101", "new/a.yaml") in said(MISSPELT, "new/a.yaml")


def test_what_it_includes_is_found_from_the_folder_of_the_file(said: Said, put: Put) -> None:
    put({"team/parts/providers.yaml": PROVIDERS})
    text = f"version: 1\ninclude: parts/providers.yaml\n{EMBED}"
    assert said(text, "team/a.yaml") == set()
    assert {file for _, file in said(text, "a.yaml")} == {"a.yaml"}


def test_the_text_counts_and_not_the_file_also_where_another_file_includes_it(found: Found, put: Put) -> None:
    put({"whole.yaml": f"version: 1\ninclude: part.yaml\n{EMBED}", "part.yaml": PROVIDERS})
    arguments = ("whole.yaml", "-", "--stdin-filename", "part.yaml")
    assert found(*arguments, stdin=PROVIDERS.encode()) == []
    assert ("M101", "part.yaml", 3) in found(*arguments, stdin=PROVIDERS.replace("type:", "tpye:").encode())


def test_a_text_that_is_neither_is_reported_unless_files_are_treated_as_found(said: Said) -> None:
    assert {file for _, file in said(FOREIGN, "k8s.yaml")} == {"k8s.yaml"}
    assert said(FOREIGN, "k8s.yaml", "--force-exclude") == set()


def test_excluding_on_the_command_line_holds_for_it(said: Said) -> None:
    assert said(MISSPELT, "drafts/a.yaml", "--exclude", "drafts") == set()


def test_show_settings_shows_those_of_the_file(aicfg: Command, put: Put) -> None:
    put({"team/aicfg.toml": 'edition = "oss"\n'})
    out = aicfg("lint", "-", "--stdin-filename", "team/conf/a.yaml", "--show-settings").out
    assert out.startswith("# from team/aicfg.toml\n")
    assert aicfg("lint", "team/a.yaml", "--show-settings").out.startswith("# from team/aicfg.toml\n")
    assert aicfg("lint", "a.yaml", "--show-settings").out.startswith("# from no settings file\n")


class TestFixing:
    def test_prints_the_fixed_text_and_writes_nothing(self, aicfg: Command, put: Put, tmp_path: Path) -> None:
        put({"a.yaml": MISSPELT})
        outcome = aicfg("lint", "-", "--stdin-filename", "a.yaml", "--fix", stdin=MISSPELT.encode())
        assert (outcome.status, outcome.out) == (0, PROVIDERS + EMBED)
        assert (tmp_path / "a.yaml").read_text() == MISSPELT

    def test_leaves_what_is_included_alone(self, aicfg: Command, put: Put, tmp_path: Path) -> None:
        routes = EMBED.replace("model:", "modle:")
        put({"parts/b.yaml": f"version: 1\n{routes}"})
        text = f"include: parts/b.yaml\n{PROVIDERS.replace('type: openai', 'tpye: openai')}"
        outcome = aicfg("lint", "--stdin-filename", "a.yaml", "--fix", "--format", "json", stdin=text.encode())
        assert outcome.out == f"include: parts/b.yaml\n{PROVIDERS}"
        assert (tmp_path / "parts/b.yaml").read_text() == f"version: 1\n{routes}"
        assert {one["file"] for one in json.loads(outcome.err.partition("\n")[2])["diagnostics"]} == {"parts/b.yaml"}

    def test_shows_the_difference_by_the_name_of_the_file(self, aicfg: Command) -> None:
        outcome = aicfg("lint", "-", "--stdin-filename", "conf/a.yaml", "--diff", stdin=MISSPELT.encode())
        assert outcome.out.startswith("--- conf/a.yaml\n")

    def test_what_is_excluded_goes_through_as_it_is(self, aicfg: Command) -> None:
        arguments = ("lint", "-", "--stdin-filename", "drafts/a.yaml", "--exclude", "drafts", "--fix")
        assert aicfg(*arguments, stdin=MISSPELT.encode()).out == MISSPELT

    def test_a_byte_order_mark_is_kept(self, aicfg: Command) -> None:
        text = f"\ufeff{MISSPELT}".encode()
        assert aicfg("lint", "--stdin-filename", "a.yaml", "--fix", stdin=text).out == f"\ufeff{PROVIDERS}{EMBED}"


@pytest.mark.parametrize(
    "arguments", [["a.yaml", "--stdin-filename", "b.yaml"], ["--stdin-filename", "conf"], ["--stdin-filename", ""]]
)
def test_a_name_that_cannot_be_meant_is_refused(aicfg: Command, put: Put, arguments: list[str]) -> None:
    put({"a.yaml": PROVIDERS, "conf/a.yaml": PROVIDERS})
    outcome = aicfg("lint", *arguments, stdin=PROVIDERS.encode())
    assert (outcome.status, "--stdin-filename" in outcome.err) == (2, True)
