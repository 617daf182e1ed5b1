"""S1xx: secrets and how they travel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.kong.entities import Entities
from aicfg.kong.llm import PROXIES, Embedder, Llm
from aicfg.kong.parse import KongFile, reference_of
from aicfg.kong.references import DeployText, is_vault_reference
from aicfg.lint.blanks import is_dummy
from aicfg.lint.diagnostic import Finding, Findings, Severity
from aicfg.lint.registry import rule
from aicfg.lint.secrets import looks_secret, names_secret
from aicfg.lint.where import with_option

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest
    from aicfg.source import Path


@rule("S102", "secret-in-text", "error")
def secret_in_text(manifest: Manifest) -> Findings:
    """A text that looks like a well-known kind of secret, where no secret belongs.

    Whoever can read the file can use the secret, and it goes into every file that is rendered.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}", base_url: "https://gateway:4kV9dQ2mZt7Lp0Xw@llm.internal"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}", base_url: "https://llm.internal"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    for path, text in manifest.document.texts():
        is_unused = path[0] == "variables"  # those that are used stand in the places where they are
        if looks_secret(text) and (is_unused or not any(names_secret(part) for part in path)):
            yield Finding(path, "this looks like a secret in plain text", "refer to it as ${env:NAME}, or remove it")


@rule("S103", "credentials-over-http", "warning", where=with_option("upstream_url"))
def credentials_over_http(llm: Llm | Embedder) -> Findings:
    """Credentials that travel over plain HTTP.

    Whoever can listen on the way reads them. Loopback addresses are fine.

    Example:
        version: 1
        providers:
          p: {type: openai, hosting: custom, base_url: "http://llm.internal:8000", api_key: "${env:LLM_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, hosting: custom, base_url: "https://llm.internal:8000", api_key: "${env:LLM_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    url = llm.upstream
    if url is None or url.scheme != "http" or _is_loopback(url.host):
        return
    keys = [key for name in ("header_value", "param_value") if (key := llm.auth.get(name))]
    if any(not is_dummy(key) for key in keys):
        path = llm.at("model", "options", "upstream_url")
        yield Finding(path, "the credentials travel over plain HTTP", "use https://, if the server can")


@rule("S109", "plaintext-consumer-key", "warning")
def plaintext_consumer_key(file: KongFile | Entities) -> Findings:
    """A consumer's key in plain text, in a file with an AI proxy.

    Whoever can read the file can spend on the models behind it. For a demonstration that is fine.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, plugins: [{name: key-auth}]}
        consumers:
          alice: {keyauth_credentials: [{key: alice-key-1}]}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, plugins: [{name: key-auth}]}
        consumers:
          alice: {keyauth_credentials: [{key: "${env:ALICE_KEY}"}]}
    """
    for about, path, key, who in _consumer_keys(file):
        if not isinstance(key, str) or isinstance(key, DeployText) or is_vault_reference(key) or "${{" in key:
            continue
        name = re.sub(r"\W+", "_", f"{who}_key".upper()).strip("_")
        hint = (
            f"write ${{env:{name}}}" if isinstance(file, Entities) else f'write ${{{{ env "DECK_{name}" }}}} for decK'
        )
        severity: Severity | None = None
        message = "this key of a consumer stands here in plain text"
        if "${" in key or "$(" in key:
            message, severity = "nothing resolves this variable: whoever sends these characters is let in", "error"
        yield Finding(path, message, f"{hint}, and set that variable where the file is used", severity, about=about)


def _consumer_keys(file: KongFile | Entities) -> Iterator[tuple[Any, Path, Any, str]]:
    """Keys and passwords of consumers, where an AI proxy is in the same file: whose they are, and where they stand."""
    if isinstance(file, Entities):
        if any(plugin.name in PROXIES for plugin in file.all_plugins()):
            for consumer in file.consumers:
                for index, fields in enumerate(consumer.keyauth_credentials):
                    yield consumer, ("keyauth_credentials", index, "key"), fields.get("key"), consumer.username
        return
    if not any(item.kind.kind == "plugin" and item.fields.get("name") in PROXIES for item in file.items):
        return
    for item in file.items:
        for kind, key in _CREDENTIALS if item.kind.kind == "consumer" else ():
            given = item.fields.get(kind)
            for index, fields in enumerate(given if isinstance(given, list) else ()):
                if isinstance(fields, dict):
                    yield None, (*item.path, kind, index, key), fields.get(key), item.name or "consumer"
    for kind, key in _CREDENTIALS if file.form == "state" else ():
        given = file.document.data.get(kind)
        for index, fields in enumerate(given if isinstance(given, list) else ()):
            if isinstance(fields, dict):
                yield None, (kind, index, key), fields.get(key), str(reference_of(fields.get("consumer")) or "consumer")


_CREDENTIALS = (("keyauth_credentials", "key"), ("basicauth_credentials", "password"))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    if not (host[-1:].isdigit() or ":" in host):
        return False  # no address
    import ipaddress  # slow to load

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
