"""English under /en/: complete, marked where somebody's Danish words stand, and kept from page to page."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from lxml import html as parsing

from backend.cases.actions import withdraw
from backend.cases.models import Case
from backend.examples.throttle import counter
from tests.cms.walk import Stage, furnish, visit
from tests.factories import make_case, make_example, make_user

pytestmark = pytest.mark.django_db
PO = Path(settings.BASE_DIR) / "backend" / "locale" / "da" / "LC_MESSAGES" / "django.po"
READ_ALOUD = ("alt", "aria-label", "title", "placeholder", "data-text", "data-done", "data-left", "data-over")
# Addresses without a language: files, the desk, the API, and the switch itself.
NO_LANGUAGE = ("/static/", "/media/", "/admin/", "/api/", "#", "?", "tel:", "mailto:", "http")


@pytest.fixture
def stage(db) -> Stage:
    cache.clear()
    counter.forget()
    return furnish()


def texts(html: str) -> dict[str, list[str]]:
    """{language: what is shown or read aloud in it}, as the nearest `lang` says."""
    found: dict[str, list[str]] = {}

    def look(node, language: str) -> None:
        if node.tag in ("script", "style", "link", "code"):  # nothing that is read as a sentence
            return
        language = node.get("lang", language)
        spoken = [node.get(name) for name in READ_ALOUD if node.get(name)]
        inside = [node.text, *(child.tail for child in node)] if isinstance(node.tag, str) else []
        if node.tag == "textarea":
            inside = []  # what the visitor has typed
        found.setdefault(language, []).extend(" ".join(text.split()) for text in (*spoken, *inside) if text)
        for child in node:
            if isinstance(child.tag, str):
                look(child, language)

    root = parsing.document_fromstring(html)
    look(root, "")
    return {language: [text for text in spoken if text] for language, spoken in found.items()}


def product_texts() -> tuple[set[str], set[str]]:
    """(the English, the Danish) of every text of the product that differs between the two."""
    english, danish = set(), set()
    with PO.open("rb") as file:
        for message in read_po(file, locale="da"):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and "%(" not in "".join(ids):
                english.update(ids)
                danish.update(strings)
    return english - danish, danish - english


def test_english_pages_are_complete_mark_what_is_danish_and_lead_to_english_pages(client, stage):
    _english, danish = product_texts()
    found, leads_away = {}, set()
    for page in visit(stage, client, "/en"):
        tree = parsing.document_fromstring(page.html)
        assert tree.get("lang") == "en", page.name
        for text in texts(page.html).get("en", []):
            if text in danish or (re.search("[æøåÆØÅ]", text) and text != tree.findtext(".//title")):
                found.setdefault(text, page.name)
        for node in tree.xpath("//a[@href] | //form[@action]"):
            address = node.get("href") or node.get("action")
            is_switch = "kt-language" in " ".join(node.xpath("@class | .//@class"))
            if not is_switch and not address.startswith(("/en/", *NO_LANGUAGE)):
                leads_away.add((page.name, address))
    assert found == {}
    assert leads_away == set()


def test_nothing_of_ours_is_english_on_a_danish_page(client, stage):
    english, _danish = product_texts()
    found = {}
    for page in visit(stage, client):
        assert '<html lang="da">' in page.html, page.name
        for text in texts(page.html)["da"]:
            if text in english:
                found.setdefault(text, page.name)
    assert found == {}


def test_the_switch_leads_to_the_very_same_page(client, stage):
    host = stage.world.host
    page = client.get("/forslag/?q=v%C3%A6gten&area=aeldre", **host)
    switch = parsing.document_fromstring(page.content.decode()).xpath("//a[contains(@class, 'kt-language')]")[
        0
    ]
    assert (switch.get("lang"), switch.text) == ("en", "English")
    there = client.get(switch.get("href"), **host)
    assert there.headers["Content-Language"] == "en"
    tree = parsing.document_fromstring(there.content.decode())
    assert tree.xpath("//input[@id='q']/@value") == ["vægten"]
    assert tree.xpath("//a[contains(@class, 'kt-language')]/text()") == ["Dansk"]
    alternates = dict(zip(tree.xpath("//link/@hreflang"), tree.xpath("//link[@hreflang]/@href"), strict=True))
    assert alternates["da"].endswith("/forslag/?q=v%C3%A6gten&area=aeldre")
    assert alternates["en"] == alternates["da"].replace("/forslag/", "/en/forslag/")


@pytest.mark.parametrize("address, field, secret", [("spor/", "code", "code"), ("svar/", "link", "letter")])
def test_a_page_behind_a_secret_switches_by_a_form_so_that_no_address_holds_it(
    client, stage, address, field, secret
):
    known = getattr(stage, secret)
    page = client.post(f"/{address}", {field: known}, **stage.world.host).content.decode()
    tree = parsing.document_fromstring(page)
    switch = tree.xpath("//button[contains(@class, 'kt-language')]")[0]
    form = tree.get_element_by_id(switch.get("form")) if switch.get("form") else switch.getparent()
    action = switch.get("formaction") or form.get("action")
    assert action == f"/en/{address}"
    there = client.post(action, dict(form.form_values()), **stage.world.host)
    assert (there.status_code, there.headers["Content-Language"]) == (200, "en")
    assert known not in "".join(parsing.document_fromstring(there.content.decode()).xpath("//@href"))


def test_the_switch_leads_to_no_other_host(client, stage):
    for path in ("/en//evil.example/", "/en///evil.example/", "//evil.example/"):
        page = client.get(path, **stage.world.host).content.decode()
        assert not re.search(r'href="(https?:)?//evil', page)


def test_the_browsers_language_decides_nothing(client, stage):
    page = client.get("/", **stage.world.host, headers={"accept-language": "en"})
    assert '<html lang="da">' in page.content.decode()
    assert not client.cookies


def test_the_desk_and_the_files_have_no_english_address(client, stage):
    for address in ("/en/admin/", "/en/api/v1/campaigns", "/en/static/css/kernetid.css"):
        assert client.get(address, follow=True, **stage.world.host).status_code == 404


def test_dates_and_numbers_are_written_as_the_language_does(client, stage):
    closes = stage.world.campaign.closes_date
    english = client.get("/en" + stage.world.address, **stage.world.host).content.decode()
    danish = client.get(stage.world.address, **stage.world.host).content.decode()
    assert f"{closes.day} {closes.strftime('%B')} {closes.year}" in english
    assert f"{closes.day}. " in danish
    assert "Up to 8,000 characters" in english
    assert "8.000 tegn" in danish


def test_what_an_english_visitor_causes_is_recorded_in_danish(stage):
    example, _code = make_example(stage.world.campaign)
    case = make_case(
        stage.world.campaign, make_user("coordinator", stage.world.organisation), example=example
    )
    with translation.override("en"):
        withdraw(example=example)
    assert Case.objects.get(pk=case.pk).closed_reason == "Eksemplet bag forslaget er fjernet."
