"""Fixes: what each rule's fix makes of a file, and what holds for all of them.

A fix converges, is idempotent, never brings errors and keeps comments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixing import (
    AUTH,
    EMBEDDINGS,
    MISTRAL,
    OPENAI,
    PROVIDER,
    codes,
    fixed,
    kong,
    plugin,
    provider,
    route,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from aicfg.lint.registry import rules

ROOT = Path(__file__).parent.parent
BROKEN = sorted((ROOT / "samples" / "broken").glob("*.yaml"))

CASES: list[tuple[str, bool, str, str]] = [
    # code, whether it is safe, what is wrong, what comes of it
    ("M101", True, route("optoins: {max_tokens: 5}  # few"), route("options: {max_tokens: 5}  # few")),
    ("M101", True, route("max_tokens: 5  # few"), route("options:\n      max_tokens: 5  # few")),
    ("M101", True, route('guard: {deny_patterns: ["x"]}'), route('guard: {deny: ["x"]}')),
    ("M102", True, route("methods: POST"), route("methods: [POST]")),
    (
        "M104",
        True,
        provider(PROVIDER) + "gateway: {edition: enterprize}\n",
        provider(PROVIDER) + "gateway: {edition: enterprise}\n",
    ),
    ("M106", True, route("strip_path: yes"), route("strip_path: true")),
    ("M201", True, route("").replace("provider: p\n", "provider: mian\n").replace("  p:", "  main:"), ""),
    ("M206", True, provider('{type: openai, api_key: "${KEY}"}'), provider('{type: openai, api_key: "${env:KEY}"}')),
    ("P201", True, provider("{type: mistral, hosting: olama, base_url: 'http://m:1'}"), ""),
    ("P204", True, provider("{type: opnai, api_key: '${env:KEY}'}"), provider(PROVIDER)),
    (
        "P206",
        False,
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1', options: {mistral_format: openai}}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1', options: {}}"),
    ),
    (
        "P208",
        False,
        provider("{type: mistral, hosting: ollama, format: openai, base_url: 'http://m:1'}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1'}"),
    ),
    (
        "P210",
        True,
        plugin(
            "route_type: llm/v1/chat\n  "
            + AUTH
            + "model: {provider: anthropic, name: claude, options: {max_tokens: 5}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  "
            + AUTH
            + 'model: {provider: anthropic, name: claude, options: {max_tokens: 5, anthropic_version: "2023-06-01"}}'
        ).replace("header_name: Authorization", "header_name: x-api-key"),
    ),
    (
        "P222",
        False,
        provider("{type: mistral, hosting: ollama, upstream_url: 'http://m:1'}"),
        provider("{type: mistral, hosting: ollama, upstream_url: 'http://m:1/api/chat'}"),
    ),
    (
        "P223",
        False,
        provider("type: openai\n    api_key: ${env:KEY}\n    upstream_url: https://proxy.internal/team/v1  # mine"),
        provider(
            "type: openai\n    api_key: ${env:KEY}\n"
            "    upstream_url: https://proxy.internal/team/v1/chat/completions  # mine"
        ),
    ),
    (
        "P224",
        True,
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1/api/chat'}"),
        provider("{type: mistral, hosting: ollama, base_url: 'http://m:1'}"),
    ),
    (
        "P233",
        True,
        provider("{type: anthropic, auth: {header_name: apikey, header_value: '${env:KEY}'}}"),
        provider("{type: anthropic, auth: {header_name: x-api-key, header_value: '${env:KEY}'}}"),
    ),
    (
        "P233",
        False,
        provider("{type: openai, auth: {header_name: api-key, header_value: '${env:KEY}'}}"),
        provider("{type: openai, auth: {header_name: Authorization, header_value: 'Bearer ${env:KEY}'}}"),
    ),
    (
        "P234",
        False,
        provider("{type: openai, auth: {header_name: Authorization, header_value: 'Bearer {vault://env/k}'}}"),
        provider("{type: openai, auth: {header_name: Authorization, header_value: '{vault://env/k}'}}"),
    ),
    (
        "S101",
        False,
        provider("{type: openai, api_key: hunter-2}"),
        provider('{type: openai, api_key: "${env:OPENAI_API_KEY}"}'),
    ),
    ("M215", False, route("targets: [{provider: p, model: a}]"), ""),
    (
        "K101",
        True,
        plugin(MISTRAL + "mistral_format: openai  # why"),
        plugin(MISTRAL + "options:\n      mistral_format: openai  # why"),
    ),
    (
        "K101",
        True,
        plugin(OPENAI + AUTH + "loging: {log_payloads: true}"),
        plugin(OPENAI + AUTH + "logging: {log_payloads: true}"),
    ),
    (
        "K102",
        True,
        plugin(OPENAI + AUTH + 'max_request_body_size: "8"'),
        plugin(OPENAI + AUTH + "max_request_body_size: 8"),
    ),
    (
        "K104",
        True,
        plugin(OPENAI + AUTH + "response_streaming: allways"),
        plugin(OPENAI + AUTH + "response_streaming: always"),
    ),
    (
        "K103",
        False,
        plugin(AUTH + "model: {provider: openai}"),
        plugin(AUTH + "model: {provider: openai}\n  route_type: llm/v1/chat"),
    ),
    (
        "K202",
        True,
        plugin(MISTRAL + "options: {upstream_url: 'http://m:1/api/chat'}"),
        plugin(MISTRAL + "options: {upstream_url: 'http://m:1/api/chat', mistral_format: ollama}"),
    ),
    (
        "K105",
        False,
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 50, top_k: 0.5}") + AUTH.rstrip()),
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 0.5}") + AUTH.rstrip()),
    ),
    ("V114", False, plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {upstream_path: /v1/x}") + AUTH.rstrip()), ""),
    (
        "V124",
        True,
        plugin("llm_providers: [{name: openai, limit: 5, window_size: 60}]", "ai-rate-limiting-advanced"),
        plugin("llm_providers: [{name: openai, limit: [5], window_size: [60]}]", "ai-rate-limiting-advanced"),
    ),
    (
        "P251",
        True,
        plugin(
            EMBEDDINGS,
            "ai-proxy-advanced",
        ),
        plugin(
            EMBEDDINGS + "\n  genai_category: text/embeddings",
            "ai-proxy-advanced",
        ),
    ),
    (
        "M301",
        True,
        kong("routes: [{name: r, path: /chat, protocols: [http]}]"),
        kong("routes: [{name: r, paths: [/chat], protocols: [http]}]"),
    ),
    (
        "M302",
        True,
        kong("routes: [{name: chat, paths: [/c], protocols: [http]}]\nplugins: [{name: cors, route: chta}]"),
        kong("routes: [{name: chat, paths: [/c], protocols: [http]}]\nplugins: [{name: cors, route: chat}]"),
    ),
    (
        "P250",
        True,
        kong("plugins: [{name: ai-promt-guard, config: {deny_patterns: [x]}}]"),
        kong("plugins: [{name: ai-prompt-guard, config: {deny_patterns: [x]}}]"),
    ),
    (
        "V201",
        False,
        kong("routes: [{name: r, paths: [/c]}]"),
        kong("routes: [{name: r, paths: [/c], protocols: [http, https]}]"),
    ),
    (
        "M305",
        True,
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: anthropic, name: c, "
            "options: {max_tokens: 5, anthropic_version: 2023-06-01}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: anthropic, name: c, "
            'options: {max_tokens: 5, anthropic_version: "2023-06-01"}}'
        ),
    ),
]


ADVANCED = (
    "config: {{balancer: {{{}}}, targets: [{{route_type: llm/v1/chat, {}model: {{provider: openai, name: a}}}}, "
    "{{route_type: llm/v1/chat, {}model: {{provider: openai, name: b}}}}]}}\n"
)


def balanced(balancer: str, first: str = "", second: str = "") -> str:
    return "name: ai-proxy-advanced\n" + ADVANCED.format(balancer, first, second)


TARGETS = """targets:
  - route_type: llm/v1/chat  # first
    model: {provider: openai, name: a}
    auth: {header_name: Authorization, header_value: "{vault://env/a}"}
"""
LIMITS = "llm_providers: [{name: openai, limit: [5], window_size: [60]}]"
STRUCTURE: list[tuple[str, bool, str, str]] = [
    (
        "T101",
        False,
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 0.5, top_k: 50}") + AUTH.rstrip()),
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {top_p: 0.5}") + AUTH.rstrip()),
    ),
    (
        "P280",
        False,
        kong(
            "plugins:\n    - name: ai-proxy\n"
            "      config: {route_type: llm/v1/chat, model: {provider: openai, name: g}, " + AUTH.strip() + "}\n"
            "    - name: ai-rate-limiting-advanced\n"
            "      config:\n        limit: 5  # few\n        window_size: 60"
        ),
        "",
    ),
    (
        "P320",
        True,
        plugin("route_type: llm/v1/chat  # t\n  provider: openai  # p\n  " + AUTH + "model: gpt-4o  # m"),
        plugin(
            "route_type: llm/v1/chat  # t\n  model:\n    provider: openai  # p\n    name: gpt-4o  # m\n  "
            + AUTH.rstrip()
        ),
    ),
    (
        "P320",
        True,
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model: openai/gpt-4o  # m"),
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model: {provider: openai, name: gpt-4o}  # m"),
    ),
    (
        "P320",
        True,
        plugin("route_type: llm/v1/chat\n  " + AUTH + "provider: openai  # p\n  model:\n    name: gpt-4o  # m"),
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model:\n    name: gpt-4o  # m\n    provider: openai  # p"),
    ),
    (
        "P320",
        False,
        plugin("{route_type: llm/v1/chat, auth: {header_name: x-api-key, header_value: x}, model: claude-3}").replace(
            "  # of the plugin\n ", ""
        ),
        "",
    ),
    (
        "P321",
        False,
        plugin(
            "auth: {header_name: Authorization, header_value: '{vault://env/a}'}\n  targets:\n"
            "  - route_type: llm/v1/chat  # first\n    model: {provider: openai, name: a}",
            "ai-proxy-advanced",
        ),
        "",
    ),
    ("P321", False, plugin(OPENAI + AUTH.rstrip(), "ai-proxy-advanced"), plugin(OPENAI + AUTH.rstrip())),
    ("P322", False, plugin(TARGETS), plugin(TARGETS, "ai-proxy-advanced")),
    (
        "P323",
        True,
        plugin("deny: ['x']  # these", "ai-prompt-guard"),
        plugin("deny_patterns: ['x']  # these", "ai-prompt-guard"),
    ),
    (
        "P323",
        True,
        plugin("deny: x  # this", "ai-prompt-guard"),
        plugin("deny_patterns: [x]  # this", "ai-prompt-guard"),
    ),
    (
        "P323",
        True,
        plugin("prepend_messages:  # first\n  - {role: system, content: x}  # one", "ai-prompt-decorator"),
        plugin("prompts:\n    prepend:  # first\n    - {role: system, content: x}  # one", "ai-prompt-decorator"),
    ),
    (
        "P323",
        False,
        plugin("system_prompt: Be brief", "ai-prompt-decorator").replace("  # of the plugin", ""),
        "config: {prompts: {prepend: [{role: system, content: Be brief}]}}".join(("name: ai-prompt-decorator\n", "\n")),
    ),
    (
        "P323",
        False,
        plugin("balancer: {fallback_if_status_codes: [429, 503]}\n  " + TARGETS.rstrip(), "ai-proxy-advanced"),
        plugin(
            "balancer: {failover_criteria: [error, timeout, http_429, http_503, non_idempotent]}\n  "
            + TARGETS.rstrip(),
            "ai-proxy-advanced",
        ),
    ),
    (
        "P324",
        True,
        plugin(f"strategy: sliding_window  # so\n  {LIMITS}", "ai-rate-limiting-advanced"),
        plugin(f"window_type: sliding  # so\n  {LIMITS}", "ai-rate-limiting-advanced"),
    ),
    (
        "P325",
        True,
        plugin(
            OPENAI.replace(
                "{provider: openai, name: gpt-4o}",
                "\n    provider: openai\n    name: gpt-4o\n"
                "    options:\n      openai:\n        # few\n        max_tokens: 5  # tokens",
            )
            + AUTH.rstrip()
        ),
        "",
    ),
    (
        "P325",
        True,
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {openai: {max_tokens: 5}}") + AUTH.rstrip()),
        plugin(OPENAI.replace("gpt-4o", "gpt-4o, options: {max_tokens: 5}") + AUTH.rstrip()),
    ),
    (
        "P327",
        True,
        plugin("templates:\n    # polite\n    greet: '{\"messages\": []}'  # hello", "ai-prompt-template"),
        plugin(
            "templates:\n    # polite\n    - name: greet\n      template: '{\"messages\": []}'  # hello",
            "ai-prompt-template",
        ),
    ),
    (
        "P327",
        True,
        plugin(
            "targets:\n    # one\n    route_type: llm/v1/chat  # "
            "chat\n    model:\n      provider: openai\n      name: a\n"
            "    auth: {header_name: Authorization, header_value: '{vault://env/a}'}",
            "ai-proxy-advanced",
        ),
        plugin(
            "targets:\n    # one\n    - route_type: llm/v1/chat  # chat\n"
            "      model:\n        provider: openai\n        name: a\n"
            "      auth: {header_name: Authorization, header_value: '{vault://env/a}'}",
            "ai-proxy-advanced",
        ),
    ),
    (
        "P331",
        True,
        plugin(OPENAI.replace("/chat", "/embeddings") + AUTH.rstrip()),
        plugin(OPENAI.replace("/chat", "/embeddings") + AUTH + "genai_category: text/embeddings"),
    ),
    (
        "P332",
        True,
        plugin("templates: [{name: t, template: {messages: [{role: user, content: '{{x}}'}]}}]", "ai-prompt-template"),
        plugin(
            'templates: [{name: t, template: \'{"messages": [{"role": "user", "content": "{{x}}"}]}\'}]',
            "ai-prompt-template",
        ),
    ),
    (
        "P333",
        False,
        plugin("prompts: {prepend: Be brief}", "ai-prompt-decorator"),
        plugin("prompts: {prepend: [{role: system, content: Be brief}]}", "ai-prompt-decorator"),
    ),
    (
        "P334",
        True,
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model:  # one\n    - provider: openai\n      name: a  # a"),
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model:  # one\n      provider: openai\n      name: a  # a"),
    ),
    (
        "P334",
        True,
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model: [{provider: openai, name: a}]"),
        plugin("route_type: llm/v1/chat\n  " + AUTH + "model: {provider: openai, name: a}"),
    ),
    (
        "M101",
        True,
        route("plugins: [{name: ai-prompt-guard, deny_patterns: [x]}]"),
        route("plugins: [{name: ai-prompt-guard, config: {deny_patterns: [x]}}]"),
    ),
    (
        "K103",
        False,
        plugin(
            "embeddings: {model: {provider: openai, name: text-embedding-3-small}, " + AUTH.strip() + "}\n"
            "  vectordb: {strategy: redis, distance_metric: cosine, threshold: 0.5, redis: {host: r}}",
            "ai-semantic-cache",
        ),
        plugin(
            "embeddings: {model: {provider: openai, name: text-embedding-3-small}, " + AUTH.strip() + "}\n"
            "  vectordb: {strategy: redis, distance_metric: cosine, "
            "threshold: 0.5, redis: {host: r}, dimensions: 1536}",
            "ai-semantic-cache",
        ),
    ),
    (
        "M310",
        True,
        kong(
            "plugins:\n    - name: ai-prompt-guard\n      # words\n      deny_patterns: [x]  # x\n      enabled: true"
        ),
        kong(
            "plugins:\n    - name: ai-prompt-guard\n      # words\n      "
            "config:\n        deny_patterns: [x]  # x\n      enabled: true"
        ),
    ),
    (
        "M310",
        True,
        kong(
            "plugins:\n    - name: ai-prompt-guard\n      config:\n  "
            "      deny_patterns: [x]\n      allow_patterns: [y]  # y"
        ),
        kong(
            "plugins:\n    - name: ai-prompt-guard\n      config:\n   "
            "     deny_patterns: [x]\n        allow_patterns: [y]  # y"
        ),
    ),
    (
        "M311",
        True,
        kong("tags: [a]")
        + "_info: {select_tags: [a]}\nroutes: [{name: r, paths: [/r], protocols: [http], service: ai}]\n",
        kong("tags: [a]")
        + "_info: {select_tags: [a]}\nroutes: [{name: r, paths: [/r], protocols: [http], service: {name: ai}}]\n",
    ),
    (
        "M312",
        True,
        kong("plugins: [{name: cors}]").partition("\n")[2],
        kong("plugins: [{name: cors}]"),
    ),
    (
        "M313",
        True,
        kong("tags: [a]").replace('"3.0"', "3.0  # format"),
        kong("tags: [a]").replace('"3.0"', '"3.0"  # format'),
    ),
    (
        "M314",
        True,
        '_format_version: "3.0"\nservices:\n  # one\n  ai:  # two\n    url: http://localhost:32000  # three\n',
        '_format_version: "3.0"\nservices:\n  # one\n  - name: ai  # two\n    url: http://localhost:32000  # three\n',
    ),
    (
        "M317",
        True,
        kong("plugins: [{name: rate-limiting-advanced, partials: [r]}]"),
        kong("plugins: [{name: rate-limiting-advanced, partials: [{name: r}]}]"),
    ),
]

CASES += [
    (
        "P205",
        True,
        provider(
            "{type: mistral, hosting: custom, upstream_url: 'http://m:1/v1/x', options: {mistral_format: opneai}}"
        ),
        "",
    ),
    ("M209", True, route("rate_limit: {limit: 5, window_size: 60, redis: mian}") + "redis: {main: {host: r}}\n", ""),
    ("M210", True, route("service: slwo") + "services: {slow: {url: 'http://s:1'}}\n", ""),
    (
        "M211",
        True,
        route("plugins: [{name: cors, consumer: alcie}]") + "consumers: {alice: {}}\n",
        route("plugins: [{name: cors, consumer: alice}]") + "consumers: {alice: {}}\n",
    ),
    (
        "P264",
        False,
        balanced("failover_criteria: [error, http_503]"),
        balanced("failover_criteria: [error, http_503, non_idempotent]"),
    ),
    (
        "P272",
        False,
        balanced("algorithm: semantic", "description: code, ", "description: 'CATCHALL: rest', "),
        balanced("algorithm: semantic", "description: code, ", "description: 'CATCHALL', "),
    ),
    *STRUCTURE,
    (
        "M501",
        True,
        route("options: {top_p: 0.5}  # aicfg: ignore[K105] it was 7 once"),
        route("options: {top_p: 0.5}"),
    ),
]


KEYLESS = "auth: {header_name: Authorization, header_value: %s}\n  "
ANTHROPIC = 'provider: anthropic, name: c, options: {anthropic_version: "2023-06-01"%s}'
BEDROCK = "model: {provider: bedrock, name: m, options: {bedrock: {aws_region: us-east-1}}}"
CLUSTER = (
    "apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\n"
    'metadata: {name: guard, labels: {global: "true"}}\nplugin: ai-prompt-guard\nconfig: {deny_patterns: [x]}\n'
)

CASES += [
    (
        "S104",
        False,
        plugin(OPENAI + KEYLESS % "'Bearer ${KEY}'"),
        plugin(OPENAI + KEYLESS % "'Bearer ${{ env \"DECK_KEY\" }}'"),
    ),
    ("S105", True, plugin(OPENAI + KEYLESS % "'${vault://env/k}'"), plugin(OPENAI + KEYLESS % "'{vault://env/k}'")),
    (
        "S105",
        False,
        plugin(OPENAI + KEYLESS % "'Bearer ${vault://env/k}'"),
        plugin(OPENAI + KEYLESS % "'{vault://env/k}'"),
    ),
    (
        "S108",
        False,
        plugin(
            "route_type: llm/v1/chat\n  auth: {header_name: Authorization, header_value: Bearer dummy}\n  "
            "model: {provider: openai, name: m, options: {upstream_url: 'https://llm:8080/v1/chat/completions'}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  "
            "model: {provider: openai, name: m, options: {upstream_url: 'https://llm:8080/v1/chat/completions'}}"
        ),
    ),
    ("P233", True, plugin(AUTH + "route_type: llm/v1/chat\n  model: {" + ANTHROPIC % ", max_tokens: 5" + "}"), ""),
    ("P290", True, plugin(OPENAI + KEYLESS % "<key>"), ""),
    (
        "S106",
        False,
        plugin(OPENAI + KEYLESS % "Bearer <key>"),
        plugin(OPENAI + KEYLESS % "'Bearer ${{ env \"DECK_OPENAI_API_KEY\" }}'"),
    ),
    ("P290", True, plugin(OPENAI + KEYLESS % "k3y-f0r-openai"), ""),
    (
        "P290",
        True,
        plugin(
            "auth: {header_name: x-api-key, header_value: 'Bearer ${{ env \"DECK_K\" }}'}\n  "
            "route_type: llm/v1/chat\n  model: {" + ANTHROPIC % ", max_tokens: 5" + "}"
        ),
        plugin(
            "auth: {header_name: x-api-key, header_value: '${{ env \"DECK_K\" }}'}\n  "
            "route_type: llm/v1/chat\n  model: {" + ANTHROPIC % ", max_tokens: 5" + "}"
        ),
    ),
    (
        "P291",
        True,
        plugin(
            "route_type: llm/v1/chat\n  auth:\n    param_name: allow_override  # ours\n    param_value: 'false'\n"
            f"    param_location: body\n  {BEDROCK}"
        ),
        plugin(f"route_type: llm/v1/chat\n  auth:\n    allow_override: false  # ours\n  {BEDROCK}"),
    ),
    (
        "P293",
        True,
        plugin("allow_patterns: ['.*']\n  deny_patterns: [x]", "ai-prompt-guard"),
        plugin("deny_patterns: [x]", "ai-prompt-guard"),
    ),
    ("P304", False, CLUSTER, CLUSTER.replace("kind: KongPlugin", "kind: KongClusterPlugin")),
    (
        "T103",
        True,
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: llama2, name: m, "
            "options: {llama2_format: ollama, upstream_url: 'http://m/api/chat'}}"
        ),
        plugin(
            "route_type: llm/v1/chat\n  model: {provider: llama2, name: m, "
            "options: {llama2_format: ollama, upstream_url: 'http://m:80/api/chat'}}"
        ),
    ),
    (
        "T108",
        False,
        plugin(
            "auth: {header_name: x-api-key, header_value: '{vault://env/k}'}\n  "
            "route_type: llm/v1/chat\n  model: {" + ANTHROPIC % "" + "}"
        ),
        plugin(
            "auth: {header_name: x-api-key, header_value: '{vault://env/k}'}\n  "
            "route_type: llm/v1/chat\n  model: {" + ANTHROPIC % ", max_tokens: 1024" + "}"
        ),
    ),
]


@pytest.mark.parametrize(("code", "safe", "bad", "good"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_fix_makes_of_a_file_what_was_meant(code: str, safe: bool, bad: str, good: str) -> None:
    text, result = fixed(bad)
    assert code in codes(result)
    assert all(each.fix is not None and each.fix.safe is safe for each in result.applied if each.code == code)
    assert code not in {each.code for each in result.after.report().diagnostics}
    assert good in ("", text)
    assert (code in codes(fixed(bad, unsafe=False)[1])) is safe


def examples() -> list[str]:
    """Every text of the samples and of the rules' documentation."""
    texts = [path.read_text() for path in (*BROKEN, *sorted((ROOT / "samples").glob("*.yaml")))]
    return texts + [rule.documentation.example or "" for rule in rules() if rule.documentation.example]


def comments(text: str) -> list[str]:
    return sorted(line[line.index("#") :] for line in text.splitlines() if " #" in line or line.startswith("#"))


def assert_sound(text: str, unsafe: bool) -> None:
    """Fixing ends, changes nothing the second time, brings no errors, and loses no comment but with its line."""
    new, result = fixed(text, unsafe=unsafe)
    assert fixed(new, unsafe=unsafe)[0] == new
    before, after = result.before.report(), result.after.report()
    assert after.number_of("error") <= before.number_of("error")
    assert bool(result.applied) is (new != text)
    assert not [each for each in after.diagnostics if each.code in ("M001", "M003") and before.ok]
    removed = sum("remove" in each.fix.title for each in result.applied if each.fix)
    assert len(comments(text)) - len(comments(new)) <= removed
    if not unsafe:
        useless = sum(each.code == "M501" for each in result.applied)
        assert len(comments(text)) - len(comments(new)) == useless


def test_every_rule_with_a_fix_has_a_case() -> None:
    found = {each.code for text in examples() for each in fixed(text)[1].before.report().diagnostics if each.fix}
    assert found - {case[0] for case in CASES} == set()


@pytest.mark.parametrize("unsafe", [False, True])
def test_fixing_is_sound_for_every_example_of_every_rule(unsafe: bool) -> None:
    for text in examples():
        assert_sound(text, unsafe)


@st.composite
def slips(draw: Any) -> str:
    """A text with a few slips of the fingers in its words, and now and then a line one level too high."""
    text = draw(st.sampled_from(examples()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text) - 2))
        kind = draw(st.sampled_from(["swap", "drop", "double", "outdent"]))
        if kind == "outdent":
            start = text.rfind("\n", 0, at) + 1
            text = text[:start] + text[start:].removeprefix("  ")
        elif text[at : at + 2].isalpha():
            pair = {"swap": text[at + 1] + text[at], "drop": text[at], "double": text[at] * 2 + text[at + 1]}[kind]
            text = text[:at] + pair + text[at + 2 :]
    return text


@settings(max_examples=60, deadline=None)
@given(slips(), st.booleans())
def test_fixing_is_sound_after_slips(text: str, unsafe: bool) -> None:
    assert_sound(text, unsafe)


UNFIXED = {
    "anthropic-completions": "nobody knows which source is right",
    "anthropic": "a remark: what aicfg fills in may stay unsaid",
    "azure": "only its owner knows the instance",
    "duplicate-plugin": "which of the two counts is for its writer to say",
    "gemini-completions": "another route type is another API for clients",
    "llama2-hosting": "only its owner knows what the server is",
    "llama2-huggingface-key": "there is no name of a variable to take",
    "llama3-raw": "another format needs another server",
    "missing-url": "only its owner knows the URL",
    "mistral-embeddings": "a newer gateway is for its owner to install",
    "mistral-raw": "another format needs another server",
    "provider-beside-targets": "the provider that is left over may be wanted elsewhere",
    "redis-name": "a host is no slip for a name",
    "shorthand-names": "which prompts may pass is for its writer to say",
    "semantic-embeddings": "an embedding model and a database have to be chosen",
}
"""Broken samples that fixes do not bring to no findings, and why."""


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_sample_goes_to_clean_unless_somebody_has_to_decide(path: Path) -> None:
    _, result = fixed(path.read_text())
    assert bool(result.after.report().diagnostics) is (path.stem in UNFIXED)


ALIASED = """\
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: "{vault://env/a}"}
    model: {provider: openai, name: a, options: &options {top_p: 50, top_k: 0.5}}
- name: ai-proxy
  config:
    route_type: llm/v1/chat
    auth: {header_name: Authorization, header_value: "{vault://env/a}"}
    model: {provider: openai, name: b, options: *options}
"""


def test_what_an_alias_repeats_is_fixed_where_all_uses_agree() -> None:
    assert "&options {top_p: 0.5}" in fixed(ALIASED)[0]


def test_what_an_alias_repeats_stays_where_they_do_not() -> None:
    text = ALIASED.replace(
        "name: ai-proxy\n  config:\n    route_type: llm/v1/chat\n", "name: my-plugin\n  config:\n", 1
    )
    assert fixed(text)[0] == text


def test_a_url_for_two_route_types_is_left_alone() -> None:
    text = provider("{type: openai, api_key: '${env:KEY}', upstream_url: 'https://api.openai.com/v1'}")
    both = text + "  e: {provider: p, model: e, route_type: llm/v1/embeddings}\n"
    assert fixed(text)[0] != text
    assert fixed(both)[0] == both


TWICE = """\
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: one}
plugin: ai-prompt-guard
config: {alow_patterns: [a], allow_patterns: [c], deny_patterns: [b]}
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: two}
plugin: ai-prompt-guard
config: {alow_patterns: [a], deny_patterns: [b]}
"""


def test_of_two_findings_with_the_same_words_one_can_be_mended_alone() -> None:
    text, result = fixed(TWICE)
    found = [each for each in result.before.report().diagnostics if each.code == "K101"]
    assert len({(each.path, each.message) for each in found}) == 1
    assert [each.line for each in found] == [5, 11]
    first, second = TWICE.split("---")
    assert text == f"{first}---{second.replace('alow', 'allow')}"  # the first has the right name besides
