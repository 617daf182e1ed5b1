"""AWS's binary event stream, written."""

from __future__ import annotations

import json
import zlib
from typing import Any


def event_frame(event: str, body: Any, *, checksum: bool = True) -> bytes:
    """One frame with its two checksums, of which the last one can be wrong. A body that is no bytes is sent as JSON."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = b""
    for name, value in ((":event-type", event), (":content-type", "application/json"), (":message-type", "event")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
    prelude = (len(headers) + len(payload) + 16).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    message = prelude + zlib.crc32(prelude).to_bytes(4, "big") + headers + payload
    end = zlib.crc32(message) if checksum else zlib.crc32(message) ^ 1
    return message + end.to_bytes(4, "big")
