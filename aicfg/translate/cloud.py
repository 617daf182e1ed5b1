"""Steps 12 and 13 for the clouds: whose identity signs the call.

Source: cloud_identity_function in kong/llm/drivers/shared.lua, configure_request of bedrock and gemini (3.10).
"""

from __future__ import annotations

from typing import Any

from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import NIL
from aicfg.translate.refusal import crash, refuse

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


def require_region(exchange: Exchange) -> None:
    """Bedrock's identity needs a region before anything else."""
    if exchange.config.driver.provider == "bedrock" and region(exchange) is None:
        refuse(
            "LLM request failed before proxying",
            status=500,
            hint=f"no AWS region: set model.options.bedrock.aws_region, or {REGION_VARIABLES[0]} for the gateway",
        )


def fail_without_region(exchange: Exchange) -> None:
    """3.8 goes on without an identity."""
    if exchange.config.driver.provider == "bedrock" and region(exchange) is None:
        crash("there is no AWS region, hence no identity, and the driver takes the region from it")


def region(exchange: Exchange) -> Any:
    """The region from the config, with its templates unresolved, or from the gateway's environment."""
    bedrock = exchange.config.model.option("bedrock")
    configured = NIL if bedrock is NIL else bedrock.get("aws_region", NIL)
    if configured is not NIL:
        return configured
    return next((exchange.client.env[name] for name in REGION_VARIABLES if name in exchange.client.env), None)


def sign(exchange: Exchange) -> None:
    """State what would be signed; no signature is computed."""
    driver = exchange.config.driver
    if driver.provider == "bedrock":
        if exchange.config.route_type not in driver.paths:
            crash("to sign the call, the driver looks up a method that it has for chat only")
        assert exchange.target is not None
        exchange.headers["Authorization"] = "<AWS-SIGV4>"
        exchange.headers["X-Amz-Date"] = "<AMZ-DATE>"
        exchange.signing = {"service": "bedrock", "region": region(exchange), "host": exchange.target.host}
    elif exchange.config.auth.gcp and driver.provider == "gemini":
        exchange.headers["Authorization"] = "Bearer <GCP-TOKEN>"
