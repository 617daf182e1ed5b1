"""What is said about entities only once a target is chosen: the subject of the M4xx rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aicfg.kong.entities import Entities
from aicfg.tuples import NamedTuple


class ForTarget(NamedTuple):
    """Entities on their way to a target, with the options that it was given.

    Findings name the entity that they are about (`Finding.about`).
    """

    entities: Entities
    target: str
    options: Mapping[str, Any]
