"""Plugins that a manifest lists, what they are limited to, and what stands beside routes: services, callers, vaults."""

from typing import Any

import pytest
from lowering import OPENAI, TWO, entities, plugins, routes

from aicfg.kong.entities import Plugin

LIMIT = "name: rate-limiting, config: {minute: 5, policy: local}"


def listed(made: list[Plugin]) -> list[tuple[str, Any]]:
    """Name and config of the plugins beside the proxy."""
    return [(one.name, dict(one.config)) for one in made if one.name != "ai-proxy"]


# ── lists ──


def test_the_list_of_a_route_replaces_that_of_the_defaults() -> None:
    text = """
        defaults: {plugins: [{name: cors}]}
        routes:
          chat: {provider: p, model: m}
          own: {provider: p, model: m, plugins: [{name: acl, config: {allow: [a]}}]}
          none: {provider: p, model: m, plugins: null}
        """
    made = {name: listed(plugins(text, OPENAI, name)) for name in ("chat", "own", "none")}
    assert made == {"chat": [("cors", {})], "own": [("acl", {"allow": ["a"]})], "none": []}


def test_a_config_stays_as_it_is_nulls_included() -> None:
    text = """
        plugins:
          - name: my-plugin
            config: {a: null, b: [{c: null}], d: "x${env:WORD}", e: {}}
            enabled: false
            tags: [t]
            ordering: {before: {access: [cors]}}
            condition: null
        routes: {chat: {provider: p, model: m}}
        """
    (found,) = entities(text, OPENAI).plugins
    assert found.config == {"a": None, "b": [{"c": None}], "d": "x${env:WORD}", "e": {}}
    assert found.config["d"].variables == ("WORD",)
    assert found.fields == {"enabled": False, "ordering": {"before": {"access": ["cors"]}}, "tags": ["t"]}
    assert found.scope == {}


PROVIDERS = """
    providers:
      a:
        type: openai
        api_key: "${env:A}"
        plugins: [{name: cors, config: {credentials: true}}, {name: acl, config: {allow: [a]}}]
      b:
        type: openai
        api_key: "${env:B}"
        plugins: [{name: acl, config: {allow: [b]}}, {name: ai-prompt-guard, config: {deny_patterns: [b]}}]
    """


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("provider: a, model: m", [("cors", {"credentials": True}), ("acl", {"allow": ["a"]})]),
        (
            "targets: [{provider: b, model: x}, {provider: a, model: x}, {provider: b, model: z}]",
            [("acl", {"allow": ["b"]}), ("ai-prompt-guard", {"deny_patterns": ["b"]}), ("cors", {"credentials": True})],
        ),
        ("provider: a, model: m, plugins: [{name: cors}]", [("cors", {}), ("acl", {"allow": ["a"]})]),
        (
            "provider: b, model: m, guard: {deny: [own]}",
            [("ai-prompt-guard", {"deny_patterns": ["own"]}), ("acl", {"allow": ["b"]})],
        ),
    ],
)
def test_plugins_of_a_provider_run_once_on_each_route_that_uses_it_unless_the_route_has_its_own(
    route: str, expected: list[tuple[str, Any]]
) -> None:
    text = f"{PROVIDERS.rstrip()}\n    routes: {{chat: {{{route}}}}}\n"
    made = [one for one in plugins(text, "version: 1\n") if not one.name.startswith("ai-proxy")]
    assert listed(made) == expected


# ── scopes ──

SCOPED = f"""
    consumers: {{app: {{username: the-app, groups: [staff]}}}}
    services: {{slow: {{name: slow-service, plugins: [{{{LIMIT}, consumer_group: staff}}, {{name: cors}}]}}}}
    plugins: [{{name: prometheus}}, {{{LIMIT}, service: slow}}, {{{LIMIT}, route: chat, consumer: the-app}}]
    routes:
      chat:
        service: slow
        provider: p
        model: m
        plugins: [{{{LIMIT}, consumer: app}}, {{name: acl, config: {{allow: [a]}}}}]
    """


def test_a_plugin_that_is_limited_to_a_caller_as_well_stands_at_the_top_with_both() -> None:
    found = entities(SCOPED, OPENAI)
    assert [(one.name, dict(one.scope)) for one in found.plugins] == [
        ("rate-limiting", {"route": "chat", "consumer": "the-app"}),
        ("rate-limiting", {"service": "slow-service", "consumer_group": "staff"}),
        ("prometheus", {}),
        ("rate-limiting", {"service": "slow-service"}),
        ("rate-limiting", {"route": "chat", "consumer": "the-app"}),
    ]
    (service,) = found.services
    assert [one.name for one in service.plugins] == ["cors"]
    assert [one.name for one in service.routes[0].plugins] == ["ai-proxy", "acl"]


@pytest.mark.parametrize(("said", "name"), [("app", "the-app"), ("the-app", "the-app"), ("nobody", "nobody")])
def test_a_caller_may_be_named_by_its_key_or_by_its_name_in_kong(said: str, name: str) -> None:
    text = f"""
        consumers: {{app: {{username: the-app}}}}
        plugins: [{{{LIMIT}, consumer: {said}}}]
        routes: {{chat: {{provider: p, model: m}}}}
        """
    assert [dict(one.scope) for one in entities(text, OPENAI).plugins] == [{"consumer": name}]


# ── services ──


@pytest.mark.parametrize(
    ("service", "fields"),
    [
        ("{}", {"url": "http://localhost:32000"}),
        ("{read_timeout: 5}", {"url": "http://localhost:32000", "read_timeout": 5}),
        ("{url: 'http://a:1', read_timeout: null}", {"url": "http://a:1"}),
        ("{host: a}", {"host": "a"}),
        ("{path: /x}", {"host": "localhost", "port": 32000, "path": "/x"}),
        ("{protocol: https, port: 443}", {"host": "localhost", "port": 443, "protocol": "https"}),
        ("{url: 'http://a:1', host: b}", {"url": "http://a:1", "host": "b"}),
    ],
)
def test_the_address_of_a_service_is_what_is_said_and_else_a_placeholder(service: str, fields: dict[str, Any]) -> None:
    (found,) = entities(f"service: {service}\nroutes: {{chat: {{provider: p, model: m}}}}\n", OPENAI).services
    assert dict(found.fields) == fields


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("routes: {a: {provider: p, model: m}}", {"ai-proxy": ["a"]}),
        ("name: team\nroutes: {a: {provider: p, model: m}}", {"team": ["a"]}),
        ("name: team\nservice: {name: own}\nroutes: {a: {provider: p, model: m}}", {"own": ["a"]}),
        ("services: {s: {}}\nroutes: {a: {provider: p, model: m, service: s}}", {"s": ["a"]}),
        (
            "services: {s: {name: t}, u: {}}\n"
            "routes: {a: {provider: p, model: m, service: s}, b: {provider: p, model: m}}",
            {"ai-proxy": ["b"], "t": ["a"], "u": []},
        ),
        (
            "services: {s: {}}\ndefaults: {service: s}\n"
            "routes: {a: {provider: p, model: m}, b: {provider: p, model: m, service: null}}",
            {"ai-proxy": ["b"], "s": ["a"]},
        ),
        (
            "service: {retries: 1}\nservices: {s: {}}\nroutes: {a: {provider: p, model: m, service: s}}",
            {"ai-proxy": [], "s": ["a"]},
        ),
    ],
)
def test_a_route_hangs_on_the_service_that_it_names_or_on_the_one_of_the_manifest(
    text: str, services: dict[str, list[str]]
) -> None:
    found = entities(text + "\n", OPENAI).services
    assert {service.name: [route.name for route in service.routes] for service in found} == services


# ── callers and vaults ──


def test_consumers_have_their_groups_and_keys_and_their_groups_exist() -> None:
    text = """
        consumers:
          app: {username: the-app, custom_id: "7", groups: [staff, guests], keyauth_credentials: [{key: "${env:APP}"}]}
          other: {}
        consumer_groups: {staff: {tags: [t]}, admins: null}
        routes: {chat: {provider: p, model: m}}
        """
    found = entities(text, OPENAI)
    assert [(one.username, dict(one.fields), one.groups) for one in found.consumers] == [
        ("the-app", {"custom_id": "7"}, ("staff", "guests")),
        ("other", {}, ()),
    ]
    assert found.consumers[0].keyauth_credentials[0]["key"].variables == ("APP",)
    assert [(one.name, dict(one.fields)) for one in found.consumer_groups][:1] == [("staff", {"tags": ["t"]})]
    assert {one.name for one in found.consumer_groups} >= {"staff", "guests"}


def test_a_vault_has_its_backend_as_its_name() -> None:
    text = """
        vaults: {my-env: {backend: env, config: {prefix: "${env:PREFIX}_"}, description: d}}
        routes: {chat: {provider: p, model: m}}
        """
    (found,) = entities(text, OPENAI).vaults
    assert (found.prefix, dict(found.fields)) == (
        "my-env",
        {"name": "env", "config": {"prefix": "${env:PREFIX}_"}, "description": "d"},
    )
    assert found.fields["config"]["prefix"].variables == ("PREFIX",)


def test_what_is_broken_does_not_stop_the_rest() -> None:
    text = """
        services: {s: 5}
        consumers: {c: [], d: {}}
        vaults: {v: {config: {}}, w: {backend: env}}
        plugins: [5, {config: {}}, {name: cors}]
        routes: {chat: {provider: p, model: m, plugins: [x, {name: acl}]}}
        """
    found = entities(text, TWO)
    assert [one.username for one in found.consumers] == ["d"]
    assert [one.prefix for one in found.vaults] == ["w"]
    assert [one.name for one in found.plugins] == ["cors"]
    assert [one.name for one in routes(text, TWO)["chat"].plugins] == ["ai-proxy", "acl"]
