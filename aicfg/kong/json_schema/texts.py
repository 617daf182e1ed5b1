"""Texts that Kong's Lua code reads in its own way, as patterns, and the definitions that hold them.

The patterns keep to what ECMA 262, Python and RE2 share, so there is no lookahead. A `$` of Python's also matches
before a line break at the end; each definition here is written so that this makes no difference.

Source: `aicfg.kong.urls` and `aicfg.kong.references`, which say it in code.
"""

from __future__ import annotations

from typing import Any

VAULT_REFERENCE = "vault-reference"
URL = "url"
HOST = "host"

# A host is what is left of the authority (up to the first slash or hash) behind the first "@" and before the last
# colon, and a question mark is part of it. What begins with a colon needs another one, or a bracket, to have a host.
_URL = (
    "^[A-Za-z0-9][A-Za-z0-9+.-]*://"
    "([^:@/#][^@/#]*([/#]|$)|:[^@/#]*[:\\]][^@/#]*([/#]|$)|[^@/#]*@([^:/#]|:[^/#]*[:\\]]))"
)

_BYTE = "(25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
_IPV4 = f"^{_BYTE}(\\.{_BYTE}){{3}}$"
_NAME = "^[A-Za-z0-9_-]*[A-Za-z0-9_](\\.[A-Za-z0-9_-]*[A-Za-z0-9_])*\\.?$"
# Kong puts a zero where an address begins or ends with a colon, and all the zeros that are missing into the first "::".
_GROUP = "[0-9A-Fa-f]{1,4}"
_ADDRESS = "|".join(
    [f"({_GROUP})?(:{_GROUP}){{6}}:({_GROUP})?"]
    + [f"({_GROUP})?(:{_GROUP}){{{left}}}::({_GROUP}:){{0,{6 - left}}}({_GROUP})?" for left in range(7)]
)
_IPV6 = f"^({_ADDRESS}|\\[({_ADDRESS})\\])$"

DEFINITIONS: dict[str, dict[str, Any]] = {
    VAULT_REFERENCE: {
        "description": "A vault reference: the gateway reads the value from a vault.",
        "type": "string",
        "pattern": "^\\{vault://[\\s\\S]*\\}$",
        "not": {"pattern": "\\n$"},
    },
    URL: {"pattern": _URL},
    HOST: {
        "not": {"type": "string", "pattern": "[^0-9A-Za-z._:\\[\\]-]"},
        "anyOf": [{"pattern": _NAME, "not": {"pattern": "^[0-9.]*$"}}, {"pattern": _IPV4}, {"pattern": _IPV6}],
    },
}


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}"}


def used_definitions(schema: Any) -> dict[str, dict[str, Any]]:
    """Those of the definitions that a schema refers to."""
    used = set(_references(schema))
    return {name: body for name, body in DEFINITIONS.items() if f"#/definitions/{name}" in used}


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in _references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    return own + [found for item in schema.values() for found in _references(item)]
