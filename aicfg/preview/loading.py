"""A manifest or a Kong file, as entities."""

from __future__ import annotations

from aicfg.catalog.versions import gateway
from aicfg.kong.detect import form_of
from aicfg.kong.entities import Entities
from aicfg.kong.parse import parse
from aicfg.lint.engine import Run
from aicfg.lint.settings import Settings

CHECKED = ("M", "K", "V")
"""The families of findings that keep a config from meaning anything; the others are for lint."""


def read_entities(content: bytes, file: str, path: str | None, settings: Settings) -> tuple[Entities | None, Run]:
    """The entities of a file and the run that has its findings; None where one of these is an error.

    `path` is where the file lies, None for standard input. Raises AicfgError as lint does.
    """
    run = Run(settings._replace(select=CHECKED, ignore=(), choice=settings.choice._replace(every=False)))
    run.read_content(content, file, path=path)
    if not run.report().ok:
        return None, run
    if run.entities is not None:
        return run.entities, run
    target = gateway(*settings.target())
    whole = Entities(target)
    for document in run.sources[file][1] if file in run.sources else ():
        if form_of(document.data) in ("other", "manifest"):
            continue
        _, entities = parse(document, target)
        whole = whole._replace(
            services=whole.services + entities.services,
            routes=whole.routes + entities.routes,
            plugins=whole.plugins + entities.plugins,
        )
    return whole, run
