"""Rules about what compares texts by meaning, and about streams."""

from __future__ import annotations

from typing import Any

import pytest
from linting import EMBEDDINGS, VECTORDB, advanced, lint, on_route, proxy, said, target

ENV = '${{ env "DECK_X" }}'


def semantic(*descriptions: Any, **config: Any) -> dict[str, Any]:
    """A semantic balancer over targets with these descriptions; `config` changes its config, None takes away."""
    targets = [target(f"m{index}", description=text) for index, text in enumerate(descriptions)]
    whole = {"balancer": {"algorithm": "semantic"}, "embeddings": EMBEDDINGS, "vectordb": VECTORDB, **config}
    return advanced(*targets, **{key: value for key, value in whole.items() if value is not None})


# ── the balancer ──


def test_a_semantic_balancer_with_all_that_it_needs() -> None:
    assert said(semantic("programming", "CATCHALL")) == []


@pytest.mark.parametrize("missing", [["embeddings"], ["vectordb"], ["embeddings", "vectordb"]])
def test_what_it_compares_with_is_missing_once(missing: list[str]) -> None:
    (found,) = lint(on_route(semantic("a", "b", **dict.fromkeys(missing))))
    assert (found.code, found.severity, found.path[-2:]) == ("P270", "error", ("balancer", "algorithm"))
    assert all(f"`{name}`" in found.message for name in missing)
    assert ("embeddings" in found.message) == ("embeddings" in missing)


def test_null_is_as_good_as_missing() -> None:
    plugin = semantic("a", "b")
    plugin["config"] |= {"embeddings": None, "vectordb": None}
    assert [code for code, _, _ in said(plugin)] == ["P270"]


@pytest.mark.parametrize("text", [None, ""])
def test_a_target_without_a_description(text: Any) -> None:
    assert said(semantic("a", text)) == [("P271", "error", "targets.1.description")]


def test_a_target_without_a_description_is_told_about_catchall_where_there_is_one() -> None:
    plugin = advanced(target("a", description="a"), target("b"), balancer={"algorithm": "semantic"})
    plugin["config"] |= {"embeddings": EMBEDDINGS, "vectordb": VECTORDB}
    hints = {}
    for version in ("3.9", "3.10"):
        (found,) = lint(on_route(plugin), version)
        hints[version] = found.hint or ""
    assert "CATCHALL" not in hints["3.9"]
    assert "CATCHALL" in hints["3.10"]


def test_what_a_partial_may_supply_is_not_missed() -> None:
    plugin = semantic("a", None, embeddings=None, vectordb=None) | {"partials": [{"name": "shared"}]}
    assert said(plugin, version="3.13") == []


@pytest.mark.parametrize("text", ["CATCHALL: the rest", "CATCHALL ", "catchall", "Catch-all", "CATCH ALL"])
def test_what_is_not_quite_a_catchall(text: str) -> None:
    found = [("P272", "warning", "targets.1.description")]
    assert said(semantic("a", text)) == said(semantic("a", text), version="3.10") == found
    assert said(semantic("a", text), version="3.9") == []
    assert said(advanced(target("a"), target("b", description=text))) == []


@pytest.mark.parametrize(
    "text", ["CATCHALL", "catch all errors in Python code", "everything else", ENV, f"CATCHALL{ENV}"]
)
def test_what_is_a_catchall_or_none(text: str) -> None:
    assert said(semantic("a", text)) == []


@pytest.mark.parametrize("there", [["embeddings"], ["vectordb"], ["embeddings", "vectordb"]])
def test_vectors_that_no_algorithm_uses(there: list[str]) -> None:
    parts = {"embeddings": EMBEDDINGS, "vectordb": VECTORDB}
    for balancer in ({}, {"balancer": {"algorithm": "priority", "failover_criteria": ["error", "non_idempotent"]}}):
        plugin = advanced(target(), **{name: parts[name] for name in there}, **balancer)
        assert said(plugin) == [("P273", "warning", there[0])]


@pytest.mark.parametrize("balancer", [{"algorithm": ENV}, ENV, {"algorithm": 5}, 5])
def test_nobody_can_tell_which_algorithm_it_is(balancer: Any) -> None:
    found = said(semantic("a", None, balancer=balancer, embeddings=None))
    assert {code for code, _, _ in found} <= {"K102", "K301"}


# ── embedding models ──


def cache(**embeddings: Any) -> dict[str, Any]:
    return {"name": "ai-semantic-cache", "config": {"embeddings": {**EMBEDDINGS, **embeddings}, "vectordb": VECTORDB}}


@pytest.mark.parametrize("auth", [None, {}, {"allow_override": False}])
@pytest.mark.parametrize("provider", ["openai", "mistral", "azure", "huggingface"])
def test_an_embedding_model_that_is_called_without_a_key(auth: Any, provider: str) -> None:
    model: dict[str, Any] = {"provider": provider, "name": "m"}
    if provider == "azure":
        model["options"] = {"azure": {"instance": "i", "deployment_id": "d"}}
    assert said(cache(auth=auth, model=model)) == ([] if auth is None else [("P274", "error", "embeddings.auth")])


def test_an_embedding_model_without_auth_at_all() -> None:
    plugin = cache()
    del plugin["config"]["embeddings"]["auth"]
    assert [code for code, _, _ in said(plugin)] == ["P274"]


@pytest.mark.parametrize(
    "embeddings",
    [
        {"auth": {"header_name": "Authorization", "header_value": ENV}},
        {"auth": {"azure_use_managed_identity": True}, "model": {"provider": "openai", "name": "m"}},
        {"auth": {}, "model": {"provider": "openai", "name": "m", "options": {"upstream_url": "http://local:1/v1/e"}}},
        {"auth": {}, "model": {"provider": "bedrock", "name": "m"}},
        {"auth": {}, "model": {"provider": ENV, "name": "m"}},
        {"auth": {}, "model": {"provider": "ollama", "name": "m"}},
    ],
)
def test_an_embedding_model_that_needs_no_key_here(embeddings: dict[str, Any]) -> None:
    assert [one for one in said(cache(**embeddings)) if one[0] == "P274"] == []


def test_embeddings_of_a_balancer_that_does_not_use_them_need_no_key() -> None:
    keyless = {**EMBEDDINGS, "auth": {}}
    assert [code for code, _, _ in said(advanced(target(), embeddings=keyless))] == ["P273"]
    assert said(semantic("a", "b", embeddings=keyless)) == [("P274", "error", "embeddings.auth")]


MANIFEST = """
version: 1
providers:
  p: {type: openai}
  q: {type: openai, api_key: "${env:KEY}"}
routes:
  other: {provider: q, model: gpt-4o}
  chat:
    provider: %s
    model: gpt-4o
    semantic_cache:
      embeddings: {provider: p, model: text-embedding-3-small}
      vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.1, redis: {host: r}}
"""


def test_a_provider_without_a_key_is_told_once_in_a_manifest() -> None:
    assert [(one.code, one.path) for one in lint(MANIFEST % "p")] == [("P230", ("providers", "p"))]
    assert [(one.code, one.path) for one in lint(MANIFEST % "q")] == [("P274", ("providers", "p"))]


# ── databases ──


def database(**vectordb: Any) -> dict[str, Any]:
    whole = {**VECTORDB, **vectordb}
    given = {key: value for key, value in whole.items() if value is not None}
    return {"name": "ai-semantic-cache", "config": {"embeddings": EMBEDDINGS, "vectordb": given}}


def test_a_database_that_nothing_says_the_address_of() -> None:
    where = "vectordb.strategy"
    (found,) = lint(on_route(database(redis=None)))
    assert (found.code, found.severity) == ("P275", "warning")
    assert "127.0.0.1" in found.message
    assert said(database(redis={})) == [("P275", "warning", where)]
    assert said(database(strategy="pgvector", redis=None)) == [("P275", "warning", where)]
    assert "127.0.0.1" not in lint(on_route(database(redis=None)), "3.8")[0].message


def test_the_address_of_another_database() -> None:
    (found,) = lint(on_route(database(strategy="pgvector")))
    assert found.message == "the strategy is pgvector, but what is described is `redis`"


@pytest.mark.parametrize(
    "vectordb",
    [{"strategy": ENV, "redis": None}, {"redis": {"password": "{vault://env/p}"}}, {"redis": ENV}],
)
def test_a_database_that_may_be_anywhere(vectordb: dict[str, Any]) -> None:
    assert [one for one in said(database(**vectordb)) if one[0] == "P275"] == []


def test_a_partial_may_say_where_the_database_is() -> None:
    assert said(database(redis=None) | {"partials": [{"name": "vectors"}]}, version="3.13") == []


# ── guards ──


@pytest.mark.parametrize("rules", [{}, {"deny_prompts": None}])
def test_a_guard_that_neither_allows_nor_denies_is_the_schema_s_business(rules: dict[str, Any]) -> None:
    config = {"rules": rules, "embeddings": EMBEDDINGS, "vectordb": VECTORDB}
    assert [code for code, _, _ in said({"name": "ai-semantic-prompt-guard", "config": config})] == ["K203"]


def test_rules_at_the_wrong_place_are_told_once() -> None:
    config = {"deny_prompts": ["x"], "embeddings": EMBEDDINGS, "vectordb": VECTORDB}
    assert said({"name": "ai-semantic-prompt-guard", "config": config}) == [("K101", "error", "deny_prompts")]


# ── streams ──

RAW = {"provider": "llama2", "options": {"llama2_format": "raw", "upstream_url": "https://llama.example.com/generate"}}


def test_streams_alone_from_a_model_that_gives_none() -> None:
    assert said(proxy(response_streaming="always", **RAW)) == [("P277", "warning", "response_streaming")]
    assert said(proxy(response_streaming="allow", **RAW)) == []
    assert said(proxy(response_streaming="always")) == []
    plugin = advanced(target(), target("llama", **RAW), response_streaming="always")
    assert said(plugin) == [("P277", "warning", "targets.1")]


def test_targets_of_which_some_stream() -> None:
    assert said(advanced(target(), target("llama", **RAW))) == [("P278", "warning", "targets.1")]
    assert said(advanced(target(), target("llama", **RAW), response_streaming="allow"))[0][0] == "P278"
    assert said(advanced(target("l", **RAW), target("m", **RAW))) == []


@pytest.mark.parametrize("streaming", ["deny", ENV])
def test_streams_that_nobody_may_ask_for(streaming: str) -> None:
    assert said(advanced(target(), target("llama", **RAW), response_streaming=streaming)) == []


def test_what_only_a_page_of_the_documentation_says_is_a_remark() -> None:
    assert said(advanced(target(), target("grok-3", "xai"))) == [("P278", "info", "targets.1")]


def test_before_3_9_nothing_of_this_plugin_streams() -> None:
    assert said(advanced(target(), target("llama", **RAW)), version="3.8")[0][0] != "P278"


def test_from_3_9_on_it_does() -> None:
    assert ("P278", "warning", "targets.1") in said(advanced(target(), target("llama", **RAW)), version="3.9")


def test_nothing_is_said_of_what_is_refused_or_in_a_format_of_its_own() -> None:
    vertex = {"api_endpoint": "e", "project_id": "p", "location_id": "l"}
    auth = {"gcp_use_service_account": True}
    gemini = target("g", "gemini", route_type="llm/v1/completions", auth=auth)
    assert [code for code, _, _ in said(advanced(target(route_type="llm/v1/completions"), gemini))] == ["P240"]
    native = advanced(target("g", "gemini", auth=auth, options={"gemini": vertex}), llm_format="gemini")
    native["config"]["response_streaming"] = "always"
    assert said(native) == []


def test_nothing_is_said_of_operations_without_streams() -> None:
    embed = target("e", route_type="llm/v1/embeddings")
    assert said(advanced(embed, genai_category="text/embeddings", response_streaming="always")) == []


# ── whatever it is ──

JUNK = [None, 5, "x", ENV, True, [], [5], [None], {}, {"x": 1}, {"x": None}, [[]], -1]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_value_makes_a_rule_fail(junk: Any) -> None:
    names = ["ai-semantic-cache", "ai-semantic-prompt-guard", "ai-semantic-response-guard", "ai-rag-injector"]
    parts = ("auth", "model")
    for config in (
        {"embeddings": junk, "vectordb": junk},
        *({"embeddings": {**EMBEDDINGS, part: junk}, "vectordb": {**VECTORDB, "redis": junk}} for part in parts),
        {"embeddings": {"model": {"provider": junk, "options": junk}}, "vectordb": {"strategy": junk}},
        junk,
    ):
        for name in names:
            lint(on_route({"name": name, "config": config}))
        if isinstance(config, dict):
            lint(on_route(advanced(target(description=junk), balancer={"algorithm": "semantic"}, **config)))
    lint(on_route(advanced(target(), response_streaming=junk, llm_format=junk)))
