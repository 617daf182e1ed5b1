"""P23x: how a provider is told who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.kong.llm import PROXIES, Embedder, Kind, Llm
from aicfg.kong.references import (
    DeployText,
    holds_vault_reference,
    is_reference,
    is_vault_reference,
)
from aicfg.lint.blanks import SCHEME
from aicfg.lint.diagnostic import Finding, Findings, Severity
from aicfg.lint.keys import header_in_use, lacks_prefix
from aicfg.lint.registry import rule
from aicfg.lint.where import from_manifest, with_auth
from aicfg.source.changes import Proposal, Remove, Rename, put
from aicfg.source.scalars import resolve
from aicfg.words import both, either, shown

if TYPE_CHECKING:
    from aicfg.catalog.providers import Hosting
    from aicfg.manifest.model import Manifest

_BEGINNINGS = ("header_", "param_", "allow_", "aws_", "azure_", "gcp_")
"""How the names of all fields of `auth` begin."""
_KEYS = ("header_name", "header_value", "param_name", "param_value")


def _has_key(llm: Llm) -> bool:
    return any(llm.auth.get(name) for name in _KEYS)


def _has_cloud_identity(llm: Llm) -> bool:
    cloud = llm.provider.cloud if llm.provider else None
    return cloud is not None and any(llm.auth.get(name) for name in cloud.fields)


def _wants_credentials(kind: Kind) -> bool:
    return kind.hosting is not None and kind.hosting.credentials == "required"


def _has_other_words(llm: Llm) -> bool:
    """Whether `auth` says something that Kong does not know: that is told by itself."""
    return not all(name.startswith(_BEGINNINGS) for name in llm.auth)


@rule("P230", "missing-credentials", "warning", where=_wants_credentials)
def missing_credentials(llm: Llm) -> Findings:
    """No credentials for a service that wants some.

    Kong then passes on whatever Authorization header the client sent, or none, and the provider answers 401. Gateways
    below 3.8 refuse the plugin. Where Kong itself asks the LLM (ai-request-transformer and the like), there is no
    client whose key it could pass on, so that this is an error.

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
    if (hosting.auth.style != "cloud" and _has_key(llm)) or _has_cloud_identity(llm) or _has_other_words(llm):
        return
    message = f"{hosting.title} wants credentials, and there are none"
    refused = llm.gateway.version < (3, 8)  # Kong then says so itself, at the provider
    by_client = llm.plugin.name in PROXIES
    hint = _credentials(llm, hosting)
    if by_client and not refused:
        hint += "; as it is, each client has to send its own"
    elif not by_client:
        message += ": no client sends them, since Kong itself asks the LLM"
    said = (llm.at("model", "provider"),) if refused else ()
    severity: Severity | None = None if by_client and not refused else "error"
    yield Finding(llm.at("auth"), message, hint, severity, at_key=True, explains=said)


def _credentials(llm: Llm, hosting: Hosting) -> str:
    """What to add, as this provider wants it."""
    cloud = llm.provider.cloud if llm.provider else None
    if hosting.auth.style == "cloud" and cloud is not None:
        return f"add `auth:` with {cloud.switch}: true" if cloud.switch else f"add `auth:` with {both(cloud.fields)}"
    if llm.from_manifest:
        return "add `api_key: ${env:NAME}` to the provider"
    record = hosting.auth.record("…")
    return "add `auth: {" + ", ".join(f"{key}: {value}" for key, value in record.items()) + "}` with the key"


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


@rule("P233", "wrong-auth-header", "error", where=with_auth("header_name", "param_name"))
def wrong_auth_header(llm: Llm | Embedder) -> Findings:
    """An auth header, or a query parameter, that this provider does not read.

    Kong sends it all the same, and the provider answers 401. Anthropic reads `x-api-key`, not `apikey`.

    Example:
        version: 1
        providers:
          p:
            type: anthropic
            auth: {header_name: apikey, header_value: "${env:ANTHROPIC_API_KEY}"}
            options: {anthropic_version: "2023-06-01", max_tokens: 512}
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
    hosting, header, parameter = llm.hosting, llm.auth.get("header_name"), llm.auth.get("param_name")
    if hosting is None:
        return
    style = hosting.auth.style
    if isinstance(header, str) and not is_reference(header) and not hosting.reads_header(header):
        headers = [known.name for known in hosting.auth.headers]
        hint = f"it reads {either(headers)}" if headers else _by_cloud(llm)
        if llm.from_manifest and style == "header":
            hint += ", where `api_key:` puts the key"
        message = f'{hosting.title} does not read the header "{header}"'
        severity: Severity | None = "warning" if style == "cloud" and llm.kong_provider != "bedrock" else None
        yield Finding(llm.at("auth", "header_name"), message, hint, severity, fix=_other_header(llm, hosting))
    lone = isinstance(parameter, str) and parameter and not (style == "header" and header)
    if lone and llm.misplaced_auth_field is not None:
        return  # P291 says what is meant
    if lone and style != "query" and not hosting.self_hosted:
        hint = f"use the header {hosting.auth.name}" if style == "header" else _by_cloud(llm)
        if style == "header" and not llm.from_manifest:
            hint += f", as in `header_name: {hosting.auth.name}, header_value: {hosting.auth.prefix}…`"
        yield Finding(llm.at("auth", "param_name"), f"{hosting.title} does not read a key from there", hint)


def _by_cloud(llm: Llm) -> str:
    fields = llm.provider.cloud.fields if llm.provider and llm.provider.cloud else ()
    signs = "Kong signs the requests itself" if llm.kong_provider == "bedrock" else "use the cloud's own credentials"
    return f"{signs}: use `auth:` with {both(list(fields)[:2])}" if fields else signs


def _other_header(llm: Llm, hosting: Hosting) -> Proposal | None:
    """The header that the provider reads, and the key behind the prefix that goes with it, where that can be told."""
    value, path = llm.auth.get("header_value"), llm.at("auth", "header_value")
    if not hosting.auth.headers or not isinstance(value, str):
        return None
    header = hosting.auth.headers[0]
    name, title = put(llm.at("auth", "header_name"), header.name), f"write `header_name: {header.name}`"
    if is_vault_reference(value):
        told = f'{title}; the secret has to begin with "{header.prefix}"' if header.prefix else title
        return Proposal(told, (name,), safe=not header.prefix)
    scheme = SCHEME.match(value)
    right = header.prefix + value[scheme.end() if scheme else 0 :]
    if right == value:
        return Proposal(title, (name,))
    title += f', with "{header.prefix}" before the key' if header.prefix else ", and the key alone"
    # What a variable holds may begin with the prefix already.
    return Proposal(title, (name, put(path, right)), safe=not (isinstance(value, DeployText) and header.prefix))


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


@rule("P290", "key-prefix", "warning", where=with_auth("header_value"))
def key_prefix(llm: Llm | Embedder) -> Findings:
    """A key without the `Bearer ` that the provider wants before it, or with one that it does not want.

    The whole header value stands in `header_value`: Kong adds nothing to it, and the provider answers 401. What is
    behind a vault reference has to begin with `Bearer ` itself.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: <openai key>}
          model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: 'Bearer ${{ env "DECK_OPENAI_KEY" }}'}
          model: {provider: openai, name: gpt-4o}
    """
    value, path = llm.auth.get("header_value"), llm.at("auth", "header_value")
    if not isinstance(value, str) or llm.hosting is None or is_vault_reference(value):
        return
    header = header_in_use(llm)
    if header is None:
        return
    title = llm.hosting.title
    if not header.prefix and value.lower().startswith("bearer ") and not holds_vault_reference(value):
        fix = Proposal("leave `Bearer ` out", (put(path, value[7:].lstrip()),))
        message = f'{title} wants the key alone in {header.name}, without "Bearer "'
        yield Finding(path, message, f'leave "{value[:7]}" out', fix=fix)
    elif lacks_prefix(header, value):
        message = f'{title} wants "{header.prefix}" before the key, and Kong sends this as it stands'
        fix = Proposal(f'write "{header.prefix}" before it', (put(path, header.prefix + value.strip()),))
        yield Finding(path, message, f'write "{header.prefix}" before it', fix=fix)


@rule("P291", "auth-field-as-parameter", "warning", where=with_auth("param_name"))
def auth_field_as_parameter(llm: Llm | Embedder) -> Findings:
    """A field of `auth` that is written as a parameter to send: `param_name: allow_override, param_value: "false"`.

    Kong accepts it because there is an auth record then; what it does is to send a parameter of this name to the
    provider, or nothing at all where it builds a new body, as for Bedrock.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {param_name: allow_override, param_value: "false", param_location: body}
          model: {provider: bedrock, name: "amazon.nova-lite-v1:0", options: {bedrock: {aws_region: us-east-1}}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {allow_override: false}
          model: {provider: bedrock, name: "amazon.nova-lite-v1:0", options: {bedrock: {aws_region: us-east-1}}}
    """
    field = llm.misplaced_auth_field
    if field is None:
        return
    value = llm.auth.get("param_value")
    value = resolve(value) if isinstance(value, str) else value
    written = f"auth: {{{field}: {shown(value)}}}" if isinstance(value, bool) else f"auth: {{{field}: …}}"
    message = f"`{field}` is a field of `auth`, and no parameter to send"
    yield Finding(
        llm.at("auth", "param_name"), message, f"write `{written}`", fix=_as_field(llm, field, value, written)
    )


def _as_field(llm: Llm, field: str, value: object, written: str) -> Proposal | None:
    if not isinstance(value, bool) or field in llm.auth:
        return None
    name = llm.at("auth", "param_name")
    gone = [Remove(llm.at("auth", key)) for key in ("param_value", "param_location") if key in llm.auth]
    return Proposal(f"write `{written}`", (put(name, value), Rename(name, field), *gone))
