"""Wagtail's own Danish covers a sixth of its admin; cms/locale has the rest."""

import re
from collections import Counter
from pathlib import Path

import django_filters
import django_tasks_db
import modelsearch
import pytest
import treebeard
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, trans_real

from backend.organisations.models import Membership
from backend.organisations.permissions import Role
from cms.desk import urls as desk_urls
from cms.pages.sites import make_site, sync_groups
from tests.factories import make_campaign, make_case, make_example, make_organisation, make_user

OVERLAY = Path(settings.BASE_DIR) / "cms" / "locale" / "da" / "LC_MESSAGES"
OURS = Path(settings.BASE_DIR) / "backend" / "locale" / "da" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd]|</?[a-zA-Z][^>]*>")
DOMAINS = ["django", "djangojs"]
# django-filter asks for the name of a comparison before it looks whether it shows one.
ASKED_BUT_NOT_SHOWN = {"exact"}
# Words that Danish does not have and that hardly an English text of the admin does without.
ENGLISH = re.compile(
    r"(?<![\w.])(the|and|with|your|you|this|are|page|pages|search|edit|add|delete|choose|create|view|more|settings|"
    r"publish|users|groups|title|date|show|all|any|root|name|actions|password|none)(?![\w.])",
    re.IGNORECASE,
)


def original_messages(domain):
    """Every text of every installed application that brings a list of its English texts."""
    for app in apps.get_app_configs():
        path = Path(app.path) / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            yield from messages_in(path)


def keys(message):
    """The keys under which gettext would look for the forms of a message."""
    context = f"{message.context}\x04" if message.context else ""
    if isinstance(message.id, str):
        return [context + message.id]
    return [(context + message.id[0], number) for number in (0, 1)]


def messages_in(path):
    with path.open("rb") as file:
        return [message for message in read_po(file, locale="da") if message.id]


def overlay(domain):
    return messages_in(OVERLAY / f"{domain}.po")


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_of_the_installed_applications_lacks_its_danish(domain):
    catalog = trans_real.DjangoTranslation("da", domain=domain)._catalog
    messages = list(original_messages(domain))
    assert len(messages) > {"django": 1500, "djangojs": 80}[domain]
    assert [key for message in messages for key in keys(message) if not catalog.get(key)] == []


def placeholders(text):
    """What a text must keep. "This page" may become "det": Danish would need the gender of every kind of thing."""
    return Counter(
        name
        for name in PLACEHOLDER.findall(text)
        if "model_name" not in name and "snippet_type_name" not in name
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_overlay_keeps_placeholders_tags_and_spaces(domain):
    wrong = []
    for message in overlay(domain):
        forms = [message.id] if isinstance(message.id, str) else message.id
        texts = [message.string] if isinstance(message.string, str) else message.string
        for form, text in zip(forms, texts, strict=True):
            if placeholders(form) != placeholders(text):
                wrong.append((form, text))
            # Wagtail writes many texts into attributes as they are.
            if text.count('"') > form.count('"') or text.count("'") > form.count("'"):
                wrong.append((form, text))
            if form[-1].isspace() != text[-1].isspace():
                wrong.append((form, text))
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_overlay_translates_nothing_that_nobody_says(domain):
    known = {key for message in original_messages(domain) for key in keys(message)}
    spare = [key for message in overlay(domain) for key in keys(message) if key not in known]
    # These come from packages that bring no list of their English texts.
    assert [key for key in spare if domain == "djangojs" or not is_said_without_list(key)] == []


def is_said_without_list(key):
    """Say whether a package without an English list has this very text in its code."""
    for package in (django_filters, django_tasks_db, modelsearch, treebeard):
        folder = Path(package.__file__).parent
        for path in [*folder.rglob("*.py"), *folder.rglob("*.html")]:
            if f'"{key}"' in re.sub(r'"\s*\n\s*"', "", path.read_text()):
                return True
    return False


def test_the_overlay_wins_over_wagtails_own_danish():
    assert gettext("Draft") == "Kladde"
    assert gettext("Unpublish") == "Afpublicér"
    assert ngettext("%(count)s image", "%(count)s images", 2) == "%(count)s billeder"


def test_the_products_own_words_change_none_of_the_admins():
    """The product's catalogue comes first: an English word for two things would rename Wagtail's buttons."""
    ours = {key: m.string for m in messages_in(OURS) for key in keys(m)[:1]}
    theirs = {key: m.string for m in overlay("django") for key in keys(m)[:1]}
    changed = {key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]}
    # Names of states that only switched-off parts of Wagtail show.
    assert changed == {"Cancelled", "Published"}


def test_the_admins_scripts_get_the_overlay(client):
    response = client.get("/admin/jsi18n/")
    text = response.content.decode()
    assert response.status_code == 200
    assert '"Main menu": "Hovedmenu"' in text
    assert '"Write something or type \\u2018/\\u2019 to insert a block": "Skriv noget' in text


PAGES = [
    "wagtailadmin_home",
    "wagtailadmin_explore_root",
    "wagtailimages:index",
    "wagtailimages:add",
    "wagtailimages:add_multiple",
    "wagtaildocs:index",
    "wagtaildocs:add",
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "wagtailusers_groups:index",
    "wagtailusers_groups:add",
    "wagtailsites:index",
    "wagtailsites:add",
    "wagtailadmin_collections:index",
    "wagtailadmin_account",
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:aging_pages",
    "wagtailadmin_reports:page_types_usage",
]


@pytest.fixture
def untranslated(monkeypatch):
    """Collect every text that a page asks Danish for and does not get."""
    found = set()
    plain, plural = trans_real.DjangoTranslation.gettext, trans_real.DjangoTranslation.ngettext

    def record_plain(self, message):
        if message and self.language() == "da" and not self._catalog.get(message):
            found.update({message} - ASKED_BUT_NOT_SHOWN)
        return plain(self, message)

    def record_plural(self, one, other, number):
        if self.language() == "da" and not self._catalog.get((one, self.plural(number))):
            found.add(one)
        return plural(self, one, other, number)

    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", record_plain)
    monkeypatch.setattr(trans_real.DjangoTranslation, "ngettext", record_plural)
    return found


def visible_text(response):
    """What a person reads or hears on a page."""
    is_dialog = response["Content-Type"].startswith("application/json")
    page = BeautifulSoup(response.json()["html"] if is_dialog else response.content, "html.parser")
    for element in [*page(["script", "style", "svg", "code"]), *page.select(".w-side-panel-toggle__counter")]:
        element.decompose()
    spoken = [
        element[name]
        for name in ("aria-label", "title", "placeholder", "alt")
        for element in page.find_all(attrs={name: True})
    ]
    return [text.strip() for text in [*page.stripped_strings, *spoken]]


def is_english(text):
    """Say whether a text looks English; the database's names of permissions are (only screen readers get them)."""
    if re.match(r"Can (add|change|delete) ", text):
        return False
    return len(ENGLISH.findall(text)) > len(text.split()) / 4


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_staff_page_is_danish(name, client, untranslated):
    client.force_login(make_user(is_superuser=True))
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert untranslated == set()
    assert [text for text in visible_text(response) if is_english(text)] == []


@pytest.mark.django_db
def test_the_desks_pages_are_danish(client, untranslated):
    organisation = make_organisation()
    make_site(organisation, is_default=True)
    user = make_user(Role.COORDINATOR, organisation)
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATOR)
    sync_groups(user)
    campaign = make_campaign(organisation)
    example, _code = make_example(campaign)
    case = make_case(campaign, user)
    client.force_login(user)
    addresses = [
        reverse(f"desk:{pattern.name}") for pattern in desk_urls.urlpatterns if not pattern.pattern.converters
    ]
    addresses += [
        reverse("desk:example", args=[example.reference]),
        reverse("desk:case", args=[case.reference]),
    ]
    seen = 0
    for address in addresses:
        response = client.get(address)
        assert response.status_code in (200, 302, 405), address
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            seen += 1
            assert untranslated == set(), address
            assert [text for text in visible_text(response) if is_english(text)] == [], address
    assert seen > 6


@pytest.mark.django_db
def test_an_editors_pages_are_danish(client, untranslated):
    client.force_login(make_user(is_superuser=True))
    home = make_site(make_organisation(), is_default=True).root_page
    for address in [
        reverse("wagtailadmin_explore", args=[home.pk]),
        reverse("wagtailadmin_pages:edit", args=[home.pk]),
        reverse("wagtailadmin_pages:history", args=[home.pk]),
        reverse("wagtailadmin_pages:usage", args=[home.pk]),
        reverse("wagtailadmin_pages:copy", args=[home.pk]),
        reverse("wagtailadmin_pages:move", args=[home.pk]),
        reverse("wagtailadmin_pages:unpublish", args=[home.pk]),
        reverse("wagtailadmin_pages:delete", args=[home.pk]),
        reverse("wagtailadmin_pages:add_subpage", args=[home.pk]),
        reverse("wagtailadmin_choose_page"),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtaildocs_chooser:choose"),
    ]:
        response = client.get(address)
        assert response.status_code in (200, 302), address
        texts = visible_text(response)
        assert [text for text in texts if is_english(text)] == [], address
    assert untranslated == set()


@pytest.mark.django_db
def test_the_signing_in_is_danish(client, untranslated):
    for address in ("/admin/login/", "/admin/password_reset/"):
        response = client.get(address)
        if response.status_code == 200:
            assert [text for text in visible_text(response) if is_english(text)] == []
    assert untranslated == set()
