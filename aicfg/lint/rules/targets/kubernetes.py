"""M42x: what objects in Kubernetes cannot say, say otherwise, or leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.targets import ForTarget

if TYPE_CHECKING:
    from aicfg.render._kubernetes.limits import Kind, Limit


@rule("M420", "not-in-kubernetes", "error")
def not_in_kubernetes(going: ForTarget) -> Findings:
    """Something that no object of the chosen Kubernetes API has a place for.

    A plugin's `condition`, an expression of a route or a service that is disabled would be lost, and with it what its
    writer meant. What one API lacks, another may have: see `--kubernetes-api`.
    """
    return _findings(going, "lost")


@rule("M421", "out-of-reach-of-secrets", "error")
def out_of_reach_of_secrets(going: ForTarget) -> Findings:
    """A reference to the environment where no Secret of Kubernetes brings in a value.

    Secrets reach the configs of plugins and the keys of consumers. Kong Operator sends none to Konnect, so that there a
    reference has to be one that Kong's own vault resolves, in fields that are referenceable.
    """
    return _findings(going, "unreached")


@rule("M422", "other-in-kubernetes", "warning")
def other_in_kubernetes(going: ForTarget) -> Findings:
    """Something that comes to mean a little else in Kubernetes.

    The Gateway API takes a prefix by whole parts of a path. Kong Ingress Controller calls a consumer group as its
    object is called, whose name has small letters, digits and dashes alone.
    """
    return _findings(going, "changed")


@rule("M423", "left-out-of-kubernetes", "info")
def left_out_of_kubernetes(going: ForTarget) -> Findings:
    """Something that Kubernetes keeps only in part, and that changes nothing in what Kong does with a request.

    Ids are one example: Kong's entities get theirs from the objects.
    """
    return _findings(going, "left out")


def _findings(going: ForTarget, kind: Kind) -> Findings:
    for limit in _limits(going):
        if limit.kind == kind:
            yield Finding(limit.path, limit.message, limit.hint, at_key=not limit.path, about=limit.about)


def _limits(going: ForTarget) -> Iterator[Limit]:
    if going.target == "kubernetes":
        from aicfg.render._kubernetes.limits import limits
        from aicfg.render.kubernetes import settings

        yield from limits(going.entities, settings(going.options))
