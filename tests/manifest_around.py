"""Whole manifests around the examples of the manifest's schema, each at its place and with what it needs there."""

from __future__ import annotations

import copy
from typing import Any

from aicfg.reference.examples import placed
from aicfg.reference.parts import TOP, Key, Part, parts

GATEWAY = "3.15.0.4"
"""A gateway that has every field."""

ROUTE = {"provider": "mistral-cloud", "model": "mistral-tiny"}
EMBEDDINGS = {"provider": "openai", "model": "text-embedding-3-small"}
VECTORDB = {"strategy": "redis", "dimensions": 1536, "distance_metric": "cosine", "threshold": 0.1}
MEANING = {"embeddings": EMBEDDINGS, "vectordb": {**VECTORDB, "redis": "main"}}
DESCRIBED = {**ROUTE, "description": "small talk"}
LLM = {"provider": "mistral-cloud", "model": "mistral-small-latest"}
MATCH = [{"match": [{"type": "header", "values": ["search"]}]}]
VERTEX = {"api_endpoint": "eu-aiplatform.googleapis.com", "project_id": "p", "location_id": "eu"}
ROLE = {"aws_assume_role_arn": "arn:aws:iam::123456789012:role/r", "aws_role_session_name": "kong"}
SENTINELS = {"sentinel_nodes": [{"host": "s"}], "sentinel_master": "m", "sentinel_role": "master", "host": None}
OLLAMA = {"hosting": "ollama", "base_url": "http://ollama.internal:11434", "api_key": None}

AROUND: dict[str, Any] = {
    "version": 1,
    "gateway": {"version": GATEWAY},
    "redis": {"main": {"host": "redis.internal"}},
    "services": {"slow-models": {"read_timeout": 300000}},
    "consumers": {"mobile-app": {"groups": ["staff"]}},
    "providers": {
        "mistral-cloud": {"type": "mistral", "api_key": "${env:MISTRAL_API_KEY}"},
        "local-mistral": {"type": "mistral", "hosting": "ollama", "base_url": "http://ollama.internal:11434"},
        "openai": {"type": "openai", "api_key": "${env:OPENAI_API_KEY}"},
    },
    "routes": {"mistral-chat": {}},
}
"""What stands around every example."""

INCLUDED = {"providers.yaml": "version: 1\n", "routes/chat.yaml": "version: 1\n"}
"""Files in the same folder."""

AT_THE_TOP: dict[str, dict[str, Any]] = {"service.read_timeout=${var:": {"variables": {"READ_TIMEOUT": 120000}}}
"""What the manifest has besides: the first words of part, key and example -> keys of the manifest."""

BESIDE: dict[str, dict[str, Any]] = {
    "embeddings": {**MEANING, "semantic_cache": {"cache_ttl": 60}},
    "vectordb": {**MEANING, "semantic_cache": {"cache_ttl": 60}},
    "redis_connection": {**MEANING, "semantic_cache": {"cache_ttl": 60}},
    "llm": {"transform_request": {"prompt": "x"}},
    "route.embeddings": {**MEANING, "semantic_cache": {"cache_ttl": 60}},
    "route.vectordb": {**MEANING, "semantic_cache": {"cache_ttl": 60}},
    "balancer.algorithm=semantic": {"provider": None, "model": None, "targets": [DESCRIBED], **MEANING},
    "route.semantic_": MEANING,
    "defaults.semantic_": MEANING,
}
"""What the route has besides: the first words of part and key -> keys of the route."""

NEIGHBOURS: dict[str, dict[str, Any]] = {
    "plugin": {"name": "prometheus"},
    "plugin.config": {"name": "ai-prompt-guard"},
    "plugin.name=ai-prompt-guard": {"config": {"deny_patterns": ["x"]}},
    "plugin.name=ai-prompt-decorator": {"config": {"prompts": {"prepend": [{"content": "x"}]}}},
    "filter_chains": {"filters": [{"name": "my-filter"}]},
    "vault": {"backend": "env"},
    "provider.type=azure": {"options": {"azure_instance": "i", "azure_deployment_id": "d"}},
    "provider.type=llama": OLLAMA,
    "provider.type=bedrock": {"api_key": None, "auth": {"allow_override": False}},
    "provider.hosting=ollama": OLLAMA,
    "provider.hosting=vertex": {"type": "gemini", "api_key": None, "options": {"gemini": VERTEX}},
    "provider.hosting=custom": {"format": "openai", "upstream_url": "http://llm.internal:8000/v1/chat/completions"},
    "provider.base_url": {"hosting": "ollama"},
    "provider.upstream_url": {"hosting": "ollama"},
    "provider.format": {"hosting": "custom", "base_url": "http://llm.internal:8000"},
    "auth.header_": {"header_name": "Authorization", "header_value": "Bearer ${env:MISTRAL_API_KEY}"},
    "auth.param_": {"param_name": "key", "param_value": "${env:KEY}", "param_location": "query"},
    "options.gemini.": {"gemini": VERTEX},
    "options.cache_write_cost_list[]": {"cache_write_cost_list": [{"ttl": "1h", "cost": 1}]},
    "options.context_window_factor[]": {
        "context_window_factor": [{"above": "200k", "input_factor": 1, "output_factor": 1}]
    },
    "options.service_tier_factor[]": {"service_tier_factor": [{"tier": "priority", "factor": 1}]},
    "bedrock.aws_assume": ROLE,
    "bedrock.aws_role": ROLE,
    "target": {"provider": "mistral-cloud"},
    "embeddings": EMBEDDINGS,
    "embeddings.options.gemini.": {"options": {"gemini": VERTEX}},
    "vectordb": {**VECTORDB, "redis": "main"},
    "redis_connection": {"host": "redis.internal"},
    "redis_connection.sentinel": SENTINELS,
    "redis_connection.cluster": {"host": None},
    "acls.allow[]": {"allow": MATCH},
    "acls.deny[]": {"deny": MATCH},
    "guard": {"deny": ["x"]},
    "decorate": {"prepend": [{"content": "x"}]},
    "decorate.append[]": {"append": [{"content": "x"}]},
    "template": {"templates": {"x": "{}"}},
    "semantic_guard": {"deny": ["x"], **MEANING},
    "semantic_cache": MEANING,
    "rate_limit": {"limit": 100, "window_size": 60},
    "rate_limit.limit=[": {"window_size": [60, 3600]},
    "rate_limit.window_size=[": {"limit": [100, 1000]},
    "rate_limit.providers.<name>.limit=[": {"window_size": [60, 3600]},
    "rate_limit.providers.<name>.window_size=[": {"limit": [100, 1000]},
    "rate_limit.policies": {"limit": None, "window_size": None},
    "rate_limit.policies[]": {
        "policies": [{"match": [{"type": "header", "values": ["x"]}], "limits": [{"limit": 1, "window_size": 60}]}]
    },
    "rate_limit.policies[].id": {"policies": [{"limits": None}]},
    "content_safety": {"url": "https://x.cognitiveservices.azure.com/contentsafety/text:analyze"},
    "transform_request": {"prompt": "x", "llm": LLM},
    "transform_request.http_proxy": {"http_proxy_host": "proxy", "http_proxy_port": 3128},
    "transform_request.https_proxy": {"https_proxy_host": "proxy", "https_proxy_port": 3128},
    "llm": LLM,
    "consumer.keyauth_credentials[]": {"keyauth_credentials": [{"key": "${env:KEY}"}]},
}
"""What a key needs in its part: the first words of part, key and example -> keys of the part."""
for name, like in {"global_plugin": "plugin", "transform_response": "transform_request"}.items():
    for words, needed in list(NEIGHBOURS.items()):
        if words.partition(".")[0] == like:
            NEIGHBOURS[words.replace(like, name)] = needed


def merged(under: Any, over: Any) -> Any:
    """Maps merged, and lists of maps entry by entry; anything else is the upper one."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: merged(under.get(key), item) for key, item in over.items()}}
    if isinstance(under, list) and isinstance(over, list) and len(under) == len(over):
        return [merged(*pair) for pair in zip(under, over, strict=True)]
    return copy.deepcopy(over)


def _needed(table: dict[str, dict[str, Any]], part: Part, path: str, example: object) -> Any:
    """What a table says about an example, the longest words last."""
    full = f"{part.name}.{path}={example}"
    found: Any = {}
    for words in sorted(table, key=len):
        if words == part.name or ("." in words and full.startswith(words)):
            found = merged(found, table[words])
    return found


def place_of(part: Part) -> str:
    """Where a part stands, from the top of the manifest on."""
    place = part.places[0]
    while place.partition(".")[0] not in {key.inside.partition(".")[0] for key in parts()[TOP].keys}:
        around, _, rest = place.partition(".")
        place = f"{parts()[around].places[0]}.{rest}"
    return place


def around_key(part: Part, key: Key, example: object) -> dict[str, Any]:
    """A manifest with an example at the place of its key, and all that it needs there."""
    return _around(part, key.path, example, placed(key.path, example))


def around_part(part: Part, example: object) -> dict[str, Any]:
    """A manifest with an example of a whole part at its place."""
    return _around(part, "", "", example)


def _around(part: Part, path: str, example: object, value: Any) -> dict[str, Any]:
    own = merged(_needed(NEIGHBOURS, part, path, example), value)
    around = {**copy.deepcopy(AROUND), **_needed(AT_THE_TOP, part, path, example)}
    document = merged(around, own if part.name == TOP else placed(place_of(part), own))
    route = document["routes"]["mistral-chat"]
    base = {} if route.get("targets") else ROUTE
    document["routes"]["mistral-chat"] = merged({**base, **_needed(BESIDE, part, path, example)}, route)
    return document
