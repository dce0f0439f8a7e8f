"""The secretariat's work in a real browser: from reading to published, and nothing typed is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from backend.cases.models import Case
from backend.examples.actions import ask
from backend.examples.models import Example
from cms.pages.sites import sync_groups
from tests.cms.worlds import World, make_world
from tests.factories import make_area, make_body, make_case, make_core_task, make_example, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "Vi skriver borgerens vægt tre steder, og ingen af tallene passer sammen."


@pytest.fixture
def world(transactional_db: None) -> World:
    """An organisation with a coordinator and an administrator, three examples and a case."""
    cache.clear()
    world = make_world(is_default=True)
    task = make_core_task(world.organisation)
    make_area(organisation=world.organisation, core_task=task)
    make_body()
    for role in ("coordinator", "administrator", "editor"):
        sync_groups(make_user(role, world.organisation, email=f"{role}@lejre.example", first_name=role))
    for number in range(3):
        make_example(
            world.campaign, f"{PROBLEM} Det er {number} gange om ugen.", minutes=15, times=3, period="week"
        )
    return world


class Watch:
    """Remembers what a browser at the desk must never do: call another host, or stumble over a script."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.look(request.url, base))
        context.on("console", lambda message: self.listen(message.text, message.type))
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))

    def look(self, url: str, base: str) -> None:
        """Note a request to another host."""
        if not url.startswith((base, "data:", "blob:")):
            self.foreign.append(url)

    def listen(self, text: str, kind: str) -> None:
        """Note what the browser complains of; an answer of 4xx is our own."""
        if kind == "error" and "the server responded with a status" not in text:
            self.complaints.append(text)


@pytest.fixture
def watched(context: BrowserContext, live_server: Any) -> Iterator[Watch]:
    """A watch over the browser's context, asked at the end."""
    watch = Watch(context, live_server.url)
    yield watch
    assert watch.foreign == []
    assert watch.complaints == []


def sign_in(page: Page, base: str, role: str = "coordinator", address: str = "/admin/") -> None:
    page.goto(base + address)
    page.fill("[name=username]", f"{role}@lejre.example")
    page.fill("[name=password]", "hemmeligt")
    page.click("button[type=submit]")
    page.wait_for_selector(".desk-title")


def faults(page: Page) -> list[str]:
    """What axe finds in our part of the page, and whether it scrolls sideways at 390 px."""
    found = [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in Axe().run(page, context=".desk").response["violations"]
    ]
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 800})
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        found.append(f"{page.url} scrolls sideways at 390 px")
    page.set_viewport_size(size)
    return found


def test_from_reading_to_published(world: World, page: Page, live_server: Any, watched: Watch) -> None:
    sign_in(page, live_server.url)
    page.click("text=Læs næste eksempel")
    page.wait_for_selector("text=Vi skriver borgerens vægt")
    page.click("text=Lav et forslag")
    page.fill("[name=title]", "Vægten skrives tre steder")
    page.click("text=Lav forslaget, og åbn det")
    page.wait_for_selector("text=er blevet til forslaget")
    page.check("input[name=table][value='2']")
    page.fill("[name=hours]", "120")
    page.click("#case-form button:has-text('Gem')")
    page.wait_for_selector("text=Gemt.")
    page.click("button:has-text('Markér som klar')")
    page.wait_for_selector("text=Forslaget er klar til at blive sendt.")
    page.check("input[name=visibility][value=public]")
    page.check("#id_set_visibility_no_personal_data")
    page.click("button:has-text('Vælg') >> nth=0")
    page.wait_for_selector("text=Se den offentlige side")
    case = Case.objects.get()
    assert (case.status, case.visibility, case.table) == ("ready", "public", 2)
    page.click("text=Se den offentlige side")
    assert page.locator("h1").inner_text() == "Vægten skrives tre steder"


def test_a_session_that_ends_loses_nothing_typed(
    world: World, page: Page, live_server: Any, context: BrowserContext, watched: Watch
) -> None:
    case = make_case(world.campaign, make_user("coordinator", world.organisation))
    sign_in(page, live_server.url, address=f"/admin/forslag/{case.reference}/")
    page.fill("[name=problem]", "Skrevet, lige før sessionen sluttede.")
    page.fill("[name=hours]", "77")
    context.clear_cookies(name="session")
    page.click("#case-form button:has-text('Gem')")
    page.wait_for_selector("[name=username]")
    page.fill("[name=username]", "coordinator@lejre.example")
    page.fill("[name=password]", "hemmeligt")
    page.click("button[type=submit]")
    page.wait_for_selector("text=Du skrev noget her, som ikke blev gemt.")
    page.click("text=Hent det frem")
    assert page.input_value("[name=problem]") == "Skrevet, lige før sessionen sluttede."
    page.click("#case-form button:has-text('Gem')")
    page.wait_for_selector("text=Gemt.")
    case.refresh_from_db()
    assert (case.problem, case.hours) == ("Skrevet, lige før sessionen sluttede.", 77)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator("text=Du skrev noget her").count() == 0


def test_a_question_typed_before_the_session_ended_is_offered_again(
    world: World, page: Page, live_server: Any, context: BrowserContext
) -> None:
    sign_in(page, live_server.url)
    page.click("text=Læs næste eksempel")
    page.wait_for_selector("text=Spørg indsenderen")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("s")
    page.fill("[name=text]", "Hvor ofte sker det?")
    context.clear_cookies(name="session")
    page.click("button:has-text('Spørg') >> visible=true")
    page.wait_for_selector("[name=username]")
    page.fill("[name=username]", "coordinator@lejre.example")
    page.fill("[name=password]", "hemmeligt")
    page.click("button[type=submit]")
    page.wait_for_selector("text=Du skrev noget her, som ikke blev gemt.")
    page.click("text=Hent det frem")
    assert page.input_value("[name=text]") == "Hvor ofte sker det?"


def test_the_keyboard_reads_sets_aside_and_takes_back(
    world: World, page: Page, live_server: Any, watched: Watch
) -> None:
    sign_in(page, live_server.url, address="/admin/eksempler/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    assert second == page.locator("[data-open]").nth(1).inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"h1:has-text('{second}')")
    page.keyboard.press("l")
    page.check("input[value=outside_campaign]")
    assert "uden for det, kampagnen kan gøre noget ved" in page.input_value("[name=why]")
    assert "Uden for kampagnen" in page.locator(".desk-preview").inner_text()
    page.locator("form[data-set-aside] button").click()
    page.wait_for_selector("text=er lagt til side")
    assert Example.objects.get(reference=second).status == "set_aside"
    page.keyboard.press("z")
    page.wait_for_selector("text=er ulæst igen")
    assert Example.objects.get(reference=second).status == "received"
    page.keyboard.press("?")
    assert page.locator("dialog.desk-keys").is_visible()


def test_every_page_is_accessible_and_fits_a_phone(
    world: World, page: Page, live_server: Any, watched: Watch
) -> None:
    coordinator = make_user("coordinator", world.organisation)
    case = make_case(world.campaign, coordinator, title="Vægten skrives tre steder", problem=PROBLEM)
    example = Example.objects.filter(status="received").first()
    ask(example=example, text="Hvilket system er det?", by=coordinator)
    unread = Example.objects.filter(status="received").first()
    found = []
    sign_in(page, live_server.url)
    for address in (
        "/admin/",
        "/admin/eksempler/",
        "/admin/eksempler/?tab=camp",
        f"/admin/eksempler/{unread.reference}/",
        f"/admin/eksempler/{example.reference}/",
        f"/admin/eksempler/{unread.reference}/forslag/",
        "/admin/forslag/",
        f"/admin/forslag/{case.reference}/",
        "/admin/post/",
        "/admin/adgangslog/",
        "/admin/personer/",
    ):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found += faults(page)
    assert found == []


def test_the_administrators_pages_are_accessible_too(
    world: World, page: Page, live_server: Any, watched: Watch
) -> None:
    found = []
    sign_in(page, live_server.url, role="administrator")
    for address in (
        "/admin/personer/",
        "/admin/organisation/",
        "/admin/registre/",
        "/admin/registre/ny-modtager/",
        "/admin/registre/omraader/",
        "/admin/registre/roller/",
        "/admin/registre/kerneopgaver/",
    ):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        found += faults(page)
    assert found == []
