"""«Similar while typing» in a real browser: at each width, by keyboard, with failures; it never stops sending."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from backend.cases.models import Case, Support
from backend.examples.models import Example
from backend.examples.throttle import counter
from tests.cms.worlds import World, make_world
from tests.factories import make_case, make_published_case, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "Jeg skriver borgerens vægt ind flere steder hver dag"


@pytest.fixture
def world(transactional_db: None) -> World:
    """A campaign, two published cases about weighing, and one that only the desk may see."""
    cache.clear()
    counter.forget()
    world = make_world(is_default=True)
    user = make_user("coordinator", world.organisation)
    make_published_case(
        world.campaign, user, title="Vægten skrives tre steder", problem="Borgerens vægt skrives tre steder."
    )
    make_published_case(
        world.campaign, user, title="To systemer til vægt", problem="Vi skriver vægt i to systemer hver dag."
    )
    make_case(world.campaign, user, title="Skjult vægt", problem="Borgerens vægt skrives flere steder.")
    return world


def open_form(page: Page, live_server: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/kampagner/mere-tid/")


def place_of(page: Page, selector: str) -> float:
    return page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().top + scrollY")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_alike_cases_come_while_typing_and_nothing_moves(
    world: World, page: Page, live_server: Any, width: int, context: BrowserContext
) -> None:
    open_form(page, live_server, width)
    field, send = page.locator("textarea[name=problem]"), ".kt-send"
    field.focus()
    before = place_of(page, send)
    field.press_sequentially(TYPED)
    items = page.locator("#ligner li")
    expect(items).to_have_count(2)
    assert place_of(page, send) == before
    expect(field).to_be_focused()
    line = page.locator("[data-alike-line]")
    if width < 992:
        expect(line).to_have_text("2 ligner dit")
        expect(items.first).to_be_hidden()
        assert line.bounding_box()["height"] >= 44
        line.press("Enter")
    else:
        expect(line).to_be_hidden()
    expect(items.first).to_be_visible()
    expect(page.get_by_text("Skjult vægt")).to_have_count(0)
    expect(items.first).to_contain_text("under 5")
    expect(items.first.locator("[data-state]")).to_have_text("Klar til at blive sendt")
    expect(page.locator("[data-alike-status]")).to_contain_text("2 offentlige forslag ligner")
    violations = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:100]) for fault in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert context.cookies() == []


def test_yes_counts_one_more_with_its_time_and_no_hides(world: World, page: Page, live_server: Any) -> None:
    open_form(page, live_server, 390)
    field = page.locator("textarea[name=problem]")
    field.press_sequentially(TYPED)
    page.locator("[data-alike-line]").click()
    first, second = page.locator("#ligner li").nth(0), page.locator("#ligner li").nth(1)
    chosen = first.locator("h3 a").inner_text()
    second.get_by_role("button", name="Nej, mit er anderledes").click()
    expect(page.locator("#ligner li")).to_have_count(1)
    first.get_by_role("button", name="Ja, det er det samme").click()
    first.get_by_label("minutter").fill("ti")
    first.get_by_label("minutter").press("Enter")
    expect(first.get_by_role("alert")).not_to_be_empty()
    first.get_by_label("minutter").fill("12,5")
    first.get_by_label("gange").fill("3")
    first.get_by_label("Pr.").select_option("week")
    first.get_by_role("button", name="Tæl mig med").click()
    expect(first).to_contain_text("Tak, det er talt med")
    support = Support.objects.get()
    assert (support.case.title, support.minutes, support.times, support.period) == (chosen, 12.5, 3, "week")
    assert not Example.objects.filter(problem=TYPED).exists()
    # The text is still there and can still be sent.
    expect(field).to_have_value(TYPED)
    page.locator(".kt-send").first.click()
    page.wait_for_url("**/kampagner/mere-tid/")
    assert Example.objects.filter(problem=TYPED).count() == 1


def test_yes_may_take_the_text_along(world: World, page: Page, live_server: Any) -> None:
    open_form(page, live_server, 390)
    page.locator("textarea[name=problem]").press_sequentially(TYPED)
    page.locator("[data-alike-line]").click()
    first = page.locator("#ligner li").first
    chosen = first.locator("h3 a").inner_text()
    first.get_by_role("button", name="Ja, det er det samme").click()
    first.get_by_label("minutter").fill("12,5")
    first.get_by_label("gange").fill("3")
    first.get_by_label("Pr.").select_option("week")
    first.get_by_label("Send også det, jeg har skrevet").check()
    first.get_by_role("button", name="Tæl mig med").click()
    notice = page.locator("[data-same]")
    expect(notice).to_be_focused()
    expect(notice).to_contain_text(chosen)
    assert not Support.objects.exists()
    page.reload()  # the draft knows it too
    expect(notice).to_contain_text("F-")
    notice.get_by_role("button", name="Nej, mit er anderledes").click()
    expect(notice).to_be_hidden()
    page.locator("[data-alike-line]").click()
    first.get_by_role("button", name="Ja, det er det samme").click()
    first.get_by_label("Send også det, jeg har skrevet").check()
    first.get_by_role("button", name="Tæl mig med").click()
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    expect(page.get_by_text("Du er talt med")).to_be_visible()
    support = Support.objects.get()
    assert (support.minutes, support.times, support.period) == (12.5, 3, "week")
    assert support.example.problem == TYPED


def test_sending_does_not_wait_for_an_answer_that_never_comes(
    world: World, page: Page, live_server: Any
) -> None:
    page.route("**/examples/similar", lambda route: None)
    open_form(page, live_server, 390)
    page.locator("textarea[name=problem]").fill(TYPED)
    page.wait_for_timeout(700)
    page.locator(".kt-send").first.click()
    page.wait_for_selector("text=følgekode")
    assert Example.objects.filter(problem=TYPED).count() == 1


def test_a_failure_is_silent(world: World, page: Page, live_server: Any) -> None:
    page.route("**/examples/similar", lambda route: route.fulfill(status=503, body="{}"))
    open_form(page, live_server, 390)
    page.locator("textarea[name=problem]").fill(TYPED)
    page.wait_for_timeout(900)
    expect(page.locator("[data-alike-line]")).to_be_hidden()
    assert Case.objects.count() == 3
