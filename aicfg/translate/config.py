"""An ai-proxy config, read once for many requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.versions import gateway as gateway_of
from aicfg.catalog.versions import parse_version
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.defaults import fill_defaults
from aicfg.translate.cjson import as_lua
from aicfg.translate.drivers import CHAT, COMPLETIONS, PRESERVE, VERTEX, Driver, is_vertex
from aicfg.translate.lua import NIL, Table
from aicfg.translate.marks import Path
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.translate.events import Event, Session
    from aicfg.translate.versions import Behaviour


MAKERS: Mapping[str, str] = MappingProxyType({CHAT: "chat", COMPLETIONS: "completions"})
"""What a format's function for a route type is called."""

ANSWERERS: Mapping[str, str] = MappingProxyType({CHAT: "chat_answer", COMPLETIONS: "completions_answer"})
EVENT_MAKERS: Mapping[str, str] = MappingProxyType({CHAT: "chat_event", COMPLETIONS: "completions_event"})
"""The same for what comes back."""

AUTH_TEXTS = ("header_name", "header_value", "param_name", "param_value", "param_location")
TEXT_OPTIONS = (
    "anthropic_version",
    "azure_api_version",
    "azure_deployment_id",
    "azure_instance",
    "upstream_path",
    "upstream_url",
)
NESTED_TEXTS = ("api_endpoint", "aws_region", "location_id", "project_id")


class Model(NamedTuple):
    """`config.model`. `name` and `options` are NIL where they are not set."""

    provider: str
    name: Any
    options: Any

    def option(self, name: str) -> Any:
        return NIL if self.options is NIL else self.options.get(name, NIL)


class Auth(NamedTuple):
    """`config.auth`; a name is None where its value is missing."""

    header_name: str | None = None
    header_value: Any = None
    param_name: str | None = None
    param_value: Any = None
    param_location: str | None = None
    allow_override: bool = False
    gcp: bool = False


Make = Callable[[Table, Model, "Behaviour"], Any]
"""Makes an upstream body out of Kong's working copy of the client's, which it may change at the first level."""

MakeAnswer = Callable[[Any, Model, "Behaviour"], Any]
"""Makes OpenAI's answer out of a provider's; None for the provider's own, as it came."""

MakeEvent = Callable[["Event", "Session", "Behaviour"], Any]
"""Makes what the client gets of an event: a chunk in OpenAI's format, bytes as they are to be sent, or None."""


class Config(NamedTuple):
    """A config with its defaults filled in, and what follows from it.

    `gateway` is the version that was asked for. `format` is the wire format's module, `format_name` Kong's name for it
    where an option decides it, `make` its function for the route type, None where it has none; `answer` and `event` are
    those for what comes back. `templates` are the paths below `config.model` of texts that hold `$(`.
    """

    gateway: str
    behaviour: Behaviour
    route_type: str
    llm_format: str
    response_streaming: str
    max_request_body_size: int | None
    model: Model
    auth: Auth
    driver: Driver
    format: ModuleType
    format_name: str
    make: Make | None
    answer: MakeAnswer | None
    event: MakeEvent | None
    logging: Mapping[str, Any]
    model_name_header: bool
    templates: tuple[Path, ...]

    @property
    def format_module(self) -> str:
        """The bare name of the wire format's module."""
        return self.format.__name__.rpartition(".")[2]

    @property
    def passthrough(self) -> bool:
        """Whether bodies go through untouched: route type preserve, and the provider's own format."""
        return self.route_type == PRESERVE or self.llm_format != "openai"


def read_config(config: Mapping[str, Any], gateway: str, behaviour: Behaviour) -> Config:
    """What a config means on a gateway version. Raises UsageError where it is no config that can be translated for.

    Below 3.11 it is filled by the open-source edition's schema, which is the one that was measured.
    """
    edition = "oss" if parse_version(gateway)[:2] <= (3, 10) else "enterprise"
    given = _without_nulls(_record(config, "config"))
    full = fill_defaults(plugin_schema("ai-proxy", gateway_of(gateway, edition)), given)
    record = _record(full.get("model"), "config.model")
    options = _record(record["options"], "config.model.options") if "options" in record else NIL
    model = Model(_text(record, "provider", "config.model"), record.get("name", NIL), options)
    _check_texts(record, ("name",), "config.model")
    driver, format_name = _driver(model, behaviour)
    _check_options(record.get("options", {}), driver)
    format_ = driver.formats.get(format_name, driver.format)
    module = import_module(f"aicfg.translate.{format_}")
    route_type = _route_type(full)
    own, own_answer, own_event = (
        getattr(module, names.get(route_type, ""), None) for names in (MAKERS, ANSWERERS, EVENT_MAKERS)
    )
    return Config(
        gateway=gateway,
        behaviour=behaviour,
        route_type=route_type,
        llm_format=_one_of(full, "llm_format", ("openai", "gemini", "bedrock")),
        response_streaming=_one_of(full, "response_streaming", ("allow", "deny", "always")),
        max_request_body_size=_limit(full.get("max_request_body_size")),
        model=model,
        auth=_auth(_record(full.get("auth") or {}, "config.auth")),
        driver=driver,
        format=module,
        format_name=format_name,
        make=behaviour.replaced.get((format_, route_type), own),
        answer=behaviour.back.answers.get((format_, route_type), own_answer),
        event=behaviour.back.events.get((format_, route_type), own_event),
        logging=full.get("logging") or EMPTY,
        model_name_header=full.get("model_name_header") is not False,
        templates=tuple(_templates({"name": model.name, "options": {} if options is NIL else options})),
    )


def _driver(model: Model, behaviour: Behaviour) -> tuple[Driver, str]:
    driver = behaviour.drivers.get(model.provider)
    if driver is None:
        raise UsageError(
            f'aicfg cannot translate for provider "{model.provider}"', hint=f"use {', '.join(behaviour.drivers)}"
        )
    if driver.format_option is None:
        vertex = driver.provider == "gemini" and model.options is not NIL and is_vertex(model.options)
        return (VERTEX if vertex else driver), ""
    chosen = model.option(driver.format_option)
    if not isinstance(chosen, str) or chosen not in driver.formats:
        name = f"config.model.options.{driver.format_option}"
        raise UsageError(f"{name} is missing or unknown", hint=f"set it to {', '.join(driver.formats)}")
    return driver, chosen


def _route_type(config: Mapping[str, Any]) -> str:
    route_type = _text(config, "route_type", "config")
    if route_type not in (CHAT, COMPLETIONS, PRESERVE):
        raise UsageError(
            f"aicfg cannot translate for route type {route_type}", hint=f"use {CHAT}, {COMPLETIONS} or {PRESERVE}"
        )
    return route_type


def _one_of(config: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A word of the config, the first known one where there is none."""
    value = config.get(name, known[0])
    if value not in known:
        raise UsageError(f"aicfg cannot translate for {name} {value!r}", hint=f"use {', '.join(known)}")
    return str(value)


def _limit(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise UsageError("config.max_request_body_size is no number", hint="give a number of bytes")
    return value


def _check_options(options: Mapping[str, Any], driver: Driver) -> None:
    where = "config.model.options"
    for name in driver.requires:
        if name not in options:
            raise UsageError(f"{where}.{name} is missing, and {driver.provider} needs it", hint="see: aicfg lint")
    _check_texts(options, TEXT_OPTIONS, where)
    for name in ("bedrock", "gemini", "huggingface"):
        _check_texts(_record(options.get(name, {}), f"{where}.{name}"), NESTED_TEXTS, f"{where}.{name}")


def _check_texts(record: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if not isinstance(record.get(name, ""), str):
            raise UsageError(f"{where}.{name} is no text", hint="see: aicfg lint")


def _auth(record: Mapping[str, Any]) -> Auth:
    _check_texts(record, AUTH_TEXTS, "config.auth")
    header = record.get("header_name") if record.get("header_value") else None
    param = record.get("param_name") if record.get("param_value") else None
    return Auth(
        header,
        record.get("header_value"),
        param,
        record.get("param_value"),
        record.get("param_location"),
        record.get("allow_override") is True,
        record.get("gcp_use_service_account") is True,
    )


def _record(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{name} is no object", hint="see: aicfg lint")
    return dict(value)


def _text(record: Mapping[str, Any], name: str, parent: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise UsageError(f"{parent}.{name} is missing or no text", hint="see: aicfg lint")
    return value


def _without_nulls(value: Any) -> Any:
    """A copy without nulls, which Kong takes for absent in a config; numbers as Lua prints them."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_without_nulls(item) for item in value]
    try:
        return value if isinstance(value, str) else as_lua(value)
    except TypeError as error:
        raise UsageError(f"config holds what is no JSON: {error}") from None


def _templates(value: Any, path: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _templates(item, (*path, key))]
    return [path] if isinstance(value, str) and "$(" in value else []
