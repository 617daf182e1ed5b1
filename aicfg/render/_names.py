"""Names of objects in targets that do not take Kong's own: one rule, by which no two names become one.

A name that the target allows stands as it is. Any other keeps what can be read of it and ends in a digest of the whole;
a name that already looks so gets a digest too, and so is never taken for another's.
"""

from __future__ import annotations

import re
from hashlib import sha256

_DIGITS = 10
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL.pattern}(\.{_LABEL.pattern})*")
_SERVICE = re.compile(rf"(?=[a-z]){_LABEL.pattern}")
_LONGEST = 63


def slug(name: str, allowed: re.Pattern[str], separator: str, longest: int) -> str:
    """The name itself where `allowed` takes it whole, else words joined by `separator` and a digest.

    What is made begins with a small letter, has small letters, digits and separators, and is `longest` at most.
    """
    made = re.search(rf"{separator}[0-9a-f]{{{_DIGITS}}}$", name)
    if allowed.fullmatch(name) and not made:
        return name
    words = re.sub(r"[^a-z0-9]+", separator, name.lower()).strip(separator)
    if not words[:1].isalpha():
        words = f"x{separator}{words}"
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{words[: longest - _DIGITS - 1].strip(separator)}{separator}{digest}"


def kubernetes_name(*parts: str, service: bool = False) -> str:
    """The name of a Kubernetes object, from one name of Kong's or from several, which then stand between dots.

    A Service has to have a DNS label that begins with a letter (`service`); all else takes a DNS subdomain.
    Source: Kubernetes, "Object Names and IDs".
    """
    if len(parts) == 1:
        return slug(parts[0], _SERVICE if service else _SUBDOMAIN, "-", _LONGEST)
    name = ".".join(slug(part, _LABEL, "-", _LONGEST) for part in parts)
    return name if _SUBDOMAIN.fullmatch(name) else slug(name, _LABEL, "-", _LONGEST)
