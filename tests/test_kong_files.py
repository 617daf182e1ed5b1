"""Lint of the Kong files that people already have: every form, and each finding at its line."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

import aicfg
from aicfg.cli import cli
from aicfg.errors import AicfgError
from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.engine import Run, Settings

CONFIG = """
route_type: llm/v1/chat
auth: {header_name: Authorization, header_value: "{vault://env/openai-authorization}"}
model: {provider: openai, name: gpt-4o, options: {max_token: 512}}
"""


AROUND = ("P302", "P303")
"""What is said of what is around a plugin, where these tests are about its config."""


def lint(text: str, version: str = "3.11", file: str = "kong.yaml") -> list[Diagnostic]:
    run = Run(Settings(gateway=version, ignore=AROUND))
    run.read_content(dedent(text).encode(), file)
    return list(run.report().diagnostics)


def said(text: str, version: str = "3.11") -> list[tuple[str, int | None]]:
    """(code, line) of each finding."""
    return [(found.code, found.line) for found in lint(text, version)]


def indented(text: str, by: int) -> str:
    return text.strip().replace("\n", "\n" + " " * by)


FORMS = {
    "decK, nested": f"""\
_format_version: "3.0"
services:
  - name: ai
    url: http://localhost:32000
    routes:
      - name: chat
        paths: [/chat]
        plugins:
          - name: ai-proxy
            config:
              {indented(CONFIG, 14)}
""",
    "decK, top level": f"""\
_format_version: "3.0"
services: [{{name: ai, url: "http://localhost:32000", routes: [{{name: chat, paths: [/chat]}}]}}]
plugins:
  - name: ai-proxy
    route: chat
    config:
      {indented(CONFIG, 6)}
""",
    "DB-less, foreign keys as text": f"""\
_format_version: "3.0"
_transform: true
services: [{{name: ai, url: "http://localhost:32000"}}]
routes: [{{name: chat, service: ai, paths: [/chat]}}]
plugins:
  - name: ai-proxy
    route: chat
    config:
      {indented(CONFIG, 6)}
""",
    "KongPlugin": f"""\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {{name: chat, namespace: kong}}
plugin: ai-proxy
config:
  {indented(CONFIG, 2)}
""",
    "KongClusterPlugin behind another object": f"""\
apiVersion: v1
kind: Service
metadata: {{name: ai}}
---
apiVersion: configuration.konghq.com/v1
kind: KongClusterPlugin
metadata: {{name: chat, labels: {{global: "true"}}}}
plugin: ai-proxy
config:
  {indented(CONFIG, 2)}
""",
    "a route, as guides print it": f"""\
name: chat
paths: [/chat]
plugins:
  - name: ai-proxy
    config:
      {indented(CONFIG, 6)}
""",
    "a plugin": f"""\
name: ai-proxy
config:
  {indented(CONFIG, 2)}
""",
    "a list of plugins": f"""\
- name: ai-proxy
  config:
    {indented(CONFIG, 4)}
""",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_misspelt_field_is_found_at_its_line_in_every_form(text: str) -> None:
    (found,) = lint(text)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "max_token:" in line)
    assert (found.code, found.line, found.hint) == ("K101", line, 'did you mean "max_tokens"?')


def test_json_is_read_too() -> None:
    state = {"_format_version": "3.0", "plugins": [{"name": "ai-prompt-guard", "config": {"deny_pattern": ["x"]}}]}
    found = lint(json.dumps(state, indent=2), file="kong.json")
    assert [(one.code, one.line) for one in found] == [("K101", 7)]


# ── what other tools fill in ──


def proxy(**options: str) -> str:
    lines = "\n".join(f"        {key}: {value}" for key, value in options.items())
    return f"""\
_format_version: "3.0"
plugins:
  - name: ai-proxy
    config:
      route_type: llm/v1/chat
      auth: {{header_name: Authorization, header_value: 'Bearer ${{{{ env "DECK_KEY" }}}}'}}
      model:
       provider: openai
       name: gpt-4o
       options:
{lines}
"""


def test_a_placeholder_of_deck_may_stand_for_a_number() -> None:
    assert (
        said(proxy(max_tokens='${{ env "DECK_TOKENS" | toInt }}', temperature='${{ env "DECK_HEAT" | toFloat }}')) == []
    )


def test_a_text_with_a_placeholder_in_it_is_a_text() -> None:
    assert said(proxy(max_tokens='"some ${{ env "DECK_TOKENS" }}"')) == [("K102", 11)]
    assert said(proxy(max_tokens='"5${{ env "DECK_TOKENS" }}"')) == []  # most likely it is a number in the end


def test_what_a_config_shares_is_checked_where_it_stands() -> None:
    text = """\
        _format_version: "3.0"
        _plugin_configs:
          guard: {deny_pattern: ["x"]}
        plugins:
          - {name: ai-prompt-guard, _config: guard, config: {allow_patterns: ["y"]}}
        """
    assert said(text) == [("K101", 3)]


def test_a_plugins_own_keys_win_over_what_it_shares() -> None:
    text = """\
        _format_version: "3.0"
        _plugin_configs:
          guard: {deny_patterns: 5}
        plugins:
          - {name: ai-prompt-guard, _config: guard, config: {deny_patterns: ["y"]}}
        """
    assert said(text) == []


KONG_PLUGIN = """\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: chat}
plugin: ai-proxy
"""


def test_a_value_that_a_patch_brings_from_a_secret_is_there() -> None:
    patched = """\
config:
  route_type: llm/v1/chat
  auth: {header_name: Authorization}
  model: {provider: openai, name: gpt-4o}
configPatches:
  - path: /auth/header_value
    valueFrom: {secretKeyRef: {name: openai, key: authorization}}
"""
    assert said(KONG_PLUGIN + patched) == []
    assert said(KONG_PLUGIN + patched.partition("configPatches")[0]) == [("K201", 7)]


def test_a_config_that_is_all_in_a_secret_cannot_be_checked() -> None:
    assert said(KONG_PLUGIN + "configFrom: {secretKeyRef: {name: openai, key: config}}\n") == []


def test_a_part_that_a_partial_brings_is_not_missing() -> None:
    plugin = '_format_version: "3.0"\nplugins:\n  - name: ai-request-transformer\n    config: {prompt: Mask names.}\n'
    assert set(said(plugin, "3.14")) == {("P329", 4)}
    assert said(plugin + "    partials: [{name: gpt, path: config.llm}]\n", "3.14") == []


# ── entities ──


def test_entities_of_other_files_are_looked_up_by_tags() -> None:
    plugin = 'plugins: [{name: ai-prompt-guard, route: chat, config: {deny_patterns: ["x"]}}]\n'
    info = "_info: {default_lookup_tags: {routes: [shared]}}\n"
    head = '_format_version: "3.0"\n'
    assert said(head + plugin) == [("M302", 2)]
    assert said(head + info + plugin) == []


def test_an_entity_may_be_referred_to_by_its_id() -> None:
    text = """\
        _format_version: "3.0"
        services: [{name: ai, id: 8a1f, url: "http://localhost:32000"}]
        routes: [{name: chat, service: {id: 8a1f}, paths: [/chat]}]
        """
    assert said(text) == []


def test_a_service_takes_no_field_of_a_route() -> None:
    text = """\
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            strip_path: true
        """
    assert said(text) == [("M301", 5)]


def test_a_scope_that_an_old_gateway_does_not_allow() -> None:
    text = f"""\
_format_version: "3.0"
services:
  - name: ai
    url: http://localhost:32000
    plugins:
      - name: ai-proxy
        config:
          {indented(CONFIG.replace("max_token:", "max_tokens:"), 10)}
"""
    assert ("K401", 6) in said(text, "3.7")
    assert said(text, "3.8") == []


def test_a_plugin_of_your_own_is_left_alone() -> None:
    assert said('_format_version: "3.0"\nplugins: [{name: our-plugin, config: {anything: [1, {at: all}]}}]\n') == []


def test_the_rules_about_providers_hold_for_kong_files() -> None:
    text = """\
        _format_version: "3.0"
        plugins:
          - name: ai-proxy-advanced
            config:
              targets:
                - route_type: llm/v1/chat
                  auth: {header_name: apikey, header_value: "{vault://env/anthropic}"}
                  model:
                    provider: anthropic
                    name: claude-2.1
                    options: {anthropic_version: "2023-06-01", max_tokens: 512}
                - route_type: llm/v1/chat
                  model:
                    provider: mistral
                    name: mistral
                    options: {mistral_format: ollama, upstream_url: "http://ollama.internal:11434/v1/chat"}
        """
    assert said(text) == [("P233", 7), ("P223", 16)]


def test_a_file_that_was_only_found_and_is_nothing_of_ours_is_left_out() -> None:
    run = Run()
    run.read_content(b"hello: world\n", "values.yaml", named=False)
    run.read_content(b"[1, {2: 3}", "broken.yaml", named=False)
    assert run.report().files == ()
    run.read_content(b"hello: world\n", "values.yaml")
    assert [found.code for found in run.report().diagnostics] == ["M010"]


def test_a_plaintext_secret_in_a_kong_file_is_told_in_its_own_idiom_and_never_shown() -> None:
    run = Run(Settings(gateway="3.11", ignore=AROUND))
    run.read_content(
        proxy(max_tokens="5").replace('Bearer ${{ env "DECK_KEY" }}', "Bearer hunter2hunter2").encode(), "kong.yaml"
    )
    (found,) = run.report().diagnostics
    assert (found.code, found.line) == ("S101", 6)
    assert 'Bearer ${{ env "DECK_OPENAI_API_KEY" }}' in (found.hint or "")
    assert "hunter2" not in run.source_line("kong.yaml", 6)


def test_a_kong_file_is_not_rendered_since_what_no_rule_reads_would_be_lost(tmp_path: Path) -> None:
    file = tmp_path / "kong.yaml"
    file.write_text('_format_version: "3.0"\nconsumers: [{username: alice}]\n')
    result = CliRunner().invoke(cli, ["render", str(file)])
    assert result.exit_code == 2
    assert "is a Kong file already: render takes a manifest" in result.output
    with pytest.raises(AicfgError):
        aicfg.render(file, "deck")


# ── one cause, one finding ──


def advanced(config: str, version: str = "3.11") -> list[tuple[str, int | None]]:
    """The findings about an ai-proxy-advanced, whose config begins in line 5."""
    return said(
        f"""\
_format_version: "3.0"
plugins:
  - name: ai-proxy-advanced
    config:
      {indented(config, 6)}
""",
        version,
    )


TARGET = """
- route_type: llm/v1/chat
  auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
  model: {provider: openai, name: gpt-4o}
"""


def test_what_an_inferred_rule_and_a_better_one_find_is_said_once() -> None:
    preserve = TARGET.replace("llm/v1/chat", "preserve")
    assert advanced(f"targets:\n  {indented(preserve, 2)}") == [("V113", 6)]


def test_a_plugin_that_the_gateway_does_not_have_is_said_once() -> None:
    assert advanced(f"targets:\n  {indented(TARGET, 2)}", version="3.7") == [("K302", 5)]


def test_what_a_partial_supplies_is_not_inferred_to_be_missing() -> None:
    text = f"""\
- name: ai-proxy-advanced
  partials: [{{name: embeddings}}, {{name: vectors}}]
  config:
    balancer: {{algorithm: semantic}}
    targets:
      {indented(TARGET, 6)}
        description: everything
"""
    assert said(text, "3.13") == []
    assert said(text.replace("partials", "tags"), "3.13") != []


COMPLETIONS = """
name: ai-proxy
config:
  route_type: llm/v1/completions
  auth: {header_name: Authorization, header_value: "{vault://env/x}"}
  model: {provider: mistral, name: m, options: {mistral_format: openai%s}}
"""


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("", [("P220", "Kong has no path of its own for llm/v1/completions of Mistral.ai, and calls /")]),
        (", upstream_path: /v1/completions", []),
        (', upstream_url: "https://api.mistral.ai/v1/completions"', []),
    ],
)
def test_completions_of_mistral_need_a_path(option: str, expected: list[tuple[str, str]]) -> None:
    found = lint(COMPLETIONS % option, "3.9")  # from 3.10 on upstream_path is deprecated
    assert [(one.code, one.message) for one in found if one.severity != "info"] == expected
