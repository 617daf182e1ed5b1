"""Messages about a plugin that a manifest's shorthand stands for, in the words of the manifest."""

from __future__ import annotations

import re

from aicfg.catalog.shorthands import shorthands
from aicfg.kong.entities import Plugin
from aicfg.source import Path, format_path

_CONFIG_PATH = re.compile(r"config(?:\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])+")
_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+")


def in_words_of_manifest(plugin: Plugin, text: str) -> str:
    """A text about a plugin with each path in its config as the manifest has it.

    So `config.rules.deny_prompts[0]` is `semantic_guard.deny[0]`.
    """

    def words(match: re.Match[str]) -> str:
        parts = _PART.findall(match.group())
        return format_path(_said(plugin, tuple(int(part) if part.isdigit() else part for part in parts)))

    return _CONFIG_PATH.sub(words, text)


def _said(plugin: Plugin, path: Path) -> Path:
    """The manifest's path of a value in the config, from the shorthand's own key on where it stands in that."""
    assert plugin.shorthand is not None
    shorthand = shorthands()[plugin.shorthand]
    for length in range(len(path), 1, -1):
        found = plugin.origin.inner.get(path[:length])
        if found is not None:
            said = (*found.path, *path[length:])
            return said[said.index(shorthand.name) :] if shorthand.name in said else said
    for key, rule in shorthand.keys.items():
        for _, to in rule.to.steps:
            parts = tuple(to.split("."))
            if path[1 : 1 + len(parts)] == parts:
                return (shorthand.name, key, *path[1 + len(parts) :])
    return (shorthand.name, *path[1:])
