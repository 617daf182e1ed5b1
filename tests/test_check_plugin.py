"""`aicfg.kong.check` and `aicfg.kong.defaults`, rule by rule; Kong's own verdicts: test_check_plugin_vectors.py."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.catalog.plugins import PluginSchema, plugin_names, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.kong.check import Violation, check, inferred
from aicfg.kong.defaults import fill_defaults
from aicfg.kong.references import EnvText, EnvVar, Placeholder


def schema(name: str, version: str = "3.15", edition: str = "enterprise") -> PluginSchema:
    return plugin_schema(name, gateway(version, edition))


def violations(
    config: object, name: str = "ai-proxy", version: str = "3.15", edition: str = "enterprise"
) -> list[Violation]:
    return list(check(schema(name, version, edition), config))


def only(config: object, name: str = "ai-proxy", version: str = "3.15", edition: str = "enterprise") -> Violation:
    """The one violation of a config."""
    [violation] = violations(config, name, version, edition)
    return violation


def proxy(**changes: Any) -> dict[str, Any]:
    """A plain ai-proxy config with some of its top-level fields changed; None takes one away."""
    config: dict[str, Any] = {
        "route_type": "llm/v1/chat",
        "auth": {"header_name": "Authorization", "header_value": "Bearer key"},
        "model": {"provider": "openai", "name": "gpt-4o"},
        **changes,
    }
    return {key: value for key, value in config.items() if value is not None}


def with_options(provider: str = "openai", **options: Any) -> dict[str, Any]:
    return proxy(model={"provider": provider, "name": "m", "options": options})


def guard(**config: Any) -> dict[str, Any]:
    return {"allow_patterns": ["a"], **config}


# ── presence and null ──


def test_a_plain_config_is_accepted() -> None:
    assert violations(proxy()) == []


def test_a_required_field_is_missing() -> None:
    found = only(proxy(route_type=None))
    assert (found.kind, found.path) == ("missing-field", ("config", "route_type"))
    assert found.message == "config.route_type is required"


def test_an_absent_required_record_is_expanded() -> None:
    assert only(proxy(model=None)).path == ("config", "model", "provider")


def test_null_is_fine_where_nothing_is_required() -> None:
    assert violations(with_options(max_tokens=None)) == []


def test_null_is_refused_where_a_field_is_required_even_if_it_has_a_default() -> None:
    found = only(proxy(logging={"log_statistics": None}))
    assert (found.kind, found.path) == ("missing-field", ("config", "logging", "log_statistics"))
    assert found.hint == "remove it to get the default, false"


def test_null_in_a_list_is_refused() -> None:
    assert only(guard(deny_patterns=["a", None]), "ai-prompt-guard").path == ("config", "deny_patterns", 1)


def test_a_missing_optional_record_stays_absent() -> None:
    """So azure without options lacks even what has a default; that is told with what else is missing there."""
    found = violations(proxy(model={"provider": "azure", "name": "m"}))
    assert {one.path[-1] for one in found} == {"azure_instance", "azure_deployment_id"}


# ── types ──


@pytest.mark.parametrize("value", [256.0, 1e3, 0, -1])
def test_whole_numbers_are_integers(value: float) -> None:
    assert violations(with_options(max_tokens=value)) == []


@pytest.mark.parametrize("value", [0.5, "256", True, float("inf"), []])
def test_other_values_are_no_integers(value: object) -> None:
    assert only(with_options(max_tokens=value)).kind == "wrong-type"


def test_a_number_in_quotes_says_so() -> None:
    assert "without quotes" in (only(with_options(max_tokens="256")).hint or "")


@pytest.mark.parametrize(
    ("value", "hint"), [("yes", "write true without quotes"), ("off", "write false without quotes")]
)
def test_switches_that_are_no_booleans(value: str, hint: str) -> None:
    assert only(proxy(model_name_header=value)).hint == hint


def test_zero_is_not_false() -> None:
    assert only(proxy(model_name_header=0)).kind == "wrong-type"


def test_empty_tables_are_lists_and_records_alike() -> None:
    assert violations(guard(deny_patterns={}), "ai-prompt-guard") == []
    assert violations(proxy(logging=[])) == []


def test_a_map_is_no_list() -> None:
    found = only(guard(deny_patterns={"a": "b"}), "ai-prompt-guard")
    assert (found.kind, found.path) == ("wrong-type", ("config", "deny_patterns"))


def test_a_list_is_no_record() -> None:
    found = only(proxy(logging=["log_statistics"]))
    assert (found.kind, found.path) == ("unknown-field", ("config", "logging", 0))
    assert found.message == "config.logging must be a map of fields, not a list"


def test_a_placeholder_may_turn_out_to_be_anything() -> None:
    later = Placeholder('${{ env "DECK_X" }}')
    config = with_options(max_tokens=later, upstream_url=later, temperature=later)
    assert violations({**config, "route_type": later, "response_streaming": later, "model_name_header": later}) == []


def test_a_reference_stands_for_any_text_but_for_no_number() -> None:
    later = EnvText("${env:X}", (EnvVar("X"),))
    assert violations({**with_options(upstream_url=later), "route_type": later}) == []
    assert only(with_options(max_tokens=later)).kind == "wrong-type"


# ── limits ──


@pytest.mark.parametrize(
    ("option", "value"), [("temperature", 5.1), ("temperature", -0.1), ("top_k", 501), ("top_p", 2)]
)
def test_out_of_range(option: str, value: float) -> None:
    found = only(with_options(**{option: value}))
    assert (found.kind, found.path[-1]) == ("out-of-range", option)
    assert "between 0 and" in found.message


def test_limits_are_inclusive_but_for_greater_than() -> None:
    assert violations(with_options(temperature=5, top_k=500, top_p=1)) == []
    assert only(with_options(input_cost=0)).message.startswith("config.model.options.input_cost must be greater than 0")


def test_empty_strings_are_refused_and_blank_ones_are_not() -> None:
    assert only(proxy(model={"provider": "openai", "name": ""})).kind == "wrong-length"
    assert violations(proxy(model={"provider": "openai", "name": " "})) == []


def test_lengths_count_bytes() -> None:
    assert violations(guard(allow_patterns=["é" * 250]), "ai-prompt-guard") == []
    assert only(guard(allow_patterns=["é" * 251]), "ai-prompt-guard").kind == "wrong-length"


def test_lists_have_a_length_too() -> None:
    found = only(guard(allow_patterns=["a"] * 11), "ai-prompt-guard")
    assert found.message == "config.allow_patterns must have at most 10 items"


def test_patterns_are_not_compiled() -> None:
    assert violations(guard(allow_patterns=["(unclosed"]), "ai-prompt-guard") == []


# ── values ──


def test_few_choices_are_all_named() -> None:
    found = only(with_options("llama2", llama2_format="olama", upstream_url="http://x"))
    assert (found.kind, found.hint) == ("value-not-allowed", "use raw, openai or ollama")


def test_of_many_choices_the_nearest_is_named() -> None:
    found = only(proxy(model={"provider": "opnai", "name": "m"}))
    assert (found.message, found.hint) == ('config.model.provider cannot be "opnai"', 'did you mean "openai"?')


def test_a_value_of_a_later_version() -> None:
    assert only(proxy(route_type="preserve"), version="3.6").kind == "value-not-allowed"
    assert violations(proxy(route_type="preserve"), version="3.7") == []


@pytest.mark.parametrize(
    ("version", "fields", "since"),
    [
        ("3.9", {"balancer": {"algorithm": "priority"}}, "3.10"),
        ("3.12", {"balancer": {"algorithm": "least-connections"}}, "3.13"),
        ("3.11", {"balancer": {"tokens_count_strategy": "llm-accuracy"}}, "3.12"),
        (
            "3.9",
            {"vectordb": {"strategy": "pgvector", "dimensions": 8, "distance_metric": "cosine", "threshold": 1}},
            "3.10",
        ),
        ("3.13", {"embeddings": {"model": {"provider": "ollama", "name": "qwen3-embedding:8b"}}}, "3.14"),
        ("3.8", {"embeddings": {"model": {"provider": "openai", "name": "bge-large"}}}, "3.9"),
    ],
)
def test_the_hint_tells_since_when_there_is_such_a_value(version: str, fields: dict[str, Any], since: str) -> None:
    target = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": "gpt-4o"}}
    found = only({"targets": [target], **fields}, "ai-proxy-advanced", version)
    assert found.kind == "value-not-allowed"
    assert found.message.endswith(f" in Kong Gateway {version} (enterprise)")
    assert found.hint is not None
    assert found.hint.startswith(f"exists since {since}: raise the gateway version, or use ")


def test_the_hint_tells_which_edition_has_such_a_value() -> None:
    found = only(proxy(route_type="llm/v1/embeddings"), version="3.9", edition="oss")
    assert found.hint == "exists in Kong Enterprise only: use llm/v1/chat, llm/v1/completions or preserve"


# ── unknown fields ──


def test_an_unknown_field_points_at_its_key() -> None:
    found = only(with_options(temprature=1))
    assert (found.kind, found.path[-1], found.at_key) == ("unknown-field", "temprature", True)
    assert found.hint == 'did you mean "temperature"?'


def test_an_unknown_field_is_refused_even_if_null() -> None:
    assert only(proxy() | {"foo": None}).kind == "unknown-field"


def test_a_field_at_the_wrong_place_tells_the_right_one_and_is_told_once() -> None:
    found = only(proxy(model={"provider": "mistral", "name": "m", "mistral_format": "openai"}))
    assert found.hint == "move it into `options`: config.model.options.mistral_format"


def test_the_right_place_is_in_the_same_target() -> None:
    target = {"route_type": "llm/v1/chat", "model": {"provider": "openai", "name": "m"}}
    wrong = {**target, "model": {**target["model"], "max_tokens": 5}}  # type: ignore[dict-item]
    found = only({"targets": [target, wrong]}, "ai-proxy-advanced")
    assert found.path == ("config", "targets", 1, "model", "max_tokens")
    assert found.hint == "move it into `options`: config.targets[1].model.options.max_tokens"


def test_a_field_of_another_version() -> None:
    newer = only(proxy(genai_category="text/generation"), version="3.10")
    assert newer.message == "config.genai_category does not exist in Kong Gateway 3.10 (enterprise)"
    assert newer.hint == "exists since 3.11: raise the gateway version or remove it"
    older = only(with_options(response_streaming="allow"))
    assert older.hint == "exists until 3.7: remove it"


def test_a_field_of_the_other_edition() -> None:
    config = proxy(auth={"azure_use_managed_identity": True})
    assert only(config, version="3.9", edition="oss").hint == "exists in Kong Enterprise only: remove it"


def test_a_field_that_no_version_has() -> None:
    assert only(with_options(seconds=5)).hint == "no version that aicfg knows has it"


def test_a_plugin_that_the_gateway_does_not_have() -> None:
    found = only({"targets": []}, "ai-proxy-advanced", "3.7")
    assert (found.kind, found.path) == ("unknown-plugin", ("config",))


# ── rules across fields ──


def test_fields_that_go_together() -> None:
    found = only(proxy(auth={"header_name": "Authorization"}))
    assert (found.kind, found.path) == ("mutually-required", ("config", "auth", "header_value"))


def test_an_empty_string_counts_as_not_set_and_is_told_once() -> None:
    found = only(proxy(auth={"header_name": "Authorization", "header_value": ""}))
    assert (found.kind, found.path) == ("wrong-length", ("config", "auth", "header_value"))


@pytest.mark.parametrize("given", ["header_name", "header_value", "param_name", "param_value"])
def test_a_vault_reference_switches_a_rule_off(given: str) -> None:
    assert only(proxy(auth={given: "x"})).kind == "mutually-required"
    assert violations(proxy(auth={given: "{vault://env/x}"})) == []


def test_a_vault_reference_is_a_reference_only_where_kong_takes_one() -> None:
    found = only(with_options(upstream_url="{vault://env/url}"))
    assert (found.kind, found.message) == ("malformed-value", "config.model.options.upstream_url has no host")


def test_a_provider_calls_for_its_options() -> None:
    found = only(proxy(model={"provider": "anthropic", "name": "m"}))
    assert (found.kind, found.path) == ("conditional", ("config", "model", "options", "anthropic_version"))
    assert found.hint == "add it (API version header for Anthropic)"


def test_bedrock_wants_an_auth_record_that_allows_no_override() -> None:
    bedrock = {"provider": "bedrock", "name": "m"}
    assert violations(proxy(model=bedrock, auth={})) == []
    assert only(proxy(model=bedrock, auth=None)).path == ("config", "auth", "allow_override")
    assert only(proxy(model=bedrock, auth={"allow_override": None})).kind == "conditional"


def test_null_meets_a_choice_of_values_where_the_field_may_be_null() -> None:
    config = proxy(route_type="llm/v1/completions", llm_format=None) | {"llm_format": None}
    assert only(config, version="3.10").path == ("config", "route_type")
    assert violations(proxy(route_type="llm/v1/completions"), version="3.10") == []


def test_a_rule_that_both_kong_errors_name_is_told_once() -> None:
    config = {"prompt": "p", "llm": proxy(route_type="llm/v1/completions")}
    found = only(config, "ai-request-transformer")
    assert (found.kind, found.path) == ("conditional", ("config", "llm", "route_type"))


def test_at_least_one_field() -> None:
    found = only({}, "ai-prompt-decorator")
    assert (found.kind, found.path) == ("at-least-one-of", ("config", "prompts"))


def test_fields_that_exclude_one_another() -> None:
    redis = {"cluster_nodes": [{"ip": "10.0.0.1"}], "host": "redis.local", "port": 6379}
    vectordb = {"strategy": "redis", "dimensions": 3, "distance_metric": "cosine", "threshold": 0.5, "redis": redis}
    embeddings = {"model": {"provider": "openai", "name": "text-embedding-3-small"}}
    config = {"vectordb": vectordb, "embeddings": embeddings}
    assert only(config, "ai-semantic-cache", "3.8").kind == "mutually-exclusive"
    assert violations(config, "ai-semantic-cache", "3.9") == []


def test_a_custom_check_whose_code_is_known() -> None:
    model = {"provider": "anthropic", "name": "m", "options": {"anthropic_version": "2023-06-01"}}
    config = proxy(model=model, route_type="llm/v1/completions", logging={"log_statistics": True})
    assert only(config).kind == "custom-check"
    assert violations(config, version="3.6") == []


def test_what_makes_kong_s_code_fail() -> None:
    found = only(proxy(model=True))
    assert (found.kind, found.path) == ("kong-crash", ("config", "model"))
    assert "internal error" in found.message
    assert only(proxy(model="gpt-4o")).kind == "kong-crash"
    assert only(proxy(model="gpt-4o"), version="3.7").kind == "wrong-type"


def test_everything_is_told_at_once() -> None:
    config = proxy(route_type="chat", foo=1, model={"provider": "azure", "name": "", "options": {"top_p": 2}})
    assert {one.kind for one in violations(config)} == {
        "value-not-allowed",
        "unknown-field",
        "wrong-length",
        "out-of-range",
        "conditional",
    }


# ── plugins that only Enterprise has ──


def test_maps_and_their_values() -> None:
    config = {
        "request": {"url": "https://guard.example", "headers": {"X-A": "a", "X-B": 5}},
        "response": {"block": "b", "block_message": "m"},
    }
    assert only(config, "ai-custom-guardrail").path == ("config", "request", "headers", "X-B")


def test_a_default_in_a_map_s_record() -> None:
    at = schema("ai-rag-injector")
    filled = fill_defaults(at, {"collection_acl_config": {"a": {"allow": ["x"]}}})
    assert filled["collection_acl_config"] == {"a": {"allow": ["x"], "deny": []}}


def test_sets_count_each_value_once() -> None:
    at = schema("ai-prompt-compressor")
    filled = fill_defaults(at, {"compression_ranges": [], "message_type": ["user", "user", "system"]})
    assert filled["message_type"] == ["user", "system"]


def test_a_shorthand_is_spread_over_its_fields() -> None:
    at = schema("ai-rate-limiting-advanced", "3.12")
    redis = fill_defaults(at, {"redis": {"timeout": 500, "read_timeout": 900}})["redis"]
    assert (redis["connect_timeout"], redis["send_timeout"], redis["read_timeout"]) == (500, 500, 900)
    assert "timeout" not in redis


# ── defaults ──


def test_defaults_of_required_records_are_filled_in_and_the_input_stays_as_it_was() -> None:
    config = proxy()
    before = copy.deepcopy(config)
    filled = fill_defaults(schema("ai-proxy"), config)
    assert filled["logging"] == {"log_statistics": False, "log_payloads": False}
    assert filled["max_request_body_size"] == 1048576
    assert "options" not in filled["model"]
    assert config == before


def test_null_suppresses_a_default() -> None:
    assert (
        fill_defaults(schema("ai-proxy", "3.8"), with_options(max_tokens=None))["model"]["options"]["max_tokens"]
        is None
    )
    assert fill_defaults(schema("ai-proxy", "3.8"), with_options())["model"]["options"]["max_tokens"] == 256


def test_a_default_is_a_fresh_copy() -> None:
    at = schema("ai-mcp-oauth2")
    first = fill_defaults(at, {})
    first["consumer_by"].append("changed")
    assert fill_defaults(at, {})["consumer_by"] == ["custom_id", "username"]


# ── secrets ──


@pytest.mark.parametrize(
    "config",
    [
        proxy(auth={"header_name": "Authorization", "header_value": ["sk-secret-value"]}),
        proxy(model={"provider": "sk-secret-value-1234567890", "name": "m"}),
        proxy(route_type="Bearer secret-value"),
        proxy(api_key="sk-secret-value"),
        with_options(upstream_url="user:secret-value@host"),
        proxy(model="sk-secret-value"),
    ],
)
def test_no_message_shows_a_secret(config: dict[str, Any]) -> None:
    found = violations(config)
    assert found
    assert not any("secret-value" in f"{one.message} {one.hint}" for one in found)


def test_a_long_value_is_shortened() -> None:
    assert "…" in only(proxy(response_streaming="a" * 100)).message


# ── whatever comes ──

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
keys = st.sampled_from(
    ["model", "auth", "options", "provider", "targets", "llm", "logging", "gemini", "redis", "prompts"]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(name=st.sampled_from(plugin_names()), version=st.sampled_from(["3.9", "3.12", "3.15"]), config=anything)
def test_no_config_is_too_strange(name: str, version: str, config: Any) -> None:
    at = schema(name, version)
    before = copy.deepcopy(config)
    for found in (*check(at, config), *inferred(at, config)):
        assert found.path[0] == "config"
        assert found.message
    fill_defaults(at, config)
    assert repr(config) == repr(before)
