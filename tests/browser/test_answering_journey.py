"""From an example to two bodies' answers in a real browser: suggested with a reason, asked, answered, told."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from backend.organisations.models import User
from backend.outbox.actions import deliver_due
from backend.registry.actions import copy_starting_set, load_registry
from backend.registry.loading import DATA
from cms.pages.sites import sync_groups
from tests.backend.attachments.files import pdf
from tests.cms.worlds import World, make_world
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RAW = "Fru Sommerfuglesens besøg skriver jeg i to systemer, og de kender ikke hinanden."
TITLE = "Hvert besøg skrives i to systemer"
PROBLEM = "Medarbejderne skriver hvert besøg i to systemer, som ikke kender hinanden."
PROPOSAL = "Besøget skrives ét sted."
LEVEL = "Administrativ retningslinje"
RULE = "Regel 210"
REASON = "Systemet ejes af kommunen"
IT, CENTRE = "Digitalisering og it", "Center for Velfærd & Omsorg"
OVERRIDE = "Centret har selv indført det ene system og kan lægge det væk."
PROMISE = "Det ene system lukkes, og tallene hentes fra det andet."
PASTED = "Vi beholder systemet året ud, fordi aftalen løber så længe."


@pytest.fixture
def world(transactional_db: None) -> World:
    """An open campaign and the whole registry with Lejre's own bodies, so that the shipped rules speak."""
    cache.clear()
    world = make_world()
    load_registry()
    copy_starting_set(organisation=world.organisation)
    load_registry(organisation=world.organisation, folder=DATA / "lejre")
    return world


@pytest.fixture
def coordinator(world: World) -> User:
    """The person at the desk."""
    user = make_user("coordinator", world.organisation, email="koordinator@lejre.example")
    sync_groups(user)
    return user


def test_two_bodies_are_asked_and_the_writer_reads_both_answers(
    world: World,
    coordinator: User,
    new_context: Callable[[], BrowserContext],
    live_server: Any,
    settings: Any,
) -> None:
    settings.BASE_URL = live_server.url
    base = live_server.url.replace("//localhost", "//lejre.localhost")
    started = time.monotonic()
    writer, desk = new_context().new_page(), new_context().new_page()

    words = tell(writer, base + world.address)
    sign_in(desk, base, coordinator)
    case = make_case(desk)
    confirm_the_cause(desk)
    choose_another(desk)
    choose_the_suggested(desk)
    send_letter(desk, base, case)
    deliver_due()
    (letter,) = mail.outbox
    assert letter.to == ["it@lejre.example"]
    link = re.search(r"http\S+/svar/#\S+", letter.body)
    assert link

    answer_by_the_link(new_context(), link[0])
    paste_the_other_answer(desk, base, case)
    publish(desk, base, case)
    assert "Lovet" not in read(writer, base, words)
    release_both(desk, base)

    followed = read(writer, base, words)
    published = page_text(writer, f"{base}/forslag/{case}/")
    for told in (IT, CENTRE, "Lovet", "senest den 1. marts 2027", PROMISE, "Bliver ikke ændret", PASTED):
        assert told in followed
        assert told in published
    assert OVERRIDE in followed
    assert "Sommerfuglesen" not in published
    print(f"\nThe whole journey took {time.monotonic() - started:.1f} s")


def page_text(page: Page, address: str) -> str:
    """What a page says."""
    page.goto(address)
    return page.locator("main").inner_text()


def tell(page: Page, address: str) -> list[str]:
    """Send an example on the campaign's page. Returns the eight words of its code."""
    page.goto(address)
    page.fill("[name=problem]", RAW)
    # «Fru …» is marked first, by the browser or by the server.
    page.locator("[data-marks-list]").wait_for()
    page.locator(".kt-send").first.click()
    page.wait_for_selector("#code")
    return page.locator("#code li").all_inner_texts()


def read(page: Page, base: str, words: list[str]) -> str:
    """What the page under the tracking code says."""
    page.goto(f"{base}/spor/")
    page.fill("[name=code]", " ".join(words))
    page.click(".kt-send")
    page.wait_for_selector("text=Det er der sket")
    return page.locator("main").inner_text()


def sign_in(page: Page, base: str, user: User) -> None:
    """Come to the desk's front page."""
    page.goto(f"{base}/admin/")
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", "hemmeligt")
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")


def make_case(page: Page) -> str:
    """Read the example and make a case of it in other words, ready to be sent. Returns its reference."""
    page.get_by_role("link", name="Læs næste eksempel").click()
    assert RAW in page.locator("article").inner_text()
    page.get_by_role("link", name="Lav et forslag").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=problem]", PROBLEM)
    page.fill("[name=proposal]", PROPOSAL)
    page.get_by_role("button", name="Lav forslaget, og åbn det").click()
    page.wait_for_selector("#case-form")
    page.locator("form[action$='/mark_ready/'] button").click()
    page.wait_for_selector(".desk-status--ready")
    return page.url.rstrip("/").rpartition("/")[2]


def confirm_the_cause(page: Page) -> None:
    """«Hvem kan gøre noget?» says rule, reason and words, marked as suggested until a person confirms."""
    who = page.locator("#who")
    expect(who).to_contain_text("foreslået – bekræft")
    expect(who).to_contain_text("»to systemer«")
    who.locator("[name=rule_level]").select_option(label=LEVEL)
    who.get_by_role("button", name="Bekræft").click()
    expect(who).to_contain_text(RULE)
    expect(who).to_contain_text(REASON)
    expect(who).not_to_contain_text("foreslået")


def choose_another(page: Page) -> None:
    """A body that no rule suggests needs a reason, and what was chosen stays when it is missing."""
    form = page.locator("form[action$='/prepare_referral/']:has([name=reason])")
    page.locator("summary", has_text="Vælg modtager").click()
    form.locator("[name=body]").select_option(label=CENTRE)
    form.locator("button").click()
    form.locator(".desk-error").wait_for()
    assert form.locator("[name=body] option:checked").inner_text() == CENTRE
    form.locator("[name=reason]").fill(OVERRIDE)
    form.locator("button").click()
    page.wait_for_selector("text=i stedet for regel 210")


def choose_the_suggested(page: Page) -> None:
    """The rule's own suggestion is chosen with one click, and its reason goes along."""
    page.locator("#who").get_by_role("button", name=f"Vælg {IT}").click()
    page.wait_for_selector("text=(regel 210)")


def send_letter(page: Page, base: str, case: str) -> None:
    """Write to the first body, look at the letter as it will be sent, and send it; the other got its own on paper."""
    page.goto(f"{base}/admin/breve/")
    page.locator("form.desk-card", has_text=IT).get_by_role("button", name="Skriv brevet").click()
    page.get_by_role("button", name="Se det, som det bliver sendt").click()
    preview = page.locator("main").inner_text()
    assert "it@lejre.example" in preview
    assert PROBLEM in preview
    page.get_by_role("button", name="Send nu").click()
    page.wait_for_selector("text=er på vej")
    page.goto(f"{base}/admin/forslag/{case}/")
    page.locator("form[action$='/refer/'] button").click()
    page.wait_for_selector("text=Det er noteret, at modtagerne er spurgt.")


def answer_by_the_link(context: BrowserContext, link: str) -> None:
    """The body opens the link of its mail in a browser that nobody has used, and answers on its page."""
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector(f"text={TITLE}")
    assert "#" not in page.url
    page.fill("[name=signed_name]", "Bo Holm")
    page.fill("[name=signed_title]", "It-chef")
    page.locator("[name=do][value^='open:'][value$=':answer']").first.click()
    page.locator("[name$='-answer'][value=follow]").check()
    page.locator("[name$='-what']").fill(PROMISE)
    page.locator("[name$='-by_whom']").fill("It-afdelingen")
    page.locator("[name$='-promised_date']").fill("2027-03-01")
    page.locator("[name=do][value^='save:']").first.click()
    page.get_by_text("Gemt – sekretariatet").wait_for()
    assert context.cookies() == []
    context.close()


def paste_the_other_answer(page: Page, base: str, case: str) -> None:
    """What the other body wrote on paper is pasted at the desk, with the letter as a file."""
    page.goto(f"{base}/admin/forslag/{case}/")
    page.get_by_role("link", name="Indtast et svar").last.click()
    assert CENTRE in page.locator("main").inner_text()
    form = page.locator("form[data-reply]")
    form.locator("[name=answer]").select_option("not")
    form.locator("[name=text]").fill(PASTED)
    form.locator("[name=reason_code]").select_option("cost")
    form.locator("[name=files]").set_input_files(
        {"name": "svar.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    form.locator("button").last.click()
    # Stored under a name of ours: what the sender called it may tell too much.
    page.wait_for_selector("text=bilag-1.pdf")


def publish(page: Page, base: str, case: str) -> None:
    """Show the case to everybody."""
    page.goto(f"{base}/admin/forslag/{case}/")
    choose = page.locator("form[action$='/set_visibility/']")
    choose.locator("[value=public]").check()
    choose.locator("[name=no_personal_data]").check()
    choose.locator("button").click()
    page.get_by_role("link", name="Se den offentlige side").wait_for()


def release_both(page: Page, base: str) -> None:
    """Both answers are read on one page and released together."""
    page.goto(f"{base}/admin/svar/")
    page.locator("[data-tick-all]").check()
    page.get_by_role("button", name="Frigiv …").click()
    text = page.locator("main").inner_text()
    assert PROMISE in text
    assert PASTED in text
    page.locator("[name=no_personal_data]").check()
    page.locator("main form").get_by_role("button", name="Frigiv").first.click()
    page.wait_for_selector("text=2 svar er frigivet.")
