"""`NamedTuple` as in typing, but cheap to define: a run that lints a small file defines sixty, some never filled in.

typing looks at each annotation, and compiles a constructor with each class: 0.15 ms in all. Here a class starts as a
bare tuple with named items. It gets its constructor with its first instance; those of as many items share one code.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 14):  # whose annotations are code that only typing knows how to run
    from typing import NamedTuple as NamedTuple
else:
    from functools import cache
    from operator import itemgetter
    from types import CodeType, FunctionType

    try:
        from _collections import _tuplegetter as _item  # what collections.namedtuple has, too: fast
    except ImportError:

        def _item(index: int, doc: str | None) -> property:
            return property(itemgetter(index), doc=doc)

    @cache
    def _constructor(length: int) -> CodeType:
        items = "".join(f"_{index}, " for index in range(length))
        constructor: FunctionType = eval(f"lambda cls, {items}: new(cls, ({items}))")
        return constructor.__code__

    class _Definition(type):
        """Makes the annotated names of a class its items, and what they are set to their defaults."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Definition:
            if "__annotations__" not in body:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            body["_field_defaults"] = {field: body[field] for field in fields if field in body}
            for index, field in enumerate(fields):
                body[field] = _item(index, None)
            body["_fields"] = body["__match_args__"] = fields
            body["__slots__"] = ()
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Definition):
        """The methods are those of collections.namedtuple."""

        __slots__ = ()

        def __new__(cls, *items: Any, **named: Any) -> NamedTuple:
            code = _constructor(len(cls._fields)).replace(co_name="__new__", co_varnames=("cls", *cls._fields))
            new = FunctionType(code, {"new": tuple.__new__}, None, tuple(cls._field_defaults.values()))
            new.__qualname__ = f"{cls.__name__}.__new__"
            cls.__new__ = new
            return new(cls, *items, **named)

        def __repr__(self) -> str:
            items = ", ".join(f"{field}={item!r}" for field, item in zip(self._fields, self, strict=True))
            return f"{self.__class__.__name__}({items})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

        @classmethod
        def _make(cls, items: Any) -> NamedTuple:
            return cls(*items)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **named: Any) -> NamedTuple:
            return self.__class__(**{**self._asdict(), **named})
