"""A bash script for Kong's Admin API: `bash apply.sh`. Source of the paths: see `_admin`."""

from __future__ import annotations

from aicfg.kong.entities import Entities
from aicfg.render._option import Option
from aicfg.render._script import script

OPTIONS = (Option("form", "Send forms in place of JSON, as Kong's older guides do.", default=False),)


def render(entities: Entities, *, templates: str | None = None, form: bool = False) -> dict[str, str]:
    """One file, `apply.sh`."""
    return script("curl", entities, templates, form=form)
