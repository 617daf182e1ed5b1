"""OpenAI's format, which is what clients send: the body goes through, with the config's parameters and model name.

Azure, and the formats called openai of Mistral and Llama 2, are the same. Only `top_k` is taken out.

Source: kong/llm/drivers/openai.lua (3.7 to 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.events import Event, Session
from aicfg.translate.lua import Table, first, index, truthy
from aicfg.translate.refusal import Reason
from aicfg.translate.remarks import Remark, lost
from aicfg.translate.streaming import asked

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour


REMARKS: tuple[Remark, ...] = (lost("top_k", "OpenAI has no top_k, and Kong takes it out, for other providers too"),)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    request["model"] = first(model.name, request.get("model", False))
    request["stream"] = asked(request)
    request.pop("top_k", None)
    return request


def chat_with_the_clients_model(request: Table, model: Model, behaviour: Behaviour) -> Table:
    """3.7: the client's model stands above the config's."""
    wanted = first(request.get("model", False), model.name)
    return chat(request, model._replace(name=wanted), behaviour)


completions = chat


UNREADABLE = "failed to decode {route_type} response"


def chat_answer(answer: Any, model: Model, behaviour: Behaviour) -> None:
    """An answer is OpenAI's already, so it goes on as it came; only `choices` have to be there."""
    _require_choices(answer, "llm/v1/chat")


def completions_answer(answer: Any, model: Model, behaviour: Behaviour) -> None:
    _require_choices(answer, "llm/v1/completions")


def _require_choices(answer: Any, route_type: str) -> None:
    if not truthy(index(answer, "choices")):
        raise Reason(f"'choices' not in {route_type} response")


def chat_event(event: Event, session: Session, behaviour: Behaviour) -> bytes | None:
    """Events go on as they came, but for their names."""
    return event.data


completions_event = chat_event
