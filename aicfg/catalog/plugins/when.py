"""When a fact holds: the small language of `since`, `until`, `changes` and `enum_added` in `schemas/plugins/`.

`since` is one version or several: "3.11", "3.10, oss 3.9.1", "3.14.0.13, 3.15.0.4".

* Patch versions of several lines count each in its own line, and the newest one for all later lines.
* A version behind `oss` or `enterprise` holds for that edition only.
* The open-source edition has no release above 3.9 (its development tree calls itself 3.10), so what is dated
  3.10 or later is Enterprise's unless it says `oss`.

`until` is the last minor version, included. A target without its patch version stands for the newest patch.
"""

from __future__ import annotations

from functools import cache

from aicfg.catalog.versions import Gateway, Version, version_text

_OSS_ENDS: Version = (3, 10)
_NEWEST_PATCH = 1 << 30


@cache
def reached(since: str, target: Gateway) -> bool:
    """Whether the target is at or past `since`."""
    dates = [date for date in _dates(since, target.edition) if date[:2] <= target.version[:2]]
    return bool(dates) and _last_patch(target.version) >= max(dates)


@cache
def passed(until: str, target: Gateway) -> bool:
    """Whether the target is past `until`."""
    return target.version[:2] > _version(until)


@cache
def date_for(since: str, target: Gateway) -> str | None:
    """The version to name in "exists since …": the one in the target's own line, else the first.

    None where the target's edition never had it.
    """
    dates = _dates(since, target.edition)
    own = [date for date in dates if date[:2] == target.version[:2]]
    return version_text(min(own or dates)) if dates else None


def _dates(since: str, edition: str) -> list[Version]:
    dates = []
    for part in since.split(", "):
        named, _, text = part.rpartition(" ")
        date = _version(text)
        if named == edition or (not named and (edition != "oss" or date < _OSS_ENDS)):
            dates.append(date)
    return dates


def _version(text: str) -> Version:
    return tuple(map(int, text.split(".")))


def _last_patch(version: Version) -> Version:
    return version if len(version) > 3 else (*version, _NEWEST_PATCH)
