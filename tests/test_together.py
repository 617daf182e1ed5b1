"""Files that are linted in one run: decK's numbered files know each other, unrelated ones leave each other alone."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from aicfg.cli import cli

SERVICES = """\
_format_version: "3.0"
services:
- name: ai
  url: http://localhost:32000
  routes:
  - {name: chat, paths: [/chat], protocols: [http, https]}
"""
PLUGINS = """\
_format_version: "3.0"
plugins:
- {name: ai-prompt-guard, route: chat, consumer: alice, config: {deny_patterns: ["(?i)password"]}}
"""
CONSUMERS = """\
_format_version: "3.0"
consumers:
- {username: alice}
"""
OTHER_AI = """\
_format_version: "3.0"
services:
- {name: ai, url: "http://localhost:32001"}
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name.lstrip('_').replace('_', '-')}.yaml").write_text(text)


def said(*paths: Path) -> list[str]:
    """`file: code` of each error."""
    result = CliRunner().invoke(cli, ["lint", "--isolated", "--format", "concise", "--quiet", *map(str, paths)])
    found = [line for line in result.output.splitlines() if "error[" in line]
    return [f"{Path(line.split(':')[0]).stem}: {line.split('error[')[1][:4]}" for line in found]


def test_what_a_file_refers_to_may_be_in_another(tmp_path: Path) -> None:
    write(tmp_path, services=SERVICES, plugins=PLUGINS, consumers=CONSUMERS)
    assert said(tmp_path) == []
    assert said(*sorted(tmp_path.glob("*.yaml"))) == []
    assert said(tmp_path / "plugins.yaml") == ["plugins: M302", "plugins: M302"]


def test_what_no_file_has_is_still_missing(tmp_path: Path) -> None:
    write(tmp_path, services=SERVICES, plugins=PLUGINS.replace("route: chat", "route: chta"), consumers=CONSUMERS)
    assert said(tmp_path) == ["plugins: M302"]


def test_unrelated_files_may_have_the_same_names(tmp_path: Path) -> None:
    write(tmp_path, dev=SERVICES, prod=SERVICES)
    assert said(tmp_path) == []
    write(tmp_path, dev=SERVICES + PLUGINS.partition("\n")[2].replace("consumer: alice, ", ""))
    assert said(tmp_path) == []


def test_files_of_which_one_refers_to_the_other_are_one_state(tmp_path: Path) -> None:
    plugins = PLUGINS.replace("consumer: alice, ", "") + OTHER_AI.partition("\n")[2]
    write(tmp_path, services=SERVICES, plugins=plugins)
    assert said(tmp_path) == ["services: M316"]


ON_CHAT = PLUGINS.replace("consumer: alice, ", "")


def test_numbered_files_of_a_folder_are_one_state_if_one_needs_another(tmp_path: Path) -> None:
    write(tmp_path, _01_services=SERVICES, _02_more=OTHER_AI, _03_plugins=ON_CHAT, other=OTHER_AI)
    assert said(tmp_path) == ["02-more: M316"]


def test_numbered_files_that_need_nothing_of_each_other_are_not(tmp_path: Path) -> None:
    write(tmp_path, _01_services=SERVICES, _02_more=OTHER_AI, _03_again=SERVICES)
    assert said(tmp_path) == []


def test_numbered_files_for_other_control_planes_are_not(tmp_path: Path) -> None:
    planes = [f"_konnect: {{control_plane_name: {name}}}\n" for name in ("one", "two")]
    write(tmp_path, _01_services=SERVICES + planes[0], _02_more=OTHER_AI + planes[1], _03_plugins=ON_CHAT + planes[0])
    assert said(tmp_path) == []


def test_a_fix_knows_the_other_files(tmp_path: Path) -> None:
    plugins = PLUGINS.replace("consumer: alice, ", "").replace("route: chat", "route: chat-2")
    write(tmp_path, services=SERVICES, plugins=plugins, more=SERVICES.replace("chat", "chat-2").replace("ai", "ai-2"))
    CliRunner().invoke(cli, ["lint", "--isolated", "--fix", "--unsafe-fixes", str(tmp_path)])
    assert "route: chat-2" in (tmp_path / "plugins.yaml").read_text()
    (tmp_path / "plugins.yaml").write_text(plugins.replace("chat-2", "chta-2"))
    CliRunner().invoke(cli, ["lint", "--isolated", "--fix", "--unsafe-fixes", str(tmp_path)])
    assert "route: chat-2" in (tmp_path / "plugins.yaml").read_text()
