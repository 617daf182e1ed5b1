"""Texts with something to fix, and what fixing makes of them."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner, Result

from aicfg.cli import cli
from aicfg.lint.engine import Run
from aicfg.lint.fixing.rounds import Fixed, fix
from aicfg.lint.settings import Settings


def fixed(text: str, *, unsafe: bool = True, version: str | None = None) -> tuple[str, Fixed]:
    """A text after fixing, and how that went."""

    def lint(texts: Any) -> Run:
        run = Run(Settings(version))
        run.read_content(texts.get("f.yaml", text).encode(), "f.yaml")
        return run

    result = fix(lint, unsafe=unsafe)
    return result.texts.get("f.yaml", text), result


def codes(result: Fixed) -> set[str]:
    return {each.code for each in result.applied}


MANIFEST = """\
version: 1
providers:
  p:  # ours
    {provider}
routes:
  chat:  # theirs
    provider: p
    model: gpt-4o
    {route}
"""
PLUGIN = """\
name: {name}
config:  # of the plugin
  {config}
"""
PROVIDER = "{type: openai, api_key: '${env:KEY}'}"
MISTRAL = "route_type: llm/v1/chat\n  model:\n    provider: mistral\n    name: m\n    "
OPENAI = "route_type: llm/v1/chat\n  model: {provider: openai, name: gpt-4o}\n  "
AUTH = 'auth: {header_name: Authorization, header_value: "{vault://env/a}"}\n  '

EMBEDDINGS = (
    "targets: [{route_type: llm/v1/embeddings, model: {provider: openai, name: e}, "
    "auth: {header_name: Authorization, header_value: '{vault://env/a}'}}]"
)


def provider(text: str) -> str:
    return MANIFEST.replace("{provider}", text).replace("    {route}\n", "")


def route(text: str) -> str:
    return MANIFEST.replace("{provider}", PROVIDER).replace("{route}", text)


def plugin(config: str, name: str = "ai-proxy") -> str:
    return PLUGIN.replace("{name}", name).replace("{config}", config)


def kong(text: str) -> str:
    return f'_format_version: "3.0"\nservices:\n  - name: ai  # one\n    url: http://localhost:32000\n    {text}\n'


def lint(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["lint", "--isolated", *arguments], input=text)
