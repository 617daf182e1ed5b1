"""What a plain YAML scalar means: the reading of decK, so that nothing changes meaning between lint and deploy.

Only `true` and `false` are booleans (`yes`, `no`, `on` and `off` are text), `1e3` is a number, `12:30:00` and dates are
text. Who needs a scalar as it was written (`version: 3.10`) takes the source text of its span instead of its value.
Source: go-yaml, resolve.go (the reader below decK's sigs.k8s.io/yaml).
"""

from __future__ import annotations

import math

from aicfg.patterns import later

Scalar = str | int | float | bool | None

_CONSTANTS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_DECIMAL = later(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = later(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+))")
_FLOAT = later(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SURE_DIGITS = 19
"""With fewer digits, a number has 64 bits at most."""
_MOST_DIGITS = 80
"""More than any integer type holds, and few enough for int(), which takes quadratic time."""

AMBIGUOUS_BOOLEANS = {
    **dict.fromkeys(("y", "yes", "on"), True),
    **dict.fromkeys(("n", "no", "off"), False),
}
"""Words that YAML 1.1 took for booleans, in lower case, with what their writer most likely meant."""


def resolve(text: str) -> Scalar:
    """The value of the plain scalar `text`."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not text or text[0] not in "+-.0123456789":
        return text
    if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) < _SURE_DIGITS:
        return int(text)  # as most are
    digits = text if text[0] == "." else text.replace("_", "")
    number = _integer(digits)
    if number is not None:
        return number
    if _FLOAT.fullmatch(digits):
        value = float(digits)
        return text if math.isinf(value) else value
    return text


def _integer(digits: str) -> int | None:
    """The integer that `digits` stands for. None where it is none, or none of 64 bits."""
    if len(digits) > _MOST_DIGITS or "." in digits:
        return None
    if _DECIMAL.fullmatch(digits):
        value = int(digits)
    elif match := _BASED.fullmatch(digits):
        sign, hexadecimal, binary, octal = match.groups()
        base = 16 if hexadecimal else 2 if binary else 8
        value = int(sign + (hexadecimal or binary or octal), base)
    else:
        return None
    return value if -(2**63) <= value < 2**64 else None
