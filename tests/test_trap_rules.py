"""Where the rules about traps stay quiet, and what their messages say: what is right is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from linting import AUTH, EMBEDDINGS, VECTORDB, lint, on_route, target, two

from aicfg.lint.diagnostic import Diagnostic

DECK = '${{ env "DECK_KEY" }}'
OWN = {"upstream_url": "http://llm.internal:8080/v1/chat/completions"}


def proxy(value: str = "{vault://env/openai}", header: str = "Authorization", **options: Any) -> dict[str, Any]:
    provider = options.pop("provider", "openai")
    auth = {"header_name": header, "header_value": value}
    return {"name": "ai-proxy", "config": {**target(provider=provider, options=options), "auth": auth}}


def told(*plugins: Any) -> list[Diagnostic]:
    return [one for one in lint(on_route(*plugins), "3.12") if one.severity != "info"]


def codes(*plugins: Any) -> list[str]:
    return [one.code for one in told(*plugins)]


@pytest.mark.parametrize(
    "value", ["{vault://env/openai}", "{vault://hcv/openai/key?ttl=5}", f"Bearer {DECK}", DECK, "{vault://a/b/c}"]
)
def test_what_kong_or_deck_resolves_is_right(value: str) -> None:
    assert codes(proxy(value)) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Bearer ${KEY}", "S104"),
        ("Bearer $KEY", "S104"),
        ("Bearer ${KEY:-none}", "S104"),
        ("Bearer {{ .Values.key }}", "S104"),
        ("Bearer $(KEY)", "S104"),
        ("Bearer ${{ env 'KEY' }}", "S104"),
        ("{vault://key}", "S105"),
        ("Bearer ${vault://env/key}", "S105"),
        ("{vault:/env/key}", "S105"),
        ("Bearer {vault://env/key}", "P234"),
        ("Bearer <key>", "S106"),
        ("Bearer YOUR-KEY", "S106"),
        ("bearer replace_me", "S106"),
        ("Bearer sk-xxxx", "S106"),
        ("Bearer MISTRAL_API_KEY", "S106"),
        ("Bearer dummy", "S106"),
        ("Bearer sk-4f9A0cQ7xT2mB8vN1kL6", "S101"),
        ("Bearer my-production-key-9f8a7", "S101"),
        ("<key>", "P290"),
    ],
)
def test_a_key_that_is_none_is_told_once(value: str, code: str) -> None:
    assert codes(proxy(value)) == [code]


@pytest.mark.parametrize("value", ["Bearer dummy", "NONE", "Bearer not-needed", "EMPTY", "Bearer sk-no-key-required"])
def test_a_dummy_for_a_server_of_your_own_is_no_mistake(value: str) -> None:
    assert codes(proxy(value, **OWN)) == []


def test_templates_run_under_model_from_three_sources() -> None:
    for good in ("$(headers.x-model)", "$(uri_captures.model)", "$(query_params.m)", "gpt-$(headers.size)"):
        assert codes({"name": "ai-proxy", "config": target(good)}) == []
    for bad in ("$(MODEL)", "$(env.MODEL)", "$(headers.x.y)"):
        assert codes({"name": "ai-proxy", "config": target(bad)}) == ["T107"]


def test_texts_for_models_may_hold_anything() -> None:
    content = "Say ${NAME}, <name>, {{name}} and your-key."
    decorator = {
        "name": "ai-prompt-decorator",
        "config": {"prompts": {"prepend": [{"role": "system", "content": content}]}},
    }
    guard = {"name": "ai-prompt-guard", "config": {"deny_patterns": ["\\$\\{KEY\\}", "<secret>", "$KEY"]}}
    assert codes(decorator, guard, proxy()) == []


def test_other_plugins_keep_their_own_idioms() -> None:
    transformer = {"name": "request-transformer", "config": {"add": {"headers": ["x-a:$(headers.b)", "x-c:${D}"]}}}
    assert codes(transformer, proxy()) == []
    limiting = {"name": "rate-limiting", "config": {"minute": 5, "redis": {"password": "${REDIS_PASSWORD}"}}}
    assert codes(limiting, proxy()) == ["S104"]


def test_a_secret_of_a_database_is_a_secret() -> None:
    vectordb = {**VECTORDB, "redis": {"host": "redis.internal", "password": "kong123"}}
    cache = {"name": "ai-semantic-cache", "config": {"embeddings": EMBEDDINGS, "vectordb": vectordb}}
    assert codes(cache, proxy()) == ["S101"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.groq.com/openai/v1", ["P223"]),
        ("https://openrouter.ai/api/v1", ["P223"]),
        ("https://llm.internal:8443", ["P222"]),
        ("https://llm.internal:8443/v1/chat/completions", []),
        ("https://api.deepseek.com/chat/completions", []),
        ("https://llm.internal:8443/serving/chat-model/invocations", []),
        ("https://<host>/v1", ["S106"]),
        ("https://${HOST}/v1", ["S104"]),
        ("{vault://env/url}", ["S107"]),
    ],
)
def test_a_base_url_is_told_and_any_other_path_left_alone(url: str, expected: list[str]) -> None:
    assert codes(proxy(upstream_url=url)) == expected


def test_a_fix_completes_a_base_url_behind_its_own_prefix() -> None:
    (one,) = told(proxy(upstream_url="https://openrouter.ai/api/v1"))
    assert one.hint == "write the whole URL: https://openrouter.ai/api/v1/chat/completions"


def on(url: str, *plugins: Any) -> dict[str, Any]:
    state = on_route(*plugins)
    state["services"][0]["url"] = url
    return state


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://localhost:32000", None),
        ("http://example.invalid", None),
        ("http://shop.internal:8000/v2", None),
        ("http://localhost:8000", "P301"),
        ("http://kong:8000", "P301"),
        ("https://api.openai.com", "P300"),
        ("https://api.anthropic.com/v1", "P297"),
        ("http://ollama:11434", "P297"),
    ],
)
def test_a_service_is_told_of_where_it_looks_meant(url: str, code: str | None) -> None:
    found = [one.code for one in lint(on(url, proxy()), "3.12")]
    assert found == ([code] if code else [])


def test_a_long_list_of_what_is_allowed_is_meant() -> None:
    def guard(*allow: str) -> dict[str, Any]:
        return {"name": "ai-prompt-guard", "config": {"allow_patterns": list(allow), "deny_patterns": ["x"]}}

    assert codes(guard("a"), proxy()) == ["P294"]
    assert codes(guard(*"abcde"), proxy()) == []
    assert codes(guard(".*"), proxy()) == []
    assert codes({"name": "ai-prompt-guard", "config": {"allow_patterns": ["a"]}}, proxy()) == []


def test_a_price_of_a_million_tokens_may_be_small() -> None:
    assert codes(proxy(input_cost=0.02, output_cost=0.05)) == []
    assert codes(proxy(input_cost=0.0000025, output_cost=0.05)) == ["P292"]


@pytest.mark.parametrize(
    ("path", "is_said"),
    [("/chat", False), ("~/chat/(.*)$", False), ("/v1.0/chat-a_b/", False), ("/chat/*", True), ("/chat$", True)],
)
def test_a_path_is_an_expression_only_behind_a_tilde(path: str, is_said: bool) -> None:
    state = on_route(proxy())
    state["services"][0]["routes"][0]["paths"] = [path]
    assert ([one.code for one in lint(state, "3.12")] == ["P307"]) is is_said


def test_a_route_elsewhere_or_a_scope_is_enough() -> None:
    state = on_route(proxy())
    plugin = {**proxy(), "service": "ai"}
    assert lint({**on_route(), "plugins": [plugin]}, "3.12") == []
    service = {"name": "ai", "url": "http://localhost:32000", "plugins": [proxy()]}
    route = {"name": "r", "service": {"name": "ai"}, "paths": ["/r"], "protocols": ["http", "https"]}
    assert lint({"_format_version": "3.0", "services": [service], "routes": [route]}, "3.12") == []
    elsewhere = {"_info": {"default_lookup_tags": {"routes": ["x"]}}, "_format_version": "3.0", "services": [service]}
    assert lint(elsewhere, "3.12") == []
    assert [one.code for one in lint({**state, "plugins": [proxy()]}, "3.12")] == ["P303"]


def test_the_embedding_model_of_a_balancer_is_looked_at_too() -> None:
    balancer = two(algorithm="semantic")
    embeddings = {**EMBEDDINGS, "auth": {**AUTH, "header_name": "x-api-key"}}
    for each in balancer["config"]["targets"]:
        each["description"] = str(each["model"]["name"])
    balancer["config"] |= {"embeddings": embeddings, "vectordb": VECTORDB}
    assert codes(balancer) == ["P233"]


KUBERNETES = """\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: one}
plugin: ai-prompt-guard
config: {deny_patterns: [x]}
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: two}
plugin: key-auth
config: {}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: chat
  annotations: {konghq.com/plugins: ANNOTATION}
spec: {rules: []}
"""


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("'one, two'", []),
        ("'two,one'", []),
        ("one", [("P306", 9)]),
        ("'one, two, three'", [("P305", 17)]),
        ("'one, three'", [("P305", 17)]),
    ],
)
def test_an_annotation_is_held_against_the_plugins_of_the_file(annotation: str, expected: list[Any]) -> None:
    found = lint(KUBERNETES.replace("ANNOTATION", annotation), "3.12")
    assert [(one.code, one.line) for one in found] == expected


def test_a_plugin_alone_in_its_file_may_be_used_elsewhere() -> None:
    assert lint(KUBERNETES.partition("---")[0], "3.12") == []
    assert lint(KUBERNETES.partition("---")[2].replace("ANNOTATION", "'one, two'").partition("---")[2], "3.12") != []
