"""Rules about how ai-proxy-advanced chooses among its targets, and when it tries another one."""

from __future__ import annotations

from typing import Any

import pytest
from linting import advanced, lint, on_route, said, target, two

ENV = '${{ env "DECK_X" }}'
ALGORITHMS = ["round-robin", "lowest-latency", "lowest-usage", "consistent-hashing", "priority", "least-connections"]
FAILOVER = {"failover_criteria": ["error", "timeout", "http_429", "non_idempotent"]}


def weighted(*weights: Any, **balancer: Any) -> dict[str, Any]:
    targets = [target(f"m{index}", weight=weight) for index, weight in enumerate(weights)]
    return advanced(*targets, balancer=balancer)


# ── weights ──


def test_a_weight_of_zero_is_explained_instead_of_refused() -> None:
    (found,) = lint(on_route(weighted(100, 0)))
    assert (found.code, found.severity, found.path[-3:]) == ("P260", "error", ("targets", 1, "weight"))
    assert found.message == "Kong takes no weight of 0"
    assert found.hint is not None
    assert found.hint.startswith("remove the target to switch it off; to use it only where others fail, write")


def test_weights_that_sum_to_nothing() -> None:
    found = lint(on_route(weighted(0, 0.0)), version="3.9")
    assert [one.code for one in found] == ["P260", "P260"]
    assert all("sum to nothing" in one.message for one in found)
    assert {one.hint for one in found} == {"remove the target to switch it off"}
    assert "algorithm: priority" in (lint(on_route(weighted(1, 0)), version="3.10")[0].hint or "")


@pytest.mark.parametrize(("weight", "code"), [(-1, "K105"), (65536, "K105"), (False, "K102"), ("0", "K102")])
def test_other_wrong_weights_are_the_schema_s_business(weight: Any, code: str) -> None:
    assert said(weighted(100, weight)) == [(code, "error", "targets.1.weight")]


def test_priority_with_one_weight_is_no_order() -> None:
    where = "balancer.algorithm"
    assert said(weighted(7, 7, algorithm="priority", **FAILOVER)) == [("P262", "warning", where)]
    assert said(two(algorithm="priority", **FAILOVER)) == [("P262", "warning", where)]
    assert said(weighted(100, 7, algorithm="priority", **FAILOVER)) == []


def test_a_weight_that_is_not_given_is_100() -> None:
    plugin = advanced(target("a"), target("b", weight=100), balancer={"algorithm": "priority", **FAILOVER})
    assert [code for code, _, _ in said(plugin)] == ["P262"]


@pytest.mark.parametrize("weight", [ENV, None])
def test_an_order_that_nobody_can_tell_yet(weight: Any) -> None:
    assert said(weighted(100, weight, algorithm="priority", **FAILOVER)) == []


def test_an_order_is_not_missed_where_a_target_is_broken() -> None:
    plugin = advanced(target("a"), target("b"), 5, balancer={"algorithm": "priority", **FAILOVER})
    assert [code for code, _, _ in said(plugin)] == ["K102"]


def test_a_share_that_is_meant_as_a_fallback() -> None:
    assert said(weighted(1000, 1)) == [("P269", "info", "targets.1.weight")]
    (found,) = lint(on_route(weighted(1000, 1)))
    assert "1 request in 1001" in found.message
    assert said(weighted(99, 1)) == []
    assert [code for code, _, _ in said(weighted(100, 1))] == ["P269"]
    assert (lint(on_route(weighted(1000, 1)), version="3.9")[0].hint or "").endswith(", from 3.10 on")
    assert (lint(on_route(weighted(1000, 1)), version="3.10")[0].hint or "").endswith("`algorithm: priority`")
    assert said(weighted(1000, 1, algorithm="least-connections")) == []
    assert said(weighted(1000, ENV)) == []


# ── the same target twice ──


def test_targets_that_differ_in_nothing_but_their_weight() -> None:
    plugin = advanced(target("a", weight=40), target("b"), target("a", weight=60))
    assert said(plugin) == [("P261", "warning", "targets.2")]


def test_the_order_of_keys_makes_no_difference() -> None:
    one = target("a", options={"max_tokens": 1, "temperature": 1})
    other = dict(reversed(target("a", options={"temperature": 1, "max_tokens": 1}).items()))
    assert [code for code, _, _ in said(advanced(one, other))] == ["P261"]


@pytest.mark.parametrize(
    "other",
    [
        target("b"),
        target("a", options={"max_tokens": 1}),
        target("a", options={"upstream_url": "https://eu.example.com/v1/chat/completions"}),
        target("a", auth={"header_name": "Authorization", "header_value": "{vault://env/second-account}"}),
        target("a", auth={"header_name": "Authorization", "header_value": f"Bearer {ENV}"}),
        target("a", description="another purpose"),
    ],
)
def test_targets_that_differ(other: dict[str, Any]) -> None:
    assert said(advanced(target("a"), other)) == []


# ── another target after a failure ──


def test_no_retries_leave_a_lower_priority_unreached() -> None:
    plugin = weighted(100, 1, algorithm="priority", retries=0)
    assert said(plugin) == [("P263", "warning", "balancer.retries")]
    assert said(weighted(100, 1, algorithm="priority", retries=1, **FAILOVER)) == []


def test_no_retries_leave_failover_criteria_without_effect() -> None:
    assert said(two(retries=0, **FAILOVER)) == [("P263", "warning", "balancer.retries")]
    assert said(two(retries=0)) == []


@pytest.mark.parametrize("rest", [{"max_fails": 3}, {"max_fails": ENV}])
def test_a_circuit_breaker_makes_room_for_others_without_retries(rest: dict[str, Any]) -> None:
    assert said(weighted(100, 1, algorithm="priority", retries=0, **rest)) == []


@pytest.mark.parametrize("retries", [ENV, None])
def test_retries_that_nobody_can_tell_yet(retries: Any) -> None:
    assert said(weighted(100, 1, algorithm="priority", retries=retries, **FAILOVER)) == []


@pytest.mark.parametrize("criteria", [[], ["non_idempotent"]])
def test_criteria_that_name_no_failure(criteria: list[str]) -> None:
    where = "balancer.failover_criteria"
    assert said(weighted(9, 1, algorithm="priority", failover_criteria=criteria)) == [("P263", "warning", where)]
    assert said(two(failover_criteria=criteria)) == [("P263", "info", where)]


def test_priority_by_default_criteria_is_remarked_on() -> None:
    where = "balancer.algorithm"
    assert said(weighted(9, 1, algorithm="priority")) == [("P263", "info", where)]
    assert said(weighted(9, 1)) == []


def test_statuses_that_lead_to_no_retry_of_a_post() -> None:
    where = "balancer.failover_criteria"
    assert said(two(failover_criteria=["error", "http_429"])) == [("P264", "warning", where)]
    assert said(two(failover_criteria=["error", "http_429"], max_fails=3)) == [("P264", "info", where)]
    assert said(two(failover_criteria=["error", "http_429", "non_idempotent"])) == []
    assert said(two(failover_criteria=["error", "timeout"])) == []
    assert said(advanced(target(), balancer={"failover_criteria": ["http_429"]})) == []


@pytest.mark.parametrize("criteria", [ENV, ["http_429", ENV], {}, [7], None])
def test_criteria_that_nobody_can_read(criteria: Any) -> None:
    found = {code for code, _, _ in said(two(failover_criteria=criteria))}
    assert found <= {"K102"}  # a list cannot come out of a placeholder


# ── settings of one algorithm ──


@pytest.mark.parametrize(
    ("setting", "algorithm"),
    [
        ({"tokens_count_strategy": "prompt-tokens"}, "lowest-usage"),
        ({"latency_strategy": "e2e"}, "lowest-latency"),
        ({"hash_on_header": "X-User"}, "consistent-hashing"),
    ],
)
def test_a_setting_of_another_algorithm(setting: dict[str, str], algorithm: str) -> None:
    [name] = setting
    for other in ALGORITHMS:
        found = [one for one in said(weighted(9, 1, algorithm=other, **setting)) if one[0] == "P265"]
        assert found == ([] if other == algorithm else [("P265", "info", f"balancer.{name}")])


def test_defaults_that_are_written_out_are_no_mistake() -> None:
    plugin = two(
        algorithm="lowest-usage",
        tokens_count_strategy="total-tokens",
        latency_strategy="tpot",
        hash_on_header="X-Kong-LLM-Request-ID",
        fail_timeout=10000,
        max_fails=0,
        retries=5,
        failover_criteria=["error", "timeout"],
    )
    assert said(plugin) == []


def test_the_judge_s_strategy_goes_with_any_algorithm() -> None:
    assert said(two(tokens_count_strategy="llm-accuracy")) == []


def test_settings_that_nobody_can_tell_yet() -> None:
    assert said(two(latency_strategy=ENV, tokens_count_strategy=ENV, hash_on_header=ENV, fail_timeout=ENV)) == []
    assert said(two(algorithm=ENV, latency_strategy="e2e", retries=0, **FAILOVER)) == []


def test_a_rest_that_is_never_taken() -> None:
    assert said(two(fail_timeout=500)) == [("P265", "info", "balancer.fail_timeout")]
    assert said(two(fail_timeout=500, max_fails=3)) == []


def test_hashing_without_a_header_of_one_s_own() -> None:
    where = "balancer."
    assert said(two(algorithm="consistent-hashing")) == [("P268", "info", f"{where}algorithm")]
    named = two(algorithm="consistent-hashing", hash_on_header="X-Kong-LLM-Request-ID")
    assert said(named) == [("P268", "info", f"{where}hash_on_header")]
    for header in ("X-User", ENV):
        assert said(two(algorithm="consistent-hashing", hash_on_header=header)) == []


# ── costs ──

PRICES = {"input_cost": 2.5, "output_cost": 10}
COUNTED = {"logging": {"log_statistics": True}}


def by_cost(*targets: dict[str, Any]) -> dict[str, Any]:
    return advanced(*targets, balancer={"algorithm": "lowest-usage", "tokens_count_strategy": "cost"})


def test_a_balancer_that_goes_by_cost_needs_all_prices() -> None:
    priced = target("a", options=PRICES, **COUNTED)
    assert said(by_cost(priced, target("b", **COUNTED))) == [("P266", "warning", "targets.1")]
    assert said(by_cost(priced, target("b", options={"input_cost": 1}, **COUNTED)))[0][0] == "P266"
    assert said(by_cost(priced, target("b", options={"input_cost": ENV, "output_cost": ENV}, **COUNTED))) == []
    assert said(two(algorithm="lowest-usage")) == []


def test_embeddings_have_no_output_to_price() -> None:
    embed = target("e", options={"input_cost": 1}, route_type="llm/v1/embeddings", **COUNTED)
    plugin = by_cost(embed)
    plugin["config"]["genai_category"] = "text/embeddings"
    assert said(plugin) == []


def test_a_balancer_that_goes_by_cost_needs_statistics() -> None:
    priced = target("a", options=PRICES, **COUNTED)
    assert said(by_cost(priced, target("b", options=PRICES))) == [("P267", "warning", "targets.1")]
    off = target("b", options=PRICES, logging={"log_statistics": False})
    assert said(by_cost(priced, off)) == [("P267", "warning", "targets.1.logging.log_statistics")]
    later = target("b", options=PRICES, logging={"log_statistics": ENV})
    assert said(by_cost(priced, later)) == []


# ── whatever it is ──

JUNK = [None, 5, "x", ENV, True, [], [5], [None], {}, {"x": 1}, [[]], 1e300, -1]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_no_value_makes_a_rule_fail(junk: Any) -> None:
    names = ["algorithm", "retries", "failover_criteria", "max_fails", "fail_timeout", "tokens_count_strategy"]
    for config in (
        *({"targets": [target(), target()], "balancer": {name: junk}} for name in names),
        *({"targets": [target(), target()], "balancer": {"algorithm": junk, name: junk}} for name in names),
        *({"targets": [target(), {**target(), field: junk}]} for field in target() | {"weight": 1}),
        {"targets": [target(), junk], "balancer": junk},
        {"targets": junk},
        junk,
    ):
        lint(on_route({"name": "ai-proxy-advanced", "config": config}))
