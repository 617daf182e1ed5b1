"""S101: secrets in plain text."""

from __future__ import annotations

from aicfg.lint.config_texts import ConfigTexts
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.readers import reads_by
from aicfg.lint.registry import rule
from aicfg.lint.secret_references import referring


@rule("S101", "plaintext-secret", "error")
def plaintext_secret(texts: ConfigTexts) -> Findings:
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
    for odd in texts.of_kind("secret"):
        is_manifest = reads_by(texts.origin.find(odd.path).document) == "manifest"
        reference = "${env:NAME}" if is_manifest else '${{ env "DECK_NAME" }} in a decK file'
        fix = referring(texts.plugin, odd.path)
        hint = f"write {reference} and set that variable where the file is used"
        hint = fix.title if fix else hint
        if "{vault:" not in hint:
            hint += "; a {vault://…} reference will do as well"
        yield Finding(odd.path, "a secret stands here in plain text", hint, fix=fix)
