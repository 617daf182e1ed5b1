"""What a target takes as options, for the command line and for `aicfg.render` alike."""

from __future__ import annotations

from aicfg.tuples import NamedTuple


class Option(NamedTuple):
    """An option of a target: `--name` on the command line, the argument `name` (with underscores) of its `render`.

    An option with a `default` of True or False is a flag; `choices` are the values that it takes, any where empty.
    """

    name: str
    help: str
    default: str | bool | None = None
    choices: tuple[str, ...] = ()

    @property
    def argument(self) -> str:
        return self.name.replace("-", "_")
