"""The language server as an editor meets it, over standard input and output."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server needs pygls: pip install 'aicfg[lsp]'")

from editor import Editor, editor
from lsprotocol import types

import aicfg
from aicfg.fmt import format_bytes
from aicfg.lsp.state import Findings
from aicfg.lsp.workspace import Buffers

GOOD = """\
version: 1
providers:
  mistral:
    type: mistral
    api_key: ${env:MISTRAL_API_KEY}
routes:
  chat:
    provider: mistral
    model: mistral-tiny
"""
TYPO = GOOD.replace("type: mistral\n", "type: mistrall\n")


def played(folder: Path, scene: Callable[[Editor], Awaitable[None]]) -> None:
    """Play a scene with an editor."""

    async def play() -> None:
        async with editor(folder) as client:
            await scene(client)

    asyncio.run(play())


def test_findings_come_as_one_types_and_go_when_they_are_mended(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        client.open("ai.yaml", TYPO)
        [found] = await client.codes("ai.yaml", "P204")
        assert found.severity == types.DiagnosticSeverity.Error
        assert found.source == "aicfg"
        assert '"mistral"' in found.message
        assert found.range == client.range("ai.yaml", TYPO.index("mistrall"), TYPO.index("mistrall") + 8)
        client.change("ai.yaml", "mistrall", "mistral")
        await client.codes("ai.yaml")
        assert client.told[-1].version == 2

    played(tmp_path, scene)


def test_the_findings_are_those_of_lint(tmp_path: Path) -> None:
    text = Path(__file__).parents[2].joinpath("samples", "broken").glob("*.yaml")
    samples = sorted(text)

    async def scene(client: Editor) -> None:
        for path in samples:
            (tmp_path / path.name).write_bytes(path.read_bytes())
            client.open(path.name, path.read_text(encoding="utf-8"))
        for path in samples:
            wanted = [
                (each.code, (each.line or 1) - 1, each.message)
                for each in aicfg.lint(tmp_path / path.name).diagnostics
                if each.file == str(tmp_path / path.name)
            ]
            codes = [each[0] for each in wanted]
            found = await client.codes(path.name, *codes)
            said = [(each.code, each.range.start.line, each.message) for each in found]
            assert [each[:2] for each in said] == [each[:2] for each in wanted]
            assert all(mine[2].startswith(theirs[2]) for mine, theirs in zip(said, wanted, strict=True))
            assert wanted

    played(tmp_path, scene)


def test_settings_and_silencers_count(tmp_path: Path) -> None:
    (tmp_path / "aicfg.toml").write_text('ignore = ["P204", "K104"]\n', encoding="utf-8")
    unused = GOOD.replace("routes:", "  idle: {type: openai, api_key: '${env:KEY}'}\nroutes:")

    async def scene(client: Editor) -> None:
        client.open("typo.yaml", TYPO)
        await client.codes("typo.yaml")
        client.open("unused.yaml", unused)
        [found] = await client.codes("unused.yaml", "M202")
        assert list(found.tags or ()) == [types.DiagnosticTag.Unnecessary]
        client.change("unused.yaml", "KEY}'}", "KEY}'}  # aicfg: ignore[M202] soon")
        await client.codes("unused.yaml")

    played(tmp_path, scene)


def test_settings_that_cannot_be_used_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "aicfg.toml").write_text('edition = "free"\n', encoding="utf-8")

    async def scene(client: Editor) -> None:
        client.open("ai.yaml", GOOD)
        [found] = await client.found("ai.yaml", lambda found: len(found) == 1)
        assert "edition" in found.message

    played(tmp_path, scene)


def test_columns_count_utf_16(tmp_path: Path) -> None:
    text = GOOD.replace("    type: mistral\n", '    {"#": ""}\n').replace('    {"#": ""}\n', "")
    text = text.replace("  mistral:\n", '  mistral: {options: {"😀漢": 1}, type: mistrall,')
    text = text.replace("    api_key: ${env:MISTRAL_API_KEY}\n", ' api_key: "${env:MISTRAL_API_KEY}"}\n')

    async def scene(client: Editor) -> None:
        client.open("ai.yaml", text)
        found = await client.found("ai.yaml", bool)
        (typo,) = (each for each in found if each.code == "P204")
        line = text.splitlines()[2]
        column = line.index("mistrall") + 1  # one sign before it takes two units
        assert (typo.range.start.line, typo.range.start.character, typo.range.end.character) == (2, column, column + 8)
        client.change("ai.yaml", "mistrall", "mistral")
        await client.found("ai.yaml", lambda found: all(each.code != "P204" for each in found))

    played(tmp_path, scene)


def test_only_line_ends_end_lines(tmp_path: Path) -> None:
    text = GOOD.replace("version: 1", 'version: 1\nvariables: {A: "\u2028 \x85 no line ends"}\nname: "${var:A}"')

    async def scene(client: Editor) -> None:
        client.open("ai.yaml", text)
        client.change("ai.yaml", "mistral-tiny", "mistral-tiny\n    optoins: {}")
        found = await client.found("ai.yaml", lambda found: any(each.code == "M101" for each in found))
        (unknown,) = (each for each in found if each.code == "M101")
        assert unknown.range.start == types.Position(11, 4)

    played(tmp_path, scene)


def test_a_broken_text_has_a_finding_and_answers_all_the_same(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        client.open("ai.yaml", GOOD)
        await client.codes("ai.yaml")
        client.change("ai.yaml", "    model: mistral-tiny\n", "    model: 'mistral-tiny\n    opt")
        await client.codes("ai.yaml", "M001")
        hover = await client.client.text_document_hover_async(
            types.HoverParams(client.document("ai.yaml"), client.at("ai.yaml", "ty|pe: mistral"))
        )
        assert hover is not None
        items = await client.client.text_document_completion_async(
            types.CompletionParams(client.document("ai.yaml"), client.at("ai.yaml", "provider: |mistral"))
        )
        assert [each.label for each in items] == ["mistral"]

    played(tmp_path, scene)


def test_unsaved_texts_count_in_the_manifest_that_includes_them(tmp_path: Path) -> None:
    main = GOOD.replace(GOOD[GOOD.index("providers:") : GOOD.index("routes:")], "include: [providers.yaml]\n")
    part = "version: 1\nproviders:\n  mistral: {type: mistral, api_key: '${env:MISTRAL_API_KEY}'}\n"
    (tmp_path / "main.yaml").write_text(main, encoding="utf-8")
    (tmp_path / "providers.yaml").write_text(part.replace("  mistral:", "  other:"), encoding="utf-8")

    async def scene(client: Editor) -> None:
        client.open("main.yaml", main)
        await client.codes("main.yaml", "M201")
        client.open("providers.yaml", part)
        await client.codes("main.yaml")
        await client.codes("providers.yaml")
        client.change("providers.yaml", "  mistral:", "  mistrul:")
        await client.codes("main.yaml", "M201")
        client.change("providers.yaml", "  mistrul:", "  mistral:")
        await client.codes("main.yaml")
        client.close("providers.yaml")
        await client.codes("main.yaml", "M201")

    played(tmp_path, scene)


def test_findings_in_a_file_that_is_not_open_come_and_go_with_the_manifest(tmp_path: Path) -> None:
    part = "version: 1\nproviders:\n  mistral: {type: mistrall, api_key: '${env:MISTRAL_API_KEY}'}\n"
    main = GOOD.replace(GOOD[GOOD.index("providers:") : GOOD.index("routes:")], "include: [providers.yaml]\n")
    (tmp_path / "providers.yaml").write_text(part, encoding="utf-8")

    async def scene(client: Editor) -> None:
        client.open("main.yaml", main)
        await client.codes("providers.yaml", "P204")
        where = types.CompletionParams(client.document("main.yaml"), client.at("main.yaml", "provider: |mistral"))
        assert [each.label for each in await client.client.text_document_completion_async(where)] == ["mistral"]
        client.close("main.yaml")
        await client.codes("providers.yaml")

    played(tmp_path, scene)


def test_a_part_that_is_open_alone_is_looked_at_with_what_includes_it(tmp_path: Path) -> None:
    routes = "version: 1\nroutes:\n  chat: {provider: mistral, model: mistral-tiny}\n"
    main = GOOD[: GOOD.index("routes:")] + "include: parts/routes.yaml\n"
    (tmp_path / "main.yaml").write_text(main, encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/routes.yaml").write_text(routes, encoding="utf-8")

    async def scene(client: Editor) -> None:
        client.open("parts/routes.yaml", routes)
        await client.codes("parts/routes.yaml")
        client.change("parts/routes.yaml", "mistral,", "mistrul,")
        await client.codes("parts/routes.yaml", "M201")
        where = types.DefinitionParams(client.document("parts/routes.yaml"), client.at("parts/routes.yaml", "mistr|ul"))
        assert await client.client.text_document_definition_async(where) == []
        client.change("parts/routes.yaml", "mistrul,", "mistral,")
        where.position = client.at("parts/routes.yaml", "provider: mis|tral,")
        (place,) = await client.client.text_document_definition_async(where)
        assert place.uri == client.uri("main.yaml")
        assert place.range.start == types.Position(2, 2)

    played(tmp_path, scene)


def test_other_yaml_files_get_nothing(tmp_path: Path) -> None:
    text = "services:\n  web: {image: nginx}\nversion: '3'\nname: [broken\n"

    async def scene(client: Editor) -> None:
        client.open("compose.yaml", text)
        await client.codes("compose.yaml")
        params = types.CompletionParams(client.document("compose.yaml"), client.at("compose.yaml", "|services"))
        assert await client.client.text_document_completion_async(params) == []
        where = types.HoverParams(client.document("compose.yaml"), client.at("compose.yaml", "serv|ices"))
        assert await client.client.text_document_hover_async(where) is None

    played(tmp_path, scene)


def test_a_fix_gives_the_fixed_text(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        client.open("ai.yaml", TYPO)
        await client.codes("ai.yaml", "P204")
        found = await client.actions("ai.yaml", "type: mis|trall")
        fix, silence, explain, everything = found
        assert fix.kind == types.CodeActionKind.QuickFix
        assert fix.is_preferred
        assert client.apply(fix.edit) == {"ai.yaml": GOOD}
        silenced = client.apply(silence.edit)["ai.yaml"]
        assert silenced == TYPO.replace("mistrall\n", "mistrall  # aicfg: ignore[P204]\n")
        assert "aicfg.explain" in str(explain.command)
        assert everything.kind == "source.fixAll.aicfg"
        resolved = await client.client.code_action_resolve_async(everything)
        assert client.apply(resolved.edit) == {"ai.yaml": GOOD}
        (whole,) = await client.actions("ai.yaml", "vers|ion", "source.fixAll")
        assert client.apply(whole.edit) == {"ai.yaml": GOOD}

    played(tmp_path, scene)


def test_an_unsafe_fix_says_so(tmp_path: Path) -> None:
    text = GOOD + "    balancing: {algorithm: round-robin}\n"

    async def scene(client: Editor) -> None:
        client.open("ai.yaml", text)
        await client.codes("ai.yaml", "M101")
        rename, *_ = await client.actions("ai.yaml", "balanc|ing", "quickfix")
        assert rename.title == "rename `balancing` to `balancer` (look at the outcome)"
        assert not rename.is_preferred
        assert client.apply(rename.edit) == {"ai.yaml": text.replace("balancing", "balancer")}
        assert await client.actions("ai.yaml", "balanc|ing", "source.fixAll.aicfg") == []

    played(tmp_path, scene)


def test_explaining_a_rule_shows_its_words(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        command = types.ExecuteCommandParams("aicfg.explain", ["P204"])
        await client.client.workspace_execute_command_async(command)
        while not client.messages:
            await client.news.wait()
        assert "unknown-provider" in client.messages[0]

    played(tmp_path, scene)


def test_the_last_of_many_changes_counts(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        client.open("ai.yaml", GOOD)
        for _ in range(20):
            client.change("ai.yaml", "type: mistral\n", "type: mistrall\n")
            client.change("ai.yaml", "type: mistrall\n", "type: mistral\n")
        client.change("ai.yaml", "type: mistral\n", "type: mistrall\n")
        await client.codes("ai.yaml", "P204")
        assert client.told[-1].version == client.versions["ai.yaml"]
        versions = [each.version for each in client.told]
        assert versions == sorted(versions)

    played(tmp_path, scene)


def test_nothing_that_is_said_tells_a_secret(tmp_path: Path) -> None:
    secret = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
    text = GOOD.replace("${env:MISTRAL_API_KEY}", secret)
    broken = text.replace("providers:", "providers: [")
    said: list[object] = []

    async def scene(client: Editor) -> None:
        for name, content in (("ai.yaml", text), ("broken.yaml", broken)):
            client.open(name, content)
            await client.found(name, bool)
            document = client.document(name)
            for where in ("api_|key", "sk-proj|-", "type: mis|tral", "mistral|:"):
                at = client.at(name, where)
                said.append(await client.client.text_document_hover_async(types.HoverParams(document, at)))
                said.append(await client.client.text_document_completion_async(types.CompletionParams(document, at)))
            said.append([each.title for each in await client.actions(name, "api_|key")])
            symbols = types.DocumentSymbolParams(document)
            said.append(await client.client.text_document_document_symbol_async(symbols))
        said.extend(client.told)
        said.extend(client.messages)

    played(tmp_path, scene)
    assert any("S101" in repr(each) for each in said)
    assert "abcdefghijklmnop" not in repr(said)


def test_the_parts_of_a_manifest_make_its_outline(tmp_path: Path) -> None:
    async def scene(client: Editor) -> None:
        client.open("ai.yaml", GOOD)
        params = types.DocumentSymbolParams(client.document("ai.yaml"))
        found = await client.client.text_document_document_symbol_async(params)
        names = {each.name: [inner.name for inner in each.children] for each in found}
        assert names == {"version": [], "providers": ["mistral"], "routes": ["chat"]}

    played(tmp_path, scene)


def test_a_manifest_is_formatted_as_fmt_does_it(tmp_path: Path) -> None:
    text = GOOD.replace(
        "    provider: mistral\n    model: mistral-tiny\n", "    model:   'mistral-tiny' # 😀\n    provider: mistral\n"
    )

    async def scene(client: Editor) -> None:
        for name, content in (("ai.yaml", text), ("broken.yaml", text + "  ]"), ("other.yaml", "b:   1\na: 2\n")):
            client.open(name, content)
            options = types.FormattingOptions(2, insert_spaces=True)
            params = types.DocumentFormattingParams(client.document(name), options)
            edits = list(await client.client.text_document_formatting_async(params) or ())
            if name == "ai.yaml":
                edit = types.WorkspaceEdit(changes={client.uri(name): edits})
                wanted = format_bytes(text.encode(), name)
                assert wanted is not None
                assert client.apply(edit) == {name: wanted.decode()}
                assert wanted.decode() != text
            else:
                assert edits == []

    played(tmp_path, scene)


def test_json_is_read_too(tmp_path: Path) -> None:
    data = {"_format_version": "3.0", "plugins": [{"name": "ai-proxy", "config": {"route_typ": "llm/v1/chat"}}]}

    async def scene(client: Editor) -> None:
        client.open("kong.json", json.dumps(data, indent=2))
        found = await client.found("kong.json", bool)
        assert "K101" in {each.code for each in found}

    played(tmp_path, scene)


def test_what_was_found_in_a_text_that_has_changed_since_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from aicfg.lsp.server import Server
    from aicfg.lsp.state import State

    uri, sent = "untitled:one", []
    server = Server()

    def typed_meanwhile(buffers: Buffers) -> dict[str, Findings]:
        found = State().refresh(buffers)
        server.put(uri, GOOD, 2)
        return found

    monkeypatch.setattr(Server, "encoding", "utf-16")
    monkeypatch.setattr(Server, "text_document_publish_diagnostics", lambda self, params: sent.append(params))
    monkeypatch.setattr(server.state, "refresh", typed_meanwhile)
    server.put(uri, TYPO, 1)
    asyncio.run(server.publish())
    assert sent == []
    monkeypatch.undo()
    monkeypatch.setattr(Server, "encoding", "utf-16")
    monkeypatch.setattr(Server, "text_document_publish_diagnostics", lambda self, params: sent.append(params))
    asyncio.run(server.publish())
    assert [(each.version, list(each.diagnostics)) for each in sent] == [(2, [])]


def test_a_bug_tells_nothing_of_the_text(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    from aicfg.lsp.server import guarded

    def fails(params: str) -> None:
        raise ValueError(params)

    assert guarded(fails)("sk-secret") is None
    assert "internal error (ValueError)" in (said := capfd.readouterr().err)
    assert "sk-secret" not in said
