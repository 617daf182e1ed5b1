"""The four sampling parameters that a config can set for every request. The config wins, but in 3.7.

Source: merge_config_defaults in kong/llm/drivers/shared.lua (3.7 to 3.10).
"""

from __future__ import annotations

from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Table, truthy

MERGED = ("temperature", "max_tokens", "top_p", "top_k")


def config_over_request(request: Table, model: Model) -> None:
    """Put the model options into the request, over what the client says."""
    if model.options is NIL:
        return
    for name in MERGED:
        value = model.options.get(name, NIL)
        if value is not NIL:
            request[name] = value


def request_over_config(request: Table, model: Model) -> None:
    """Put the model options into the request where the client says nothing: what 3.7 does."""
    if model.options is NIL:
        return
    for name in MERGED:
        value = model.options.get(name, NIL)
        if value is not NIL and not truthy(request.get(name, False)):
            request[name] = value
