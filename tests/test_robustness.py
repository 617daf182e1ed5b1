"""Whatever a file holds: no traceback, findings at places that exist, no secret shown; and what lints renders, truly.

Manifests are random mutations of sensible ones, so that they reach every stage; texts are random damage to samples.
"""

from __future__ import annotations

import contextlib
import copy
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Command
from hypothesis import example, given, settings
from hypothesis import strategies as st
from random_manifests import TEXTS, bases, edited, edits, manifests, places, written

import aicfg
from aicfg.errors import AicfgError
from aicfg.kong.entities import Consumer, Entities, Plugin, Route, Service
from aicfg.kong.references import EnvText, EnvVar
from aicfg.lint.engine import Run
from aicfg.lint.reporters import report
from aicfg.render import render
from aicfg.source import SourceError, read_bytes

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "samples").glob("*.yaml"))]

fragments = st.one_of(st.sampled_from([text.encode() for text in TEXTS]), st.binary(max_size=4))
damage = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 30), fragments), min_size=1, max_size=4)


def damaged(text: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in changes:
        start = at % (len(text) + 1)
        text = text[:start] + new + text[start + length :]
    return text


texts = st.builds(damaged, st.sampled_from(SAMPLES), damage)


def lint_and_report(content: bytes) -> tuple[Run, str, str]:
    run = Run()
    run.read_content(content, "aicfg.yaml")
    result = run.report()
    return run, report(result, "text", run.source_line), report(result, "json", run.source_line)


def assert_sound(content: bytes) -> None:
    """Linting says the same each time, at places that exist; and what lints without errors renders truly."""
    run, text, machine = lint_and_report(content)
    assert (text, machine) == lint_and_report(content)[1:]
    found = run.report().diagnostics
    assert json.loads(machine)["counts"]["error"] == sum(one.severity == "error" for one in found)
    keys = [(one.file, one.line, one.column, one.code, one.message) for one in found]
    assert keys == sorted(keys)
    assert len(set(found)) == len(found)
    lines = re.split("\r\n|\n|\r", content.decode("utf-8", "replace").removeprefix("\ufeff"))
    for one in found:
        assert one.line is not None
        assert one.column is not None
        assert one.end_line is not None
        assert one.end_column is not None
        assert one.file == "aicfg.yaml"
        assert one.message.strip()
        assert 1 <= one.line <= one.end_line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1
        assert (one.line, one.column) <= (one.end_line, one.end_column)
    if run.report().ok:
        assert run.entities is not None
        assert_true(run.entities)


def assert_true(entities: Entities) -> None:
    """decK reads back the values that were compiled, with variables in place, whatever YAML its reader speaks."""
    (text,) = render(entities, "deck").values()
    assert text == render(entities, "deck")["kong.yaml"]
    filled = re.sub(r'\$\{\{ env "DECK_([A-Za-z0-9_]+)" \}\}', r"<\1>", text)
    assert "${{" not in filled
    state = yaml.safe_load(filled)
    assert state.pop("_format_version") == "3.0"
    assert state.pop("_info", {"select_tags": []}) == {"select_tags": plain(list(entities.select_tags))}
    wanted = lists(
        services=map(service, entities.services),
        plugins=map(plugin, entities.plugins),
        vaults=({"prefix": vault.prefix, **vault.fields} for vault in entities.vaults),
        consumer_groups=({"name": group.name, **group.fields} for group in entities.consumer_groups),
        consumers=map(consumer, entities.consumers),
    )
    assert same(state) == same(plain(wanted))


def lists(**entries: Iterable[Any]) -> dict[str, list[Any]]:
    """Those lists that have something in them."""
    return {name: found for name, items in entries.items() if (found := list(items))}


def service(entity: Service) -> dict[str, Any]:
    inner = lists(routes=map(route, entity.routes), plugins=map(plugin, entity.plugins))
    return {"name": entity.name, **entity.fields, **inner}


def route(entity: Route) -> dict[str, Any]:
    return {"name": entity.name, **entity.fields, **lists(plugins=map(plugin, entity.plugins))}


def plugin(entity: Plugin) -> dict[str, Any]:
    return {"name": entity.name, **entity.fields, **entity.scope, "config": entity.config}


def consumer(entity: Consumer) -> dict[str, Any]:
    groups = ({"name": group} for group in entity.groups)
    inner = lists(groups=groups, keyauth_credentials=map(dict, entity.keyauth_credentials))
    return {"username": entity.username, **entity.fields, **inner}


def plain(value: Any) -> Any:
    if isinstance(value, EnvText):
        return "".join(f"<{part.name}>" if isinstance(part, EnvVar) else part for part in value.parts)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def same(value: Any) -> str:
    """A text that is equal for equal values of equal types, NaN included."""
    return repr(value)


def times(factor: int) -> settings:
    """So many times the examples of the profile that is in use."""
    return settings(max_examples=factor * settings.default.max_examples)


class TestAnyInput:
    @times(6)
    @given(manifests)
    def test_a_manifest_of_any_values(self, content: bytes) -> None:
        assert_sound(content)

    @times(5)
    @given(texts)
    def test_a_damaged_sample(self, content: bytes) -> None:
        assert_sound(content)

    @times(4)
    @given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
    @example(b"")
    @example(b"\xff\xfe")
    @example(b"\xef\xbb\xbf")
    @example(b"{")
    @example(b"[" * 200)
    @example(b"1" * 5000)
    @example(b"- " * 5000)
    @example(b"? " * 500)
    @example(b"a: &a [*a]")
    @example(b"<<: 1")
    @example(b"routes: {<<: [{a: 1}, 2]}")
    def test_any_bytes(self, content: bytes) -> None:
        assert_sound(content)

    def test_aliases_cannot_nest_values_deeper_than_brackets(self) -> None:
        lines = [f"a{n}: &a{n} {'[' * 90}{f'*a{n - 1}' if n else ''}{']' * 90}" for n in range(40)]
        assert_sound("\n".join(["version: 1", *lines]).encode())

    def test_aliases_cannot_multiply_values_without_end(self) -> None:
        lines = [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10 if n else 'x')}]" for n in range(12)]
        run, _, _ = lint_and_report("\n".join(lines).encode())
        assert [one.code for one in run.report().diagnostics] == ["M009"]

    @times(2)
    @given(st.one_of(manifests, texts))
    def test_the_functions_of_the_api_raise_nothing_but_their_own_errors(self, content: bytes) -> None:
        path = FOLDER / "aicfg.yaml"
        path.write_bytes(content)
        for function in (aicfg.load, aicfg.compile, lambda file: aicfg.render(file, "deck")):
            with contextlib.suppress(AicfgError):
                function(path)


EXAMPLES = [path for folder in ("rules", "traps") for path in sorted((Path(__file__).parent / folder).rglob("*.yaml"))]
SHAPES: list[Any] = [
    *(5, 1.5, True, None, "", "x", -1, 10**30, float("inf"), "{vault://env/x}", "http://h/p", '${{ env "DECK_X" }}'),
    *([], [1], ["x"], [[]], [{}], [None], {}, {"a": 1}, {"name": "x"}, {"name": ["x"]}),
]


def replaced(value: Any, chance: random.Random, shape: Any) -> Any:
    """A copy of a value with something in it, or all of it, of another shape."""
    inner = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    if not inner or chance.random() < 0.15:
        return shape
    key = chance.choice(inner)
    copied = value.copy()
    copied[key] = replaced(value[key], chance, shape)
    return copied


@pytest.mark.parametrize("seed", range(4))
def test_an_example_with_a_value_of_another_shape_has_findings_and_no_crash(seed: int) -> None:
    chance, linted = random.Random(seed), 0
    for path in EXAMPLES:
        with contextlib.suppress(yaml.YAMLError, UnicodeDecodeError):
            documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
            where = chance.randrange(len(documents)) if documents else 0
            documents[where:] = [replaced(each, chance, chance.choice(SHAPES)) for each in documents[where : where + 1]]
            content = yaml.safe_dump_all(documents).encode()
            try:
                lint_and_report(content)
            except Exception as error:
                raise AssertionError(f"{path.name} as\n{content.decode()}") from error
            linted += 1
    assert linted > 600


FOLDER = Path()


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    global FOLDER
    FOLDER = tmp_path_factory.mktemp("robust")


def test_the_command_line_is_as_robust_as_the_functions(aicfg: Command, tmp_path: Path) -> None:
    for number, content in enumerate([b"", b"\xff", b"[" * 200, b"a: *b", *SAMPLES[:3], SAMPLES[0][:200]]):
        (tmp_path / f"{number}.yaml").write_bytes(content)
        for command in (["lint"], ["lint", "--format", "json"], ["render"]):
            status, _, err = aicfg(*command, f"{number}.yaml")
            assert status in (0, 1)
            assert "internal error" not in err


PASSWORD = "Zq7correctHorse9battery"
TOKENS = ["sk-" + "a1B2c3D4" * 4, "AKIA" + "ABCDEFGH12345678", "hf_" + "x1Y2" * 6, "ghp_" + "a1B2c3D4" * 4]
SECRET_KEYS = ["api_key", "header_value", "aws_secret_access_key", "password", "client_secret", "authorization", "auth"]
forms = st.sampled_from(
    [
        lambda secret: secret,
        lambda secret: f"Bearer {secret}",
        lambda secret: [secret],
        lambda secret: {"x": secret},
        lambda secret: {"header_name": "Authorization", "header_valu": secret},
        lambda secret: f"line one\n{secret}\nline three",
        lambda secret: f"${{env:X}}{secret}",
        lambda secret: f"{secret}\x07",
    ]
)


def assert_never_shown(content: bytes, secret: str) -> None:
    run, text, machine = lint_and_report(content)
    assert secret not in text
    assert secret not in machine
    assert secret not in "".join(f"{one.message} {one.hint}" for one in run.report().diagnostics)
    path = FOLDER / "aicfg.yaml"
    path.write_bytes(content)
    assert secret not in "".join(f"{error!s} {error!r} {error.hint}" for error in errors_of(path))


def errors_of(path: Path) -> Iterator[AicfgError]:
    for function in (aicfg.load, aicfg.compile):
        try:
            function(path)
        except AicfgError as error:
            yield error


class TestNoSecretIsShown:
    @times(4)
    @given(bases, edits, st.integers(0, 3), st.integers(0, 10_000), st.sampled_from(SECRET_KEYS), forms)
    def test_under_a_key_that_names_one(
        self, base: Any, changes: Any, style: int, number: int, key: str, form: Any
    ) -> None:
        manifest = edited(base, changes)
        maps = [manifest, *(container[at] for container, at in places(manifest) if isinstance(container[at], dict))]
        maps[number % len(maps)][key] = form(PASSWORD)
        assert_never_shown(written(manifest, style), PASSWORD)

    @times(4)
    @given(bases, edits, st.integers(0, 3), st.integers(0, 10_000), st.sampled_from(TOKENS), st.booleans())
    def test_of_a_known_form_in_any_place(
        self, base: Any, changes: Any, style: int, number: int, token: str, as_key: bool
    ) -> None:
        manifest = edited(base, changes)
        container, at = (everywhere := [*places(manifest), (manifest, "x")])[number % len(everywhere)]
        if as_key and isinstance(container, dict):
            container[token] = container.pop(at, None)
        else:
            container[at] = token
        assert_never_shown(written(manifest, style), token)

    @times(4)
    @given(bases, st.integers(0, 3), st.sampled_from(SECRET_KEYS), forms, damage, damage)
    def test_in_a_text_that_is_broken_before_or_behind_it(
        self, base: Any, style: int, key: str, form: Any, before: Any, behind: Any
    ) -> None:
        base = copy.deepcopy(base)
        base["providers"]["p"] = {**base["providers"]["q"], key: form(PASSWORD)}
        text = written(base, style)
        end = text.index(PASSWORD.encode())
        start, stop = text.rindex(key.encode(), 0, end) - 1, end + len(PASSWORD) + 1
        text = damaged(text[:start], before) + text[start:stop] + damaged(text[stop:], behind)
        try:
            read_bytes(text, "aicfg.yaml")
        except SourceError:
            assert_never_shown(text, PASSWORD)
