"""What Terraform files mean, in one form with what a decK file means: flat, every entity by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hashicorp import parsed, with_references

Flat = dict[str, dict[Any, Any]]
"""Kind -> the fields of each of its entities by what it is called. Plugins are called by name and scope."""

SCOPES = ("service", "route", "consumer", "consumer_group")
_EXPORT = re.compile(r'^#   export TF_VAR_(\w+)="\$(\w+)"$', re.MULTILINE)
_RESOURCE = re.compile(r"(?:konnect_gateway|kong-gateway)_(\w+)")
_JSON = re.compile(r"\$\{jsonencode\((.*)\)\}", re.DOTALL)


def flat_deck(state: Mapping[str, Any]) -> Flat:
    """A decK file's state, placeholders and select tags resolved, with every entity beside the others."""
    flat: Flat = {}
    for service in state.get("services", []):
        fields = {name: value for name, value in service.items() if name not in ("url", "routes", "plugins")}
        if "url" in service:
            url = urlsplit(service["url"])
            port = url.port or {"https": 443}.get(url.scheme, 80)
            address = {"protocol": url.scheme, "host": url.hostname, "port": port, "path": url.path or None}
            fields = {name: value for name, value in address.items() if value is not None} | fields
        _put(flat, "service", service["name"], fields)
        _deck_plugins(flat, service, {"service": service["name"]})
        _deck_routes(flat, service, {"service": service["name"]})
    _deck_routes(flat, state, {})
    _deck_plugins(flat, state, {})
    for vault in state.get("vaults", []):
        _put(flat, "vault", vault["prefix"], vault)
    for group in state.get("consumer_groups", []):
        _put(flat, "consumer_group", group["name"], group)
    for consumer in state.get("consumers", []):
        name = consumer["username"]
        rest = {key: value for key, value in consumer.items() if key not in ("groups", "keyauth_credentials")}
        _put(flat, "consumer", name, rest)
        for group in consumer.get("groups", []):
            _put(flat, "member", (name, group["name"]), {})
        for credential in consumer.get("keyauth_credentials", []):
            _put(flat, "key", (name, credential["key"]), credential)
    return flat


def _deck_routes(flat: Flat, holder: Mapping[str, Any], parent: dict[str, str]) -> None:
    for route in holder.get("routes", []):
        _put(flat, "route", route["name"], {name: value for name, value in route.items() if name != "plugins"} | parent)
        _deck_plugins(flat, route, {"route": route["name"]})


def _deck_plugins(flat: Flat, holder: Mapping[str, Any], parent: dict[str, str]) -> None:
    for plugin in holder.get("plugins", []):
        scope = parent | {name: plugin[name] for name in SCOPES if name in plugin}
        fields = {name: value for name, value in plugin.items() if name not in SCOPES}
        _put(flat, "plugin", (plugin["name"], *sorted(scope.items())), fields)


def _put(flat: Flat, kind: str, name: Any, fields: Mapping[str, Any]) -> None:
    assert name not in flat.setdefault(kind, {}), f"{kind} {name} comes twice"
    flat[kind][name] = {key: value for key, value in fields.items() if value is not None}


Documents = Mapping[str, Mapping[str, Any]]
"""The parsed files of each of several sets, by the set's name and the file's."""


def documents_of(sets: Mapping[str, Mapping[str, str]], folder: Path) -> Documents:
    """Sets of files as the parser reads them: all at once, since starting it is what takes time."""
    documents: dict[str, dict[str, Any]] = {name: {} for name in sets}
    flat = {f"{index}/{file}": text for index, files in enumerate(sets.values()) for file, text in files.items()}
    names = list(sets)
    for path, document in parsed(flat, folder).items():
        index, _, file = path.partition("/")
        documents[names[int(index)]][file] = document
    return documents


def flat_terraform(
    sets: Mapping[str, Mapping[str, str]], documents: Documents, env: Mapping[str, str], folder: Path
) -> dict[str, Flat]:
    """What each set of files means once its variables have the values that the lines at its top give them."""
    sources = sorted(set(_json_in(documents)))
    text = "".join(f"v{index} = {source}\n" for index, source in enumerate(sources))
    read = parsed({"json.tf": f"locals {{\n{text}}}\n"}, folder)["json.tf"]["locals"][0] if sources else {}
    json_values = {source: read[f"v{index}"] for index, source in enumerate(sources)}
    return {name: _Reader(files, documents[name], env, json_values).flat() for name, files in sets.items()}


def _json_in(value: Any) -> Iterator[str]:
    """The values, as HCL, that jsonencode is called with."""
    if isinstance(value, str):
        match = _JSON.fullmatch(value)
        if match:
            yield match.group(1)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _json_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _json_in(item)


class _Reader:
    def __init__(
        self,
        files: Mapping[str, str],
        documents: Mapping[str, Any],
        env: Mapping[str, str],
        json_values: Mapping[str, Any],
    ) -> None:
        exports = dict(_EXPORT.findall(files["variables.tf"]))
        declared = documents["variables.tf"]["variable"]
        assert exports.keys() <= declared.keys()
        assert all(declared[name][0]["sensitive"] for name in exports)
        self._values = {f"var.{name}": env[source] for name, source in exports.items()}
        self._json = json_values
        self._resources = [
            (type_, name, body)
            for type_, named in documents["main.tf"]["resource"].items()
            for name, bodies in named.items()
            for body in bodies
        ]
        for type_, name, body in self._resources:
            label = body.get("username", body.get("name", ""))
            self._values[f"{type_}.{name}.id"] = with_references(label, self._values)

    def flat(self) -> Flat:
        flat: Flat = {}
        for type_, _, body in self._resources:
            match = _RESOURCE.fullmatch(type_)
            assert match, type_
            added = ("control_plane_id", "workspace", "depends_on")
            own = {argument: value for argument, value in body.items() if argument not in added}
            self._add(flat, match.group(1), self._resolved(own))
        return flat

    def _add(self, flat: Flat, kind: str, body: dict[str, Any]) -> None:
        if kind == "consumer_group_member":
            _put(flat, "member", (body["consumer_id"], body["consumer_group_id"]), {})
        elif kind == "key_auth":
            _put(flat, "key", (body.pop("consumer_id"), body["key"]), body)
        elif kind.endswith("plugin") or kind.startswith("plugin_"):
            name = body.pop("name") if kind == "custom_plugin" else kind.removeprefix("plugin_").replace("_", "-")
            scope = {scope: body.pop(scope)["id"] for scope in SCOPES if scope in body}
            _put(flat, "plugin", (name, *sorted(scope.items())), {"name": name, **body})
        else:
            kind = kind.removesuffix("_expression")
            if "client_certificate" in body:
                body["client_certificate"] = body["client_certificate"]["id"]
            if "service" in body:
                body["service"] = body["service"]["id"]
            name = {"vault": "prefix", "consumer": "username"}.get(kind, "name")
            _put(flat, kind, body[name], body)

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, str):
            match = _JSON.fullmatch(value)
            return self._resolved(self._json[match.group(1)]) if match else with_references(value, self._values)
        if isinstance(value, dict):
            return {with_references(key, {}): self._resolved(item) for key, item in value.items()}
        return [self._resolved(item) for item in value] if isinstance(value, list) else value
