"""Consumers, consumer groups and vaults: what plugins are limited to, and where secrets are read from."""

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.kong.draft import Draft
from aicfg.kong.entities import Consumer, ConsumerGroup, Vault
from aicfg.manifest.model import Manifest
from aicfg.source import Origin, Path


def consumers(manifest: Manifest) -> tuple[Consumer, ...]:
    """The consumers of a manifest, each with its groups and keys."""
    made = []
    for name, draft, origin in _entries(manifest, "consumers"):
        fields = draft.values
        groups, keys = fields.pop("groups", ()), fields.pop("keyauth_credentials", ())
        username = fields.pop("username", None) or name
        made.append(Consumer(username, fields, origin, tuple(groups), tuple(keys)))
    return tuple(made)


def consumer_groups(manifest: Manifest) -> tuple[ConsumerGroup, ...]:
    """The consumer groups of a manifest, those that its consumers are in but that it does not declare included.

    A group that nobody declares still has to exist before a consumer can be in it.
    """
    made = {
        name: ConsumerGroup(name, draft.values, origin) for name, draft, origin in _entries(manifest, "consumer_groups")
    }
    for consumer in consumers(manifest):
        for group in consumer.groups:
            made.setdefault(group, ConsumerGroup(group, {}, consumer.origin))
    return tuple(made.values())


def vaults(manifest: Manifest) -> tuple[Vault, ...]:
    """The vaults of a manifest, by the prefix that references use."""
    made = []
    for prefix, draft, origin in _entries(manifest, "vaults"):
        backend = draft.values.pop("backend", None)
        inner = {("name",) if path == ("backend",) else path: place for path, place in origin.inner.items()}
        if isinstance(backend, str):
            made.append(Vault(prefix, {"name": backend, **draft.values}, Origin(origin.place, inner)))
    return tuple(made)


def _entries(manifest: Manifest, section: str) -> Iterator[tuple[str, Draft, Origin]]:
    """The entries of one of the manifest's maps, with their references recognised."""
    for name, said in manifest.section(section).items():
        path: Path = (section, name)
        if path not in manifest.broken:
            place = manifest.place(path)
            draft = Draft()
            fields: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
            draft.merge(fields, place)
            yield name, draft, Origin(place, draft.inner)
