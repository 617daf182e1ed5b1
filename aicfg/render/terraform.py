"""Terraform: `terraform apply` in a folder with these files, for one of Kong's two providers.

Secrets become input variables that Terraform keeps out of what it prints, though not out of its state. The provider for
Konnect is the default: Kong's documentation shows no other, and decK's converter writes no other.
Sources: the schemas and the documentation of Kong/terraform-provider-konnect and Kong/terraform-provider-kong-gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aicfg.catalog.terraform import TerraformProvider, provider_names
from aicfg.catalog.terraform import terraform_provider as provider_called
from aicfg.kong.entities import Entities
from aicfg.kong.references import EnvVar, variables_in
from aicfg.render._names import hcl_variable
from aicfg.render._option import Option
from aicfg.render._skeleton import Skeletons
from aicfg.render._terraform import Plan, planned
from aicfg.render.quoting.hcl import Expression, attributes, expression, identifier

DEFAULT_PROVIDER = "konnect"

OPTIONS = (
    Option("terraform-provider", "The provider to write for.", DEFAULT_PROVIDER, provider_names()),
    Option("terraform-module", "Leave out the provider block, for a module of a configuration of yours.", False),
)


class Variable(NamedTuple):
    """An input variable. `source` is the environment variable that the manifest names, None for one of aicfg's own."""

    name: str
    arguments: Mapping[str, Any]
    source: str | None = None


class Output(NamedTuple):
    name: str
    arguments: Mapping[str, Any]


_TEXT = Expression("string")
_CONTROL_PLANE = Variable("control_plane_id", {"description": "The control plane in Konnect, a UUID.", "type": _TEXT})
_WORKSPACE = Variable("workspace", {"description": "The workspace, by name.", "type": _TEXT, "default": "default"})
_SERVER = Variable(
    "konnect_server_url",
    {
        "description": "The API of Konnect in the control plane's region, such as eu instead of us.",
        "type": _TEXT,
        "default": "https://us.api.konghq.com",
    },
)
_ADMIN_API = Variable(
    "kong_admin_url",
    {"description": "The Admin API of the gateway.", "type": _TEXT, "default": "http://localhost:8001"},
)
_ADMIN_TOKEN = Variable(
    "kong_admin_token",
    {
        "description": "The token for the Admin API, where it wants one.",
        "type": _TEXT,
        "sensitive": True,
        "default": None,
    },
)
_OF_RESOURCES = {"konnect": (_CONTROL_PLANE,), "kong-gateway": (_WORKSPACE,)}
_OF_PROVIDER = {"konnect": (_SERVER,), "kong-gateway": (_ADMIN_API, _ADMIN_TOKEN)}
_OF_TERRAFORM = ("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
"""Names that Terraform keeps for itself: they would be arguments of a module."""
_RESERVED = frozenset(
    (*_OF_TERRAFORM, *(each.name for own in (_OF_RESOURCES, _OF_PROVIDER) for row in own.values() for each in row))
)


def render(
    entities: Entities,
    *,
    templates: str | None = None,
    terraform_provider: str = DEFAULT_PROVIDER,
    terraform_module: bool = False,
) -> dict[str, str]:
    """`versions.tf`, `providers.tf` (not for a module), `variables.tf`, `main.tf` and `outputs.tf`."""
    provider = provider_called(terraform_provider)
    plan = planned(entities, provider.name)
    values = {
        "provider": provider,
        "resources": plan.resources,
        "variables": _variables(plan, provider, terraform_module),
        "outputs": _outputs(plan),
    }
    skeletons = Skeletons("terraform", templates, {"hcl": _hcl, "attributes": _attributes, "identifier": identifier})
    names = ("versions.tf", "providers.tf", "variables.tf", "main.tf", "outputs.tf")
    wanted = [name for name in names if name != "providers.tf" or not terraform_module]
    return {name: skeletons.fill(name, **values) for name in wanted}


def _variables(plan: Plan, provider: TerraformProvider, module: bool) -> list[Variable]:
    """The variables of the provider and the resources, then one for each secret, by name."""
    own = (() if module else _OF_PROVIDER[provider.name]) + _OF_RESOURCES[provider.name]
    secrets = (
        Variable(
            hcl_variable(name, _RESERVED),
            {"description": f"{name} of the manifest.", "type": _TEXT, "sensitive": True},
            name,
        )
        for name in variables_in([resource.body for resource in plan.resources])
    )
    return [*own, *sorted(secrets, key=lambda variable: variable.name)]


def _outputs(plan: Plan) -> list[Output]:
    """The IDs that Kong gave to what others may refer to, by name."""
    by_kind: dict[str, dict[str, Expression]] = {}
    for (kind, name), found in plan.ids.items():
        by_kind.setdefault(kind, {})[name] = found
    return [
        Output(f"{kind}_ids", {"description": f"The ID of each {kind.replace('_', ' ')}, by name.", "value": ids})
        for kind, ids in by_kind.items()
    ]


def _variable(variable: EnvVar) -> Expression:
    return Expression(f"var.{hcl_variable(variable.name, _RESERVED)}")


def _hcl(value: Any) -> str:
    return expression(value, _variable)


def _attributes(body: Mapping[str, Any]) -> str:
    return attributes(body, _variable)
