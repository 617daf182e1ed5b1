"""Kubernetes objects: `kubectl apply -f kong-secrets.yaml -f kong.yaml`.

For Kong Ingress Controller with Ingresses or with the Gateway API, or for Kong Operator, which takes them to Konnect.
An Ingress is the default: it alone says of a route all that Kong's own files do. A prefix stays a prefix, and several
methods or hosts stay one route of Kong's (Kong Ingress Controller, internal/dataplane/translator).

Secrets have a file of their own, whose name makes it come first where kubectl is given the folder: the controller
refuses a plugin whose Secret is not there yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aicfg.kong.entities import Entities
from aicfg.render._option import Option

if TYPE_CHECKING:
    from aicfg.render._kubernetes.frame import Settings

OPTIONS = (
    Option(
        "kubernetes-api",
        "What Kong reads: Ingresses or the Gateway API (Kong Ingress Controller), or Konnect's kinds (Kong Operator).",
        "ingress",
        ("ingress", "gateway", "operator"),
    ),
    Option("namespace", "Where the objects go.", "kong"),
    Option("ingress-class", "The class of Kong's controller.", "kong"),
    Option("gateway-name", "The Gateway of HTTPRoutes, as NAME or NAMESPACE/NAME.", "kong"),
    Option("control-plane-name", "The KonnectGatewayControlPlane.", "gateway-control-plane"),
    Option("secrets", "Write Secrets with blanks to fill in, or only refer to them.", "stub", ("stub", "external")),
)


def settings(options: Mapping[str, Any]) -> Settings:
    """The options as given, with the defaults of the others. Raises UsageError for what can be no name."""
    from aicfg.render._kubernetes.frame import Settings

    defaults = {option.argument: option.default for option in OPTIONS}
    known = {name: value for name, value in options.items() if name in defaults and value is not None}
    return Settings(**{**defaults, **known}).checked()


def render(entities: Entities, *, templates: str | None = None, **options: Any) -> dict[str, str]:
    """`kong.yaml`, and `kong-secrets.yaml` before it where blanks are to be filled in.

    Raises UsageError for an option that can be no name. What the objects cannot say is for the rules to refuse.
    """
    from aicfg.render._kubernetes.frame import frame_of
    from aicfg.render._kubernetes.objects import objects
    from aicfg.render._kubernetes.secrets import secret_name, secrets_of
    from aicfg.render._skeleton import Skeletons
    from aicfg.render._state import with_tags
    from aicfg.render._vault import vaulted
    from aicfg.render.quoting.yaml import block, comment

    chosen = settings(options)
    frame, references = frame_of(entities, chosen), vaulted(entities)
    entities = with_tags(entities, entities.select_tags)
    secrets = secrets_of(frame, entities, references)
    values = {
        "settings": chosen,
        "objects": list(objects(frame, entities, references)),
        "stubs": secrets if chosen.secrets == "stub" else [],
        "wanted": [secret for secret in secrets if secret.is_wanted] if chosen.secrets == "external" else [],
        "variables": references.variables if chosen.is_konnect else (),
        "secret_name": secret_name(frame),
    }
    skeletons = Skeletons("kubernetes", templates, {"yaml": block, "comment": comment})
    names = ("kong-secrets.yaml", "kong.yaml") if values["stubs"] else ("kong.yaml",)
    return {name: skeletons.fill(name, **values) for name in names}
