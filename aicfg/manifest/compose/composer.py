"""Puts the documents of a manifest together, once for each environment that is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.manifest.choice import Choice
from aicfg.manifest.choice import Given as GivenValue
from aicfg.manifest.compose import REUSE
from aicfg.manifest.compose.composed import Composed
from aicfg.manifest.compose.fault import Fault
from aicfg.manifest.compose.files import Sources
from aicfg.manifest.compose.merge import MAX_ADVICE, Joining, Piece, environment_over, over
from aicfg.manifest.compose.variables import Substituted, Variable, usage_in
from aicfg.manifest.shape import Problem, normalise, shape_problems
from aicfg.source import Document, Path, Place, format_path
from aicfg.tuples import NamedTuple
from aicfg.words import both, did_you_mean, nearest

MAX_ENVIRONMENTS = 100
"""Each is compiled: many of them before many routes would take very long."""


class Composition(NamedTuple):
    """A manifest as it is in one environment, or without any.

    `document` is None where a file is missing. `shapes` are the problems of each document's own shape. `pending` are
    variables that have no value here, and one in some environment.
    """

    document: Composed | None
    shapes: tuple[tuple[Substituted, tuple[Problem, ...]], ...]
    faults: tuple[Fault, ...]
    pending: frozenset[str] = frozenset()

    def own_problems(self) -> Iterator[tuple[Document, tuple[Problem, ...]]]:
        """The problems of each document's own shape, one for each variable whose value is wrong where it is used."""
        used = {
            place
            for view, problems in self.shapes
            for problem in problems
            if (place := _stands(view, problem)) != (view.base, problem.path)
        }
        told = set[tuple[Document, Path]]()
        for view, problems in self.shapes:
            kept = []
            for problem in problems:
                place = _stands(view, problem)
                if place in used and (place == (view.base, problem.path) or place in told):
                    continue
                told.add(place)
                kept.append(problem)
            yield view, tuple(kept)

    def new_problems(self, document: Document, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Those of the whole document's problems of shape that none of its parts has."""
        known = {(problem.kind, _stands(view, problem)) for view, found in self.shapes for problem in found}
        return tuple(problem for problem in problems if (problem.kind, _stands(document, problem)) not in known)


class Composer:
    """Puts documents together, with the variables that are given from outside."""

    def __init__(self, sources: Sources, given: Mapping[str, GivenValue] = EMPTY) -> None:
        self.sources = sources
        self.environments = tuple(_environment_names(sources.documents))
        self._given = given
        self._usage = usage_in(sources.documents)
        self._faults = [*sources.faults, *self._usage.misplaced, *self._unused()]
        if len(self.environments) > MAX_ENVIRONMENTS:
            self._faults.append(self._too_many())
            self.environments = self.environments[:MAX_ENVIRONMENTS]
        self._set_in: dict[str, list[str]] = {}
        for environment in self.environments:
            for name, piece in _defined(sources.documents, (environment,)):
                if piece.value is not None and environment not in self._set_in.setdefault(name, []):
                    self._set_in[name].append(environment)
        everywhere = (None, *self.environments)
        self._is_vague = any(_section(each, at) is _WRONG for each in sources.documents for at in everywhere)

    def check(self, choice: Choice) -> None:
        """Raises UsageError for an environment or a variable that the manifest does not have.

        Where a file is missing nobody can tell, and that it is missing comes first.
        """
        if not self.sources.complete:
            return
        file, name = self.sources.given[0].file, choice.environment
        if name is not None and name not in self.environments:
            hint, near = "it has none at all: define it under `environments`", nearest(name, self.environments)
            if self.environments:
                hint = f"it has {both(self.environments)}" + (f': did you mean "{near}"?' if near else "")
            raise UsageError(f'the manifest has no environment "{name}"', file=file, hint=hint)
        names = self.variable_names(name)
        for variable in choice.variables:
            if variable not in names:
                hint = did_you_mean(variable, names) or "define it under `variables`"
                raise UsageError(f'the manifest has no variable "{variable}"', file=file, hint=hint)

    def variable_names(self, environment: str | None) -> tuple[str, ...]:
        """The variables that an environment has; without one, those that any has."""
        chosen = self.environments if environment is None else (environment,)
        return tuple(dict.fromkeys(name for name, _ in _defined(self.sources.documents, (None, *chosen))))

    def differs_in(self, environment: str) -> bool:
        """Whether an environment says anything."""
        return any(_block(document.data, environment) for document in self.sources.documents)

    def compose(self, environment: str | None = None) -> Composition:
        """The manifest in one of its environments, or without any."""
        faults = list(self._faults)
        defined, variables = self._variables(environment, faults)
        views = tuple(_view(document, environment, variables) for document in self.sources.documents)
        shapes = tuple((view, tuple(_shape_of(view))) for view in views)
        faults += self._without_value(views, variables, environment)
        lacking = {name for view in views for names in view.unresolved.values() for name in names}
        pending = frozenset(lacking & self._set_in.keys())
        if not self.sources.complete:
            return Composition(None, shapes, tuple(faults), pending)
        whole = self._joined(shapes, environment, faults)
        if defined is not None:  # no part of the data, and yet a place that findings may be about
            whole = whole._replace(parts={**whole.parts, "variables": defined})
        unused = {name: found.value for name, found in variables.items() if name not in self._usage.names}
        document = Composed(whole, self.sources.given[0], unused, any(view.unresolved for view in views))
        return Composition(document, shapes, tuple(faults), pending)

    def _variables(self, environment: str | None, faults: list[Fault]) -> tuple[Piece | None, dict[str, Variable]]:
        """The variables of an environment, as a piece of the manifest and with what they stand for."""
        joining = Joining()
        layers = [joining.all(_sections(self.sources.documents, at), ("variables",)) for at in (None, environment)]
        faults += joining.faults
        base, patch = layers if environment is not None else (layers[0], None)
        piece = over(base, patch, nulls_stay=True) if patch else base
        found = {}
        for name, part in _items(piece) if piece else ():
            usable = isinstance(part.value, str | int | float) and name not in self._usage.unusable
            written = part.place.document.source_text(part.place.path)
            found[name] = Variable(part.value if usable else None, written, part.place)
        given = {name: Variable(value, written) for name, (value, written) in self._given.items()}
        return piece, {**found, **given}

    def _joined(
        self, shapes: Sequence[tuple[Substituted, Iterable[Problem]]], environment: str | None, faults: list[Fault]
    ) -> Piece:
        files, blocks = Joining(), Joining(nulls_yield=False)
        bases, patches = [], []
        for index, (view, problems) in enumerate(shapes):
            wrong = {problem.path for problem in problems if problem.kind == "wrong-type"} if len(shapes) > 1 else ()
            left_out = ("version", *REUSE) if index else REUSE
            bases.append(_without(Piece(view.data, Place(view, ())), left_out, wrong))
            block = _block(view.data, environment)
            if isinstance(block, dict):
                place = Place(view, ("environments", str(environment)))
                patches.append(_without(Piece(block, place), REUSE, wrong))
        base, patch = files.all(bases), blocks.all(patches)
        assert base is not None
        faults += [*files.faults, *blocks.faults]
        if patch is None:
            return base
        whole, more = environment_over(base, patch)
        faults += more
        return whole

    def _without_value(
        self, views: Iterable[Substituted], variables: Mapping[str, Variable], environment: str | None
    ) -> Iterator[Fault]:
        """What to say about variables that are named and have no value."""
        told, hints, names_of_all = set[str](), dict[str, str](), self.variable_names(None)
        for view in views:
            for path, names in view.unresolved.items():
                for name in names:
                    defined, place = variables.get(name), Place(view.base, path)
                    if name in self._usage.unusable or name in told or (defined and defined.value is not None):
                        continue
                    if defined is not None and defined.place is not None:
                        told.add(name)
                        if not _is_scalar(defined.place):
                            continue  # which a finding about its shape says
                        yield self._no_value(name, defined.place, environment, at_key=True)
                    elif name in self._set_in:
                        yield self._no_value(name, place, environment)
                    elif self.sources.complete and not self._is_vague:
                        if name not in hints:
                            near = did_you_mean(name, names_of_all) if len(hints) < MAX_ADVICE else None
                            hints[name] = near or "define it in `variables`"
                        yield Fault("undefined-variable", place, f'there is no variable "{name}"', hints[name])

    def _no_value(self, name: str, place: Place, environment: str | None, at_key: bool = False) -> Fault:
        message, hint = f'the variable "{name}" has no value', f"give it with --var {name}=…"
        setters = self._set_in.get(name)
        if setters and environment is not None:
            message += f' in the environment "{environment}"'
            hint = f"set it in `{format_path(('environments', environment, 'variables'))}`, or {hint}"
        elif setters:
            hint = f"choose an environment that sets it, such as --env {setters[0]}, or {hint}"
        else:
            hint = f"write its value here, or {hint}"
        return Fault("variable-without-value", place, message, hint, at_key)

    def _unused(self) -> Iterator[Fault]:
        """Variables that nothing names, each where it is first defined."""
        first: dict[str, Place] = {}
        for name, piece in _defined(self.sources.documents, (None, *self.environments)):
            first.setdefault(name, piece.place)
        for name, place in first.items() if self.sources.complete else ():
            if name not in self._usage.names:
                hint = f"write ${{var:{name}}} where its value is wanted, or remove it"
                yield Fault("unused-variable", place, f'nothing uses the variable "{name}"', hint, at_key=True)

    def _too_many(self) -> Fault:
        name = self.environments[MAX_ENVIRONMENTS]
        document = next(each for each in self.sources.documents if name in _environment_names([each]))
        message = f"the manifest has {len(self.environments)} environments; no more than {MAX_ENVIRONMENTS} are read"
        place = Place(document, ("environments", name))
        return Fault("reuse-limit", place, message, "split it into several manifests", at_key=True)


_WRONG: Any = object()
"""Stands for a section that is no map."""


def _block(data: Any, environment: str | None) -> Any:
    """An environment's block in a document's data."""
    blocks = data.get("environments")
    return blocks.get(environment) if isinstance(blocks, dict) else None


def _section(document: Document, environment: str | None) -> Any:
    """The variables that a document defines for an environment (None: for all); None where it does not."""
    holder = document.data if environment is None else _block(document.data, environment)
    said = holder.get("variables") if isinstance(holder, dict) else None
    return said if isinstance(said, dict) or said is None else _WRONG


def _sections(documents: Iterable[Document], environment: str | None) -> Iterator[Piece]:
    path: Path = ("variables",) if environment is None else ("environments", environment, "variables")
    for document in documents:
        said = _section(document, environment)
        if isinstance(said, dict):
            yield Piece(said, Place(document, path))


def _defined(documents: Sequence[Document], environments: Iterable[str | None]) -> Iterator[tuple[str, Piece]]:
    """All definitions of variables for some environments."""
    for environment in environments:
        for piece in _sections(documents, environment):
            yield from _items(piece)


def _items(piece: Piece) -> Iterator[tuple[str, Piece]]:
    return ((name, piece.part(name)) for name in piece.value)


def _environment_names(documents: Iterable[Document]) -> Collection[str]:
    blocks = (document.data.get("environments") for document in documents)
    return dict.fromkeys(name for each in blocks if isinstance(each, dict) for name in each).keys()


def _view(document: Document, environment: str | None, variables: Mapping[str, Variable]) -> Substituted:
    """A document as it is in an environment; the blocks of others are looked at in their turn."""
    data, blocks = document.data, document.data.get("environments")
    if isinstance(blocks, dict):
        data = {**data, "environments": {name: blocks[name] if name == environment else None for name in blocks}}
    view = Substituted(document, data, variables)
    view.data = normalise(view.data, view.source_text)
    return view


def _shape_of(view: Substituted) -> Iterator[Problem]:
    found = shape_problems(view.data, view.source_text)
    return (problem for problem in found if problem.path not in view.unresolved)


def _without(piece: Piece, left_out: Collection[str], wrong: Collection[Path]) -> Piece:
    """A map without some keys, and without values of the wrong type, which would contradict others."""
    parent = piece.place.path
    kept = {key: value for key, value in piece.value.items() if key not in left_out and (*parent, key) not in wrong}
    return piece._replace(value=kept)


def _stands(document: Document, problem: Problem) -> tuple[Document, Path]:
    return document.stands_at(problem.path, key=problem.at_key)


def _is_scalar(place: Place) -> bool:
    value: Any = place.document.data
    for part in place.path:
        value = value[part]
    return not isinstance(value, dict | list)
