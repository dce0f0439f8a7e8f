"""The public pages in a real browser: with and without JavaScript, axe, narrow screens, no foreign host."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from backend.examples.actions import ask
from backend.examples.hours import hours_label, hours_per_year
from backend.examples.models import Example
from backend.examples.references import words
from backend.examples.throttle import counter
from backend.examples.validation import parse_decimal
from cms.pages.models import OrganisationSite
from tests.cms.worlds import World, make_world
from tests.factories import (
    make_area,
    make_core_task,
    make_example,
    make_published_case,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PROBLEM = "Vi skriver borgerens vægt tre steder, og ingen af tallene passer sammen."
STORY = [
    ("text", "<h2>Derfor spørger vi</h2><p>Fordi I ved det bedst.</p>"),
    ("quote", {"text": "Tiden skal bruges sammen med borgerne.", "who": "Formanden"}),
    ("questions", [{"question": "Hvem læser det?", "answer": "<p>Koordinatoren.</p>"}]),
]


@pytest.fixture
def world(transactional_db: None) -> World:
    """A site with an open campaign, in colours of its own."""
    cache.clear()
    counter.forget()
    world = make_world(is_default=True, body=STORY)
    OrganisationSite.objects.update(colour="#8a1538")
    task = make_core_task(world.organisation)
    make_area(organisation=world.organisation, core_task=task)
    return world


class Watch:
    """Remembers what a visitor's browser must never do."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        context.on("request", self.look)
        context.on("console", lambda message: self.listen(message.text, message.type))

    def look(self, request: Any) -> None:
        """Note a request to another host."""
        if not request.url.startswith((self.base, "data:")):
            self.foreign.append(request.url)

    def listen(self, text: str, kind: str) -> None:
        """Note what the browser complains of; an answer of 4xx is our own, and so is a network taken away."""
        ours = ("the server responded with a status", "ERR_INTERNET_DISCONNECTED")
        if kind in ("error", "warning") and not any(words in text for words in ours):
            self.complaints.append(text)

    def check(self) -> None:
        """Nobody else was called, no policy was broken, no cookie was set."""
        assert self.foreign == []
        assert self.complaints == []
        assert self.context.cookies() == []


@pytest.fixture
def watched(context: BrowserContext, live_server: Any) -> Iterator[Watch]:
    """A watch over the browser's context, asked at the end."""
    watch = Watch(context, live_server.url)
    yield watch
    watch.check()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def faults(page: Page) -> list[str]:
    """What axe finds, best practices included."""
    violations = Axe().run(page).response["violations"]
    return [f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in violations]


def look_at(page: Page) -> list[str]:
    """Axe's faults, and whether the page scrolls sideways at 320 px."""
    found = faults(page)
    size = page.viewport_size or {"width": 1280, "height": 720}
    page.set_viewport_size({"width": 320, "height": 800})
    if not fits(page):
        found.append(f"{page.url} scrolls sideways at 320 px")
    page.set_viewport_size({"width": 768, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '125%'")  # the design system begins at 62.5 %
    if not fits(page):
        found.append(f"{page.url} scrolls sideways with text at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(size)
    return found


def test_what_scripts_make_of_a_page_is_accessible_and_fits_a_narrow_screen(
    world: World, page: Page, live_server: Any, watched: Watch
) -> None:
    # Every page and state as the server answers it: test_walk.
    coordinator = make_user("coordinator", world.organisation)
    case = make_published_case(world.campaign, coordinator, title="Vægten skrives tre steder")
    example, code = make_example(world.campaign)
    ask(example=example, text="Hvilket system er det?", by=coordinator)
    found = []
    page.goto(live_server.url + world.address)
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
    found += look_at(page)
    page.fill("[name=problem]", "kort")
    page.fill("[name=minutes]", "tolv")
    page.fill("[name=contact_email]", "ingen")
    page.locator(".kt-send").first.click()
    page.wait_for_selector("[data-focus]")
    found += look_at(page)
    page.goto(live_server.url + "/spor/")
    page.fill("[name=code]", "en forkert kode")
    page.click(".kt-send")
    page.wait_for_selector("[data-focus]")
    found += look_at(page)
    page.fill("[name=code]", code)
    page.click(".kt-send")
    page.wait_for_selector("text=Hvilket system er det?")
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
    found += look_at(page)
    page.goto(f"{live_server.url}/forslag/{case.reference}/")
    page.click("button:has-text('Det sker også hos mig')")
    page.wait_for_selector("text=Tak, det er talt med")
    found += look_at(page)
    # A window of its own, without the draft that failed above.
    page = page.context.new_page()
    page.goto(live_server.url + world.address)
    page.fill("[name=problem]", PROBLEM)
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    found += look_at(page)
    assert found == []


def from_campaign_to_withdrawal(page: Page, base: str, world: World) -> None:
    """Send, read the receipt, follow with the code, add something, withdraw."""
    page.goto(base)
    page.click("text=Send et eksempel")
    page.fill("[name=problem]", "kort")
    page.locator(".kt-send").first.click()
    page.wait_for_selector("text=Der er ikke sendt noget endnu")
    assert page.input_value("[name=problem]") == "kort"
    page.fill("[name=problem]", PROBLEM)
    page.locator("summary", has_text="Hvor meget tid").click()
    page.fill("[name=minutes]", "12,5")
    page.fill("[name=times]", "3")
    page.select_option("[name=period]", "week")
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    assert fits(page)
    words = page.locator("#code li").all_inner_texts()
    assert len(words) == 8
    assert page.url.rstrip("/").endswith(world.address.rstrip("/"))
    example = Example.objects.get()
    assert (float(example.minutes), example.times, example.period) == (12.5, 3, "week")
    page.goto(base + "/spor/")
    page.fill("[name=code]", " ".join(words).upper())
    page.click(".kt-send")
    page.wait_for_selector(f"text={example.reference}")
    assert not re.search("|".join(words), page.url)
    page.fill("[name=text]", "En ting til.")
    page.click("button:has-text('Send')")
    page.wait_for_selector("text=En ting til.")
    page.locator("summary", has_text="Træk mit eksempel tilbage").click()
    page.locator("label[for=sure]").click()
    page.click("button:has-text('Træk tilbage')")
    page.wait_for_selector("h1:has-text('Trukket tilbage af dig')")
    assert Example.objects.get().problem == ""


class TestJourney:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        """A phone."""
        return {**browser_context_args, "viewport": {"width": 390, "height": 844}}

    def test_on_a_phone(self, world: World, page: Page, live_server: Any, watched: Watch) -> None:
        from_campaign_to_withdrawal(page, live_server.url, world)

    def test_a_draft_lives_in_the_window_until_it_is_sent(
        self, world: World, page: Page, live_server: Any, watched: Watch
    ) -> None:
        address = live_server.url + world.address
        page.goto(address)
        page.fill("[name=problem]", PROBLEM)
        page.goto(address)
        page.wait_for_selector("[data-restored]:visible")
        assert page.input_value("[name=problem]") == PROBLEM
        other = page.context.new_page()
        other.goto(address)
        assert other.input_value("[name=problem]") == ""
        page.context.set_offline(True)
        page.locator(".kt-send").first.click()
        page.wait_for_selector("text=Du er ikke på nettet")
        assert page.input_value("[name=problem]") == PROBLEM
        page.context.set_offline(False)
        page.locator(".kt-send").first.click()
        page.wait_for_selector("#code")
        page.wait_for_load_state()  # and with it the scripts
        page.goto(address)
        assert page.input_value("[name=problem]") == ""
        assert page.evaluate("localStorage.length") == 0

    def test_a_draft_outlives_the_window_only_where_the_writer_says_so(
        self, world: World, page: Page, live_server: Any, watched: Watch
    ) -> None:
        address = live_server.url + world.address
        page.goto(address)
        page.fill("[name=problem]", PROBLEM)
        assert page.evaluate("localStorage.length") == 0
        page.get_by_label("Gem kladden på min egen").check()
        page.locator("summary", has_text="alvorlig").click()
        page.locator("[name=serious][value=yes]").check(force=True)
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        page.locator("[name=serious][value=no]").check(force=True)
        page.locator("summary", has_text="Hvad skulle der ske").click()
        page.fill("[name=proposal]", "Skriv det ét sted.")
        other = page.context.new_page()
        other.goto(address)
        assert other.input_value("[name=problem]") == ""  # offered, never filled in by itself
        other.get_by_role("button", name="Skriv videre").click()
        assert other.input_value("[name=problem]") == PROBLEM
        assert other.input_value("[name=proposal]") == "Skriv det ét sted."
        another = page.context.new_page()
        another.goto(address)
        another.get_by_role("button", name="Slet kladden").click()
        assert another.evaluate("localStorage.length") == 0
        other.get_by_label("Gem kladden på min egen").uncheck()
        other.get_by_label("Gem kladden på min egen").check()
        other.locator(".kt-send").first.click()
        other.wait_for_selector("#code")
        other.wait_for_load_state()  # and with it the scripts
        assert other.evaluate("localStorage.length") == 0

    def test_a_kept_draft_expires(self, world: World, page: Page, live_server: Any, watched: Watch) -> None:
        address = live_server.url + world.address
        page.goto(address)
        page.get_by_label("Gem kladden på min egen").check()
        page.fill("[name=problem]", PROBLEM)
        page.evaluate(
            "for (const key of Object.keys(localStorage))"
            " localStorage[key] = JSON.stringify({...JSON.parse(localStorage[key]), until: Date.now() - 1})"
        )
        other = page.context.new_page()
        other.goto(address)
        assert other.evaluate("localStorage.length") == 0
        assert other.get_by_role("button", name="Skriv videre").count() == 0

    def test_the_numbers_are_reckoned_while_typed(
        self, world: World, page: Page, live_server: Any, watched: Watch
    ) -> None:
        page.goto(live_server.url + world.address)
        page.locator("summary", has_text="Hvor meget tid").click()
        for typed in [
            ("15", "3", "week", "12"),
            ("7,5", "1", "school_week", ""),
            ("1", "1", "year", ""),
            ("30", "2", "day", "100"),
            ("1.250", "1", "year", "1.200"),
            ("1440", "9", "day", ""),
            ("tolv", "9", "day", ""),
        ]:
            minutes, times, period, people = typed
            page.fill("[name=minutes]", minutes)
            page.fill("[name=times]", times)
            page.select_option("[name=period]", period)
            page.fill("[name=people]", people)
            hours = None
            if minutes != "tolv":
                number = parse_decimal(minutes)
                periods = world.organisation.periods()
                hours = hours_per_year(
                    number, int(times), period, int(people.replace(".", "") or 1), **periods
                )
            # "ca. 30–40 timer om året (skøn)", as everywhere else
            words = hours_label(hours).removesuffix(" (skøn)")
            text = page.locator("[data-estimate]").inner_text()
            assert text == (f"Det er {words}, et skøn." if words else "")

    def test_going_back_after_an_error_keeps_the_text(
        self, world: World, page: Page, live_server: Any, watched: Watch
    ) -> None:
        page.goto(live_server.url + world.address)
        page.fill("[name=problem]", PROBLEM)
        page.locator("summary", has_text="Hvor meget tid").click()
        page.fill("[name=minutes]", "tolv")
        page.locator(".kt-send").first.click()
        page.wait_for_selector("text=Der er ikke sendt noget endnu")
        page.locator(".alert a", has_text="Skriv et tal").click()
        assert page.evaluate("document.activeElement.name") == "minutes"
        page.go_back()
        assert page.input_value("[name=problem]") == PROBLEM


def test_the_widest_words_of_a_code_keep_within_a_narrow_phone(
    world: World, page: Page, live_server: Any
) -> None:
    page.route(
        "**/*.woff2", lambda route: route.abort()
    )  # as before the fonts have come: in the machine's own
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(live_server.url + world.address)
    page.fill("[name=problem]", PROBLEM)
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    # Which words a code gets is chance: here the widest ones of the list stand in their place.
    heights = page.evaluate(
        """(all) => {
            const places = Array.from(document.querySelectorAll("#code li"));
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = getComputedStyle(places[0]).font;
            const width = (word) => pen.measureText(word).width;
            const widest = all.sort((a, b) => width(b) - width(a));
            places.forEach((place, index) => { place.textContent = widest[index]; });
            return places.map((place) => place.offsetHeight / parseFloat(getComputedStyle(place).lineHeight));
        }""",
        list(words()),
    )
    assert fits(page)
    assert max(heights) < 1.5  # each word on one line


class TestJourneyWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args: dict[str, Any]) -> dict[str, Any]:
        """A phone that runs no script."""
        viewport = {"width": 390, "height": 844}
        return {**browser_context_args, "viewport": viewport, "java_script_enabled": False}

    def test_on_a_phone(self, world: World, page: Page, live_server: Any, watched: Watch) -> None:
        from_campaign_to_withdrawal(page, live_server.url, world)
