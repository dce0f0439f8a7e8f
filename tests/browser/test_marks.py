"""Marks while typing, in a real browser: the same table as the server's, marked in the text, never in the way."""

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Page, expect

from backend.examples.models import Example
from backend.examples.throttle import counter
from tests.backend import examples
from tests.cms.worlds import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = json.loads((Path(examples.__path__[0]) / "data" / "personal_marks.json").read_text(encoding="utf-8"))
MARK_ALL = """async (texts) => {
  const { finder } = await import("/static/js/marks.js");
  const find = finder(await (await fetch("/static/marks/rules.json")).json());
  return texts.map((text) => find(text).map((hint) => `${hint.kind}: ${text.slice(hint.start, hint.end)}`));
}"""


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    counter.forget()
    return make_world(is_default=True)


def test_marks_while_typing(world: World, page: Page, live_server: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}{world.address}")
    assert page.evaluate(MARK_ALL, [text for text, _marks in TABLE]) == [marks for _text, marks in TABLE]

    field, listed = page.locator("[name=problem]"), page.locator("[data-marks-list] li")
    field.focus()
    field.press_sequentially("Vi spurgte Mette Hansen, om borgeren har diabetes.")
    expect(listed).to_have_count(2)
    expect(field).to_be_focused()
    assert page.locator(".kt-behind mark").all_inner_texts() == ["Mette Hansen", "diabetes"]
    behind, over = page.locator(".kt-behind__text").first.bounding_box(), field.bounding_box()
    assert behind is not None
    assert over is not None
    assert abs(behind["x"] - over["x"]) < 1
    assert abs(behind["y"] - over["y"]) < 1
    # What may be about one citizen opens that question; nothing is answered for the writer.
    assert page.locator("[data-question=one_citizen]").get_attribute("open") is not None
    assert page.locator("[name=one_citizen]:checked").count() == 0
    assert page.locator("[data-question=event]").is_hidden()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

    listed.first.get_by_role("button").click()
    chosen = field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen == "Mette Hansen"
    # Shown already: the server does not ask again.
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    assert Example.objects.get().problem.startswith("Vi spurgte Mette Hansen")


def test_what_leads_to_the_whistleblower_scheme_stays_in_no_draft(
    world: World, page: Page, live_server: Any
) -> None:
    page.goto(f"{live_server.url}{world.address}")
    page.fill("[name=problem]", "Der er svindel med kassen, og ingen siger noget.")
    page.wait_for_selector("[data-question=serious][open]")
    page.check("[name=serious][value=yes]")
    page.locator(".kt-send").first.click()
    page.get_by_role("heading", name="Det hører til i whistleblowerordningen").wait_for()
    assert page.input_value("#tilbage") == "Der er svindel med kassen, og ingen siger noget."
    assert page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})") == "{}"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("summary", has_text="Har du et billede").click()
    page.set_input_files("[name=files]", {"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"})
    expect(page.get_by_text("a.exe er ikke en af de slags")).to_be_visible()
    page.set_input_files("[name=files]", [])
    # A second thought: everything is still there, and goes through.
    page.check("[name=serious][value=no]")
    page.locator(".kt-send").last.click()
    page.wait_for_selector("#code")
