"""The main job in a real browser, from an employee's example to the ministry's files, with JavaScript and without."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from backend.organisations.models import User
from cms.pages.sites import sync_groups
from tests.cms.worlds import World, make_world
from tests.factories import make_area, make_body, make_core_task, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RAW = "Fru Sommerfuglesens vægt bliver skrevet tre steder, og hun venter imens."
RAW_PROPOSAL = "Lad os nøjes med tavlen ude hos fru Sommerfuglesen."
WORKPLACE = "Plejehjemmet Paddehatten"
PRIVATE = ("Sommerfuglesen", "Paddehatten")
TITLE = "Den samme måling skrives i tre systemer"
PROBLEM = "En måling hos en borger registreres i tre systemer, som ikke taler sammen."
PROPOSAL = "Målingen registreres ét sted."


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def browser_context_args(
    request: pytest.FixtureRequest, browser_context_args: dict[str, Any]
) -> dict[str, Any]:
    """Both kinds of browser."""
    return {**browser_context_args, "java_script_enabled": request.param}


class Watch:
    """Everything that the browsers called and complained of during the journey."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.foreign: list[str] = []
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch `context` too."""
        context.on("request", self.look)
        context.on("console", self.listen)
        return context

    def look(self, request: Request) -> None:
        """Note a request that leaves the host."""
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.foreign.append(request.url)

    def listen(self, message: ConsoleMessage) -> None:
        """Note what a public page breaks of the policy; Wagtail's own pages have another."""
        is_desk = message.page is not None and "/admin/" in message.page.url
        if "Content Security Policy" in message.text and not is_desk:
            self.complaints.append(message.text)


@pytest.fixture
def base(live_server: Any) -> str:
    """The organisation's own address: its host says whose pages and cases are meant."""
    return live_server.url.replace("//localhost", "//lejre.localhost")


@pytest.fixture
def watch(base: str) -> Iterator[Watch]:
    """A watch whose findings must be none at the end."""
    watch = Watch(base)
    yield watch
    assert watch.foreign == []
    assert watch.complaints == []


@pytest.fixture
def world(transactional_db: None) -> World:
    """An open campaign, an area and the ministry."""
    cache.clear()
    world = make_world()
    make_area(organisation=world.organisation, core_task=make_core_task(world.organisation))
    make_body()
    return world


@pytest.fixture
def coordinator(world: World) -> User:
    """The person at the desk."""
    user = make_user("coordinator", world.organisation, email="koordinator@lejre.example")
    sync_groups(user)
    return user


def test_from_the_campaign_page_to_the_ministrys_files(
    world: World,
    coordinator: User,
    watch: Watch,
    new_context: Callable[[], BrowserContext],
    base: str,
    tmp_path: Path,
) -> None:
    visitor_context = watch.over(new_context())
    visitor = visitor_context.new_page()
    desk = watch.over(new_context()).new_page()

    reference, words = send_example(visitor, base + world.address)
    assert "Modtaget" in follow(visitor, base, words)

    sign_in(desk, base, coordinator)
    case = make_case(desk, reference)
    assert TITLE not in page_text(visitor, f"{base}/forslag/")
    publish(desk)
    assert TITLE in page_text(visitor, f"{base}/forslag/")
    visitor.get_by_role("link", name=TITLE).click()
    published = visitor.locator("main").inner_text()
    assert PROBLEM in published
    assert not [word for word in PRIVATE if word in published]
    response = visitor.goto(f"{base}/api/v1/cases")
    assert response
    listed = response.json()
    assert [(row["reference"], row["title"]) for row in listed["items"]] == [(case, TITLE)]

    files = freeze(desk, base, case, tmp_path)
    check_workbook(files["xlsx"], world)
    check_document(files["docx"], world)

    told = follow(visitor, base, words)
    assert "Indgår i et forslag" in told
    assert TITLE in told
    assert visitor_context.cookies() == []


def page_text(page: Page, address: str) -> str:
    """What a page says."""
    page.goto(address)
    return page.locator("main").inner_text()


def send_example(page: Page, address: str) -> tuple[str, list[str]]:
    """Write, be refused for a personal number, mend it and send. Returns the reference and the eight words."""
    page.goto(address)
    page.fill("[name=problem]", f"{RAW} 010190-1234")
    page.locator("summary", has_text="Hvad skulle der ske i stedet").click()
    page.fill("[name=proposal]", RAW_PROPOSAL)
    page.locator(".kt-send").first.click()
    page.wait_for_selector("text=Der er ikke sendt noget endnu")
    assert "CPR" in page.locator("main").inner_text()
    assert page.input_value("[name=problem]") == f"{RAW} 010190-1234"
    assert page.input_value("[name=proposal]") == RAW_PROPOSAL
    page.fill("[name=problem]", RAW)
    page.locator("summary", has_text="Hvor meget tid").click()
    page.fill("[name=minutes]", "12,5")
    page.fill("[name=times]", "3")
    page.select_option("[name=period]", "week")
    page.locator("summary", has_text="Hvor arbejder du").click()
    page.fill("[name=workplace]", WORKPLACE)
    page.locator(".kt-send").last.click()
    # «Fru …» is marked first where the browser has not done so by itself.
    page.wait_for_selector("#code, #laest")
    if page.locator("#laest").is_visible():
        page.get_by_role("button", name="Send det, som det er").click()
    page.wait_for_selector("#code")
    words = page.locator("#code li").all_inner_texts()
    assert len(words) == 8
    found = re.search(r"E-[A-Z0-9-]+", page.locator("main").inner_text())
    assert found
    return found[0], words


def follow(page: Page, base: str, words: list[str]) -> str:
    """What the page under the tracking code says."""
    page.goto(f"{base}/spor/")
    page.fill("[name=code]", " ".join(words))
    page.click(".kt-send")
    page.wait_for_selector("text=Det er der sket")
    assert not [word for word in words if word in page.url]
    return page.locator("main").inner_text()


def sign_in(page: Page, base: str, user: User) -> None:
    """Come to the desk's front page."""
    page.goto(f"{base}/admin/")
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", "hemmeligt")
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")


def make_case(page: Page, reference: str) -> str:
    """Open the next unread example and make a case of it, reworded. Returns the case's reference."""
    page.get_by_role("link", name="Læs næste eksempel").click()
    assert page.url.endswith(f"/eksempler/{reference}/")
    assert RAW in page.locator("article").inner_text()
    assert "12,5 minutter" in page.locator("main").inner_text()
    page.get_by_role("link", name="Lav et forslag").click()
    assert page.input_value("[name=problem]") == RAW
    assert page.input_value("[name=proposal]") == RAW_PROPOSAL
    page.fill("[name=title]", TITLE)
    page.fill("[name=problem]", PROBLEM)
    page.fill("[name=proposal]", PROPOSAL)
    page.get_by_role("button", name="Lav forslaget, og åbn det").click()
    page.wait_for_selector("#case-form")
    page.select_option("[name=area]", label="Ældreområdet")
    page.check("[name=table][value='2']")
    page.locator("#case-form .desk-savebar button").click()
    page.wait_for_selector("text=Gemt.")
    assert page.is_checked("[name=table][value='2']")
    return page.url.rstrip("/").rpartition("/")[2]


def publish(page: Page) -> None:
    """Mark the case as ready and show it to all: first without the tick, which is refused."""
    page.locator("form[action$='/mark_ready/'] button").click()
    page.wait_for_selector(".desk-status--ready")
    choose = page.locator("form[action$='/set_visibility/']")
    choose.locator("[value=public]").check()
    choose.locator("button").click()
    choose.locator(".desk-error").first.wait_for()
    choose.locator("[value=public]").check()
    choose.locator("[name=no_personal_data]").check()
    choose.locator("button").click()
    page.get_by_role("link", name="Se den offentlige side").wait_for()


def freeze(page: Page, base: str, case: str, folder: Path) -> dict[str, Path]:
    """Put the case into a new submission, freeze it and download it. Returns the files by format."""
    page.goto(f"{base}/admin/")
    page.get_by_role("link", name="Bidrag", exact=True).click()
    assert page.locator("[name=body] option:checked").inner_text() == "Finansministeriet"
    page.get_by_role("button", name="Begynd, og vælg forslag").click()
    page.locator(f"[name=chosen][value='{case}']").check()
    page.get_by_role("button", name="Tag med i skemaet").click()
    page.wait_for_selector("text=1 forslag er kommet med.")
    assert PROBLEM in page.locator("#table-2 + .desk-scroll").inner_text()
    page.get_by_role("link", name="Frys …").click()
    page.get_by_role("button", name="Frys skemaet").click()
    page.wait_for_selector("text=er frosset.")
    expect(page.locator(".messages > ul")).to_have_css("opacity", "1")
    files = {}
    for name in ("xlsx", "docx"):
        with page.expect_download() as waiting:
            page.locator(f"a[href$='/hent/{name}/']").click()
        files[name] = folder / waiting.value.suggested_filename
        waiting.value.save_as(files[name])
        assert re.fullmatch(rf"lejre-bidrag-\d{{4}}-01\.{name}", files[name].name)
    return files


def sender_lines(world: World) -> list[str]:
    """What the ministry asks about who sends."""
    organisation = world.organisation
    return [
        f"Forslagsstiller (angiv kommune): {organisation.name}",
        f"Kontaktperson: {organisation.contact}",
        f"Telefonnummer: {organisation.phone}",
    ]


def check_workbook(path: Path, world: World) -> None:
    """The case stands in table 2 in the secretariat's words, and no writer's words stand anywhere."""
    book = openpyxl.load_workbook(path)
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == ["Tabel 1", "Tabel 2"]
    lines = [[cell.value for cell in row] for row in book["Tabel 2"].iter_rows()]
    assert [line[0] for line in lines[2:5]] == sender_lines(world)
    assert lines[6:] == [[PROBLEM, "Ældreområdet", None, PROPOSAL]]
    assert [row[0].value for row in book["Tabel 1"].iter_rows(min_row=7)] == []
    everything = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert not [word for word in PRIVATE if word in everything]


def check_document(path: Path, world: World) -> None:
    """The same in Word."""
    word = docx.Document(str(path))
    assert [[cell.text for cell in row.cells] for row in word.tables[1].rows[1:]] == [
        [PROBLEM, "Ældreområdet", "", PROPOSAL]
    ]
    paragraphs = [paragraph.text for paragraph in word.paragraphs]
    assert [line for line in sender_lines(world) if line not in paragraphs] == []
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert not [word for word in PRIVATE if word in " ".join([*paragraphs, *cells])]
