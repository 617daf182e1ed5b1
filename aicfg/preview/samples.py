"""The request that is translated where none is given: one for each route type and native format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aicfg.preview.request import ClientRequest

_QUESTION = "What is the capital of France?"
_CHAT: Mapping[str, Any] = MappingProxyType(
    {
        "messages": [
            {"role": "system", "content": "You answer in one sentence."},
            {"role": "user", "content": _QUESTION},
        ],
        "temperature": 0.2,
        "max_tokens": 100,
    }
)
_BODIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "llm/v1/chat": _CHAT,
        "llm/v1/completions": MappingProxyType({"prompt": _QUESTION, "temperature": 0.2, "max_tokens": 100}),
        "preserve": _CHAT,
        "gemini": MappingProxyType({"contents": [{"role": "user", "parts": [{"text": _QUESTION}]}]}),
        "bedrock": MappingProxyType({"messages": [{"role": "user", "content": [{"text": _QUESTION}]}]}),
    }
)
_NATIVE_PATHS = MappingProxyType({"gemini": "/models/{model}:generateContent", "bedrock": "/model/{model}/converse"})


def sample_request(config: Mapping[str, Any]) -> ClientRequest:
    """A request that fits an ai-proxy config."""
    native = config.get("llm_format") or "openai"
    body = _BODIES.get(native) or _BODIES.get(str(config.get("route_type")), _CHAT)
    model = config.get("model")
    name = (model.get("name") if isinstance(model, Mapping) else None) or "model"
    path = _NATIVE_PATHS[native].format(model=name) if native in _NATIVE_PATHS else None
    return ClientRequest(json.dumps(dict(body)).encode(), path=path)
