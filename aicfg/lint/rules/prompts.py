"""P293 to P296, P308, P326: plugins for prompts beside a proxy, and what a proxy's provider and model go with.

Sources: Kong's documentation of its AI plugins (gateway 3.15), and its open-source drivers (the 3.10 tree).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.llm import PROXIES, Embedder, llms
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_option, with_plugin
from aicfg.patterns import later
from aicfg.source.changes import Proposal, Remove
from aicfg.words import both, shown

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities, Plugin
    from aicfg.kong.llm import Llm
    from aicfg.kong.scopes import Meeting

_GUARD = "ai-prompt-guard"
_ANYTHING = later(r"\^?(?:\(\?[a-zA-Z]+\))?\(?(?:\.[*+]\??|\[\\s\\S\][*+])\)?\$?")
_FEW = 5
"""So many patterns are a list of subjects that somebody thought about, as in Kong's own example."""
_CHATS = frozenset(("llm/v1/chat", "llm/v1/completions", "llm/v1/responses", "llm/v1/assistants", "preserve"))
_TEMPLATES = "ai-prompt-template"
_VARIABLE = later(r"\{\{\s*[\w.-]+\s*\}\}")
_FOR_PROMPTS = ("ai-prompt-decorator", "ai-prompt-template")


def _lists(plugin: Plugin) -> tuple[list[Any], list[Any]]:
    """The patterns that a guard allows, and those that it denies."""
    config = plugin.config if isinstance(plugin.config, Mapping) else {}
    allow, deny = config.get("allow_patterns"), config.get("deny_patterns")
    return allow if isinstance(allow, list) else [], deny if isinstance(deny, list) else []


def _allows_all(pattern: object) -> bool:
    return isinstance(pattern, str) and bool(_ANYTHING.fullmatch(pattern))


@rule("P293", "allow-everything", "info", where=with_plugin(_GUARD))
def allow_everything(entities: Entities) -> Findings:
    """A guard that allows `.*` beside what it denies.

    Without `allow_patterns`, whatever is not denied is allowed, so this changes nothing.

    Example:
        name: ai-prompt-guard
        config:
          allow_patterns: [".*"]
          deny_patterns: ["(?i)password"]
    Use instead:
        name: ai-prompt-guard
        config:
          deny_patterns: ["(?i)password"]
    """
    for plugin in entities.all_plugins():
        if plugin.name != _GUARD:
            continue
        allow, deny = _lists(plugin)
        if deny and any(map(_allows_all, allow)):
            path = ("config", "allow_patterns")
            fix = Proposal("remove `allow_patterns`", (Remove(path),)) if all(map(_allows_all, allow)) else None
            message = "what is not denied is allowed anyway, so that this has no effect"
            yield Finding(path, message, "leave `allow_patterns` out", at_key=True, about=plugin, fix=fix)


@rule("P294", "narrow-allow-list", "warning", where=with_plugin(_GUARD))
def narrow_allow_list(entities: Entities) -> Findings:
    """A short list of allowed patterns beside denied ones: every prompt that fits none of them is refused.

    `allow_patterns` is no list of exceptions from `deny_patterns`: what is denied stays so, and of the rest only what
    fits a pattern goes on. A long list is most likely meant like that, and gets no warning.

    Example:
        name: ai-prompt-guard
        config:
          allow_patterns: ["(?i)invoice"]
          deny_patterns: ["(?i)password"]
    Use instead:
        name: ai-prompt-guard
        config:
          deny_patterns: ["(?i)password"]
    """
    for plugin in entities.all_plugins():
        if plugin.name != _GUARD:
            continue
        allow, deny = _lists(plugin)
        if deny and 0 < len(allow) < _FEW and not any(_allows_all(each) or _is_open(each) for each in allow):
            listed = both([shown(each) for each in allow[:3]])
            message = f"Kong refuses each prompt that fits none of these, harmless ones too: only {listed} gets through"
            hint = "leave `allow_patterns` out, unless nothing else is to be asked"
            yield Finding(("config", "allow_patterns"), message, hint, at_key=True, about=plugin)


def _is_open(pattern: object) -> bool:
    return isinstance(pattern, DeployText)


@rule("P295", "prompts-without-chat", "warning", where=with_plugin(*_FOR_PROMPTS))
def prompts_without_chat(entities: Entities) -> Findings:
    """A plugin for prompts on a route that makes no chats, but embeddings, images or audio.

    It changes the messages of a chat. A request for embeddings has none, and the plugin most likely refuses it.

    Example:
        name: vectors
        paths: [/vectors]
        protocols: [http, https]
        plugins:
          - name: ai-prompt-decorator
            config: {prompts: {prepend: [{role: system, content: Be short.}]}}
          - name: ai-proxy
            config:
              route_type: llm/v1/embeddings
              genai_category: text/embeddings
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: text-embedding-3-small}
    Use instead:
        name: vectors
        paths: [/vectors]
        protocols: [http, https]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/embeddings
              genai_category: text/embeddings
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: text-embedding-3-small}
    """
    from aicfg.kong.scopes import meetings  # few files have such plugins

    for name in _FOR_PROMPTS:
        for meeting in meetings(entities, name):
            kinds = _route_types(entities, meeting) if meeting.confined else frozenset()
            if kinds and kinds.isdisjoint(_CHATS) and None not in kinds:
                served = both(sorted(str(kind) for kind in kinds)[:3])
                message = f"{name} works on chats, and here there is only {served}"
                yield Finding(("name",), message, "put it on the routes for chats", about=meeting.plugin)


def _route_types(entities: Entities, meeting: Meeting) -> frozenset[str | None]:
    proxies = (other for other in meeting.others if other.name in PROXIES)
    return frozenset(llm.route_type for proxy in proxies for llm in llms(proxy, entities.gateway))


_APIS = (
    (later(r"/chat/completions/?$|/v\d+/completions/?$"), "OpenAI's API", ("openai", "azure")),
    (later(r"/v\d+/messages/?$"), "Anthropic's API", ("anthropic",)),
    (later(r"/api/(?:chat|generate)/?$"), "Ollama's API", ("ollama",)),
    (later(r":(?:stream)?[gG]enerateContent$"), "Gemini's API", ("gemini",)),
    (later(r"/converse(?:-stream)?$"), "Bedrock's API", ("bedrock",)),
)
"""Ends of paths, whose API is served there, and the wire formats that it has."""
_ANY_URL = ("huggingface",)
"""Formats whose drivers complete the URL."""


@rule("P296", "other-providers-api", "warning", where=with_option("upstream_url"))
def other_providers_api(llm: Llm | Embedder) -> Findings:
    """An upstream URL where another API is served than the one that the provider's format is for.

    The provider decides what Kong sends: with `provider: gemini`, a request in Gemini's format goes to
    `/v1/chat/completions`, where a server expects OpenAI's. The model's maker does not matter, but the server's API.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {allow_override: false}
          model: {provider: gemini, name: m, options: {upstream_url: "http://gpt4all:4891/v1/chat/completions"}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          model: {provider: openai, name: m, options: {upstream_url: "http://gpt4all:4891/v1/chat/completions"}}
    """
    known, url = llm.provider, llm.upstream
    if known is None or known.format_option or url is None or not url.absolute or llm.expected_path:
        return
    own = known.hostings.get(known.default_hosting or "") or next(iter(known.hostings.values()))
    if own.format is None or own.format in _ANY_URL:
        return
    for pattern, title, formats in _APIS:
        if pattern.search(url.path) and own.format not in formats:
            message = f"{title} is served at {shown(url.path)}, and Kong sends requests in the format of {known.title}"
            use = {"openai": "provider: openai", "ollama": "provider: llama2 with llama2_format: ollama"}
            hint = f"write `{use.get(formats[0], f'provider: {formats[0]}')}`, if that is what the server speaks"
            yield Finding(llm.at("model", "options", "upstream_url"), message, hint)
            return


@rule("P308", "no-model-name", "info", where=lambda kind: kind.kong_provider in ("bedrock", "llama2", "ollama"))
def no_model_name(llm: Llm) -> Findings:
    """A model without a name, for a provider whose models have to be named in the config or by each client.

    Kong takes the name from the client's request then, and answers 400 to one without it. For a server of one's own and
    for Bedrock this is most likely an oversight.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {allow_override: false}
          model: {provider: bedrock, options: {bedrock: {aws_region: eu-central-1}}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {allow_override: false}
          model: {provider: bedrock, name: "amazon.nova-lite-v1:0", options: {bedrock: {aws_region: eu-central-1}}}
    """
    model = llm.record.get("model")
    if not isinstance(model, Mapping) or model.get("name") is not None or llm.plugin.name not in PROXIES:
        return
    if llm.kong_provider in ("bedrock", "llama2", "ollama") and llm.route_type in ("llm/v1/chat", "llm/v1/completions"):
        config = llm.plugin.config if isinstance(llm.plugin.config, Mapping) else {}
        if config.get("llm_format", "openai") == "openai" and not llm.from_manifest:
            message = "the model has no name, so that each client has to send one, and gets 400 otherwise"
            yield Finding(llm.at("model", "name"), message, "add `name:`", at_key=True)


@rule("P326", "template-not-json", "warning")
def template_not_json(entities: Entities) -> Findings:
    """A prompt template whose text is no JSON.

    The text becomes the body of the request, once its `{{variables}}` are filled in. Kong's schema takes any text, and
    what is no JSON then most likely fails with every request.

    Example:
        name: ai-prompt-template
        config:
          templates:
            - {name: greet, template: "Say hello to {{name}}"}
    Use instead:
        name: ai-prompt-template
        config:
          templates:
            - {name: greet, template: '{"messages": [{"role": "user", "content": "Say hello to {{name}}"}]}'}
    """
    for plugin in entities.all_plugins():
        if plugin.name != _TEMPLATES or not isinstance(plugin.config, Mapping):
            continue
        templates = plugin.config.get("templates")
        for number, each in enumerate(templates if isinstance(templates, list) else ()):
            text = each.get("template") if isinstance(each, Mapping) else None
            if isinstance(text, str) and not isinstance(text, DeployText) and text and not _is_json(text):
                message = "this text becomes the body of the request, and it is no JSON"
                hint = 'write a whole body, such as {"messages": [{"role": "user", "content": "…"}]}'
                yield Finding(("config", "templates", number, "template"), message, hint, about=plugin)


def _is_json(text: str) -> bool:
    import json  # few files have a template

    for filled in ("0", '"0"'):  # a variable may stand inside quotes, or for a whole value
        try:
            return isinstance(json.loads(_VARIABLE.sub(filled, text), strict=False), dict)
        except ValueError:
            continue
    return False
