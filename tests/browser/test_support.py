"""«Det sker også hos mig» in a real browser: from list and case, with and without JavaScript, leaving no mark."""

from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from backend.cases.actions import support_case
from backend.cases.models import Case, Support
from backend.examples.throttle import counter
from tests.cms.worlds import make_world
from tests.factories import make_published_case, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUTTON = "button:has-text('Det sker også hos mig')"
MARKS = "[document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].join('')"


@pytest.fixture
def case(transactional_db: None) -> Case:
    """A published case that happens to four others."""
    cache.clear()
    counter.forget()
    world = make_world(is_default=True)
    case = make_published_case(world.campaign, make_user("coordinator", world.organisation))
    for _ in range(4):
        support_case(case=case)
    return case


def test_one_click_counts_from_the_list_and_from_the_case(
    case: Case, page: Page, live_server: Any, browser: Browser
) -> None:
    page.goto(f"{live_server.url}/forslag/")
    expect(page.locator("[data-number]")).to_have_text("under 5")
    page.click(BUTTON)
    expect(page.locator(".kt-counted")).to_be_focused()
    expect(page.locator("[data-number]")).to_have_text("5")
    assert page.url.endswith("/forslag/")
    assert Axe().run(page).response["violations"] == []

    page.goto(f"{live_server.url}/forslag/{case.reference}/")
    page.click("summary")
    page.fill("[name=minutes]", "tolv")
    page.click(BUTTON)
    # The server says what is wrong, at the field, with what was typed.
    page.wait_for_selector(".form-error-message")
    expect(page.locator("[name=minutes]")).to_have_value("tolv")
    page.fill("[name=minutes]", "7,5")
    page.fill("[name=times]", "2")
    page.select_option("[name=period]", "week")
    page.click(BUTTON)
    expect(page.locator("[data-number]")).to_have_text("6")
    assert page.evaluate(MARKS) == ""
    assert page.context.cookies() == []
    assert list(Support.objects.exclude(minutes=None).values_list("minutes", "times", "period")) == [
        (Decimal("7.50"), 2, "week")
    ]

    plain = browser.new_context(java_script_enabled=False, locale="da-DK")
    without = plain.new_page()
    without.goto(f"{live_server.url}/forslag/")
    without.click(BUTTON)
    without.wait_for_selector("text=Tak, det er talt med")
    assert plain.cookies() == []
    plain.close()
    assert Support.objects.counted().count() == 7


def test_a_lost_connection_loses_nothing_and_counts_nothing(case: Case, page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/forslag/")
    page.context.set_offline(True)
    page.click(BUTTON)
    expect(page.locator("[data-problem]")).to_have_text("Det blev ikke talt med. Prøv igen om lidt.")
    page.context.set_offline(False)
    page.click(BUTTON)
    expect(page.locator(".kt-counted")).to_be_visible()
    assert Support.objects.count() == 5
