"""Steps 7 and 10: the headers that Kong sets besides the credentials.

Source: pre_request and configure_request in kong/llm/drivers/*.lua (3.10).
"""

from __future__ import annotations

from aicfg.translate.exchange import Exchange
from aicfg.translate.refusal import crash


def set_headers(exchange: Exchange) -> None:
    driver = exchange.config.driver
    if driver.accept_encoding is not None:
        exchange.headers["Accept-Encoding"] = driver.accept_encoding
    if not exchange.config.passthrough:
        exchange.headers["Content-Type"] = "application/json"
    if driver.provider == "anthropic":
        version = exchange.model.option("anthropic_version")
        if not isinstance(version, str):
            crash("the driver sets the header anthropic-version, and has no text for it")
        exchange.headers["anthropic-version"] = version
