"""Reads the data files in `schemas/`.

They are our own: nobody asks where something stands in them, and a test reads each with `aicfg.source` too, which
complains about what passes here (a key twice, a tag). Every run needs a dozen of them, so Python keeps what they hold
as it keeps compiled modules: in `__pycache__`, until the file changes. That makes a start five milliseconds shorter.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

_PLACE = "what the file holds"
_HOLDER = compile(repr(_PLACE), _PLACE, "eval")


def load(path: str) -> Any:
    """The plain value of a YAML file that ships with aicfg. A fault in it is a fault of aicfg, and raises."""
    file = _DataFile(path, path)
    try:
        return _held(file.get_code(path))
    except Exception:  # as where a full disk cut short what was kept, which Python does not expect of its own modules
        _forget(path)
        return _held(file.source_to_code(file.get_data(path), path))


def _held(code: CodeType | None) -> Any:
    """The constant that a code is. Raises ValueError for one that does something else, without running it."""
    if code is None or code.co_code != _HOLDER.co_code:
        raise ValueError("what was kept of a data file is no constant")
    return eval(code)


def _forget(path: str) -> None:
    """Remove what is kept of a file, so that it is kept anew."""
    from importlib.util import cache_from_source

    with suppress(OSError, NotImplementedError):
        os.remove(cache_from_source(path))


class _DataFile(SourceFileLoader):
    """Loads a data file as if it were a module, whose code is one constant: the value that the file holds."""

    def source_to_code(  # type: ignore[override]
        self, data: bytes, path: str | PathLike[str], *, _optimize: int = -1
    ) -> CodeType:
        from aicfg.catalog.plain_yaml import parsed  # only a file that is new or has changed is parsed

        value = parsed(data.decode("utf-8"))
        return _HOLDER.replace(co_consts=tuple(value if each == _PLACE else each for each in _HOLDER.co_consts))
