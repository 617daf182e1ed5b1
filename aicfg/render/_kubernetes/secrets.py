"""References to the environment: out of the config, into a Secret, and back by a patch.

The controller pastes the path and the bytes of the Secret into a JSON patch, `add`, one patch after the other. So a
Secret's value is JSON, a path is written as it stands inside of a JSON string, and an item of a list, which `add` would
shift, is left out of the list and put back at its place.
Source: Kong Ingress Controller, internal/dataplane/kongstate/plugin.go (rawPatchPattern).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aicfg.kong.entities import Consumer, Entities
from aicfg.kong.references import EnvText, EnvVar, is_reference
from aicfg.render._kubernetes.frame import CORE, PREFIX, Frame, Object, tagged
from aicfg.render._names import kubernetes_name
from aicfg.render._vault import Vaulted
from aicfg.tuples import NamedTuple

LABEL = "konghq.com/secret"
"""Kong Operator sees only Secrets with this label; the controller takes any."""


class Patch(NamedTuple):
    """Where in a config a value goes, as `configPatches` has it, and under which key the Secret has the value."""

    path: str
    key: str


class Secret(NamedTuple):
    """A Secret with blanks, `<NAME>`, for what the environment knows.

    `holds` says what each key is for, without giving away a secret that stands in the manifest. The values of `is_json`
    are JSON, so that a text has double quotes around it.
    """

    made: Object
    holds: Mapping[str, str]
    is_json: bool = False

    @property
    def needs(self) -> list[tuple[str, str]]:
        """The labels and annotations that it needs besides what it holds."""
        metadata, found = self.made["metadata"], []
        for kind in ("label", "annotation"):
            given = metadata.get(f"{kind}s", {})
            found += [(f"{kind} {key}", value) for key, value in given.items() if key.startswith(PREFIX)]
        return found

    @property
    def is_wanted(self) -> bool:
        """Whether one of the objects refers to it."""
        return LABEL in self.made["metadata"].get("labels", {})


def patched(config: Mapping[str, Any], references: Vaulted) -> tuple[dict[str, Any], list[Patch]]:
    """A plugin's config without its references to the environment, and the patches that bring them in, in order."""
    patches: list[Patch] = []
    return _without(config, "", references, patches), patches


def _without(value: Any, pointer: str, references: Vaulted, patches: list[Patch]) -> Any:
    named = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    left: list[tuple[Any, Any]] = []
    for key, item in named:
        path = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if isinstance(item, EnvText):
            patches.append(Patch(json.dumps(path)[1:-1], references.by_parts[item.parts].name))
        else:
            left.append((key, _without(item, path, references, patches)))
    if isinstance(value, Mapping):
        return dict(left)
    return [item for _, item in left] if isinstance(value, list | tuple) else value


def secrets_of(frame: Frame, entities: Entities, references: Vaulted) -> list[Secret]:
    """All Secrets of a manifest: that of its plugins, and those of its consumers."""
    of_plugins = _environment if frame.settings.is_konnect else _of_plugins
    return [*of_plugins(frame, references), *(key for one in entities.consumers for key in _of_keys(frame, one))]


def secret_name(frame: Frame) -> str:
    """The Secret of all plugins of a manifest."""
    return kubernetes_name(frame.base, "secrets")


def _of_plugins(frame: Frame, references: Vaulted) -> list[Secret]:
    """The Secret that patches read: under each key a value as JSON. None where nothing refers to the environment."""
    labels = {LABEL: "true", "konghq.com/validate": "plugin"}
    holds = {variable.name: variable.words for variable in references.variables}
    values = {name: json.dumps(words, ensure_ascii=False) for name, words in holds.items()}
    return [secret._replace(is_json=True) for secret in _secret(frame, secret_name(frame), labels, values, holds)]


def _environment(frame: Frame, references: Vaulted) -> list[Secret]:
    """The Secret that is to be the environment of the data planes: under the name of each variable its text."""
    values = {variable.name: variable.words for variable in references.variables}
    return _secret(frame, secret_name(frame), {}, values, values)


def _of_keys(frame: Frame, consumer: Consumer) -> list[Secret]:
    """A Secret for each key of a consumer."""
    made = []
    for number, credential in enumerate(consumer.keyauth_credentials):
        labels = {"konghq.com/credential": "key-auth", LABEL: "true"}
        values = {"key": _words(credential.get("key"))}
        holds = {"key": values["key"] if is_reference(credential.get("key")) else "<the key that the manifest says>"}
        if credential.get("ttl") is not None and not frame.settings.is_konnect:
            values["ttl"] = holds["ttl"] = str(credential["ttl"])
        annotations = {} if frame.settings.is_konnect else tagged(credential.get("tags"))
        made += _secret(frame, credential_name(consumer, number), labels, values, holds, annotations)
    return made


def credential_name(consumer: Consumer, number: int) -> str:
    """The Secret of a consumer's key: of the first, counted from 0, without its number."""
    return kubernetes_name(consumer.username, "key-auth", *([str(number + 1)] if number else []))


def _secret(
    frame: Frame,
    name: str,
    labels: Mapping[str, str],
    values: Mapping[str, str],
    holds: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> list[Secret]:
    if not values:
        return []
    made = frame.make(CORE, "Secret", name, labels=labels, annotations=annotations)
    return [Secret({**made, "type": "Opaque", "stringData": dict(values)}, holds)]


def _words(text: Any) -> str:
    if isinstance(text, EnvText):
        return "".join(f"<{part.name}>" if isinstance(part, EnvVar) else part for part in text.parts)
    return str(text)
