"""A bash script for the Konnect API: `bash apply.sh`. It takes ids where Kong's Admin API takes names, and no forms."""

from __future__ import annotations

from aicfg.kong.entities import Entities
from aicfg.render._script import script


def render(entities: Entities, *, templates: str | None = None) -> dict[str, str]:
    """One file, `apply.sh`."""
    return script("konnect", entities, templates)
