"""The provider catalogue, read as a specification: what the seeds' tables say, and what gateway versions change."""

from __future__ import annotations

import pytest

from aicfg.catalog.formats import llm_formats, route_types
from aicfg.catalog.providers import Hosting, provider, provider_types
from aicfg.catalog.versions import MINORS, Version, parse_version
from aicfg.errors import UsageError

CHAT, COMPLETIONS, EMBEDDINGS = "llm/v1/chat", "llm/v1/completions", "llm/v1/embeddings"
NEWEST = parse_version(MINORS[-1])
ALL_VERSIONS = [parse_version(text) for text in MINORS]
HOSTINGS = [(type, name) for type in provider_types() for name in provider(type).hostings]


def hosting(type: str, name: str | None = None) -> Hosting:
    return provider(type).hosting(name)


def v(text: str) -> Version:
    return parse_version(text)


# --- the seeds' tables, to the letter --------------------------------------------------------------------------------

NOT_REQUIRED = "Not required by default"


@pytest.mark.parametrize(
    ("type", "name", "title", "wire", "auth_header"),
    [
        # seeds 000 and 001: Mistral Hosting | mistral_format Config Value | Auth Header
        ("mistral", "mistral.ai", "Mistral.ai", "openai", "Authorization"),
        ("mistral", "ollama", "OLLAMA", "ollama", NOT_REQUIRED),
        ("mistral", "gguf", "Self-Hosted GGUF", "openai", NOT_REQUIRED),
        # seed 003: Llama2 Hosting | llama2_format Config Value | Auth Header?
        ("llama2", "huggingface", "HuggingFace", "raw", "Authorization"),
        ("llama2", "ollama", "OLLAMA", "ollama", NOT_REQUIRED),
        ("llama2", "llama.cpp", "llama.cpp", "raw", NOT_REQUIRED),
        ("llama2", "gguf", "Self-Hosted GGUF", "openai", NOT_REQUIRED),
    ],
)
def test_the_seeds_hosting_tables(type: str, name: str, title: str, wire: str, auth_header: str) -> None:
    found = hosting(type, name)
    assert found.title.replace(" ", "").lower() == title.replace(" ", "").lower()
    assert found.format == wire
    assert found.auth.name == "Authorization"
    assert found.credentials == ("optional" if auth_header == NOT_REQUIRED else "required")


@pytest.mark.parametrize(
    ("type", "route_type", "path"),
    [
        # seed 004: Provider Name | Provider Upstream Path | Kong route_type
        ("openai", CHAT, "/v1/chat/completions"),
        ("openai", COMPLETIONS, "/v1/completions"),
        ("cohere", CHAT, "/v1/chat"),
        ("cohere", COMPLETIONS, "/v1/generate"),
        ("azure", CHAT, "/openai/deployments/{deployment_name}/chat/completions"),
        ("azure", COMPLETIONS, "/openai/deployments/{deployment_name}/completions"),
        ("anthropic", CHAT, "/v1/messages"),
        ("anthropic", COMPLETIONS, "/v1/complete"),
        # seed 002
        ("mistral", CHAT, "/v1/chat/completions"),
        ("mistral", EMBEDDINGS, "/v1/embeddings"),
    ],
)
def test_the_seeds_upstream_paths(type: str, route_type: str, path: str) -> None:
    assert hosting(type).upstream_path(route_type, v("3.10")) == path


@pytest.mark.parametrize("route_type", [CHAT, COMPLETIONS])
@pytest.mark.parametrize("type", ["mistral", "llama2"])
def test_the_seeds_call_these_paths_user_defined(type: str, route_type: str) -> None:
    for found in provider(type).hostings.values():
        assert found.needs_url(NEWEST, route_type) or found.name == "mistral.ai"


@pytest.mark.parametrize(
    ("type", "url"),
    [
        # seed 004: Provider | URL
        ("openai", "https://api.openai.com:443"),
        ("cohere", "https://api.cohere.com:443"),
        ("azure", "https://{azure_instance}.openai.azure.com:443"),
        ("anthropic", "https://api.anthropic.com:443"),
        ("bedrock", "https://bedrock-runtime.{bedrock.aws_region}.amazonaws.com:443"),
        ("gemini", "https://generativelanguage.googleapis.com:443"),
    ],
)
def test_the_seeds_upstream_urls(type: str, url: str) -> None:
    upstream = hosting(type).upstream
    assert upstream is not None
    assert upstream.at(NEWEST) == url


# --- hostings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "names", "default"),
    [
        ("mistral", ["mistral.ai", "ollama", "gguf", "custom"], "mistral.ai"),
        ("llama2", ["huggingface", "ollama", "llama.cpp", "gguf", "custom"], None),
        ("llama3", ["ollama", "gguf", "custom"], None),
        ("gemini", ["gemini", "vertex"], "gemini"),
        ("openai", ["openai", "custom"], "openai"),
        ("cohere", ["cohere", "custom"], "cohere"),
        ("huggingface", ["huggingface", "custom"], "huggingface"),
        *[
            (type, [type], type)
            for type in ("azure", "anthropic", "bedrock", "cerebras", "dashscope", "databricks", "deepseek")
        ],
        *[(type, [type], type) for type in ("ollama", "vllm", "xai")],
    ],
)
def test_hostings_and_the_default(type: str, names: list[str], default: str | None) -> None:
    assert list(provider(type).hostings) == names
    assert provider(type).default_hosting == default


def test_a_type_without_a_default_hosting_says_which_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        provider("llama2").hosting()
    assert caught.value.hint == "use one of huggingface, ollama, llama.cpp, gguf, custom"


def test_an_unknown_hosting_says_which_there_are() -> None:
    with pytest.raises(UsageError, match='"azure" is not a hosting of mistral'):
        provider("mistral").hosting("azure")


@pytest.mark.parametrize(
    ("type", "choice"),
    [
        ("openai", ("openai",)),
        ("cohere", ("cohere",)),
        ("huggingface", ("huggingface",)),
        ("mistral", ("openai", "ollama")),
        ("llama2", ("raw", "ollama", "openai")),
        ("llama3", ("ollama", "openai")),
    ],
)
def test_a_custom_hosting_needs_a_url_and_where_there_is_a_choice_a_format(type: str, choice: tuple[str, ...]) -> None:
    custom = hosting(type, "custom")
    assert all(custom.needs_url(version, CHAT) for version in ALL_VERSIONS)
    assert custom.formats == choice
    assert custom.format == (choice[0] if len(choice) == 1 else None)
    assert custom.with_format(choice[-1]).format == choice[-1]


def test_raw_is_no_format_of_llama3() -> None:
    with pytest.raises(UsageError, match="raw"):
        hosting("llama3", "custom").with_format("raw")


@pytest.mark.parametrize(("type", "name"), HOSTINGS)
def test_who_may_need_a_url_has_an_example_of_one(type: str, name: str) -> None:
    found = hosting(type, name)
    needed = any(found.needs_url(version, route_type) for version in ALL_VERSIONS for route_type in route_types())
    assert needed == bool(found.upstream_url.example)


# --- auth ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "record"),
    [
        ("openai", {"header_name": "Authorization", "header_value": "Bearer K"}),
        ("anthropic", {"header_name": "x-api-key", "header_value": "K"}),
        ("azure", {"header_name": "api-key", "header_value": "K"}),
        ("gemini", {"param_name": "key", "param_value": "K", "param_location": "query"}),
        ("bedrock", {}),
        ("vllm", {}),
    ],
)
def test_where_an_api_key_goes(type: str, record: dict[str, str]) -> None:
    assert hosting(type).auth.record("K") == record


def test_vertex_takes_a_service_account_and_no_key() -> None:
    assert hosting("gemini", "vertex").auth.style == "cloud"
    cloud = provider("gemini").cloud
    assert cloud is not None
    assert cloud.switch == "gcp_use_service_account"
    assert cloud.fields["gcp_metadata_url"] == (3, 14)


@pytest.mark.parametrize(
    ("type", "name", "header", "reads"),
    [
        ("anthropic", None, "X-API-Key", True),
        ("anthropic", None, "apikey", False),
        ("anthropic", None, "Authorization", False),
        ("azure", None, "api-key", True),
        ("azure", None, "Authorization", True),
        ("bedrock", None, "Authorization", False),
        ("llama2", "huggingface", "x-api-key", False),
        ("llama2", "gguf", "x-api-key", True),
        ("openai", "custom", "x-my-key", True),
    ],
)
def test_which_headers_are_read(type: str, name: str | None, header: str, reads: bool) -> None:
    assert hosting(type, name).reads_header(header) is reads


@pytest.mark.parametrize(
    ("type", "name", "credentials"),
    [
        ("openai", "openai", "required"),
        ("openai", "custom", "optional"),
        ("gemini", "vertex", "required"),
        ("bedrock", "bedrock", "optional"),
        ("ollama", "ollama", "unused"),
        ("vllm", "vllm", "unused"),
    ],
)
def test_who_needs_credentials(type: str, name: str, credentials: str) -> None:
    assert hosting(type, name).credentials == credentials


def test_kong_wants_an_auth_record_without_override_for_the_clouds() -> None:
    wanting = [type for type in provider_types() if provider(type).allow_override_false]
    assert wanting == ["bedrock", "gemini"]


# --- claims and verdicts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "verdict"),
    [
        ("anthropic", "works"),
        ("mistral", "works"),
        ("huggingface", "works"),
        ("gemini", "refused"),
        ("bedrock", "refused"),
    ],
)
def test_conflicting_completions_and_what_the_code_says(type: str, verdict: str) -> None:
    found = hosting(type).capability(COMPLETIONS)
    assert found is not None
    assert found.verdict == verdict
    assert any(claim.source.startswith("code") for claim in found.claims)
    assert len(found.claims) >= 3


def test_raw_is_claimed_for_mistral_and_refused_by_every_schema() -> None:
    [raw] = [conflict for conflict in provider("mistral").conflicts if conflict.about == "format raw"]
    assert raw.verdict == "refused"
    assert [claim.source for claim in raw.claims] == ["seed 004", "documentation", "schema, 3.6 to 3.15"]
    assert "raw" not in provider("mistral").formats


def test_the_raw_format_neither_embeds_nor_streams() -> None:
    raw = hosting("llama2", "llama.cpp")
    chat, embeddings = raw.capability(CHAT), raw.capability(EMBEDDINGS)
    assert chat is not None
    assert embeddings is not None
    assert (chat.verdict, chat.streaming) == ("works", False)
    assert embeddings.verdict == "refused"


def test_vertex_differs_from_gemini() -> None:
    gemini, vertex = hosting("gemini"), hosting("gemini", "vertex")
    assert gemini.capabilities["llm/v1/batches"].native_only
    assert not vertex.capabilities["llm/v1/batches"].native_only
    assert vertex.capability("realtime/v1/realtime") is None
    assert vertex.capability(COMPLETIONS) == gemini.capability(COMPLETIONS)


@pytest.mark.parametrize(("type", "name"), HOSTINGS)
def test_what_is_refused_or_unverified_says_why(type: str, name: str) -> None:
    for capability in hosting(type, name).capabilities.values():
        assert capability.verdict in ("works", "documented") or capability.note, capability.route_type


# --- options ---------------------------------------------------------------------------------------------------------


def test_required_options_and_what_aicfg_fills_in() -> None:
    required = {
        type: [rule.name for rule in provider(type).options.values() if rule.need == "required"]
        for type in provider_types()
    }
    assert {type: names for type, names in required.items() if names} == {
        "anthropic": ["anthropic_version"],
        "azure": ["azure_instance", "azure_deployment_id", "azure_api_version"],
        "databricks": ["databricks.workspace_instance_id"],
        "llama2": ["llama2_format"],
        "llama3": ["llama2_format"],
        "mistral": ["mistral_format"],
    }
    assert provider("anthropic").options["anthropic_version"].fill == "2023-06-01"
    assert provider("azure").options["azure_api_version"].default == "2023-05-15"


def test_vertex_is_all_three_options_or_none() -> None:
    trio = ("gemini.api_endpoint", "gemini.project_id", "gemini.location_id")
    assert provider("gemini").all_or_none == (trio,)
    assert hosting("gemini", "vertex").requires == trio


def test_bedrock_takes_its_region_from_the_environment_otherwise() -> None:
    region = provider("bedrock").options["bedrock.aws_region"]
    assert (region.need, region.env) == ("recommended", ("AWS_REGION", "AWS_DEFAULT_REGION"))


@pytest.mark.parametrize(
    ("type", "name", "dropped"),
    [
        ("openai", None, ("top_k",)),
        ("azure", None, ("top_k",)),
        ("mistral", "mistral.ai", ("top_k",)),
        ("llama2", "gguf", ("top_k",)),
        ("anthropic", None, ("top_p", "top_k")),
        ("bedrock", None, ("top_k",)),
        ("mistral", "ollama", ()),
        ("llama2", "llama.cpp", ()),
        ("cohere", None, ()),
        ("gemini", None, ()),
        ("huggingface", None, ()),
        ("xai", None, ()),  # its driver is not published
    ],
)
def test_options_that_the_driver_drops_from_a_chat(type: str, name: str | None, dropped: tuple[str, ...]) -> None:
    assert hosting(type, name).dropped_options(CHAT) == dropped


# --- route types and native formats ----------------------------------------------------------------------------------


def test_realtime_is_for_ai_proxy_advanced_over_websockets() -> None:
    realtime = route_types()["realtime/v1/realtime"]
    assert (realtime.plugin, realtime.protocols) == ("ai-proxy-advanced", ("ws", "wss"))


def test_preserve_is_deprecated() -> None:
    assert route_types()["preserve"].deprecated == (3, 10)
    assert "llm_format" in (route_types()["preserve"].instead or "")


def test_a_native_format_is_tied_to_its_provider() -> None:
    tied = {name: (found.provider, found.tied_since) for name, found in llm_formats().items()}
    assert tied["cohere"] == ("cohere", (3, 11))
    assert tied["huggingface"] == ("huggingface", (3, 12))
    assert tied["anthropic"] == (None, None)
    assert llm_formats()["bedrock"].chat_only_below == (3, 12)
