"""The shape of a manifest: what the JSON Schema allows, and what aicfg says where it is departed from."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from aicfg.catalog.plugins import Field, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.manifest.shape import Problem, normalise, problems_at, shape_problems
from aicfg.manifest.shape_tables import SchemaError, compile_schema, manifest_node
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


class TestGoodManifests:
    @pytest.mark.parametrize("text", [DESIGN_SAMPLE, BENCHMARK_LIKE, EVERYTHING, "version: 1"])
    def test_have_no_problem(self, text: str) -> None:
        assert problems_in(text) == []
        assert VALIDATOR.is_valid(value_of(text))

    def test_may_leave_an_optional_key_empty(self) -> None:
        assert (
            problems_in("version: 1\nproviders:\nroutes: {a: {provider: , options: {max_tokens: null}, tags: null}}")
            == []
        )

    @pytest.mark.parametrize("text", ["providers: {p: {type: }}", "vaults: {v: {backend: }}", "plugins: [{name: }]"])
    def test_may_not_leave_a_required_key_empty(self, text: str) -> None:
        assert problem_in(text).kind == "wrong-type"

    @pytest.mark.parametrize(
        "text",
        [
            "options: {max_tokens: lots, top_p: 256, not_in_kong: 1, gemini: 5}",
            "auth: {header_name: [x], allow_override: 3}",
            "logging: {log_statistics: 1, else: 2}",
            "balancer: {algorithm: dice, retries: -1}",
            "embeddings: {model: {name: x}, provider: p, other: 1}",
            "vectordb: {strategy: 5, dimensions: many}",
            "plugins: [{name: ai-proxy, config: {anything: {goes: [1]}}}]",
            "plugin_config: {anything: goes}",
            "max_request_body_size: lots",
            "response_streaming: sometimes",
        ],
    )
    def test_may_say_what_only_kong_can_judge(self, text: str) -> None:
        assert problems_in(f"version: 1\nroutes: {{a: {{{text}}}}}") == []


class TestUnknownKeys:
    def test_are_pointed_at_themselves(self) -> None:
        problem = problem_in("routes: {a: {modle: gpt-4o}}")
        assert (problem.kind, problem.path, problem.at_key) == ("unknown-key", ("routes", "a", "modle"), True)
        assert problem.message == "unknown key `modle` in `routes.a`"

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("routes: {a: {modle: gpt-4o}}", "did you mean `model`?"),
            ("rotues: {}", "did you mean `routes`?"),
            ("gateway: {versoin: '3.10'}", "did you mean `version`?"),
            ("gateway: {colour: red}", "use `version` or `edition`"),
            ("routes: {a: {temperature: 1}}", "it belongs under `options`"),
            ("providers: {a: {type: openai, header_name: x}}", "it belongs under `auth`"),
            ("routes: {a: {hosting: ollama}}", "it belongs under `providers.<name>`"),
            ("providers: {a: {type: openai, model: x}}", "it belongs under `routes.<name>`"),
            ("route_type: llm/v1/chat", "it belongs under `routes.<name>` or `defaults`"),
            ("routes: {a: {weight: 5}}", "it belongs under `targets`"),
            ("routes: {a: {environments: {}}}", "it belongs at the top level"),
            ("routes: {a: {name: b}}", "the name is `a`, the key of the entry"),
            ("routes: {a: {guard: {denyy: []}}}", "did you mean `deny`?"),
            ("routes: {a: {guard: {deny_patterns: []}}}", "Kong's `deny_patterns` is `deny` here"),
            ("defaults: {semantic_guard: {allow_prompts: []}}", "Kong's `allow_prompts` is `allow` here"),
            (
                "routes: {a: {rate_limit: {llm_providers: []}}}",
                "Kong's `llm_providers` is made of `limit`, `window_size` and `providers` here",
            ),
            ("routes: {a: {qqqqqq: 1}}", None),
        ],
    )
    def test_come_with_advice(self, text: str, hint: str | None) -> None:
        assert problem_in(text).hint == hint

    def test_stay_on_one_line_in_messages(self) -> None:
        assert problem_in('"a\\nb": 1').message == 'unknown key `"a\\nb"`'


class TestWrongTypes:
    @pytest.mark.parametrize(
        ("text", "message", "hint"),
        [
            ("routes: []", "`routes` must be a map, not a list", None),
            (
                "routes: {a: {provider: [p]}}",
                "`provider` must be text, not a list",
                "for example `provider: mistral-cloud`",
            ),
            ("routes: {a: {methods: POST}}", "`methods` must be a list, not text", 'for example `methods: ["POST"]`'),
            ("routes: {a: {tags: [[x]]}}", "entry 1 of `tags` must be text, not a list", None),
            (
                "routes: {a: {priority: lots}}",
                "`priority` must be a whole number, not text",
                "for example `priority: 10`",
            ),
            ("service: {retries: 1.5}", "`retries` must be a whole number, not a fraction", "for example `retries: 5`"),
            ("service: {enabled: 1}", "`enabled` must be true or false, not a number", "for example `enabled: false`"),
            ("include: {a: b}", "`include` must be text or a list, not a map", "for example `include: providers.yaml`"),
            ("routes: {a: }", "`a` is empty, and must be a map", None),
        ],
    )
    def test_say_what_is_wanted(self, text: str, message: str, hint: str | None) -> None:
        problem = problem_in(text)
        assert (problem.kind, problem.message) == ("wrong-type", message)
        assert hint is None or problem.hint == hint

    def test_are_found_in_the_manifest_itself(self) -> None:
        (problem,) = problems_in("[1, 2]")
        assert (problem.path, problem.message) == ((), "the manifest must be a map, not a list")

    def test_hide_nothing_else(self) -> None:
        kinds = [
            problem.kind for problem in problems_in("version: 1\nrotues: {}\nroutes: 1\nname: [a]\nservice: {x: 1}")
        ]
        assert kinds == ["unknown-key", "wrong-type", "wrong-type", "unknown-key"]


class TestMissingKeys:
    @pytest.mark.parametrize(
        ("text", "path", "hint"),
        [
            ("providers: {}", (), "add `version: 1`"),
            ("version: 1\nproviders: {p: {hosting: ollama}}", ("providers", "p"), "add `type: openai`"),
            ("version: 1\nplugins: [{config: {}}]", ("plugins", 0), "add `name: ai-prompt-guard`"),
            ("version: 1\nvaults: {a: {}}", ("vaults", "a"), "add `backend: env`"),
            (
                "version: 1\nroutes: {a: {targets: [{model: x}]}}",
                ("routes", "a", "targets", 0),
                "add `provider: mistral-cloud`",
            ),
        ],
    )
    def test_are_pointed_at_their_map(self, text: str, path: tuple[str | int, ...], hint: str) -> None:
        (problem,) = problems_in(text)
        assert (problem.kind, problem.path, problem.hint) == ("missing-key", path, hint)

    def test_may_be_missing_in_an_environment(self) -> None:
        assert problems_in("version: 1\nenvironments: {prod: {providers: {p: {hosting: ollama}}}}") == []


class TestValues:
    @pytest.mark.parametrize(
        ("text", "message", "hint"),
        [
            ("version: 2", "`version` cannot be 2", "write `version: 1`"),
            ("version: 1\ngateway: {edition: pro}", '`edition` cannot be "pro"', "use enterprise or oss"),
            (
                "version: 1\ngateway: {edition: enterprize}",
                '`edition` cannot be "enterprize"',
                "did you mean `enterprise`?",
            ),
            (
                "version: 1\nroutes: {a: {protocols: [htttp]}}",
                'entry 1 of `protocols` cannot be "htttp"',
                "did you mean `http`?",
            ),
        ],
    )
    def test_outside_a_list_get_the_list(self, text: str, message: str, hint: str) -> None:
        (problem,) = problems_in(text)
        assert (problem.kind, problem.message, problem.hint) == ("value-not-allowed", message, hint)

    @pytest.mark.parametrize(
        ("text", "message", "at_key"),
        [
            ("routes: {my route: {}}", '"my route" cannot be a name in `routes`', True),
            ('routes: {"": {}}', '"" cannot be a name in `routes`', True),
            ('providers: {"": {type: openai}}', '"" cannot be a name in `providers`', True),
            ("variables: {a-b: 1}", '"a-b" cannot be a name in `variables`', True),
            ("name: my team", '`name` cannot be "my team"', False),
            ("routes: {a: {paths: [chat]}}", 'entry 1 of `paths` cannot be "chat"', False),
            ("routes: {a: {methods: [post]}}", 'entry 1 of `methods` cannot be "post"', False),
            ("routes: {a: {targets: []}}", "`targets` is an empty list", False),
            ("service: {port: -1}", "`port` must be at least 0", False),
        ],
    )
    def test_of_the_wrong_form_are_malformed(self, text: str, message: str, at_key: bool) -> None:
        problem = problem_in(text)
        assert (problem.kind, problem.message, problem.at_key) == ("malformed-value", message, at_key)

    def test_that_may_be_secrets_are_never_shown(self) -> None:
        text = """
            providers: {p: {type: openai, api_key: [sk-secret], auth: sk-secret}}
            consumers: {c: {keyauth_credentials: [{key: [sk-secret]}, sk-secret]}}
            redis: {main: sk-secret}
        """
        found = problems_in("version: 1" + text.replace("\n            ", "\n"))
        assert len(found) == 5
        assert "sk-secret" not in repr([(problem.message, problem.hint) for problem in found])

    def test_that_are_long_are_shortened(self) -> None:
        assert len(problem_in(f"name: {'a b ' * 500}").message) < 100


class TestYesAndNo:
    @pytest.mark.parametrize(
        ("word", "hint"), [("yes", "write true"), ("Off", "write false"), ("'on'", "write true"), ("n", "write false")]
    )
    @pytest.mark.parametrize("place", ["strip_path: {}", "logging: {{log_statistics: {}}}", "model_name_header: {}"])
    def test_are_no_booleans(self, place: str, word: str, hint: str) -> None:
        problem = problem_in(f"routes: {{a: {{{place.format(word)}}}}}")
        assert (problem.kind, problem.hint) == ("ambiguous-boolean", hint)

    @pytest.mark.parametrize("place", ["model: {}", "tags: [{}]", "options: {{azure_instance: {}}}"])
    def test_have_to_be_quoted_where_text_is_wanted(self, place: str) -> None:
        problem = problem_in(f"routes: {{a: {{{place.format('on')}}}}}")
        assert (problem.kind, problem.hint) == ("ambiguous-text", 'quote it: "on"')
        assert problems_in(f"version: 1\nroutes: {{a: {{{place.format(repr('on'))}}}}}") == []

    def test_in_a_variable_may_be_either(self) -> None:
        assert problem_in("variables: {A: yes}").hint == 'quote it: "yes", or write true'
        assert problems_in("version: 1\nvariables: {A: 'yes', B: true}") == []

    def test_pass_as_text_where_the_source_is_not_known(self) -> None:
        assert list(shape_problems({"version": 1, "name": "on"})) == []

    def test_are_ordinary_text_elsewhere(self) -> None:
        assert problems_in("version: 1\nplugins: [{name: cors, config: {x: yes}}]") == []


class TestNormalising:
    @pytest.mark.parametrize(
        ("text", "path", "value"),
        [
            ("gateway: {version: 3.10}", ("gateway", "version"), "3.10"),
            ("routes: {a: {model: 4}}", ("routes", "a", "model"), "4"),
            ("routes: {a: {model: 0x1F}}", ("routes", "a", "model"), "0x1F"),
            ("routes: {a: {model: true}}", ("routes", "a", "model"), "true"),
            ("routes: {a: {tags: [1e3, a]}}", ("routes", "a", "tags"), ["1e3", "a"]),
            (
                "routes: {a: {options: {anthropic_version: 2023.10}}}",
                ("routes", "a", "options", "anthropic_version"),
                "2023.10",
            ),
            (
                "providers: {a: {options: {anthropic_version: 2023-06-01}}}",
                ("providers", "a", "options", "anthropic_version"),
                "2023-06-01",
            ),
            ("routes: {a: {options: {max_tokens: 10}}}", ("routes", "a", "options", "max_tokens"), 10),
            ("routes: {a: {options: {unheard_of: 3.10}}}", ("routes", "a", "options", "unheard_of"), 3.1),
            ("plugins: [{name: x, config: {a: 3.10}}]", ("plugins", 0, "config", "a"), 3.1),
            ("service: {retries: 3}", ("service", "retries"), 3),
        ],
    )
    def test_keeps_numbers_as_they_are_written_where_text_is_wanted(
        self, text: str, path: tuple[Any, ...], value: Any
    ) -> None:
        found = value_of(text)
        for part in path:
            found = found[part]
        assert found == value
        assert type(found) is type(value)

    def test_leaves_the_input_alone(self) -> None:
        shared = {"model": 4}
        before = {"routes": {"a": shared, "b": shared}, "name": "x"}
        after = normalise(before, lambda path: "4.0")
        assert before == {"routes": {"a": {"model": 4}, "b": {"model": 4}}, "name": "x"}
        assert after == {"routes": {"a": {"model": "4.0"}, "b": {"model": "4.0"}}, "name": "x"}

    def test_gives_back_what_needs_no_change(self) -> None:
        (document,) = read_text(EVERYTHING, "manifest.yaml")
        assert normalise(document.data, document.source_text) is document.data

    def test_makes_do_without_the_source(self) -> None:
        assert normalise({"name": 4, "gateway": {"version": True}}, lambda path: None) == {
            "name": "4",
            "gateway": {"version": "true"},
        }

    @pytest.mark.parametrize("value", [None, 3, "x", [1], {"routes": [1]}, {"routes": {"a": 3}}])
    def test_takes_anything(self, value: Any) -> None:
        assert normalise(value, lambda path: None) == value


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


class TestTheSchema:
    def test_is_a_draft_7_schema(self) -> None:
        assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
        Draft7Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("word", ["title", "description", "examples"])
    def test_explains_every_key(self, word: str) -> None:
        assert [pointer for pointer, part in KEYS.items() if not resolved(part).get(word)] == []

    def test_has_examples_that_hold(self) -> None:
        for pointer, example in EXAMPLES:
            part = {"$ref": pointer, "definitions": SCHEMA["definitions"], "properties": SCHEMA["properties"]}
            schema = SCHEMA if pointer == "#" else part
            assert list(Draft7Validator(schema).iter_errors(example)) == [], (pointer, example)
            assert list(problems_at(compile_schema(SCHEMA, pointer), example)) == [], (pointer, example)

    def test_uses_each_of_its_definitions(self) -> None:
        text = json.dumps(SCHEMA)
        assert [name for name in SCHEMA["definitions"] if f'"#/definitions/{name}"' not in text] == []

    def test_compiles_everywhere(self) -> None:
        for pointer in PARTS:
            assert compile_schema(SCHEMA, pointer) is not None

    def test_judges_nothing_that_kong_judges(self) -> None:
        """Where `x-aicfg-type` notes Kong's type, no keyword but those that lead further in may stand."""
        noted = {pointer: part.keys() for pointer, part in PARTS.items() if "x-aicfg-type" in part}
        words = {"x-aicfg-type", "title", "description", "$comment", "examples", "properties", "items"}
        assert {pointer: keys - words for pointer, keys in noted.items() if keys - words} == {}

    def test_takes_in_defaults_what_a_route_takes(self) -> None:
        own = (
            SCHEMA["definitions"]["route"]["properties"].keys() - SCHEMA["definitions"]["defaults"]["properties"].keys()
        )
        assert own == {"provider", "model", "model_alias", "targets", "path", "paths", "expression", "priority", "id"}

    @pytest.mark.parametrize(
        "schema",
        [
            {"maxLength": 3},
            {"properties": {"a": {"oneOf": []}}},
            {"items": {"type": "string", "format": "uri"}},
            {"definitions": {"a": {"not": {}}}},
            {"properties": {"a": {"$ref": "#/definitions/b", "description": "lost"}}, "definitions": {"b": {}}},
        ],
    )
    def test_fails_at_load_for_what_the_walk_does_not_check(self, schema: dict[str, Any]) -> None:
        with pytest.raises(SchemaError):
            compile_schema(schema)

    def test_fails_for_a_contradiction(self) -> None:
        schema = {"allOf": [{"$ref": "#/definitions/a"}], "type": "array", "definitions": {"a": {"type": "object"}}}
        with pytest.raises(SchemaError):
            compile_schema(schema)

    def test_is_compiled_once(self) -> None:
        assert manifest_node() is manifest_node()


def kongs(plugin: str, path: str) -> Field:
    """A field of the newest version of a plugin; `[]` in the path goes on in the entries of a list."""
    found = plugin_schema(plugin, gateway("3.15.0.4")).config
    for part in filter(None, path.split(".")):
        inner = found.fields[part.removesuffix("[]")]
        found = inner.elements if part.endswith("[]") and inner.elements else inner
    return found


def departures(field: Field, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a part of the manifest's schema does not name a field of Kong's, or notes another type for it."""
    known = schema.get("properties", {})
    for name, inner in field.fields.items():
        part = resolved(known.get(name, {}))
        if part.get("x-aicfg-type") != inner.type:
            yield f"{path}{name}: {inner.type}"
        if inner.fields:
            yield from departures(inner, part, f"{path}{name}.")
        if inner.elements and inner.elements.fields:
            yield from departures(inner.elements, part.get("items", {}), f"{path}{name}[].")


class TestKongsOwnFields:
    @pytest.mark.parametrize(
        ("definition", "plugin", "path"),
        [
            ("options", "ai-proxy-advanced", "targets[].model.options"),
            ("auth", "ai-proxy-advanced", "targets[].auth"),
            ("logging", "ai-proxy-advanced", "targets[].logging"),
            ("balancer", "ai-proxy-advanced", "balancer"),
            ("vectordb", "ai-proxy-advanced", "vectordb"),
            ("acls", "ai-proxy-advanced", "acls"),
            ("redis_connection", "ai-rate-limiting-advanced", "redis"),
        ],
    )
    def test_are_all_named(self, definition: str, plugin: str, path: str) -> None:
        assert list(departures(kongs(plugin, path), SCHEMA["definitions"][definition])) == []

    @pytest.mark.parametrize(
        ("shorthand", "plugin", "other_words"),
        [
            ("guard", "ai-prompt-guard", {"deny_patterns", "allow_patterns"}),
            ("semantic_guard", "ai-semantic-prompt-guard", {"rules", "search", "embeddings", "vectordb"}),
            ("decorate", "ai-prompt-decorator", {"prompts"}),
            ("template", "ai-prompt-template", {"templates"}),
            ("rate_limit", "ai-rate-limiting-advanced", {"llm_providers"}),
            ("semantic_cache", "ai-semantic-cache", {"embeddings", "vectordb"}),
            ("content_safety", "ai-azure-content-safety", {"content_safety_url", "content_safety_key", "categories"}),
            ("transform_request", "ai-request-transformer", {"prompt", "llm"}),
            ("transform_response", "ai-response-transformer", {"prompt", "llm"}),
        ],
    )
    def test_are_all_named_in_a_shorthand_but_for_those_that_it_says_otherwise(
        self, shorthand: str, plugin: str, other_words: set[str]
    ) -> None:
        missing = {line.split(":")[0] for line in departures(kongs(plugin, ""), SCHEMA["definitions"][shorthand])}
        assert {name.partition(".")[0].partition("[")[0] for name in missing} == other_words


def assert_agreement(value: Any) -> None:
    """The walk finds fault where `jsonschema` does, and only there.

    One thing more is known to the walk alone: a `yes` where Kong wants a boolean.
    """
    found = [problem.path for problem in shape_problems(value)]
    certain = [problem for problem in shape_problems(value) if not problem.kind.startswith("ambiguous")]
    errors = [tuple(error.absolute_path) for error in VALIDATOR.iter_errors(value)]
    for path in errors:
        assert any(other[: len(path)] == path for other in found), f"jsonschema alone refuses {path}"
    for problem in certain:
        assert problem.path[: -1 if problem.at_key else None] in errors, f"the walk alone refuses {problem.path}"


SEEDS = [value_of(text) for text in (DESIGN_SAMPLE, BENCHMARK_LIKE, EVERYTHING)]
WORDS = [
    "",
    "yes",
    "on",
    "3.10",
    "a b",
    "POST",
    "~/x$",
    "${var:X}",
    "openai",
    "name",
    "type",
    "version",
    "options",
    "x",
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 5), st.sampled_from([0.5, 1.0, float("inf")]), st.sampled_from(WORDS)
)
KEY_NAMES = st.sampled_from(sorted({pointer.split("/")[-1] for pointer in KEYS} | set(WORDS)))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEY_NAMES, inner, max_size=3), max_leaves=6
)


def containers_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers_in(item)


@st.composite
def mutated_manifests(draw: st.DrawFn) -> Any:
    """A good manifest in which a few keys and values were replaced, removed or added."""
    manifest = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        container = draw(st.sampled_from(list(containers_in(manifest))))
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        if keys and draw(st.booleans()):
            key = draw(st.sampled_from(keys))
            if draw(st.booleans()):
                container[key] = draw(VALUES)
            else:
                del container[key]
        elif isinstance(container, dict):
            container[draw(KEY_NAMES)] = draw(VALUES)
        else:
            container.append(draw(VALUES))
    return manifest


class TestAgreementWithJsonschema:
    @given(mutated_manifests())
    def test_on_mutated_manifests(self, value: Any) -> None:
        assert_agreement(value)

    @given(st.dictionaries(st.sampled_from(sorted(SCHEMA["properties"])), VALUES))
    def test_on_manifests_made_of_anything(self, value: Any) -> None:
        assert_agreement(value)

    @given(VALUES)
    def test_on_anything(self, value: Any) -> None:
        assert_agreement(value)

    def test_on_every_key_with_values_of_every_type(self) -> None:
        for pointer in KEYS:
            part = {"$ref": pointer, "definitions": SCHEMA["definitions"], "properties": SCHEMA["properties"]}
            validator, node = Draft7Validator(part), compile_schema(SCHEMA, pointer)
            for value in (None, True, 0, -1, 1, 1.0, 1.5, "", "x", "${var:X}", [], ["x"], [1], {}, {"x": 1}):
                assert validator.is_valid(value) == (not list(problems_at(node, value))), (pointer, value)

    @given(VALUES)
    def test_and_normalising_never_makes_things_worse(self, value: Any) -> None:
        document = {"version": 1, "routes": {"a": {"model": value}}}
        errors = len(list(VALIDATOR.iter_errors(document)))
        assert len(list(VALIDATOR.iter_errors(normalise(document, lambda path: None)))) <= errors
