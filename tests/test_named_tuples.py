"""aicfg's NamedTuple is typing's, but for what it costs to define one."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from typing import Any

import pytest

from aicfg.tuples import NamedTuple


class Ours(NamedTuple):
    """A class."""

    name: str
    size: int = 2
    rest: tuple[str, ...] = ()

    @property
    def double(self) -> int:
        return 2 * self.size


class Theirs(typing.NamedTuple):
    """A class."""

    name: str
    size: int = 2
    rest: tuple[str, ...] = ()

    @property
    def double(self) -> int:
        return 2 * self.size


def outcome(what: Callable[[Any], Any], cls: type) -> str:
    """What comes of it as text, with the class by the one name."""
    try:
        text = repr(what(cls))
    except (AttributeError, TypeError) as error:
        text = f"{type(error).__name__}: {error}"
    return text.replace("Theirs", "Ours")


@pytest.mark.parametrize(
    "what",
    [
        lambda cls: cls("a"),
        lambda cls: cls("a", 3, ("b",)),
        lambda cls: cls(rest=("b",), name="a"),
        lambda cls: cls(),
        lambda cls: cls("a", 1, (), 4),
        lambda cls: cls("a", name="b"),
        lambda cls: cls("a", colour="b"),
        lambda cls: cls("a").double,
        lambda cls: cls("a").colour,
        lambda cls: setattr(cls("a"), "name", "b"),
        lambda cls: vars(cls("a")),
        lambda cls: cls._make(["a", 1, ()]),
        lambda cls: cls("a")._replace(size=5),
        lambda cls: cls("a", 7)._asdict(),
        lambda cls: (cls._fields, cls._field_defaults, cls.__match_args__, cls.__doc__, cls.__slots__),
        lambda cls: (copy.copy(cls("a")), copy.deepcopy(cls("a")), pickle.loads(pickle.dumps(cls("a", 1)))),
        lambda cls: (cls("a") == ("a", 2, ()), hash(cls("a")) == hash(("a", 2, ())), sorted([cls("b"), cls("a")])),
        lambda cls: [size for name, size, _ in [cls("a")]],
    ],
)
def test_does_as_typing_does(what: Callable[[Any], Any]) -> None:
    assert outcome(what, Ours) == outcome(what, Theirs)


def test_a_class_has_its_own_constructor_whatever_others_were_made_first() -> None:
    class Same(NamedTuple):
        left: int
        right: int = 1
        more: int = 2

    assert Ours("a")._asdict() == {"name": "a", "size": 2, "rest": ()}
    assert Same(left=0)._asdict() == {"left": 0, "right": 1, "more": 2}


def test_matches_by_position() -> None:
    match Ours("a", 3):
        case Ours(name, size):
            assert (name, size) == ("a", 3)
        case _:
            pytest.fail("no match")


def test_a_class_below_one_keeps_its_items() -> None:
    class Below(Ours):
        def shout(self) -> str:
            return self.name.upper()

    assert Below("a", 4).shout() == "A"
    assert repr(Below("a", 4)) == "Below(name='a', size=4, rest=())"
