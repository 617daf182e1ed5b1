"""P26x: how ai-proxy-advanced chooses among its targets, and when it tries another one.

Sources beside Kong's schemas: its documentation of the load balancer and of each algorithm (gateway 3.15), and the
descriptions of the fields in its Admin API (3.14).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.kong.balancer import BALANCER, Balanced
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.source.changes import Proposal, append
from aicfg.words import both

if TYPE_CHECKING:
    from collections.abc import Hashable

_READ_BY = MappingProxyType(
    {
        "tokens_count_strategy": "lowest-usage",
        "latency_strategy": "lowest-latency",
        "hash_on_header": "consistent-hashing",
    }
)
"""Settings of the balancer that one algorithm alone reads."""
_READ_BY_OTHERS = "llm-accuracy"
"""A tokens_count_strategy that the plugin ai-llm-as-judge asks for, whatever the algorithm."""
_LOPSIDED = 100


@rule("P260", "zero-weight", "error")
def zero_weight(balanced: Balanced) -> Findings:
    """A weight of 0, which is meant to switch a target off or to keep it for emergencies.

    Kong refuses the plugin: weights go from 1 to 65535. A target that gets no requests is one that is not there. One
    that is used only where others fail belongs to a lower priority.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            targets:
              - {provider: p, model: gpt-4o, weight: 100}
              - {provider: p, model: gpt-4o-mini, weight: 0}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, failover_criteria: [error, timeout, http_429, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o, weight: 100}
              - {provider: p, model: gpt-4o-mini, weight: 1}
    """
    zeros = [llm for llm in balanced.targets if _is_zero(llm.record.get("weight"))]
    message = "Kong takes no weight of 0"
    if balanced.complete and balanced.several and len(zeros) == len(balanced.targets):
        message = "the weights sum to nothing, and Kong takes no weight of 0"
    hint = "remove the target to switch it off"
    if balanced.gateway.version >= (3, 10):
        hint += "; to use it only where others fail, write `algorithm: priority` and a lower weight"
    for llm in zeros:
        yield Finding(llm.at("weight"), message, hint)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


@rule("P261", "duplicate-target", "warning")
def duplicate_target(balanced: Balanced) -> Findings:
    """Two targets that are the same up to their weights.

    Requests go to the same model with the same credentials either way, and one that failed is tried there once more.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            targets:
              - {provider: p, model: gpt-4o, weight: 50}
              - {provider: p, model: gpt-4o-mini, weight: 30}
              - {provider: p, model: gpt-4o, weight: 20}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            targets:
              - {provider: p, model: gpt-4o, weight: 70}
              - {provider: p, model: gpt-4o-mini, weight: 30}
    """
    seen: dict[Hashable, str | int | None] = {}
    for llm in balanced.targets:
        number = llm.path[-1]
        same = seen.setdefault(_comparable({**llm.record, "weight": None}), number)
        if same != number:
            hint = "keep one of them, with the weight of both, or name another model"
            yield Finding(llm.path, f"this target is the same as targets[{same}], up to its weight", hint)


def _comparable(value: Any) -> Hashable:
    """Something that is equal for equal values, whatever the order of keys."""
    if isinstance(value, Mapping):
        return tuple(sorted((repr(key), repr(_comparable(item))) for key, item in value.items()))
    return tuple(map(_comparable, value)) if isinstance(value, list) else repr(value)


@rule("P262", "one-priority", "warning")
def one_priority(balanced: Balanced) -> Findings:
    """The algorithm `priority`, with the same weight everywhere.

    Targets of one weight are one priority group: Kong spreads requests over them. The group of the highest weight comes
    first, and the next one where all of that group fail. So with one weight there is no fallback.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, failover_criteria: [error, timeout, http_429, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, failover_criteria: [error, timeout, http_429, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o, weight: 100}
              - {provider: p, model: gpt-4o-mini, weight: 50}
    """
    if balanced.algorithm != "priority" or not balanced.complete or not balanced.several:
        return
    if None not in balanced.weights and len(set(balanced.weights)) == 1:
        message = f"all targets have the weight {balanced.weights[0]}, so they are one group, and none is a fallback"
        yield Finding((*BALANCER, "algorithm"), message, "give those to be tried first a higher weight than the others")


@rule("P263", "no-failover", "warning")
def no_failover(balanced: Balanced) -> Findings:
    """A fallback that is never tried: there are no retries, or no failure counts as one.

    `retries` says how many more targets are tried, `failover_criteria` after which failures: by default those to
    connect, to send or to get an answer in time, not an answer such as 429 or 503.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, retries: 0}
            targets:
              - {provider: p, model: gpt-4o, weight: 100}
              - {provider: p, model: gpt-4o-mini, weight: 50}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, retries: 2, failover_criteria: [error, timeout, http_429, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o, weight: 100}
              - {provider: p, model: gpt-4o-mini, weight: 50}
    """
    if not balanced.several or balanced.algorithm is None:
        return
    by_priority = balanced.algorithm == "priority"
    criteria, given = balanced.setting("failover_criteria"), balanced.gives("failover_criteria")
    if balanced.setting("retries") == 0:
        if (by_priority or given) and not _has_circuit_breaker(balanced):
            lost = "the lower priorities are never reached" if by_priority else "`failover_criteria` has no effect"
            message = f"with `retries: 0` no request is tried on a second target, so {lost}"
            yield Finding((*BALANCER, "retries"), message, "raise `retries`, or leave it out to have 5")
    elif given and criteria is not None and not set(criteria) - {"non_idempotent"}:
        message = "no failure counts here, so no request is tried on a second target"
        hint = "name the failures, such as [error, timeout, http_429, non_idempotent]"
        yield Finding((*BALANCER, "failover_criteria"), message, hint, None if by_priority else "info")
    elif by_priority and not given and criteria is not None:
        message = "without `failover_criteria`, an answer such as 429 or 503 does not lead to the next priority"
        hint = "add `failover_criteria: [error, timeout, http_429, http_503, non_idempotent]`, or what you mean"
        yield Finding((*BALANCER, "algorithm"), message, hint, "info")


def _has_circuit_breaker(balanced: Balanced) -> bool:
    """Whether targets rest after some failures, so that others take their place: also where nobody can tell yet."""
    return balanced.gives("max_fails") and balanced.setting("max_fails") != 0


@rule("P264", "post-not-retried", "warning")
def post_not_retried(balanced: Balanced) -> Findings:
    """`failover_criteria` with statuses and without `non_idempotent`.

    Kong hands on a POST request that a provider has already got only where `non_idempotent` is among the criteria, as
    nginx's proxy_next_upstream does. A status is an answer, and almost every call of an LLM is a POST: so the statuses
    change nothing. Where a provider answered late, the retry may be paid twice.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {failover_criteria: [error, timeout, http_429, http_503]}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {failover_criteria: [error, timeout, http_429, http_503, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    """
    criteria = balanced.setting("failover_criteria")
    if not balanced.several or not balanced.gives("failover_criteria") or criteria is None:
        return
    statuses = [name for name in criteria if name.startswith("http_")]
    if statuses and "non_idempotent" not in criteria and balanced.setting("retries") != 0:
        message = f"Kong tries no POST request again after {both(statuses[:3])} unless `non_idempotent` stands here too"
        counted = _has_circuit_breaker(balanced)  # which goes by these criteria all the same
        path = (*BALANCER, "failover_criteria")
        fix = Proposal("add non_idempotent", (append(path, "non_idempotent"),), safe=False)
        yield Finding(path, message, "add non_idempotent", "info" if counted else None, fix=fix)


@rule("P265", "unused-balancer-setting", "info")
def unused_balancer_setting(balanced: Balanced) -> Findings:
    """A setting of the balancer that the chosen algorithm does not read.

    Kong takes it and does nothing with it, so the balancer does not work as the file reads.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {latency_strategy: e2e}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: lowest-latency, latency_strategy: e2e}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    """
    if balanced.balancer is None or balanced.algorithm is None:
        return
    for name, reader in _READ_BY.items():
        if balanced.changes(name) and balanced.algorithm != reader and balanced.setting(name) != _READ_BY_OTHERS:
            message = f"the algorithm {balanced.algorithm} does not look at `{name}`"
            yield Finding((*BALANCER, name), message, f"write `algorithm: {reader}`, or remove it", at_key=True)
    if balanced.changes("fail_timeout") and balanced.setting("max_fails") == 0:
        message = "no target ever rests, so `fail_timeout` has no effect"
        hint = "say after how many failures it rests: `max_fails: 3`"
        yield Finding((*BALANCER, "fail_timeout"), message, hint, at_key=True)


@rule("P268", "hash-of-request-id", "info")
def hash_of_request_id(balanced: Balanced) -> Findings:
    """Consistent hashing without a header of your own.

    Kong hashes X-Kong-LLM-Request-ID by default. Requests with the same value go to the same target: for a client or a
    conversation to stay with one model, name a header that stays the same.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: consistent-hashing}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: consistent-hashing, hash_on_header: X-Conversation-ID}
            targets:
              - {provider: p, model: gpt-4o}
              - {provider: p, model: gpt-4o-mini}
    """
    if balanced.algorithm == "consistent-hashing" and balanced.several and balanced.keeps("hash_on_header"):
        path = (*BALANCER, "hash_on_header" if balanced.gives("hash_on_header") else "algorithm")
        message = f"the balancer hashes {balanced.setting('hash_on_header')}, which names a request, not a client"
        yield Finding(path, message, "write `hash_on_header` with a header that a client keeps")


@rule("P269", "lopsided-weights", "info")
def lopsided_weights(balanced: Balanced) -> Findings:
    """Round-robin with weights that leave a target almost nothing, as if it were a fallback.

    A weight is a share, no order: with 1000 and 1, one request in about a thousand goes to the second target although
    the first one is well.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            targets:
              - {provider: p, model: gpt-4o, weight: 1000}
              - {provider: p, model: gpt-4o-mini, weight: 1}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            balancer: {algorithm: priority, failover_criteria: [error, timeout, http_429, non_idempotent]}
            targets:
              - {provider: p, model: gpt-4o, weight: 1000}
              - {provider: p, model: gpt-4o-mini, weight: 1}
    """
    weights = [weight for weight in balanced.weights if weight is not None]
    if balanced.algorithm != "round-robin" or not weights or max(weights) < _LOPSIDED * min(weights):
        return
    newer = "" if balanced.gateway.version >= (3, 10) else ", from 3.10 on"
    for llm, weight in zip(balanced.targets, balanced.weights, strict=True):
        if weight == min(weights):
            message = f"about 1 request in {round(sum(weights) / weight)} goes here: a weight is a share, no order"
            yield Finding(llm.at("weight"), message, f"for a fallback, write `algorithm: priority`{newer}")
