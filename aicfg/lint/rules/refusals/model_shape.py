"""P320: `model` is a map of `provider` and `name`, wherever a plugin names a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.catalog.mistakes import provider_of
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.refused import Refused
from aicfg.lint.registry import rule
from aicfg.source import Path, format_path
from aicfg.source.changes import Change, Gather, Insert, Move, Proposal, insert, put

_NAMES = ("name", "model_name", "model")
"""What the name of the model is called beside `provider`."""


@rule("P320", "model-not-a-map", "error")
def model_not_a_map(refused: Refused) -> Findings:
    """The provider or the name of a model that is not in the map `model`.

    Other gateways write `model: gpt-4o` or `model: openai/gpt-4o`. Kong wants the map `model: {provider: …, name: …}`
    and refuses the plugin; on a text in its place, its own check may even fail with an internal error.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          provider: openai
          model: gpt-4o
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model:
            provider: openai
            name: gpt-4o
    """
    for path in dict.fromkeys(_records(refused)):
        record, known = refused.value(path), _providers(refused, path)
        model = record.get("model")
        if isinstance(model, DeployText):
            continue
        if isinstance(model, str):
            yield _text(refused, path, record, known)
        elif model is None and "model" not in record:
            yield _nothing(refused, path, record)
        elif isinstance(model, Mapping) and "provider" not in model:
            yield from _halves(refused, path, record, known)


def _records(refused: Refused) -> Iterator[Path]:
    """The records whose model is not as it should be."""
    for each in refused.of_kind("unknown-field", "wrong-type", "kong-crash", "missing-field"):
        if (each.path[-1] == "model" and each.kind in ("wrong-type", "kong-crash")) or (
            each.path[-1] == "provider" and each.kind == "unknown-field"
        ):
            path = each.path[:-1]
        elif each.path[-2:] == ("model", "provider") and each.kind == "missing-field":
            path = each.path[:-2]
        else:
            continue
        model, record, value = refused.field((*path, "model")), refused.field(path), refused.value(path)
        if model is None or record is None or not isinstance(value, dict) or "provider" in record.fields:
            continue
        if model.fields.keys() >= {"provider", "name"} and ("provider" in value or value.get("model") is not None):
            yield path


def _providers(refused: Refused, path: Path) -> tuple[str, ...]:
    field = refused.field((*path, "model", "provider"))
    return tuple(choice for choice in field.enum if isinstance(choice, str)) if field else ()


def _text(refused: Refused, path: Path, record: Mapping[str, Any], known: tuple[str, ...]) -> Finding:
    """`model: gpt-4o`, with or without the provider beside it or before a slash."""
    place, text = (*path, "model"), record["model"]
    provider, name, fix = record.get("provider"), text, None
    before, slash, after = text.partition("/")
    beside: tuple[Path, ...] = ()
    if isinstance(provider, str):
        name = after if before == provider and slash else text
        keys = [("provider", "provider"), ("model", "name"), *_options(refused, path, record)]
        changes: tuple[Change, ...] = (Gather(place, tuple(keys)),)
        if name != text:
            changes = (put(place, {"provider": provider, "name": name}), *_gone(path))
        beside, fix = ((*path, "provider"),), Proposal("write both into `model`", changes)
    elif slash and before in known and after:
        provider, name = before, after
        fix = Proposal("write it as `provider` and `name`", (put(place, {"provider": provider, "name": name}),))
    elif (guess := provider_of(text)) in known:
        provider = guess
        fix = Proposal(
            f"write it with the provider {guess}", (put(place, {"provider": guess, "name": name}),), safe=False
        )
    message = f"{_dotted(place)} is a map of `provider` and `name`: Kong refuses the plugin with a text here"
    hint = f"write `model: {{provider: {_shown(provider)}, name: {_shown(name)}}}`"
    hint += ", and nothing beside it" if beside else ""
    return refused.explained(place, message, hint, fix=fix, at_key=False, explains=beside)


def _gone(path: Path) -> tuple[Change, ...]:
    from aicfg.source.changes import Remove

    return (Remove((*path, "provider")),)


def _nothing(refused: Refused, path: Path, record: Mapping[str, Any]) -> Finding:
    """`provider` and the name of the model where their map should be."""
    name = next((key for key in _NAMES if isinstance(record.get(key), str) and _unknown(refused, path, key)), None)
    keys = [("provider", "provider")] + ([(name, "name")] if name else []) + _options(refused, path, record)
    message = f"{_dotted((*path, 'provider'))} belongs into `model`: Kong does not know it here, and refuses the plugin"
    hint = f"write `model: {{provider: {_shown(record['provider'])}, name: {_shown(record.get(name or ''))}}}`"
    fix = Proposal("write it into `model`", (Gather((*path, "model"), tuple(keys)),))
    explains = tuple((*path, key) for key, _ in keys)
    return refused.explained((*path, "provider"), message, hint, fix=fix, explains=explains)


def _halves(refused: Refused, path: Path, record: Mapping[str, Any], known: tuple[str, ...]) -> Findings:
    """A `model` that lacks its provider: that stands beside it, or before the name."""
    model: Mapping[str, Any] = record["model"]
    place = (*path, "model")
    if "provider" in record:
        keys = ["provider"] + ["name"] * ("name" in record and "name" not in model and _unknown(refused, path, "name"))
        message = (
            f"{_dotted((*path, 'provider'))} belongs into `model`: Kong does not know it here, and refuses the plugin"
        )
        name = model.get("name", record.get("name"))
        hint = f"write `model: {{provider: {_shown(record['provider'])}, name: {_shown(name)}}}`"
        fix = Proposal("move it into `model`", tuple(Move((*path, key), (*place, key)) for key in keys))
        explains = tuple((*path, key) for key in keys)
        yield refused.explained((*path, "provider"), message, hint, fix=fix, explains=explains)
        return
    before, slash, after = str(model.get("name")).partition("/")
    if slash and after and before in known and not isinstance(model["name"], DeployText):
        message = f"{_dotted((*place, 'name'))} holds the provider too, which Kong wants by itself"
        hint = f"write `model: {{provider: {before}, name: {_shown(after)}}}`"
        changes: tuple[Insert | Change, ...] = (insert((*place, "provider"), before), put((*place, "name"), after))
        fix = Proposal("write the provider by itself", changes)
        missing = ((*place, "provider"),)
        yield refused.explained((*place, "name"), message, hint, fix=fix, at_key=False, explains=missing)


def _options(refused: Refused, path: Path, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    has_options = isinstance(record.get("options"), Mapping) and _unknown(refused, path, "options")
    return [("options", "options")] if has_options else []


def _unknown(refused: Refused, path: Path, key: str) -> bool:
    return any(each.path == (*path, key) for each in refused.of_kind("unknown-field"))


def _dotted(path: Path) -> str:
    return format_path(path)


def _shown(value: object) -> str:
    """A name of a provider or a model; never a longer text, which might be anything."""
    return value if isinstance(value, str) and len(value) <= 60 and value.isprintable() else "…"
