"""M43x: what Terraform cannot say, or says in another way than one might expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.targets import ForTarget
from aicfg.source import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aicfg.render._terraform import Remark


@rule("M430", "terraform-needs-enterprise", "error")
def terraform_needs_enterprise(going: ForTarget) -> Findings:
    """Terraform for the open-source edition.

    Kong's provider for the gateway needs an Enterprise gateway, since it calls the Admin API by workspace, and the
    other one writes to Konnect.
    """
    if going.target != "terraform" or going.entities.gateway.edition != "oss":
        return
    for service in going.entities.services[:1]:
        whole = _Whole(Origin.verbatim_in(service.origin.place.document))
        message = "Kong has no Terraform provider for the open-source edition"
        hint = "render to deck or dbless, or set `gateway.edition: enterprise`"
        yield Finding(("gateway", "edition"), message, hint, about=whole)


class _Whole(NamedTuple):
    """The document that the entities come from, which says what they have to run on."""

    origin: Origin


@rule("M431", "not-in-terraform", "error")
def not_in_terraform(going: ForTarget) -> Findings:
    """Something that no resource of the Terraform provider has an argument for.

    Filter chains have no resource; a route with an expression has another resource than one without, and each lacks
    what the other has; partials are named by ID.
    """
    for remark in _remarks(going):
        if remark.kind == "lost":
            yield Finding(remark.path, remark.message, remark.hint, about=remark.about)
        elif remark.kind == "changed":
            yield Finding(remark.path, remark.message, remark.hint, "warning", about=remark.about)


@rule("M432", "generic-terraform-resource", "info")
def generic_terraform_resource(going: ForTarget) -> Findings:
    """A plugin that is written as `custom_plugin`, since its own resource does not have all that its config says.

    The providers follow one version of Kong, and leave some fields out. Nothing is lost, but Terraform checks no field
    of such a plugin when it plans, and one that is written otherwise than before is destroyed and created anew.
    """
    for remark in _remarks(going):
        if remark.kind == "generic":
            yield Finding(remark.path, remark.message, remark.hint, about=remark.about)


def _remarks(going: ForTarget) -> Iterator[Remark]:
    if going.target != "terraform":
        return
    from aicfg.catalog.terraform import provider_names
    from aicfg.errors import UsageError
    from aicfg.render._terraform import planned
    from aicfg.render.terraform import DEFAULT_PROVIDER

    provider = going.options.get("terraform_provider", DEFAULT_PROVIDER)
    if provider not in provider_names():
        return  # the render says so
    try:
        yield from planned(going.entities, provider).remarks
    except UsageError:
        return  # M211 has the place of a name that nobody declares
