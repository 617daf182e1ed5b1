"""Templates and placeholders: what somebody fills in later is no mistake, and the rest is checked all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from aicfg.cli import cli
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

DECK = """\
_format_version: "3.0"
_info: {select_tags: [team]}
_konnect: {control_plane_name: "${{ env "DECK_CONTROL_PLANE" }}"}
services:
- name: chat
  url: ${{ env "DECK_URL" }}
  enabled: ${{ env "DECK_ENABLED" | toBool }}
  retries: ${{ env "DECK_RETRIES" | toInt }}
  routes:
  - name: ${{ env "DECK_ROUTE" }}
    paths: ["${{ env "DECK_PATH" }}"]
    protocols: ${{ env "DECK_PROTOCOLS" }}
    plugins:
    - name: ai-proxy
      instance_name: ours
      enabled: ${{ env "DECK_ENABLED" }}
      config:
        PLACE
"""


def codes(text: str, *, severities: tuple[str, ...] = ("error", "warning", "info"), **settings: object) -> set[str]:
    run = Run(Settings(**settings))  # type: ignore[arg-type]
    run.read_content(text.encode(), "kong.yaml")
    return {each.code for each in run.report().diagnostics if each.severity in severities}


def deck(config: str) -> str:
    return DECK.replace("PLACE", config)


WHOLE = [
    "model: ${{ env \"DECK_MODEL\" }}",
    "auth: |-\n          ${{ env \"DECK_AUTH\" | indent 10 }}",
    "route_type: ${{ env \"DECK_TYPE\" }}",
    "response_streaming: \"${{ env \"DECK_STREAMING\" }}\"",
    "max_request_body_size: ${{ env \"DECK_SIZE\" | toInt }}",
    "max_request_body_size: ${{ env \"DECK_SIZE\" }}000",
    "model_name_header: '${{ env \"DECK_SHOWN\" }}'",
    "logging: {log_statistics: ${{ env \"DECK_LOG\" | toBool }}, log_payloads: \"${{ env \"DECK_LOG\" }}\"}",
]  # fmt: skip
REST = {
    "route_type": "route_type: llm/v1/chat",
    "model": 'model: {provider: openai, name: gpt-4o, options: {temperature: ${{env "DECK_HEAT"|toFloat}}}}',
    "auth": "auth: {header_name: Authorization, header_value: 'Bearer ${{ env \"DECK_KEY\" }}'}",
}


@pytest.mark.parametrize("line", WHOLE)
def test_a_placeholder_of_deck_may_stand_for_anything(line: str) -> None:
    name = line.partition(":")[0]
    assert codes(deck("\n        ".join([line, *(rest for key, rest in REST.items() if key != name)]))) == set()


def test_a_provider_and_a_url_may_be_placeholders() -> None:
    model = (
        'model: {provider: ${{ env "DECK_PROVIDER" }}, name: gpt-${{ env "DECK_MODEL" }}, '
        'options: {max_tokens: ${{ env "DECK_MAX" | toInt }}, '
        'upstream_url: "https://${{ env "DECK_HOST" }}/v1/chat/completions"}}'
    )
    assert codes(deck("\n        ".join([REST["route_type"], REST["auth"], model]))) == set()


def test_what_stands_beside_a_placeholder_is_checked() -> None:
    lines = [*REST.values(), 'max_request_body_size: ${{ env "DECK_SIZE" }}', "max_request_body_sise: 5"]
    assert codes(deck("\n        ".join(lines))) == {"K101"}


HELM = """\
# aicfg: template
_format_version: "3.0"
services:
{{- range .Values.services }}
- name: {{ .name }}
  url: {{ .url | quote }}
  enabled: {{ .enabled }}
  routes:
  - name: {{ .name }}-route
    paths: {{ toYaml .paths | nindent 4 }}
    protocols: [http, https]
    plugins:
    - name: ai-proxy
      config:
        route_type: {{ .routeType }}
        model:
          provider: {{ $.Values.provider }}
          name: {{ .model }}
          options: {max_tokens: {{ .max }}, upstream_url: "https://{{ .host }}/v1/chat/completions"}
        {{- if .bearer }}
        auth: {header_name: Authorization, header_value: Bearer {{ .key }}}
        {{- else }}
        auth: {header_name: Authorization, header_value: {{ .key }}}
        {{- end }}
{{- end }}
"""
ENVSUBST = """\
# aicfg: template
_format_version: "3.0"
plugins:
- name: ai-semantic-cache
  config:
    embeddings:
      auth: {header_name: Authorization, header_value: "Bearer ${OPENAI_KEY}"}
      model: {provider: ${PROVIDER}, name: $MODEL}
    vectordb:
      strategy: @STRATEGY@
      dimensions: ${DIMENSIONS}
      distance_metric: __METRIC__
      threshold: $(THRESHOLD)
      redis: {host: REDIS_HOST, port: ${REDIS_PORT}}
"""


MANIFEST = """\
# aicfg: template
version: 1
providers:
  p: {type: openai, api_key: "${OPENAI_KEY}"}
  q: {type: mistral, hosting: ollama, base_url: {{ .Values.url }}}
routes:
  chat: {provider: p, model: {{ .Values.model }}, options: {max_tokens: ${MAX}, temperature: {{ .heat }}}}
  other: {provider: q, model: m, strip_path: {{ .strip }}, methods: {{ .methods }}}
"""
KONG_PLUGIN = """\
# aicfg: template
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: {{ .Release.Name }}-proxy}
plugin: ai-proxy
config:
  route_type: llm/v1/chat
  auth: {header_name: Authorization, header_value: Bearer $(KEY)}
  model: {provider: {{ .provider }}, name: gpt-4o}
"""


@pytest.mark.parametrize("text", [MANIFEST, KONG_PLUGIN], ids=["manifest", "KongPlugin"])
def test_manifests_and_kong_plugins_may_be_templates_too(text: str) -> None:
    assert codes(text) == set()
    assert codes(text.replace("model: ", "modle: ")) & {"M101", "K101", "P320"}


@pytest.mark.parametrize("text", [HELM, ENVSUBST], ids=["helm", "envsubst"])
def test_a_template_is_checked_but_for_what_is_filled_in(text: str) -> None:
    assert codes(text) == set()
    assert codes(text.replace("name: ai-", "nmae: ai-", 1)) & {"M301", "M315"}


def test_a_template_whose_lines_stand_in_the_way_gets_one_remark() -> None:
    run = Run()
    run.read_content(b"# aicfg: template\nservices: [\n{{- range .Values.services }}\n- name: x\n", "t.yaml")
    [found] = run.report().diagnostics
    assert (found.code, found.severity) == ("M011", "info")
    assert "check what comes out of it" in (found.hint or "")


def test_a_broken_file_that_looks_like_a_template_is_told_how_to_say_so() -> None:
    run = Run()
    run.read_content(b'_format_version: "3.0"\nservices: [\n{{- range .Values.services }}\n', "t.yaml")
    [found] = run.report().diagnostics
    assert (found.code, found.severity) == ("M001", "error")
    assert "# aicfg: template" in (found.hint or "")


def test_settings_say_which_files_are_templates(tmp_path: Path) -> None:
    (tmp_path / "aicfg.toml").write_text('templates = ["charts/**"]\n')
    (tmp_path / "charts").mkdir()
    for folder in (tmp_path, tmp_path / "charts"):
        (folder / "kong.yaml").write_text(HELM.partition("\n")[2])
    result = CliRunner().invoke(cli, ["lint", "--format", "concise", str(tmp_path)])
    assert result.exit_code == 1
    assert "charts" not in result.output
    assert CliRunner().invoke(cli, ["lint", str(tmp_path / "charts")]).exit_code == 0


def test_silencers_work_in_templates() -> None:
    text = HELM + "- x_field: {{ .x }}  # aicfg: ignore[M301] ours\n"
    assert codes(text) == set()
    assert codes(text.replace("  # aicfg: ignore[M301] ours", "")) == {"M301"}


def test_a_template_is_fixed_where_it_can_be_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(ENVSUBST.replace("embeddings:", "embedings:"))
    assert CliRunner().invoke(cli, ["lint", "--isolated", "--fix", str(path)]).exit_code == 0
    assert path.read_text() == ENVSUBST


NO_FINDINGS = {
    "equal paths and another header": """\
_format_version: "3.0"
services:
- name: llm
  url: http://localhost:32000
  routes:
  - {name: fast, paths: [/chat], headers: {x-model: [fast]}, protocols: [http, https]}
  - {name: good, paths: [/chat], headers: {x-model: [good]}, protocols: [http, https]}
  - {name: host, paths: [/chat], hosts: [good.example.com], protocols: [http, https]}
  - {name: list, paths: [/chat], methods: [GET], protocols: [http, https]}
""",
    "keys that decK has at the top": """\
_format_version: "3.0"
_transform: true
_workspace: team-a
_info: {select_tags: [team-a], defaults: {route: {strip_path: false}}}
_plugin_configs:
  guard: {deny_patterns: ["(?i)password"]}
plugins:
- {name: ai-prompt-guard, instance_name: words, _config: guard}
""",
    "a vault reference for the whole value": """\
_format_version: "3.0"
vaults:
- {name: env, prefix: my-env, config: {prefix: AI_}}
plugins:
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: "{vault://my-env/openai-header}"}
    model: {provider: openai, name: gpt-4o}
""",
    "a key that a server of one's own does not read": """\
_format_version: "3.0"
plugins:
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: Bearer not-needed}
    model: {provider: openai, name: llama3.2, options: {upstream_url: "http://ollama:11434/v1/chat/completions"}}
""",
}


@pytest.mark.parametrize("text", NO_FINDINGS.values(), ids=NO_FINDINGS)
def test_good_habits_are_left_alone(text: str) -> None:
    assert codes(text, severities=("error", "warning")) == set()
