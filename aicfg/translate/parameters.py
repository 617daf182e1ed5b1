"""The four sampling parameters that a config can set for every request; the config wins.

Source: merge_config_defaults in kong/llm/drivers/shared.lua (3.8 to 3.10).
"""

from __future__ import annotations

from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Table

MERGED = ("temperature", "max_tokens", "top_p", "top_k")


def merge(request: Table, model: Model) -> None:
    """Put the model options into the request."""
    if model.options is NIL:
        return
    for name in MERGED:
        value = model.options.get(name, NIL)
        if value is not NIL:
            request[name] = value
