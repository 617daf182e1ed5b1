"""What each provider's driver does apart from the wire format: where it calls, which headers and credentials it sets.

Source: kong/llm/drivers/*.lua and the tables in drivers/shared.lua, as they are in the 3.10 tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aicfg.frozen import EMPTY
from aicfg.tuples import NamedTuple

CHAT = "llm/v1/chat"
COMPLETIONS = "llm/v1/completions"
PRESERVE = "preserve"


class Driver(NamedTuple):
    """How a provider is called.

    `requires` are the options without which there is no call. `format` is the module of the wire format; where an
    option decides it, `format_option` names it and `formats` maps its values. Without an upstream_url the call goes to
    `base` + `prefix` + the path of the route type in `paths` (or `/`), with {model options}, {model} and {operation}
    filled in; `operations` are those without and with streaming. `base` None: there has to be an upstream_url.

    What an upstream_path is taken for: "path", instead of the route type's and only without an upstream_url; "always",
    whether there is an upstream_url or not; "never".
    `joined`: the URL is put together before it is taken apart, so that a `?` or `#` in a model's name cuts the path.
    `appends`: the path goes behind an upstream_url, too. `needs_path`, `needs_options`: the code fails for a
    route type without one, for a model without options.
    `client_path`: with route type preserve and no upstream_path, the client's path is called.

    `auth_header`, `auth_query`: the driver sets these credentials; `lets_override`: unless allow_override says that the
    client's stay. `counts_tokens`: it estimates the prompt's tokens, and fails over odd messages. `error` is its text
    where a body cannot be translated.
    """

    provider: str
    format: str = "openai"
    requires: tuple[str, ...] = ()
    format_option: str | None = None
    formats: Mapping[str, str] = EMPTY
    base: str | None = None
    prefix: str = ""
    paths: Mapping[str, str] = EMPTY
    operations: tuple[str, str] = ("", "")
    upstream_path: str = "path"
    joined: bool = False
    appends: bool = False
    needs_path: bool = False
    needs_options: bool = False
    client_path: bool = True
    accept_encoding: str | None = None
    auth_header: bool = True
    auth_query: bool = True
    lets_override: bool = True
    counts_tokens: bool = False
    error: str = "error transforming to {provider}://{route_type}"


def _paths(chat: str, completions: str | None = None) -> Mapping[str, str]:
    return MappingProxyType({CHAT: chat} | ({COMPLETIONS: completions} if completions else {}))


_GEMINI = Driver(
    "gemini",
    format="gemini",
    base="https://generativelanguage.googleapis.com:443",
    paths=_paths("/v1beta/models/{model}:{operation}"),
    operations=("generateContent", "streamGenerateContent"),
    upstream_path="always",
    joined=True,
    needs_path=True,
    accept_encoding="identity",
    lets_override=False,
    error="error transforming to {provider}://{route_type}: {reason}",
)

VERTEX = _GEMINI._replace(
    base="https://{gemini.api_endpoint}:443",
    paths=_paths(
        "/v1/projects/{gemini.project_id}/locations/{gemini.location_id}/publishers/google/models/{model}:{operation}"
    ),
)
"""Gemini on Vertex AI: what the driver takes it for once all three gemini options are set."""

VERTEX_OPTIONS = ("api_endpoint", "project_id", "location_id")

DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        driver.provider: driver
        for driver in (
            Driver(
                "openai",
                base="https://api.openai.com:443",
                paths=_paths("/v1/chat/completions", "/v1/completions"),
                accept_encoding="gzip, identity",
                counts_tokens=True,
            ),
            Driver(
                "azure",
                requires=("azure_instance", "azure_deployment_id"),
                base="https://{azure_instance}.openai.azure.com:443",
                prefix="/openai/deployments/{azure_deployment_id}",
                paths=_paths("/chat/completions", "/completions"),
                joined=True,
                accept_encoding="gzip, identity",
                counts_tokens=True,
            ),
            Driver(
                "anthropic",
                requires=("anthropic_version",),
                format="anthropic",
                base="https://api.anthropic.com:443",
                paths=_paths("/v1/messages", "/v1/complete"),
            ),
            Driver(
                "cohere",
                format="cohere",
                base="https://api.cohere.com:443",
                paths=_paths("/v1/chat", "/v1/generate"),
            ),
            Driver(
                "mistral",
                format_option="mistral_format",
                formats=MappingProxyType({"openai": "openai", "ollama": "ollama"}),
                base="https://api.mistral.ai:443",
                paths=_paths("/v1/chat/completions"),
                counts_tokens=True,
            ),
            Driver(
                "llama2",
                requires=("upstream_url",),
                format_option="llama2_format",
                formats=MappingProxyType({"openai": "openai", "ollama": "ollama", "raw": "llama2_raw"}),
                upstream_path="never",
                error="error transforming to {provider}://{route_type}/{format}",
            ),
            _GEMINI,
            Driver(
                "bedrock",
                format="bedrock",
                base="https://bedrock-runtime.{region}.amazonaws.com:443",
                paths=_paths("/model/{model}/{operation}"),
                operations=("converse", "converse-stream"),
                upstream_path="always",
                joined=True,
                needs_path=True,
                accept_encoding="gzip, identity",
                auth_header=False,
                auth_query=False,
                error="error transforming to {provider}://{route_type}: {reason}",
            ),
            Driver(
                "huggingface",
                format="huggingface",
                base="https://api-inference.huggingface.co/models/{model}",
                paths=MappingProxyType({CHAT: "/v1/chat/completions", PRESERVE: "/v1/chat/completions"}),
                upstream_path="never",
                joined=True,
                appends=True,
                client_path=False,
                auth_query=False,
                lets_override=False,
                counts_tokens=True,
            ),
        )
    }
)


def is_vertex(options: Mapping[str, Any]) -> bool:
    gemini = options.get("gemini")
    return isinstance(gemini, Mapping) and all(gemini.get(name) for name in VERTEX_OPTIONS)
