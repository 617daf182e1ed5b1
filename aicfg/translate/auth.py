"""Steps 9 and 13: the provider's credentials, in the body, a header or the query.

Source: shared-filters/normalize-request.lua and configure_request in the drivers (3.10).
"""

from __future__ import annotations

from aicfg.translate.client import encode_args
from aicfg.translate.exchange import Exchange


def into_request(exchange: Exchange) -> None:
    """Kong writes into its working copy, which only some drivers send."""
    auth = exchange.config.auth
    if auth.param_name is None or auth.param_location != "body" or exchange.accepted is None:
        return
    if auth.param_name not in exchange.request or not auth.allow_override:
        exchange.request[auth.param_name] = auth.param_value


def into_body(exchange: Exchange) -> None:
    """3.8 and 3.7 write into what is sent."""
    auth = exchange.config.auth
    if auth.param_name is None or auth.param_location != "body" or exchange.passthrough:
        return
    if auth.param_name not in exchange.body or not auth.allow_override:
        exchange.body[auth.param_name] = auth.param_value


def into_header(exchange: Exchange) -> None:
    auth, driver = exchange.config.auth, exchange.config.driver
    if auth.header_name is None or not driver.auth_header:
        return
    stays = auth.allow_override and driver.lets_override and exchange.client.header(auth.header_name) is not None
    if not stays:
        exchange.headers[auth.header_name] = auth.header_value


def into_query(exchange: Exchange) -> None:
    """Azure's driver rewrites the query for its API version, too."""
    auth, driver = exchange.config.auth, exchange.config.driver
    sets_auth = auth.param_name is not None and auth.param_location == "query" and driver.auth_query
    azure = driver.provider == "azure"
    if not sets_auth and not azure:
        return
    args = exchange.client.query_args()
    if azure and "api-version" not in args:
        args["api-version"] = exchange.model.option("azure_api_version")
    elif azure and isinstance(args["api-version"], list):
        args["api-version"] = args["api-version"][0]
    if sets_auth and auth.param_name is not None:
        stays = auth.allow_override and driver.lets_override and auth.param_name in args
        if not stays:
            args[auth.param_name] = auth.param_value
    exchange.query = encode_args(args)
