"""Wording that many findings share: near misses, lists of choices, values shown without giving a secret away."""

from __future__ import annotations

from collections.abc import Iterable

_FEW = 6
_SHORT, _LONG = 3, 4
"""Letters: between short names, one slip is no proof, and between the shortest no sign either."""
_SURE = 0.9
_CLEARLY = 0.1


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most likely means, or None."""
    choices = list(known)
    folded = {choice.lower(): choice for choice in choices}
    if word.lower() in folded:
        return folded[word.lower()]
    from difflib import get_close_matches  # a near miss is rare, and difflib is not cheap to load

    matches = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def only_near(word: str, known: Iterable[str]) -> tuple[str, bool] | None:
    """The one of `known` that `word` means, and whether nothing else can be meant: one slip of the fingers in a word
    that is not short, or other letter cases and hyphens. None where none is near, or more than one."""
    choices = list(dict.fromkeys(known))
    same = [choice for choice in choices if _folded(choice) == _folded(word)]
    if len(word) < _SHORT and not same:
        return None
    slips = same or [choice for choice in choices if _one_slip(_folded(word), _folded(choice))]
    if slips:
        return (slips[0], bool(same) or len(word) >= _LONG) if len(slips) == 1 else None
    from difflib import SequenceMatcher, get_close_matches

    close = get_close_matches(word.lower(), choices, n=2, cutoff=0.6)
    if not close:
        return None
    ratios = [SequenceMatcher(None, choice, word.lower()).ratio() for choice in close]
    return (close[0], ratios[0] >= _SURE) if ratios[0] - (*ratios, 0.0)[1] > _CLEARLY else None


def _folded(word: str) -> str:
    return word.lower().replace("_", "-")


def _one_slip(word: str, other: str) -> bool:
    """Whether one letter too many, too few or wrong, or two swapped ones, are all the difference."""
    at = 0
    while at < min(len(word), len(other)) and word[at] == other[at]:
        at += 1
    rest, wanted = word[at:], other[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:] or (swapped == wanted and rest != wanted)


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
