"""Lua's view of decoded JSON, and what its tables do to JSON that is built of them.

JSON values are Python's own: dict, list, str, int, float, bool, and None for null. Two things differ from Python:

* `NIL` is Lua's nil, which is not JSON's null: a field set to nil is not there. Only nil and false are false; 0, "",
  and null count as true.
* A table that was built and stays empty has no kind, and is encoded as `{}` (`array`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any, Final

from aicfg.translate import marks
from aicfg.translate.marks import derived

Table = dict[str, Any]


class _Nil:
    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NIL"


NIL: Final = _Nil()


class Fault(Exception):
    """Kong's Lua code fails here: the message says how, in our words.

    `place` names the place in a driver's code, and `said` is what Lua says there, where clients get to read it.
    """

    def __init__(self, message: str, *, place: str = "", said: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.said = said


_KINDS: dict[type, str] = {
    str: "string",
    dict: "table",
    list: "table",
    int: "number",
    float: "number",
    bool: "boolean",
    NoneType: "userdata",
    _Nil: "nil",
    marks.Text: "string",
    marks.NoFields: "table",
    marks.NoItems: "table",
    marks.Whole: "number",
    marks.Real: "number",
    marks.Yes: "boolean",
    marks.No: "boolean",
    marks.Null: "userdata",
}

NULL = "userdata: NULL"


def kind(value: Any) -> str:
    """What Lua's `type` says: nil, boolean, number, string, table, and userdata for JSON's null."""
    return _KINDS[value.__class__]


def truthy(value: Any) -> bool:
    return value is not NIL and value is not False and value.__class__ is not marks.No


def first(*values: Any) -> Any:
    """Lua's `a or b or c`: the first value that counts as true, else the last one."""
    for value in values:
        if truthy(value):
            return value
    return values[-1]


def index(value: Any, key: str) -> Any:
    """Lua's `value.key`, NIL where there is none: a list has no named fields, and a text has none that a body names.

    Raises Fault for what cannot be indexed: numbers, booleans, null and nil.
    """
    if isinstance(value, dict):
        return value.get(key, NIL)
    if isinstance(value, (list, str)):
        return NIL
    raise Fault(f"it looks for {key!r} in a {_names(value)}")


def items(value: Any) -> list[Any]:
    """What `ipairs` walks over: a list's items; an object has none. Raises Fault for what is no table."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return []
    raise Fault(f"it walks over a {_names(value)} as if it were a list")


def length(value: Any) -> int:
    """Lua's `#value`: items of a list, bytes of a text, 0 for an object. Raises Fault for the rest."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, dict):
        return 0
    if isinstance(value, str):
        return len(as_bytes(value))
    raise Fault(f"it asks for the length of a {_names(value)}")


def as_bytes(text: str) -> bytes:
    """A text as Lua holds it. What was no UTF-8 when it came in goes out as it was."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def table(fields: Mapping[str, Any]) -> Table:
    """The fields that are set, those with nil left out."""
    return {key: value for key, value in fields.items() if value is not NIL}


def picked(source: Table, names: Mapping[str, str]) -> Table:
    """The fields that are there, by a table of their names: old -> new."""
    return {new: source[old] for old, new in names.items() if old in source}


def array(values: list[Any]) -> list[Any] | Table:
    """A list that Lua code built: an empty one becomes an object, a nil between others becomes null."""
    return [None if value is NIL else value for value in values] if values else {}


def text(value: Any) -> str:
    """What `tostring` and `%s` make of a value. Where Lua prints an address, it stays open: `table: 0x...`."""
    what = kind(value)
    if what == "string":
        return str(value)
    if what == "number":
        return f"{value:.14g}"
    if what == "boolean":
        return "true" if truthy(value) else "false"
    return {"nil": "nil", "userdata": NULL, "table": "table: 0x..."}[what]


def fill(template: str, *values: Any) -> str:
    """`string.format` with a template of `%s`."""
    filled = template % tuple(text(value) for value in values)
    result: str = derived(filled, f"set into the text `{template}`", *values)
    return result


def joined(values: Iterable[Any]) -> str:
    """Texts and numbers, one behind the other. Raises Fault for what a string buffer does not take."""
    values = list(values)
    for value in values:
        if kind(value) not in ("string", "number"):
            raise Fault(f"it appends a {_names(value)} to a text")
    result: str = derived("".join(map(text, values)), "joined with others into one text", *values)
    return result


def looked_up(names: Mapping[str, str], value: Any) -> Any:
    """The value's name in a table of names; NIL where it has none."""
    if not isinstance(value, str) or value not in names:
        return NIL
    return derived(names[value], f"{value!r} has another name here", value) if names[value] != value else value


def number(value: float) -> float:
    """A number as it comes out of Lua's JSON: a double, printed with 16 digits; integers stop at 64 bits."""
    if value.__class__ is int:
        if -1_000_000_000_000_000 < value < 1_000_000_000_000_000:
            return value
        value = float(max(-(2**63), min(2**63 - 1, value)))
    if value != value or value in (float("inf"), float("-inf")):
        return value
    printed = float(f"{value:.16g}")
    if abs(printed) >= 10**15 or f"{printed}" == "-0.0":
        return printed
    return int(printed) if printed == int(printed) else printed


def _names(value: Any) -> str:
    return "null" if kind(value) == "userdata" else f"{kind(value)}"


def dig(value: Any, *keys: str) -> Any:
    """Lua's `value and value.a and value.a.b`: the first on the way that counts as false, else the last."""
    for key in keys:
        if not truthy(value):
            return value
        value = index(value, key)
    return value


def first_item(value: Any) -> Any:
    """Lua's `value[1]`: objects and texts have none. Raises Fault for what cannot be indexed."""
    if isinstance(value, list):
        return value[0] if value else NIL
    return index(value, "1") if kind(value) not in ("table", "string") else NIL


def plus(one: Any, other: Any) -> Any:
    """Lua's `one + other`, which takes texts that are numbers. Raises Fault for the rest."""
    return number(_operand(one) + _operand(other))


def lowered(value: Any, *, place: str) -> str:
    """Lua's `string.lower(value)`, which takes numbers, too. Raises Fault for the rest."""
    if kind(value) not in ("string", "number"):
        said = f"bad argument #1 to 'string_lower' (string expected, got {kind(value)})"
        raise Fault(f"it writes a {_names(value)} in small letters", place=place, said=said)
    result: str = derived(text(value).lower(), "in small letters", value)
    return result


def _operand(value: Any) -> float:
    if kind(value) == "number":
        return float(value) if isinstance(value, float) else int(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            pass
    raise Fault(f"it adds a {_names(value)}")
