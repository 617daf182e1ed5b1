"""P270 to P273: the balancer's algorithm `semantic`, which compares prompts with descriptions.

Sources beside Kong's schemas: the descriptions of the fields in its Admin API (3.14), and its changelog.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aicfg.kong.balancer import BALANCER, CATCHALL, CATCHALL_SINCE, Balanced
from aicfg.kong.references import DeployText
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.patterns import later
from aicfg.source.changes import Proposal, put
from aicfg.words import both

if TYPE_CHECKING:
    from aicfg.source import Path

_PARTS = ("embeddings", "vectordb")
_CATCHALL = later(r"\W*catch(?:[_-]?all(?![a-z])|\s+all\W*$)", re.IGNORECASE)


@rule("P270", "semantic-without-vectors", "error")
def semantic_without_vectors(balanced: Balanced) -> Findings:
    """The algorithm `semantic` without an embedding model or without a vector database.

    Kong turns each prompt into a vector, and looks in the database for the target whose description is closest. It has
    nothing to do that with, and most likely refuses the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: small talk}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: small talk}
    """
    missing = [name for name in _PARTS if balanced.part(name) is None]
    if balanced.algorithm != "semantic" or not missing or balanced.has_partials:
        return
    names = both([f"`{name}`" for name in missing])
    message = f"the algorithm semantic compares prompts with descriptions, and there is no {names} to do it with"
    places: tuple[Path, ...] = tuple(("config", name) for name in missing)
    yield Finding((*BALANCER, "algorithm"), message, f"add {names}, or use another algorithm", explains=places)


@rule("P271", "missing-description", "error")
def missing_description(balanced: Balanced) -> Findings:
    """A target without a `description`, where the balancer goes by descriptions.

    No prompt is ever close to it, and Kong most likely refuses the plugin.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: CATCHALL}
    """
    if balanced.algorithm != "semantic" or balanced.has_partials:
        return
    hint = "say in `description` what the model is good at"
    if balanced.gateway.version >= CATCHALL_SINCE:
        hint += f", or write {CATCHALL} to give it what fits no other"
    for llm in balanced.targets:
        if llm.record.get("description") in (None, ""):
            message, place = "the balancer goes by descriptions, and this target has none", llm.at("description")
            yield Finding(place if "description" in llm.record else llm.at(), message, hint, explains=(place,))


@rule("P272", "almost-catchall", "warning")
def almost_catchall(balanced: Balanced) -> Findings:
    """A description that looks like CATCHALL, and is not quite that.

    Only the word by itself, in capitals, gives a target what fits no other. Kong compares anything else with prompts.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: "CATCHALL: everything else"}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: semantic}
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
            targets:
              - {provider: p, model: gpt-4o, description: programming}
              - {provider: p, model: gpt-4o-mini, description: CATCHALL}
    """
    if balanced.algorithm != "semantic" or balanced.gateway.version < CATCHALL_SINCE:
        return
    for llm in balanced.targets:
        text = llm.record.get("description")
        if not isinstance(text, str) or isinstance(text, DeployText) or text == CATCHALL:
            continue
        if _CATCHALL.match(text):
            message = f"only {CATCHALL} by itself takes what fits no other target"
            path = llm.at("description")
            fix = Proposal(f"write {CATCHALL}", (put(path, CATCHALL),), safe=False)
            yield Finding(path, message, f"write `description: {CATCHALL}`", fix=fix)


@rule("P273", "unused-vectors", "warning")
def unused_vectors(balanced: Balanced) -> Findings:
    """An ai-proxy-advanced with `embeddings` or a `vectordb`, and an algorithm that uses neither.

    The balancer compares texts only with the algorithm `semantic`; the default is round-robin.

    Example:
        name: ai-proxy-advanced
        config:
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
          targets:
            - route_type: llm/v1/chat
              description: programming
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    Use instead:
        name: ai-proxy-advanced
        config:
          balancer: {algorithm: semantic}
          embeddings:
            auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
            model: {provider: openai, name: text-embedding-3-small}
          vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.7, redis: {host: r}}
          targets:
            - route_type: llm/v1/chat
              description: programming
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    """
    there = [name for name in _PARTS if balanced.part(name) is not None]
    if balanced.algorithm in (None, "semantic") or not there:
        return
    names = both([f"`{name}`" for name in there])
    message = f"the algorithm {balanced.algorithm} does not use {names}"
    hint = f"write `balancer: {{algorithm: semantic}}`, or remove {names}"
    yield Finding(("config", there[0]), message, hint, at_key=True)
