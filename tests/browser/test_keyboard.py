"""The writer's way by keyboard alone: form, receipt, code and status, with the focus always seen."""

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from backend.examples.models import Example
from backend.examples.throttle import counter
from tests.cms.worlds import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "Vi skriver vægten tre steder, og ingen af tallene passer sammen."
FAR = 60  # presses of Tab
# What has the focus: its name for a screen reader as near as a test can ask, and whether an outline is drawn.
FOCUSED = """() => {
  const it = document.activeElement;
  const style = getComputedStyle(it);
  const labels = [...(it.labels ?? [])].map((label) => label.textContent);
  const name = [it.getAttribute("aria-label"), ...labels, it.textContent, it.alt].find((words) => words?.trim()) ?? "";
  const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
  return { tag: it.tagName, field: it.getAttribute("name") ?? "", name: name.trim(), isSeen };
}"""
# A machine with a Danish voice that is far away, and after a while one of its own.
VOICES = """
  window.said = [];
  const far = { lang: "da-DK", localService: false, name: "far" };
  const own = { lang: "da-DK", localService: true, name: "own" };
  window.voices = [far];
  const speech = new EventTarget();
  Object.assign(speech, {
    getVoices: () => window.voices, cancel() {}, speak: (said) => window.said.push(`${said.voice.name} ${said.text}`),
  });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.findVoice = () => { window.voices = [far, own]; speech.dispatchEvent(new Event("voiceschanged")); };
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    counter.forget()
    return make_world(is_default=True)


def tab_to(page: Page, *, field: str = "", name: str = "") -> None:
    """Press Tab until the control has the focus; every one on the way has a name and is seen to have it."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["tag"] == "BODY":
            continue
        assert focused["name"], focused
        assert focused["isSeen"], focused
        if (field and focused["field"] == field) or (name and focused["name"] == name):
            return
    raise AssertionError(f"Tab does not lead to {field or name}")


def test_form_receipt_and_status_by_keyboard_alone(world: World, page: Page, live_server: Any) -> None:
    page.add_init_script(VOICES)
    page.goto(f"{live_server.url}{world.address}")
    press, write = page.keyboard.press, page.keyboard.insert_text
    tab_to(page, name="Gå til indholdet")
    press("Enter")
    tab_to(page, field="problem")
    write(PROBLEM)
    tab_to(page, name="Hvor meget tid tager det?")
    press("Enter")
    tab_to(page, field="minutes")
    write("tolv")
    press("Enter")
    # The list of errors has the focus; its link leads to the field, where what was written stands.
    expect(page.locator(".alert-error")).to_be_focused()
    tab_to(page, name="Skriv et tal, for eksempel 15 eller 12,5.")
    press("Enter")
    expect(page.locator("[name=minutes]")).to_be_focused()
    press("Control+A")
    write("12,5")
    press("Enter")

    expect(page.locator("#tak")).to_be_focused()
    example = Example.objects.get()
    assert (example.problem, example.minutes) == (PROBLEM, 12.5)
    words = page.locator("#code li").all_inner_texts()
    aloud = page.get_by_role("button", name="Læs koden højt")
    expect(aloud).to_be_hidden()
    page.evaluate("findVoice()")
    tab_to(page, name="Læs koden højt")
    press("Enter")
    assert page.evaluate("said") == [f"own {word}" for word in words]

    page.goto(f"{live_server.url}/spor/")
    tab_to(page, field="code")
    write(" ".join(words))
    press("Enter")
    expect(page.locator("h1")).to_have_text("Modtaget")
    tab_to(page, field="text")
    write("Det er værst om mandagen.")
    tab_to(page, name="Send")
    press("Enter")
    expect(page.locator("[data-focus]")).to_be_focused()
    tab_to(page, name="Træk mit eksempel tilbage")
    press("Enter")
    tab_to(page, field="sure")
    press("Space")
    tab_to(page, name="Træk tilbage")
    press("Enter")
    expect(page.locator("h1")).to_have_text("Trukket tilbage af dig")
