"""Rules about the limits of ai-rate-limiting-advanced."""

from __future__ import annotations

from typing import Any

import pytest
from linting import EMBEDDINGS, VECTORDB, advanced, lint, on_route, proxy, said, target

ENV = '${{ env "DECK_X" }}'
PRICES = {"input_cost": 2.5, "output_cost": 10}


def limiter(**config: Any) -> dict[str, Any]:
    return {"name": "ai-rate-limiting-advanced", "config": config}


def limits(*names: Any, **config: Any) -> dict[str, Any]:
    """A limiter with the same limit for each of these providers."""
    return limiter(llm_providers=[{"name": name, "limit": [100], "window_size": [60]} for name in names], **config)


# ── form ──


@pytest.mark.parametrize(
    ("version", "hint"),
    [
        ("3.9", "write `llm_providers: [{name: cohere, limit: 5, window_size: 60}]`"),
        ("3.10", "write `llm_providers: [{name: cohere, limit: [5], window_size: [60]}]`"),
        ("3.15", "write `llm_providers: [{name: cohere, limit: [5], window_size: [60]}]`"),
    ],
)
def test_limits_as_rate_limiting_advanced_has_them_are_told_once(version: str, hint: str) -> None:
    for limit, window in ((5, 60), ([5], [60])):
        plugins = (proxy(provider="cohere"), limiter(limit=limit, window_size=window))
        (found,) = lint(on_route(*plugins), version)
        assert (found.code, found.severity, found.hint) == ("P280", "error", hint)


def test_a_limit_beside_those_of_providers() -> None:
    (found,) = lint(on_route(proxy(), limiter(limit=5, **limits("openai")["config"])))
    assert (found.code, found.hint) == ("P280", "remove it: the limits stand in `llm_providers`")


@pytest.mark.parametrize("limit", [ENV, None, "5", {}, [None]])
def test_a_limit_that_cannot_be_shown_gives_an_example(limit: Any) -> None:
    (found,) = lint(on_route(limiter(limit=limit)))
    assert found.hint == "write `llm_providers: [{name: openai, limit: [1000], window_size: [60]}]`"


def test_lists_before_3_10_and_numbers_after() -> None:
    old = limiter(llm_providers=[{"name": "openai", "limit": 100, "window_size": 60}])
    where = "llm_providers.0."
    assert said(proxy(), old, version="3.9") == []
    assert said(proxy(), limits("openai"), version="3.10") == []
    for plugin, version in ((old, "3.10"), (limits("openai"), "3.9")):
        found = said(proxy(), plugin, version=version)
        assert found == [("V124", "error", f"{where}limit"), ("V124", "error", f"{where}window_size")]


def test_what_to_write_instead_of_a_list_or_a_number() -> None:
    for limit, version, hint in (
        (100, "3.10", "write [100]"),
        ([100], "3.9", "write 100"),
        ([1, 2], "3.9", "write one number, or raise the gateway version"),
    ):
        window = [60] if version == "3.10" else 60
        plugin = limiter(llm_providers=[{"name": "openai", "limit": limit, "window_size": window}])
        assert [one.hint for one in lint(on_route(plugin), version)] == [hint]


@pytest.mark.parametrize("value", [ENV, True, "100", {}])
def test_other_wrong_limits_are_the_schema_s_business(value: Any) -> None:
    entry = {"name": "openai", "limit": value, "window_size": [60]}
    assert {code for code, _, _ in said(limiter(llm_providers=[entry]))} <= {"K102"}


def test_each_limit_has_a_window() -> None:
    entry = {"name": "openai", "limit": [1, 2], "window_size": [60]}
    for version in ("3.10", "3.15"):
        found = said(limiter(llm_providers=[entry]), version=version)
        assert found == [("P281", "error", "llm_providers.0.window_size")]
    assert said(limiter(llm_providers=[{**entry, "window_size": [60, ENV]}])) == []
    assert {code for code, _, _ in said(limiter(llm_providers=[{**entry, "window_size": ENV}]))} <= {"K102"}


POLICY = {"limits": [{"limit": 5, "window_size": 60}]}


def test_policies_or_limits_of_providers() -> None:
    plugin = limits("openai", policies=[POLICY])
    assert said(plugin) == said(plugin, version="3.14") == [("P282", "error", "llm_providers")]
    assert [code for code, _, _ in said(plugin, version="3.13")] == ["K101"]
    assert said(limiter(policies=[POLICY])) == []


def test_a_stored_policy_or_limits_of_its_own() -> None:
    assert said(limiter(policies=[{"id": "x", **POLICY}])) == [("P282", "error", "policies.0.id")]
    assert said(limiter(policies=[{"id": "x"}])) == []


def test_no_limits_at_all() -> None:
    for config in ({}, {"llm_providers": []}, {"policies": []}, {"llm_providers": None}):
        assert said(limiter(**config)) == said(limiter(**config), version="3.14") == [("P283", "warning", "config")]
    assert [code for code, _, _ in said(limiter(), version="3.13")] == ["K103"]


# ── whose limits ──


def test_a_provider_that_nothing_on_the_route_uses() -> None:
    where = "llm_providers.0.name"
    assert said(proxy(), limits("azure")) == [("P284", "warning", where)]
    assert said(advanced(target(), target("c", "cohere")), limits("cohere", "openai")) == []
    assert said(proxy(), limits("openai", "gemini")) == [("P284", "warning", "llm_providers.1.name")]


def test_names_that_stand_for_no_provider() -> None:
    counted = limits("openai", "requestPrompt", "customCost")
    counted["config"] |= {"request_prompt_count_function": "return 1", "custom_cost_count_function": "return 1"}
    assert said(proxy(), counted) == []


@pytest.mark.parametrize("provider", [ENV, None, 5])
def test_a_provider_that_nobody_can_tell_yet(provider: Any) -> None:
    assert [one for one in said(proxy(provider=provider), limits("azure")) if one[0] == "P284"] == []
    assert [one for one in said(proxy(), limits(provider)) if one[0] == "P284"] == []


def test_other_plugins_call_providers_too() -> None:
    judge = {"name": "ai-request-transformer", "config": {"prompt": "p", "llm": target("c", "cohere")}}
    assert said(proxy(), judge, limits("cohere")) == []
    cache = {"name": "ai-semantic-cache", "config": {"embeddings": EMBEDDINGS, "vectordb": VECTORDB}}
    assert said(proxy(provider="cohere"), cache, limits("openai")) == []


def test_without_a_proxy_in_the_file_nobody_knows() -> None:
    assert said(limits("azure")) == []


def test_partials_may_bring_other_providers() -> None:
    plugin = advanced(target()) | {"partials": [{"name": "models"}]}
    assert said(plugin, limits("azure"), version="3.13") == []


def state(**lists: Any) -> dict[str, Any]:
    """A Kong file whose plugins name the route or the service that they are put on."""
    routes = [{"name": name, "paths": [f"/{name}"], "protocols": ["https"]} for name in ("chat", "embed")]
    service = {"name": "ai", "url": "http://localhost:32000", "routes": routes}
    other = {"name": "other", "url": "http://localhost:32001"}
    return {"_format_version": "3.0", "services": [service, other], **lists}


@pytest.mark.parametrize(
    ("proxy_on", "limiter_on", "found"),
    [
        ({"route": "chat"}, {"route": "chat"}, True),
        ({"route": {"name": "chat"}}, {"route": "chat", "consumer": "alice"}, True),
        ({"service": "ai"}, {"route": "chat"}, True),
        ({}, {"route": "chat"}, True),
        ({"route": "chat"}, {"service": "ai"}, True),
        ({"route": "embed"}, {"route": "chat"}, False),
        ({"route": "chat"}, {"service": "other"}, False),
        ({"route": "chat"}, {}, False),
        ({"route": "chat"}, {"consumer": "alice"}, False),
    ],
)
def test_where_a_limit_and_a_proxy_meet(proxy_on: Any, limiter_on: Any, found: bool) -> None:
    plugins = [{**proxy(), **proxy_on}, {**limits("azure"), **limiter_on}]
    codes = [one.code for one in lint(state(plugins=plugins, consumers=[{"username": "alice"}]))]
    assert [code for code in codes if code not in ("P302", "P303")] == (["P284"] if found else [])


def test_routes_of_a_db_less_file_name_their_service() -> None:
    document = {
        "_format_version": "3.0",
        "services": [{"name": "ai", "url": "http://localhost:32000"}],
        "routes": [{"name": "chat", "service": "ai", "paths": ["/chat"], "protocols": ["https"]}],
        "plugins": [{**proxy(), "route": "chat"}, {**limits("azure"), "service": "ai"}],
    }
    assert [one.code for one in lint(document)] == ["P284"]


MANIFEST = """
version: 1
defaults:
  rate_limit: {providers: {a: {limit: 100, window_size: 60}, b: {limit: 100, window_size: 60}}}
providers:
  a: {type: openai, api_key: "${env:A}"}
  b: {type: cohere, api_key: "${env:B}"}
  c: {type: mistral, api_key: "${env:C}"}
routes:
  chat: {provider: a, model: gpt-4o%s}
  other: {targets: [{provider: a, model: gpt-4o}, {provider: b, model: command-r}, {provider: c, model: m}]}
"""


def test_limits_of_the_defaults_are_for_all_routes_together() -> None:
    assert lint(MANIFEST % "") == []
    own = ", rate_limit: {providers: {c: {limit: 5, window_size: 60}}}"
    (found,) = lint(MANIFEST % own)
    assert (found.code, found.path) == ("P284", ("routes", "chat", "rate_limit", "providers", "c"))


# ── what is counted ──


def test_a_limit_on_costs_needs_prices() -> None:
    where = "tokens_count_strategy"
    plugin = limits("openai", tokens_count_strategy="cost")
    (found,) = lint(on_route(proxy(), plugin))
    assert (found.code, found.severity, found.path[-1]) == ("P285", "warning", where)
    assert found.message == "the limit goes by cost, and no `input_cost` and `output_cost` is given for gpt-4o"
    assert said(proxy(options=PRICES), plugin) == []
    assert said(advanced(target(options=PRICES), target("b")), plugin) == [("P285", "warning", where)]
    assert said(plugin) == []


def test_a_limit_on_costs_in_a_policy() -> None:
    policy = {"limits": [{"limit": 5, "window_size": 60, "tokens_count_strategy": "cost"}]}
    where = "policies.0.limits.0.tokens_count_strategy"
    assert said(proxy(), limiter(policies=[policy])) == [("P285", "warning", where)]


@pytest.mark.parametrize("options", [ENV, {"input_cost": ENV, "output_cost": ENV}])
def test_prices_that_come_later(options: Any) -> None:
    found = said(proxy(options=options), limits("openai", tokens_count_strategy="cost"))
    assert [one for one in found if one[0] == "P285"] == []


def test_a_function_of_one_s_own_knows_the_costs() -> None:
    plugin = limits("openai", tokens_count_strategy="cost", custom_cost_count_function="return 1")
    assert said(proxy(), plugin) == []


@pytest.mark.parametrize(
    ("name", "function"),
    [("requestPrompt", "request_prompt_count_function"), ("customCost", "custom_cost_count_function")],
)
def test_a_limit_that_a_function_counts_for(name: str, function: str) -> None:
    assert said(limits(name)) == [("P286", "warning", "llm_providers.0.name")]
    assert said(limits(name, **{function: "return 1"})) == []


# ── where it is counted ──


def test_a_strategy_without_its_redis_and_a_redis_without_its_strategy() -> None:
    assert said(limits("openai", strategy="redis")) == [("P275", "warning", "strategy")]
    assert said(limits("openai", redis={"host": "r"})) == [("P287", "info", "redis")]
    assert said(limits("openai", redis={"host": "r"}, strategy="local")) == [("P287", "info", "redis")]
    for strategy in ("redis", "cluster", ENV):
        assert said(limits("openai", redis={"host": "r"}, strategy=strategy)) == []
    assert said(limits("openai", strategy="redis") | {"partials": [{"name": "shared-redis"}]}) == []


# ── whatever it is ──

JUNK = [None, 5, "x", ENV, True, [], [5], [None], {}, {"x": 1}, [[]], [{}], [{"name": []}], -1]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_value_makes_a_rule_fail(junk: Any) -> None:
    for version in ("3.9", "3.15"):
        for config in (
            {"llm_providers": junk},
            {"llm_providers": [{"name": junk, "limit": junk, "window_size": junk}], "policies": junk},
            {"llm_providers": [{"name": "openai", "limit": [junk], "window_size": [junk, junk]}]},
            {"policies": [{"id": junk, "limits": junk}], "tokens_count_strategy": junk, "strategy": junk},
            {"policies": [{"limits": [{"tokens_count_strategy": junk}, junk]}], "redis": junk},
            {"limit": junk, "window_size": junk},
            junk,
        ):
            lint(on_route(proxy(), {"name": "ai-rate-limiting-advanced", "config": config}), version)
    lint(on_route({"name": "ai-proxy", "config": {**target(), "model": junk}}, limits("azure")))
