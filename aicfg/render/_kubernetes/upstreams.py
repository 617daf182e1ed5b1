"""Services: the ExternalName Service that the controller takes for an upstream outside of the cluster.

Source: developer.konghq.com, /kubernetes-ingress-controller/routing/external-service; the annotations are those of Kong
Ingress Controller, internal/annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aicfg.kong.entities import Service
from aicfg.kong.urls import parse_url
from aicfg.render._kubernetes.frame import CORE, PREFIX, Frame, Object, tagged, written
from aicfg.render._kubernetes.scopes import Names
from aicfg.render._names import kubernetes_name
from aicfg.tuples import NamedTuple

ANNOTATIONS: Mapping[str, str] = MappingProxyType(
    {
        "retries": "retries",
        "connect_timeout": "connect-timeout",
        "write_timeout": "write-timeout",
        "read_timeout": "read-timeout",
        "tls_verify": "tls-verify",
        "tls_verify_depth": "tls-verify-depth",
    }
)
"""Kong's field of a service -> the annotation of the Service."""
_PORTS = {"https": 443, "wss": 443}


class Upstream(NamedTuple):
    """Where a service leads. `host` is "" where it has none, `path` is what Kong puts before the path of a request."""

    protocol: str
    host: str
    port: int
    path: str | None


def upstream_of(fields: Mapping[str, Any]) -> Upstream:
    """The upstream of a service. A URL, which is short for the four, goes before them."""
    protocol, host, port, path = (fields.get(key) for key in ("protocol", "host", "port", "path"))
    if fields.get("url"):
        url = parse_url(str(fields["url"]))
        protocol, host, path = url.scheme or protocol, url.host or host, url.path or path
        port = int(url.port) if url.port and url.port.isdigit() else port
    protocol = str(protocol or "http")
    return Upstream(protocol, str(host or ""), _PORTS.get(protocol, 80) if port is None else int(port), path)


def service(frame: Frame, one: Service, names: Names) -> Object:
    """A Service that is a name for the upstream. What Kong knows of it besides stands in annotations."""
    upstream = upstream_of(one.fields)
    annotations = {}
    if upstream.protocol != "http":
        annotations[f"{PREFIX}/protocol"] = upstream.protocol
    if upstream.path:
        annotations[f"{PREFIX}/path"] = upstream.path
    for field, name in ANNOTATIONS.items():
        if one.fields.get(field) is not None:
            annotations[f"{PREFIX}/{name}"] = written(one.fields[field])
    annotations |= {**tagged(one.fields.get("tags")), **names.annotation("service", one.name)}
    made = frame.make(CORE, "Service", service_name(one), annotations=annotations)
    spec = {"type": "ExternalName", "externalName": upstream.host.lower(), "ports": [{"port": upstream.port}]}
    return {**made, "spec": spec}


def service_name(one: Service) -> str:
    return kubernetes_name(one.name, service=True)
