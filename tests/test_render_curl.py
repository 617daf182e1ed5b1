"""The scripts for Kong's Admin API and Konnect's: run by bash against a stand-in, they make what the decK file says."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from admin_api import Proxy, stand_in, variables
from apply_script import (
    FULL,
    HOSTILE,
    ID,
    JSON_ONLY,
    SECRETS,
    SIMPLE,
    TARGETS,
    each_target,
    held,
    needs_tools,
    rendered,
    run,
    said,
    write,
)
from meaning import deck_state

import aicfg

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "samples").glob("*.yaml"))


def meant(path: Path, env: dict[str, str]) -> Any:
    return said(deck_state(aicfg.render(path, "deck")["kong.yaml"], env))


THREE_SECRETS = """
vaults: {v: {backend: hcv, config: {token: "${env:HCV_TOKEN}$"}}}
consumers: {app: {keyauth_credentials: [{key: "<${env:APP}>"}]}}
"""


# ── one meaning ──


@needs_tools
@each_target
def test_what_it_makes_is_what_the_deck_file_says_and_a_second_run_changes_nothing(target: str, tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    script = rendered(path, target)
    with stand_in(target) as api:
        first = run(tmp_path, script, **variables(api))
        assert (first.status, first.err) == (0, "")
        assert held(api) == meant(path, SECRETS)
        assert api.kinds["routes"][f"{ID}a"]["name"] == "chat.2"
        assert api.kinds["plugins"][f"{ID}1"]["config"] == {"minute": 8}
        before = {kind: dict(entities) for kind, entities in api.kinds.items()}
        again = run(tmp_path, script, **variables(api))
        assert (again.status, again.err) == (0, "")
        assert api.kinds == before
        assert held(api) == meant(path, SECRETS)


@needs_tools
@pytest.mark.parametrize("target", ["curl", "konnect"])
def test_json_says_what_forms_cannot(target: str, tmp_path: Path) -> None:
    path = write(tmp_path, JSON_ONLY)
    with stand_in(target) as api:
        api.kinds["partials"][f"{ID}c"] = {"id": f"{ID}c", "name": "my redis"}
        done = run(tmp_path, rendered(path, target), **variables(api))
        assert (done.status, done.err) == (0, "")
        assert held(api) == meant(path, SECRETS)


@needs_tools
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_a_sample_makes_is_what_its_deck_file_says(sample: Path, tmp_path: Path) -> None:
    deck = aicfg.render(sample, "deck")["kong.yaml"]
    env = {name: f"secret of {name}" for name in re.findall(r'env "DECK_(\w+)"', deck)}
    target = TARGETS[SAMPLES.index(sample) % 2]
    with stand_in(target, version=".".join(map(str, aicfg.compile(sample).gateway.version))) as api:
        done = run(tmp_path, rendered(sample, target), **variables(api), **env)
        assert (done.status, done.err) == (0, "")
        assert held(api) == said(deck_state(deck, env))


@needs_tools
@pytest.mark.parametrize("first", [0, 3])
@each_target
def test_secrets_arrive_as_they_are(first: int, target: str, tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE + THREE_SECRETS)
    env = dict(zip(SECRETS, HOSTILE[first : first + 3], strict=True))
    with stand_in(target) as api:
        done = run(tmp_path, rendered(path, target), **variables(api), **env)
        assert (done.status, done.err) == (0, "")
        assert held(api) == meant(path, env)
    assert not (tmp_path / "pwned").exists()


@needs_tools
def test_a_consumer_that_is_in_its_group_already_is_no_error_with_an_older_gateway_either(tmp_path: Path) -> None:
    script = rendered(write(tmp_path, SIMPLE + "consumers: {app: {groups: [a, b]}}\n"), "curl")
    with stand_in("curl", members="consumers") as api:
        assert run(tmp_path, script, **variables(api)).status == 0
        assert run(tmp_path, script, **variables(api)).status == 0
        assert len(api.members) == 2


# ── what was there before ──


@needs_tools
@each_target
def test_a_plugin_that_others_made_is_found_by_name_and_scope_and_replaced(target: str, tmp_path: Path) -> None:
    path = write(tmp_path, SIMPLE)
    with stand_in(target) as api:
        service, route, mine, other = (str(uuid.uuid4()) for _ in range(4))
        api.kinds["services"][service] = {"id": service, "name": "ai-proxy", "host": "old", "retries": 7}
        api.kinds["routes"][route] = {"id": route, "name": "chat", "service": {"id": service}, "hosts": ["old"]}
        for number in range(5):
            api.kinds["plugins"][f"{ID}{number}"] = {"id": f"{ID}{number}", "name": "acme", "route": {"id": route}}
        on_service = {"id": other, "name": "ai-proxy", "service": {"id": service}, "config": {}}
        both = {"id": f"{ID}f", "name": "ai-proxy", "route": {"id": route}, "service": {"id": service}, "config": {}}
        old = {"id": mine, "name": "ai-proxy", "route": {"id": route}, "config": {"old": 1}, "enabled": False}
        api.kinds["plugins"] |= {other: on_service, f"{ID}f": both, mine: old}
        done = run(tmp_path, rendered(path, target), **variables(api))
        assert (done.status, done.err) == (0, "")
        assert list(api.kinds["services"]) == [service]
        assert list(api.kinds["routes"]) == [route]
        assert "hosts" not in api.kinds["routes"][route]
        assert "enabled" not in api.kinds["plugins"][mine]
        assert api.kinds["plugins"][mine]["config"]["route_type"] == "llm/v1/chat"
        assert api.kinds["plugins"][other] == on_service
        assert api.kinds["plugins"][f"{ID}f"] == both
        assert len(api.kinds["plugins"]) == 8


@needs_tools
@each_target
def test_when_a_key_changes_the_new_one_takes_the_place_of_the_old_one(target: str, tmp_path: Path) -> None:
    keys = 'consumers: {app: {keyauth_credentials: [{key: "${env:APP}"}, {key: "${env:HCV_TOKEN}"}]}}\n'
    script = rendered(write(tmp_path, SIMPLE + keys), target)
    with stand_in(target) as api:
        assert run(tmp_path, script, **variables(api)).status == 0
        assert run(tmp_path, script, **variables(api), APP="new").status == 0
        assert {one["key"] for one in api.kinds["key-auth"].values()} == {"new", SECRETS["HCV_TOKEN"]}


@needs_tools
@each_target
def test_a_key_that_others_made_is_found_and_kept(target: str, tmp_path: Path) -> None:
    script = rendered(
        write(tmp_path, SIMPLE + 'consumers: {app: {keyauth_credentials: [{key: "${env:APP}"}]}}\n'), target
    )
    with stand_in(target) as api:
        consumer = f"{ID}5"
        api.kinds["consumers"][consumer] = {"id": consumer, "username": "app"}
        for number, key in enumerate(("a", "b", "c", SECRETS["APP"])):
            own = f"{ID}{number}"
            api.kinds["key-auth"][own] = {"id": own, "key": key, "consumer": {"id": consumer}}
        assert run(tmp_path, script, **variables(api)).status == 0
        assert [one["key"] for one in api.kinds["key-auth"].values()] == ["a", "b", "c", SECRETS["APP"]]


@needs_tools
def test_the_same_manifest_goes_to_two_workspaces_with_keys_of_their_own_ids(tmp_path: Path) -> None:
    script = rendered(
        write(tmp_path, SIMPLE + 'consumers: {app: {keyauth_credentials: [{key: "${env:APP}"}]}}\n'), "curl"
    )
    ids = []
    for workspace in ("team-a", "team-b"):
        with stand_in("curl", prefix=f"/{workspace}") as api:
            assert run(tmp_path, script, **variables(api), KONG_WORKSPACE=workspace).status == 0
            ids += list(api.kinds["key-auth"])
    assert len(set(ids)) == 2


# ── secrets stay secret ──


@needs_tools
@each_target
def test_no_command_line_shows_a_secret_a_token_or_a_body(target: str, tmp_path: Path) -> None:
    spy, log = tmp_path / "spy", tmp_path / "commands"
    spy.mkdir()
    python = tmp_path / "tools" / "python3"
    for name, real in (("curl", shutil.which("curl")), ("python3", python), ("mktemp", shutil.which("mktemp"))):
        (spy / name).write_text(f'#!/bin/bash\nprintf "%s\\n" "$0" "$@" >>"{log}"\nexec "{real}" "$@"\n')
        (spy / name).chmod(0o755)
    token = {"KONG_ADMIN_TOKEN": "admin-token-4"}
    with stand_in(target) as api:
        if target != "konnect":
            api.token = token["KONG_ADMIN_TOKEN"]
        done = run(tmp_path, rendered(write(tmp_path, FULL), target), path=f"{spy}:", **variables(api), **token)
        assert (done.status, done.err) == (0, "")
    seen = log.read_text() + done.out
    assert seen.count("/curl\n") > 30
    for secret in (
        *SECRETS.values(),
        token["KONG_ADMIN_TOKEN"],
        "kpat_token",
        "llm/v1/chat",
        "key_names",
        "it's",
        "Bearer",
    ):
        assert secret not in seen.replace("Authorization: Bearer \n", "")


@needs_tools
@pytest.mark.parametrize("ending", ["well", "badly"])
def test_nothing_of_it_is_left_on_disk(ending: str, tmp_path: Path) -> None:
    with stand_in("curl", token="" if ending == "well" else "other") as api:
        done = run(tmp_path, rendered(write(tmp_path, SIMPLE + THREE_SECRETS), "curl"), **variables(api))
        assert (done.status == 0) == (ending == "well")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aicfg.yaml", "apply.sh", "tools"]


@needs_tools
@each_target
def test_an_error_of_the_server_that_holds_a_secret_is_masked(target: str, tmp_path: Path) -> None:
    keys = 'consumers: {app: {keyauth_credentials: [{key: "${env:APP}"}]}}\n'
    secret = 'a "quoted" secret\nin two lines'
    with stand_in(target) as api:
        api.kinds["key-auth"][f"{ID}0"] = {"id": f"{ID}0", "key": secret, "consumer": {"id": f"{ID}9"}}
        done = run(tmp_path, rendered(write(tmp_path, SIMPLE + keys), target), **variables(api), APP=secret)
    assert done.status == 1
    assert "UNIQUE violation detected on '\"***\"'" in done.err
    assert "quoted" not in done.err


# ── what can go wrong ──


@needs_tools
@each_target
def test_all_variables_that_are_missing_are_named_at_once_and_nothing_is_sent(target: str, tmp_path: Path) -> None:
    with stand_in(target) as api:
        given = {**variables(api), "KEY": "", "HCV_TOKEN": "", "KONNECT_TOKEN": ""}
        done = run(tmp_path, rendered(write(tmp_path, FULL), target), **given)
        assert api.requests == []
    missing = "KONNECT_TOKEN, HCV_TOKEN, KEY" if target == "konnect" else "HCV_TOKEN, KEY"
    assert (done.status, done.err) == (1, f"set these variables first, they are empty or not there: {missing}\n")


@needs_tools
def test_the_token_and_the_workspace_are_sent(tmp_path: Path) -> None:
    script = rendered(write(tmp_path, SIMPLE), "curl")
    with stand_in("curl", token="s3cret \"x\" 'y'", prefix="/team-a") as api:
        assert run(tmp_path, script, **variables(api), KONG_WORKSPACE="team-a", KONG_ADMIN_TOKEN=api.token).status == 0
        assert {request.path.split("/")[1] for request in api.requests} == {"team-a"}
        refused = run(tmp_path, script, **variables(api), KONG_WORKSPACE="team-a", KONG_ADMIN_TOKEN="wrong")
    assert refused.status == 1
    assert refused.err == "apply.sh: PUT /services/ai-proxy: HTTP 401: Unauthorized\n"


@needs_tools
@each_target
def test_what_the_server_refuses_ends_the_script_with_the_servers_words(target: str, tmp_path: Path) -> None:
    extra = "plugins: [{name: unheard-of}]\n"
    with stand_in(target) as api:
        done = run(tmp_path, rendered(write(tmp_path, SIMPLE + extra), target), **variables(api))
    assert done.status == 1
    reason = "HTTP 400: schema violation (name: plugin 'unheard-of' not enabled)"
    assert done.err == f"apply.sh: POST /plugins: {reason}\n"


@needs_tools
def test_a_server_that_is_not_there_and_one_that_is_no_api_are_said_so(tmp_path: Path) -> None:
    script = rendered(write(tmp_path, SIMPLE), "curl")
    gone = run(tmp_path, script, ADMIN_URL="http://127.0.0.1:1")
    assert gone.status == 1
    assert gone.err.endswith("apply.sh: no answer to PUT /services/ai-proxy\n")
    with stand_in("curl") as api:
        api.answer = lambda request: (200, [])  # type: ignore[method-assign]
        other = run(tmp_path, script, **variables(api))
    assert (other.status, other.err) == (1, "the server's answer has no id: is this the URL of the API?\n")


@needs_tools
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADMIN_URL", "localhost:8001"),
        ("ADMIN_URL", 'http://x"\nheader = "a'),
        ("KONG_WORKSPACE", "a/b"),
        ("KONG_ADMIN_TOKEN", "a\nX: b"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(name: str, value: str, tmp_path: Path) -> None:
    with stand_in("curl") as api:
        done = run(tmp_path, rendered(write(tmp_path, SIMPLE), "curl"), **{**variables(api), name: value})
        assert api.requests == []
    assert done.status == 1
    assert name in done.err


@needs_tools
@pytest.mark.parametrize("tool", ["curl", "python3"])
def test_a_tool_that_is_missing_is_named(tool: str, tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    for name in {"bash", "curl", "python3", "mktemp", "rm", "cat"} - {tool}:
        (tmp_path / "few" / name).symlink_to(str(shutil.which(name)))
    done = run(tmp_path, rendered(write(tmp_path, SIMPLE), "curl"), PATH=str(tmp_path / "few"))
    assert done.status == 1
    assert f"{tool} is not installed" in done.err


@needs_tools
def test_an_argument_that_there_is_not_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, rendered(write(tmp_path, SIMPLE), "curl"), "--tset")
    assert (done.status, done.err) == (1, "apply.sh: unknown argument --tset: there is only --test\n")


# ── the test of the routes ──


ROUTES = """
version: 1
providers: {p: {type: openai, api_key: "${env:KEY}"}}
routes:
  chat: {provider: p, model: m}
  two: {provider: p, model: m, path: '~/a\\.b/x$', hosts: [ai.example.com], headers: {x-a: ["it's $(id)"]}}
  complete: {provider: p, model: m, route_type: llm/v1/completions, paths: ["~/(?<a>.*)$", /plain]}
  emb: {provider: p, model: m, route_type: llm/v1/embeddings}
  pattern: {provider: p, model: m, path: "~/x/[^/]+$"}
  https: {provider: p, model: m, protocols: [https]}
"""


@needs_tools
@each_target
def test_it_sends_the_guides_request_to_each_route_that_has_a_fixed_path(target: str, tmp_path: Path) -> None:
    with stand_in(target) as api, Proxy(missing=1) as proxy:
        script = rendered(write(tmp_path, ROUTES), target)
        done = run(tmp_path, script, "--test", **variables(api), PROXY_URL=proxy.url)
    assert (done.status, done.err) == (0, "")
    assert [request.path for request in proxy.requests] == ["/chat", "/chat", "/a.b/x", "/plain", "/https"]
    first, _, second, third, _ = proxy.requests
    assert (second.headers["host"], second.headers["x-a"]) == ("ai.example.com", "it's $(id)")
    assert first.headers["content-type"] == "application/json"
    assert json.loads(first.body)["messages"][1] == {"role": "user", "content": "What is 1+1?"}
    assert json.loads(third.body) == {"prompt": "What is 1+1?"}
    assert '== chat: HTTP 200\n{"choices": []}\n== two: HTTP 200\n{"choices": []}\n' in done.out
    assert "# emb: no test for llm/v1/embeddings\n" in script
    assert "# pattern: no test, for none of its paths is fixed\n" in script
    assert "\ntry https https://localhost:8443 <<'JSON'\n" in script


@needs_tools
def test_nothing_is_sent_to_the_routes_without_the_flag(tmp_path: Path) -> None:
    with stand_in("curl") as api, Proxy() as proxy:
        done = run(tmp_path, rendered(write(tmp_path, SIMPLE), "curl"), **variables(api), PROXY_URL=proxy.url)
    assert (done.status, proxy.requests) == (0, [])


@needs_tools
def test_a_route_that_does_not_work_fails_the_test(tmp_path: Path) -> None:
    with stand_in("curl") as api:
        done = run(
            tmp_path, rendered(write(tmp_path, SIMPLE), "curl"), "--test", **variables(api), PROXY_URL=f"{api.url}/no"
        )
    assert done.status == 1
    assert done.err == "apply.sh: these routes do not work: chat\n"
