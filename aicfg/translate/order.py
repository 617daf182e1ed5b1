"""The order of the steps: the first that refuses decides what the client hears."""

from __future__ import annotations

from collections.abc import Callable

from aicfg.translate import auth, body, cloud, headers, model_name, native, streaming, templates, tokens, transform, url
from aicfg.translate.exchange import Exchange

Step = Callable[[Exchange], None]

SEND: tuple[Step, ...] = (
    headers.set_headers,
    url.locate,
    auth.into_header,
    auth.into_query,
    cloud.sign,
)

STEPS: tuple[Step, ...] = (
    body.accept,
    body.copy,
    native.convert,
    templates.resolve,
    body.require_prompt,
    model_name.settle,
    body.require_format,
    streaming.decide,
    transform.transform,
    auth.into_request,
    transform.require_writable,
    tokens.estimate,
    cloud.require_region,
    *SEND,
)

STEPS_3_8: tuple[Step, ...] = (
    body.accept,
    body.require_body,
    body.copy,
    templates.resolve_whole_texts,
    model_name.settle_for_every_route_type,
    body.require_format,
    streaming.decide,
    transform.transform,
    auth.into_body,
    transform.require_writable,
    tokens.refuse_parts,
    cloud.fail_without_region,
    *SEND,
)

STEPS_3_7: tuple[Step, ...] = (
    body.accept,
    body.require_body,
    body.copy,
    templates.resolve_whole_texts,
    model_name.adopt,
    body.require_format,
    streaming.decide,
    tokens.count_a_streams_words,
    model_name.refuse_the_clients,
    transform.transform,
    auth.into_body,
    transform.require_writable,
    tokens.count_words,
    *SEND,
)

REHEARSED: frozenset[Step] = frozenset(
    {
        body.copy,
        templates.resolve,
        templates.resolve_whole_texts,
        model_name.settle,
        model_name.settle_for_every_route_type,
        model_name.adopt,
        streaming.decide,
        transform.transform,
        auth.into_request,
        auth.into_body,
    }
)
"""The steps that make the body: those that a trace goes through again."""
