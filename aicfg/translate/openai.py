"""OpenAI's format, which is what clients send: the body goes through, with the config's parameters and model name.

Azure, and the formats called openai of Mistral and Llama 2, are the same. Only `top_k` is taken out.

Source: kong/llm/drivers/openai.lua (3.7 to 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.translate.config import Model
from aicfg.translate.lua import Table, first
from aicfg.translate.remarks import Remark, lost

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour


REMARKS: tuple[Remark, ...] = (lost("top_k", "OpenAI has no top_k, and Kong takes it out, for other providers too"),)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    request["model"] = first(model.name, request.get("model", False))
    request["stream"] = first(request.get("stream", False), False)
    request.pop("top_k", None)
    return request


def chat_with_the_clients_model(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.7: the client's model stands above the config's."""
    wanted = first(request.get("model", False), model.name)
    return chat(request, model._replace(name=wanted), behaviour)


completions = chat
