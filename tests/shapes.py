"""Manifests in many shapes, and their JSON Schema taken apart: for the tests of the shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.resources import folder
from aicfg.source import read_text

SCHEMA: dict[str, Any] = json.loads((Path(folder("schemas")) / "manifest.schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)

DESIGN_SAMPLE = """
version: 1
name: team-search
gateway:
  version: "3.11"
  edition: enterprise
defaults:
  options: {max_tokens: 512}
service: {url: http://localhost:32000, read_timeout: 120000}
vaults: {}
providers:
  mistral-cloud:
    type: mistral
    hosting: mistral.ai
    api_key: ${env:MISTRAL_API_KEY}
  local-mistral:
    type: mistral
    hosting: ollama
    base_url: http://ollama.internal:11434
routes:
  mistral-chat:
    provider: mistral-cloud
    model: mistral-tiny
    options: {temperature: 0.7}
  resilient-chat:
    balancer: {algorithm: round-robin}
    targets:
      - {provider: mistral-cloud, model: mistral-large-latest, weight: 80}
      - {provider: local-mistral, model: mistral, weight: 20}
    plugins:
      - {name: ai-prompt-guard, config: {deny_patterns: ["(?i)password"]}}
plugins: []
"""

BENCHMARK_LIKE = """
version: 1
providers:
  p0: {type: openai, hosting: openai, api_key: "${env:OPENAI_KEY}"}
  p1:
    type: mistral
    hosting: ollama
    upstream_url: http://ollama-server.local:11434/api/chat
  p2:
    type: anthropic
    hosting: anthropic
    api_key: ${env:ANTHROPIC_KEY}
    options:
      anthropic_version: "2023-06-01"
  p3:
    type: azure
    hosting: azure
    api_key: ${env:AZURE_KEY}
    options:
      azure_instance: ai-proxy-regression
      azure_deployment_id: kong-gpt-3-5
routes:
  chat-00000:
    provider: p0
    model: gpt-4o
    tags: [ai, gen]
    logging: {log_statistics: true}
    options:
      max_tokens: 256
      temperature: 1.0
"""

EVERYTHING = """
version: 1
include: [providers.yaml]
variables: {REGION: eu-central-1, TIMEOUT: 120000, TOKEN_NAME: null}
services:
  slow: {url: http://localhost:32000, read_timeout: "${var:TIMEOUT}", retries: 0}
vaults:
  my-env: {backend: env, config: {prefix: MISTRAL_}, description: Keys}
redis:
  main: {host: redis.internal, password: "${env:REDIS_PASSWORD}"}
providers:
  openai: {type: openai, api_key: "{vault://my-env/openai}", plugins: [{name: ai-prompt-guard}]}
  bedrock: {type: bedrock, auth: {allow_override: false}, options: {bedrock: {aws_region: "${var:REGION}"}}}
defaults:
  embeddings: {provider: openai, model: text-embedding-3-small}
  vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.2, redis: main}
  guard: {deny: ["(?i)password"]}
routes:
  semantic:
    service: slow
    path: /semantic
    methods: [POST, "${var:METHOD}"]
    hosts: [ai.example.com]
    headers: {x-team: [search]}
    balancer: {algorithm: semantic, failover_criteria: [error, timeout], max_fails: 3}
    targets:
      - {provider: openai, model: gpt-4o, description: CATCHALL, weight: 1, metadata: {team: search}}
      - provider: bedrock
        model: amazon.nova
        model_alias: nova
        route_type: llm/v1/chat
        auth: {allow_override: false}
        logging: {log_payloads: false}
        plugin_config: {weight: 5}
    semantic_guard: {deny: [weapons], threshold: 0.7}
    decorate: {prepend: [Be polite., {role: user, content: Hello}]}
    template: {templates: {sum: '{"messages": []}', other: {messages: []}}, allow_untemplated_requests: false}
    rate_limit: {providers: {openai: {limit: [10, 20], window_size: [60, 3600]}}, strategy: redis, redis: main}
    semantic_cache: {cache_ttl: 60, vectordb: {redis: {host: localhost, port: 6379}}}
    content_safety: {url: https://x.example.com, api_key: "${env:KEY}", categories: {Hate: 2}}
    transform_request: {prompt: Make it short., llm: {provider: openai, model: gpt-4o-mini}}
    transform_response: {prompt: Make it short., llm: {provider: openai}, parse_llm_response_json_instructions: true}
    plugin_config: {model_name_header: false}
    guard: null
consumers:
  mobile-app: {keyauth_credentials: [{key: "${env:MOBILE_KEY}"}], groups: [staff]}
consumer_groups: {staff: {}}
plugins: [{name: rate-limiting, consumer_group: staff, config: {minute: 5}, ordering: {before: {access: [ai-proxy]}}}]
environments:
  prod: {gateway: {version: "3.11"}, providers: {openai: {api_key: "${env:PROD_KEY}"}}, routes: {semantic: null}}
"""


def problems_in(text: str) -> list[Problem]:
    """What is wrong with the shape of a manifest, read and normalised as the loader does it."""
    (document,) = read_text(text, "manifest.yaml")
    return list(shape_problems(normalise(document.data, document.source_text), document.source_text))


def problem_in(text: str) -> Problem:
    """The one thing that is wrong with a manifest of version 1 that holds `text`."""
    (problem,) = problems_in(f"version: 1\n{text}")
    return problem


def value_of(text: str) -> Any:
    """The document as the loader sees it."""
    (document,) = read_text(text, "manifest.yaml")
    return normalise(document.data, document.source_text)


def schemas_in(schema: dict[str, Any], pointer: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema in a schema, with the pointer to it."""
    yield pointer, schema
    for keyword in ("properties", "definitions"):
        for name, part in schema.get(keyword, {}).items():
            yield from schemas_in(part, f"{pointer}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(keyword), dict):
            yield from schemas_in(schema[keyword], f"{pointer}/{keyword}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = SCHEMA
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        schema = found
    return schema


PARTS = dict(schemas_in(SCHEMA))
KEYS = {pointer: part for pointer, part in PARTS.items() if pointer.split("/")[-2:-1] == ["properties"]}
EXAMPLES = [(pointer, example) for pointer, part in PARTS.items() for example in part.get("examples", ())]
