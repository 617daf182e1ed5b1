"""What Kong Ingress Controller and Kong Operator make of objects, and a decK file in the same form to compare with.

Written after the controllers' own code, not after aicfg's: Kong/kubernetes-ingress-controller (internal/annotations,
internal/dataplane/kongstate, internal/dataplane/translator) and Kong/kong-operator (controller/konnect/ops).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from aicfg.render._names import kubernetes_name

State = dict[str, Any]
ROUTE = {"strip_path": True, "preserve_host": False, "protocols": ["http", "https"], "regex_priority": 0}
ROUTE |= {"request_buffering": True, "response_buffering": True, "https_redirect_status_code": 426}
ROUTE |= {"path_handling": "v0", "paths": [], "methods": [], "hosts": [], "snis": [], "headers": {}, "tags": []}
SERVICE = {"retries": 5, "connect_timeout": 60000, "write_timeout": 60000, "read_timeout": 60000, "path": None}
SERVICE |= {"tls_verify": None, "tls_verify_depth": None, "tags": []}
PLUGIN = {"enabled": True, "instance_name": None, "protocols": [], "ordering": None, "config": {}, "tags": []}


def documents(files: Mapping[str, str]) -> list[State]:
    return [document for text in files.values() for document in yaml.safe_load_all(text) if document]


def filled_in(document: State, env: Mapping[str, str]) -> State:
    """A Secret whose blanks someone has filled in. Where its values are JSON, they do it as JSON."""
    data = {}
    for key, text in document["stringData"].items():
        is_json = document["metadata"].get("labels", {}).get("konghq.com/validate") == "plugin"

        def value(match: re.Match[str], is_json: bool = is_json) -> str:
            return json.dumps(env[match.group(1)])[1:-1] if is_json else env[match.group(1)]

        data[key] = re.sub(r"<([A-Za-z_][A-Za-z0-9_]*)>", value, text)
    return {**document, "stringData": data}


# ── Kong Ingress Controller ──


def controller_state(files: Mapping[str, str], env: Mapping[str, str], class_: str = "kong") -> State:
    """Kong's entities, each service and route by the name of its object."""
    by_kind: dict[str, list[State]] = {}
    for document in documents(files):
        by_kind.setdefault(document["kind"], []).append(document)
    secrets = {
        one["metadata"]["name"]: filled_in(one, env)
        for one in by_kind.get("Secret", [])
        if one["metadata"]["labels"]["konghq.com/secret"] == "true"
    }

    def seen(kind):
        return [one for one in by_kind.get(kind, []) if _annotations(one)["kubernetes.io/ingress.class"] == class_]

    routes = [_ingress_route(one) for one in by_kind.get("Ingress", []) if one["spec"]["ingressClassName"] == class_]
    routes += [_http_route(one) for one in by_kind.get("HTTPRoute", [])]
    used = {service for _, service, _ in routes}
    return {
        "services": {one["metadata"]["name"]: _service(one) for one in by_kind["Service"] if _name(one) in used},
        "routes": {name: {**route, "service": service[0]} for name, service, route in routes},
        "plugins": _plugins(by_kind, secrets),
        "consumers": {one["username"]: _consumer(one, secrets) for one in seen("KongConsumer")},
        "groups": {one["metadata"]["name"]: {"tags": _tags(one)} for one in seen("KongConsumerGroup")},
        "vaults": {one["spec"]["prefix"]: _vault(one["spec"], _tags(one)) for one in seen("KongVault")},
    }


def _name(service: State) -> tuple[str, int]:
    return service["metadata"]["name"], service["spec"]["ports"][0]["port"]


def _annotations(document: State) -> dict[str, str]:
    annotations: dict[str, str] = document["metadata"].get("annotations", {})
    assert all(isinstance(value, str) for value in annotations.values())
    return annotations


def _konghq(document: State) -> dict[str, str]:
    return {key.removeprefix("konghq.com/"): value for key, value in _annotations(document).items()}


def _listed(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _tags(document: State) -> list[str]:
    return sorted(_listed(_konghq(document).get("tags")))


def _service(document: State) -> State:
    said, spec = _konghq(document), document["spec"]
    assert spec["type"] == "ExternalName"
    numbers = ("retries", "connect_timeout", "write_timeout", "read_timeout", "tls_verify_depth")
    found = {key: int(said[key.replace("_", "-")]) for key in numbers if key.replace("_", "-") in said}
    if "tls-verify" in said:
        found["tls_verify"] = said["tls-verify"] == "true"
    found |= {"protocol": said.get("protocol", "http"), "host": spec["externalName"], "port": spec["ports"][0]["port"]}
    return {**SERVICE, **found, "path": said.get("path"), "tags": _tags(document)}


def _overridden(route: State, document: State) -> State:
    said = _konghq(document)
    for field in ("strip_path", "preserve_host", "request_buffering", "response_buffering"):
        if field.replace("_", "-") in said:
            route[field] = {"true": True, "false": False}[said[field.replace("_", "-")]]
    for field in ("https_redirect_status_code", "regex_priority"):
        if field.replace("_", "-") in said:
            route[field] = int(said[field.replace("_", "-")])
    for field in ("protocols", "methods", "snis"):
        if field in said:
            route[field] = sorted(said[field].split(","))
    valid = re.compile(r"(\*\.)?([a-zA-Z0-9]+(-[a-zA-Z0-9]+)*)+(\.([a-zA-Z0-9]+(-[a-zA-Z0-9]+)*))*?(\.\*)?")
    assert all(valid.fullmatch(host) for host in _listed(said.get("host-aliases")))
    route["hosts"] = sorted({*route["hosts"], *_listed(said.get("host-aliases"))})
    separator = said.get("headers-separator", ",")
    headers = {key: value for key, value in said.items() if key.startswith("headers.") and value}
    if headers:
        route["headers"] = {
            key.removeprefix("headers."): sorted(part.strip() for part in value.split(separator))
            for key, value in headers.items()
        }
    route["path_handling"] = said.get("path-handling", "v0")
    return route


def _controllers_route(document: State) -> State:
    """A route as the controller starts it: with its own defaults for two fields."""
    return {**ROUTE, "strip_path": False, "preserve_host": True, "tags": _tags(document)}


def _ingress_route(document: State) -> tuple[str, tuple[str, int], State]:
    [rule] = document["spec"]["rules"]
    prefix = _konghq(document).get("regex-prefix", "/~")
    paths, backends = [], set()
    for item in rule["http"]["paths"]:
        path = re.sub("//+", "/", item["path"])
        made = [f"~{path}$"] if item["pathType"] == "Exact" else [path]
        assert item["pathType"] in ("Exact", "ImplementationSpecific")
        paths += ["~" + one.removeprefix(prefix) if one.startswith(prefix) else one for one in made]
        backend = item["backend"]["service"]
        backends.add((backend["name"], backend["port"]["number"]))
    [backend] = backends
    route = _controllers_route(document)
    route |= {"paths": sorted(paths), "hosts": [rule["host"]] if "host" in rule else []}
    return document["metadata"]["name"], backend, _overridden(route, document)


def _http_route(document: State) -> tuple[str, tuple[str, int], State]:
    """All routes that the controller makes of an HTTPRoute, one for each method, as if they were one."""
    spec = document["spec"]
    [rule] = spec["rules"]
    groups: dict[str, list[State]] = {}
    for match in rule["matches"]:
        groups.setdefault(json.dumps([match.get("method"), match.get("headers")]), []).append(match)
    made = []
    for matches in groups.values():
        paths = [path for match in matches for path in _http_paths(match["path"])]
        headers = {one["name"]: _header_values(one) for one in matches[0].get("headers", [])}
        made.append((sorted(paths), headers, matches[0].get("method")))
    assert all(one[:2] == made[0][:2] for one in made)
    route = _controllers_route(document)
    route |= {"paths": made[0][0], "headers": made[0][1], "methods": sorted(one[2] for one in made if one[2])}
    route["hosts"] = sorted(spec.get("hostnames", []))
    [backend] = rule["backendRefs"]
    return document["metadata"]["name"], (backend["name"], backend["port"]), _overridden(route, document)


def _header_values(header: State) -> list[str]:
    """The values of a header: those that a regular expression names, where it names some."""
    value: str = header["value"]
    if header["type"] == "Exact":
        return [value]
    if not (value.startswith("^(?:") and value.endswith(")$")):
        return [f"~*{value}"]
    return sorted(re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:[^|\\]|\\.)+", value[4:-2]))


def _http_paths(path: State) -> list[str]:
    value = path["value"]
    if path["type"] == "Exact":
        return [f"~{value}$"]
    return [f"~{value}"] if path["type"] == "RegularExpression" else prefix_paths(value)


def prefix_paths(path: str) -> list[str]:
    """The paths that the controller makes of a prefix of the Gateway API."""
    return [f"~{path}$", path if path.endswith("/") else f"{path}/"]


def _plugins(by_kind: Mapping[str, list[State]], secrets: Mapping[str, State]) -> list[State]:
    relations: dict[str, dict[str, list[str]]] = {}
    referers = {"Ingress": "route", "HTTPRoute": "route", "Service": "service", "KongConsumer": "consumer"}
    for kind, scope in {**referers, "KongConsumerGroup": "consumer_group"}.items():
        for one in by_kind.get(kind, []):
            name = one["username"] if kind == "KongConsumer" else one["metadata"]["name"]
            for plugin in _listed(_konghq(one).get("plugins")):
                relations.setdefault(plugin, {}).setdefault(scope, []).append(name)
    found = []
    for one in by_kind.get("KongPlugin", []):
        for scope in _combinations(relations[one["metadata"]["name"]]):
            found.append({**_plugin(one, secrets), "scope": scope})
    for one in by_kind.get("KongClusterPlugin", []):
        assert one["metadata"]["labels"]["global"] == "true"
        assert "kubernetes.io/ingress.class" in _annotations(one)
        found.append({**_plugin(one, secrets), "scope": {}})
    return in_order(found)


def _combinations(relations: Mapping[str, list[str]]) -> Iterable[dict[str, str]]:
    """As GetCombinations does: callers are combined with routes and services, these two never with each other."""
    callers = [(kind, name) for kind in ("consumer", "consumer_group") for name in relations.get(kind, ())]
    ends = [(kind, name) for kind in ("service", "route") for name in relations.get(kind, ())]
    kinds = {kind for kind, _ in callers}
    assert len(kinds) < 2
    if callers and ends:
        return [dict([caller, end]) for caller in callers for end in ends]
    return [dict([one]) for one in (*callers, *ends)]


def _plugin(document: State, secrets: Mapping[str, State]) -> State:
    config: Any = json.loads(json.dumps(document.get("config", {})))
    for patch in document.get("configPatches", []):
        reference = patch["valueFrom"]["secretKeyRef"]
        data = secrets[reference["name"]]["stringData"][reference["key"]]
        [change] = json.loads(f'[{{"op":"add","path":"{patch["path"]}","value":{data}}}]')
        _add(config, change["path"], change["value"])
    made = {**PLUGIN, **{key: document[key] for key in ("instance_name", "protocols", "ordering") if key in document}}
    made |= {"name": document["plugin"], "config": config, "enabled": not document.get("disabled", False)}
    return {**made, "tags": _tags(document)}


def _add(config: Any, path: str, value: Any) -> None:
    """RFC 6902's `add`: what follows an item of a list moves up."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for part in parents:
        config = config[int(part)] if isinstance(config, list) else config[part]
    if isinstance(config, list):
        assert 0 <= int(last) <= len(config)
        config.insert(int(last), value)
    else:
        assert last not in config
        config[last] = value


def _consumer(document: State, secrets: Mapping[str, State]) -> State:
    keys = []
    for name in document.get("credentials", []):
        secret = secrets[name]
        assert secret["metadata"]["labels"]["konghq.com/credential"] == "key-auth"
        data = secret["stringData"]
        ttl = {"ttl": int(data["ttl"])} if "ttl" in data else {}
        keys.append({"key": data["key"], **ttl, "tags": _tags(secret)})
    found = {"custom_id": document.get("custom_id"), "groups": sorted(document.get("consumerGroups", []))}
    return {**found, "keys": keys, "tags": _tags(document)}


def _vault(spec: State, tags: list[str]) -> State:
    found = {"backend": spec["backend"], "description": spec.get("description"), "config": spec.get("config", {})}
    return {**found, "tags": sorted(tags)}


def in_order(plugins: list[State]) -> list[State]:
    return sorted(plugins, key=lambda one: json.dumps([one["name"], one["scope"]], sort_keys=True))


# ── Kong Operator ──


def operator_state(files: Mapping[str, str], env: Mapping[str, str], name: str) -> State:
    """Konnect's entities, each service and route by the name of its object. `name` is the Secret of the data planes."""
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in documents(files)}
    of_kind = lambda kind: [one for (found, _), one in by_name.items() if found == kind]  # noqa: E731
    secrets = {one["metadata"]["name"]: filled_in(one, env) for one in of_kind("Secret")}
    environment = secrets[name]["stringData"] if name in secrets else {}
    tags = lambda one: sorted(one["spec"].get("tags", []))  # noqa: E731
    routes = {}
    for one in of_kind("KongRoute"):
        spec = {key: value for key, value in one["spec"].items() if key not in ("name", "serviceRef")}
        service = one["spec"]["serviceRef"]["namespacedRef"]["name"]
        routes[one["metadata"]["name"]] = {**_sorted({**ROUTE, **spec}), "service": service}
    services = {}
    for one in of_kind("KongService"):
        spec = {key: value for key, value in one["spec"].items() if key not in ("name", "controlPlaneRef")}
        services[one["metadata"]["name"]] = {**SERVICE, **spec, "tags": tags(one)}
    groups = {one["metadata"]["name"]: one for one in of_kind("KongConsumerGroup")}
    consumers = {}
    for one in of_kind("KongConsumer"):
        found = {"custom_id": one.get("custom_id"), "tags": tags(one)}
        found["groups"] = sorted(groups[group]["spec"]["name"] for group in one.get("consumerGroups", []))
        found["keys"] = [{"key": secrets[name]["stringData"]["key"]} for name in one.get("credentials", [])]
        consumers[one["username"]] = found
    return {
        "services": services,
        "routes": routes,
        "plugins": in_order([_bound(one, by_name, environment) for one in of_kind("KongPluginBinding")]),
        "consumers": consumers,
        "groups": {one["spec"]["name"]: {"tags": tags(one)} for one in groups.values()},
        "vaults": {one["spec"]["prefix"]: _vault(one["spec"], tags(one)) for one in of_kind("KongVault")},
    }


def _bound(binding: State, by_name: Mapping[tuple[str, str], State], environment: Mapping[str, str]) -> State:
    """The plugin of a binding. Of the KongPlugin nothing but these fields is read: no patches."""
    spec = binding["spec"]
    document = by_name["KongPlugin", spec["pluginRef"]["name"]]
    scope = {}
    for key, target in spec.get("targets", {}).items():
        kind = {"consumerGroupRef": "consumer_group"}.get(key, key.removesuffix("Ref"))
        object_kind = {"consumer": "KongConsumer", "consumer_group": "KongConsumerGroup"}.get(kind, target.get("kind"))
        found = by_name[object_kind, target["name"]]
        names = {"consumer": found.get("username"), "consumer_group": found.get("spec", {}).get("name")}
        scope[kind] = names.get(kind, target["name"])
    assert bool(scope) == (spec.get("scope") != "GlobalInControlPlane")

    def resolved(value: Any) -> Any:
        if isinstance(value, str):
            match = re.fullmatch(r"\{vault://env/([a-z0-9-]+)\}", value)
            return environment.get(match.group(1).replace("-", "_").upper(), value) if match else value
        if isinstance(value, dict):
            return {key: resolved(item) for key, item in value.items()}
        return [resolved(item) for item in value] if isinstance(value, list) else value

    made = {**PLUGIN, **{key: document[key] for key in ("instance_name", "protocols") if key in document}}
    made |= {"name": document["plugin"], "config": resolved(document.get("config", {}))}
    return {**made, "enabled": not document.get("disabled", False), "tags": _tags(document), "scope": scope}


# ── decK ──


def same_form(
    state: State, *, konnect: bool = False, prefix: Callable[[str], list[str]] = lambda path: [path]
) -> State:
    """A decK state in the form of the others: names of objects where there are no others, defaults filled in.

    `prefix` says what becomes of a plain path.
    """
    service_name = (
        (lambda name: kubernetes_name(name)) if konnect else (lambda name: kubernetes_name(name, service=True))
    )
    group_name = (lambda name: name) if konnect else kubernetes_name
    named: dict[str, Callable[[str], str]] = {"service": service_name, "route": kubernetes_name, "consumer": str}
    named["consumer_group"] = group_name
    services, routes, plugins = {}, {}, []

    def plugin(one: State, **scope: str) -> None:
        known = {**scope, **{key: one[key] for key in named if key in one}}
        made = {**PLUGIN, **{key: one[key] for key in PLUGIN if key in one}, "name": one["name"]}
        made["scope"] = {kind: named[kind](name) for kind, name in known.items()}
        plugins.append(_sorted(made, "tags"))

    for service in state.get("services", []):
        made = _deck_service(service)
        services[service_name(service["name"])] = made if konnect else {**made, "host": made["host"].lower()}
        for one in service.get("plugins", []):
            plugin(one, service=service["name"])
        for route in service.get("routes", []):
            fields = {key: value for key, value in route.items() if key not in ("name", "plugins", "id")}
            fields["paths"] = [made for path in route.get("paths", []) for made in _deck_paths(path, prefix)]
            fields["hosts"] = (
                [host.lower() for host in route.get("hosts", [])] if not konnect else route.get("hosts", [])
            )
            made = {**_sorted({**ROUTE, **fields}), "service": service_name(service["name"])}
            routes[kubernetes_name(route["name"])] = made
            for one in route.get("plugins", []):
                plugin(one, route=route["name"])
    for one in state.get("plugins", []):
        plugin(one)
    return {
        "services": services,
        "routes": routes,
        "plugins": in_order(plugins),
        "consumers": {one["username"]: _deck_consumer(one, group_name, konnect) for one in state.get("consumers", [])},
        "groups": {
            group_name(one["name"]): {"tags": sorted(one.get("tags", []))} for one in state.get("consumer_groups", [])
        },
        "vaults": {
            one["prefix"]: _vault({**one, "backend": one["name"]}, one.get("tags", []))
            for one in state.get("vaults", [])
        },
    }


def _deck_paths(path: str, prefix: Callable[[str], list[str]]) -> list[str]:
    return [path] if path.startswith("~") else prefix(path)


def _deck_service(service: State) -> State:
    fields = {key: value for key, value in service.items() if key in SERVICE}
    if "url" in service:
        url = urlsplit(service["url"])
        port = url.port or {"https": 443}.get(url.scheme, 80)
        fields |= {"protocol": url.scheme, "host": url.hostname, "port": port, "path": url.path or None}
    else:
        fields |= {
            "protocol": "http",
            "port": 80,
            **{key: service[key] for key in ("protocol", "host", "port") if key in service},
        }
    return {**SERVICE, **fields, "tags": sorted(service.get("tags", []))}


def _deck_consumer(one: State, group_name: Callable[[str], str], konnect: bool) -> State:
    keys = [
        {key: sorted(value) if key == "tags" else value for key, value in key.items() if key in ("key", "ttl", "tags")}
        for key in one.get("keyauth_credentials", [])
    ]
    keys = [{"key": key["key"]} if konnect else {**key, "tags": key.get("tags", [])} for key in keys]
    found = {
        "custom_id": one.get("custom_id"),
        "groups": sorted(group_name(group["name"]) for group in one.get("groups", [])),
    }
    return {**found, "keys": keys, "tags": sorted(one.get("tags", []))}


def _sorted(fields: State, *only: str) -> State:
    """The fields with their lists sorted, those of headers as well: their order means nothing to Kong."""
    made = dict(fields)
    for key in only or ("paths", "methods", "hosts", "snis", "protocols", "tags"):
        made[key] = sorted(made[key])
    if "headers" in made and not only:
        made["headers"] = {name: sorted(values) for name, values in made["headers"].items()}
    return made
