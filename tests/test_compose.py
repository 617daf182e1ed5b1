"""Manifests from several files and environments: what merges, what contradicts, and how it is asked for."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from composing import CHAT, HEAD, Put, config_of, routes_of
from conftest import Command
from hypothesis import given
from hypothesis import strategies as st

import aicfg as public


class TestSeveralFiles:
    def test_that_are_given_together_make_one_manifest(self, put: Put, rendered: Any) -> None:
        put({"base.yaml": HEAD, "team.yaml": "version: 1\nroutes: {chat: {provider: p, model: gpt-4o}}\n"})
        assert list(routes_of(rendered("base.yaml", "team.yaml"))) == ["chat"]

    def test_that_are_included_belong_to_the_manifest(self, put: Put, rendered: Any) -> None:
        put(
            {
                "all.yaml": "version: 1\ninclude: [providers.yaml, routes/chat.yaml]\n",
                "providers.yaml": HEAD,
                "routes/chat.yaml": "version: 1\ninclude: more/mini.yaml\nroutes: {chat: {provider: p, model: gpt}}\n",
                "routes/more/mini.yaml": "version: 1\nroutes: {mini: {provider: p, model: gpt-4o-mini}}\n",
            }
        )
        assert list(routes_of(rendered("all.yaml"))) == ["chat", "mini"]

    def test_are_linted_each_on_its_own(self, put: Put, found: Any) -> None:
        put({"base.yaml": HEAD, "team.yaml": "version: 1\nroutes: {chat: {provider: p, model: gpt-4o}}\n"})
        assert found("base.yaml", "team.yaml") == [("M202", "base.yaml", 3), ("M201", "team.yaml", 2)]

    def test_string_their_plugins_together(self, put: Put) -> None:
        put(
            {
                "a.yaml": CHAT + "include: [b.yaml, c.yaml]\nplugins: [{name: prometheus}]\n",
                "b.yaml": "version: 1\nplugins: [{name: file-log, config: {path: x}}, {name: cors}]\n",
                "c.yaml": "version: 1\nplugins:\n",
            }
        )
        document = public.load("a.yaml").document
        assert [plugin["name"] for plugin in document.data["plugins"]] == ["prometheus", "file-log", "cors"]
        where, path = document.stands_at(("plugins", 2, "name"))
        assert (where.file, path) == ("b.yaml", ("plugins", 1, "name"))

    @pytest.mark.parametrize(
        ("first", "second", "line"),
        [
            ("routes: {chat: {provider: p}}", "routes: {chat: {provider: p}}", 2),
            ("routes:\n  a: {}\n  chat: {provider: p}", "routes:\n  chat: {}", 4),
            ("vaults: {v: {backend: env}}", "vaults: {v: {backend: aws}}", 2),
            ("redis: {v: {host: a}}", "redis: {v: {host: a}}", 2),
            ("services: {s: {url: 'http://a'}}", "services: {s: {url: 'http://a'}}", 2),
            ("consumers: {c: {}}", "consumers: {c: {}}", 2),
            ("consumer_groups: {c: {}}", "consumer_groups: {c: {}}", 2),
            ("name: a", "name: b", 2),
            ("service: {retries: 1}", "service: {retries: 2}", 2),
            ("gateway: {version: '3.10'}", "gateway: {version: '3.11'}", 2),
            ("defaults: {options: {top_k: 1}}", "defaults: {options: {top_k: 2}}", 2),
            ("defaults: {tags: [a]}", "defaults: {tags: [a, b]}", 2),
            ("variables: {A: 1}", "variables: {A: '1'}", 2),
            ("environments: {e: {name: a}}", "environments: {e: {name: b}}", 2),
            ("environments: {e: {name: null}}", "environments: {e: {name: b}}", 2),
            ("environments: {e: {routes: {r: {}}}}", "environments: {e: {routes: {r: {}}}}", 2),
        ],
    )
    def test_may_not_contradict_each_other(self, put: Put, aicfg: Command, first: str, second: str, line: int) -> None:
        put({"a.yaml": f"version: 1\n{first}\n", "b.yaml": f"version: 1\n{second}\n"})
        put({"all.yaml": "version: 1\ninclude: [a.yaml, b.yaml]\n"})
        (finding,) = (one for one in public.lint("all.yaml").diagnostics if one.code == "M224")
        assert (finding.file, finding.line) == ("b.yaml", line if "a: {}" not in first else 3)
        assert f"a.yaml:{line}" in finding.message

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("name: a", "name: a"),
            ("name: a", "name: "),
            ("gateway: {version: '3.11'}", "gateway: {version: '3.11', edition: enterprise}"),
            ("service: {retries: 1}", "service: {read_timeout: 1000}"),
            ("routes: ", "routes: {chat: {provider: p, model: x}}"),
            ("defaults: {tags: [a]}", "defaults: {tags: [a], options: {top_k: 2}}"),
            ("variables: {A: 1}", "variables: {A: 1}"),
            ("variables: {A: }", "variables: {A: 1}"),
            ("environments: {e: {routes: {r: null}}}", "environments: {e: {routes: {r: null}}}"),
            ("environments: {e: {name: a}}", "environments: {e: {service: {retries: 2}}, f: {}}"),
        ],
    )
    def test_may_agree_and_complete_each_other(self, put: Put, first: str, second: str, tmp_path: Path) -> None:
        put({"a.yaml": f"version: 1\n{first}\n", "b.yaml": f"version: 1\n{second}\n"})
        report = public.lint(str(tmp_path / "a.yaml"), select=["M224"])
        assert report.ok
        with_both = {"all.yaml": "version: 1\ninclude: [a.yaml, b.yaml]\n"}
        put(with_both)
        assert public.lint(str(tmp_path / "all.yaml"), select=["M224"]).diagnostics == ()

    def test_each_say_the_version_of_the_language(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "include: b.yaml\n", "b.yaml": "providers: {}\n", "c.yaml": CHAT + "include: d.yaml\n"})
        put({"d.yaml": "version: 2\n"})
        assert found("a.yaml") == [("M103", "b.yaml", 1)]
        assert found("c.yaml") == [("M104", "d.yaml", 1)]

    def test_are_each_checked_at_their_own_lines(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT + "include: b.yaml\nrotues: {}\n",
                "b.yaml": "version: 1\nversion: 1\nroutes:\n  b: {provider: p, modle: y}\n  c: {provider: q}\n",
            }
        )
        assert found("a.yaml") == [
            ("M101", "a.yaml", 7),
            ("M003", "b.yaml", 2),
            ("M101", "b.yaml", 4),
            ("M201", "b.yaml", 5),
        ]

    def test_a_section_that_is_no_map_is_told_once(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "include: b.yaml\n", "b.yaml": "version: 1\nproviders: []\n"})
        assert found("a.yaml") == [("M102", "b.yaml", 2)]

    def test_an_included_provider_may_be_for_other_manifests(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT + "include: b.yaml\n",
                "b.yaml": "version: 1\nproviders: {q: {type: openai, api_key: '${env:Q}'}}\n",
            }
        )
        assert found("a.yaml") == []

    def test_kong_files_are_no_part_of_a_manifest(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": CHAT, "kong.yaml": "_format_version: '3.0'\nservices: []\n"})
        outcome = aicfg("render", "a.yaml", "kong.yaml")
        assert (outcome.status, outcome.out) == (2, "")
        assert "kong.yaml: this is no manifest" in outcome.err


class TestEnvironments:
    MANIFEST = f"""{CHAT}  debug: {{provider: p, model: gpt-4o-mini}}
defaults: {{options: {{max_tokens: 512}}}}
environments:
  dev:
    routes: {{chat: {{model: gpt-4o-mini, options: {{temperature: 0.5}}}}}}
  prod:
    name: team
    providers: {{p: {{api_key: "${{env:PROD_KEY}}"}}}}
    routes: {{debug: null, chat: {{tags: [prod], options: {{max_tokens: null}}}}}}
"""

    def test_without_one_the_base_is_rendered(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": self.MANIFEST})
        routes = routes_of(rendered("a.yaml"))
        assert list(routes) == ["chat", "debug"]
        assert config_of(routes["chat"])["model"]["options"] == {"max_tokens": 512}

    def test_maps_merge_and_other_values_replace(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": self.MANIFEST})
        model = config_of(routes_of(rendered("a.yaml", "--env", "dev"))["chat"])["model"]
        assert model == {
            "provider": "openai",
            "name": "gpt-4o-mini",
            "options": {"max_tokens": 512, "temperature": 0.5},
        }

    def test_null_removes_an_entry_and_what_would_be_inherited(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": self.MANIFEST})
        state = rendered("a.yaml", "--env", "prod")
        routes = routes_of(state)
        assert list(routes) == ["chat"]
        assert routes["chat"]["tags"] == ["prod"]
        assert "options" not in config_of(routes["chat"])["model"]
        assert "PROD_KEY" in config_of(routes["chat"])["auth"]["header_value"]
        assert state["_info"] == {"select_tags": ["team"]}

    def test_null_leaves_nothing_where_nothing_is_inherited(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": CHAT + "service: {read_timeout: 5000}\nenvironments: {e: {service: {read_timeout: null}}}\n"})
        assert "read_timeout" not in rendered("a.yaml", "--env", "e")["services"][0]

    def test_lists_of_targets_are_replaced_and_findings_lead_into_them(
        self, put: Put, rendered: Any, found: Any
    ) -> None:
        targets = "targets: [{provider: p, model: a, weight: 1}, {provider: p, model: b, weight: 2}]"
        text = CHAT.replace("provider: p, model: gpt-4o", targets)
        text += "environments:\n  e: {routes: {chat: {targets: [{provider: p, model: c}]}}}\n"
        put({"a.yaml": text, "b.yaml": text.replace("model: c", "model: c, weight: 0")})
        models = [
            target["model"]["name"]
            for target in config_of(routes_of(rendered("a.yaml", "--env", "e"))["chat"])["targets"]
        ]
        assert models == ["c"]
        assert found("b.yaml", "--select", "K") == [("K105", "b.yaml", 7)]

    def test_may_add_entries(self, put: Put, rendered: Any) -> None:
        put({"a.yaml": CHAT + "environments: {e: {routes: {more: {provider: p, model: x}}}}\n"})
        assert list(routes_of(rendered("a.yaml", "--env", "e"))) == ["chat", "more"]

    def test_lists_are_replaced_whole(self, put: Put) -> None:
        put({"a.yaml": CHAT + "plugins: [{name: cors}]\nenvironments: {e: {plugins: [{name: file-log}]}}\n"})
        assert public.load("a.yaml", env="e").document.data["plugins"] == [{"name": "file-log"}]

    def test_an_included_file_may_say_its_part_of_one(self, put: Put, rendered: Any) -> None:
        put(
            {
                "a.yaml": HEAD + "include: b.yaml\nenvironments: {prod: {name: team}}\n",
                "b.yaml": "version: 1\nroutes: {chat: {provider: p, model: x}}\n"
                "environments: {prod: {routes: {chat: {model: w}}}}\n",
            }
        )
        state = rendered("a.yaml", "--env", "prod")
        assert state["_info"] == {"select_tags": ["team"]}
        assert config_of(routes_of(state)["chat"])["model"]["name"] == "w"

    @pytest.mark.parametrize(
        ("name", "hint"),
        [("prd", 'it has dev and prod: did you mean "prod"?'), ("qqq", "it has dev and prod\n")],
    )
    @pytest.mark.parametrize("command", ["lint", "render"])
    def test_one_that_there_is_not_is_an_error_that_lists_them(
        self, put: Put, aicfg: Command, name: str, hint: str, command: str
    ) -> None:
        put({"a.yaml": self.MANIFEST})
        outcome = aicfg(command, "a.yaml", "--env", name)
        assert outcome.status == 2
        assert f'a.yaml: the manifest has no environment "{name}"' in outcome.err
        assert hint in outcome.err

    @pytest.mark.parametrize("command", ["lint", "render"])
    def test_of_a_manifest_without_any(self, put: Put, aicfg: Command, command: str) -> None:
        put({"a.yaml": CHAT})
        outcome = aicfg(command, "a.yaml", "--env", "prod")
        assert (outcome.status, outcome.out) == (2, "")
        assert "it has none at all: define it under `environments`" in outcome.err

    def test_lint_checks_the_base_and_each_of_them(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": f"{CHAT}environments:\n"
                "  one: {routes: {chat: {provider: nowhere}}}\n"
                "  two: {routes: {chat: {options: {top_p: 256}}}}\n"
                "  three:\n"
            }
        )
        assert found("a.yaml") == [("M201", "a.yaml", 7), ("K105", "a.yaml", 8)]
        assert found("a.yaml", "--env", "two") == [("K105", "a.yaml", 8)]
        assert found("a.yaml", "--env", "three") == []

    def test_what_is_wrong_in_all_of_them_is_told_once(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace("gpt-4o}", "x, options: {top_p: 7}}")
                + "environments: {a: {name: a}, b: {name: b}}\n"
            }
        )
        assert found("a.yaml") == [("K105", "a.yaml", 5)]

    def test_what_is_wrong_in_all_of_them_is_told_once_whatever_is_advised(self, put: Put, found: Any) -> None:
        text = CHAT.replace("provider: p", "provider: pq") + "environments: {e: {providers: {pqr: {type: cohere}}}}\n"
        put({"a.yaml": text})
        assert found("a.yaml", "--select", "M201") == [("M201", "a.yaml", 5)]

    def test_a_provider_for_one_of_them_is_used(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace(
                    "routes:",
                    '  q: {type: cohere, api_key: "${env:Q}"}\n  r: {type: cohere, api_key: "${env:R}"}\nroutes:',
                )
                + "environments: {e: {routes: {chat: {provider: q}}}}\n"
            }
        )
        assert found("a.yaml") == [("M202", "a.yaml", 5)]
        assert found("a.yaml", "--env", "e") == []

    def test_a_required_key_that_is_removed_is_missed_where_it_is_removed(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "environments:\n  e: {providers: {p: {type: null}}}\n"})
        assert found("a.yaml") == [("M102", "a.yaml", 7)]

    def test_a_new_provider_needs_what_every_provider_needs(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "environments:\n  e:\n    providers:\n      q: {api_key: x}\n"})
        assert ("M103", "a.yaml", 9) in found("a.yaml")

    def test_removing_nothing_is_a_warning(self, put: Put, aicfg: Command) -> None:
        put({"a.yaml": CHAT + "environments: {e: {routes: {chatt: null}}}\n"})
        outcome = aicfg("lint", "a.yaml")
        assert outcome.status == 0
        assert 'warning[M229]: there is no route "chatt" to remove' in outcome.out
        assert 'did you mean "chat"?' in outcome.out

    def test_each_block_is_checked_at_its_own_lines(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "environments:\n  e:\n    rotues: {}\n    name: [a]\n  f: 5\n"})
        assert found("a.yaml") == [("M101", "a.yaml", 8), ("M102", "a.yaml", 9), ("M102", "a.yaml", 10)]

    def test_there_may_be_a_hundred(self, put: Put, found: Any) -> None:
        put({"a.yaml": CHAT + "environments:\n" + "".join(f"  e{number}: {{}}\n" for number in range(101))})
        assert found("a.yaml") == [("M223", "a.yaml", 107)]

    def test_a_folder_is_linted_whether_each_manifest_in_it_has_the_environment_or_not(
        self, put: Put, aicfg: Command, found: Any
    ) -> None:
        put(
            {
                "a.yaml": CHAT,
                "b.yaml": CHAT + "environments:\n  prod: {routes: {chat: {provider: q}}}\n  dev: {rotues: 1}\n",
            }
        )
        put({"c.yaml": CHAT + "environments: {dev: {rotues: 1}}\n"})
        assert found(".", "--env", "prod") == [("M201", "b.yaml", 7)]
        outcome = aicfg("lint", ".", "--env", "prd")
        assert outcome.status == 2
        assert 'no manifest has the environment "prd"' in outcome.err

    def test_one_may_choose_the_gateway(self, put: Put, found: Any) -> None:
        put(
            {
                "a.yaml": CHAT.replace("gpt-4o}", "x, route_type: llm/v1/embeddings}")
                + "environments:\n  old: {gateway: {version: '3.10'}}\n  new: {gateway: {version: 3.11}}\n"
            }
        )
        assert {code for code, _, _ in found("a.yaml", "--env", "new")} == set()
        assert "V110" in {code for code, _, _ in found("a.yaml")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", "yes"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), JSON)
ROUTES = st.dictionaries(st.sampled_from("xyz"), st.fixed_dictionaries({"plugin_config": MAPS}))
VAULTS = st.dictionaries(st.sampled_from("xyz"), st.fixed_dictionaries({"backend": st.just("env"), "config": MAPS}))
REMOVED = st.sets(st.sampled_from("xyz"))


def merged(base: Any, patch: Any, nulls_stay: bool = False) -> Any:
    """What merging means, in as few words as possible."""
    if not isinstance(patch, dict) or (nulls_stay and not isinstance(base, dict)):
        return copy.deepcopy(patch)
    base = base if isinstance(base, dict) else {}
    result = {**base, **{key: merged(base.get(key), value, nulls_stay) for key, value in patch.items()}}
    return {key: value for key, value in result.items() if nulls_stay or key not in patch or patch[key] is not None}


@given(base=ROUTES, patch=ROUTES, vaults=VAULTS, more_vaults=VAULTS, removed=REMOVED)
def test_an_environment_merges_as_plain_maps_do(
    tmp_path_factory: pytest.TempPathFactory, base: Any, patch: Any, vaults: Any, more_vaults: Any, removed: set[str]
) -> None:
    file = tmp_path_factory.mktemp("merge") / "a.json"
    whole = {"version": 1, "routes": base, "vaults": vaults}
    environment = {"routes": {**patch, **dict.fromkeys(removed)}, "vaults": {**more_vaults, **dict.fromkeys(removed)}}
    file.write_text(json.dumps({**whole, "environments": {"e": environment}}))
    document = public.load(file, env="e").document
    kept = {name: entry for name, entry in base.items() if name not in removed}
    added = {name: entry for name, entry in patch.items() if name not in removed}
    expected = {
        name: merged(base.get(name), added[name], True) if name in added else kept[name] for name in kept | added
    }
    assert document.data["routes"] == expected
    assert document.data["vaults"] == merged(vaults, environment["vaults"])
    for path, text in document.texts():
        where, at = document.stands_at(path)
        assert where.source_text(at) == json.dumps(text)
    assert {key: public.load(file).document.data[key] for key in whole} == whole


class TestThePublicApi:
    FILES: Mapping[str, str] = {
        "a.yaml": HEAD + "variables: {M: gpt-4o}\nenvironments: {e: {variables: {M: gpt-4}}}\n",
        "b.yaml": "version: 1\nroutes: {chat: {provider: p, model: '${var:M}'}}\n",
    }

    def test_takes_several_paths_an_environment_and_variables(self, put: Put, tmp_path: Path) -> None:
        put(self.FILES)
        paths = [tmp_path / "a.yaml", str(tmp_path / "b.yaml")]
        for chosen, name in (({}, "gpt-4o"), ({"env": "e"}, "gpt-4"), ({"env": "e", "variables": {"M": "m"}}, "m")):
            assert public.load(paths, **chosen).routes["chat"].model == name
            (route,) = public.compile(tuple(paths), **chosen).all_routes()
            assert route.plugins[0].config["model"]["name"] == name
            assert f"name: {name}\n" in public.render(paths, "deck", **chosen)["kong.yaml"]

    def test_lint_takes_an_environment_and_variables(self, put: Put, tmp_path: Path) -> None:
        put(
            {
                "a.yaml": CHAT.replace("gpt-4o}", "x, options: {top_p: '${var:P}'}}")
                + "variables: {P: 1}\nenvironments: {e: {}}\n"
            }
        )
        assert public.lint(tmp_path / "a.yaml", env="e").ok
        assert not public.lint(tmp_path / "a.yaml", env="e", variables={"P": 7}).ok

    @pytest.mark.parametrize(
        "chosen",
        [{"env": "f"}, {"variables": {"N": 1}}, {"variables": {"M": [1]}}, {"env": "e", "variables": {"N": "x"}}],
    )
    @pytest.mark.parametrize(
        "function", [public.load, public.compile, public.lint, lambda *a, **k: public.render(*a, "deck", **k)]
    )
    def test_what_a_manifest_does_not_have_is_an_error(
        self, put: Put, tmp_path: Path, function: Any, chosen: dict[str, Any]
    ) -> None:
        put(self.FILES)
        with pytest.raises(public.AicfgError) as caught:
            function(tmp_path / "a.yaml", **chosen)
        assert "the " in str(caught.value)

    def test_a_loaded_manifest_has_its_environment(self, put: Put, tmp_path: Path) -> None:
        put(self.FILES)
        loaded = public.load([tmp_path / "a.yaml", tmp_path / "b.yaml"], env="e")
        (route,) = public.compile(loaded).all_routes()
        assert route.plugins[0].config["model"]["name"] == "gpt-4"
        with pytest.raises(public.AicfgError):
            public.compile(loaded, env="e")

    @pytest.mark.parametrize("function", [public.load, public.compile])
    def test_no_path_at_all_is_an_error(self, function: Any) -> None:
        with pytest.raises(public.AicfgError):
            function([])

    @pytest.mark.parametrize(
        "second",
        ["version: 1\nname: [a]\n", "version: [", "- 1\n", "5\n", "version: 1\nproviders: {p: {type: openai}}\n", ""],
    )
    def test_load_raises_for_whatever_is_wrong_in_any_file(self, put: Put, tmp_path: Path, second: str) -> None:
        put({"a.yaml": CHAT, "b.yaml": second, "c.yaml": CHAT + "include: b.yaml\n"})
        for paths in ([tmp_path / "a.yaml", tmp_path / "b.yaml"], tmp_path / "c.yaml"):
            with pytest.raises(public.AicfgError) as caught:
                public.load(paths)
            assert caught.value.line
            with pytest.raises(public.AicfgError):
                public.compile(paths)


def test_a_manifest_without_any_of_this_is_its_document(put: Put, tmp_path: Path, python: Command) -> None:
    put({"a.yaml": CHAT})
    assert type(public.load(tmp_path / "a.yaml").document).__name__ == "Document"
    code = (
        "import sys, aicfg; aicfg.lint('a.yaml');"
        "print([name for name in sys.modules if name.startswith('aicfg.manifest.compose.')])"
    )
    assert python(code).out == "[]\n"
