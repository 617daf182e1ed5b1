"""What a secret looks like: by the name of its key, or by its own form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from aicfg.kong.references import holds_vault_reference
from aicfg.patterns import later

Spot = tuple[int, int]
"""A range of a text: the offset of its first character, and the one behind its last."""

_SECRET_KEY = later(
    r"api[-_]?key|header[-_]?value|param[-_]?value|passw(?:or)?d|passphrase|secret|token$|access[-_]?key"
    r"|(?:api|access|auth|bearer)[-_]?tokens$|service[-_]?account[-_]?json|credential|private[-_]?key|^key$|^auth$|key[-_]?auth|authorization$",
    re.IGNORECASE,
)
_NO_SECRET_KEY = later(r"^(?:(?:max|min)_(?:\w+_)?|(?:stop|eos|bos|pad|unk)_)token$", re.IGNORECASE)
_ABOUT_SECRETS = (
    *("name", "names", "header", "headers", "url", "uri", "endpoint", "claim", "type", "param", "params", "path"),
    *("file", "ttl", "strategy", "required", "base64", "ref"),
)
"""How keys end that say something about a secret, and hold none."""
_SHAPE = later(
    r"""
      (?<![\w-])(?:
          sk-(?:(?=[A-Za-z_-]*[0-9])[\w-]{8,}|[\w-]{16,})   # OpenAI, Anthropic and many that follow them
        | (?:AKIA|ASIA)[A-Z0-9]{12,}                        # AWS access key ids
        | ABSK[A-Za-z0-9+/=]{20,}                           # AWS Bedrock API keys
        | AIza[\w-]{20,} | ya29\.[\w.-]{20,}                # Google
        | hf_[A-Za-z0-9]{16,}                               # Hugging Face
        | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,}   # GitHub
        | glpat-[\w-]{16,}                                  # GitLab
        | xox[abeprs]-[A-Za-z0-9-]{10,}                     # Slack
        | [ks]pat_[A-Za-z0-9]{16,}                          # Konnect
        | hv[sb]\.[\w-]{20,}                                # HashiCorp Vault
        | (?:gsk|r8)_[A-Za-z0-9]{20,} | (?:xai|pplx)-[A-Za-z0-9]{20,} | nvapi-[\w-]{20,}
        | eyJ[\w-]{10,}\.[\w.-]{8,}                         # JSON web tokens
      )
    | (?i:(?<=bearer\s)|(?<=basic\s))(?=[A-Za-z._~+/-]*[0-9=])[\w.~+/=-]{8,}
    | (?<=://)(?:\$\{[^{}\s]*\}|[^/\s?\#"'@:$])*:(?P<password>[^/\s?\#"']+)(?=@)   # in a URL
    | (?i:[?&](?:api[-_]?key|key|(?:access[-_]?)?token|secret|password|sig)=)(?P<argument>[^&\s"'\#]+)
    | -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*
    """,
    re.VERBOSE | re.ASCII,
)
_DECK = r"\$\{\{[\w \"'`|.()-]{0,200}\}\}"
_REFERENCES = rf"\$\{{env: ?[^{{}}\s]{{0,200}} ?\}}|{_DECK}|\{{vault://[^{{}}\s]{{0,200}}\}}"
_REFERENCE = later(_REFERENCES)
_PUNCTUATION = " \t\r\n:,;/&"
_NAMED = later(_REFERENCES + r"|\$\{ ?[\w:.\-]{1,100} ?\}|\{vault:[^{}\s]{0,200}\}")
"""References, and what is meant to be one: both name a secret without giving it away."""


@lru_cache(maxsize=10_000)
def names_secret(key: object) -> bool:
    """Whether a value under this key is a secret by its name."""
    if not isinstance(key, str) or key.lower().endswith(_ABOUT_SECRETS):
        return False
    return bool(_SECRET_KEY.search(key)) and not _NO_SECRET_KEY.search(key)


def looks_secret(text: str) -> bool:
    """Whether a secret of a known form stands in the text."""
    return next(shaped(text), None) is not None


def may_hold_secret(value: str) -> bool:
    """Whether a value under a key that names a secret is a plain-text secret rather than a reference or nothing."""
    left = re.sub(r"^\s*(?:Bearer|Basic)?\s*$", "", _REFERENCE.sub("", value))
    return bool(left) and not holds_vault_reference(value)


def shaped(text: str) -> Iterator[Spot]:
    """Where secrets of known forms stand in a text."""
    for match in _SHAPE.finditer(text):
        if match["password"] and not any(plain_parts(text, *match.span("password"))):
            continue
        yield from plain_parts(text, *match.span("argument" if match["argument"] else 0))


def plain_parts(text: str, start: int, end: int) -> Iterator[Spot]:
    """The parts of a range that no reference covers."""
    at = start
    for match in _NAMED.finditer(text, start, end):
        if text[at : match.start()].strip(_PUNCTUATION):
            yield at, match.start()
        at = match.end()
    if text[at:end].strip(_PUNCTUATION):
        yield at, end
