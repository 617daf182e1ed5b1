"""What a reader of a translated request should know besides its fields: what the config does that few expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aicfg.catalog.versions import parse_version
from aicfg.translate.auth import into_request
from aicfg.translate.drivers import COMPLETIONS, PRESERVE
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL


def notes(exchange: Exchange) -> tuple[str, ...]:
    """Sentences without the final full stop, the most general first."""
    return tuple(note for check in _CHECKS for note in check(exchange))


def unmeasured(gateway: str) -> Iterator[str]:
    if parse_version(gateway)[:2] > (3, 10):
        yield (
            f"gateway {gateway}: this is what Kong's open-source code does, which ends with the 3.10 "
            "tree; Enterprise may differ"
        )


def _measured(exchange: Exchange) -> Iterator[str]:
    return unmeasured(exchange.config.gateway)


def _port(exchange: Exchange) -> Iterator[str]:
    target, url = exchange.target, exchange.model.option("upstream_url")
    if target and target.scheme == "http" and target.port == 443 and url is not NIL and ":443" not in str(url):
        yield "the upstream URL is http without a port, and Kong then calls port 443: give the port, as in :80"


def _upstream_path(exchange: Exchange) -> Iterator[str]:
    driver, model, behaviour = exchange.config.driver, exchange.model, exchange.config.behaviour
    if model.option("upstream_path") is NIL:
        if exchange.config.route_type == PRESERVE and model.option("upstream_url") is not NIL:
            path = exchange.target.path if exchange.target else None
            if driver.client_path and behaviour.preserved_path(exchange) is not None:
                yield f"for route type preserve, the client's path is called ({path}), not the one of upstream_url"
    elif driver.upstream_path == "never":
        yield f"{driver.provider}'s driver ignores upstream_path"
    elif driver.upstream_path == "path" and model.option("upstream_url") is not NIL:
        yield "with an upstream_url, Kong ignores upstream_path"


def _no_operation(exchange: Exchange) -> Iterator[str]:
    driver, route_type = exchange.config.driver, exchange.config.route_type
    own = exchange.model.option("upstream_url") is NIL and exchange.model.option("upstream_path") is NIL
    if own and route_type == COMPLETIONS and route_type not in driver.paths and not driver.appends:
        yield f"{driver.provider}'s driver has no path for {route_type}, so / is called: set an upstream_path"


def _credentials(exchange: Exchange) -> Iterator[str]:
    auth, driver = exchange.config.auth, exchange.config.driver
    if auth.header_name and not driver.auth_header:
        yield f"{driver.provider}'s driver does not send {auth.header_name}"
    if auth.param_name is None:
        return
    if auth.param_location == "query" and not driver.auth_query:
        yield f"{driver.provider}'s driver does not send {auth.param_name} in the query"
    lost = exchange.passthrough or (
        into_request in exchange.config.behaviour.steps and exchange.body is not exchange.request
    )
    if auth.param_location == "body" and lost:
        yield f"{auth.param_name}, meant for the body, never reaches the provider: it gets a body without it"


def _signing(exchange: Exchange) -> Iterator[str]:
    if exchange.signing:
        yield "the gateway signs the request; the signature and its date are not computed here"
    elif exchange.headers.get("Authorization") == "Bearer <GCP-TOKEN>":
        yield "the gateway fetches a token with its service account; none is fetched here"


def _passthrough(exchange: Exchange) -> Iterator[str]:
    model = exchange.model
    if exchange.passthrough and model.options is not NIL:
        ignored = [name for name in ("temperature", "max_tokens", "top_p", "top_k") if model.option(name) is not NIL]
        if ignored:
            yield f"the body is sent untouched, so {', '.join(ignored)} of the config have no effect"


def _missing(exchange: Exchange) -> Iterator[str]:
    from aicfg.translate.misfits import missing

    return missing(exchange)


_CHECKS: tuple[Callable[[Exchange], Iterator[str]], ...] = (
    _measured,
    _passthrough,
    _port,
    _upstream_path,
    _no_operation,
    _missing,
    _credentials,
    _signing,
)
