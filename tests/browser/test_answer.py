"""A centre answers fourteen rows on its own page in a real browser: seven together, the rest one by one; timed."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from backend.cases.models import Referral, Reply
from backend.examples.throttle import counter
from tests.cms.worlds import World, make_world
from tests.factories import make_letter, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = 14
TOGETHER = 7


@pytest.fixture
def world(transactional_db: None) -> World:
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def letter(world: World) -> Any:
    return make_letter(world.campaign, make_user("coordinator", world.organisation), rows=ROWS)


@pytest.fixture
def base(live_server: Any) -> str:
    return live_server.url.replace("//localhost", "//lejre.localhost")


class Hand:
    """A person at the keyboard, whose clicks and keys are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.keys = page, 0, 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.locator(selector).first.click()

    def type(self, selector: str, text: str) -> None:
        """Click into a field and write."""
        self.clicks += 1
        self.keys += len(text)
        self.page.locator(selector).first.fill(text)

    def choose(self, selector: str, value: str) -> None:
        """Open a list and choose."""
        self.clicks += 2
        self.page.locator(selector).first.select_option(value)


def faults(page: Page) -> list[tuple[str, str]]:
    """What axe finds wrong."""
    found = Axe().run(page).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:100]) for fault in found]


def test_a_centre_answers_fourteen_rows(page: Page, context: BrowserContext, letter: Any, base: str) -> None:
    _batch, rows, _link, secret = letter
    keys = [row.pk.hex for row in rows]
    hand = Hand(page)
    began = time.monotonic()

    page.goto(f"{base}/svar/#{secret}")
    page.wait_for_selector("form[data-letter]")
    assert secret not in page.url
    hand.click("[value='acknowledge:']")
    expect(page.locator("[role=status]").first).to_contain_text("Tak")
    hand.type("[name=signed_name]", "Bente Lund")
    hand.type("[name=signed_title]", "Centerchef")

    for key in keys[:TOGETHER]:
        hand.click(f"[name=pick][value='{key}']")
    expect(page.locator("[data-count]")).to_have_text(f"Valgt: {TOGETHER}")
    hand.click("[value='open:together:answer']")
    expect(page.locator("[data-picked] li")).to_have_count(TOGETHER)
    hand.click("[name=together-answer][value=follow]")
    expect(page.locator("[name=together-place]")).to_be_hidden()
    hand.type("[name=together-what]", "Skemaet afskaffes.")
    hand.type("[name=together-by_whom]", "Afdelingslederen")
    # A day is still missing: nothing is saved, the list of errors has the focus and leads to the field.
    hand.click("[value='save:together']")
    expect(page.locator("#fejl")).to_be_focused()
    expect(page.locator("#fejl a")).to_have_text("Senest hvornår? – Svaret skal have dette felt udfyldt.")
    hand.click("#fejl a")
    expect(page.locator("[name=together-promised_date]")).to_be_focused()
    hand.type("[name=together-promised_date]", "2090-03-01")
    hand.click("[value='save:together']")
    expect(page.locator("[role=status]").first).to_have_text(f"{TOGETHER} rækker er gemt.")

    hand.click("[name=hide]")
    expect(page.locator("article.kt-row:visible")).to_have_count(ROWS - TOGETHER)
    hand.click(f"[value='open:{keys[TOGETHER]}:answer']")
    expect(page.locator(f"#h{keys[TOGETHER]}")).to_be_focused()
    for number, key in enumerate(keys[TOGETHER:], start=TOGETHER + 1):
        hand.click(f"[name='{key}-answer'][value=not]")
        hand.choose(f"[name='{key}-reason_code']", "cost")
        hand.type(f"[name='{key}-text']", f"Det er for dyrt i række {number}.")
        if number < ROWS:
            hand.click(f"[value='save_next:{key}']")
            expect(page.locator(f"[id='row:{keys[number]}'] [role=status]")).to_be_focused()
    # An accident: the page is loaded anew before anything was saved. The text is there, in this window only.
    page.reload()
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator(f"[name='{key}-text']")).to_have_value(f"Det er for dyrt i række {ROWS}.")
    assert faults(page) == []
    hand.click(f"[value='save:{key}']")
    expect(page.locator(f"[id='row:{key}'] [role=status]")).to_be_focused()

    seconds = time.monotonic() - began
    expect(page.locator(".kt-progress")).to_contain_text(f"{ROWS} af {ROWS} besvaret")
    print(f"{ROWS} rows answered in {seconds:.1f} s of machine time: {hand.clicks} clicks, {hand.keys} keys")
    assert Referral.objects.filter(status="answered").count() == ROWS
    assert Reply.objects.count() == ROWS
    kept = page.evaluate("Object.keys(sessionStorage).filter((key) => !key.endsWith(':signature'))")
    assert (kept, page.evaluate("localStorage.length"), context.cookies()) == ([], 0, [])
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(page) == []
    page.emulate_media(media="print")
    expect(page.locator("main button:visible, main input:visible, main a:visible")).to_have_count(0)


def test_without_javascript_nothing_is_missing(
    new_context: Callable[..., BrowserContext], letter: Any, base: str
) -> None:
    _batch, rows, _link, secret = letter
    key, other = rows[0].pk.hex, rows[1].pk.hex
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{base}/svar/")
    page.fill("[name=link]", f"{base}/svar/#{secret}")
    page.click("form[data-open] button")
    page.click(f"[value='open:{other}:answer']")
    assert page.url.endswith(f"#row:{other}")
    page.fill(f"[name='{other}-text']", "Halvt skrevet")
    page.click(f"[value='open:{key}:answer']")
    page.check(f"[name='{key}-answer'][value=not]")
    expect(page.locator(f"[name='{key}-what']")).to_be_hidden()
    page.select_option(f"[name='{key}-reason_code']", "cost")
    page.fill(f"[name='{key}-text']", "For dyrt.")
    # Enter in a line sends the form without pressing any of its buttons: nothing is lost, nothing is done.
    page.fill("[name=signed_name]", "Bente Lund")
    page.press("[name=signed_name]", "Enter")
    page.wait_for_load_state()
    expect(page.locator("html")).to_have_attribute("lang", "da")
    assert {row.status for row in Referral.objects.all()} == {"sent"}
    page.fill("[name=signed_title]", "Centerchef")
    page.click(f"[value='save:{key}']")
    expect(page.locator(f"[id='row:{key}']")).to_contain_text("Gemt")
    expect(page.locator(f"[name='{other}-text']")).to_have_value("Halvt skrevet")
    assert Reply.objects.get().text == "For dyrt."
