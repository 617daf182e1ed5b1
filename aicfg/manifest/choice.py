"""What is chosen from outside a manifest: an environment, and values for its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.source.scalars import Scalar, resolve
from aicfg.tuples import NamedTuple


class Given(NamedTuple):
    """A value for a variable, and how it was written, where it was."""

    value: Scalar
    written: str | None = None


class Choice(NamedTuple):
    """The environment and the variables that a caller asks for.

    Without an environment, `every` tells whether each one is meant in turn, as lint does it, or the manifest without
    any.
    """

    environment: str | None = None
    variables: Mapping[str, Given] = EMPTY
    every: bool = True


def read_variables(texts: Iterable[str]) -> dict[str, Given]:
    """`NAME=VALUE` texts by name. A value is read as a scalar of YAML; the last one of a name counts.

    Raises UsageError for a text that is no such pair. No message repeats a value, which may be a secret.
    """
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise UsageError("a variable is given as NAME=VALUE", hint="for example --var REGION=eu-central-1")
        found[name] = Given(_scalar(value, name), value)
        if found[name].value is None:
            hint = f"for an empty text write {name}='\"\"', with both kinds of quotes"
            raise UsageError(f'the variable "{name}" is given no value', hint=hint)
    return found


def take_variables(values: Mapping[str, Scalar] | None) -> dict[str, Given]:
    """Variables that Python code gives: each value is what it is. Raises UsageError for one that is no scalar."""
    for name, value in (values or {}).items():
        if value is not None and not isinstance(value, str | int | float):
            raise UsageError(f'the variable "{name}" must be text, a number or a boolean')
    return {name: Given(value) for name, value in (values or {}).items()}


def _scalar(text: str, name: str) -> Scalar:
    if text[:1] not in ("'", '"'):
        return resolve(text)
    from aicfg.source import SourceError, read_text  # quotes are rare: a shell takes them away

    try:
        (document,) = read_text(text, "--var")
    except (SourceError, ValueError):
        document = None
    if document is None or not isinstance(document.data, str):
        raise UsageError(f'the value of the variable "{name}" begins with a quote that is not closed at its end')
    return document.data
