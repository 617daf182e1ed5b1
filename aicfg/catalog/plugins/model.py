"""What aicfg knows about a plugin's config at one gateway: fields, the rules across fields, and the plugin itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aicfg.frozen import EMPTY
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway

FieldType = Literal["string", "integer", "number", "boolean", "record", "array", "set", "map", "json"]
Known = Literal["measured", "documented", "carried", "inferred"]


class Field(NamedTuple):
    """A field as one gateway has it. Limits are inclusive but for `gt`; lengths of strings are in bytes.

    `default` is None where Kong fills nothing in: no default of Kong's is null. `fields` and `checks` belong to
    records, `elements` to arrays and sets, `keys` and `values` to maps; without them any element will do.
    `format` names what no pattern can say: "url" or "host". A `shorthand` is no field of its own: Kong spreads its
    value over the fields that it names. `known` says how aicfg knows the field, `known_as` how it knows an attribute.
    """

    name: str
    type: FieldType
    required: bool = False
    default: Any = None
    enum: tuple[str, ...] = ()
    gt: float | None = None
    min: float | None = None
    max: float | None = None
    len_min: int | None = None
    len_max: int | None = None
    starts_with: str | None = None
    match_none: tuple[str, ...] = ()
    format: str | None = None
    referenceable: bool = False
    encrypted: bool = False
    deprecated: str | None = None
    shorthand: tuple[str, ...] = ()
    fields: "Mapping[str, Field]" = EMPTY
    checks: "tuple[Check, ...]" = ()
    elements: "Field | None" = None
    keys: "Field | None" = None
    values: "Field | None" = None
    since: str = ""
    about: str = ""
    known: Known = "measured"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def secret(self) -> bool:
        """Whether the value must not be shown: Kong encrypts it at rest or takes it from a vault."""
        return self.encrypted or self.referenceable


class Match(NamedTuple):
    """What a value has to be. `any` takes whatever the field itself accepts, `required` takes all but null."""

    kind: Literal["eq", "one_of", "not_one_of", "required", "any"]
    values: tuple[Any, ...] = ()


class AllOrNone(NamedTuple):
    """Kong's mutually_required: these fields are all set, or none is."""

    fields: tuple[str, ...]
    known: Known = "measured"


class AtLeastOneOf(NamedTuple):
    """Kong's at_least_one_of: one of these fields at least is set."""

    fields: tuple[str, ...]
    known: Known = "measured"


class Needs(NamedTuple):
    """Kong's conditional_at_least_one_of: where `if_field` matches, one of `fields` is set."""

    if_field: str
    match: Match
    fields: tuple[str, ...]
    known: Known = "measured"


class Then(NamedTuple):
    """Kong's conditional: where `if_field` matches, `then_field` has to match too."""

    if_field: str
    match: Match
    then_field: str
    then: Match
    known: Known = "measured"


class NotBoth(NamedTuple):
    """Kong's mutually_exclusive_sets: fields of the one set exclude fields of the other."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    known: Known = "measured"


class Custom(NamedTuple):
    """Kong's custom_entity_check over `fields`. Its code is not published where `unknown`; then nothing is checked."""

    name: str
    fields: tuple[str, ...]
    unknown: bool = False
    known: Known = "measured"


Check: TypeAlias = "AllOrNone | AtLeastOneOf | Needs | Then | NotBoth | Custom"
"""A rule across fields. Names are dotted and start at the record that the rule belongs to."""


class Partial(NamedTuple):
    """A part of the config that a Kong partial may supply, at the path `at` ("config.targets[]")."""

    name: str
    at: str


class PluginSchema(NamedTuple):
    """A plugin at one gateway. `root` is a record with the one field `config` and the plugin's own checks.

    `available` is False where the gateway does not have the plugin; `root` then describes its first version.
    `scopes` maps each scope ("global", "service", "route", "consumer", "consumer_group") to whether the plugin may
    be put on it.
    """

    name: str
    title: str
    about: str
    since: str
    enterprise_only: bool
    available: bool
    gateway: "Gateway"
    root: Field
    scopes: Mapping[str, bool]
    protocols: tuple[str, ...]
    partials: tuple[Partial, ...] = ()
    source: Mapping[str, Any] = EMPTY
    """The rows that the schema was made from, with what they say about all versions."""

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def config(self) -> Field:
        return self.root.fields["config"]
