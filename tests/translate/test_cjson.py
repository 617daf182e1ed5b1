"""JSON as Kong's library reads and writes it, and numbers as Lua prints them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aicfg.translate.cjson import NotJson, NotWritable, TooDeep, _Reader, as_lua, decode, encode
from aicfg.translate.lua import number, text


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('{"a":01}', {"a": 1}),
        ("[0x10,0xFF.8]", [16, 255.5]),
        ("[+1,-.5,1.,1E2,-0]", [1, -0.5, 1, 100, 0]),
        ("[12345678901234567890,-12345678901234567890]", [9.223372036854776e18, -9.223372036854776e18]),
        ("[1" + "0" * 500 + "]", [9.223372036854776e18]),
        ('["a\nb\tc"]', ["a\nb\tc"]),
        ('["\\u00e9\\ud83d\\ude00\\u0000\\/"]', ["é😀\0/"]),
        ('{"a":1}\0anything', {"a": 1}),
        ('{"a":{"b":[[],{}]},"c":nan0}'.replace("nan0", "0x1"), {"a": {"b": [[], {}]}, "c": 1}),
    ],
)
def test_takes_more_than_json(source: str, value: Any) -> None:
    assert decode(source) == value


@pytest.mark.parametrize("source", ["[NaN]", "[nan]", "[-nan]", "[NAN(1)]"])
def test_takes_nan(source: str) -> None:
    assert math.isnan(decode(source)[0])


@pytest.mark.parametrize("source", ["[Infinity]", "[inf]", "[1e999]", "[+INFINITY]"])
def test_takes_infinity(source: str) -> None:
    assert decode(source) == [math.inf]


@pytest.mark.parametrize(
    "source",
    [
        "", " ", "{", "[1,]", "[,1]", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", "[1 2]", "[.5]", "[-]", "[1e]", "[0X10]",
        "[0x]", "[nul]", "[True]", "['a']", '["a]', '["\\x"]', '["\\u12"]', '["\\ud800"]', '["\\ude00"]',
        '["\\ud800\\u0041"]', '["a\0b"]', "[1]x", "[1]]", '{"a":1}{', "\ufeff[]", '"\\', "// a\n[]",
    ],
)  # fmt: skip
def test_refuses(source: str) -> None:
    with pytest.raises(NotJson):
        decode(source)


def test_nesting_has_two_limits() -> None:
    assert decode("[" * 200 + "]" * 200)
    assert decode(json.dumps("[" * 5000))
    with pytest.raises(TooDeep):
        decode("[" * 201 + "]" * 201)
    with pytest.raises(NotJson):
        decode("[" * 1001 + "]" * 1001)


def test_what_drivers_decode_loses_empty_lists() -> None:
    assert decode('{"a":[],"b":[1,[]]}', arrays=False) == {"a": {}, "b": [1, {}]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=10,
)


@given(JSON, st.booleans())
def test_both_readers_read_json_alike(value: Any, ascii_only: bool) -> None:
    source = json.dumps(value, ensure_ascii=ascii_only).replace("\x00", "")
    assert as_lua(_Reader(source).value()) == decode(source) == as_lua(json.loads(source, strict=False))


@given(st.text(alphabet='[]{}:,"\\u09afeE+-.xXnulltrueINFinf \n\0d8', max_size=30))
def test_the_readers_agree_where_python_takes_a_text(source: str) -> None:
    try:
        value = decode(source)
    except NotJson:
        return
    again = decode(json.dumps(value, allow_nan=True))
    assert repr(again) == repr(value)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (12.0, "12"),
        (0.30000000000000004, "0.3"),
        (123456789012345678, "1.234567890123457e+17"),
        (2**70, "9.223372036854776e+18"),
        (-(2**70), "-9.223372036854776e+18"),
        (999999999999999, "999999999999999"),
        (1e3, "1000"),
        (0, "0"),
    ],
)
def test_numbers_have_sixteen_digits(value: float, printed: str) -> None:
    assert json.dumps(number(value)) == printed


@pytest.mark.parametrize(
    ("value", "printed"), [(42.0, "42"), (0.1, "0.1"), (1e15, "1e+15"), (123456789012345678, "1.2345678901235e+17")]
)
def test_and_fourteen_in_texts(value: float, printed: str) -> None:
    assert text(value) == printed


def test_writes_slashes_escaped() -> None:
    assert encode({"a": "b/c\x7f", "é": [None, True]}) == '{"a":"b\\/c\\u007f","é":[null,true]}'


@pytest.mark.parametrize("value", [math.nan, math.inf, [{"a": -math.inf}]])
def test_cannot_write_what_is_no_number(value: Any) -> None:
    with pytest.raises(NotWritable):
        encode(value)
