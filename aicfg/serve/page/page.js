// What came from a client or a provider is put into the page as text only: never as HTML, an address or a style.
"use strict";

const KEPT = 100; // as many as the server keeps
const find = (id) => document.getElementById(id);
const list = find("requests");
const detail = find("detail");
const follow = find("follow");
const example = find("example"); // it leaves the page with the first exchange
const known = new Map();
let selected = null;
let asked = 0;

function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  if (options.class) node.className = options.class;
  if (options.text !== undefined) node.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}

function saysState(exchange) {
  return { streaming: "streaming", gone: "client left", failed: "cut off" }[exchange.state] || clock(exchange.time);
}

function row(exchange, fresh) {
  const bad = exchange.status >= 400 || exchange.state === "failed";
  const node = make(
    "li",
    {
      class: fresh ? "fresh" : "",
      attributes: { role: "option", id: `r${exchange.number}`, "aria-selected": String(exchange.number === selected) },
    },
    make("span", { class: "status mono", text: String(exchange.status), attributes: { "data-bad": String(bad) } }),
    make("span", { class: "where mono", text: `${exchange.method} ${exchange.path}` }),
    make("span", { class: "quiet mono", text: `#${exchange.number}` }),
    make("span", { class: "more" }, make("span", { text: exchange.model || "no route" }), make("span", { text: saysState(exchange) })),
  );
  node.addEventListener("click", () => {
    follow.checked = false;
    select(exchange.number);
  });
  return node;
}

function put(exchange) {
  const before = known.get(exchange.number);
  const node = row(exchange, !before);
  known.set(exchange.number, { exchange, node });
  if (before) before.node.replaceWith(node);
  else list.prepend(node);
  while (known.size > KEPT) {
    const [oldest] = known.keys();
    known.get(oldest).node.remove();
    known.delete(oldest);
  }
  document.body.classList.toggle("waiting", known.size === 0);
  if (!before && (follow.checked || selected === null)) select(exchange.number);
  else if (exchange.number === selected) load(exchange.number);
}

function select(number) {
  const old = known.get(selected);
  if (old) old.node.setAttribute("aria-selected", "false");
  selected = number;
  const now = known.get(number);
  if (!now) return;
  now.node.setAttribute("aria-selected", "true");
  now.node.scrollIntoView({ block: "nearest" });
  list.setAttribute("aria-activedescendant", now.node.id);
  load(number);
}

async function load(number) {
  const turn = ++asked;
  try {
    const answer = await fetch(`/_aicfg/exchanges/${number}`);
    if (turn !== asked) return;
    if (answer.ok) show(await answer.json());
    else detail.replaceChildren(make("p", { class: "quiet", text: "This exchange is no longer kept." }));
  } catch {
    // the server has gone; the line at the top says so
  }
}

function head(lines) {
  const [first, ...rest] = lines;
  return make("pre", { class: "code head" }, make("span", { class: "first", text: first }), rest.length ? `\n${rest.join("\n")}` : "");
}

function code(lines, label) {
  const node = make("pre", { class: "code", attributes: { tabindex: "0", "aria-label": label } });
  for (const [text, differs] of lines) node.append(make("span", { class: differs ? "row differs" : "row", text: `${text}\n` }));
  return node;
}

function side(name, title, hint, message) {
  return make(
    "section",
    { class: name, attributes: { "aria-label": title } },
    make("h3", {}, title, make("span", { text: hint })),
    head(message.head),
    code(message.body, `${title}: body`),
  );
}

function changes(found) {
  const body = make("tbody");
  for (const change of found) {
    body.append(
      make(
        "tr",
        { class: change.surprising ? "surprising" : "" },
        make("td", { text: (change.surprising ? "! " : "") + change.kind }),
        make("td", { class: "mono", text: change.what }),
        make("td", { text: change.why }),
      ),
    );
  }
  const titles = make("tr", {}, ...["what", "field", "why"].map((text) => make("th", { text, attributes: { scope: "col" } })));
  return make("section", {}, make("h3", { text: "What became of the client's fields" }), make("table", {}, make("thead", {}, titles), body));
}

function reply(exchange) {
  const from = exchange.reply ? `recorded: ${exchange.reply}` : "made by aicfg";
  const said = { streaming: ", still streaming", gone: ", and the client left", failed: ", and was cut off" }[exchange.state] || "";
  return make(
    "section",
    { class: "reply", attributes: { "aria-label": "What the client gets" } },
    make("h3", {}, `What the client gets${said}`, make("span", { text: from })),
    head([String(exchange.status), ...exchange.headers]),
    make("pre", { class: "code plain", text: exchange.body, attributes: { tabindex: "0", "aria-label": "The answer's body" } }),
  );
}

function show(exchange) {
  const title = make(
    "div",
    { class: "title" },
    make("h2", { text: `#${exchange.number} ${exchange.method} ${exchange.path}` }),
    make("span", { class: "quiet", text: [exchange.route && `route ${exchange.route}`, exchange.model, clock(exchange.time)].filter(Boolean).join(" · ") }),
  );
  const parts = [title];
  if (exchange.problem.length) {
    const lines = exchange.problem.map((text) => make("p", { text }));
    parts.push(make("section", { class: "problem", attributes: { role: "note" } }, ...lines));
  }
  const client = side("client", "Client", "as it came", exchange.client);
  const upstream = exchange.upstream ? side("upstream", "Upstream", "what Kong sends", exchange.upstream) : null;
  parts.push(upstream ? make("div", { class: "sides" }, client, upstream) : client);
  if (exchange.changes.length) parts.push(changes(exchange.changes));
  parts.push(reply(exchange));
  if (exchange.notes.length) {
    const notes = make("ul", { class: "notes" }, ...exchange.notes.map((text) => make("li", { text })));
    parts.push(make("section", {}, make("h3", { text: "Notes" }), notes));
  }
  detail.replaceChildren(...parts);
}

function step(by) {
  const numbers = [...known.keys()].sort((one, other) => other - one);
  if (!numbers.length) return;
  const at = numbers.indexOf(selected);
  const next = numbers[Math.min(Math.max(at + by, 0), numbers.length - 1)];
  follow.checked = false;
  select(next);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inList = document.activeElement === list || document.activeElement === document.body;
  if (event.key === "j" || (event.key === "ArrowDown" && inList)) step(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && inList)) step(-1);
  else if (event.key === "f") {
    follow.checked = true;
    const newest = Math.max(...known.keys());
    if (known.size) select(newest);
  } else return;
  event.preventDefault();
});

function live(state, text) {
  find("live").dataset.state = state;
  find("live").textContent = text;
}

function watch() {
  const source = new EventSource("/_aicfg/events");
  source.addEventListener("open", () => live("on", "live"));
  source.addEventListener("error", () => live("off", "not connected: is aicfg serve running?"));
  source.addEventListener("all", (event) => {
    const exchanges = JSON.parse(event.data);
    known.clear();
    list.replaceChildren();
    document.body.classList.toggle("waiting", exchanges.length === 0);
    for (const exchange of exchanges) {
      const node = row(exchange, false);
      known.set(exchange.number, { exchange, node });
      list.prepend(node);
    }
    if (exchanges.length && (follow.checked || !known.has(selected))) select(exchanges[exchanges.length - 1].number);
    else if (known.has(selected)) select(selected);
    else selected = null;
  });
  source.addEventListener("one", (event) => put(JSON.parse(event.data)));
}

async function start() {
  watch();
  const about = await (await fetch("/_aicfg/about")).json();
  document.title = `${about.file} · aicfg serve`;
  const way = about.replies ? "with recorded answers" : "answering with the translated request";
  find("about").textContent = `${about.file} · gateway ${about.gateway} · ${way}`;
  for (const route of about.routes) {
    find("routes").append(
      make(
        "li",
        {},
        make("strong", { text: route.name }),
        make("div", { class: "mono", text: `${route.methods.join("/")} ${route.paths.join(" ")}`.trim() }),
        make("div", { class: "quiet", text: [route.type, route.targets.join(", ")].filter(Boolean).join(" · ") }),
      ),
    );
  }
  find("routes-box").open = about.routes.length <= 8;
  const [first] = about.routes;
  const plain = first && first.paths.map((path) => path.replace(/^~/, "").replace(/\$$/, "").replace(/\\(.)/g, "$1"))[0];
  const chat = '{"messages": [{"role": "user", "content": "Hello"}]}';
  example.textContent = `curl ${location.origin}${plain || "/"} \\\n  -H 'Content-Type: application/json' \\\n  -d '${chat}'`;
}

start();
