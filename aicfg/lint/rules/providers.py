"""P20x, P21x: provider types, hostings, formats and the options that they need."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aicfg.catalog.mistakes import provider_names
from aicfg.catalog.providers import Hosting, provider, provider_types
from aicfg.kong.llm import Kind, Llm, known_provider, nested
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import from_manifest
from aicfg.proposals import removed, respelt_value
from aicfg.source.changes import Proposal, insert, put
from aicfg.words import both, did_you_mean, either, shown

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest


def _has_formats(kind: Kind) -> bool:
    return kind.provider is not None and kind.provider.format_option in kind.options


def _needs_options(kind: Kind) -> bool:
    return kind.type is not None and bool(needed_options(kind.type, kind.hosting_name))


def _has_groups(kind: Kind) -> bool:
    return kind.provider is not None and bool(kind.provider.all_or_none)


def _reads_environment(kind: Kind) -> bool:
    return kind.provider is not None and any(option.env for option in kind.provider.options.values())


@rule("P201", "unknown-hosting", "error")
def unknown_hosting(manifest: Manifest) -> Findings:
    """A hosting that the provider type does not have.

    The hosting decides the format, where the key goes and whether a URL is needed, so nothing can be told without it.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: olama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    for entry in manifest.providers.values():
        known = known_provider(entry.type)
        if known is not None and entry.hosting is not None and entry.hosting not in known.hostings:
            hint = did_you_mean(entry.hosting, known.hostings) or f"use {either(known.hostings)}"
            path, message = (*entry.path, "hosting"), f'"{entry.hosting}" is not a hosting of {entry.type}'
            yield Finding(path, message, hint, fix=respelt_value(path, entry.hosting, known.hostings))


@rule("P202", "missing-hosting", "error")
def missing_hosting(manifest: Manifest) -> Findings:
    """A provider type that can be hosted in several ways, none of them the obvious one.

    Llama models run on whatever server someone set up, and each speaks another format.

    Example:
        version: 1
        providers:
          p: {type: llama2, base_url: "http://llama.internal:11434"}
        routes:
          chat: {provider: p, model: llama2}
    Use instead:
        version: 1
        providers:
          p: {type: llama2, hosting: ollama, base_url: "http://llama.internal:11434"}
        routes:
          chat: {provider: p, model: llama2}
    """
    for entry in manifest.providers.values():
        known = known_provider(entry.type)
        if known is not None and entry.hosting is None and known.default_hosting is None:
            hint = f"add `hosting:` with one of {either(known.hostings)}"
            yield Finding(entry.path, f"{known.title} has no default hosting", hint, at_key=True)


@rule("P204", "unknown-provider", "error", where=lambda kind: kind.kong_provider is not None and kind.type is None)
def unknown_provider(llm: Llm) -> Findings:
    """A provider type that Kong does not have.

    Kong refuses the plugin. A server that speaks OpenAI's API is `type: openai, hosting: custom`.

    Example:
        version: 1
        providers:
          p: {type: mistrall, api_key: "${env:MISTRAL_API_KEY}"}
        routes:
          chat: {provider: p, model: mistral-tiny}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, api_key: "${env:MISTRAL_API_KEY}"}
        routes:
          chat: {provider: p, model: mistral-tiny}
    """
    kong_provider = llm.kong_provider
    if kong_provider is None or isinstance(kong_provider, DeployText) or "vault:" in kong_provider:
        return
    if llm.provider is None:
        other = provider_names().get(kong_provider.lower())
        hint = f'did you mean "{other}"?' if other else did_you_mean(kong_provider, provider_types())
        message = f'"{llm.kong_provider}" is not a provider that Kong has'
        path = llm.at("model", "provider")
        is_manifest = llm.origin.find(path).path[-1:] == ("type",)
        types = [each for each in provider_types() if is_manifest or provider(each).kong_provider == each]
        fix = respelt_value(path, llm.kong_provider, types)
        if other in types:
            fix = Proposal(f"write {other}", (put(path, other),), safe=False)
        yield Finding(path, message, hint or "`aicfg providers` lists them all", fix=fix)


@rule("P205", "format-not-allowed", "error", where=_has_formats)
def format_not_allowed(llm: Llm) -> Findings:
    """A wire format that Kong does not have for this provider.

    Kong knows `openai` and `ollama` for Mistral, and `raw` as well for Llama 2. Llama 3 has no `raw` format: its
    prompts are written in another way than those of Llama 2.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: custom, format: raw, upstream_url: "http://mistral.internal:8080/generate"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: custom, format: openai, base_url: "http://mistral.internal:8000"}
        routes:
          chat: {provider: p, model: mistral}
    """
    if llm.provider is None or llm.provider.format_option is None:
        return
    option = llm.provider.format_option
    chosen = llm.option(option)
    if chosen is not None and chosen not in llm.provider.formats:
        message = f'{llm.provider.title} has no format "{chosen}" in Kong'
        path = llm.at("model", "options", option)
        fix = respelt_value(path, chosen, llm.provider.formats)
        yield Finding(path, message, f"use {either(llm.provider.formats)}", fix=fix)


@rule("P206", "format-contradicts-hosting", "error", where=from_manifest)
def format_contradicts_hosting(llm: Llm) -> Findings:
    """The format option says something else than the hosting.

    The hosting already decides the format; a server that speaks another one is `hosting: custom`.

    Example:
        version: 1
        providers:
          p:
            type: mistral
            hosting: ollama
            base_url: http://ollama.internal:11434
            options: {mistral_format: openai}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    if llm.provider is None or llm.hosting is None or llm.provider.format_option is None:
        return
    option = llm.provider.format_option
    chosen, own = llm.option(option), llm.hosting.format
    if llm.from_manifest and own is not None and chosen in llm.provider.formats and chosen != own:
        message = f'{option} is "{chosen}", but the hosting {llm.hosting.name} speaks "{own}"'
        path, hint = llm.at("model", "options", option), f"remove it, or say `hosting: custom, format: {chosen}`"
        yield Finding(path, message, hint, fix=removed(path))


@rule("P207", "missing-format", "error")
def missing_format(manifest: Manifest) -> Findings:
    """A custom hosting of a provider with several formats, and no `format`.

    Kong has to know what the server speaks.

    Example:
        version: 1
        providers:
          p: {type: llama3, hosting: custom, base_url: "http://llama.internal:8000"}
        routes:
          chat: {provider: p, model: llama3}
    Use instead:
        version: 1
        providers:
          p: {type: llama3, hosting: custom, format: openai, base_url: "http://llama.internal:8000"}
        routes:
          chat: {provider: p, model: llama3}
    """
    for entry in manifest.providers.values():
        known = known_provider(entry.type)
        hosting = known.hostings.get(entry.hosting or "") if known else None
        chosen = known is not None and known.format_option is not None and known.format_option in entry.options
        if hosting is not None and hosting.format is None and entry.format is None and not chosen:
            hint = f"add `format:` with {either(hosting.formats)}"
            yield Finding(entry.path, f"the hosting {hosting.name} needs a format", hint, at_key=True)


@rule("P208", "format-without-use", "error")
def format_without_use(manifest: Manifest) -> Findings:
    """A `format` where the hosting or the provider leaves nothing to choose.

    What a hosting runs speaks one format, so a second word for it can only contradict.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, format: openai, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "http://ollama.internal:11434"}
        routes:
          chat: {provider: p, model: mistral}
    """
    for entry in manifest.providers.values():
        known = known_provider(entry.type)
        hosting = known.hostings.get(entry.hosting or known.default_hosting or "") if known else None
        if known is None or hosting is None or hosting.format is None or entry.format in (None, hosting.format):
            continue
        message = f"the hosting {hosting.name} of {entry.type} always speaks {hosting.format}"
        custom = "custom" in known.hostings and known.hostings["custom"].format is None
        hint = "remove it, or say `hosting: custom`" if custom else "remove it"
        path = (*entry.path, "format")
        yield Finding(path, message, hint, fix=removed(path))


@rule("P210", "missing-option", "error", where=_needs_options)
def missing_option(llm: Llm) -> Findings:
    """A model option without which the provider cannot be called.

    Azure's URL is made of the instance and the deployment, Vertex AI's of endpoint, project and location.

    Example:
        version: 1
        providers:
          p: {type: azure, api_key: "${env:AZURE_KEY}", options: {azure_instance: team}}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: azure, api_key: "${env:AZURE_KEY}", options: {azure_instance: team, azure_deployment_id: gpt-4o}}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    if llm.provider is None:
        return
    for name in needed_options(llm.provider.type, llm.hosting.name if llm.hosting else None):
        if nested(llm.options, name) is None:
            path = llm.at("model", "options", *name.split("."))
            fill = llm.provider.options[name].fill
            written = name.replace(".", ": {") + f": {shown(fill) if fill else '…'}" + "}" * name.count(".")
            fix = Proposal(f"add `{written}`", (insert(path, fill),)) if fill else None
            message = f"{llm.provider.title} needs the option {name}"
            yield Finding(path, message, f"add `{written}` to the options", fix=fix)


@cache
def needed_options(type_: str, hosting: str | None) -> tuple[str, ...]:
    """The options that have to be given: those without a default, but not the format, which the hosting decides."""
    known = provider(type_)
    own = [
        rule.name
        for rule in known.options.values()
        if rule.need == "required" and rule.default is None and rule.name != known.format_option
    ]
    requires = known.hostings[hosting].requires if hosting else ()
    return (*own, *(name for name in requires if name not in own))


@rule("P211", "filled-option", "info", where=from_manifest)
def filled_option(llm: Llm) -> Findings:
    """aicfg wrote an option that Kong demands and the manifest does not give.

    Anthropic's API version is such an option: there is one in use, so it need not be said in every manifest.

    Example:
        version: 1
        providers:
          p: {type: anthropic, api_key: "${env:ANTHROPIC_API_KEY}", options: {max_tokens: 512}}
        routes:
          chat: {provider: p, model: claude-sonnet-4-20250514}
    Use instead:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
        routes:
          chat: {provider: p, model: claude-sonnet-4-20250514}
    """
    if llm.provider is None or not llm.from_manifest:
        return
    for rule_ in llm.provider.options.values():
        path = llm.at("model", "options", rule_.name)
        if (
            rule_.fill is not None
            and llm.option(rule_.name) == rule_.fill
            and rule_.name not in llm.origin.find(path).path
        ):
            message = f'{rule_.name} is not given; aicfg writes "{rule_.fill}"'
            yield Finding(path, message, f'add `{rule_.name}: "{rule_.fill}"` to the options to pin it', at_key=True)


@rule("P212", "incomplete-options", "error", where=_has_groups)
def incomplete_options(llm: Llm) -> Findings:
    """Options that Kong takes only together, and some of them are missing.

    Kong refuses the plugin: Vertex AI needs all of endpoint, project and location, an assumed AWS role its session's
    name.

    Example:
        version: 1
        providers:
          p:
            type: gemini
            api_key: ${env:GEMINI_API_KEY}
            options: {gemini: {project_id: team, location_id: europe-west1}}
        routes:
          chat: {provider: p, model: gemini-2.5-flash}
    Use instead:
        version: 1
        providers:
          p:
            type: gemini
            hosting: vertex
            auth: {gcp_use_service_account: true}
            options:
              gemini:
                api_endpoint: europe-west1-aiplatform.googleapis.com
                project_id: team
                location_id: europe-west1
        routes:
          chat: {provider: p, model: gemini-2.5-flash}
    """
    if llm.provider is None:
        return
    needed = needed_options(llm.provider.type, llm.hosting.name if llm.hosting else None)
    for group in llm.provider.all_or_none:
        missing = [name for name in group if nested(llm.options, name) is None]
        if missing and len(missing) < len(group) and not set(missing) & set(needed):
            given = next(name for name in group if name not in missing)
            path = llm.at("model", "options", *given.split("."))
            kong = tuple(llm.at("model", "options", *name.split(".")) for name in missing)
            message, hint = f"{both(group)} go together", f"add {both(missing)}, or remove the rest"
            yield Finding(path, message, hint, at_key=True, explains=kong)


@rule("P213", "option-from-environment", "info", where=_reads_environment)
def option_from_environment(llm: Llm) -> Findings:
    """An option that is not given, so that the gateway's own environment has to hold it.

    Without `bedrock.aws_region`, Kong takes AWS_REGION or AWS_DEFAULT_REGION of its own process; with neither, each
    request ends in status 500.

    Example:
        version: 1
        providers:
          p: {type: bedrock}
        routes:
          chat: {provider: p, model: "meta.llama3-70b-instruct-v1:0"}
    Use instead:
        version: 1
        providers:
          p: {type: bedrock, options: {bedrock: {aws_region: eu-central-1}}}
        routes:
          chat: {provider: p, model: "meta.llama3-70b-instruct-v1:0"}
    """
    if llm.provider is None:
        return
    for rule_ in llm.provider.options.values():
        if rule_.env and nested(llm.options, rule_.name) is None and not _always_given(rule_.name, llm.hosting):
            path = llm.at("model", "options", *rule_.name.split("."))
            message = f"{rule_.name} is not given, so the gateway's environment must hold {either(rule_.env)}"
            yield Finding(path, message, "set it there, or add the option", at_key=True)


def _always_given(name: str, hosting: Hosting | None) -> bool:
    return hosting is not None and name in hosting.requires
