"""Routes as Ingresses: one for each, which the controller makes one route of Kong's of.

Source: Kong Ingress Controller, internal/annotations and internal/dataplane/translator/subtranslator/ingress.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from aicfg.kong.entities import Route, Service
from aicfg.patterns import later
from aicfg.render._kubernetes.frame import PREFIX, Frame, Object, tagged, written
from aicfg.render._kubernetes.paths import exact, is_regex, regex_prefix
from aicfg.render._kubernetes.scopes import Names
from aicfg.render._kubernetes.upstreams import service_name, upstream_of
from aicfg.render._names import kubernetes_name

ANNOTATIONS: Mapping[str, str] = MappingProxyType(
    {
        "snis": "snis",
        "regex_priority": "regex-priority",
        "path_handling": "path-handling",
        "https_redirect_status_code": "https-redirect-status-code",
        "request_buffering": "request-buffering",
        "response_buffering": "response-buffering",
    }
)
"""Kong's field of a route -> the annotation of an Ingress or an HTTPRoute."""

_RULE_HOST = later(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_NUMBERS = later(r"[0-9.]+")


def ingress(frame: Frame, route: Route, service: Service, names: Names) -> Object:
    """The Ingress of a route."""
    paths = list(route.fields.get("paths") or ["/"])
    prefix = regex_prefix(paths)
    annotations = route_annotations(route)
    if prefix != "/~":
        annotations[f"{PREFIX}/regex-prefix"] = prefix
    if route.fields.get("methods"):
        annotations[f"{PREFIX}/methods"] = written(route.fields["methods"])
    annotations |= _headers(route.fields.get("headers") or {})
    host, *aliases = _hosts(route.fields.get("hosts") or [])
    if aliases:
        annotations[f"{PREFIX}/host-aliases"] = ",".join(aliases)
    annotations |= names.annotation("route", route.name)
    made = frame.make("networking.k8s.io/v1", "Ingress", kubernetes_name(route.name), annotations=annotations)
    backend = {"service": {"name": service_name(service), "port": {"number": upstream_of(service.fields).port}}}
    rule = {**({"host": host} if host else {}), "http": {"paths": [_path(path, prefix, backend) for path in paths]}}
    return {**made, "spec": {"ingressClassName": frame.settings.ingress_class, "rules": [rule]}}


def route_annotations(route: Route) -> dict[str, str]:
    """The annotations that an Ingress and an HTTPRoute share, but for the plugins.

    The controller's defaults for the first two are the opposite of Kong's, so that they are always said.
    """
    fields = route.fields
    annotations = {
        f"{PREFIX}/strip-path": written(fields.get("strip_path", True)),
        f"{PREFIX}/preserve-host": written(fields.get("preserve_host", False)),
    }
    if set(fields.get("protocols") or ()) not in ({"http", "https"}, set()):
        annotations[f"{PREFIX}/protocols"] = written(fields["protocols"])
    for field, name in ANNOTATIONS.items():
        if fields.get(field) not in (None, []):
            annotations[f"{PREFIX}/{name}"] = written(fields[field])
    return {**annotations, **tagged(fields.get("tags"))}


def _path(path: str, prefix: str, backend: Object) -> Object:
    """A path that means to Kong what it meant: a plain one is passed on as it is, being specific to the controller."""
    whole = exact(path)
    if whole is not None:
        return {"path": whole, "pathType": "Exact", "backend": backend}
    written_ = prefix + path[1:] if is_regex(path) else path
    return {"path": written_, "pathType": "ImplementationSpecific", "backend": backend}


def _hosts(hosts: Sequence[str]) -> list[str]:
    """The host of the Ingress's rule, "" where none of them can be that, and all others."""
    first = next((host for host in map(str.lower, hosts) if is_rule_host(host)), "")
    return [first, *(host for host in map(str.lower, hosts) if host != first)]


def is_rule_host(host: str) -> bool:
    """Whether an Ingress takes a host in its rule: a name, perhaps below `*.`, and no address."""
    return bool(_RULE_HOST.fullmatch(host)) and not _NUMBERS.fullmatch(host)


def _headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """An annotation for each header, its values between commas, or between what stands in none of them."""
    said = {name: values for name, values in headers.items() if values}
    separator = ","
    while any(separator in value for values in said.values() for value in values):
        separator += ";"
    annotations = {f"{PREFIX}/headers.{name}": separator.join(values) for name, values in said.items()}
    return {**annotations, **({f"{PREFIX}/headers-separator": separator} if separator != "," else {})}
