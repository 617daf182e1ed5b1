"""The provider catalogue's files: each loads, names only what exists, and stops the load where it slips."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from aicfg.catalog import providers as catalog
from aicfg.catalog.formats import formats, route_types, wire_format
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
