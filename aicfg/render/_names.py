"""Names in the words of a target: one rule for each, under which two different names never become one.

A name that is common in Kong's world stays readable; of any other the target's letters remain, and a piece of its
SHA-256 tells it from those that look the same. A name never depends on what stands beside it, so nothing is renamed,
and hence replaced, because something else was added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container

_DIGITS = 10
"""How much of a hash: 40 bits."""
_KEBAB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SHOUTED = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_OTHERS = re.compile(r"[^a-z0-9]+")
_LONGEST = 60
"""How much is kept of a name that has to have a hash anyway."""

_LABEL_LENGTH = 63
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL.pattern}(?:\.{_LABEL.pattern})*")
_SERVICE = re.compile(rf"(?=[a-z]){_LABEL.pattern}")
_HASHED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}$")


def hcl_name(*parts: str) -> str:
    """The local name of a Terraform resource that is called by `parts`: `mistral-chat` becomes `mistral_chat`.

    Parts are told apart by two underscores, which no part has.
    """
    words = "__".join(part.replace("-", "_") if _KEBAB.fullmatch(part) else _slug(part) for part in parts)
    if all(map(_KEBAB.fullmatch, parts)):
        return words
    return f"{words}__{_hash(*parts)}"


def hcl_variable(name: str, reserved: Container[str] = ()) -> str:
    """The Terraform variable for an environment variable: `MISTRAL_API_KEY` becomes `mistral_api_key`.

    One that would be among `reserved` gets a hash.
    """
    if _SHOUTED.fullmatch(name) and name.lower() not in reserved:
        return name.lower()
    return f"{_slug(name)}__{_hash(name)}"


def _slug(text: str) -> str:
    """What an identifier can have of a text: it starts with a letter or an underscore, which digits do not."""
    slug = _OTHERS.sub("_", text.lower()).strip("_")[:_LONGEST].strip("_")
    return slug if slug[:1].isalpha() else f"_{slug}".rstrip("_") or "x"


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
