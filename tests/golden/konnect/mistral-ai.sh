#!/usr/bin/env bash
# Makes the entities below in a control plane of Konnect, or replaces them. Safe to run again.
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
#     KONNECT_TOKEN               a personal or system access token (must be set)
#     KONNECT_CONTROL_PLANE_ID    the control plane's id (must be set)
#     KONNECT_REGION              us, eu, au, … (default: us)
#     KONNECT_URL                 in place of https://REGION.api.konghq.com
#     PROXY_URL           for --test: where the gateway takes requests (default: http://localhost:8000)
#     MISTRAL_API_KEY     a secret that must be set
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

tool start "Authorization: Bearer " KONNECT_TOKEN "KONNECT_TOKEN KONNECT_CONTROL_PLANE_ID" MISTRAL_API_KEY
dir=$aicfg_dir
type=application/json
testing=
for argument; do
    case $argument in
        --test) testing=yes ;;
        *) die "unknown argument $argument: there is only --test" ;;
    esac
done

case ${KONNECT_REGION:=us} in
    *[!a-z0-9-]*) die "KONNECT_REGION is no region" ;;
esac
case ${KONNECT_URL:=https://$KONNECT_REGION.api.konghq.com} in
    *[[:space:][:cntrl:]\"\\]*) die "KONNECT_URL is no URL" ;;
    http://* | https://*) ;;
    *) die "KONNECT_URL must start with http:// or https://" ;;
esac
case $KONNECT_CONTROL_PLANE_ID in
    *[!A-Za-z0-9-]*) die "KONNECT_CONTROL_PLANE_ID is no id" ;;
esac
base=${KONNECT_URL%/}/v2/control-planes/$KONNECT_CONTROL_PLANE_ID/core-entities
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

# put KIND NAME [PATH=REFERENCE ...] <BODY: the entity of that name, made or replaced. Konnect takes ids only.
put() {
    local kind=$1 name=$2 field=name
    shift 2
    fill "$@"
    case $kind in
        consumers) field=username ;;
        vaults) field=prefix ;;
    esac
    found=$(tool own_id)
    if [[ -z $found ]]; then find_id "/$kind" "$field=$name"; fi
    if [[ -n $found ]]; then
        send_body PUT "/$kind/$found"
    else
        send_body POST "/$kind"
    fi
    remember "$kind/$name"
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

# ── service ai-proxy ──
put services ai-proxy <<'JSON'
{
  "name": "ai-proxy",
  "url": "http://localhost:32000"
}
JSON
put routes mistral-chat service.id=services/ai-proxy <<'JSON'
{
  "name": "mistral-chat",
  "paths": [
    "~/mistral-chat$"
  ],
  "methods": [
    "POST"
  ],
  "protocols": [
    "http",
    "https"
  ]
}
JSON
plugin ai-proxy route.id=routes/mistral-chat <<'JSON'
{
  "name": "ai-proxy",
  "config": {
    "route_type": "llm/v1/chat",
    "auth": {
      "header_name": "Authorization",
      "header_value": "Bearer ${MISTRAL_API_KEY}"
    },
    "model": {
      "provider": "mistral",
      "name": "mistral-tiny",
      "options": {
        "mistral_format": "openai"
      }
    }
  }
}
JSON

if [[ -z $testing ]]; then exit 0; fi
try mistral-chat <<'JSON'
{
  "path": "/mistral-chat",
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
