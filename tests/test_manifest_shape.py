"""The shape of a manifest: what the JSON Schema allows, and what aicfg says where it is departed from."""

from __future__ import annotations

from typing import Any

import pytest
from shapes import (
    BENCHMARK_LIKE,
    DESIGN_SAMPLE,
    EVERYTHING,
    VALIDATOR,
    problem_in,
    problems_in,
    value_of,
)

from aicfg.manifest.shape import normalise, shape_problems
from aicfg.source import read_text


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
            ("routes: {a: {methods: POST}}", "`methods` must be a list, not text", "for example `methods: [POST]`"),
            (
                "gateway: 3.10",
                "`gateway` must be a map, not a number",
                'for example `gateway: {version: "3.11", edition: enterprise}`',
            ),
            (
                "providers: [openai]",
                "`providers` must be a map, not a list",
                'for example `providers: {mistral-cloud: {type: mistral, api_key: "${env:MISTRAL_API_KEY}"}}`',
            ),
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
            (
                "routes: {a: {model: {provider: claude, name: claude-3-5-sonnet}}}",
                "`model` must be text, not a map",
                "write `provider: claude`, which is an entry of `providers`, and beside it `model: claude-3-5-sonnet`",
            ),
            (
                "routes: {a: {model: {provider: [a], name: 'x y'}}}",
                "`model` must be text, not a map",
                "write `provider: NAME`, which is an entry of `providers`, and beside it `model: gpt-4o`",
            ),
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
