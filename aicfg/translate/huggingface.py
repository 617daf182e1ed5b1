"""Hugging Face's inference API, as Kong speaks it: OpenAI's messages, with the parameters of text generation.

What differs from OpenAI: the sampling parameters stand in `parameters`, where max_tokens is max_length for a chat and
max_new_tokens for a prompt; the prompt is called inputs; `options` are the API's own switches, from the config.
Everything else in the body goes through.

Source: kong/llm/drivers/huggingface.lua (3.9 and 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.translate.config import Model
from aicfg.translate.lua import NIL, Fault, Table, first, index, kind, truthy
from aicfg.translate.remarks import Remark, lost

if TYPE_CHECKING:
    from aicfg.translate.versions import Behaviour

MOVED = ("top_k", "top_p", "temperature")
SWITCHES = ("use_cache", "wait_for_model")


REMARKS: tuple[Remark, ...] = (
    lost("options.**", "the config decides the options"),
    lost("top_k", "the body's own parameters stand above it"),
    lost("top_p", "the body's own parameters stand above it"),
    lost("temperature", "the body's own parameters stand above it"),
    lost("max_tokens", "the body's own parameters have a max_tokens, so Kong drops this one"),
)


def chat(request: Table, model: Model, behaviour: Behaviour) -> Table:
    request["parameters"] = _parameters(request, behaviour)
    own = first(model.option("huggingface"), {})
    request["options"] = {name: first(index(own, name), False) for name in SWITCHES}
    request["model"] = first(model.name, request.get("model", NIL))
    return request


def completions(request: Table, model: Model, behaviour: Behaviour) -> Table:
    chat(request, model, behaviour)
    request["inputs"] = request.pop("prompt")
    return request


def _parameters(request: Table, behaviour: Behaviour) -> Any:
    """The client's own parameters stand above those that move there."""
    own = first(request.get("parameters", False), {})
    if kind(own) != "table":
        raise Fault(f"it sets a field of a {kind(own)}")
    parameters: Table = dict(own) if isinstance(own, dict) else {}  # what is set in a list is not encoded
    for name in MOVED:
        value = request.pop(name, NIL)
        if value is not NIL:
            parameters.setdefault(name, value)
    limit = request.pop("max_tokens", NIL)
    if "max_tokens" not in parameters:
        name = behaviour.chat_limit if truthy(request.get("messages", False)) else "max_new_tokens"
        parameters.pop(name, None)
        if limit is not NIL:
            parameters[name] = limit
    return parameters if isinstance(own, dict) else own
