"""S1xx: secrets and how they travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.kong.llm import Llm
from aicfg.kong.references import is_reference, suspects
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.secret_references import referring
from aicfg.lint.secrets import looks_secret, may_hold_secret, names_secret
from aicfg.lint.where import with_auth, with_option
from aicfg.patterns import later

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest

_BLANK = later(r"(?:Bearer |Basic )?<[^<>]+>")
"""A blank to fill in, as guides print it: `Bearer <your key>`."""


@rule("S101", "plaintext-secret", "error", where=with_auth())
def plaintext_secret(llm: Llm) -> Findings:
    """A secret in plain text.

    It would stand in the repository, in every rendered file and in the gateway's config. Refer to it instead: by an
    environment variable, or by a vault.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: sk-example-4kV9dQ2mZt7Lp0XwRb6N}
        routes:
          chat: {provider: p, model: gpt-4o}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o}
    """
    for name, value in llm.auth.items():
        if not isinstance(value, str) or not names_secret(name) or is_reference(value):
            continue
        reference = "${env:NAME}" if llm.from_manifest else '${{ env "DECK_NAME" }} in a decK file'
        hint = f"write {reference} and set that variable where the file is used, or a {{vault://…}} reference"
        if _BLANK.fullmatch(value):
            message = "a placeholder was left in here: it would be sent as it stands"
            yield Finding(llm.at("auth", name), message, hint, "warning", fix=referring(llm, name))
        elif may_hold_secret(value) and not any(suspects(value)):
            message = "a secret stands here in plain text"
            yield Finding(llm.at("auth", name), message, hint, fix=referring(llm, name))


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
def credentials_over_http(llm: Llm) -> Findings:
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
    if llm.auth.get("header_value") or llm.auth.get("param_value"):
        path = llm.at("model", "options", "upstream_url")
        yield Finding(path, "the credentials travel over plain HTTP", "use https://, if the server can")


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
