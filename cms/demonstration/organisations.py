"""The demonstration's organisations: settings, registry, people, site, campaign and news."""

import datetime
import json
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from backend.organisations.actions import create_organisation, invite
from backend.organisations.models import Conformance, User
from backend.registry.actions import copy_starting_set, load_registry
from backend.registry.loading import DATA
from cms.pages.models import CampaignIndexPage, CampaignPage, NewsPage, PlainPage
from cms.pages.sites import make_site, sync_groups

CONTENT = Path(__file__).parent / "content"

# Who there is: (e-mail, what they are called, [(organisation, role)]).
PEOPLE = [
    ("koordinator@lejre.example", "Koordinator", [("lejre", "coordinator")]),
    ("sagsbehandler@lejre.example", "Sagsbehandler", [("lejre", "caseworker")]),
    ("laeser@lejre.example", "Læser", [("lejre", "reader")]),
    ("udvalg@lejre.example", "Udvalgsmedlem", [("lejre", "committee_member")]),
    ("redaktoer@lejre.example", "Redaktør", [("lejre", "editor")]),
    ("koordinator@noerreby.example", "Koordinator", [("noerreby", "coordinator")]),
    ("admin@kernetid.example", "Administrator", [("lejre", "administrator"), ("noerreby", "administrator")]),
]


def content(name):
    """A content file as data."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


def address(organisation, path):
    """A full address on the organisation's site."""
    base = urlsplit(settings.BASE_URL)
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{organisation.hostname}{port}{path}"


def make_organisation(facts):
    """The organisation with its registry and an empty site; `facts` as in organisations.toml."""
    names = ("key", "name", "hostname", "contact", "phone", "digest_email")
    organisation = create_organisation(
        **{name: facts[name] for name in names},
        dpo_contact=f"dpo@{facts['key']}.example",
        retention="To år efter kampagnens sidste dag. Navn og e-mail slettes efter 30 dage.",
        is_proxy_logging_confirmed=True,
        controller=f"{facts['name']}\nRådhuset (demonstration)\n{facts['phone']}",
        privacy_date=timezone.localdate(),
        accessibility_status=Conformance.PARTLY,
        accessibility_contact=f"{facts['contact']}, tilgaengelighed@{facts['key']}.example, {facts['phone']}",
        accessibility_date=timezone.localdate(),
    )
    organisation.whistleblower_url = address(organisation, "/whistleblower/")
    organisation.save()
    copy_starting_set(organisation=organisation)
    load_registry(organisation=organisation, folder=DATA / organisation.key)
    make_site(organisation, is_default=organisation.key == "lejre")
    return organisation


def make_people(organisations):
    """Give the people their roles; `organisations` by key."""
    for email, name, roles in PEOPLE:
        held = [(organisations[key], role) for key, role in roles if key in organisations]
        for organisation, role in held:
            user, _is_new = invite(
                email=email,
                organisation=organisation,
                role=role,
                first_name=name,
                last_name="(demonstration)",
            )
        if held:
            sync_groups(user)


def set_passwords():
    """Let the logins of `.env` in, also where `.env` was made anew since the last run."""
    for email, password in settings.DEMO_LOGINS.items():
        user = User.objects.filter(email=email).first()
        if user is not None and password and not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])


def story(*blocks):
    """A page's body from (kind, value) pairs."""
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks])


def publish(page):
    """Publish a page as an editor does, so that everything that hangs on publishing happens."""
    page.save_revision().publish()
    return page


def add_page(parent, page):
    """Put a page under its parent and publish it."""
    page.live = False
    parent.add_child(instance=page)
    return publish(page)


def make_pages(organisation, facts, words):
    """The site's words: front page, campaign, news and the pages that the footer points at. Returns the Campaign."""
    today = timezone.localdate()
    home = organisation.site_link.site.root_page.specific
    home.lead = facts["welcome"]
    publish(home)
    for page in words["page"]:
        fields = {name: page[name] for name in ("slug", "title", "lead")}
        add_page(home, PlainPage(body=story(("text", page["text"])), **fields))
    campaign = words["campaign"]
    opens_date = today - datetime.timedelta(days=facts["examples_days"])
    page = CampaignPage(
        **{
            name: campaign[name]
            for name in ("slug", "title", "lead", "asks", "thank_you", "receipt_text", "reading_days")
        },
        opens_date=opens_date,
        closes_date=today + datetime.timedelta(days=60),
        med_discussed_date=opens_date - datetime.timedelta(days=21),
        contact=f"{organisation.contact}, {organisation.phone}",
        body=story(
            ("text", campaign["text"]),
            ("quote", {"text": campaign["quote"], "who": campaign["quote_who"]}),
            ("questions", campaign["questions"]),
        ),
    )
    add_page(CampaignIndexPage.objects.child_of(home).get(), page)
    add_page(
        home,
        NewsPage(
            title=facts["news_title"],
            slug=facts["news_slug"],
            lead=facts["news_lead"],
            date=today - datetime.timedelta(days=facts["news_days"]),
            body=story(("text", facts["news_text"])),
        ),
    )
    return organisation.campaigns.get(slug=campaign["slug"])
