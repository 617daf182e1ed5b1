"""P23x: how a provider is told who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.kong.llm import Kind, Llm
from aicfg.kong.references import (
    DeployText,
    holds_vault_reference,
    is_reference,
    is_vault_reference,
    vault_references,
)
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import from_manifest, with_auth
from aicfg.source.changes import Proposal, put
from aicfg.words import both, either

if TYPE_CHECKING:
    from aicfg.catalog.providers import Hosting
    from aicfg.manifest.model import Manifest
_KEYS = ("header_name", "header_value", "param_name", "param_value")


def _has_key(llm: Llm) -> bool:
    return any(llm.auth.get(name) for name in _KEYS)


def _has_cloud_identity(llm: Llm) -> bool:
    cloud = llm.provider.cloud if llm.provider else None
    return cloud is not None and any(llm.auth.get(name) for name in cloud.fields)


def _wants_credentials(kind: Kind) -> bool:
    return kind.hosting is not None and kind.hosting.credentials == "required"


@rule("P230", "missing-credentials", "warning", where=_wants_credentials)
def missing_credentials(llm: Llm) -> Findings:
    """No credentials for a service that wants some.

    Kong then passes on whatever Authorization header the client sent, or none, and the provider answers 401. Gateways
    below 3.8 refuse the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    hosting = llm.hosting
    if hosting is None or llm.provider is None or hosting.credentials != "required":
        return
    if _has_cloud_identity(llm) or (_has_key(llm) and hosting.auth.style != "cloud"):
        return
    cloud = llm.provider.cloud
    if hosting.auth.style == "cloud" and cloud is not None:
        hint = f"add `auth:` with {cloud.switch}: true" if cloud.switch else f"add `auth:` with {both(cloud.fields)}"
    else:
        hint = "add `api_key: ${env:NAME}` to the provider" if llm.from_manifest else "add `auth:` with the key"
    message = f"{hosting.title} wants credentials, and there are none"
    refused = llm.gateway.version < (3, 8)  # Kong then says so itself, at the provider
    said = (llm.at("model", "provider"),) if refused else ()
    yield Finding(llm.at("auth"), message, hint, "error" if refused else None, at_key=True, explains=said)


@rule("P231", "unneeded-credentials", "info", where=from_manifest)
def unneeded_credentials(llm: Llm) -> Findings:
    """Credentials for a server that takes none by default.

    Ollama, llama.cpp and a plain GGUF server ask for no key. One in front of them may, so this is only a remark.

    Example:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "https://ollama.internal", api_key: "${env:OLLAMA_KEY}"}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p: {type: mistral, hosting: ollama, base_url: "https://ollama.internal"}
        routes:
          chat: {provider: p, model: mistral}
    """
    hosting = llm.hosting
    if hosting is None or not llm.from_manifest or not _has_key(llm) or hosting.name == "custom":
        return
    if hosting.credentials == "unused" or (hosting.credentials == "optional" and hosting.self_hosted):
        hint = "remove it, unless something in front of the server wants it"
        path = llm.at("auth", next(name for name in reversed(_KEYS) if llm.auth.get(name)))
        yield Finding(path, f"{hosting.title} asks for no credentials by default", hint, at_key=True)


@rule("P232", "unusable-api-key", "error")
def unusable_api_key(manifest: Manifest) -> Findings:
    """An `api_key` for a provider that takes none: it signs requests with the cloud's own credentials.

    The key would have no place to go.

    Example:
        version: 1
        providers:
          p: {type: bedrock, api_key: "${env:AWS_KEY}", options: {bedrock: {aws_region: eu-central-1}}}
        routes:
          chat: {provider: p, model: "meta.llama3-70b-instruct-v1:0"}
    Use instead:
        version: 1
        providers:
          p:
            type: bedrock
            auth:
              aws_access_key_id: ${env:AWS_ACCESS_KEY_ID}
              aws_secret_access_key: ${env:AWS_SECRET_ACCESS_KEY}
            options: {bedrock: {aws_region: eu-central-1}}
        routes:
          chat: {provider: p, model: "meta.llama3-70b-instruct-v1:0"}
    """
    from aicfg.kong.lower import resolve

    for entry in manifest.providers.values():
        target = resolve(manifest, entry.name)
        if target is None or entry.api_key is None or target.hosting.auth.record("key"):
            continue
        fields = target.provider.cloud.fields if target.provider.cloud else ()
        hint = f"use `auth:` with {both(fields)}" if fields else "remove it"
        message = f"{target.hosting.title} takes no API key"
        yield Finding((*entry.path, "api_key"), message, hint, at_key=True)


@rule("P233", "wrong-auth-header", "warning", where=with_auth("header_name", "param_name"))
def wrong_auth_header(llm: Llm) -> Findings:
    """An auth header, or a query parameter, that this provider does not read.

    Kong sends it all the same, and the provider answers 401. Anthropic reads `x-api-key`, not `apikey`.

    Example:
        version: 1
        providers:
          p:
            type: anthropic
            auth: {header_name: apikey, header_value: "${env:ANTHROPIC_API_KEY}"}
            options: {anthropic_version: "2023-06-01"}
        routes:
          chat: {provider: p, model: claude-sonnet-4-20250514}
    Use instead:
        version: 1
        providers:
          p:
            type: anthropic
            api_key: ${env:ANTHROPIC_API_KEY}
            options: {anthropic_version: "2023-06-01"}
        routes:
          chat: {provider: p, model: claude-sonnet-4-20250514}
    """
    hosting, header, parameter = llm.hosting, llm.auth.get("header_name"), llm.auth.get("param_name")
    if hosting is None:
        return
    style = hosting.auth.style
    if isinstance(header, str) and not is_reference(header) and not hosting.reads_header(header):
        headers = [known.name for known in hosting.auth.headers]
        hint = f"it reads {either(headers)}" if headers else "use the cloud's own credentials"
        if llm.from_manifest and style == "header":
            hint += ", where `api_key:` puts the key"
        message = f'{hosting.title} does not read the header "{header}"'
        yield Finding(llm.at("auth", "header_name"), message, hint, fix=_other_header(llm, hosting))
    lone = isinstance(parameter, str) and parameter and not (style == "header" and header)
    if lone and style != "query" and not hosting.self_hosted:
        hint = f"use the header {hosting.auth.name}" if style == "header" else "use the cloud's own credentials"
        yield Finding(llm.at("auth", "param_name"), f"{hosting.title} does not read a key from there", hint)


def _other_header(llm: Llm, hosting: Hosting) -> Proposal | None:
    """The header that the provider reads, where its value can be told to fit. A key in plain text is not touched."""
    rule_, value = hosting.auth, llm.auth.get("header_value")
    if rule_.style != "header" or not isinstance(value, str):
        return None
    name, path = put(llm.at("auth", "header_name"), rule_.name), llm.at("auth", "header_value")
    title = f"write `header_name: {rule_.name}`"
    if is_vault_reference(value):
        told = f'{title}; the secret has to begin with "{rule_.prefix}"'
        return Proposal(told if rule_.prefix else title, (name,), safe=not rule_.prefix)
    if not rule_.prefix:
        return None if value.lower().startswith("bearer ") else Proposal(title, (name,))
    if value.startswith(rule_.prefix):
        return Proposal(title, (name,))
    if isinstance(value, DeployText) and value.startswith("${"):
        return Proposal(
            f'{title}, with "{rule_.prefix}" before the key', (name, put(path, rule_.prefix + value)), False
        )
    return None


@rule("P234", "partial-vault-reference", "warning", where=with_auth())
def partial_vault_reference(llm: Llm) -> Findings:
    """A vault reference with something before or behind it.

    Kong resolves a reference only where it is the whole value; `Bearer {vault://…}` goes to the provider as it stands.
    Store `Bearer ` together with the key in the vault.

    Example:
        version: 1
        providers:
          p:
            type: openai
            auth: {header_name: Authorization, header_value: "Bearer {vault://env/openai-key}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p:
            type: openai
            auth: {header_name: Authorization, header_value: "{vault://env/openai-authorization}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    for name, value in llm.auth.items():
        if not is_vault_reference(value) and holds_vault_reference(value):
            hint = "make the reference the whole value, and store the rest with the secret"
            message, [reference] = (
                "Kong resolves a vault reference only as the whole value",
                vault_references(value)[:1],
            )
            path, alone = llm.at("auth", name), len(vault_references(value)) == 1
            title = "keep the reference alone; what stood around it has to be stored with the secret"
            fix = Proposal(title, (put(path, reference),), safe=False) if alone else None
            yield Finding(path, message, hint, fix=fix)


@rule("P235", "vault-holds-header", "info", where=from_manifest)
def vault_holds_header(llm: Llm) -> Findings:
    """A vault reference as `api_key`, where the provider wants a prefix before the key.

    A reference has to be the whole value, so aicfg adds no `Bearer `: the secret in the vault must begin with it.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "{vault://env/openai-authorization}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    hosting, value = llm.hosting, llm.auth.get("header_value")
    if hosting is None or not hosting.auth.prefix or not is_vault_reference(value):
        return
    path = llm.at("auth", "header_value")
    if llm.from_manifest and llm.origin.find(path).path[-1:] == ("api_key",):
        message = f'the secret behind this reference must hold the whole header, "{hosting.auth.prefix}" included'
        yield Finding(path, message, f'store "{hosting.auth.prefix}<key>" under that name')
