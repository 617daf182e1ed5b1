"""Kong's custom entity checks whose code is known, by the names that `schemas/plugins/` gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.kong.check.reading import Steps, read
from aicfg.kong.check.violation import dotted

if TYPE_CHECKING:
    from aicfg.kong.check.violation import Path
    from aicfg.kong.check.walk import Walk

_PROVIDER: Steps = (("model", {}), ("provider", None))
_STATISTICS: Steps = (("logging", {}), ("log_statistics", False))


def _no_statistics_of_anthropic_completions(walk: Walk, record: Any, path: Path) -> None:
    """Anthropic's answers to completions carry no token counts to log. Source: kong/llm/schemas/init.lua (3.7)."""
    if (
        read(record, _PROVIDER) == "anthropic"
        and read(record, (("route_type", None),)) == "llm/v1/completions"
        and read(record, _STATISTICS) is True
        and not walk.any_at_or_under(path, ("route_type", "model", "logging"))
    ):
        walk.report(
            "custom-check",
            (*path, "logging", "log_statistics"),
            f"{dotted(path)}.logging.log_statistics cannot be true for anthropic with llm/v1/completions",
            "set it to false, or use the route type llm/v1/chat",
        )


RULES: Mapping[str, Callable[[Walk, Any, Path], None]] = MappingProxyType(
    {"anthropic-completions-statistics": _no_statistics_of_anthropic_completions}
)
