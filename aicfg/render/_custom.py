"""A target that a user adds: every `*.j2` file in a folder of that name makes one file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from aicfg.catalog.versions import version_text
from aicfg.errors import UsageError
from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvText, EnvVar, variables_in, with_texts
from aicfg.render._names import hcl_variable
from aicfg.render._skeleton import Skeletons
from aicfg.render._state import plugin_state, state_of
from aicfg.render.quoting.hcl import Expression, expression
from aicfg.render.quoting.sh import word
from aicfg.render.quoting.yaml import block, items


def render(entities: Entities, target: str, templates: str) -> dict[str, str]:
    """The files of the target.

    A template sees `state` (decK's state file as a map), its lists `services`, `routes`, `plugins`, `consumers`,
    `consumer_groups` and `vaults` (with everything that nests in them), `variables` (the names of the environment
    variables that are referred to), `gateway` and `name`. The filters `yaml`, `json` and `sh` take `env`, a pattern for
    references; `hcl` makes them input variables.
    """
    entries = os.listdir(os.path.join(templates, target))
    names = sorted(name.removesuffix(".j2") for name in entries if name.endswith(".j2"))
    if not names:
        hint = "a template is a file that ends in .j2"
        raise UsageError(f'there is no template for the target "{target}"', hint=hint)
    skeletons = Skeletons(target, templates, FILTERS)
    state = state_of(entities)
    routes = [route for service in state.get("services", ()) for route in service.get("routes", ())]
    values = {
        "state": state,
        "services": state.get("services", []),
        "routes": routes,
        "plugins": [plugin_state(plugin) for plugin in entities.all_plugins()],
        "consumers": state.get("consumers", []),
        "consumer_groups": state.get("consumer_groups", []),
        "vaults": state.get("vaults", []),
        "variables": list(variables_in(state)),
        "gateway": {"version": version_text(entities.gateway.version), "edition": entities.gateway.edition},
        "name": entities.services[0].name if entities.services else "",
    }
    return {name: skeletons.fill(name, **values) for name in names}


def _written_in(pattern: str, value: Any) -> Any:
    """The value with each reference to the environment written as the pattern says, `%s` being the name."""

    def written(text: EnvText) -> str:
        return "".join(pattern.replace("%s", part.name) if isinstance(part, EnvVar) else part for part in text.parts)

    return with_texts(value, written)


def _yaml(value: Any, env: str = "${%s}") -> str:
    def idiom(variable: EnvVar) -> str:
        return env.replace("%s", variable.name)

    return block(value, idiom) if isinstance(value, Mapping) else items(value, idiom)


def _json(value: Any, env: str = "${%s}") -> str:
    return json.dumps(_written_in(env, value), ensure_ascii=False, allow_nan=False)


def _sh(value: Any, env: str = "${%s}") -> str:
    return word(str(_written_in(env, value)))


def _hcl(value: Any) -> str:
    """References become input variables, named as the terraform target names them."""
    return expression(value, lambda variable: Expression(f"var.{hcl_variable(variable.name)}"))


FILTERS = {"yaml": _yaml, "json": _json, "sh": _sh, "hcl": _hcl}
