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


def _hash(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:_DIGITS]
