"""Reads the data files in `schemas/`.

They are our own: nobody asks where something stands in them, and a test reads each with `aicfg.source` too, which
complains about what passes here (a key twice, a tag). Every run needs a dozen of them, so Python keeps what they hold
as it keeps compiled modules: in `__pycache__`, until the file changes. That makes a start five milliseconds shorter.
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

_PLACE = "what the file holds"
_HOLDER = compile(repr(_PLACE), _PLACE, "eval")


def load(path: str) -> Any:
    """The plain value of a YAML file that ships with aicfg. A fault in it is a fault of aicfg, and raises."""
    code = _DataFile(path, path).get_code(path)
    assert code is not None
    return eval(code)


class _DataFile(SourceFileLoader):
    """Loads a data file as if it were a module, whose code is one constant: the value that the file holds."""

    def source_to_code(  # type: ignore[override]
        self, data: bytes, path: str | PathLike[str], *, _optimize: int = -1
    ) -> CodeType:
        from aicfg.catalog.plain_yaml import parsed  # only a file that is new or has changed is parsed

        value = parsed(data.decode("utf-8"))
        return _HOLDER.replace(co_consts=tuple(value if each == _PLACE else each for each in _HOLDER.co_consts))
