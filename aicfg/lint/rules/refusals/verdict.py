"""K1xx, K2xx: exactly what Kong's own schema of the target version says, no more and no less."""

from __future__ import annotations

from aicfg.lint.diagnostic import Findings
from aicfg.lint.registry import rule
from aicfg.lint.subjects import PluginCheck

CODES = {
    "unknown-field": "K101",
    "wrong-type": "K102",
    "missing-field": "K103",
    "value-not-allowed": "K104",
    "out-of-range": "K105",
    "wrong-length": "K106",
    "malformed-value": "K107",
    "mutually-required": "K201",
    "conditional": "K202",
    "at-least-one-of": "K203",
    "mutually-exclusive": "K204",
    "custom-check": "K205",
    "kong-crash": "K301",
    "unknown-plugin": "K302",
}
"""The code of each kind of violation."""


@rule("K101", "unknown-field", "error")
def unknown_field(checked: PluginCheck) -> Findings:
    """A field that the plugin does not have in this version.

    Kong refuses the plugin. The field may belong one level up or down, or to another version.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {max_token: 512}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {max_tokens: 512}}
    """
    return checked.of_kind("unknown-field")


@rule("K102", "wrong-field-type", "error")
def wrong_field_type(checked: PluginCheck) -> Findings:
    """A value of another type than the field's. Kong converts nothing: "512" is not 512.

    Kong refuses the plugin. A number in quotes is a text to it, and so is `yes`.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {max_tokens: "512"}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {max_tokens: 512}}
    """
    return checked.of_kind("wrong-type")


@rule("K103", "missing-field", "error")
def missing_field(checked: PluginCheck) -> Findings:
    """A field that Kong demands is missing or null.

    Kong refuses the plugin: there is nothing that it could fill in.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - {name: ai-prompt-template, config: {allow_untemplated_requests: true}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - name: ai-prompt-template
                config:
                  allow_untemplated_requests: true
                  templates:
                    - name: translate
                      template: '{"messages": [{"role": "user", "content": "Translate: {{text}}"}]}'
    """
    return checked.of_kind("missing-field")


@rule("K104", "field-value-not-allowed", "error")
def field_value_not_allowed(checked: PluginCheck) -> Findings:
    """A value that is not among those the field takes.

    Kong refuses the plugin. It compares letter by letter, capitals included.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, response_streaming: allways}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, response_streaming: always}
    """
    return checked.of_kind("value-not-allowed")


@rule("K105", "out-of-range", "error")
def out_of_range(checked: PluginCheck) -> Findings:
    """A number outside the field's range. `top_p` goes from 0 to 1, `top_k` from 0 to 500: they are easily swapped.

    Kong refuses the plugin, even where the provider itself would take the number.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {top_p: 256}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {top_p: 0.5}}
    """
    return checked.of_kind("out-of-range")


@rule("K106", "wrong-length", "error")
def wrong_length(checked: PluginCheck) -> Findings:
    """A text or a list that is too short or too long. Kong counts bytes, and takes no empty text anywhere.

    Kong refuses the plugin. Leave out what is to stay empty.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: ""}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return checked.of_kind("wrong-length")


@rule("K107", "malformed-field", "error")
def malformed_field(checked: PluginCheck) -> Findings:
    """A text that is not of the form the field takes: a URL, a host, a pattern.

    Kong refuses the plugin. A host is a name or an address alone: no scheme, no port, no path.

    Example:
        name: ai-request-transformer
        config:
          prompt: Translate the text to English.
          http_proxy_host: http://proxy.internal
          http_proxy_port: 3128
          llm:
            route_type: llm/v1/chat
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-request-transformer
        config:
          prompt: Translate the text to English.
          http_proxy_host: proxy.internal
          http_proxy_port: 3128
          llm:
            route_type: llm/v1/chat
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: gpt-4o}
    """
    return checked.of_kind("malformed-value")


@rule("K201", "mutually-required", "error")
def mutually_required(checked: PluginCheck) -> Findings:
    """Fields that Kong takes all or none of.

    One of them alone says nothing, and Kong refuses the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai, auth: {header_name: Authorization}}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, auth: {header_name: Authorization, header_value: "Bearer ${env:OPENAI_API_KEY}"}}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return checked.of_kind("mutually-required")


@rule("K202", "conditional", "error")
def conditional(checked: PluginCheck) -> Findings:
    """A field that another field's value demands, or forbids.

    Kong refuses the plugin: what one field says, the other has to allow.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, llm_format: gemini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return checked.of_kind("conditional")


@rule("K203", "at-least-one-of", "error")
def at_least_one_of(checked: PluginCheck) -> Findings:
    """Fields of which Kong wants one at least, and none is there.

    Such a plugin would have nothing to do.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - {name: ai-prompt-guard, config: {allow_all_conversation_history: true}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - {name: ai-prompt-guard, config: {allow_all_conversation_history: true, deny_patterns: ["password"]}}
    """
    return checked.of_kind("at-least-one-of")


@rule("K204", "mutually-exclusive", "error")
def mutually_exclusive(checked: PluginCheck) -> Findings:
    """Fields that Kong does not take together.

    They say the same thing in two ways, and Kong does not choose.

    Example:
        version: 1
        gateway: {version: "3.8"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - name: ai-rate-limiting-advanced
                config:
                  llm_providers: [{name: openai, limit: 100, window_size: 60}]
                  strategy: redis
                  sync_rate: 1
                  redis: {host: redis.internal, port: 6379, cluster_nodes: [{ip: 10.0.0.1, port: 6379}]}
    Use instead:
        version: 1
        gateway: {version: "3.8"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            plugins:
              - name: ai-rate-limiting-advanced
                config:
                  llm_providers: [{name: openai, limit: 100, window_size: 60}]
                  strategy: redis
                  sync_rate: 1
                  redis: {cluster_nodes: [{ip: 10.0.0.1, port: 6379}]}
    """
    return checked.of_kind("mutually-exclusive")


@rule("K205", "custom-check", "error")
def custom_check(checked: PluginCheck) -> Findings:
    """A combination that Kong refuses in code of its own.

    Such a check stands in no list of fields, so that it comes as a surprise.

    Example:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
        routes:
          complete:
            provider: p
            model: claude-2.1
            route_type: llm/v1/completions
            logging: {log_statistics: true}
    Use instead:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
        routes:
          chat:
            provider: p
            model: claude-2.1
            route_type: llm/v1/chat
            logging: {log_statistics: true}
    """
    return checked.of_kind("custom-check")


@rule("K301", "kong-crash", "error")
def kong_crash(checked: PluginCheck) -> Findings:
    """A value on which Kong's own schema code fails.

    The Admin API answers with an internal error, and says nothing about the cause.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: true
          model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: gpt-4o}
    """
    return checked.of_kind("kong-crash")


@rule("K302", "unknown-plugin", "error")
def unknown_plugin(checked: PluginCheck) -> Findings:
    """A plugin that the target gateway does not have.

    It came with a later version, or is gone again. Kong refuses the whole entity.

    Example:
        version: 1
        gateway: {version: "3.7"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {targets: [{provider: p, model: gpt-4o}, {provider: p, model: gpt-4o-mini}]}
    Use instead:
        version: 1
        gateway: {version: "3.8"}
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {targets: [{provider: p, model: gpt-4o}, {provider: p, model: gpt-4o-mini}]}
    """
    return checked.of_kind("unknown-plugin")
