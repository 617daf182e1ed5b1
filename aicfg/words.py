"""Wording that many findings share: near misses, lists of choices, values shown without giving a secret away."""

from __future__ import annotations

from collections.abc import Iterable

_FEW = 6


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most likely means, or None."""
    choices = list(known)
    folded = {choice.lower(): choice for choice in choices}
    if word.lower() in folded:
        return folded[word.lower()]
    from difflib import get_close_matches  # a near miss is rare, and difflib is not cheap to load

    matches = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str], what: str = "one of") -> str | None:
    """A hint for a word that is not among `known`: the nearest, else all of them where they are few."""
    choices = list(known)
    match = nearest(word, choices)
    if match:
        return f'did you mean "{match}"?'
    if len(choices) == 1:
        return f'use "{choices[0]}"'
    return f"use {what} {either(choices)}" if 0 < len(choices) <= _FEW else None


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last


def both(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def shown(value: object, limit: int = 60) -> str:
    """A value as a message may show it: one line, shortened. Never for a value that may be a secret."""
    import json  # only findings show values

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"
