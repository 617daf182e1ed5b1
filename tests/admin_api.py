"""A stand-in for Kong's Admin API and for Konnect's: real HTTP on loopback, entities in memory.

It keeps to what Kong documents: entities by id, and by name but for Konnect; PUT makes or replaces; names, scopes of
plugins and keys are unique; references must be there; unknown fields and plugin configs that Kong's schema refuses are
errors; lists come in pages; forms are decoded by schema. It fills no defaults in, but for
a plugin's config, which is always there.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import aicfg
from aicfg.catalog.plugins import Field, plugin_names, plugin_schema
from aicfg.catalog.versions import gateway

Entity = dict[str, Any]
S = TypeVar("S", bound="Server")

FIELDS = {
    "services": (
        "id name url protocol host port path retries connect_timeout write_timeout read_timeout enabled tags "
        "client_certificate tls_verify tls_verify_depth tls_sans ca_certificates"
    ),
    "routes": (
        "id name paths methods hosts headers protocols snis sources destinations expression priority strip_path "
        "preserve_host path_handling regex_priority https_redirect_status_code request_buffering response_buffering "
        "tags service"
    ),
    "plugins": (
        "id name instance_name config enabled protocols ordering condition partials tags service route consumer "
        "consumer_group"
    ),
    "consumers": "id username custom_id tags",
    "consumer_groups": "id name tags",
    "vaults": "id prefix name description config tags",
    "key-auth": "id key ttl tags consumer",
    "partials": "id name",
}
NAMED_BY = {"consumers": "username", "vaults": "prefix", "key-auth": "key", "plugins": "id"}
REFERENCES = {"service": "services", "route": "routes", "consumer": "consumers", "consumer_group": "consumer_groups"}
NOT_ENABLED = {"unheard-of"}
NUMBERS = {"port", "retries", "connect_timeout", "write_timeout", "read_timeout", "regex_priority", "ttl"}
BOOLEANS = {"enabled", "strip_path", "preserve_host", "tls_verify", "request_buffering", "response_buffering"}
PLANE = "9524ec7d-36d9-465d-a8c5-83a3c9390458"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Server:
    """An HTTP server on a port of its own, as a context manager."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self: S) -> S:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> tuple[int, Any]:
        """The status and the body of the answer to a request."""
        raise NotImplementedError


class AdminApi(Server):
    """The API. `prefix` stands before every path, `token` is what `header` has to hold."""

    def __init__(
        self,
        *,
        ids_only: bool = False,
        prefix: str = "",
        header: str = "Kong-Admin-Token",
        token: str = "",
        version: str = "3.11",
        page: int = 2,
        members: str = "data",
    ) -> None:
        self.ids_only, self.prefix, self.header, self.token = ids_only, prefix, header, token
        self.version, self.page, self.members_key = version, page, members
        self.kinds: dict[str, dict[str, Entity]] = {kind: {} for kind in FIELDS}
        self.members: list[tuple[str, str]] = []
        super().__init__()

    def answer(self, request: Request) -> tuple[int, Any]:
        self.requests.append(request)
        if self.token and request.headers.get(self.header.lower()) != self.token:
            return 401, {"message": "Unauthorized"}
        path, _, query = request.path.partition("?")
        if not path.startswith(f"{self.prefix}/"):
            return 404, {"message": f"Not found: {path}"}
        try:
            return self._route(request, [unquote(part) for part in path[len(self.prefix) + 1 :].split("/")], query)
        except Refused as refused:
            return refused.status, {"message": str(refused), "code": 2}

    def _route(self, request: Request, parts: list[str], query: str) -> tuple[int, Any]:
        if len(parts) >= 3 and parts[0] in FIELDS and parts[2] in (*FIELDS, "consumers"):
            parent = self._get(parts[0], parts[1])
            if (parts[0], parts[2]) == ("consumer_groups", "consumers"):
                return self._group(request, parent)
            return self._nested(request, parts[0], parent, parts[2:], query)
        match request.method, parts:
            case "GET", [kind] if kind in FIELDS:
                return 200, self._page(list(self.kinds[kind].values()), query)
            case "GET", [kind, key] if kind in FIELDS:
                return 200, self._get(kind, key)
            case "POST", [kind] if kind in FIELDS:
                return 201, self._store(kind, None, self._body(kind, request))
            case "PUT", [kind, key] if kind in FIELDS:
                return 200, self._put(kind, key, self._body(kind, request))
        raise Refused(405, "Method not allowed")

    def _nested(self, request: Request, kind: str, parent: Entity, parts: list[str], query: str) -> tuple[int, Any]:
        field = kind.removesuffix("s")
        match request.method, parts:
            case "GET", [inner]:
                found = [one for one in self.kinds[inner].values() if one.get(field, {}).get("id") == parent["id"]]
                return 200, self._page(found, query)
            case "PUT", ["key-auth", key]:
                body = {**self._body("key-auth", request), field: {"id": parent["id"]}}
                return 200, self._put("key-auth", key, body)
        raise Refused(405, "Method not allowed")

    def _group(self, request: Request, group: Entity) -> tuple[int, Any]:
        if request.method == "GET":
            found = [self.kinds["consumers"][one] for of, one in self.members if of == group["id"]]
            return 200, {self.members_key: found}
        consumer = self._get("consumers", self._body("", request)["consumer"])
        if (group["id"], consumer["id"]) in self.members:
            raise Refused(409, f"Consumer '{consumer['id']}' already in group '{group['id']}'")
        self.members.append((group["id"], consumer["id"]))
        return 201, {"consumer_group": group, "consumers": [consumer]}

    def _page(self, found: list[Entity], query: str) -> Entity:
        asked = parse_qs(query)
        start = int(asked.get("offset", ["0+"])[0].removesuffix("+"))
        end = start + min(self.page, int(asked.get("size", ["100"])[0]))
        more = {"offset": f"{end}+"} if end < len(found) else {}
        return {"data": found[start:end], "next": None, **more}

    def _get(self, kind: str, key: str) -> Entity:
        found = self._find(kind, key)
        if found is None:
            raise Refused(404, "Not found")
        return found

    def _find(self, kind: str, key: str) -> Entity | None:
        if UUID.fullmatch(key):
            return self.kinds[kind].get(key)
        if self.ids_only:
            raise Refused(400, f"{key} is not a UUID")
        name = NAMED_BY.get(kind, "name")
        return next((one for one in self.kinds[kind].values() if one[name] == key), None)

    def _put(self, kind: str, key: str, body: Entity) -> Entity:
        found = self._find(kind, key)
        if UUID.fullmatch(key):
            return self._store(kind, key, body)
        return self._store(kind, found and found["id"], {NAMED_BY.get(kind, "name"): key, **body})

    def _store(self, kind: str, own: str | None, body: Entity) -> Entity:
        for field in body:
            if field not in FIELDS[kind].split():
                raise Refused(400, f"schema violation ({field}: unknown field)")
        made = {**body, "id": own or body.get("id") or str(uuid.uuid4())}
        if kind == "services" and "url" in made:
            made |= split_url(made.pop("url"))
        self._check_references(made)
        if kind == "plugins":
            self._check_plugin(made)
        for other in self.kinds[kind].values():
            if other["id"] != made["id"] and _unique(kind, other) == _unique(kind, made):
                raise Refused(409, f"UNIQUE violation detected on '{json.dumps(_unique(kind, made))}'")
        self.kinds[kind][made["id"]] = made
        return made

    def _check_references(self, made: Entity) -> None:
        for field, kind in REFERENCES.items():
            if field in made and made[field]["id"] not in self.kinds[kind]:
                raise Refused(400, f"the foreign key '{made[field]}' does not reference an existing '{kind}' entity.")
        for partial in made.get("partials", ()):
            if partial["id"] not in self.kinds["partials"]:
                raise Refused(400, f"there is no partial {partial['id']}")

    def _check_plugin(self, made: Entity) -> None:
        config = made.setdefault("config", {})
        if made["name"] in NOT_ENABLED:
            raise Refused(400, f"schema violation (name: plugin '{made['name']}' not enabled)")
        if made["name"] not in plugin_names():
            return
        found = [
            one for one in aicfg.check_plugin(made["name"], config, gateway=self.version) if one.severity == "error"
        ]
        if found:
            raise Refused(400, f"schema violation ({found[0].message})")

    def _body(self, kind: str, request: Request) -> Entity:
        media = request.headers.get("content-type", "")
        if media == "application/json":
            body: Entity = json.loads(request.body)
            return body
        if media != "application/x-www-form-urlencoded" or self.ids_only:
            raise Refused(415, f"unsupported media type {media}")
        body = _decoded(request.body.decode("ascii"))
        name = body.get("name", "")
        schema = plugin_schema(name, gateway(self.version)).config if name in plugin_names() else None
        return {key: _cast(value, schema if key == "config" else None, key) for key, value in body.items()}


def split_url(url: str) -> Entity:
    """What Kong makes of a service's `url`."""
    parts = urlsplit(url)
    made = {
        "protocol": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or {"https": 443}.get(parts.scheme, 80),
    }
    return made | ({"path": parts.path} if parts.path else {})


def _unique(kind: str, entity: Entity) -> Any:
    if kind == "plugins":
        return [entity["name"], *(entity.get(field, {}).get("id") for field in REFERENCES)]
    return entity[NAMED_BY.get(kind, "name")]


def _decoded(form: str) -> Entity:
    """A form as nested maps: dots nest, `[]` is an element of a list."""
    body: Entity = {}
    for name, value in parse_qsl(form, keep_blank_values=True, strict_parsing=True):
        *parents, last = name.split(".")
        place = body
        for key in parents:
            place = place.setdefault(key, {})
        if last.endswith("[]"):
            place.setdefault(last[:-2], []).append(value)
        else:
            assert last not in place, f"{name} stands twice in the form"
            place[last] = value
    return body


def _cast(value: Any, field: Field | None, key: str) -> Any:
    """A value of a form as Kong's schema has it."""
    if isinstance(value, dict):
        if field is not None and field.type == "map":
            return value
        return {name: _cast(item, field and field.fields.get(name), name) for name, item in value.items()}
    if isinstance(value, list):
        return [_cast(item, field and field.elements, "") for item in value]
    if value == "":
        return None
    kind = field.type if field is not None else "number" if key in NUMBERS else "boolean" if key in BOOLEANS else ""
    if kind in ("number", "integer") or (field is None and key in ("minute", "hour")):
        return json.loads(value)
    return value == "true" if kind == "boolean" else value


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size) if size < 5_000_000 else b""
            headers = {name.lower(): value for name, value in self.headers.items()}
            with server.lock:
                status, content = server.answer(Request(self.command, self.path, headers, body))
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def stand_in(target: str, **options: Any) -> AdminApi:
    if target != "konnect":
        return AdminApi(**options)
    prefix = f"/v2/control-planes/{PLANE}/core-entities"
    return AdminApi(ids_only=True, prefix=prefix, header="Authorization", token="Bearer kpat_token", **options)


def variables(api: AdminApi) -> dict[str, str]:
    """How a script is told of the API."""
    konnect = {"KONNECT_URL": api.url, "KONNECT_CONTROL_PLANE_ID": PLANE, "KONNECT_TOKEN": "kpat_token"}
    return konnect if api.ids_only else {"ADMIN_URL": api.url}


class Proxy(Server):
    """Stands for the port on which the gateway takes requests: answers all, but 404 to the first ones."""

    def __init__(self, missing: int = 0) -> None:
        super().__init__()
        self.missing = missing

    def answer(self, request: Request) -> tuple[int, Any]:
        self.requests.append(request)
        return (404 if len(self.requests) <= self.missing else 200), {"choices": []}
