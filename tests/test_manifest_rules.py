"""What the parts of a manifest say about each other (M201 to M231): where the rules find something, and where not."""

import pytest
from lowering import OPENAI, TWO, VECTORDB, diagnostics, findings

CACHE = "semantic_cache: {{embeddings: {{provider: p, model: e}}, vectordb: {}}}"


def chat(more: str, head: str = "") -> str:
    return head + f"routes: {{chat: {{provider: p, model: m, {more}}}}}\n"


# ── names ──


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (chat("rate_limit: {limit: 1, window_size: 1, strategy: redis, sync_rate: 1, redis: x}"), "rate_limit.redis"),
        (
            chat(CACHE.format("{strategy: redis, dimensions: 1, distance_metric: cosine, redis: x}")),
            "semantic_cache.vectordb.redis",
        ),
    ],
)
def test_m209_a_redis_connection_that_is_not_there(text: str, place: str) -> None:
    assert findings(text, OPENAI) == [("M209", f"routes.chat.{place}")]


def test_m210_a_service_that_is_not_there() -> None:
    text = "services: {slow: {}}\ndefaults: {service: slwo}\n" + chat("service: slow")
    (found,) = diagnostics(text, OPENAI)
    assert (found.code, found.path, found.hint) == ("M210", ("defaults", "service"), 'did you mean "slow"?')


@pytest.mark.parametrize(
    ("scope", "known"),
    [
        ("consumer: app", True),
        ("consumer: the-app", True),
        ("consumer: ap", False),
        ("consumer_group: staff", True),
        ("consumer_group: guests", True),
        ("consumer_group: stuff", False),
        ("service: slow", True),
        ("service: slow-service", True),
        ("service: ai-proxy", True),
        ("service: fast", False),
        ("route: chat", True),
        ("route: caht", False),
    ],
)
def test_m211_what_a_plugin_is_limited_to_has_to_be_there(scope: str, known: bool) -> None:
    text = f"""
        consumers: {{app: {{username: the-app, groups: [guests]}}}}
        consumer_groups: {{staff: {{}}}}
        services: {{slow: {{name: slow-service}}}}
        plugins: [{{name: rate-limiting, {scope}, config: {{minute: 1, policy: local}}}}]
        routes: {{chat: {{provider: p, model: m}}}}
        """
    assert findings(text, OPENAI) == ([] if known else [("M211", f"plugins[0].{scope.partition(':')[0]}")])


@pytest.mark.parametrize(("reference", "found"), [("my-env", False), ("env", False), ("hcv", False), ("my-evn", True)])
def test_m217_a_vault_that_is_neither_declared_nor_one_of_kongs(reference: str, found: bool) -> None:
    text = f"""
        vaults: {{my-env: {{backend: env, config: {{prefix: X_}}}}}}
        providers: {{p: {{type: openai, auth: {{header_name: A, header_value: "{{vault://{reference}/key}}"}}}}}}
        routes: {{chat: {{provider: p, model: m}}}}
        """
    expected = [("M217", "providers.p.auth.header_value")] if found else []
    assert [one for one in findings(text, "version: 1\n") if one[0] == "M217"] == expected


def test_m217_says_nothing_where_no_vault_is_declared() -> None:
    text = """
        providers: {p: {type: openai, auth: {header_name: Authorization, header_value: "{vault://elsewhere/key}"}}}
        routes: {chat: {provider: p, model: m}}
        """
    assert findings(text, "version: 1\n") == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("services: {a: {name: x}, b: {name: x}}\n", "services.b.name"),
        ("services: {ai-proxy: {}}\n", "services.ai-proxy"),
        ("service: {name: x}\nservices: {x: {}}\n", "services.x"),
        ("consumers: {a: {username: b}, b: {}}\n", "consumers.b"),
        ("consumers: {a: {}, b: {username: a}}\n", "consumers.b.username"),
        ("services: {a: {name: b}, b: {name: a}}\n", None),
    ],
)
def test_m231_two_of_one_name(text: str, place: str | None) -> None:
    assert findings(text + chat(""), OPENAI) == ([("M231", place)] if place else [])


# ── plugins ──


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            chat("targets: [{provider: p, model: m}], plugin: ai-proxy").replace("provider: p, model: m, ", "", 1),
            "routes.chat.plugin",
        ),
        (chat("balancer: {retries: 1}, plugin: ai-proxy"), "routes.chat.plugin"),
        ("defaults: {plugin: ai-proxy}\n" + chat("acls: {}"), "defaults.plugin"),
        (chat("plugin: ai-prompt-guard"), "routes.chat.plugin"),
        ("defaults: {plugin: ai-proxy}\n" + chat("balancer: {retries: 1}, plugin: null"), None),
    ],
)
def test_m212_a_plugin_that_cannot_do_what_the_route_needs(text: str, place: str | None) -> None:
    found = [one for one in findings(text, OPENAI) if one[0] == "M212"]
    assert found == ([("M212", place)] if place else [])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            chat("guard: {deny: [a]}, plugins: [{name: ai-prompt-guard, config: {deny_patterns: [b]}}]"),
            "routes.chat.plugins[0].name",
        ),
        (chat("plugins: [{name: cors}, {name: cors}]"), "routes.chat.plugins[1].name"),
        (chat("plugins: [{name: cors}]", "plugins: [{name: cors, route: chat}]\n"), "plugins[0].name"),
        (
            chat(
                "plugins: [{name: acl, consumer: c}]",
                "consumers: {c: {}}\nplugins: [{name: acl, route: chat, consumer: c}]\n",
            ),
            "plugins[0].name",
        ),
        (chat("plugins: [{name: cors}]", "service: {plugins: [{name: cors}]}\nplugins: [{name: cors}]\n"), None),
        (chat("plugins: [{name: cors}, {name: cors, consumer: c}]", "consumers: {c: {}}\n"), None),
        (
            chat(
                "", "defaults: {guard: {deny: [a]}}\nplugins: [{name: ai-prompt-guard, config: {deny_patterns: [b]}}]\n"
            ),
            None,
        ),
    ],
)
def test_m214_a_plugin_twice_in_one_scope(text: str, place: str | None) -> None:
    assert findings(text, OPENAI) == ([("M214", place)] if place else [])


def test_m214_the_plugins_of_providers_give_way() -> None:
    text = """
        providers:
          a: {type: openai, api_key: "${env:A}", plugins: [{name: cors}, {name: acl, config: {allow: [x]}}]}
          b: {type: openai, api_key: "${env:B}", plugins: [{name: cors}]}
        routes:
          chat:
            targets: [{provider: a, model: m}, {provider: b, model: m}]
            plugins: [{name: acl, config: {allow: [y]}}]
        """
    assert findings(text, "version: 1\n") == []


@pytest.mark.parametrize("key", ["provider: p", "model: m", "model_alias: a"])
def test_m215_a_provider_beside_targets(key: str) -> None:
    text = f"routes: {{chat: {{{key}, targets: [{{provider: p, model: x}}]}}}}\n"
    assert findings(text, OPENAI) == [("M215", f"routes.chat.{key.partition(':')[0]}")]


# ── embeddings ──

LOCAL = OPENAI + "  l: {type: openai, hosting: custom, "


@pytest.mark.parametrize(
    ("provider", "embeddings", "found"),
    [
        ('upstream_url: "http://l/v1/chat/completions"', "", True),
        ('options: {upstream_url: "http://l/v1/chat/completions"}', "", True),
        ('upstream_url: "http://l/v1/chat/completions"', ', options: {upstream_url: "http://l/v1/embeddings"}', False),
        ('base_url: "http://l"', "", False),
    ],
)
def test_m216_a_url_that_is_of_chat_alone(provider: str, embeddings: str, found: bool) -> None:
    text = chat(f"semantic_cache: {{embeddings: {{provider: l, model: e{embeddings}}}, vectordb: {VECTORDB}}}")
    expected = [("M216", "routes.chat.semantic_cache.embeddings.provider")] if found else []
    assert findings(text, LOCAL + provider + "}\n") == expected


SEMANTIC = f"embeddings: {{provider: p, model: e}}, vectordb: {VECTORDB}"


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        (chat(SEMANTIC), ["embeddings", "vectordb"]),
        (chat(f"{SEMANTIC}, semantic_cache: {{}}"), []),
        (chat(f"{SEMANTIC}, semantic_guard: {{deny: [x]}}"), []),
        (chat(f"{SEMANTIC}, semantic_cache: {{vectordb: {VECTORDB}}}"), ["vectordb"]),
        (chat(f"{SEMANTIC}, semantic_cache: null", "defaults: {semantic_cache: {}}\n"), ["embeddings", "vectordb"]),
        (
            chat(
                f"{SEMANTIC}, semantic_cache: {{vectordb: null}}",
                f"defaults: {{semantic_cache: {{vectordb: {VECTORDB}}}}}\n",
            ),
            [],
        ),
        (chat(f"{SEMANTIC}, plugin: ai-proxy-advanced, balancer: {{algorithm: semantic}}"), []),
        (chat(SEMANTIC, "defaults: {balancer: {algorithm: semantic}}\n"), ["embeddings", "vectordb"]),
        (
            chat(
                f"{SEMANTIC}, plugin: ai-proxy-advanced, balancer: null",
                "defaults: {balancer: {algorithm: semantic}}\n",
            ),
            ["embeddings", "vectordb"],
        ),
        (
            chat(
                f"{SEMANTIC}, plugin: ai-proxy-advanced, balancer: {{retries: 1}}",
                "defaults: {balancer: {algorithm: semantic}}\n",
            ),
            [],
        ),
    ],
)
def test_m218_embeddings_that_nothing_uses(text: str, unused: list[str]) -> None:
    found = [one for one in findings(text, OPENAI) if one[0] == "M218"]
    assert found == [("M218", f"routes.chat.{key}") for key in unused]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (chat("semantic_cache: {}"), ["embeddings", "vectordb"]),
        (chat(f"semantic_cache: {{embeddings: {{provider: p, model: e}}}}, vectordb: {VECTORDB}"), []),
        (chat(f"vectordb: {VECTORDB}, semantic_guard: {{deny: [x]}}"), ["embeddings"]),
        (
            chat(f"semantic_guard: {{deny: [x]}}, {SEMANTIC}, embeddings: null").replace(
                SEMANTIC, f"vectordb: {VECTORDB}"
            ),
            ["embeddings"],
        ),
        (chat("vectordb: null, semantic_cache: {}", f"defaults: {{{SEMANTIC}}}\n"), ["vectordb"]),
    ],
)
def test_m230_what_a_semantic_plugin_lacks(text: str, missing: list[str]) -> None:
    found = diagnostics(text, OPENAI)
    assert [(one.code, one.message.split("`")[3]) for one in found] == [("M230", key) for key in missing]


# ── limits ──

BOTH = TWO + '  r: {type: openai, api_key: "${env:R}"}\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{providers: {p: {limit: 1, window_size: 1}, r: {limit: 2, window_size: 1}}}", "providers.r"),
        ("{providers: {p: {limit: 1, window_size: 1}, r: {limit: 1, window_size: 1}}}", None),
        ("{providers: {p: {limit: 1, window_size: 1}, q: {limit: 2, window_size: 1}}}", None),
        ("{limit: 1, window_size: 1, providers: {p: {limit: 2}}}", "providers.p"),
        ("{limit: 1, window_size: 1, providers: {r: {limit: 2}}}", "providers.r"),
        ("{limit: 1, window_size: 1, providers: {r: {limit: 1}}}", None),
        ("{limit: 1, window_size: 1, providers: {q: {limit: 2}}}", None),
    ],
)
def test_m219_two_limits_for_what_is_one_provider_to_kong(text: str, place: str | None) -> None:
    targets = "[{provider: p, model: m}, {provider: r, model: m}, {provider: q, model: m}]"
    text = f"routes: {{chat: {{targets: {targets}, rate_limit: {text}}}}}\n"
    assert findings(text, BOTH) == ([("M219", f"routes.chat.rate_limit.{place}")] if place else [])


def test_m219_looks_at_what_the_defaults_and_the_route_say_together_and_tells_it_once() -> None:
    text = """
        defaults: {rate_limit: {limit: 1, window_size: 60, providers: {r: {limit: 9}}}}
        routes:
          a: {targets: [{provider: p, model: m}, {provider: r, model: m}, {provider: q, model: m}]}
          b: {targets: [{provider: p, model: m}, {provider: r, model: m}]}
          c: {targets: [{provider: p, model: m}, {provider: r, model: m}], rate_limit: {providers: {r: {limit: 1}}}}
        """
    assert findings(text, BOTH) == [("M219", "defaults.rate_limit.providers.r")]


# ── one cause, one finding ──


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis: {main: 5}\n" + chat("rate_limit: {limit: 1, window_size: 1, redis: main}"), [("M102", "redis.main")]),
        ("services: {s: 5}\n" + chat("service: s"), [("M102", "services.s")]),
        ("consumers: 5\nplugins: [{name: cors, consumer: c}]\n" + chat(""), [("M102", "consumers")]),
        (
            "  q: 5\n" + "routes: {chat: {provider: q, model: m}, a: {provider: p, model: m}}\n",
            [("M102", "providers.q")],
        ),
        (
            chat("vectordb: 5, embeddings: {provider: p, model: e}, semantic_cache: {}"),
            [("M102", "routes.chat.vectordb")],
        ),
        (chat("rate_limit: {providers: {nobody: {limit: x}}}"), [("M201", "routes.chat.rate_limit.providers.nobody")]),
        (chat("rate_limit: {limits: 5, window_size: 60}"), [("M101", "routes.chat.rate_limit.limits")]),
        (
            chat("transform_request: {promt: x, llm: {provider: p, model: m}}"),
            [("M101", "routes.chat.transform_request.promt")],
        ),
        (chat("semantic_guard: {deny: x, " + SEMANTIC + "}"), [("M102", "routes.chat.semantic_guard.deny")]),
        (chat("decorate: {prepend: [{role: user}]}"), [("M103", "routes.chat.decorate.prepend[0]")]),
        (chat("plugins: [{name: rate-limiting, config: 5}]"), [("M102", "routes.chat.plugins[0].config")]),
        (chat("plugins: [{name: ai-prompt-template, config: [x]}]"), [("M102", "routes.chat.plugins[0].config")]),
        (
            chat("guard: {deny: x, match_all_roles: 5}"),
            [("M102", "routes.chat.guard.deny"), ("K102", "routes.chat.guard.match_all_roles")],
        ),
    ],
)
def test_one_mistake_is_told_once_and_hides_no_other(text: str, expected: list[tuple[str, str]]) -> None:
    assert findings(text, OPENAI) == expected
