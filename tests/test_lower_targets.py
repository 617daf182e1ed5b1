"""Routes with several targets, what makes a route one of ai-proxy-advanced, and in which order options merge."""

from typing import Any

import pytest
from lowering import OPENAI, TWO, VECTORDB, config, findings, plugin, routes


def target(text: str, head: str = TWO, index: int = 0) -> Any:
    return config(text, head)["targets"][index]


# ── which plugin ──


@pytest.mark.parametrize(
    "route",
    [
        "{targets: [{provider: p, model: m}]}",
        "{provider: p, model: m, plugin: ai-proxy-advanced}",
        "{provider: p, model: m, balancer: {retries: 1}}",
        "{provider: p, model: m, acls: {}}",
        "{provider: p, model: m, route_type: realtime/v1/realtime}",
    ],
)
def test_what_only_ai_proxy_advanced_can_do_makes_it_that_plugin(route: str) -> None:
    found = plugin(f"routes: {{chat: {route}}}\n", OPENAI)
    assert found.name == "ai-proxy-advanced"
    assert [one["model"]["name"] for one in found.config["targets"]] == ["m"]


@pytest.mark.parametrize(
    "text",
    [
        "routes: {chat: {provider: p, model: m}}\n",
        "defaults: {balancer: {retries: 1}}\nroutes: {chat: {provider: p, model: m}}\n",
        "defaults: {acls: {}}\nroutes: {chat: {provider: p, model: m, acls: null}}\n",
        "defaults: {plugin: ai-proxy-advanced}\nroutes: {chat: {provider: p, model: m, plugin: null}}\n",
        "defaults: {plugin: ai-proxy-advanced}\nroutes: {chat: {provider: p, model: m, plugin: ai-proxy}}\n",
        "routes: {chat: {provider: p, model: m, targets: null}}\n",
    ],
)
def test_and_everything_else_stays_with_ai_proxy(text: str) -> None:
    assert plugin(text, OPENAI).name == "ai-proxy"


# ── targets ──


def test_each_target_has_its_own_record() -> None:
    found = config(
        """
        routes:
          chat:
            targets:
              - {provider: p, model: big, weight: 80, description: Hard questions, model_alias: smart}
              - {provider: q, model: small, route_type: llm/v1/completions, metadata: {team: a}}
        """,
        TWO,
    )
    assert found == {
        "targets": [
            {
                "route_type": "llm/v1/chat",
                "auth": {"header_name": "Authorization", "header_value": "Bearer ${env:KEY}"},
                "model": {"provider": "openai", "name": "big", "model_alias": "smart"},
                "weight": 80,
                "description": "Hard questions",
            },
            {
                "route_type": "llm/v1/completions",
                "auth": {"header_name": "Authorization", "header_value": "Bearer ${env:OTHER}"},
                "model": {
                    "provider": "mistral",
                    "name": "small",
                    "options": {
                        "mistral_format": "openai",
                        "upstream_url": "https://api.mistral.ai/v1/completions",
                    },
                },
                "metadata": {"team": "a"},
            },
        ]
    }


def test_a_target_that_cannot_be_built_does_not_stop_the_others() -> None:
    text = "routes: {chat: {targets: [{provider: nobody, model: a}, {provider: p, model: b}, 5]}}\n"
    assert [one["model"]["name"] for one in config(text, OPENAI)["targets"]] == ["b"]


def test_a_route_without_a_single_target_is_left_out() -> None:
    assert routes("routes: {chat: {targets: [{provider: nobody, model: a}]}}\n", OPENAI) == {}


def test_logging_of_the_route_goes_into_each_target_and_other_settings_beside_them() -> None:
    found = config(
        """
        defaults: {logging: {log_statistics: true}, response_streaming: deny}
        routes:
          chat:
            logging: {log_payloads: true}
            max_request_body_size: 9
            targets: [{provider: p, model: a}, {provider: p, model: b, logging: {log_payloads: false}}]
        """,
        OPENAI,
    )
    assert [one["logging"] for one in found["targets"]] == [
        {"log_statistics": True, "log_payloads": True},
        {"log_statistics": True, "log_payloads": False},
    ]
    assert (found["response_streaming"], found["max_request_body_size"]) == ("deny", 9)


# ── merging ──


LAYERS = """
    defaults: {{options: {{max_tokens: 1, temperature: 1, top_p: 0.1, top_k: 1}}}}
    providers: {{r: {{type: openai, api_key: "${{env:KEY}}", options: {{temperature: 2, top_p: 0.2, top_k: 2}}}}}}
    routes:
      chat:
        options: {route}
        targets: [{{provider: r, model: m, options: {target}}}]
    """


@pytest.mark.parametrize(
    ("route", "target_", "merged"),
    [
        ("{top_p: 0.3, top_k: 3}", "{top_k: 4}", {"max_tokens": 1, "temperature": 2, "top_p": 0.3, "top_k": 4}),
        ("{max_tokens: null}", "{top_k: null}", {"temperature": 2, "top_p": 0.2}),
        ("null", "{top_k: 4}", {"top_k": 4}),
        ("{top_p: 0.3}", "null", None),
    ],
)
def test_options_merge_defaults_provider_route_target_and_null_removes(
    route: str, target_: str, merged: dict[str, Any] | None
) -> None:
    found = target(LAYERS.format(route=route, target=target_), "version: 1\n")
    assert found["model"].get("options") == merged


def test_null_does_not_remove_what_the_hosting_needs() -> None:
    text = "routes: {chat: {provider: q, model: m, options: null}}\n"
    assert config(text, TWO)["model"]["options"] == {"mistral_format": "openai"}


@pytest.mark.parametrize(
    ("defaults", "provider", "target_", "merged"),
    [
        ("{allow_override: true}", "{}", "{}", {"allow_override": True, "header_name": "Authorization"}),
        ("{}", "{header_name: A}", "{}", {"header_name": "A"}),
        ("{}", "{header_name: A}", "{header_name: B, param_name: c}", {"header_name": "B", "param_name": "c"}),
        ("{allow_override: true}", "null", "{}", {"header_name": "Authorization"}),
        ("{allow_override: true}", "{}", "null", None),
    ],
)
def test_auth_merges_in_the_same_order(
    defaults: str, provider: str, target_: str, merged: dict[str, Any] | None
) -> None:
    found = target(
        f"""
        defaults: {{auth: {defaults}}}
        providers: {{r: {{type: openai, api_key: "${{env:KEY}}", auth: {provider}}}}}
        routes: {{chat: {{targets: [{{provider: r, model: m, auth: {target_}}}]}}}}
        """,
        "version: 1\n",
    )
    assert found.get("auth") == (merged if merged is None else {**merged, "header_value": "Bearer ${env:KEY}"})


def test_null_takes_back_the_route_type_of_the_defaults() -> None:
    text = """
        defaults: {route_type: llm/v1/completions}
        routes: {chat: {provider: p, model: m, route_type: null}, other: {provider: p, model: m}}
        """
    assert config(text, OPENAI)["route_type"] == "llm/v1/chat"
    assert config(text, OPENAI, "other")["route_type"] == "llm/v1/completions"


def test_plugin_config_goes_last_in_a_target_and_in_the_route() -> None:
    found = config(
        """
        routes:
          chat:
            balancer: {retries: 1}
            targets: [{provider: p, model: m, weight: 1, plugin_config: {weight: 2, logging: {log_payloads: true}}}]
            plugin_config: {balancer: {slots: 9}, genai_category: text/generation}
        """,
        OPENAI,
    )
    assert (found["targets"][0]["weight"], found["targets"][0]["logging"]) == (2, {"log_payloads": True})
    assert (found["balancer"], found["genai_category"]) == ({"retries": 1, "slots": 9}, "text/generation")


def test_targets_in_plugin_config_replace_the_others_and_what_is_known_about_them() -> None:
    text = """
        providers: {l: {type: mistral, hosting: ollama, base_url: "http://ollama:11434"}}
        routes:
          chat:
            targets: [{provider: l, model: m}]
            plugin_config:
              targets:
                - route_type: llm/v1/chat
                  auth: {header_name: Authorization, header_value: "Bearer ${env:KEY}"}
                  model: {provider: openai, name: gpt-4o}
        """
    found = plugin(text, "version: 1\n")
    assert [one["model"]["provider"] for one in found.config["targets"]] == ["openai"]
    assert found.origin.find(("config", "targets", 0, "model")).path[:3] == ("routes", "chat", "plugin_config")
    assert findings(text, "version: 1\n") == []


# ── what balancers need ──


def test_a_semantic_balancer_takes_embeddings_and_vectordb_from_the_route_or_the_defaults() -> None:
    found = config(
        f"""
        defaults:
          vectordb: {VECTORDB}
        routes:
          chat:
            balancer: {{algorithm: semantic}}
            embeddings: {{provider: q, model: mistral-embed}}
            vectordb: {{threshold: 0.2}}
            targets: [{{provider: p, model: m, description: all}}]
        """,
        TWO,
    )
    assert found["embeddings"] == {
        "auth": {"header_name": "Authorization", "header_value": "Bearer ${env:OTHER}"},
        "model": {"provider": "mistral", "name": "mistral-embed"},
    }
    assert found["vectordb"] == {
        "strategy": "redis",
        "dimensions": 3,
        "distance_metric": "cosine",
        "threshold": 0.2,
        "redis": {"host": "r"},
    }


def test_other_balancers_leave_them_alone() -> None:
    text = f"""
        routes:
          chat:
            balancer: {{algorithm: round-robin}}
            vectordb: {VECTORDB}
            targets: [{{provider: p, model: m}}]
        """
    assert set(config(text, OPENAI)) == {"targets", "balancer"}
    assert findings(text, OPENAI) == [("M218", "routes.chat.vectordb")]


def test_a_value_of_another_form_gives_way_to_a_map() -> None:
    found = config(
        """
        providers: {b: {type: bedrock, options: {bedrock: nonsense}}}
        routes: {chat: {provider: b, model: m, options: {bedrock: {aws_region: eu-central-1}}}}
        """,
        "version: 1\n",
    )
    assert found["model"]["options"] == {"bedrock": {"aws_region": "eu-central-1"}}


# ── the route ──


def test_an_expression_stands_in_place_of_the_paths_and_methods_that_aicfg_gives() -> None:
    text = """
        defaults: {methods: [GET]}
        routes:
          chat: {provider: p, model: m, expression: 'http.path == "/a"', methods: null}
          both: {provider: p, model: m, expression: 'http.path == "/b"', paths: [/b]}
        """
    assert list(routes(text, OPENAI)["chat"].fields) == ["protocols", "expression"]
    assert routes(text, OPENAI)["both"].fields["paths"] == ["/b"]
    assert routes(text, OPENAI)["both"].fields["methods"] == ["GET"]
