"""The order of the steps: the first that refuses decides what the client hears."""

from __future__ import annotations

from collections.abc import Callable

from aicfg.translate import auth, body, cloud, headers, model_name, native, streaming, templates, tokens, transform, url
from aicfg.translate.exchange import Exchange

Step = Callable[[Exchange], None]

STEPS: tuple[Step, ...] = (
    body.accept,
    native.convert,
    body.copy,
    templates.resolve,
    body.require_prompt,
    model_name.settle,
    body.require_format,
    streaming.decide,
    transform.transform,
    auth.into_body,
    transform.require_writable,
    tokens.estimate,
    cloud.identify,
    headers.set_headers,
    url.locate,
    auth.into_header,
    auth.into_query,
    cloud.sign,
)
