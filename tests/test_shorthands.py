"""The manifest's shorthands: which plugin each makes, in which form its values go there, and how layers merge."""

import json
from pathlib import Path
from typing import Any

import pytest
from lowering import OPENAI, TWO, VECTORDB, VECTORS, config, entities, plugins, routes

from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.shorthands import shorthands
from aicfg.catalog.versions import MINORS, gateway
from aicfg.manifest.model import SHORTHANDS
from aicfg.resources import schema_file

MEANING = f"embeddings: {{provider: p, model: e}}, vectordb: {VECTORDB}"


def made(shorthand: str, head: str = OPENAI, name: str | None = None) -> Any:
    """The config of the plugin that a shorthand of a route makes."""
    text = f"routes: {{chat: {{provider: p, model: m, {shorthand}}}}}\n"
    return config(text, head, name=name or shorthands()[shorthand.partition(":")[0]].plugin)


@pytest.mark.parametrize(
    ("shorthand", "expected"),
    [
        (
            "guard: {deny: [a], allow: [b], match_all_roles: true}",
            {"deny_patterns": ["a"], "allow_patterns": ["b"], "match_all_roles": True},
        ),
        (
            "decorate: {prepend: [a, {role: user, content: b}], append: [c]}",
            {
                "prompts": {
                    "prepend": [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}],
                    "append": [{"role": "system", "content": "c"}],
                }
            },
        ),
        (
            "content_safety: {url: u, api_key: k, categories: {Hate: 2, Violence: 4}, text_source: last_message}",
            {
                "content_safety_url": "u",
                "content_safety_key": "k",
                "categories": [{"name": "Hate", "rejection_level": 2}, {"name": "Violence", "rejection_level": 4}],
                "text_source": "last_message",
            },
        ),
        ("template: {templates: {a: '{}'}}", {"templates": [{"name": "a", "template": "{}"}]}),
        ("guard: {}", {}),
    ],
)
def test_what_a_shorthand_says_in_the_words_of_kong(shorthand: str, expected: Any) -> None:
    assert made(shorthand) == expected


def test_a_template_may_be_written_as_the_body_that_it_is() -> None:
    found = made("template: {templates: {a: {messages: [{role: user, content: 'Sum up {{text}} – ü'}]}}}")
    text = found["templates"][0]["template"]
    assert json.loads(text) == {"messages": [{"role": "user", "content": "Sum up {{text}} – ü"}]}
    assert "{{text}} – ü" in text


def test_references_are_recognised_in_texts_that_change_their_form() -> None:
    found = made("decorate: {prepend: ['Answer as ${env:PERSONA}']}")
    assert found["prompts"]["prepend"][0]["content"].variables == ("PERSONA",)


def test_a_semantic_guard_has_its_rules_its_search_and_what_compares() -> None:
    found = made(f"semantic_guard: {{deny: [a], allow: [b], match_all_roles: true, threshold: 0.7, {MEANING}}}")
    assert found == {
        "rules": {"deny_prompts": ["a"], "allow_prompts": ["b"], "match_all_roles": True},
        "search": {"threshold": 0.7},
        "embeddings": {
            "auth": {"header_name": "Authorization", "header_value": "Bearer ${env:KEY}"},
            "model": {"provider": "openai", "name": "e"},
        },
        "vectordb": {
            "strategy": "redis",
            "dimensions": 3,
            "distance_metric": "cosine",
            "threshold": 0.1,
            "redis": {"host": "r"},
        },
    }


@pytest.mark.parametrize(("version", "where"), [("3.12", "rules"), ("3.13", None)])
def test_a_field_goes_where_the_version_has_it(version: str, where: str | None) -> None:
    head = OPENAI + f'gateway: {{version: "{version}"}}\n'
    found = made(f"semantic_guard: {{deny: [a], max_request_body_size: 9, {MEANING}}}", head)
    assert (found[where] if where else found)["max_request_body_size"] == 9


def test_a_transformer_has_the_record_of_a_provider() -> None:
    found = made("transform_response: {prompt: x, llm: {provider: q, model: m, options: {top_p: 1}}}", TWO)
    assert found == {
        "prompt": "x",
        "llm": {
            "route_type": "llm/v1/chat",
            "auth": {"header_name": "Authorization", "header_value": "Bearer ${env:OTHER}"},
            "model": {"provider": "mistral", "name": "m", "options": {"top_p": 1, "mistral_format": "openai"}},
        },
    }


def test_each_plugin_follows_the_proxy_in_one_order_and_those_of_the_list_come_last() -> None:
    text = """
        routes:
          chat:
            plugins: [{name: cors}]
            rate_limit: {limit: 1, window_size: 1}
            guard: {deny: [x]}
            provider: p
            model: m
        """
    names = [one.name for one in plugins(text, OPENAI)]
    assert names == ["ai-proxy", "ai-prompt-guard", "ai-rate-limiting-advanced", "cors"]


# ── layers ──


def test_a_shorthand_merges_over_the_one_of_the_defaults() -> None:
    text = """
        defaults: {guard: {deny: [a], allow: [b], match_all_roles: true}}
        routes: {chat: {provider: p, model: m, guard: {deny: [c], allow: null}}, other: {provider: p, model: m}}
        """
    assert config(text, OPENAI, name="ai-prompt-guard") == {"deny_patterns": ["c"], "match_all_roles": True}
    assert config(text, OPENAI, "other", "ai-prompt-guard")["allow_patterns"] == ["b"]


def test_null_takes_a_shorthand_of_the_defaults_away() -> None:
    text = "defaults: {guard: {deny: [a]}}\nroutes: {chat: {provider: p, model: m, guard: null}}\n"
    assert [one.name for one in plugins(text, OPENAI)] == ["ai-proxy"]


def test_what_compares_by_meaning_stands_in_the_shorthand_or_beside_it() -> None:
    text = f"""
        defaults: {{embeddings: {{provider: p, model: shared}}, vectordb: {VECTORDB}, semantic_cache: {{cache_ttl: 5}}}}
        routes:
          chat: {{provider: p, model: m}}
          own: {{provider: p, model: m, semantic_cache: {{embeddings: {{provider: p, model: own}}}}}}
          beside: {{provider: p, model: m, embeddings: {{model: beside}}}}
        """
    models = {
        route: config(text, OPENAI, route, "ai-semantic-cache")["embeddings"]["model"]["name"]
        for route in ("chat", "own", "beside")
    }
    assert models == {"chat": "shared", "own": "own", "beside": "beside"}


def test_an_embedding_model_takes_of_its_provider_what_is_of_use_to_it() -> None:
    embeddings = "{provider: a, model: e, auth: {allow_override: true}}"
    found = made(
        f"semantic_cache: {{embeddings: {embeddings}, vectordb: {VECTORDB}}}",
        OPENAI
        + "  a:\n    type: azure\n    api_key: ${env:AZURE}\n"
        + "    options: {azure_instance: i, azure_deployment_id: d, max_tokens: 5}\n",
    )
    assert found["embeddings"] == {
        "auth": {"header_name": "api-key", "header_value": "${env:AZURE}", "allow_override": True},
        "model": {
            "provider": "azure",
            "name": "e",
            "options": {"azure": {"instance": "i", "deployment_id": "d"}},
        },
    }


def test_the_base_url_of_a_provider_serves_its_embeddings_too() -> None:
    head = OPENAI + '  l: {type: openai, hosting: custom, base_url: "http://llm:8000"}\n'
    found = made(f"semantic_cache: {{embeddings: {{provider: l, model: e}}, vectordb: {VECTORDB}}}", head)
    assert found["embeddings"]["model"]["options"] == {"upstream_url": "http://llm:8000/v1/embeddings"}


def test_a_redis_connection_may_be_shared_by_its_name() -> None:
    text = f"""
        redis: {{main: {{host: redis.internal, password: "${{env:PASSWORD}}"}}}}
        routes:
          chat:
            provider: p
            model: m
            rate_limit: {{limit: 1, window_size: 1, strategy: redis, sync_rate: 1, redis: main}}
            embeddings: {{provider: p, model: e}}
            vectordb: {{{VECTORS}, redis: main}}
            semantic_cache: {{}}
        """
    limit = config(text, OPENAI, name="ai-rate-limiting-advanced")
    cache = config(text, OPENAI, name="ai-semantic-cache")
    assert limit["redis"] == cache["vectordb"]["redis"] == {"host": "redis.internal", "password": "${env:PASSWORD}"}
    assert limit["redis"]["password"].variables == ("PASSWORD",)


# ── rate limits ──


@pytest.mark.parametrize(
    ("version", "limit", "window"),
    [("3.7", 100, 60), ("3.9", 100, 60), ("3.10", [100], [60]), ("3.15", [100], [60])],
)
def test_limits_are_numbers_before_3_10_and_lists_from_then_on(version: str, limit: Any, window: Any) -> None:
    head = OPENAI + f'gateway: {{version: "{version}"}}\n'
    found = made("rate_limit: {limit: 100, window_size: 60}", head)
    assert found == {"llm_providers": [{"name": "openai", "limit": limit, "window_size": window}]}


def test_several_limits_stand_in_lists() -> None:
    found = made("rate_limit: {limit: [100, 1000], window_size: [60, 3600]}")
    assert found["llm_providers"] == [{"name": "openai", "limit": [100, 1000], "window_size": [60, 3600]}]


RATES = """
    providers: {r: {type: openai, api_key: "${env:R}"}, s: {type: cohere, api_key: "${env:S}"}}
    defaults: {rate_limit: {limit: 1, window_size: 60}}
    routes:
      chat:
        targets: [{provider: r, model: m}, {provider: s, model: m}]
        rate_limit: %s
    """


@pytest.mark.parametrize(
    ("own", "limits"),
    [
        ("{}", {"openai": [1, 60], "cohere": [1, 60]}),
        ("{limit: 2}", {"openai": [2, 60], "cohere": [2, 60]}),
        ("{providers: {s: {limit: 3}}}", {"openai": [1, 60], "cohere": [3, 60]}),
        ("{limit: null, window_size: null, providers: {s: {limit: 3, window_size: 4}}}", {"cohere": [3, 4]}),
        (
            "{providers: {requestPrompt: {limit: 5, window_size: 6}}}",
            {"openai": [1, 60], "cohere": [1, 60], "requestPrompt": [5, 6]},
        ),
    ],
)
def test_limits_hold_for_the_providers_of_the_route_and_single_ones_may_have_their_own(
    own: str, limits: dict[str, list[int]]
) -> None:
    found = config(RATES % own, "version: 1\n", name="ai-rate-limiting-advanced")["llm_providers"]
    assert {one["name"]: [*one["limit"], *one["window_size"]] for one in found} == limits


def test_two_providers_that_are_one_to_kong_have_one_limit() -> None:
    head = OPENAI + '  r: {type: openai, hosting: custom, base_url: "http://llm:8000"}\n'
    text = """
        routes:
          chat:
            targets: [{provider: p, model: m}, {provider: r, model: m}]
            rate_limit: {limit: 1, window_size: 60}
        """
    found = config(text, head, name="ai-rate-limiting-advanced")
    assert found["llm_providers"] == [{"name": "openai", "limit": [1], "window_size": [60]}]


def test_policies_stand_in_place_of_limits_by_provider() -> None:
    policies = "[{match: [{type: ip, values: ['::1']}], limits: [{limit: 1, window_size: 2}]}]"
    assert set(made(f"rate_limit: {{policies: {policies}}}")) == {"policies"}


# ── totality, and the table ──


@pytest.mark.parametrize(
    "shorthand",
    [
        "semantic_cache: {}",
        "semantic_guard: {deny: [a], embeddings: {provider: p, model: e}}",
        "semantic_cache: {embeddings: {provider: nobody, model: e}, vectordb: {strategy: redis}}",
        "rate_limit: {limit: 1, window_size: 1, redis: nowhere}",
        "rate_limit: {providers: {nobody: {limit: 1, window_size: 1}}}",
        "transform_request: {prompt: x, llm: {provider: nobody, model: m}}",
    ],
)
def test_a_plugin_that_cannot_be_built_is_left_out_and_the_route_stays(shorthand: str) -> None:
    text = f"routes: {{chat: {{provider: p, model: m, {shorthand}, guard: {{deny: [x]}}}}}}\n"
    assert [one.name for one in plugins(text, OPENAI)] == ["ai-proxy", "ai-prompt-guard"]


def test_a_route_that_cannot_be_built_has_no_plugins_either() -> None:
    text = "routes: {chat: {provider: nobody, model: m, guard: {deny: [x]}}}\n"
    assert routes(text, OPENAI) == {}
    assert list(entities(text, OPENAI).all_plugins()) == []


SCHEMA = json.loads(Path(schema_file("manifest.schema.json")).read_text(encoding="utf-8"))["definitions"]


def test_every_shorthand_stands_in_the_table_and_in_the_schema() -> None:
    assert tuple(shorthands()) == SHORTHANDS
    for holder in ("route", "defaults"):
        assert set(SHORTHANDS) <= set(SCHEMA[holder]["properties"])


@pytest.mark.parametrize("name", SHORTHANDS)
def test_a_shorthand_has_a_word_for_every_field_of_its_plugin(name: str) -> None:
    shorthand, words = shorthands()[name], SCHEMA[name]["properties"]
    for version in MINORS:
        target = gateway(version)
        keys = {word: shorthand.keys.get(word) for word in words}
        reached = {key.path(target.version)[0] if key else word for word, key in keys.items()}
        assert set(plugin_schema(shorthand.plugin, target).config.fields) <= reached
