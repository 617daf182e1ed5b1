"""`aicfg render` as a command: targets and their options, --check, --templates, secrets in plain text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

Write = Callable[..., str]

CLEAN = """\
version: 1
name: team
providers: {p: {type: openai, api_key: "${env:OPENAI_KEY}"}}
routes: {chat: {provider: p, model: gpt-4o}}
"""


@pytest.fixture
def rendered(aicfg: Command, manifest: Write, tmp_path: Path) -> Path:
    """A folder with an up-to-date `kong.yaml`, rendered from `aicfg.yaml`."""
    assert aicfg("render", manifest(CLEAN), "-o", "kong.yaml").status == 0
    return tmp_path


class TestCheck:
    def test_what_is_up_to_date_passes_in_silence(self, aicfg: Command, rendered: Path) -> None:
        assert aicfg("render", "aicfg.yaml", "-o", "kong.yaml", "--check") == (0, "", "")

    def test_what_is_stale_fails_with_a_diff_and_stays_as_it_is(self, aicfg: Command, rendered: Path) -> None:
        file = rendered / "kong.yaml"
        old = file.read_text().replace("name: gpt-4o", "name: gpt-4")
        file.write_text(old)
        status, out, err = aicfg("render", "aicfg.yaml", "-o", "kong.yaml", "--check")
        assert status == 1
        assert "-                name: gpt-4\n+                name: gpt-4o\n" in out
        assert err == "1 file is not up to date: render again without --check\n"
        assert file.read_text() == old

    def test_a_file_that_is_not_there_is_stale(self, aicfg: Command, rendered: Path) -> None:
        status, out, _ = aicfg("render", "aicfg.yaml", "--to", "all", "-o", "out/", "--check")
        assert status == 1
        assert "--- /dev/null\n+++ out/deck/kong.yaml\n" in out
        assert not (rendered / "out").exists()

    def test_a_secret_in_the_stale_file_is_not_shown(self, aicfg: Command, rendered: Path) -> None:
        file = rendered / "kong.yaml"
        file.write_text(file.read_text().replace('${{ env "DECK_OPENAI_KEY" }}', "correct-horse-battery"))
        status, out, _ = aicfg("render", "aicfg.yaml", "-o", "kong.yaml", "--check")
        assert status == 1
        assert "-                header_value: 'Bearer *****" in out
        assert "horse" not in out

    @pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0c"])
    def test_nor_one_in_a_line_that_other_tools_would_break(
        self, separator: str, aicfg: Command, rendered: Path
    ) -> None:
        file = rendered / "kong.yaml"
        secret = f'"Bearer correct-horse-battery{separator}staple"'
        text = file.read_text().replace("'Bearer ${{ env \"DECK_OPENAI_KEY\" }}'", secret)
        file.write_bytes(text.encode())
        status, out, _ = aicfg("render", "aicfg.yaml", "-o", "kong.yaml", "--check")
        assert status == 1
        assert "-                header_value: " in out
        assert "horse" not in out
        assert "staple" not in out

    def test_a_missing_end_of_line_is_a_difference(self, aicfg: Command, rendered: Path) -> None:
        file = rendered / "kong.yaml"
        file.write_text(file.read_text().rstrip("\n"))
        status, out, _ = aicfg("render", "aicfg.yaml", "-o", "kong.yaml", "--check")
        assert status == 1
        assert "\\ No newline at end of file\n" in out

    def test_it_needs_files_to_compare_with(self, aicfg: Command, rendered: Path) -> None:
        status, _, err = aicfg("render", "aicfg.yaml", "--check")
        assert status == 2
        assert "name them with -o" in err


class TestAll:
    def test_every_target_gets_a_folder(self, aicfg: Command, rendered: Path) -> None:
        from aicfg.render import targets

        assert aicfg("render", "aicfg.yaml", "--to", "all", "-o", "out/").status == 0
        assert {path.name for path in (rendered / "out").iterdir()} == set(targets())
        assert (rendered / "out" / "deck" / "kong.yaml").read_text() == (rendered / "kong.yaml").read_text()

    def test_several_can_be_named(self, aicfg: Command, rendered: Path) -> None:
        assert aicfg("render", "aicfg.yaml", "--to", "deck,kubernetes", "--namespace", "ai", "-o", "out/").status == 0
        assert {path.name for path in (rendered / "out").iterdir()} == {"deck", "kubernetes"}
        status, _, err = aicfg("render", "aicfg.yaml", "--to", "deck,dbless", "--namespace", "ai", "-o", "out/")
        assert status == 2
        assert "these targets have no such option: namespace" in err

    def test_what_one_of_them_cannot_say_writes_none(self, aicfg: Command, manifest: Write, tmp_path: Path) -> None:
        line = CLEAN.replace("model: gpt-4o", 'model: gpt-4o, decorate: {prepend: ["${env:COMPANY}"]}')
        status, _, err = aicfg("render", manifest(line), "--to", "all", "-o", "out/")
        assert status == 1
        assert "error[M401]" in err
        assert not (tmp_path / "out").exists()

    def test_it_needs_a_folder(self, aicfg: Command, rendered: Path) -> None:
        status, out, err = aicfg("render", "aicfg.yaml", "--to", "all")
        assert (status, out) == (2, "")
        assert "files to write: name a folder with -o, such as -o out/" in err


class TestTemplates:
    def write(self, root: Path, name: str, text: str) -> None:
        (root / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "mine" / name).write_text(text)

    def render(self, aicfg: Command, target: str) -> tuple[int, str, str]:
        return aicfg("render", "aicfg.yaml", "--to", target, "--templates", "mine")

    def test_one_of_yours_replaces_one_of_aicfgs(self, aicfg: Command, rendered: Path) -> None:
        self.write(rendered, "deck/kong.yaml.j2", "# made by aicfg, do not edit\n{{ state | yaml }}")
        status, out, err = self.render(aicfg, "deck")
        assert (status, err) == (0, "")
        assert out == "# made by aicfg, do not edit\n" + (rendered / "kong.yaml").read_text()

    def test_a_folder_of_another_name_is_a_target(self, aicfg: Command, rendered: Path) -> None:
        text = "{% for route in routes %}{{ route.name | sh }} {{ route.paths | json }}\n{% endfor %}"
        self.write(rendered, "listing/routes.txt.j2", text)
        assert self.render(aicfg, "listing") == (0, 'chat ["~/chat$"]\n', "")

    def test_terraform_has_a_filter_of_its_own(self, aicfg: Command, rendered: Path) -> None:
        self.write(rendered, "own/main.tf.j2", "locals {\n  auth = {{ plugins[0].config.auth | hcl }}\n}\n")
        status, out, _ = self.render(aicfg, "own")
        assert status == 0
        assert 'header_value = "Bearer ${var.openai_key}"' in out

    def test_references_take_the_form_that_the_template_asks_for(self, aicfg: Command, rendered: Path) -> None:
        self.write(
            rendered, "env/env.yaml.j2", "{{ plugins[0].config.auth | yaml(env='<%s>') }}{{ variables | json }}\n"
        )
        status, out, _ = self.render(aicfg, "env")
        assert status == 0
        assert out == "header_name: Authorization\nheader_value: 'Bearer <OPENAI_KEY>'\n[\"OPENAI_KEY\"]\n"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{{ state.services[0].name }}", "prints a text as it is"),
            ("{{ nothing | yaml }}", "'nothing' is undefined"),
            ("{% if %}", "Expected an expression"),
            ("{{ ''.__class__.__mro__ | json }}", "unsafe"),
            ("{% include '../../aicfg.yaml' %}", "there is no template"),
            ("{% include '/etc/passwd' %}", "there is no template"),
            ("{{ state | nosuch }}", "No filter named 'nosuch'"),
            ("{{ 1 // 0 }}", "by zero"),
        ],
    )
    def test_a_template_that_cannot_be_used_is_an_error(
        self, text: str, message: str, aicfg: Command, rendered: Path
    ) -> None:
        self.write(rendered, "mine/a.txt.j2", f"first line\n{text}\n")
        status, out, err = self.render(aicfg, "mine")
        assert (status, out) == (2, "")
        assert message in err
        if "no template" not in message:
            assert "mine/mine/a.txt.j2:2" in err

    def test_a_target_without_templates_is_an_error(self, aicfg: Command, rendered: Path) -> None:
        (rendered / "mine" / "empty").mkdir(parents=True)
        status, _, err = self.render(aicfg, "empty")
        assert status == 2
        assert "a template is a file that ends in .j2" in err


class TestPlaintextSecrets:
    SECRET = CLEAN.replace("${env:OPENAI_KEY}", "sk-proj-abcdefghijklmnopqrstuvwx")

    def test_one_stops_the_render(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("render", manifest(self.SECRET))
        assert (status, out) == (1, "")
        assert "error[S101]" in err
        assert "sk-proj-abc" not in err

    def test_it_goes_through_when_asked_for(self, aicfg: Command, manifest: Write) -> None:
        status, out, err = aicfg("render", manifest(self.SECRET), "--allow-plaintext-secrets")
        assert status == 0
        assert "sk-proj-abcdefghijklmnopqrstuvwx" in out
        assert "error[S101]" in err

    def test_other_errors_still_stop_it(self, aicfg: Command, manifest: Write) -> None:
        text = self.SECRET.replace("model:", "modle:")
        assert aicfg("render", manifest(text), "--allow-plaintext-secrets").status == 1


def test_an_option_of_another_target_is_refused(aicfg: Command, rendered: Path) -> None:
    assert aicfg("render", "aicfg.yaml", "--to", "deck", "--namespace", "ai") == (
        2,
        "",
        "error: the target deck has no such option: namespace\n  = help: it is for kubernetes\n",
    )
