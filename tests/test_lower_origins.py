"""A complaint about a compiled config points at the line of the manifest that is to blame, in the manifest's words."""

import pytest
from lowering import OPENAI, TWO, VECTORDB, VECTORS, diagnostics, entities, findings, plugin

from aicfg.source import format_path

ROUTE = "routes: {{chat: {{provider: p, model: m, {}}}}}\n"
MEANING = f"embeddings: {{provider: p, model: e}}, vectordb: {VECTORDB}"


def only(text: str, head: str = OPENAI) -> tuple[str, str, str]:
    """Code, place and message of the one finding."""
    (found,) = diagnostics(text, head)
    return found.code, format_path(found.path), found.message


# ── targets ──


@pytest.mark.parametrize(
    ("target", "code", "place", "message"),
    [
        ("options: {temperature: hot}", "K102", "options.temperature", "config.targets[1].model.options.temperature"),
        ("options: {max_token: 5}", "K101", "options.max_token", "config.targets[1].model.options.max_token"),
        ("weight: 70000", "K105", "weight", "config.targets[1].weight"),
        ("logging: {log_payloads: 5}", "K102", "logging.log_payloads", "config.targets[1].logging.log_payloads"),
        ("plugin_config: {wieght: 1}", "K101", "plugin_config.wieght", "config.targets[1].wieght"),
        ("auth: {header_nam: x}", "K101", "auth.header_nam", "config.targets[1].auth.header_nam"),
    ],
)
def test_what_a_target_says_is_pointed_at_there(target: str, code: str, place: str, message: str) -> None:
    text = f"routes: {{chat: {{targets: [{{provider: p, model: a}}, {{provider: p, model: b, {target}}}]}}}}\n"
    found = only(text)
    assert found[:2] == (code, f"routes.chat.targets[1].{place}")
    assert found[2].startswith(message)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (
            "defaults: {options: {top_p: 5}}\nroutes: {chat: {provider: p, model: m}}\n",
            "K105",
            "defaults.options.top_p",
        ),
        (ROUTE.format("balancer: {algorithm: x}, plugin: ai-proxy-advanced"), "K104", "routes.chat.balancer.algorithm"),
        (
            "defaults: {balancer: {retires: 1}}\nroutes: {chat: {targets: [{provider: p, model: m}]}}\n",
            "K101",
            "defaults.balancer.retires",
        ),
        (ROUTE.format("plugin_config: {modle: x}"), "K101", "routes.chat.plugin_config.modle"),
        (
            ROUTE.format("plugins: [{name: ai-prompt-guard, config: {deny_patterns: [a], deny: [b]}}]"),
            "P323",
            "routes.chat.plugins[0].config.deny",
        ),
    ],
)
def test_and_what_other_layers_say_there(text: str, code: str, place: str) -> None:
    assert only(text)[:2] == (code, place)


def test_a_fault_of_a_provider_is_told_once_for_all_that_use_it() -> None:
    text = """
        routes:
          a: {provider: r, model: m}
          b: {targets: [{provider: r, model: m}, {provider: r, model: mini}]}
          c: {provider: p, model: m, transform_request: {prompt: x, llm: {provider: r, model: m}}}
        """
    head = OPENAI + '  r: {type: openai, api_key: "${env:KEY}", options: {max_token: 5}}\n'
    assert findings(text, head) == [("K101", "providers.r.options.max_token")]


# ── shorthands ──


@pytest.mark.parametrize(
    ("shorthand", "code", "place", "message"),
    [
        (
            "guard: {deny: [a], match_all_roles: 5}",
            "K102",
            "guard.match_all_roles",
            "guard.match_all_roles must be true",
        ),
        (
            "decorate: {prepend: [{role: boss, content: x}]}",
            "K104",
            "decorate.prepend[0].role",
            "decorate.prepend[0].role",
        ),
        (
            "content_safety: {url: u, categories: {Hate: high}}",
            "K102",
            "content_safety.categories.Hate",
            "content_safety.categories.Hate must be",
        ),
        ("rate_limit: {limit: x, window_size: 1}", "K102", "rate_limit.limit", "rate_limit.limit must be a number"),
        (
            "rate_limit: {limit: [1, x], window_size: [1, 2]}",
            "K102",
            "rate_limit.limit[1]",
            "rate_limit.limit[1] must be",
        ),
        ("rate_limit: {limit: 1}", "K103", "rate_limit.window_size", "rate_limit.window_size is required"),
        (
            "rate_limit: {providers: {p: {limit: x, window_size: 1}}}",
            "K102",
            "rate_limit.providers.p.limit",
            "rate_limit.providers.p.limit must be",
        ),
        (
            "rate_limit: {providers: {p: {limit: 1}}}",
            "K103",
            "rate_limit.providers.p.window_size",
            "rate_limit.providers.p.window_size is required",
        ),
        (
            f"semantic_guard: {{deny: [a], threshold: high, {MEANING}}}",
            "K102",
            "semantic_guard.threshold",
            "semantic_guard.threshold must be",
        ),
        (
            f"semantic_guard: {{{MEANING}}}",
            "K203",
            "semantic_guard",
            "one of semantic_guard.allow or semantic_guard.deny must be set",
        ),
        (
            f"semantic_cache: {{embeddings: {{provider: p, model: e, options: {{x: 1}}}}, vectordb: {VECTORDB}}}",
            "K101",
            "semantic_cache.embeddings.options.x",
            "semantic_cache.embeddings.options.x is not a field",
        ),
        (
            "semantic_cache: {embeddings: {provider: p, model: e},"
            " vectordb: {strategy: redis, dimensions: 3, redis: {host: r}}}",
            "K103",
            "semantic_cache.vectordb.distance_metric",
            "semantic_cache.vectordb.distance_metric is required",
        ),
        (
            "transform_request: {llm: {provider: p, model: m}}",
            "K103",
            "transform_request",
            "transform_request.prompt is required",
        ),
        (
            f"semantic_cache: {{embeddings: {{provider: p}}, vectordb: {VECTORDB}}}",
            "K103",
            "semantic_cache.embeddings.model",
            "semantic_cache.embeddings.model is required",
        ),
        (
            "transform_request: {prompt: x, llm: {provider: p, model: m, options: {top_p: 2}}}",
            "K105",
            "transform_request.llm.options.top_p",
            "transform_request.llm.options.top_p must be",
        ),
    ],
)
def test_a_shorthand_is_spoken_of_in_its_own_words(shorthand: str, code: str, place: str, message: str) -> None:
    found = only(ROUTE.format(shorthand))
    assert found[:2] == (code, f"routes.chat.{place}")
    assert found[2].startswith(message)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            f"embeddings: {{provider: p, model: e, options: {{x: 1}}}}, vectordb: {VECTORDB}, semantic_cache: {{}}",
            "routes.chat.embeddings.options.x",
            "routes.chat.embeddings.options.x",
        ),
        (
            f"embeddings: {{provider: b, model: e}}, vectordb: {VECTORDB}, semantic_cache: {{}}",
            "providers.b.options.bedrock.x",
            "providers.b.options.bedrock.x",
        ),
        (
            "rate_limit: {limit: 1, window_size: 1, strategy: redis, sync_rate: 1, redis: main}",
            "redis.main.x",
            "redis.main.x",
        ),
    ],
)
def test_what_a_shorthand_takes_from_elsewhere_is_spoken_of_as_it_stands_there(
    text: str, place: str, message: str
) -> None:
    head = OPENAI + "  b: {type: bedrock, options: {bedrock: {x: 1}}}\nredis: {main: {x: 1}}\n"
    found = [one for one in diagnostics(ROUTE.format(text), head) if one.code == "K101"]
    assert [format_path(one.path) for one in found] == [place]
    assert found[0].message.startswith(message)


def test_an_embedding_model_that_is_too_new_is_told_once() -> None:
    head = OPENAI + (
        '  a: {type: azure, api_key: "${env:A}", options: {azure_instance: i, azure_deployment_id: d}}\n'
        'gateway: {version: "3.9"}\n'
    )
    text = ROUTE.format(f"semantic_cache: {{embeddings: {{provider: a, model: e}}, vectordb: {VECTORDB}}}")
    assert findings(text, head) == [("K104", "routes.chat.semantic_cache.embeddings.provider")]


def test_a_shared_redis_connection_is_complained_about_once() -> None:
    text = f"""
        redis: {{main: {{prot: 1}}}}
        routes:
          a:
            provider: p
            model: m
            rate_limit: {{limit: 1, window_size: 1, strategy: redis, sync_rate: 1, redis: main}}
          b:
            balancer: {{algorithm: semantic}}
            embeddings: {{provider: p, model: e}}
            vectordb: {{{VECTORS}, redis: main}}
            targets: [{{provider: p, model: m, description: all}}]
        """
    assert findings(text, OPENAI) == [("K101", "redis.main.prot")]


def test_a_shorthand_of_the_defaults_is_complained_about_there_and_once() -> None:
    text = """
        defaults: {guard: {deny: [a], match_all_roles: 5}}
        routes: {a: {provider: p, model: m}, b: {provider: q, model: m, guard: {deny: [b]}}}
        """
    assert findings(text, TWO) == [("K102", "defaults.guard.match_all_roles")]


# ── places of compiled values ──


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("targets",), "routes.chat.targets"),
        (("targets", 0), "routes.chat.targets[0]"),
        (("targets", 0, "route_type"), "defaults.route_type"),
        (("targets", 1, "route_type"), "routes.chat.targets[1].route_type"),
        (("targets", 0, "model", "name"), "routes.chat.targets[0].model"),
        (("targets", 0, "model", "provider"), "providers.p.type"),
        (("targets", 0, "auth", "header_value"), "providers.p.api_key"),
        (("targets", 0, "logging", "log_payloads"), "routes.chat.logging.log_payloads"),
        (("targets", 1, "logging", "log_payloads"), "routes.chat.targets[1].logging.log_payloads"),
        (("targets", 1, "weight"), "routes.chat.targets[1].weight"),
        (("balancer", "algorithm"), "routes.chat.balancer.algorithm"),
        (("balancer", "retries"), "defaults.balancer.retries"),
        (("embeddings", "model", "provider"), "routes.chat.embeddings.provider"),
        (("embeddings", "auth", "header_value"), "providers.q.api_key"),
        (("vectordb", "threshold"), "routes.chat.vectordb.threshold"),
        (("vectordb", "redis", "host"), "redis.main.host"),
    ],
)
def test_each_value_of_ai_proxy_advanced_knows_its_place(path: tuple[str | int, ...], place: str) -> None:
    text = f"""
        redis: {{main: {{host: r}}}}
        defaults: {{route_type: llm/v1/completions, balancer: {{retries: 1}}}}
        routes:
          chat:
            balancer: {{algorithm: semantic}}
            logging: {{log_payloads: true}}
            embeddings: {{provider: q, model: e}}
            vectordb: {{{VECTORS}, redis: main}}
            targets:
              - {{provider: p, model: a, description: x}}
              - {{provider: q, model: b, route_type: llm/v1/chat, weight: 3, logging: {{log_payloads: false}}}}
        """
    assert format_path(plugin(text, TWO).origin.find(("config", *path)).path) == place


@pytest.mark.parametrize(
    ("auth", "place"),
    [("null", "routes.chat.auth"), ("{allow_override: true}", "routes.chat.auth"), ("", "providers.p")],
)
def test_credentials_that_are_missing_are_the_fault_of_whoever_speaks_of_them_last(auth: str, place: str) -> None:
    text = f"""
        defaults: {{auth: {{allow_override: false}}}}
        providers: {{p: {{type: openai}}}}
        routes: {{chat: {{provider: p, model: m{f", auth: {auth}" if auth else ""}}}}}
        """
    assert format_path(plugin(text, "version: 1\n").origin.find(("config", "auth")).path) == place


@pytest.mark.parametrize(
    ("kind", "path", "place"),
    [
        ("services", ("read_timeout",), "services.slow.read_timeout"),
        ("vaults", ("name",), "vaults.v.backend"),
        ("vaults", ("config", "prefix"), "vaults.v.config.prefix"),
        ("consumers", ("custom_id",), "consumers.c.custom_id"),
        ("consumer_groups", ("tags",), "consumer_groups.g.tags"),
        ("plugins", ("config", "minute"), "plugins[0].config.minute"),
        ("plugins", ("name",), "plugins[0].name"),
    ],
)
def test_other_entities_know_their_place(kind: str, path: tuple[str, ...], place: str) -> None:
    text = """
        services: {slow: {read_timeout: 1}}
        vaults: {v: {backend: env, config: {prefix: X_}}}
        consumers: {c: {custom_id: i}}
        consumer_groups: {g: {tags: [t]}}
        plugins: [{name: rate-limiting, config: {minute: 1}}]
        routes: {chat: {provider: p, model: m, service: slow}}
        """
    (entity,) = getattr(entities(text, OPENAI), kind)
    assert format_path(entity.origin.find(path).path) == place
