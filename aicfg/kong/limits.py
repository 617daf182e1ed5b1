"""What ai-rate-limiting-advanced limits: by provider, and from 3.14 on by policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.frozen import EMPTY

if TYPE_CHECKING:
    from aicfg.kong.entities import Plugin
    from aicfg.source import Path

LIMITER = "ai-rate-limiting-advanced"
LISTS_SINCE = (3, 10)
"""The version from which a provider has lists of limits and windows. Source: the plugin's schemas."""
POLICIES_SINCE = (3, 14)
FIELDS = ("limit", "window_size")
"""What a limit consists of."""
FUNCTIONS: Mapping[str, str] = {
    "requestPrompt": "request_prompt_count_function",
    "customCost": "custom_cost_count_function",
}
"""Names of limits that stand for no provider, and the function of the config that counts for each."""


def limiter_config(plugin: Plugin) -> Mapping[str, Any]:
    """The config of a limiter; empty for any other plugin."""
    return plugin.config if plugin.name == LIMITER and isinstance(plugin.config, Mapping) else EMPTY


def provider_limits(plugin: Plugin) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The limits of each provider, with their paths."""
    entries = limiter_config(plugin).get("llm_providers")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            yield ("config", "llm_providers", index), entry


def policies(plugin: Plugin) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The policies, with their paths."""
    entries = limiter_config(plugin).get("policies")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            yield ("config", "policies", index), entry
