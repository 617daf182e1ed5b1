"""Names in the words of a target: one rule for each, under which two different names never become one.

A name that is common in Kong's world stays readable; of any other the target's letters remain, and a piece of its
SHA-256 tells it from those that look the same. A name never depends on what stands beside it, so nothing is renamed,
and hence replaced, because something else was added.
"""

from __future__ import annotations

import hashlib
import re

_DIGITS = 10
"""How much of a hash: 40 bits."""
_OTHERS = re.compile(r"[^a-z0-9]+")

_LABEL_LENGTH = 63
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL.pattern}(?:\.{_LABEL.pattern})*")
_SERVICE = re.compile(rf"(?=[a-z]){_LABEL.pattern}")
_HASHED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}$")


def kubernetes_name(*parts: str, service: bool = False) -> str:
    """The name of a Kubernetes object that is called by `parts`, which stand between dots: `mistral-chat.ai-proxy`.

    A part that Kubernetes takes stays as it is, unless it looks like one that was made here. A Service has to have a
    DNS label that begins with a letter (`service`); all else takes a DNS subdomain.
    Source: Kubernetes, "Object Names and IDs".
    """
    if len(parts) == 1:
        return _taken(parts[0], _SERVICE if service else _SUBDOMAIN)
    name = ".".join(_taken(part, _LABEL) for part in parts)
    return name if _SUBDOMAIN.fullmatch(name) else _taken(name, _LABEL)


def _taken(name: str, allowed: re.Pattern[str]) -> str:
    """The name itself where `allowed` takes the whole of it, else a label that begins with a letter."""
    if allowed.fullmatch(name) and not _HASHED.search(name):
        return name
    words = _OTHERS.sub("-", name.lower()).strip("-")
    words = words if words[:1].isalpha() else f"x-{words}"
    return f"{words[: _LABEL_LENGTH - _DIGITS - 1].strip('-')}-{_hash(name)}"


def _hash(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
