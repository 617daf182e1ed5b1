"""What aicfg knows about providers and their hostings: as plain data for JSON, and the same as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aicfg.catalog.versions import NEWEST, parse_version, version_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aicfg.catalog.providers import Capability, Hosting, Provider


def provider_facts(one: Provider) -> dict[str, Any]:
    """Everything that the catalog knows about a provider, as JSON has it."""
    return {
        "type": one.type,
        "title": one.title,
        "kong_provider": one.kong_provider,
        "since": version_text(one.since),
        "default_hosting": one.default_hosting,
        "format_option": one.format_option,
        "hostings": [hosting_facts(hosting) for hosting in one.hostings.values()],
        "options": [
            {"name": rule.name, "need": rule.need, "since": version_text(rule.since), "note": rule.note}
            for rule in one.options.values()
        ],
        "conflicts": [
            {
                "about": conflict.about,
                "verdict": conflict.verdict,
                "note": conflict.note,
                "claims": [claim._asdict() for claim in conflict.claims],
            }
            for conflict in one.conflicts
        ],
    }


def hosting_facts(hosting: Hosting) -> dict[str, Any]:
    """What the catalog knows about a hosting, its provider left aside."""
    rule = hosting.upstream_url
    return {
        "name": hosting.name,
        "title": hosting.title,
        "formats": [hosting.format] if hosting.format else list(hosting.formats),
        "auth": {
            "style": hosting.auth.style,
            "name": hosting.auth.name if hosting.auth.style in ("header", "query") else None,
            "prefix": hosting.auth.prefix if hosting.auth.style in ("header", "query") else None,
            "credentials": hosting.credentials,
        },
        "upstream": hosting.upstream.steps[-1][1] if hosting.upstream else None,
        "upstream_url": {
            "always": rule.always,
            "below": version_text(rule.below) if rule.below else None,
            "route_types": list(rule.route_types),
            "example": rule.example or None,
        },
        "capabilities": [_capability_facts(hosting, name) for name in hosting.capabilities],
    }


def _capability_facts(hosting: Hosting, route_type: str) -> dict[str, Any]:
    found = hosting.capability(route_type) or hosting.capabilities[route_type]
    return {
        "route_type": route_type,
        "since": version_text(found.since),
        "verdict": found.verdict,
        "streaming": found.streaming,
        "function_calling": version_text(found.functions) if found.functions else None,
        "upstream_path": hosting.upstream_path(route_type, parse_version(NEWEST["enterprise"])),
        "example_model": found.model,
        "native_only": found.native_only,
        "note": found.note,
        "claims": [{"source": claim.source, "says": claim.says} for claim in found.claims],
    }


def matrix(chosen: list[Provider]) -> Iterator[str]:
    """A table of providers and their hostings, one line each."""
    rows = [("TYPE", "HOSTING", "SINCE", "FORMAT", "KEY GOES TO", "URL", "ROUTE TYPES")]
    for one in chosen:
        for hosting in one.hostings.values():
            rows.append(
                (
                    one.type,
                    hosting.name
                    + (" (default)" if hosting.name == one.default_hosting and len(one.hostings) > 1 else ""),
                    version_text(one.since),
                    hosting.format or "/".join(hosting.formats),
                    key_place(hosting),
                    "yours" if hosting.upstream_url.always else "built in",
                    _short(hosting),
                )
            )
    yield from _table(rows)
    yield ""
    yield "`aicfg providers TYPE` tells more about one of them."


def _short(hosting: Hosting) -> str:
    usable = [name for name in hosting.capabilities if _capability(hosting, name).verdict != "refused"]
    names = [name.removeprefix("llm/v1/") for name in usable if name.startswith("llm/v1/")]
    others = len(usable) - len(names)
    return ", ".join(names) + (f" and {others} more" if others else "")


def _capability(hosting: Hosting, route_type: str) -> Capability:
    return hosting.capability(route_type) or hosting.capabilities[route_type]


def key_place(hosting: Hosting) -> str:
    """Where a key goes, as one writes it: `x-api-key: <key>`."""
    auth = hosting.auth
    if hosting.credentials == "unused":
        return "none"
    place = {"header": f"{auth.name}: {auth.prefix}<key>", "query": f"?{auth.name}=<key>", "cloud": "cloud identity"}
    return place.get(auth.style, "none") + (" (optional)" if hosting.credentials == "optional" else "")


def provider_lines(one: Provider) -> Iterator[str]:
    """The same facts as text."""
    yield f"{one.title}: type {one.type}, since gateway {version_text(one.since)}"
    if one.kong_provider != one.type:
        yield f"Kong calls it {one.kong_provider}."
    for hosting in one.hostings.values():
        yield from hosting_lines(one, hosting)
    yield from _options(one)
    yield from _claims(one)


def hosting_lines(one: Provider, hosting: Hosting) -> Iterator[str]:
    """A hosting's format, key, URL and table of route types."""
    default = " (default)" if hosting.name == one.default_hosting else ""
    yield f"\nhosting {hosting.name}{default}"
    yield f"  format    {hosting.format or 'your choice of ' + ', '.join(hosting.formats)}"
    yield f"  key       {key_place(hosting)}"
    yield f"  URL       {url_of(hosting)}"
    rows = [("  ROUTE TYPE", "SINCE", "STREAM", "TOOLS", "VERDICT", "UPSTREAM PATH", "EXAMPLE MODEL")]
    for fact in (_capability_facts(hosting, name) for name in hosting.capabilities):
        rows.append(
            (
                "  " + fact["route_type"],
                fact["since"],
                "yes" if fact["streaming"] else "no",
                fact["function_calling"] or "-",
                fact["verdict"],
                fact["upstream_path"] or "-",
                fact["example_model"] or "-",
            )
        )
    yield from _table(rows)


def url_of(hosting: Hosting) -> str:
    """Where Kong calls a hosting: its own address, or the user's."""
    rule = hosting.upstream_url
    if rule.always:
        return f"yours, such as {rule.example}"
    built_in = hosting.upstream.steps[-1][1] if hosting.upstream else "none"
    return built_in + (
        f" (below {version_text(rule.below)} Kong needs an upstream_url; aicfg fills it)" if rule.below else ""
    )


def _options(one: Provider) -> Iterator[str]:
    if one.options:
        yield "\noptions"
        yield from _table([(f"  {rule.name}", rule.need, rule.note or "") for rule in one.options.values()])


def _claims(one: Provider) -> Iterator[str]:
    """Where sources disagree: who says what, and what aicfg goes by."""
    disputed = {name: found for name, found in one.capabilities.items() if found.claims}
    if disputed or one.conflicts:
        yield "\nwhere sources disagree"
    for name, found in disputed.items():
        yield f"  {name}: {found.verdict}{', ' + found.note if found.note else ''}"
        yield from (f"    {claim.source}: {claim.says}" for claim in found.claims)
    for conflict in one.conflicts:
        yield f"  {conflict.about}: {conflict.verdict}, {conflict.note}"
        yield from (f"    {claim.source}: {claim.says}" for claim in conflict.claims)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
