"""The provider catalogue, read as a specification: what the seeds' tables say, and what gateway versions change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from aicfg.catalog import providers as catalog
from aicfg.catalog.formats import formats, llm_formats, route_types, wire_format
from aicfg.catalog.provider_files import build_provider
from aicfg.catalog.providers import Hosting, provider, provider_types, providers_of_kong
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


# --- URLs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "route_type", "needed"),
    [
        ("3.6", CHAT, True),
        ("3.7", CHAT, True),
        ("3.8", CHAT, False),
        ("3.15", CHAT, False),
        ("3.15", COMPLETIONS, True),
    ],
)
def test_mistral_ai_needs_a_url_below_3_8_and_for_completions(version: str, route_type: str, needed: bool) -> None:
    assert hosting("mistral").needs_url(v(version), route_type) is needed


def test_what_aicfg_fills_in_for_mistral_ai() -> None:
    found = hosting("mistral")
    assert found.filled_url(CHAT, v("3.7")) == "https://api.mistral.ai/v1/chat/completions"
    assert found.filled_url(COMPLETIONS, v("3.10")) == "https://api.mistral.ai/v1/completions"
    assert found.filled_url(CHAT, v("3.8")) is None
    assert found.upstream is not None
    assert found.upstream.at(v("3.7")) is None


@pytest.mark.parametrize("name", ["huggingface", "ollama", "llama.cpp", "gguf", "custom"])
def test_llama2_always_needs_a_url(name: str) -> None:
    assert all(hosting("llama2", name).needs_url(version, CHAT) for version in ALL_VERSIONS)


@pytest.mark.parametrize(
    ("type", "name", "base_url", "route_type", "url"),
    [
        ("mistral", "ollama", "http://h:11434", CHAT, "http://h:11434/api/chat"),
        ("mistral", "ollama", "http://h:11434", COMPLETIONS, "http://h:11434/api/generate"),
        ("mistral", "ollama", "http://h:11434/", EMBEDDINGS, "http://h:11434/api/embed"),
        ("mistral", "gguf", "http://h:8000", CHAT, "http://h:8000/v1/chat/completions"),
        ("llama2", "gguf", "http://h:8000", COMPLETIONS, "http://h:8000/v1/completions"),
        ("llama3", "ollama", "http://h:11434", CHAT, "http://h:11434/api/chat"),
        ("openai", "custom", "https://h/proxy", CHAT, "https://h/proxy/v1/chat/completions"),
        ("anthropic", None, "https://h", CHAT, "https://h/v1/messages"),
        ("cohere", "custom", "https://h", CHAT, "https://h/v2/chat"),
        # Kong's driver adds the path itself
        ("huggingface", "custom", "http://tgi:8080/", CHAT, "http://tgi:8080"),
        # no path that one could add
        ("llama2", "huggingface", "https://h", CHAT, None),
        ("llama2", "custom", "https://h", CHAT, None),
        ("gemini", None, "https://h", CHAT, None),
        ("bedrock", None, "https://h", CHAT, None),
        ("openai", "custom", "https://h", "video/v1/videos/generations", None),
        ("huggingface", "custom", "https://h", EMBEDDINGS, None),
        # the client's own path
        ("openai", "custom", "https://h", "preserve", "https://h"),
    ],
)
def test_how_a_base_url_is_completed(
    type: str, name: str | None, base_url: str, route_type: str, url: str | None
) -> None:
    assert hosting(type, name).complete_url(base_url, route_type, NEWEST) == url


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://h/v1", "https://h/v1/chat/completions"),
        ("https://h/v1/", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/openai/v1", "https://h/openai/v1/chat/completions"),
        ("https://h/notv1", "https://h/notv1/v1/chat/completions"),
        ("https://v1", "https://v1/v1/chat/completions"),
        ("https://h?a=b", "https://h/v1/chat/completions?a=b"),
    ],
)
def test_what_base_url_and_path_share_stands_once(base_url: str, url: str) -> None:
    assert hosting("openai", "custom").complete_url(base_url, CHAT, NEWEST) == url


def test_azures_deployment_fills_its_path() -> None:
    azure = hosting("azure")
    assert azure.complete_url("https://h", CHAT, NEWEST) is None
    assert (
        azure.complete_url("https://h", CHAT, NEWEST, {"azure_deployment_id": "d"})
        == "https://h/openai/deployments/d/chat/completions"
    )


@pytest.mark.parametrize(("type", "name"), [place for place in HOSTINGS if hosting(*place).upstream_url.example])
def test_an_example_url_is_what_completion_gives(type: str, name: str) -> None:
    found = hosting(type, name)
    found = found if found.format else found.with_format("openai")
    example = found.upstream_url.example or ""
    base = "/".join(example.split("/")[:3])
    if found.format == "raw":  # each server has a path of its own
        assert base != example
    else:
        assert example in (found.complete_url(base, CHAT, version) for version in ALL_VERSIONS)


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "version", "path"),
    [
        ("anthropic", "3.6", "/v1/complete"),
        ("anthropic", "3.7", "/v1/messages"),
        ("cohere", "3.13", "/v1/chat"),
        ("cohere", "3.14", "/v2/chat"),
        ("huggingface", "3.10", "/models/{model}/v1/chat/completions"),
        ("huggingface", "3.13", "/v1/chat/completions"),
    ],
)
def test_chat_paths_that_a_version_moved(type: str, version: str, path: str) -> None:
    assert hosting(type).upstream_path(CHAT, v(version)) == path


def test_a_capability_begins_when_both_its_provider_and_its_route_type_exist() -> None:
    assert provider("openai").capabilities[CHAT].since == (3, 6)
    assert provider("openai").capabilities[EMBEDDINGS].since == (3, 11)
    assert provider("xai").capabilities[CHAT].since == (3, 13)


@pytest.mark.parametrize("type", ["anthropic", "bedrock", "cohere", "gemini"])
def test_the_code_of_3_8_drops_tools_whatever_the_documentation_says(type: str) -> None:
    chat = provider(type).capabilities[CHAT]
    assert chat.functions == (3, 9)
    assert any("code, 3.8.1" in claim.source for claim in chat.claims)


def test_tools_reach_ollama_from_3_9_on() -> None:
    chats = {name: hosting("mistral", name).capability(CHAT) for name in ("mistral.ai", "ollama")}
    assert {name: chat and chat.functions for name, chat in chats.items()} == {"mistral.ai": (3, 6), "ollama": (3, 9)}


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


# --- the catalogue itself --------------------------------------------------------------------------------------------


def test_an_unknown_type_says_which_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        provider("mistrall")
    assert caught.value.hint is not None
    assert "mistral" in caught.value.hint


def test_a_kong_file_says_llama2_for_llama3() -> None:
    assert providers_of_kong("llama2").type == "llama2"
    with pytest.raises(UsageError) as caught:
        providers_of_kong("llama3")
    assert caught.value.hint == "use llama2"


def test_only_the_file_that_is_asked_for_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from aicfg.catalog import provider_files

    read: list[str] = []
    load = provider_files.load
    monkeypatch.setattr(provider_files, "load", lambda path: read.append(Path(path).name) or load(path))
    catalog.provider.cache_clear()
    catalog.provider("llama3")
    assert read == ["llama3.yaml", "llama2.yaml"]


@pytest.mark.parametrize(
    "place",
    ["capabillities", ("hostings", "x", "base"), ("capabilities", CHAT, "stream"), ("options", "o", "needed")],
)
def test_a_slip_of_the_pen_in_a_data_file_stops_the_load(place: str | tuple[str, ...]) -> None:
    rows: dict[str, Any] = {
        "title": "X",
        "since": "3.6",
        "hostings": {"x": {}},
        "capabilities": {CHAT: {}},
        "options": {"o": {}},
    }
    assert build_provider("x", rows).hosting().format == "openai"
    *outer, last = [place] if isinstance(place, str) else place
    inner = rows
    for key in outer:
        inner = inner[key]
    inner[last] = "1"
    with pytest.raises(TypeError, match=last):
        build_provider("x", rows)


def literals(value: Any) -> list[tuple[str, Any, tuple[Any, ...]]]:
    """(field, value, allowed values) of every Literal field under a named tuple."""
    found = []
    hints = get_type_hints(type(value), vars(catalog) | {"Mapping": dict, "Version": tuple})
    for name in value._fields:
        item = getattr(value, name)
        if allowed := [arg for arg in get_args(hints[name]) if isinstance(arg, str)]:
            found.append((name, item, tuple(allowed)))
        children = list(item.values()) if hasattr(item, "values") else [item]
        children += item if isinstance(item, tuple) and not hasattr(item, "_fields") else []
        found += [entry for child in children if hasattr(child, "_fields") for entry in literals(child)]
    return found


@pytest.mark.parametrize("type", provider_types())
def test_every_file_loads_and_names_only_what_exists(type: str) -> None:
    found = provider(type)
    for name, value, allowed in literals(found):
        assert value in allowed, name
    for place in found.hostings.values():
        assert set(place.capabilities) | set(place.paths) <= set(route_types())
        assert set(place.formats) <= set(formats())
        assert set(place.requires) <= set(found.options)
        assert all(set(capability.requires) <= set(found.options) for capability in place.capabilities.values())
    assert all(set(group) <= set(found.options) for group in found.all_or_none)
    assert found.format_option is None or found.format_option in found.options


@pytest.mark.parametrize("name", formats())
def test_every_wire_format_names_only_route_types(name: str) -> None:
    wire = wire_format(name)
    assert {*wire.paths, *wire.drops, *wire.refuses, *wire.unverified} <= set(route_types())
    assert wire.base_url in ("append", "as-is", "none")


def test_data_files_leave_nothing_to_a_yaml_readers_taste() -> None:
    """No version, date, yes, no, on or off without quotes: YAML 1.1 and 1.2 read those differently."""
    from aicfg.resources import folder

    risky = re.compile(r"(?:[:,\[{] ?|- )(\d+\.\d+|\d{4}-\d\d-\d\d|yes|no|on|off) *(?=[],}:#]|$)", re.MULTILINE)
    assert risky.search("{since: 3.10}")
    for path in [*Path(folder("schemas")).glob("*.yaml"), *(Path(folder("schemas")) / "providers").glob("*.yaml")]:
        plain = re.sub(r'"[^"]*"|#.*', "", path.read_text("utf-8"))
        assert risky.search(plain) is None, path.name
