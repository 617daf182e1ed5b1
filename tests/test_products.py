"""Files of other products are named and left alone; Kong's own are never taken for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aicfg.catalog.products import product_of
from aicfg.cli import cli
from aicfg.source import SourceError, read_text

ROOT = Path(__file__).parent.parent

OTHERS = {
    "LiteLLM": """\
model_list:
- model_name: gpt-4o
  litellm_params: {model: azure/gpt-4o-eu, api_base: "https://x.openai.azure.com", api_key: os.environ/AZURE_API_KEY}
router_settings: {routing_strategy: least-busy}
""",
    "MLflow": """\
endpoints:
- name: chat
  endpoint_type: llm/v1/chat
  model: {provider: openai, name: gpt-4o-mini, config: {openai_api_key: $OPENAI_API_KEY}}
""",
    "MLflow, older": """\
routes:
- name: chat
  route_type: llm/v1/chat
  model: {provider: openai, name: gpt-4o-mini, config: {openai_api_key: $OPENAI_API_KEY}}
""",
    "APISIX": """\
routes:
- id: chat
  uri: /chat
  plugins:
    ai-proxy: {provider: openai, auth: {header: {Authorization: Bearer x}}, options: {model: gpt-4o}}
#END
""",
    "APISIX, a request": """\
{"uri": "/chat", "methods": ["POST"], "plugins": {"ai-proxy-multi": {"instances": [{"provider": "openai"}]}}}
""",
    "Higress": """\
apiVersion: extensions.higress.io/v1alpha1
kind: WasmPlugin
metadata: {name: ai-proxy, namespace: higress-system}
spec: {defaultConfig: {provider: {type: openai, apiTokens: [x]}}}
""",
    "Envoy AI Gateway": """\
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: AIGatewayRoute
metadata: {name: a}
spec: {rules: []}
""",
    "Portkey": '{"strategy": {"mode": "fallback"}, "targets": [{"provider": "openai", "virtual_key": "a"}]}',
    "a rewrite of Kong": """\
plugins:
- name: ai-proxy
  config: {provider_type: openai, model: gpt-4o}
""",
}
GATEWAY_2 = """\
ai_gateways:
- ref: ours
  name: !env AI_GATEWAY
ai_gateway_policies:
- {ref: cache, type: ai-semantic-cache, config: {cache_ttl: 3600}}
"""


def lint(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(cli, ["lint", "--isolated", "--format", "json", *arguments])
    return result.exit_code, json.loads(result.stdout)["diagnostics"]


@pytest.mark.parametrize(("product", "text"), OTHERS.items(), ids=OTHERS)
def test_a_file_of_another_product_that_is_named_gets_one_remark(product: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    status, [found] = lint(str(path))
    assert (status, found["code"], found["severity"]) == (0, "M012", "info")
    if "rewrite" not in product:
        assert product.partition(",")[0] in found["message"]


def test_files_of_ai_gateway_2_are_named_wherever_they_are_found(tmp_path: Path) -> None:
    (tmp_path / "gateway.yaml").write_text(GATEWAY_2)
    (tmp_path / "litellm.yaml").write_text(OTHERS["LiteLLM"])
    for path in (tmp_path, tmp_path / "gateway.yaml"):
        status, [found] = lint(str(path))
        assert (status, found["code"], found["severity"]) == (0, "M012", "info")
        assert "AI Gateway 2" in found["message"]


def kongs_own() -> list[tuple[str, str]]:
    folders = ("samples", "tests/traps", "tests/rules", "tests/seeds")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.yaml"))]
    texts = [(str(path.relative_to(ROOT)), path.read_bytes().decode("utf-8", "replace")) for path in files]
    return [each for each in texts if "M012" not in each[0]]


def test_kongs_own_files_are_of_no_other_product() -> None:
    for name, text in kongs_own():
        try:
            documents = read_text(text, name)
        except SourceError:  # broken on purpose
            continue
        assert not [name for document in documents if product_of(document.data)]


def test_a_route_of_kong_with_fields_of_a_plugin_is_no_route_of_mlflow() -> None:
    text = "routes:\n- {name: chat, paths: [/chat], route_type: llm/v1/chat, model: {provider: openai}}\n"
    [document] = read_text(text, "kong.yaml")
    assert product_of(document.data) is None


def test_what_says_its_format_is_kongs_whatever_else_it_says() -> None:
    text = '_format_version: "3.0"\n' + OTHERS["a rewrite of Kong"]
    [document] = read_text(text, "kong.yaml")
    assert product_of(document.data) is None
