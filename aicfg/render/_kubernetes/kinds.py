"""The objects that all three APIs share: plugins, consumers, their groups, and vaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.kong.entities import Consumer, ConsumerGroup, Vault
from aicfg.render._kubernetes.frame import KONG, KONG_ALPHA, KONG_BETA, Frame, Object, tagged
from aicfg.render._kubernetes.scopes import Attached, Names
from aicfg.render._kubernetes.secrets import Patch, credential_name, secret_name
from aicfg.render._names import kubernetes_name


def plugin(frame: Frame, one: Attached, config: Mapping[str, Any], patches: Iterable[Patch] = ()) -> Object:
    """A KongPlugin, or, for a global plugin of the controller, a KongClusterPlugin with the label that makes it so."""
    fields, cluster = one.plugin.fields, not one.scope and not frame.settings.is_konnect
    made = frame.make(
        KONG,
        "KongClusterPlugin" if cluster else "KongPlugin",
        one.name,
        annotations={**frame.of_class, **tagged(fields.get("tags"))},
        labels={"global": "true"} if cluster else None,
        cluster=cluster,
    )
    made["plugin"] = one.plugin.name
    if fields.get("enabled") is False:
        made["disabled"] = True
    made |= {key: fields[key] for key in ("instance_name", "protocols", "ordering") if fields.get(key)}
    if config:
        made["config"] = dict(config)
    namespace = {"namespace": frame.settings.namespace} if cluster else {}
    from_secret = [
        {
            "path": patch.path,
            "valueFrom": {"secretKeyRef": {"name": secret_name(frame), "key": patch.key, **namespace}},
        }
        for patch in patches
    ]
    return {**made, "configPatches": from_secret} if from_secret else made


def consumer(frame: Frame, one: Consumer, names: Names) -> Object:
    """A KongConsumer: its keys are Secrets, its groups objects of theirs."""
    tags = one.fields.get("tags")
    annotations = {**frame.of_class, **_tags(frame, tags), **_plugins(frame, names, "consumer", one.username)}
    made = frame.make(KONG, "KongConsumer", kubernetes_name(one.username), annotations=annotations)
    made["username"] = one.username
    if one.fields.get("custom_id"):
        made["custom_id"] = one.fields["custom_id"]
    if one.keyauth_credentials:
        made["credentials"] = [credential_name(one, number) for number in range(len(one.keyauth_credentials))]
    if one.groups:
        made["consumerGroups"] = [kubernetes_name(group) for group in one.groups]
    return _of_konnect(frame, made, {}, tags)


def consumer_group(frame: Frame, one: ConsumerGroup, names: Names) -> Object:
    """A KongConsumerGroup. Its object's name is Kong's, but for Konnect, which is told a name."""
    tags = one.fields.get("tags")
    annotations = {**frame.of_class, **_tags(frame, tags), **_plugins(frame, names, "consumer_group", one.name)}
    made = frame.make(KONG_BETA, "KongConsumerGroup", kubernetes_name(one.name), annotations=annotations)
    return _of_konnect(frame, made, {"name": one.name}, tags)


def vault(frame: Frame, one: Vault) -> Object:
    """A KongVault, which is the whole cluster's and so names the namespace of its control plane."""
    tags = one.fields.get("tags")
    annotations = {**frame.of_class, **_tags(frame, tags)}
    made = frame.make(KONG_ALPHA, "KongVault", kubernetes_name(one.prefix), annotations=annotations, cluster=True)
    spec = {"backend": one.fields["name"], "prefix": one.prefix}
    spec |= {key: one.fields[key] for key in ("description", "config") if one.fields.get(key)}
    if not frame.settings.is_konnect:
        return {**made, "spec": spec}
    made = _of_konnect(frame, made, spec, tags)
    made["spec"]["controlPlaneRef"]["konnectNamespacedRef"]["namespace"] = frame.settings.namespace
    return made


def _tags(frame: Frame, tags: Any) -> dict[str, str]:
    """The controller reads the tags of an object in its annotation; Konnect's kinds have them in their spec."""
    return {} if frame.settings.is_konnect else tagged(tags)


def _plugins(frame: Frame, names: Names, kind: str, name: str) -> dict[str, str]:
    """The controller reads in an annotation which plugins go with an object; Konnect has bindings for it."""
    return {} if frame.settings.is_konnect else names.annotation(kind, name)


def _of_konnect(frame: Frame, made: Object, spec: Object, tags: Any) -> Object:
    if not frame.settings.is_konnect:
        return made
    return {**made, "spec": {**spec, **({"tags": list(tags)} if tags else {}), **frame.control_plane}}
