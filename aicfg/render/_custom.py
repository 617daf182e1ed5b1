"""A target that a user adds: every `*.j2` file in a folder of that name makes one file."""

from __future__ import annotations

import os

from aicfg.catalog.versions import version_text
from aicfg.errors import UsageError
from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvVar
from aicfg.render._skeleton import Skeletons
from aicfg.render._state import state_of
from aicfg.render.quoting.yaml import block


def render(entities: Entities, target: str, templates: str) -> dict[str, str]:
    """The files of the target. A template sees `state` (decK's state file as a map), `gateway` and `name`."""
    entries = os.listdir(os.path.join(templates, target))
    names = sorted(name.removesuffix(".j2") for name in entries if name.endswith(".j2"))
    if not names:
        raise UsageError(
            f'there is no template for the target "{target}"', hint="a template is a file that ends in .j2"
        )
    skeletons = Skeletons(target, templates, {"yaml": _yaml})
    values = {
        "state": state_of(entities),
        "gateway": {"version": version_text(entities.gateway.version), "edition": entities.gateway.edition},
        "name": entities.services[0].name if entities.services else "",
    }
    return {name: skeletons.fill(name, **values) for name in names}


def _yaml(value: object, env: str = "${%s}") -> str:
    """A map as YAML; `env` is a pattern for references to environment variables, `%s` the name."""

    def idiom(variable: EnvVar) -> str:
        return env.replace("%s", variable.name)

    return block(value, idiom) if isinstance(value, dict) else "[]\n"
