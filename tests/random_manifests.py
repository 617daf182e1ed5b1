"""Random manifests for the tests of robustness: sensible ones that use everything, and random mutations of those."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import strategies as st

PROVIDERS: list[dict[str, Any]] = [
    {"type": "openai", "api_key": "${env:OPENAI_API_KEY}"},
    {"type": "openai", "auth": {"header_name": "Authorization", "header_value": "{vault://env/key}"}},
    {"type": "mistral", "hosting": "ollama", "base_url": "http://ollama.internal:11434"},
    {"type": "llama2", "hosting": "llama.cpp", "upstream_url": "http://llama.internal/v1/chat/completions"},
    {"type": "azure", "api_key": "${env:K}", "options": {"azure_instance": "i", "azure_deployment_id": "d"}},
    {"type": "anthropic", "api_key": "pre${env:K}post", "options": {"anthropic_version": "2023-06-01"}},
    {"type": "bedrock", "options": {"bedrock": {"aws_region": "eu-central-1"}}},
    {"type": "gemini", "api_key": "${env:GEMINI_API_KEY}"},
]
ROUTES: list[dict[str, Any]] = [
    {"provider": "p", "model": "gpt-4o"},
    {"provider": "q", "model": "m", "options": {"max_tokens": 512, "temperature": 0.7}},
    {"provider": "p", "model": "${env:MODEL}", "path": "~/a$", "hosts": ["a.example"], "tags": ["x y", "on"]},
    {"provider": "q", "model": "m", "logging": {"log_payloads": True}, "headers": {"x-a": ["1", "yes"]}},
    {"provider": "p", "model": "m", "plugin_config": {"model": {"options": {"input_cost": 2.5}}}},
    {"provider": "p", "model": "1e3", "options": {"input_cost": 1e-7, "output_cost": 1e22}},
]
EMBEDDINGS: list[dict[str, Any]] = [
    {"provider": "e", "model": "text-embedding-3-small"},
    {
        "provider": "e",
        "model": "m",
        "options": {"upstream_url": "http://e/v1/embeddings"},
        "auth": {"allow_override": True},
    },
]
VECTORDBS: list[dict[str, Any]] = [
    {"strategy": "redis", "dimensions": 3, "distance_metric": "cosine", "threshold": 0.5, "redis": "main"},
    {
        "strategy": "pgvector",
        "dimensions": 3,
        "distance_metric": "euclidean",
        "threshold": 0.1,
        "pgvector": {"host": "h"},
    },
]
PLUGINS: list[dict[str, Any]] = [
    {"name": "cors"},
    {"name": "rate-limiting", "consumer": "app", "config": {"minute": 5, "policy": "local", "hour": None}},
    {"name": "acl", "consumer_group": "staff", "tags": ["x"], "config": {"allow": ["staff"]}, "enabled": False},
    {
        "name": "ai-prompt-guard",
        "config": {"deny_patterns": ["x${env:WORD}"]},
        "ordering": {"before": {"access": ["cors"]}},
    },
    {"name": "my-plugin", "config": {"a": [{"b": {"c": None}}], "routes": [], "plugins": []}, "instance_name": "mine"},
]
TARGETS: list[dict[str, Any]] = [
    {"provider": "p", "model": "gpt-4o", "weight": 80, "options": {"temperature": 0.3}},
    {"provider": "q", "model": "m", "description": "CATCHALL", "logging": {"log_payloads": True}},
    {"provider": "e", "model": "a", "auth": None, "metadata": {"note": "n"}},
    {"provider": "e", "model": "b", "options": None, "plugin_config": {"weight": 7}},
]
"""The provider `e` is one that has embeddings."""
PARTS: dict[str, list[Any]] = {
    "balancer": [{"algorithm": "semantic"}, {"algorithm": "round-robin", "retries": 2}, {"algorithm": "lowest-usage"}],
    "acls": [{"allow": [{"match": [{"type": "consumer_group", "values": ["staff"]}]}]}],
    "embeddings": EMBEDDINGS,
    "vectordb": VECTORDBS,
    "guard": [{"deny": ["(?i)x"]}, {"allow": ["a"], "match_all_roles": True}],
    "semantic_guard": [
        {"deny": ["y"], "threshold": 0.7, "embeddings": EMBEDDINGS[1], "vectordb": VECTORDBS[0]},
        {"allow": ["z"], "embeddings": EMBEDDINGS[0]},
    ],
    "decorate": [{"prepend": ["Be polite.", {"role": "user", "content": "Hi ${env:NAME}"}]}, {"append": ["Bye"]}],
    "template": [{"templates": {"a": "{}", "b": {"messages": [{"role": "user", "content": "{{x}}"}]}}}],
    "rate_limit": [
        {"limit": 5, "window_size": 60},
        {"limit": [5, 9], "window_size": [60, 600], "strategy": "redis", "redis": "main", "sync_rate": 1},
        {"providers": {"p": {"limit": 1, "window_size": 2}, "requestPrompt": {"limit": 3, "window_size": 4}}},
        {"policies": [{"match": [{"type": "ip", "values": ["::1"]}], "limits": [{"limit": 1, "window_size": 2}]}]},
    ],
    "semantic_cache": [
        {},
        {"cache_ttl": 5, "vectordb": VECTORDBS[1]},
        {"embeddings": EMBEDDINGS[1], "vectordb": VECTORDBS[0], "exact_caching": True},
    ],
    "content_safety": [{"url": "https://s/", "api_key": "${env:S}", "categories": {"Hate": 2, "Violence": 4}}],
    "transform_request": [{"prompt": "p", "llm": {"provider": "e", "model": "m", "options": {"max_tokens": 5}}}],
    "transform_response": [{"prompt": "p", "llm": {"provider": "q", "model": "m"}, "http_timeout": 5}],
    "plugins": [[plugin] for plugin in PLUGINS],
    "plugin": ["ai-proxy-advanced"],
    "service": ["slow"],
}
"""What a route, or the defaults, may have besides."""
TEXTS = [
    *("", " ", "yes", "on", "null", "~", "0x1F", "1e3", "1_000", "3.10", "2023-06-01", "12:30:00", "-", "- a", "a: b"),
    *("a #b", "#", "&a", "*a", "!x", "%", "@", "`", "|", ">", "'", '"', "\\", "{", "}", "[", "]", "}}", "${", "${{"),
    *("$${{", "${env:", "${env:X}", "${env:X}${{", "$${env:X}", '${{ env "DECK_X" }}', "{vault://env/x}", "=", "<<"),
    *("x{vault://a}", "$(headers.x)", "\0", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ufeff", "é", "日本", "😀", "\t"),
    *("a\nb", "a\r\nb", " lead", "trail ", "http://[", "http://a:b@c/", "//", "a" * 300, "~/(", "/a b", "~/\\d+$"),
]
NUMBERS = [0, -1, 2**63, -(2**63), 10**30, 0.1, 1e22, 1e-7, 5e-324, math.inf, -math.inf, math.nan]
DEEP: Any = [[[[[[[[[[{"a": [{"b": [[]]}]}]]]]]]]]]]
KEYS = [
    *("options", "auth", "plugins", "targets", "upstream_url", "id", "name", "<<", "model", "x-y", "ü", "provider"),
    *("consumer", "config", "redis", "limit", "providers", "llm", "redis", "consumers", "username", *PARTS),
]

weird = st.one_of(
    st.sampled_from([None, True, False, [], {}, [None], {"a": None}, DEEP]),
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(
        [*PROVIDERS, *ROUTES, *PLUGINS, *TARGETS, *(value for values in PARTS.values() for value in values)]
    ),
    st.text(max_size=12),
)
edits = st.lists(
    st.tuples(
        st.sampled_from(["replace", "replace", "remove", "add", "rename", "wrap", "share", "append"]),
        st.integers(0, 10_000),
        weird,
        st.one_of(st.sampled_from([*KEYS, *TEXTS]), st.text(max_size=8)),
    ),
    max_size=5,
)


def with_callers(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with the consumer and the group that plugins in it are limited to."""
    consumers = {
        "app": {"username": "the-app", "groups": ["staff"], "keyauth_credentials": [{"key": "${env:APP_KEY}"}]}
    }
    return {**manifest, "consumers": consumers, "consumer_groups": {"staff": {"tags": ["t"]}}}


def some(parts: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """At most three of the parts, each in one of its forms."""
    one = st.sampled_from([(name, value) for name, values in parts.items() for value in values])
    return st.lists(one, max_size=3).map(dict)


routes = st.builds(
    lambda route, targets, parts: {**({"targets": targets} if targets else route), **parts},
    st.sampled_from(ROUTES),
    st.one_of(st.just([]), st.just([]), st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3)),
    some(PARTS),
)
defaults = st.one_of(
    st.sampled_from([{"options": {"max_tokens": 1}}, {"logging": {"log_statistics": True}}, {"auth": {}}]),
    some({name: values for name, values in PARTS.items() if name != "targets"}),
)
bases = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "providers": st.fixed_dictionaries(
            {
                "p": st.sampled_from(PROVIDERS),
                "q": st.sampled_from(PROVIDERS),
                "e": st.sampled_from([PROVIDERS[0], {**PROVIDERS[0], "plugins": PLUGINS[:2]}, PROVIDERS[4]]),
            }
        ),
        "routes": st.dictionaries(st.sampled_from(["chat", "mini", "ü", "on", "1"]), routes, min_size=1, max_size=3),
        "redis": st.sampled_from([{"main": {"host": "redis", "password": "${env:P}"}}, {"main": {"port": 1}, "b": {}}]),
        "services": st.sampled_from([{"slow": {"read_timeout": 5, "plugins": [PLUGINS[1]]}}, {"slow": {"name": "s"}}]),
    },
    optional={
        "name": st.sampled_from(["team", "3.10", "a-b"]),
        "gateway": st.sampled_from([{"version": "3.7"}, {"version": "3.9"}, {"version": "3.11"}, {"edition": "oss"}]),
        "defaults": defaults,
        "service": st.sampled_from(
            [{"url": "http://a:1"}, {"host": "h", "port": 80, "tags": ["${{"]}, {"plugins": PLUGINS}]
        ),
        "plugins": st.lists(
            st.sampled_from([*PLUGINS, {"name": "prometheus", "service": "slow"}, {"name": "acl", "route": "chat"}]),
            max_size=2,
        ),
        "vaults": st.sampled_from([{"my-env": {"backend": "env", "config": {"prefix": "X_"}, "description": "d"}}, {}]),
    },
).map(with_callers)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key or index) of every value below the top."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def edited(manifest: dict[str, Any], changes: list[tuple[str, int, Any, str]]) -> dict[str, Any]:
    manifest = copy.deepcopy(manifest)
    for what, number, value, key in changes:
        everywhere = list(places(manifest))
        if not everywhere:
            break
        container, at = everywhere[number % len(everywhere)]
        value = copy.deepcopy(value)
        if what == "remove":
            del container[at]
        elif what == "share":  # the same object twice is an anchor and an alias in YAML
            other, there = everywhere[(number + 7) % len(everywhere)]
            container[at] = other[there] = copy.deepcopy(other[there])
        elif what in ("add", "rename") and isinstance(container, dict):
            container[key] = container.pop(at) if what == "rename" else value
        elif what == "append" and isinstance(container, list):
            container.append(value)
        else:
            container[at] = [container[at]] if what == "wrap" else value
    return manifest


def written(manifest: Any, style: int) -> bytes:
    if style == 0:
        return json.dumps(manifest, ensure_ascii=False).encode("utf-8", "replace")
    flow = {1: False, 2: True, 3: None}[style]
    text = yaml.safe_dump(manifest, allow_unicode=style == 1, default_flow_style=flow, sort_keys=False)
    return text.replace("'<<':", "<<:").encode("utf-8", "replace")


manifests = st.builds(written, st.builds(edited, bases, edits), st.integers(0, 3))
