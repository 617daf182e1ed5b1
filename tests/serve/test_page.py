"""The page at `/_aicfg/` in a real browser: a request appears, both sides are read, by keyboard too, and no text that
came from outside does anything but stand there. Skipped where there is no Chromium with its driver."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="pip install 'aicfg[serve]'")
pytest.importorskip("starlette", reason="pip install 'aicfg[serve]'")
webdriver = pytest.importorskip("selenium.webdriver", reason="pip install 'aicfg[test]'")

from running import CHAT, HELLO, STREAMED, Server, put, serving  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(not BROWSER or not DRIVER, reason="apt-get install chromium chromium-driver")

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\u202e'\"&lt;\x1b[31m"
IN_HEADER = HOSTILE.encode("ascii", "ignore").decode().replace("\x1b", "")
MANIFEST = f"""\
version: 1
gateway: {{version: "3.10"}}
providers:
  claude: {{type: anthropic, api_key: "${{env:CLAUDE_KEY}}", options: {{anthropic_version: "2023-06-01"}}}}
  openai: {{type: openai, api_key: "${{env:OPENAI_API_KEY}}"}}
routes:
  claude: {{provider: claude, model: claude-x, options: {{max_tokens: 512}}, path: /claude}}
  openai: {{provider: openai, path: /openai}}
  model: {{provider: openai, model: {json.dumps(HOSTILE)}, path: /model}}
"""
ASKED = {"messages": [{"role": "system", "content": "One word."}, {"role": "user", "content": "Where?"}], "top_p": 0.5}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    put(
        folder / "replies",
        {"openai.http": f"HTTP/1.1 500 No\nContent-Type: text/html\nX-Said: {IN_HEADER}\n\n{HOSTILE}"},
    )
    put(folder / "replies", {"model.json": json.dumps(CHAT), "openai.sse": f"data: {json.dumps(HOSTILE)}\n\n"})
    with serving(folder, MANIFEST, "--replies", "replies") as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()


@pytest.fixture
def page(server: Server, chromium: Any) -> Any:
    """The page, once it listens."""
    chromium.get(f"{server.url}/_aicfg/")
    wait(chromium, lambda: chromium.find_element(By.ID, "live").text == "live")
    chromium.get_log("browser")
    return chromium


def wait(browser: Any, found: Callable[[], Any]) -> Any:
    return WebDriverWait(browser, 10, 0.05, (Exception,)).until(lambda _: found())


def text(browser: Any, selector: str) -> str:
    """What a person could read there, whether it is in view or not."""
    found: str = browser.find_element(By.CSS_SELECTOR, selector).get_property("textContent")
    return found


def shows(browser: Any, number: int) -> None:
    wait(browser, lambda: text(browser, "main h2").startswith(f"#{number} "))


def test_a_request_appears_while_one_looks_and_both_sides_are_read(server: Server, page: Any) -> None:
    assert server.post("/claude", ASKED, {"Authorization": "Bearer s3cr3t"}).status == 404
    number = server.exchanges()[-1]["number"]
    shows(page, number)
    first = page.find_elements(By.CSS_SELECTOR, "#requests li")[0]
    assert first.text.splitlines()[0].startswith("404")
    assert "anthropic claude-x" in first.text
    client, upstream = text(page, ".client"), text(page, ".upstream")
    assert "POST /claude" in client
    assert "authorization: Bearer ***" in client
    assert '"content": "One word."' in client
    assert "POST https://api.anthropic.com/v1/messages" in upstream
    assert "x-api-key: <CLAUDE_KEY>" in upstream
    assert '"system": "One word."' in upstream
    assert "s3cr3t" not in page.page_source
    assert '"top_p": 0.5' in [row.text.strip() for row in page.find_elements(By.CSS_SELECTOR, ".client .differs")]
    surprising = [row.text for row in page.find_elements(By.CSS_SELECTOR, "tr.surprising")]
    assert any("dropped" in row and "top_p" in row for row in surprising)
    assert "put one in the folder of replies: claude.json" in text(page, ".problem")
    assert "made by aicfg" in text(page, ".reply h3")


def test_the_routes_are_listed(page: Any) -> None:
    listed = text(page, "#routes")
    assert "claude" in listed
    assert "POST /claude" in listed


def test_everything_is_reached_by_keyboard(server: Server, page: Any) -> None:
    for path in ("/one", "/two", "/three"):
        server.call("GET", path)
    newest = server.exchanges()[-1]["number"]
    shows(page, newest)
    page.find_element(By.ID, "requests").send_keys(Keys.ARROW_DOWN)
    shows(page, newest - 1)
    assert page.find_element(By.CSS_SELECTOR, "[aria-selected=true]").get_attribute("id") == f"r{newest - 1}"
    body = page.find_element(By.TAG_NAME, "body")
    body.send_keys("j")
    shows(page, newest - 2)
    server.call("GET", "/four")
    wait(page, lambda: page.find_element(By.ID, f"r{newest + 1}"))
    assert text(page, "main h2").startswith(f"#{newest - 2} ")  # the reader is not taken away from what he reads
    body.send_keys("f")
    shows(page, newest + 1)
    page.refresh()
    shows(page, newest + 1)
    reached = []
    for _ in range(12):
        page.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.execute_script("return document.activeElement.id || document.activeElement.className"))
    assert {"skip", "follow", "requests", "code"} <= {name.split()[0] for name in reached if name}


def test_a_streams_end_is_shown(server: Server, page: Any) -> None:
    assert server.post("/openai", {**STREAMED, "model": "m"}).status == 200
    wait(page, lambda: "data: " in text(page, ".reply .plain"))


def test_hostile_text_only_stands_there(server: Server, page: Any) -> None:
    """In each place that a client, a provider or the file can write to: nothing becomes an element, nothing runs."""
    path = "/openai/%3Cscript%3Ealert(1)%3C/script%3E<b>x</b>"
    body = {"model": HOSTILE, HOSTILE: HOSTILE, "messages": [{"role": HOSTILE, "content": HOSTILE}]}
    for answer in (
        server.call("POST", f"{path}?<i>=<b>".replace(" ", ""), body, {"X-Hostile": IN_HEADER}),
        server.call("POST", "/openai", {**body, "stream": True}, {"Authorization": IN_HEADER}),
        server.call("POST", "/model", HELLO),
        server.call("POST", "/nowhere<script>", HOSTILE.encode(), {"Content-Type": IN_HEADER}),
    ):
        assert answer.status in (200, 404, 500)
        number = server.exchanges()[-1]["number"]
        shows(page, number)
        wait(page, lambda: page.find_element(By.CSS_SELECTOR, ".reply"))
        assert (
            page.find_elements(By.CSS_SELECTOR, "main img, main script, main b, nav img, nav script, nav b, header b")
            == []
        )
        assert "owned" not in page.title
        assert "\u202e" not in text(page, "body")
        assert "\x1b" not in text(page, "body")
    assert [entry["message"] for entry in page.get_log("browser")] == []


def test_it_is_told_when_the_server_has_gone(chromium: Any, tmp_path: Path) -> None:
    with serving(tmp_path, MANIFEST) as server:
        chromium.get(f"{server.url}/_aicfg/")
        wait(chromium, lambda: chromium.find_element(By.ID, "live").text == "live")
    wait(chromium, lambda: chromium.find_element(By.ID, "live").text.startswith("not connected"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_in_light_and_dark(server: Server, page: Any, scheme: str) -> None:
    """Every text has a contrast of 4.5 to 1 with what is behind it, as WCAG 2 (AA) asks."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    server.post("/claude", ASKED)
    shows(page, server.exchanges()[-1]["number"])
    page.execute_script("document.getAnimations().forEach((each) => each.finish())")
    poor = page.execute_script(CONTRAST)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert poor == []


CONTRAST = """
const parse = (color) => color.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => ((c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const color = parse(getComputedStyle(node).backgroundColor);
    if (color.length < 4 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const poor = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const node = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !node.checkVisibility() || node.closest(".skip")) continue;
  const [one, other] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
  if ((one + 0.05) / (other + 0.05) < 4.5) poor.push(texts.currentNode.data.trim().slice(0, 40));
}
return poor;
"""
