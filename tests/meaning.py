"""What a rendered file means: its entities with every reference to a secret resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_DECK = re.compile(r'\$\{\{ env "DECK_([A-Za-z_][A-Za-z0-9_]*)" \}\}')
_HELD = re.compile("<<DECK_([A-Za-z_][A-Za-z0-9_]*)>>")
_VAULT = re.compile(r"\{vault://env/([a-z0-9-]+)\}")


class Environment(dict[str, str]):
    """An environment in which each variable has a value that no other has."""

    def __missing__(self, name: str) -> str:
        return f"secret-of-{name}"


def deck_state(text: str, env: Mapping[str, str]) -> dict[str, Any]:
    """A decK file as decK applies it: placeholders replaced in the values, select tags on every entity.

    decK replaces them in the text, where a secret could be taken for YAML. So they get a word there first.
    """
    held = yaml.safe_load(_DECK.sub(r"<<DECK_\1>>", text))
    state: dict[str, Any] = _mapped(held, lambda value: _HELD.sub(lambda found: env[found.group(1)], value))
    info = state.pop("_info", {})
    tags = info.get("select_tags", [])
    return _tagged(state, tags) if tags else state


def dbless_state(text: str, env: Mapping[str, str]) -> dict[str, Any]:
    """A DB-less file as Kong loads it, with the variables that its first lines ask for, in decK's form."""
    asked = dict(line[1:].strip().split("=", 1) for line in text.splitlines() if line.startswith("#   "))
    values = {
        name: re.sub(r"<([A-Za-z_][A-Za-z0-9_]*)>", lambda found: env[found.group(1)], holds)
        for name, holds in asked.items()
    }

    def resolved(value: str) -> str:
        match = _VAULT.fullmatch(value)
        name = match.group(1).replace("-", "_").upper() if match else ""
        return values.get(name, value)

    state: dict[str, Any] = _mapped(yaml.safe_load(text), resolved)
    assert state.pop("_transform") is True
    for member in state.pop("consumer_group_consumers", []):
        (consumer,) = (one for one in state["consumers"] if one["username"] == member["consumer"])
        consumer.setdefault("groups", []).append({"name": member["consumer_group"]})
    return state


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list) else value


_LISTS = ("services", "routes", "plugins", "consumers", "consumer_groups", "vaults", "keyauth_credentials")


def _tagged(value: Any, tags: list[str]) -> Any:
    if not isinstance(value, dict):
        return value
    made = dict(value)
    for name in _LISTS:
        if isinstance(made.get(name), list):
            made[name] = [
                {**_tagged(item, tags), "tags": [*(tag for tag in item.get("tags", []) if tag not in tags), *tags]}
                for item in made[name]
            ]
    return made
