"""Manifests that are right and hard to render: every kind of entity, and texts that mean something to other tools."""

from __future__ import annotations

from collections.abc import Mapping

EVERY_ENTITY = r"""
version: 1
name: team-search
vaults:
  my-env: {backend: env, config: {prefix: "MISTRAL_"}, description: "keys \"of\" %{y} and $${x}"}
  hc:
    backend: hcv
    config: {host: vault.internal, port: 8200, token: "${env:HCV_TOKEN}", mount: "{vault://my-env/mount}"}
redis: {main: {host: redis.internal, port: 6380, password: "${env:REDIS_PASSWORD}"}}
providers:
  openai: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
  vaulted: {type: openai, auth: {header_name: Authorization, header_value: "{vault://my-env/openai}"}}
  lower: {type: anthropic, api_key: "${env:control_plane_id}", options: {anthropic_version: "2023-06-01"}}
defaults: {options: {max_tokens: 512}}
services:
  slow:
    url: https://models.internal/v1
    read_timeout: 300000
    client_certificate: 0e9a1c2b-1f53-4a77-9d2c-4a3c8f7b5e10
    tls_sans: {dnsnames: [a.b]}
    plugins: [{name: prometheus, config: {per_consumer: true}}]
  host-only: {host: models.internal, port: 8443, protocol: https, path: /x, tags: [own]}
routes:
  chat:
    provider: openai
    model: gpt-4o
    service: slow
    headers: {x-team: [search, "a b"], x.y: ['~*^v\d+$']}
    plugins:
      - name: ai-prompt-guard
        config: {deny_patterns: ['(?i)pass\d+', $(headers.x)]}
        condition: http.headers.x == "y"
        ordering: {before: {access: [ai-proxy]}}
        instance_name: g
        enabled: false
        protocols: [https]
      - name: acme-custom
        config: {token: "Bearer ${env:OPENAI_API_KEY}", deep: [{a: [1, 2.5, true]}]}
        consumer: mobile
      - {name: rate-limiting, config: {minute: 5, redis_host: old}, consumer: mobile}
  by-expression:
    provider: vaulted
    model: gpt-4o
    service: host-only
    expression: http.path == "/e" && http.headers.x == "%{"
    priority: 100
  targets:
    service: slow
    balancer: {algorithm: semantic}
    embeddings: {provider: openai, model: text-embedding-3-small}
    vectordb: {strategy: redis, dimensions: 3072, distance_metric: cosine, threshold: 0.75, redis: main}
    targets:
      - provider: openai
        model: gpt-4o
        weight: 80
        description: "emoji \U0001F600 {{x}}\nline two \t tab"
        metadata: {team: [a, {"b.c": 1}]}
      - {provider: lower, model: claude-sonnet-4-20250514, weight: 20, description: other}
    plugins:
      - {name: key-auth}
      - name: rate-limiting-advanced
        config: {limit: [5], window_size: [60]}
        partials: [{id: "7", path: config.redis}]
  global: {provider: openai, model: gpt-4o, service: slow, plugins: [{name: prometheus}]}
plugins:
  - {name: openid-connect, config: {issuer: "https://x"}}
  - {name: rate-limiting, consumer_group: staff, config: {minute: 5}}
  - {name: prometheus}
  - {name: request-termination, service: slow, consumer: mobile, config: {status_code: 503}}
consumers:
  mobile:
    groups: [staff, Other Group]
    custom_id: "a\"b"
    keyauth_credentials:
      - {key: "${env:MOBILE_KEY}", ttl: 60}
      - {key: "x-${env:MOBILE_KEY}"}
      - {key: "{vault://my-env/mobile}"}
consumer_groups: {staff: {tags: [t]}}
"""

NAMES = r"""
version: 1
providers: {p: {type: openai, api_key: "${env:KEY}"}}
routes:
  a-b: {provider: p, model: gpt-4o}
  a_b: {provider: p, model: gpt-4o}
  a.b: {provider: p, model: gpt-4o}
  a~b: {provider: p, model: gpt-4o}
  A-B: {provider: p, model: gpt-4o}
  4o: {provider: p, model: gpt-4o}
  über-größe: {provider: p, model: gpt-4o}
  LONGa: {provider: p, model: gpt-4o}
  LONG-: {provider: p, model: gpt-4o}
  LONG_:
    provider: p
    model: gpt-4o
    plugins: [{name: rate-limiting, consumer: 'b"', config: {minute: 1}}]
consumers:
  '"': {groups: ['"', "'", '$${var.x}', "a\nb"]}
  'b"': {groups: ['"']}
  "} resource {": {}
  "\U0001F600": {}
  $(whoami): {}
""".replace("LONG", "x" * 199)

TEXTS = r"""
version: 1
name: nasty
providers:
  p: {type: openai, api_key: "${env:KEY}", options: {upstream_url: "https://a.internal/v1?x=%{y}&z=$(headers.x)"}}
routes:
  chat:
    provider: p
    model: "gpt-\"4o\" \\ $${x} %{ if }"
    paths: ['~/v\d+/(?<model>[^/]+)$', "/a\"b", '/${x}']
    hosts: ["*.example.com"]
    headers: {"x-\"": ["$", '\', "#"], x-über: ["é"]}
    tags: ['"', '\', "$${y}", "<<EOT", "😀"]
    guard: {deny: ['(?i)\b"pass\d+"\s', '^\${x}$']}
    decorate:
      prepend:
        - "line one\nline \"two\"\r\n\ttab \\ \\\\ $${a} %{b} $$${c} %%{d} {{e}} $(f) `g` 'h' #i //j /*k*/"
        - "Bearer ${env:KEY}$${env:NO}$"
        - "costs ${env:PRICE}%{x}"
        - "\u2028\u202e\x1b[31m\x7f\ufeff\u0000"
      append: [{role: user, content: "<<EOT\nEOT\n"}]
    template:
      templates:
        t: {messages: [{role: user, content: 'a "quoted" {{name}} \ text'}]}
plugins:
  - name: 'odd "plugin" ${x}'
    config: {"key \"quoted\"": 1, "a.b": {"${x}": ["%{y}"]}, "for": {"": null}, "a\nb": {"null": []}}
"""

OLD = """
version: 1
gateway: {version: "3.7"}
providers:
  p: {type: openai, api_key: "${env:KEY}"}
routes:
  chat:
    provider: p
    model: gpt-4o
    plugin_config: {model: {options: {response_streaming: deny}}}
    rate_limit:
      limit: 100
      window_size: 60
      redis: {host: r, port: 6379, timeout: 5}
"""

NEW = r"""
version: 1
gateway: {version: "3.14"}
providers:
  p: {type: openai, api_key: "${env:KEY}"}
routes:
  chat:
    provider: p
    model: gpt-4o
    options: {cache_read_cost: 0.5}
plugins:
  - name: ai-mcp-proxy
    route: chat
    config:
      mode: conversion-only
      tools:
        - description: "finds \"things\""
          method: GET
          path: /find
          parameters: [{name: q, in: query, required: true, schema: {type: string}}]
          request_body: {content: {"application/json": {schema: {type: object, "${x}": [1, null]}}}}
          responses: {"200": {description: 'ok \d'}}
  - name: ai-request-transformer
    config:
      prompt: "say \"hi\""
      llm:
        route_type: llm/v1/chat
        auth: {header_name: Authorization, header_value: "Bearer ${env:KEY}"}
        model: {provider: openai, name: gpt-4o}
        metadata: {a: ["${env:META}", 1]}
  - name: ai-aws-guardrails
    config:
      guardrails_id: a
      guardrails_version: "1"
      aws_region: eu-central-1
      text_source: last_message
"""

MANIFESTS: Mapping[str, str] = {
    "every-entity": EVERY_ENTITY,
    "names": NAMES,
    "texts": TEXTS,
    "old": OLD,
    "new": NEW,
}
