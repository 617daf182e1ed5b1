"""What rules have explained of a plugin in a run, so that nothing else says it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aicfg.kong.balancer import Balanced, balanced
from aicfg.kong.entities import Plugin
from aicfg.kong.llm import Llm, llms
from aicfg.lint.diagnostic import SEVERITIES, Finding, Severity
from aicfg.lint.refused import Refused, in_config, mended_plugin, supplied
from aicfg.source import Path

if TYPE_CHECKING:
    from aicfg.source.changes import Proposal


class Explained:
    """What need not be said of a plugin any more, because an explanation at least as severe has been given."""

    def __init__(self) -> None:
        self._worst: dict[tuple[int, Path], int] = {}
        self._elsewhere: set[tuple[int, Path]] = set()
        self._mends: dict[int, list[Proposal]] = {}

    @property
    def refuses(self) -> bool:
        """Whether Kong refuses anything."""
        return bool(self._mends)

    def refuse(self, refused: Refused) -> None:
        """Note what Kong refuses, and how that is mended."""
        self.supply(refused.plugin, refused.supplied)
        self._mends[id(refused.plugin)] = list(refused.moves)

    def mended(self, subject: Llm | Balanced) -> Llm | Balanced | None:
        """A subject as it is with all at its place; None where it is so already, or nobody can tell."""
        mends = self._mends.get(id(subject.plugin))
        if not mends:
            return None
        plugin = mended_plugin(subject.plugin, mends)
        records = tuple(llms(plugin, subject.gateway))
        if isinstance(subject, Balanced):
            return balanced(plugin, records, subject.gateway)
        return next((other for other in records if other.path == subject.path), None)

    def supply(self, plugin: Plugin, paths: Iterable[Path]) -> None:
        """Note what is there, only at another place than where it belongs."""
        self._elsewhere.update((id(plugin), path) for path in paths)

    def supplies(self, plugin: Plugin, path: Path) -> bool:
        """Whether something that is missing at a path was found elsewhere."""
        if not self._elsewhere or in_config(plugin, path) is not None:
            return False
        places = (path[:length] for length in range(2, len(path) + 1))
        return any((id(plugin), place) in self._elsewhere and in_config(plugin, place) is None for place in places)

    def add(self, about: Any, finding: Finding, severity: Severity) -> None:
        rank = SEVERITIES.index(severity)
        if severity == "error" and isinstance(about, Plugin):
            self.supply(about, finding.explains)
            if finding.fix is not None and id(about) in self._mends:
                self._mends[id(about)].insert(0, finding.fix)
            self.supply(about, (place for change in getattr(finding.fix, "changes", ()) for place in supplied(change)))
        for path in (finding.path, *finding.explains) if severity == "error" else finding.explains:
            place = (id(about), path)
            self._worst[place] = min(rank, self._worst.get(place, rank))

    def says(self, plugin: Plugin, path: Path, severity: Severity) -> bool:
        rank = self._worst.get((id(plugin), path))
        return rank is not None and rank <= SEVERITIES.index(severity)
