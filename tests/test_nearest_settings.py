"""Files with settings of their own in one run, and named files that are treated like found ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import pytest
from conftest import Command

PROVIDERS = 'version: 1\nproviders:\n  p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}\n'
EMBED = "routes:\n  embed: {provider: p, model: text-embedding-3-small, route_type: llm/v1/embeddings}\n"
"""A V110 below 3.11."""
MANIFEST = PROVIDERS + EMBED
MISSPELT = MANIFEST.replace("model:", "modle:")
FOREIGN = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"

Put = Callable[[Mapping[str, str]], None]
Found = Callable[..., list[tuple[str, str, int]]]


@pytest.fixture
def two(put: Put) -> None:
    put(
        {
            "old/aicfg.toml": 'gateway-version = "3.10"\n',
            "old/a.yaml": MANIFEST,
            "new/aicfg.toml": 'gateway-version = "3.11"\n[severity]\nM = "info"\n',
            "new/a.yaml": MISSPELT,
        }
    )


@pytest.mark.usefixtures("two")
class TestEachFileHasItsOwnSettings:
    def test_in_one_report_in_the_usual_order(self, found: Found) -> None:
        wanted = [("M101", "new/a.yaml", 5), ("V110", "old/a.yaml", 5)]
        assert found("old/a.yaml", "new/a.yaml") == found(".") == wanted

    def test_severities_and_sources_too(self, aicfg: Command) -> None:
        out = aicfg("lint", "old", "new").out
        assert "info[M101]" in out
        assert "error[V110]" in out
        assert out.count("modle: text") == 1
        assert "1 error" in out

    def test_exclusion_is_about_what_stands_below(self, found: Found, put: Put) -> None:
        put({"new/aicfg.toml": 'exclude = ["a.yaml"]\n'})
        assert {file for _, file, _ in found(".")} == {"old/a.yaml"}

    def test_config_and_isolated_hold_for_all(self, found: Found) -> None:
        assert {code for code, file, _ in found(".", "--config", "new/aicfg.toml") if "old" in file} == set()
        assert {code for code, file, _ in found(".", "--isolated") if "old" in file} == set()
        assert {code for code, file, _ in found(".", "--config", "old/aicfg.toml")} == {"M101", "V110"}

    def test_fixes_keep_to_them(self, aicfg: Command, put: Put) -> None:
        put({"new/aicfg.toml": 'ignore = ["M"]\n', "old/a.yaml": MISSPELT})
        outcome = aicfg("lint", ".", "--diff")
        assert [line for line in outcome.out.splitlines() if line.startswith("---")] == ["--- old/a.yaml"]

    def test_a_settings_file_that_cannot_be_used_stops_the_run(self, aicfg: Command, put: Put) -> None:
        put({"new/aicfg.toml": "gateway-version = 3\n"})
        outcome = aicfg("lint", ".")
        assert (outcome.status, outcome.out) == (2, "")
        assert "new/aicfg.toml" in outcome.err

    def test_one_in_a_folder_that_is_left_out_is_not_read(self, aicfg: Command, put: Put) -> None:
        put({"new/aicfg.toml": "gateway-version = 3\n"})
        assert aicfg("lint", ".", "--exclude", "new").status == 1

    def test_an_environment_has_to_be_in_some_manifest_and_not_in_all(self, aicfg: Command, put: Put) -> None:
        put({"new/a.yaml": f"{MANIFEST}environments: {{prod: {{}}}}\n"})
        assert "prod" not in aicfg("lint", ".", "--env", "prod").err
        assert aicfg("lint", ".", "--env", "stage").status == 2

    def test_a_baseline_knows_them_all(self, aicfg: Command) -> None:
        assert aicfg("lint", ".", "--write-baseline", "known.json").status == 0
        assert aicfg("lint", ".", "--baseline", "known.json").out == "no findings in 2 files\n"

    def test_what_one_does_not_look_for_is_not_said_to_be_gone(self, aicfg: Command, put: Put) -> None:
        assert aicfg("lint", ".", "--write-baseline", "known.json").status == 0
        put({"new/aicfg.toml": 'ignore = ["M"]\n'})
        assert aicfg("lint", ".", "--baseline", "known.json").err == ""

    def test_a_variable_that_holds_a_secret_in_one_is_masked_in_the_other(self, aicfg: Command, put: Put) -> None:
        value = "plain-words-nobody-would-guess"
        secret = MANIFEST.replace("${env:OPENAI_API_KEY}", "${var:WORDS}")
        put({"old/a.yaml": f"{secret}variables: {{WORDS: {value}}}\n", "new/aicfg.toml": ""})
        put({"new/a.yaml": f"{{version: 1, routes: {{}}, variables: {{WORDS: {value}}}, wrong: 1}}\n"})
        assert value in aicfg("lint", "new").out
        for order in (["old", "new"], ["new", "old"]):
            out = aicfg("lint", *order).out
            assert "wrong: 1" in out
            assert value not in out


def test_what_a_manifest_includes_has_the_settings_of_the_manifest(found: Found, put: Put) -> None:
    put({"aicfg.toml": 'gateway-version = "3.10"\n', "parts/aicfg.toml": 'gateway-version = "3.11"\n'})
    put({"a.yaml": f"include: parts/b.yaml\n{PROVIDERS}", "parts/b.yaml": f"version: 1\n{EMBED}"})
    assert [(code, file) for code, file, _ in found(".")] == [("V110", "parts/b.yaml")]


def test_a_comment_that_is_needed_by_one_of_two_manifests_is_not_useless(found: Found, put: Put) -> None:
    routes = EMBED.rstrip() + "  # aicfg: ignore[V110] until the upgrade\n"
    put({"a.yaml": f"include: x/b.yaml\n{PROVIDERS}", "aicfg.toml": 'gateway-version = "3.10"\n'})
    put({"x/c.yaml": f"include: b.yaml\n{PROVIDERS}", "x/b.yaml": f"version: 1\n{routes}"})
    put({"x/aicfg.toml": 'gateway-version = "3.11"\n'})
    assert found("a.yaml", "x/c.yaml") == []
    assert [code for code, _, _ in found("x/c.yaml")] == ["M501"]


class TestNamedFilesTreatedAsFound:
    """`--force-exclude`."""

    def test_what_is_neither_is_silent(self, aicfg: Command, put: Put) -> None:
        put({"a.yaml": MANIFEST, "k8s.yaml": FOREIGN, "broken.yaml": "a: [", "package.json": '{"version": "1.0"}'})
        names = ("a.yaml", "k8s.yaml", "broken.yaml", "package.json")
        assert aicfg("lint", *names).status == 1
        assert aicfg("lint", *names, "--force-exclude") == (0, "no findings in 1 file\n", "")

    def test_nothing_but_others_is_silent_altogether(self, aicfg: Command, put: Put) -> None:
        put({"k8s.yaml": FOREIGN})
        assert aicfg("lint", "k8s.yaml", "--force-exclude") == (0, "", "")

    def test_findings_in_ours_are_reported(self, found: Found, put: Put) -> None:
        put({"a.yaml": MISSPELT, "k8s.yaml": FOREIGN})
        assert {file for _, file, _ in found("a.yaml", "k8s.yaml", "--force-exclude")} == {"a.yaml"}

    def test_what_the_settings_exclude_is_left_out(self, found: Found, put: Put) -> None:
        put({"aicfg.toml": 'exclude = ["drafts", "x/*.tmpl.yaml"]\n'})
        put(dict.fromkeys(("drafts/deep/a.yaml", "x/b.tmpl.yaml", "x/c.yaml"), MISSPELT))
        names = ("drafts/deep/a.yaml", "x/b.tmpl.yaml", "x/c.yaml")
        assert {file for _, file, _ in found(*names)} == {*names}
        assert {file for _, file, _ in found(*names, "--force-exclude")} == {"x/c.yaml"}

    def test_a_file_that_is_not_there_is_an_error_all_the_same(self, aicfg: Command) -> None:
        assert aicfg("lint", "a.yaml", "--force-exclude").status == 2

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_a_pipe_beside_it_is_not_waited_for(self, found: Found, put: Put) -> None:
        put({"a.yaml": MISSPELT})
        os.mkfifo("pipe.yaml")
        assert {file for _, file, _ in found("a.yaml", "--force-exclude")} == {"a.yaml"}

    def test_a_part_of_a_manifest_is_linted_with_the_manifest(self, found: Found, put: Put) -> None:
        put({"gateway.yaml": f"include: [parts/deep/routes.yaml]\n{PROVIDERS}", "other.yaml": MISSPELT})
        put({"parts/deep/routes.yaml": f"version: 1\n{EMBED}"})
        assert found("parts/deep/routes.yaml") != []
        assert found("parts/deep/routes.yaml", "--force-exclude") == []
        put({"parts/deep/routes.yaml": f"version: 1\n{EMBED.replace('model:', 'modle:')}"})
        lines = found("parts/deep/routes.yaml", "--force-exclude")
        assert {file for _, file, _ in lines} == {"parts/deep/routes.yaml"}
        assert "M101" in {code for code, _, _ in lines}


def test_kong_files_know_each_other_whatever_settings_they_have(found: Found, put: Put) -> None:
    routes = (
        '_format_version: "3.0"\nservices: [{name: ai, url: "http://x:1", routes: [{name: chat, paths: [/chat]}]}]\n'
    )
    plugins = '_format_version: "3.0"\nplugins: [{name: ai-prompt-guard, route: chat, config: {deny_patterns: [x]}}]\n'
    put({"a/routes.yaml": routes, "b/plugins.yaml": plugins, "b/aicfg.toml": 'ignore = ["S"]\n'})
    assert "M302" in {code for code, _, _ in found("b")}
    assert "M302" not in {code for code, _, _ in found(".")}
    put({"b/plugins.yaml": plugins.replace("chat", "chta")})
    assert ("M302", "b/plugins.yaml", 2) in found(".")
