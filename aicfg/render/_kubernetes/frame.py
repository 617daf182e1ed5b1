"""What all objects of one rendering share: the settings, and the name and label of the manifest that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aicfg.errors import UsageError
from aicfg.kong.entities import Entities
from aicfg.patterns import later
from aicfg.render._names import kubernetes_name
from aicfg.tuples import NamedTuple

Object = dict[str, Any]

CORE, KONG = "v1", "configuration.konghq.com/v1"
KONG_ALPHA, KONG_BETA = "configuration.konghq.com/v1alpha1", "configuration.konghq.com/v1beta1"
PREFIX = "konghq.com"

_NAME = later(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class Settings(NamedTuple):
    """The options of the target, by their names there."""

    kubernetes_api: str
    namespace: str
    ingress_class: str
    gateway_name: str
    control_plane_name: str
    secrets: str

    @property
    def is_konnect(self) -> bool:
        """Whether Kong Operator reads the objects for Konnect; else Kong Ingress Controller does."""
        return self.kubernetes_api == "operator"

    def checked(self) -> Settings:
        """The settings. Raises UsageError for what can be no name in Kubernetes."""
        names = {"namespace": self.namespace, "ingress-class": self.ingress_class}
        names |= {"control-plane-name": self.control_plane_name}
        for option, value in (*names.items(), *(("gateway-name", part) for part in self.gateway_name.split("/", 1))):
            if not _NAME.fullmatch(value):
                hint = "use small letters, digits and -, as in `team-search`"
                raise UsageError(f'{option} cannot be "{value}": Kubernetes has no such names', hint=hint)
        return self


class Frame(NamedTuple):
    """The settings, and by what name and label the objects of one manifest are known."""

    settings: Settings
    base: str
    labels: Mapping[str, str]

    def make(
        self,
        api_version: str,
        kind: str,
        name: str,
        *,
        annotations: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        cluster: bool = False,
    ) -> Object:
        """An object with nothing but its metadata. One of the whole cluster (`cluster`) has no namespace."""
        metadata: Object = {"name": name}
        if not cluster:
            metadata["namespace"] = self.settings.namespace
        if self.labels or labels:
            metadata["labels"] = {**self.labels, **(labels or {})}
        if annotations:
            metadata["annotations"] = dict(annotations)
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata}

    @property
    def control_plane(self) -> Object:
        """What Konnect's kinds name their control plane by."""
        name = self.settings.control_plane_name
        return {"controlPlaneRef": {"type": "konnectNamespacedRef", "konnectNamespacedRef": {"name": name}}}

    @property
    def of_class(self) -> dict[str, str]:
        """The annotation without which the controller passes over an object; Kong Operator asks for none."""
        return {} if self.settings.is_konnect else {"kubernetes.io/ingress.class": self.settings.ingress_class}


def frame_of(entities: Entities, settings: Settings) -> Frame:
    """The frame of a manifest: it goes by its own name, else by its first service's."""
    if entities.select_tags:
        base = entities.select_tags[0]
        return Frame(settings, base, {"app.kubernetes.io/part-of": kubernetes_name(base, service=True)})
    return Frame(settings, entities.services[0].name if entities.services else "kong", {})


def tagged(tags: Any) -> dict[str, str]:
    """The annotation for the tags of an entity."""
    return {f"{PREFIX}/tags": ",".join(tags)} if tags else {}


def written(value: Any) -> str:
    """A value as an annotation has it: a list between commas, `true` and `false` in small letters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list | tuple) else str(value)
