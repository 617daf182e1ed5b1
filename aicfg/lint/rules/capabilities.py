"""P24x: what a provider can do."""

from __future__ import annotations

from aicfg.catalog.formats import route_types
from aicfg.kong.llm import Kind, Llm
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.words import both


def _may_be_refused(kind: Kind) -> bool:
    known, found = kind.route_type in route_types(), kind.capability
    return known and (found is None or found.verdict == "refused" or found.native_only)


@rule("P240", "unsupported-route-type", "error", where=_may_be_refused)
def unsupported_route_type(llm: Llm) -> Findings:
    """A route type that Kong's driver of this provider does not do.

    Kong accepts the config, and then answers each request with an error.

    Example:
        version: 1
        providers:
          p: {type: gemini, api_key: "${env:GEMINI_API_KEY}"}
        routes:
          complete: {provider: p, model: gemini-2.5-flash, route_type: llm/v1/completions}
    Use instead:
        version: 1
        providers:
          p: {type: gemini, api_key: "${env:GEMINI_API_KEY}"}
        routes:
          chat: {provider: p, model: gemini-2.5-flash, route_type: llm/v1/chat}
    """
    if llm.hosting is None or llm.route_type is None or llm.route_type not in route_types():
        return
    found = llm.capability
    usable = [name for name, other in llm.hosting.capabilities.items() if other.verdict != "refused"]
    hint = f"{llm.hosting.title} does {both(usable)}"
    if found is None:
        message = f"no source says that {llm.hosting.title} does {llm.route_type}"
        yield Finding(llm.at("route_type"), message, hint, "warning")
    elif found.verdict == "refused":
        reason = f" ({found.note})" if found.note else ""
        yield Finding(llm.at("route_type"), f"{llm.hosting.title} does not do {llm.route_type}{reason}", hint)
    elif found.native_only and llm.record.get("llm_format") in (None, "openai"):
        message = f"{llm.hosting.title} does {llm.route_type} in its own format only"
        yield Finding(llm.at("route_type"), message, "set `llm_format` to the provider's format", "warning")


def _is_disputed(kind: Kind) -> bool:
    return kind.capability is not None and bool(kind.capability.claims)


@rule("P241", "disputed-capability", "warning", where=_is_disputed)
def disputed_capability(llm: Llm) -> Findings:
    """A capability that Kong's documentation both claims and denies.

    aicfg goes by what Kong's code does. Completions of Anthropic, for one, are an old API without streaming, for which
    Kong logs no statistics.

    Example:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
        routes:
          complete: {provider: p, model: claude-2.1, route_type: llm/v1/completions}
    Use instead:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
        routes:
          chat: {provider: p, model: claude-2.1, route_type: llm/v1/chat}
    """
    found = llm.capability
    if llm.hosting is None or found is None or not found.claims or not found.note or found.verdict == "refused":
        return
    if llm.hosting.needs_path_only(llm.gateway.version, llm.route_type or ""):
        return  # all that they disagree on is Kong's own path, and P220 says that one has to be given
    message = f"sources disagree on {llm.route_type} of {llm.hosting.title} ({found.note})"
    hint = f"`aicfg providers {llm.provider.type if llm.provider else ''}` shows who says what"
    yield Finding(llm.at("route_type"), message, hint)
