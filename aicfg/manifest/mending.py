"""How to mend what departs from the manifest's schema."""

from __future__ import annotations

from typing import Any

from aicfg.manifest.shape import is_plugin, own_words
from aicfg.manifest.shape_tables import Node
from aicfg.proposals import listed, moved_to, renamed, respelt_key, respelt_value, without_quotes
from aicfg.source import Path
from aicfg.source.changes import Proposal


def for_unknown_key(node: Node, value: dict[str, Any], key: str, path: Path) -> Proposal | None:
    """For a key that a map does not have: its name in a shorthand, the one map beside it that has it, or a slip."""
    known = node.about["properties"]
    if is_plugin(node, path):
        config = value.get("config")
        moves = config is None or (isinstance(config, dict) and key not in config)
        slip = respelt_key((*path, key), value, known)
        return slip or (moved_to((*path, key), (*path, "config", key)) if moves else None)
    own = own_words(path, key)
    if own:
        return renamed((*path, key), own[0]) if len(own) == 1 and own[0] not in value else None
    holders = [name for name in known if key in node.properties[name].about.get("properties", ())]
    if len(holders) == 1:
        holder = value.get(holders[0])
        fits = holder is None or (isinstance(holder, dict) and key not in holder)
        return moved_to((*path, key), (*path, holders[0], key)) if fits else None
    return respelt_key((*path, key), value, known)


def for_wrong_type(node: Node, value: object, path: Path) -> Proposal | None:
    """For a value of another type: one item where a list is wanted, a number in quotes."""
    names = node.about["type"]
    names = [names] if isinstance(names, str) else names
    if "array" in names and isinstance(value, str | int | float):
        return listed(path, value)
    if isinstance(value, str) and {"integer", "number", "boolean"} & set(names):
        return without_quotes(path, value)
    return None


def for_choice(node: Node, value: object, path: Path) -> Proposal | None:
    """For a value that is not among those listed."""
    choices = [choice for choice in node.about.get("enum", ()) if isinstance(choice, str)]
    return respelt_value(path, value, choices)
