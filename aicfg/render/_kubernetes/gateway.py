"""Routes as HTTPRoutes of the Gateway API.

The controller makes one route of Kong's for each method, and of a prefix two paths: `/x` itself and all below `/x/`.
Source: Kong Ingress Controller, internal/dataplane/translator/subtranslator/httproute.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.kong.entities import Route, Service
from aicfg.patterns import later
from aicfg.render._kubernetes.frame import Frame, Object
from aicfg.render._kubernetes.ingress import route_annotations
from aicfg.render._kubernetes.paths import exact, is_regex
from aicfg.render._kubernetes.scopes import Names
from aicfg.render._kubernetes.upstreams import service_name, upstream_of
from aicfg.render._names import kubernetes_name

_SPECIAL = later(r"[\\.+*?()|\[\]{}^$]")
_REGEX = "~*"
"""What Kong marks a header's only value with, where it is a regular expression."""


def http_route(frame: Frame, route: Route, service: Service, names: Names) -> Object:
    """The HTTPRoute of a route, below the Gateway of the settings."""
    annotations = {**route_annotations(route), **names.annotation("route", route.name)}
    api_version = "gateway.networking.k8s.io/v1"
    made = frame.make(api_version, "HTTPRoute", kubernetes_name(route.name), annotations=annotations)
    *namespace, name = frame.settings.gateway_name.split("/", 1)
    parent = {"name": name, **({"namespace": namespace[0]} if namespace else {})}
    spec: Object = {"parentRefs": [parent]}
    if route.fields.get("hosts"):
        spec["hostnames"] = [host.lower() for host in route.fields["hosts"]]
    backend = {"name": service_name(service), "port": upstream_of(service.fields).port}
    spec["rules"] = [{"matches": list(_matches(route.fields)), "backendRefs": [backend]}]
    return {**made, "spec": spec}


def _matches(fields: Mapping[str, Any]) -> Iterator[Object]:
    """What a request may look like: each path with each method, and all headers."""
    headers = [_header(name, values) for name, values in (fields.get("headers") or {}).items() if values]
    for method in fields.get("methods") or [None]:
        for path in fields.get("paths") or ["/"]:
            match: Object = {"path": _path(path)}
            if method is not None:
                match["method"] = method
            yield {**match, "headers": headers} if headers else match


def _path(path: str) -> Object:
    whole = exact(path)
    if whole is not None:
        return {"type": "Exact", "value": whole}
    return {"type": "RegularExpression", "value": path[1:]} if is_regex(path) else {"type": "PathPrefix", "value": path}


def _header(name: str, values: list[str]) -> Object:
    """A header with one value, or with a regular expression that any of several matches."""
    if len(values) > 1:
        either = "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in values)
        return {"name": name, "type": "RegularExpression", "value": f"^(?:{either})$"}
    [value] = values
    if value.startswith(_REGEX):
        return {"name": name, "type": "RegularExpression", "value": value.removeprefix(_REGEX)}
    return {"name": name, "type": "Exact", "value": value}
