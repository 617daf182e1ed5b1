"""Places to fill in, as people leave them in configs, and words for no key at all."""

from __future__ import annotations

import re
from typing import Any

from aicfg.patterns import later

SCHEME = later(r"(?:Bearer|Basic|Token|ApiKey|Api-Key)\s+", re.IGNORECASE)
"""What may stand before a key in a header."""
_BLANK = later(
    r"<[^<>\n]{1,80}>|\[[A-Za-z][\w -]{2,60}\]|\{[A-Za-z][\w -]{2,60}\}"
    r"|@[A-Z][A-Z0-9_]{2,}@|%[A-Z][A-Z0-9_]{2,}%|__[A-Z][A-Z0-9_]{2,}__"
    r"|(?:\w+[_-])?(?:your[\w .-]{0,80}|(?:replace|change|insert|enter)[_ -][\w .-]{1,80})"
    r"|(?:my|some|put|add|paste|set|test|demo|sample|dummy|fake)[_ -][\w .-]{0,60}(?:key|token|secret)"
    r"|(?:changeme|replaceme|placeholder|redacted|example|todo|tbd|fixme|secret[_-]?here)[\w .!-]{0,40}"
    r"|[\w/+-]{0,60}(?:_here|-here|_placeholder|-placeholder|example(?:key)?)"
    r"|(?:sk|key|pat|hf|gsk|xai|pk)[_-](?:[\w-]*[_-])?(?:\.{2,}|…|\*{3,}|x{3,}|<.*>"
    r"|(?:your|my|replace|insert|test|fake|dummy|example)[a-z_-]*)"
    r"|\.{3,}|…|\*{3,}|[xX]{3,}(?:-[xX]+)*|(?:api|access|auth|secret)[_ -]?(?:key|token)|key|token|password|secret"
    r"|(?:[A-Z][A-Z0-9]*_)*(?:KEY|TOKEN|SECRET|PASSWORD|PASS|CREDENTIALS)(?:_[A-Z0-9]+)*",
    re.IGNORECASE,
)
_DIGITS = later(r"\d.*\d")
"""What no blank has: it may be somebody's secret, and is not to be shown."""
_VARIABLE_NAME = later(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NO_NAME = later(r"YOUR|REPLACE|CHANGE|INSERT|ENTER|PUT_|EXAMPLE|PLACEHOLDER|HERE|^MY_")
_BLANK_PASSWORD = later(r"<[^<>\n]{1,80}>|\w*(?:your|replace|change|insert|enter)[_ -]\w[\w .-]*|\.{3,}|…|\*{3,}", re.I)
"""`password` or `my-secret` may well be one."""
_IN_TEXT = later(
    r"<[A-Za-z][\w .-]{0,60}>|\b(?:your|insert|replace[_-]?with)[_-][\w-]*|\b(?:replace|change)[_-]?(?:me|this)\b"
    r"|\{[A-Za-z][\w-]{2,40}\}",
    re.IGNORECASE,
)

_DUMMIES = frozenset(
    {"dummy", "none", "null", "nil", "na", "n/a", "empty", "fake", "test", "anything", "-", "x", "true", "false"}
    | {"unused", "unneeded", "ignored", "ignore", "notneeded", "notrequired", "nokey", "noauth", "no-key", "no-auth"}
    | {"not-needed", "not-required", "not-used", "no-key-required", "sk-no-key-required", "sk-dummy", "sk-fake"}
    | {"local", "localhost", "sk-local", "ollama", "vllm", "llama", "lm-studio", "lmstudio"}
)


def without_scheme(text: str) -> str:
    """A key without the `Bearer ` before it."""
    scheme = SCHEME.match(text)
    return text[scheme.end() if scheme else 0 :].strip()


def is_blank(key: str) -> bool:
    """Whether a key is a place to fill in: `<key>`, `YOUR_KEY`, `sk-...`, the name of a variable."""
    key = without_scheme(key)
    return bool(_BLANK.fullmatch(key)) and not (key[:1] not in "<[{@%_" and _DIGITS.search(key))


def is_blank_password(password: str) -> bool:
    """The same for a password: `password` or `my-secret` may well be one."""
    return bool(_BLANK_PASSWORD.fullmatch(password.strip()))


def blank_in(text: str) -> str | None:
    """A place to fill in that stands in a URL, a host or another setting."""
    match = _IN_TEXT.search(text)
    return match.group() if match else None


def variable_in_blank(blank: str) -> str | None:
    """The variable that a place to fill in is called after: OPENAI_API_KEY for `<OPENAI_API_KEY>`."""
    name = blank.strip("<>{}[]%@_ ")
    return name if _VARIABLE_NAME.fullmatch(name) and not _NO_NAME.search(name) else None


def is_dummy(key: Any) -> bool:
    """Whether a key is a word for no key."""
    return isinstance(key, str) and without_scheme(key).lower().replace("_", "-") in _DUMMIES
