"""M1xx: the shape of a manifest, as its JSON Schema has it."""

from __future__ import annotations

from aicfg.lint.diagnostic import Findings
from aicfg.lint.registry import rule
from aicfg.lint.subjects import Shape


@rule("M101", "unknown-key", "error")
def unknown_key(shape: Shape) -> Findings:
    """A key that the manifest language does not have.

    It would be ignored, and with it what its writer meant.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, modle: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return shape.of_kind("unknown-key")


@rule("M102", "wrong-type", "error")
def wrong_type(shape: Shape) -> Findings:
    """A value is of another type than its key takes.

    aicfg guesses nothing: `POST` and `[POST]` are not the same to Kong.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, methods: POST}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, methods: [POST]}
    """
    return shape.of_kind("wrong-type")


@rule("M103", "missing-key", "error")
def missing_key(shape: Shape) -> Findings:
    """A key that has to be there is missing.

    Without it, nobody can tell what the entry means.

    Example:
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return shape.of_kind("missing-key")


@rule("M104", "value-not-allowed", "error")
def value_not_allowed(shape: Shape) -> Findings:
    """A value is not one of those that its key takes.

    No other value has a meaning, so nothing can be compiled from it.

    Example:
        version: 2
    Use instead:
        version: 1
    """
    return shape.of_kind("value-not-allowed")


@rule("M105", "malformed-value", "error")
def malformed_value(shape: Shape) -> Findings:
    """A value is of the right type, but not of the form that its key takes.

    It could not become what it is meant for in Kong, such as a name or a URL.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          "": {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    return shape.of_kind("malformed-value")


@rule("M106", "ambiguous-boolean", "error")
def ambiguous_boolean(shape: Shape) -> Findings:
    """`yes`, `no`, `on` or `off`, which some readers take for a boolean and others for text.

    decK reads the newer YAML, where these are text; other tools on the way may not. Write `true` or `false` where a
    boolean is meant, and quotes where a text is.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, strip_path: yes}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, strip_path: true}
    """
    return shape.of_kind("ambiguous-boolean", "ambiguous-text")
