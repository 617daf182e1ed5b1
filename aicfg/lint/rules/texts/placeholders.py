"""S104 to S108, P234: what stands in a config for a secret or a setting, and is not what Kong or decK would resolve.

Sources: the gateway's vault code (kong/pdk/vault.lua) and AI drivers (the 3.10 tree, read and run: only what is under
`config.model` is templated), decK's reader of state files, and Kong's documentation of vaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.kong.references import vault_references
from aicfg.lint.blanks import SCHEME, without_scheme
from aicfg.lint.config_texts import ConfigTexts, OddText, calls_own_server
from aicfg.lint.diagnostic import Finding, Findings, Severity
from aicfg.lint.keys import lacks_prefix, wanted_header
from aicfg.lint.readers import reads_by
from aicfg.lint.registry import rule
from aicfg.lint.secret_references import Advice, advice, referring
from aicfg.source.changes import Proposal, Remove, put

if TYPE_CHECKING:
    from aicfg.source import Path

_OF_HELM = ("{{ .", "{{.", "{{- .")


@rule("S104", "unresolved-variable", "error")
def unresolved_variable(texts: ConfigTexts) -> Findings:
    """A variable that nothing resolves: `${OPENAI_API_KEY}` in a file for decK or Kong, `$(NAME)` in `auth`.

    The gateway sends these very characters to the provider as the key, and the call is most likely refused with 401.
    decK fills in `${{ env "DECK_NAME" }}` alone; Kong itself resolves a vault reference that is the whole value, so
    the secret behind it begins with `Bearer ` where the provider wants that. In a KongPlugin, configPatches take values
    from a Secret. Where another tool fills the file in first, a comment `# aicfg: template` says so, and this is only
    a remark.

    Example:
        _format_version: "3.0"
        plugins:
          - name: ai-proxy
            route: chat
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "Bearer ${OPENAI_API_KEY}"}
              model: {provider: openai, name: gpt-4o}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    Use instead:
        _format_version: "3.0"
        plugins:
          - name: ai-proxy
            route: chat
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: 'Bearer ${{ env "DECK_OPENAI_API_KEY" }}'}
              model: {provider: openai, name: gpt-4o}
        routes:
          - {name: chat, paths: [/chat], protocols: [http, https]}
    """
    for odd in texts.of_kind("variable", "template"):
        document, place = texts.origin.find(odd.path)
        reader = reads_by(document)
        if reader == "manifest" and odd.part.startswith("${"):
            continue  # M206 says so
        better = advice(_in_file(odd, place), document)
        severity: Severity | None = "info" if document.template else None
        hint = better.hint
        if odd.part.startswith(_OF_HELM) and not document.template:
            hint += "; if this is a template, say so in a comment `# aicfg: template`"
        yield Finding(odd.path, _unresolved(odd, reader), hint, severity, fix=_filling(odd, better))


def _unresolved(odd: OddText, reader: str) -> str:
    then = "Kong takes these characters as they are"
    if odd.secret:
        to_database = {"redis", "pgvector"}.intersection(odd.path)
        then = "they are sent as the password" if to_database else "the provider gets these characters as the key"
    if odd.kind == "template":
        return f"{odd.part} is not resolved here: templates run under `model` alone, and never in {_where(odd)}; {then}"
    if odd.part.startswith("${{"):
        if reader in ("deck", "either", "json"):
            return f"decK has no {odd.part}: it resolves only variables that begin with DECK_, by `env`"
        return f"only decK resolves {odd.part}, and decK does not read this file: {then}"
    return f"nothing resolves {odd.part}: {then}"


def _where(odd: OddText) -> str:
    return next((f"`{name}`" for name in ("auth", "redis", "pgvector") if name in odd.path), "secrets")


def _filling(odd: OddText, better: Advice) -> Proposal | None:
    is_text = odd.field is None or odd.field.type == "string"  # decK's text in quotes would stay a text
    if better.text is None or not is_text:
        return None
    return Proposal(better.title, (put(odd.path, better.text),), safe=False)


@rule("S105", "malformed-vault-reference", "error")
def malformed_vault_reference(texts: ConfigTexts) -> Findings:
    """What is meant to be a vault reference, and is not written as one: `${vault://…}`, or without a secret's name.

    Kong resolves `{vault://<vault>/<secret>}` and takes anything else as it stands. With one part only, it has no
    secret to look for.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "${vault://env/openai-authorization}"}
          model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai-authorization}"}
          model: {provider: openai, name: gpt-4o}
    """
    for odd in texts.of_kind("broken-vault"):
        if "${" in odd.text and reads_by(texts.origin.find(odd.path).document) == "manifest":
            continue  # M206 says so
        inside = odd.part.removeprefix("{vault://").rstrip("}").strip("/")
        if "/" not in inside:
            message = f'{odd.part} names no vault and secret: there is only "{inside}"'
            yield Finding(odd.path, message, f"name the vault first, as in {{vault://env/{inside or 'openai-key'}}}")
            continue
        rest = odd.text.partition("vault:")[0].strip("${( ")
        told = f', and store "{rest} " with the secret' if rest and "{" not in rest else ""
        message = f"this is no vault reference: Kong takes it as it stands, and resolves only {odd.part}"
        fix = Proposal(f"write {odd.part}{told}", (put(odd.path, odd.part),), safe=not told)
        yield Finding(odd.path, message, f"write {odd.part} as the whole value{told}", fix=fix)


@rule("S106", "left-over-placeholder", "warning")
def left_over_placeholder(texts: ConfigTexts) -> Findings:
    """A blank that nobody has filled in: `<your key>`, `YOUR_API_KEY`, `REPLACE_ME`, `sk-...`, the name of a variable.

    It would be sent as it stands: a provider answers 401 to such a key, and no host has such a name. In an example for
    others it is right; in a config that is to be used, a reference to the secret belongs here.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "Bearer <openai_key>"}
          model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai-authorization}"}
          model: {provider: openai, name: gpt-4o}
    """
    for odd in texts.of_kind("blank", "dummy"):
        if not odd.secret:
            message = f'"{odd.part}" was left in here: Kong takes it as it stands'
            yield Finding(odd.path, message, "write what it stands for")
            continue
        header = wanted_header(texts.plugin, texts.gateway, odd.path)
        if odd.kind == "blank" and header is not None and lacks_prefix(header, odd.text):
            continue  # P290 says so
        if odd.kind == "dummy" and calls_own_server(texts.plugin, odd.path):
            continue  # S108 says so
        message = f'"{odd.part}" was left in here: it would be sent as it stands, as the key'
        if odd.kind == "dummy":
            message = f'"{odd.part}" is no key: the provider answers 401 to it'
        hint, fix = _instead(texts, odd)
        yield Finding(odd.path, message, hint, fix=fix)


def _in_file(odd: OddText, place: Path) -> OddText:
    """The text as the file has it: an `api_key` of a manifest gets its prefix from aicfg."""
    return odd._replace(text=without_scheme(odd.text)) if place[-1:] == ("api_key",) else odd


def _instead(texts: ConfigTexts, odd: OddText) -> tuple[str, Proposal | None]:
    """The reference that belongs here, in the idiom of the file: what to do, and how."""
    if odd.names:
        document, place = texts.origin.find(odd.path)
        header = wanted_header(texts.plugin, texts.gateway, odd.path) if place[-1:] != ("api_key",) else None
        better = advice(_in_file(odd, place), document, header.prefix if header else "")
        return better.hint, _filling(odd, better)
    reference = referring(texts.plugin, odd.path)
    if reference is None:
        return "refer to the secret instead, by {vault://env/NAME} as the whole value", None
    return reference.title, reference


@rule("S107", "reference-not-taken", "error")
def reference_not_taken(texts: ConfigTexts) -> Findings:
    """A vault reference in a field that takes none, such as `model.provider`, a region or `upstream_url`.

    Kong resolves references only in fields that its schema marks for it, most of them secrets. Elsewhere the text goes
    on as it stands, or Kong refuses it.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {aws_access_key_id: "{vault://env/aws-key}", aws_secret_access_key: "{vault://env/aws-secret}"}
          model:
            provider: bedrock
            name: meta.llama3-70b-instruct-v1:0
            options: {bedrock: {aws_region: "{vault://env/aws-region}"}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {aws_access_key_id: "{vault://env/aws-key}", aws_secret_access_key: "{vault://env/aws-secret}"}
          model:
            provider: bedrock
            name: meta.llama3-70b-instruct-v1:0
            options: {bedrock: {aws_region: eu-central-1}}
    """
    for odd in texts.of_kind("unread-vault"):
        [reference] = vault_references(odd.text)[:1]
        name = reference.rstrip("}").rpartition("/")[2].upper().replace("-", "_")
        by_reader = {
            "manifest": f"or ${{env:{name}}}",
            "deck": f'or ${{{{ env "DECK_{name}" }}}}, which decK fills in',
            "either": f'or, in a decK file, ${{{{ env "DECK_{name}" }}}}',
            "kubernetes": "or take it from a Secret by configPatches",
        }
        other = by_reader.get(reads_by(texts.origin.find(odd.path).document), "here")
        message = f"Kong resolves no vault reference in `{odd.path[-1]}`, and takes {reference} as it stands"
        yield Finding(odd.path, message, f"write the value itself {other}")


@rule("S108", "dummy-key", "info")
def dummy_key(texts: ConfigTexts) -> Findings:
    """A word such as `dummy` in place of a key, for a server of your own.

    Many clients demand some key; Kong does not. Where an `upstream_url` says where the server is, `auth` may be left
    out.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: Bearer dummy}
          model: {provider: openai, name: llama3, options: {upstream_url: "http://ollama:11434/v1/chat/completions"}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          model: {provider: openai, name: llama3, options: {upstream_url: "http://ollama:11434/v1/chat/completions"}}
    """
    for odd in texts.of_kind("dummy"):
        if calls_own_server(texts.plugin, odd.path):
            message = f'"{odd.part}" is sent to a server of your own, which most likely asks for no key'
            auth = odd.path[: odd.path.index("auth") + 1]
            fix = Proposal("leave `auth` out", (Remove(auth),), safe=False)
            yield Finding(odd.path, message, "leave `auth` out, unless the server wants some key", fix=fix)


@rule("P234", "partial-vault-reference", "error")
def partial_vault_reference(texts: ConfigTexts) -> Findings:
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
    for odd in texts.of_kind("partial-vault"):
        references = vault_references(odd.text)
        message = "Kong resolves a vault reference only as the whole value"
        hint = "make the reference the whole value, and store the rest with the secret"
        scheme, fix = SCHEME.match(odd.text), None
        if len(references) == 1:
            rest = f'"{scheme.group()}"' if scheme else "what stood around it"
            hint = f"write {references[0]} alone, and store {rest} with the secret"
            title = f"keep the reference alone; {rest} has to be stored with the secret"
            fix = Proposal(title, (put(odd.path, references[0]),), safe=False)
        yield Finding(odd.path, message, hint, fix=fix)
