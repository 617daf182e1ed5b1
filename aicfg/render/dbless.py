"""DB-less declarative file: `kong config parse kong.yml`, `KONG_DECLARATIVE_CONFIG=kong.yml`.

Nothing substitutes placeholders in it, so secrets come through Kong's own env vault (`_vault`). It has no `_info`: what
would be a select tag is an ordinary tag of each entity. Consumer groups list their members.
Source: kong/db/schema/others/declarative_config.lua (3.6 to 3.10).
"""

from __future__ import annotations

from typing import Any

from aicfg.kong.entities import Entities
from aicfg.kong.references import with_texts
from aicfg.render._skeleton import Skeletons
from aicfg.render._state import state_of, with_tags
from aicfg.render._vault import vaulted
from aicfg.render.quoting.yaml import block, comment


def render(entities: Entities, *, templates: str | None = None) -> dict[str, str]:
    """One file, `kong.yml`. Raises KeyError for a reference outside of plugin configs, which a rule refuses before."""
    references = vaulted(entities)
    state: dict[str, Any] = {"_format_version": "3.0", "_transform": True}
    state |= state_of(with_tags(entities, entities.select_tags))
    members = [
        {"consumer_group": group, "consumer": consumer.username}
        for consumer in entities.consumers
        for group in consumer.groups
    ]
    for consumer in state.get("consumers", ()):
        consumer.pop("groups", None)
    if members:
        state["consumer_group_consumers"] = members
    skeletons = Skeletons("dbless", templates, {"yaml": block, "comment": comment})
    text = skeletons.fill("kong.yml", state=with_texts(state, references.reference), variables=references.variables)
    return {"kong.yml": text}
