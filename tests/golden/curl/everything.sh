#!/usr/bin/env bash
# Makes the entities below in Kong through its Admin API, or replaces them. Safe to run again.
#
#     bash apply.sh           makes or replaces all entities
#     bash apply.sh --test    then sends a request to each route too, and shows the answers: providers may charge for it
#
# Nothing is deleted: what an older version of this file made, and this one lacks, stays. Made by aicfg: change the
# manifest and render again.
#
# Needs bash, curl (7.55 or newer) and python3. All JSON is built and read by python3; tokens, secrets and bodies reach
# curl through files in a private folder that is removed at the end, never on a command line.
#
# Variables in the environment:
#     ADMIN_URL           Kong's Admin API (default: http://localhost:8001)
#     KONG_WORKSPACE      the workspace (default: Kong's own default; Enterprise)
#     KONG_ADMIN_TOKEN    sent as Kong-Admin-Token, where it is set (Enterprise)
#     PROXY_URL           for --test: where the gateway takes requests (default: http://localhost:8000)
#     ANTHROPIC_API_KEY   a secret that must be set
#     AWS_ACCESS_KEY_ID   a secret that must be set
#     AWS_SECRET_ACCESS_KEY a secret that must be set
#     AZURE_OPENAI_KEY    a secret that must be set
#     CONTENT_SAFETY_KEY  a secret that must be set
#     GEMINI_API_KEY      a secret that must be set
#     MISTRAL_API_KEY     a secret that must be set
#     MOBILE_APP_KEY      a secret that must be set
#     OPENAI_API_KEY      a secret that must be set
#     REDIS_PASSWORD      a secret that must be set
set -euo pipefail
umask 077

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

command -v curl >/dev/null || die "curl is not installed"
command -v python3 >/dev/null || die "python3 is not installed: it builds and reads the JSON"

aicfg_dir=$(mktemp -d)
trap 'rm -rf "$aicfg_dir"' EXIT
cat >"$aicfg_dir/tool.py" <<'PYTHON'
"""All that the script does with JSON: tool.py FOLDER COMMAND [WORD ...], texts from standard input."""

import json
import os
import re
import sys

FOLDER, COMMAND, WORDS = sys.argv[1], sys.argv[2], sys.argv[3:]
PLACEHOLDER = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def store(name, content):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(content)


def stored(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def loaded(name):
    return json.loads(stored(name).decode("utf-8"))


def start(header, token, needed, *secrets):
    """Keep the secrets that the script needs, and the header with the token, where it is set."""
    missing = [name for name in (*needed.split(), *secrets) if not os.environ.get(name)]
    if missing:
        sys.exit("set these variables first, they are empty or not there: " + ", ".join(missing))
    values = {}
    for name in (token, *secrets):
        try:
            values[name] = os.environb.get(name.encode(), b"").decode("utf-8")
        except UnicodeDecodeError:
            sys.exit(f"the variable {name} is not UTF-8")
    if any(ord(character) < 32 for character in values[token]):
        sys.exit(f"the variable {token} cannot be a token: there is a line break in it")
    store("secrets", json.dumps(values).encode())
    store("headers", (header + values[token] + "\n").encode("utf-8") if values[token] else b"")


def filled(value, secrets):
    """A value with each ${NAME} in its texts replaced by that secret; $$ is a plain $."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: secrets[found.group(1)] if found.group(1) else "$", value)
    if isinstance(value, dict):
        return {key: filled(item, secrets) for key, item in value.items()}
    return [filled(item, secrets) for item in value] if isinstance(value, list) else value


def fill(*references):
    """The body to send, from the text of standard input. A reference is PATH=ID."""
    body = filled(parse(sys.stdin.buffer.read().decode("utf-8")), loaded("secrets"))
    for reference in references:
        put(body, *reference.split("=", 1))
    store("body", encode(body))
    store("filled", json.dumps(body).encode())


def encoded(text):
    """A text as a part of a URL."""
    from urllib.parse import quote

    return quote(str(text), safe="")


def answer():
    try:
        return loaded("answer")
    except (OSError, ValueError):
        sys.exit("the server's answer is no JSON: is this the URL of the API?")


def find(*criteria):
    """Print the id of the entity in a list that has all of FIELD=VALUE, then the offset of the next page.

    Values are percent-encoded; %body is the field's value in the body to send, and no value is none.
    """
    from urllib.parse import unquote

    page = answer()
    wanted = dict(criterion.split("=", 1) for criterion in criteria)
    for field, value in wanted.items():
        wanted[field] = loaded("filled")[field] if value == "%body" else unquote(value)
    listed = page.get("data") or page.get("consumers") or []
    matching = [item for item in listed if all(value_at(item, field) == value for field, value in wanted.items())]
    print(encoded(matching[0]["id"] if matching else ""))
    print(encoded(page.get("offset") or ""))


def value_at(item, path):
    for key in path.split("."):
        item = item.get(key) if isinstance(item, dict) else None
    return item or ""


def id_():
    """Print the id of the entity that the server answered with."""
    try:
        print(encoded(answer()["id"]))
    except (KeyError, TypeError):
        sys.exit("the server's answer has no id: is this the URL of the API?")


def own_id():
    """Print the id that the body itself has, if any."""
    print(encoded(loaded("filled").get("id", "")))


def key_id(found, seed, scope):
    """Print the id for a key: its own, that of the same key in Kong, or one that stays when the key changes."""
    import uuid

    print(encoded(loaded("filled").get("id") or found or uuid.uuid5(uuid.UUID(seed), scope)))


def message():
    """Print what the server said about an error, without any secret in it."""
    try:
        text = stored("answer").decode("utf-8", "replace")
    except OSError:
        text = ""
    try:
        said = json.loads(text)
        text = str(said.get("message") or said.get("detail") or said.get("title") or text)
        text += "".join(" " + json.dumps(said[key]) for key in ("details", "invalid_parameters") if said.get(key))
    except (ValueError, AttributeError):
        pass
    for secret in sorted(loaded("secrets").values(), key=len, reverse=True):
        for form in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
            text = text.replace(form, "***") if len(secret) > 2 else text
    text = "".join(character if character.isprintable() else " " for character in text[:2000])
    sys.stdout.buffer.write((text or "no message").encode("utf-8", "replace"))


def request(proxy):
    """Keep a request to a route as curl's own config and a body, from the JSON of standard input."""
    wanted = filled(json.loads(sys.stdin.buffer.read().decode("utf-8")), loaded("secrets"))
    lines = [("url", proxy.rstrip("/") + wanted["path"]), ("header", "Content-Type: application/json")]
    lines += [("header", f"{name}: {value}") for name, value in wanted["headers"].items()]
    store("url", "".join(f'{key} = "{escaped(value)}"\n' for key, value in lines).encode("utf-8"))
    store("body", json.dumps(wanted["body"]).encode())


def escaped(text):
    """A text as it stands between double quotes in curl's config."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
def parse(text):
    return json.loads(text or "{}")


def put(body, path, value):
    *parents, last = path.split(".")
    for key in parents:
        body = body[int(key)] if isinstance(body, list) else body.setdefault(key, {})
    body[last] = value


def encode(body):
    return json.dumps(body).encode()


globals()[COMMAND](*WORDS)
PYTHON

tool() {
    python3 -I -S "$aicfg_dir/tool.py" "$aicfg_dir" "$@"
}

tool start "Kong-Admin-Token: " KONG_ADMIN_TOKEN "" ANTHROPIC_API_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AZURE_OPENAI_KEY CONTENT_SAFETY_KEY GEMINI_API_KEY MISTRAL_API_KEY MOBILE_APP_KEY OPENAI_API_KEY REDIS_PASSWORD
dir=$aicfg_dir
type=application/json
testing=
for argument; do
    case $argument in
        --test) testing=yes ;;
        *) die "unknown argument $argument: there is only --test" ;;
    esac
done

case ${ADMIN_URL:=http://localhost:8001} in
    *[[:space:][:cntrl:]\"\\]*) die "ADMIN_URL is no URL" ;;
    http://* | https://*) ;;
    *) die "ADMIN_URL must start with http:// or https://" ;;
esac
case ${KONG_WORKSPACE:=} in
    *[!A-Za-z0-9._~%-]*) die "KONG_WORKSPACE is no name of a workspace" ;;
esac
base=${ADMIN_URL%/}${KONG_WORKSPACE:+/$KONG_WORKSPACE}
scope=${KONG_WORKSPACE:-default}
: >"$dir/ids"

# What the functions below share: a reference is KIND/NAME of an entity that stands further up in this file. Its id goes
# into the body, since Kong refers by id. The body of an entity comes from standard input; in its texts, ${NAME} is the
# variable and $$ is a plain $.

# send METHOD PATH [curl's options]: one request. The answer is in $dir/answer; an HTTP error ends the script.
send() {
    local method=$1 path=$2 status
    shift 2
    rm -f "$dir/answer"
    printf 'url = "%s"\n' "$base$path" >"$dir/url"
    status=$(curl --silent --show-error --globoff --path-as-is --connect-timeout 10 --max-time 120 \
        --request "$method" --config "$dir/url" --header "@$dir/headers" "$@" \
        --output "$dir/answer" --write-out '%{http_code}') || die "no answer to $method $path"
    case $status in
        2??) ;;
        *) die "$method $path: HTTP $status: $(tool message)" ;;
    esac
}

# send_body METHOD PATH: the same, with the body that fill made.
send_body() {
    send "$1" "$2" --header "Content-Type: $type" --data-binary "@$dir/body"
}

# remember REFERENCE: note the id of the entity in the answer.
remember() {
    local id
    id=$(tool id_)
    printf '%s %s\n' "$1" "$id" >>"$dir/ids"
    printf '%s\n' "$1"
}

# id_of REFERENCE: set id.
id_of() {
    local reference
    while read -r reference id; do
        if [[ $reference == "$1" ]]; then return; fi
    done <"$dir/ids"
    die "there is no $1 yet"
}

# fill [PATH=REFERENCE ...] <BODY: make the body to send.
fill() {
    local count=$# word
    for word; do
        id_of "${word#*=}"
        set -- "$@" "${word%%=*}=$id"
    done
    shift "$count"
    tool fill "$@"
}

# find_id LIST FIELD=VALUE ...: set found to the id of the entity in a list that has these values, else to nothing.
find_id() {
    local list=$1 offset=
    shift
    while :; do
        send GET "$list?size=1000$offset"
        tool find "$@" >"$dir/found"
        { read -r found && read -r offset; } <"$dir/found"
        if [[ -n $found || -z $offset ]]; then return; fi
        offset="&offset=$offset"
    done
}

# put KIND NAME [PATH=REFERENCE ...] <BODY: the entity of that name, made or replaced.
put() {
    local path=/$1/$2
    shift 2
    fill "$@"
    send_body PUT "$path"
    remember "${path#/}"
}

# plugin NAME [PATH=REFERENCE ...] <BODY: the plugin of that name and scope, made or replaced.
plugin() {
    local name=$1 list=/plugins word
    shift
    fill "$@"
    for word; do
        shift
        case $word in partials.*) continue ;; esac
        id_of "${word#*=}"
        set -- "$@" "${word%%=*}=$id"
        case $word in
            consumer_group.*) ;;
            *)
                list=/${word#*=}
                list=${list%/*}/$id/plugins
                ;;
        esac
    done
    find_id "$list" "name=$name" service.id= route.id= consumer.id= consumer_group.id= "$@"
    if [[ -n $found ]]; then
        send_body PUT "/plugins/$found"
    else
        send_body POST /plugins
    fi
    printf '    plugin %s\n' "$name"
}

# member GROUP CONSUMER: put a consumer into a group.
member() {
    local group
    id_of "consumer_groups/$1"
    group=$id
    id_of "consumers/$2"
    find_id "/consumer_groups/$group/consumers" "id=$id"
    if [[ -n $found ]]; then return; fi
    fill "consumer=consumers/$2" </dev/null
    send_body POST "/consumer_groups/$group/consumers"
    printf '    now in %s\n' "$1"
}

# key CONSUMER SEED <BODY: a key of a consumer's. When the secret changes, the new key takes the old one's place.
key() {
    local list
    fill
    id_of "consumers/$1"
    list=/consumers/$id/key-auth
    find_id "$list" key=%body
    id=$(tool key_id "$found" "$2" "$scope")
    send_body PUT "$list/$id"
    printf '    key\n'
}

# try ROUTE [PROXY] <REQUEST: send a request to a route, and show the answer.
failed=
try() {
    local proxy=${PROXY_URL:-${2:-http://localhost:8000}} status tries=0
    tool request "$proxy"
    while :; do
        rm -f "$dir/answer"
        status=$(curl --silent --show-error --globoff --path-as-is --connect-timeout 10 --max-time 300 \
            --config "$dir/url" --data-binary "@$dir/body" --output "$dir/answer" --write-out '%{http_code}') ||
            die "no answer from ${proxy##*@}"
        if [[ $status != 404 || $tries -ge 10 ]]; then break; fi # the gateway may not know the route yet
        tries=$((tries + 1))
        sleep 1
    done
    printf '== %s: HTTP %s\n' "$1" "$status"
    if [[ -e $dir/answer ]]; then cat "$dir/answer"; fi
    printf '\n'
    case $status in
        2??) ;;
        *) failed="$failed $1" ;;
    esac
}

# ── vaults ──
put vaults llm <<'JSON'
{
  "prefix": "llm",
  "name": "env",
  "config": {
    "prefix": "LLM_"
  },
  "description": "Keys of the LLM providers",
  "tags": [
    "team-search"
  ]
}
JSON

# ── consumer groups ──
put consumer_groups staff <<'JSON'
{
  "name": "staff",
  "tags": [
    "internal",
    "team-search"
  ]
}
JSON

# ── consumers ──
put consumers mobile-app <<'JSON'
{
  "username": "mobile-app",
  "custom_id": "app-17",
  "tags": [
    "team-search"
  ]
}
JSON
member staff mobile-app
key mobile-app 04bd2710-90fe-56ee-838b-5e540ca035f7 <<'JSON'
{
  "key": "${MOBILE_APP_KEY}",
  "tags": [
    "team-search"
  ]
}
JSON

# ── service team-search ──
put services team-search <<'JSON'
{
  "name": "team-search",
  "url": "http://localhost:32000",
  "read_timeout": 120000,
  "tags": [
    "team-search"
  ]
}
JSON
put routes chat service.id=services/team-search <<'JSON'
{
  "name": "chat",
  "paths": [
    "~/chat$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/chat <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${OPENAI_API_KEY}"
    },
    "model": {
      "provider": "openai",
      "name": "gpt-4o",
      "options": {
        "max_tokens": 512,
        "temperature": 0.7,
        "input_cost": 2.5,
        "output_cost": 10
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes chat-by-header service.id=services/team-search <<'JSON'
{
  "name": "chat-by-header",
  "paths": [
    "~/chat$"
  ],
  "methods": [
    "POST"
  ],
  "headers": {
    "x-model": [
      "mini"
    ]
  },
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/chat-by-header <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "Authorization",
      "header_value": "{vault://llm/openai}"
    },
    "model": {
      "provider": "openai",
      "name": "gpt-4o-mini",
      "options": {
        "max_tokens": 512
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
plugin request-size-limiting route.id=routes/chat-by-header <<'JSON'
{
  "name": "request-size-limiting",
  "tags": [
    "team-search"
  ],
  "config": {
    "allowed_payload_size": 1
  }
}
JSON
put routes embeddings service.id=services/team-search <<'JSON'
{
  "name": "embeddings",
  "paths": [
    "~/embeddings$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/embeddings <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/embeddings",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${OPENAI_API_KEY}"
    },
    "model": {
      "provider": "openai",
      "name": "text-embedding-3-small",
      "options": {
        "embeddings_dimensions": 512
      }
    },
    "genai_category": "text/embeddings",
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes files service.id=services/team-search <<'JSON'
{
  "name": "files",
  "paths": [
    "/files"
  ],
  "methods": [
    "GET",
    "POST",
    "DELETE"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/files <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/files",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${OPENAI_API_KEY}"
    },
    "model": {
      "provider": "openai"
    },
    "model_name_header": false,
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes azure-chat service.id=services/team-search <<'JSON'
{
  "name": "azure-chat",
  "paths": [
    "~/azure-chat$"
  ],
  "methods": [
    "POST"
  ],
  "hosts": [
    "ai.example.com"
  ],
  "protocols": [
    "https"
  ],
  "strip_path": true,
  "tags": [
    "azure",
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/azure-chat <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "api-key",
      "header_value": "${AZURE_OPENAI_KEY}"
    },
    "model": {
      "provider": "azure",
      "name": "gpt-4o",
      "options": {
        "max_tokens": 512,
        "azure_instance": "team-search",
        "azure_deployment_id": "gpt-4o"
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes claude service.id=services/team-search <<'JSON'
{
  "name": "claude",
  "paths": [
    "~/claude$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/claude <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "x-api-key",
      "header_value": "${ANTHROPIC_API_KEY}"
    },
    "model": {
      "provider": "anthropic",
      "name": "claude-sonnet-4-20250514",
      "options": {
        "max_tokens": 512,
        "anthropic_version": "2023-06-01"
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    },
    "response_streaming": "always"
  }
}
JSON
put routes mistral service.id=services/team-search <<'JSON'
{
  "name": "mistral",
  "paths": [
    "~/mistral$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/mistral <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${MISTRAL_API_KEY}"
    },
    "model": {
      "provider": "mistral",
      "name": "mistral-large-latest",
      "options": {
        "max_tokens": 512,
        "mistral_format": "openai"
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": true
    }
  }
}
JSON
put routes mistral-local service.id=services/team-search <<'JSON'
{
  "name": "mistral-local",
  "paths": [
    "~/mistral-local$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/mistral-local <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "model": {
      "provider": "mistral",
      "name": "mistral",
      "options": {
        "max_tokens": 512,
        "mistral_format": "ollama",
        "upstream_url": "http://ollama.internal:11434/api/chat"
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes gemini service.id=services/team-search <<'JSON'
{
  "name": "gemini",
  "paths": [
    "~/gemini$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/gemini <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "param_name": "key",
      "param_value": "${GEMINI_API_KEY}",
      "param_location": "query"
    },
    "model": {
      "provider": "gemini",
      "name": "gemini-2.5-flash",
      "options": {
        "max_tokens": 512
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
put routes gemini-native service.id=services/team-search <<'JSON'
{
  "name": "gemini-native",
  "paths": [
    "/gemini"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/gemini-native <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "param_name": "key",
      "param_value": "${GEMINI_API_KEY}",
      "param_location": "query"
    },
    "model": {
      "provider": "gemini",
      "name": "gemini-2.5-flash",
      "options": {
        "max_tokens": 512
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    },
    "llm_format": "gemini"
  }
}
JSON
put routes bedrock service.id=services/team-search <<'JSON'
{
  "name": "bedrock",
  "paths": [
    "~/bedrock$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/bedrock <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "aws_access_key_id": "${AWS_ACCESS_KEY_ID}",
      "aws_secret_access_key": "${AWS_SECRET_ACCESS_KEY}"
    },
    "model": {
      "provider": "bedrock",
      "name": "meta.llama3-70b-instruct-v1:0",
      "options": {
        "max_tokens": 512,
        "bedrock": {
          "aws_region": "eu-central-1",
          "performance_config_latency": "optimized"
        }
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    },
    "max_request_body_size": 65536
  }
}
JSON
put routes semantic service.id=services/team-search <<'JSON'
{
  "name": "semantic",
  "paths": [
    "~/semantic$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy-advanced route.id=routes/semantic <<'JSON'
{
  "name": "ai-proxy-advanced",
  "tags": [
    "team-search"
  ],
  "config": {
    "targets": [
      {
        "route_type": "llm/v1/chat",
        "auth": {
          "header_name": "Authorization",
          "header_value": "Bearer ${OPENAI_API_KEY}"
        },
        "model": {
          "provider": "openai",
          "name": "gpt-4o",
          "options": {
            "max_tokens": 512
          }
        },
        "logging": {
          "log_statistics": true,
          "log_payloads": false
        },
        "description": "Writing and explaining program code"
      },
      {
        "route_type": "llm/v1/chat",
        "auth": {
          "header_name": "Authorization",
          "header_value": "Bearer ${OPENAI_API_KEY}"
        },
        "model": {
          "provider": "openai",
          "name": "gpt-4o-mini",
          "options": {
            "max_tokens": 512
          }
        },
        "logging": {
          "log_statistics": true,
          "log_payloads": false
        },
        "description": "CATCHALL"
      }
    ],
    "balancer": {
      "algorithm": "semantic"
    },
    "embeddings": {
      "auth": {
        "header_name": "Authorization",
        "header_value": "Bearer ${OPENAI_API_KEY}"
      },
      "model": {
        "provider": "openai",
        "name": "text-embedding-3-small"
      }
    },
    "vectordb": {
      "strategy": "redis",
      "dimensions": 1536,
      "distance_metric": "cosine",
      "threshold": 0.7,
      "redis": {
        "host": "redis.internal",
        "port": 6379,
        "password": "${REDIS_PASSWORD}"
      }
    }
  }
}
JSON
put routes for-staff service.id=services/team-search <<'JSON'
{
  "name": "for-staff",
  "paths": [
    "~/for-staff$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy-advanced route.id=routes/for-staff <<'JSON'
{
  "name": "ai-proxy-advanced",
  "tags": [
    "team-search"
  ],
  "config": {
    "targets": [
      {
        "route_type": "llm/v1/chat",
        "auth": {
          "header_name": "Authorization",
          "header_value": "Bearer ${OPENAI_API_KEY}"
        },
        "model": {
          "provider": "openai",
          "name": "gpt-4o",
          "model_alias": "smart",
          "options": {
            "max_tokens": 512
          }
        },
        "logging": {
          "log_statistics": true,
          "log_payloads": false
        }
      }
    ],
    "acls": {
      "allow": [
        {
          "match": [
            {
              "type": "consumer_group",
              "values": [
                "staff"
              ]
            }
          ]
        }
      ]
    },
    "genai_category": "text/generation",
    "model_name_header": false
  }
}
JSON
plugin key-auth route.id=routes/for-staff <<'JSON'
{
  "name": "key-auth",
  "tags": [
    "team-search"
  ],
  "config": {
    "key_names": [
      "apikey"
    ],
    "hide_credentials": true
  }
}
JSON
put routes guarded service.id=services/team-search <<'JSON'
{
  "name": "guarded",
  "paths": [
    "~/guarded$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy route.id=routes/guarded <<'JSON'
{
  "name": "ai-proxy",
  "tags": [
    "team-search"
  ],
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${OPENAI_API_KEY}"
    },
    "model": {
      "provider": "openai",
      "name": "gpt-4o",
      "options": {
        "max_tokens": 512
      }
    },
    "logging": {
      "log_statistics": true,
      "log_payloads": false
    }
  }
}
JSON
plugin ai-prompt-guard route.id=routes/guarded <<'JSON'
{
  "name": "ai-prompt-guard",
  "tags": [
    "team-search"
  ],
  "config": {
    "deny_patterns": [
      "(?i)password"
    ],
    "allow_all_conversation_history": true
  }
}
JSON
plugin ai-semantic-prompt-guard route.id=routes/guarded <<'JSON'
{
  "name": "ai-semantic-prompt-guard",
  "tags": [
    "team-search"
  ],
  "config": {
    "rules": {
      "deny_prompts": [
        "Legal advice"
      ]
    },
    "search": {
      "threshold": 0.7
    },
    "embeddings": {
      "auth": {
        "header_name": "Authorization",
        "header_value": "Bearer ${OPENAI_API_KEY}"
      },
      "model": {
        "provider": "openai",
        "name": "text-embedding-3-small"
      }
    },
    "vectordb": {
      "strategy": "redis",
      "dimensions": 1536,
      "distance_metric": "cosine",
      "threshold": 0.1,
      "redis": {
        "host": "redis.internal",
        "port": 6379,
        "password": "${REDIS_PASSWORD}"
      }
    }
  }
}
JSON
plugin ai-prompt-decorator route.id=routes/guarded <<'JSON'
{
  "name": "ai-prompt-decorator",
  "tags": [
    "team-search"
  ],
  "config": {
    "prompts": {
      "prepend": [
        {
          "role": "system",
          "content": "You are polite."
        }
      ],
      "append": [
        {
          "role": "user",
          "content": "Keep it short."
        }
      ]
    }
  }
}
JSON
plugin ai-prompt-template route.id=routes/guarded <<'JSON'
{
  "name": "ai-prompt-template",
  "tags": [
    "team-search"
  ],
  "config": {
    "templates": [
      {
        "name": "summary",
        "template": "{\"messages\": [{\"role\": \"user\", \"content\": \"Sum this up: {{text}}\"}]}"
      }
    ],
    "allow_untemplated_requests": true
  }
}
JSON
plugin ai-rate-limiting-advanced route.id=routes/guarded <<'JSON'
{
  "name": "ai-rate-limiting-advanced",
  "tags": [
    "team-search"
  ],
  "config": {
    "llm_providers": [
      {
        "name": "openai",
        "limit": [
          20000
        ],
        "window_size": [
          60
        ]
      }
    ],
    "redis": {
      "host": "redis.internal",
      "port": 6379,
      "password": "${REDIS_PASSWORD}"
    },
    "strategy": "redis",
    "sync_rate": 1
  }
}
JSON
plugin ai-semantic-cache route.id=routes/guarded <<'JSON'
{
  "name": "ai-semantic-cache",
  "tags": [
    "team-search"
  ],
  "config": {
    "embeddings": {
      "auth": {
        "header_name": "Authorization",
        "header_value": "Bearer ${OPENAI_API_KEY}"
      },
      "model": {
        "provider": "openai",
        "name": "text-embedding-3-small"
      }
    },
    "vectordb": {
      "strategy": "redis",
      "dimensions": 1536,
      "distance_metric": "cosine",
      "threshold": 0.1,
      "redis": {
        "host": "redis.internal",
        "port": 6379,
        "password": "${REDIS_PASSWORD}"
      }
    },
    "cache_ttl": 600,
    "exact_caching": true
  }
}
JSON
plugin ai-azure-content-safety route.id=routes/guarded <<'JSON'
{
  "name": "ai-azure-content-safety",
  "tags": [
    "team-search"
  ],
  "config": {
    "content_safety_url": "https://team-search.cognitiveservices.azure.com/contentsafety/text:analyze",
    "content_safety_key": "${CONTENT_SAFETY_KEY}",
    "categories": [
      {
        "name": "Hate",
        "rejection_level": 2
      },
      {
        "name": "Violence",
        "rejection_level": 2
      }
    ]
  }
}
JSON
plugin ai-request-transformer route.id=routes/guarded <<'JSON'
{
  "name": "ai-request-transformer",
  "tags": [
    "team-search"
  ],
  "config": {
    "llm": {
      "route_type": "llm/v1/chat",
      "auth": {
        "header_name": "Authorization",
        "header_value": "Bearer ${OPENAI_API_KEY}"
      },
      "model": {
        "provider": "openai",
        "name": "gpt-4o-mini"
      }
    },
    "prompt": "Replace personal names by initials."
  }
}
JSON
plugin ai-response-transformer route.id=routes/guarded <<'JSON'
{
  "name": "ai-response-transformer",
  "tags": [
    "team-search"
  ],
  "config": {
    "llm": {
      "route_type": "llm/v1/chat",
      "auth": {
        "header_name": "Authorization",
        "header_value": "Bearer ${OPENAI_API_KEY}"
      },
      "model": {
        "provider": "openai",
        "name": "gpt-4o-mini"
      }
    },
    "prompt": "Translate the answer into English."
  }
}
JSON
plugin key-auth route.id=routes/guarded <<'JSON'
{
  "name": "key-auth",
  "tags": [
    "team-search"
  ],
  "config": {
    "key_names": [
      "apikey"
    ],
    "hide_credentials": true
  }
}
JSON

# ── service slow-models ──
put services slow-models <<'JSON'
{
  "name": "slow-models",
  "url": "http://localhost:32000",
  "read_timeout": 600000,
  "tags": [
    "slow",
    "team-search"
  ]
}
JSON
put routes balanced service.id=services/slow-models <<'JSON'
{
  "name": "balanced",
  "paths": [
    "~/balanced$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ],
  "tags": [
    "team-search"
  ]
}
JSON
plugin ai-proxy-advanced route.id=routes/balanced <<'JSON'
{
  "name": "ai-proxy-advanced",
  "tags": [
    "team-search"
  ],
  "config": {
    "targets": [
      {
        "route_type": "llm/v1/chat",
        "auth": {
          "header_name": "Authorization",
          "header_value": "Bearer ${MISTRAL_API_KEY}"
        },
        "model": {
          "provider": "mistral",
          "name": "mistral-large-latest",
          "options": {
            "max_tokens": 512,
            "mistral_format": "openai"
          }
        },
        "logging": {
          "log_statistics": true,
          "log_payloads": false
        },
        "weight": 80,
        "metadata": {
          "team": "search"
        }
      },
      {
        "route_type": "llm/v1/chat",
        "model": {
          "provider": "mistral",
          "name": "mistral",
          "options": {
            "max_tokens": 512,
            "temperature": 0.2,
            "mistral_format": "ollama",
            "upstream_url": "http://ollama.internal:11434/api/chat",
            "top_p": 0.9
          }
        },
        "logging": {
          "log_statistics": true,
          "log_payloads": true
        },
        "weight": 20
      }
    ],
    "balancer": {
      "algorithm": "round-robin",
      "failover_criteria": [
        "error",
        "timeout",
        "http_429",
        "non_idempotent"
      ],
      "max_fails": 3
    }
  }
}
JSON

# ── plugins ──
plugin prometheus <<'JSON'
{
  "name": "prometheus",
  "tags": [
    "team-search"
  ],
  "config": {}
}
JSON
plugin rate-limiting consumer_group.id=consumer_groups/staff <<'JSON'
{
  "name": "rate-limiting",
  "tags": [
    "team-search"
  ],
  "config": {
    "minute": 600,
    "policy": "local"
  }
}
JSON

if [[ -z $testing ]]; then exit 0; fi
try chat <<'JSON'
{
  "path": "/chat",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try chat-by-header <<'JSON'
{
  "path": "/chat",
  "headers": {
    "x-model": "mini"
  },
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
# embeddings: no test for llm/v1/embeddings
# files: no test for llm/v1/files
try azure-chat https://localhost:8443 <<'JSON'
{
  "path": "/azure-chat",
  "headers": {
    "Host": "ai.example.com"
  },
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try claude <<'JSON'
{
  "path": "/claude",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try mistral <<'JSON'
{
  "path": "/mistral",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try mistral-local <<'JSON'
{
  "path": "/mistral-local",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try gemini <<'JSON'
{
  "path": "/gemini",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
# gemini-native: no test for the format gemini
try bedrock <<'JSON'
{
  "path": "/bedrock",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try semantic <<'JSON'
{
  "path": "/semantic",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try for-staff <<'JSON'
{
  "path": "/for-staff",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try guarded <<'JSON'
{
  "path": "/guarded",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
try balanced <<'JSON'
{
  "path": "/balanced",
  "headers": {},
  "body": {
    "messages": [
      {
        "role": "system",
        "content": "You are a mathematician"
      },
      {
        "role": "user",
        "content": "What is 1+1?"
      }
    ]
  }
}
JSON
if [[ -n $failed ]]; then die "these routes do not work:$failed"; fi
