"""decK state file: `deck gateway sync kong.yaml`.

Secrets become `${{ env "DECK_NAME" }}`, which decK replaces in the text before it reads the YAML; the prefix DECK_ is
decK's own demand. Source: go-database-reconciler, pkg/file/template.go.
"""

from __future__ import annotations

from typing import Any

from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvVar
from aicfg.render._skeleton import Skeletons
from aicfg.render._state import state_of
from aicfg.render.quoting.yaml import block


def render(entities: Entities, *, templates: str | None = None) -> dict[str, str]:
    """One file, `kong.yaml`."""
    state: dict[str, Any] = {"_format_version": "3.0"}
    if entities.select_tags:
        state["_info"] = {"select_tags": list(entities.select_tags)}
    skeletons = Skeletons("deck", templates, {"yaml": lambda value: block(value, _env)})
    return {"kong.yaml": skeletons.fill("kong.yaml", state=state | state_of(entities))}


def _env(variable: EnvVar) -> str:
    return f'${{{{ env "DECK_{variable.name}" }}}}'
