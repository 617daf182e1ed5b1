"""Routes, services and bindings of plugins as Kong Operator takes them to Konnect: Kong's own fields and names.

Source: the CRDs of Kong/kubernetes-configuration; Kong Operator, controller/konnect/ops.
"""

from __future__ import annotations

from aicfg.kong.entities import Route, Service
from aicfg.render._kubernetes.frame import KONG_ALPHA, Frame, Object
from aicfg.render._kubernetes.scopes import Attached
from aicfg.render._kubernetes.upstreams import upstream_of
from aicfg.render._names import kubernetes_name

GROUP = "configuration.konghq.com"
ROUTE_FIELDS = (
    *("paths", "methods", "hosts", "headers", "protocols", "snis", "sources", "destinations"),
    *("strip_path", "preserve_host", "path_handling", "regex_priority", "https_redirect_status_code"),
    *("request_buffering", "response_buffering", "tags"),
)
SERVICE_FIELDS = (
    *("retries", "connect_timeout", "write_timeout", "read_timeout", "tls_verify", "tls_verify_depth"),
    *("enabled", "tags"),
)
_KINDS = {"route": "KongRoute", "service": "KongService"}


def kong_service(frame: Frame, one: Service) -> Object:
    """The KongService of a service."""
    upstream = upstream_of(one.fields)
    made = frame.make(KONG_ALPHA, "KongService", kubernetes_name(one.name))
    spec: Object = {"name": one.name, "protocol": upstream.protocol, "host": upstream.host, "port": upstream.port}
    if upstream.path:
        spec["path"] = upstream.path
    spec |= {key: one.fields[key] for key in SERVICE_FIELDS if one.fields.get(key) is not None}
    return {**made, "spec": {**spec, **frame.control_plane}}


def kong_route(frame: Frame, route: Route, service: Service | None) -> Object:
    """The KongRoute of a route, of its service where it has one."""
    made = frame.make(KONG_ALPHA, "KongRoute", kubernetes_name(route.name))
    spec = {"name": route.name, **{key: route.fields[key] for key in ROUTE_FIELDS if route.fields.get(key) is not None}}
    if service is None:
        return {**made, "spec": {**spec, **frame.control_plane}}
    name = kubernetes_name(service.name)
    return {**made, "spec": {**spec, "serviceRef": {"type": "namespacedRef", "namespacedRef": {"name": name}}}}


def binding(frame: Frame, one: Attached) -> Object:
    """The KongPluginBinding that limits a plugin to its scope, or makes it global."""
    made = frame.make(KONG_ALPHA, "KongPluginBinding", one.name)
    spec: Object = {"pluginRef": {"kind": "KongPlugin", "name": one.name}}
    if not one.scope:
        return {**made, "spec": {**spec, "scope": "GlobalInControlPlane", **frame.control_plane}}
    targets: Object = {}
    for kind, name in one.scope.items():
        key = {"consumer_group": "consumerGroupRef"}.get(kind, f"{kind}Ref")
        found = {"name": kubernetes_name(name)}
        targets[key] = {"group": GROUP, "kind": _KINDS[kind], **found} if kind in _KINDS else found
    return {**made, "spec": {**spec, "targets": targets, **frame.control_plane}}
