"""A campaign page: its words in Wagtail, its facts on the campaign."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, streamfield

from backend.campaigns.models import Campaign
from cms.pages.models import CampaignIndexPage, CampaignPage, CaseListPage, NewsPage, PlainPage
from cms.pages.sites import sync_groups
from tests.cms.worlds import World, make_campaign_page, make_world
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(is_default=True)


@pytest.fixture
def editor(world) -> Client:
    return signed_in("editor", world)


def signed_in(role, world) -> Client:
    user = make_user(role, world.organisation)
    sync_groups(user)
    client = Client(HTTP_HOST=world.organisation.hostname)
    client.force_login(user)
    return client


def form_of(page, **changes):
    """What the editor's browser posts for the page."""
    names = ("title", "slug", "asks", "lead", "contact", "reading_days", "thank_you", "receipt_text")
    dates = ("opens_date", "closes_date", "med_discussed_date")
    values = {name: getattr(page, name) for name in names}
    values |= {name: getattr(page, name).isoformat() if getattr(page, name) else "" for name in dates}
    return nested_form_data({**values, "body": streamfield([]), **changes})


def test_publishing_gives_the_campaign_its_facts(world):
    campaign = Campaign.objects.get()
    assert campaign == world.campaign
    assert (campaign.name, campaign.slug, campaign.asks) == (
        world.page.title,
        world.page.slug,
        world.page.asks,
    )
    assert campaign.published_at is not None


def test_a_draft_has_no_campaign(world):
    page = make_campaign_page(world.site, "kladde", is_published=False)
    assert page.campaign is None
    assert Campaign.objects.count() == 1


def test_unpublishing_takes_the_campaign_off_at_once_and_republishing_brings_the_same_back(world):
    world.page.unpublish()
    assert Campaign.objects.get().published_at is None
    CampaignPage.objects.get(pk=world.page.pk).get_latest_revision().publish()
    assert Campaign.objects.get().published_at is not None
    assert CampaignPage.objects.get(pk=world.page.pk).campaign == Campaign.objects.get()


def test_a_deleted_page_takes_the_campaign_off_and_a_new_one_at_its_address_brings_it_back(editor, world):
    campaign = world.campaign
    parent = world.page.get_parent()
    data = form_of(world.page, **{"action-publish": "1"})
    CampaignPage.objects.get(pk=world.page.pk).delete()
    assert Campaign.objects.get().published_at is None
    url = reverse("wagtailadmin_pages:add", args=["pages", "campaignpage", parent.pk])
    assert editor.post(url, data).status_code == 302
    assert CampaignPage.objects.get().campaign == campaign
    assert Campaign.objects.get().published_at is not None


def test_one_screen_edits_words_and_facts(editor, world):
    url = reverse("wagtailadmin_pages:edit", args=[world.page.pk])
    assert editor.get(url).status_code == 200
    data = form_of(
        world.page, closes_date="2099-12-24", asks="Hvad stjæler din tid?", **{"action-publish": "1"}
    )
    response = editor.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    campaign = Campaign.objects.get()
    assert (campaign.closes_date, campaign.asks) == (datetime.date(2099, 12, 24), "Hvad stjæler din tid?")


def test_a_campaign_is_made_on_one_screen(editor, world):
    parent = world.page.get_parent()
    url = reverse("wagtailadmin_pages:add", args=["pages", "campaignpage", parent.pk])
    shown = editor.get(url)
    assert shown.status_code == 200
    assert "Hvad bøvler eller spænder ben i dit arbejde?" in shown.content.decode()
    data = form_of(world.page, title="Næste år", slug="naeste-aar", **{"action-publish": "1"})
    response = editor.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    assert Campaign.objects.get(slug="naeste-aar").state(at=timezone.now()) == "open"


@pytest.mark.parametrize(
    "changes, field",
    [({"slug": "mere-tid"}, "slug"), ({"title": "x" * 130}, "title"), ({"opens_date": ""}, "opens_date")],
    ids=str,
)
def test_a_faulty_campaign_is_refused_at_its_field(editor, world, changes, field):
    url = reverse("wagtailadmin_pages:add", args=["pages", "campaignpage", world.page.get_parent().pk])
    data = {"slug": "ny", **changes}
    response = editor.post(url, form_of(world.page, **data, **{"action-publish": "1"}))
    assert field in response.context["form"].errors
    assert Campaign.objects.count() == 1


def test_a_saved_draft_changes_nothing_outside(editor, world):
    url = reverse("wagtailadmin_pages:edit", args=[world.page.pk])
    editor.post(url, form_of(world.page, closes_date="2099-12-24"))
    assert Campaign.objects.get().closes_date == world.page.closes_date


def test_dates_that_run_backwards_are_refused_at_their_field(editor, world):
    url = reverse("wagtailadmin_pages:edit", args=[world.page.pk])
    response = editor.post(url, form_of(world.page, closes_date="2001-01-01", **{"action-publish": "1"}))
    assert "closes_date" in response.context["form"].errors
    assert Campaign.objects.get().closes_date == world.page.closes_date


def test_the_editor_is_told_what_bars_opening(editor, world):
    page = make_campaign_page(world.site, "uden-med", med_discussed_date=None)
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Kampagnen åbner først, når det her er udfyldt" in shown


def test_last_years_campaign_is_copied_in_one_step(editor, world):
    url = reverse("copy_campaign", args=[world.page.pk])
    assert url in editor.get(reverse("wagtailadmin_pages:edit", args=[world.page.pk])).content.decode()
    response = editor.get(url)
    assert response.status_code == 200, response.content.decode()[:300]
    initial = response.context["form"].initial
    data = {name: str(value) for name, value in initial.items()}
    response = editor.post(url, data)
    copy = CampaignPage.objects.exclude(pk=world.page.pk).get()
    assert response.url == reverse("wagtailadmin_pages:edit", args=[copy.pk])
    assert (copy.live, copy.campaign, copy.med_discussed_date) == (False, None, None)
    assert (copy.asks, copy.lead, copy.contact) == (world.page.asks, world.page.lead, world.page.contact)
    assert copy.opens_date.year == world.page.opens_date.year + 1
    copy.get_latest_revision().publish()
    assert Campaign.objects.count() == 2


def test_another_organisations_editor_copies_nothing(world):
    stranger = signed_in("editor", make_world("noerreby"))
    assert stranger.get(reverse("copy_campaign", args=[world.page.pk])).status_code in (302, 403, 404)
    assert CampaignPage.objects.child_of(world.page.get_parent()).count() == 1


def test_the_preview_of_a_draft_shows_the_form(editor, world):
    page = make_campaign_page(world.site, "kladde", is_published=False)
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert editor.post(url, form_of(page)).json()["is_valid"] is True
    shown = editor.get(url).content.decode()
    assert 'name="problem"' in shown
    editor.post(
        url := reverse("wagtailadmin_pages:preview_on_edit", args=[world.page.pk]),
        form_of(world.page, asks="Nyt?"),
    )
    assert "Nyt?" in editor.get(url).content.decode()
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("kind, slug", [(CampaignIndexPage, "kampagner"), (CaseListPage, "forslag")])
def test_fixed_addresses_stay(world, kind, slug):
    page = kind.objects.child_of(world.site.root_page).get()
    page.slug = "andet"
    with pytest.raises(Exception, match=slug):
        page.full_clean()


class TestOtherPages:
    def test_front_page_tells_of_campaign_cases_and_news(self, client, world):
        home = world.site.root_page
        home.add_child(
            instance=NewsPage(title="Kampagnen er i gang", slug="i-gang", date=datetime.date(2026, 11, 1))
        )
        home.add_child(instance=PlainPage(title="Om os", slug="om", show_in_menus=True))
        page = client.get("/", **world.host).content.decode()
        for words in (
            world.page.title,
            world.address,
            "Kampagnen er i gang",
            "1. november 2026",
            "Om os",
            "/forslag/",
        ):
            assert words in page

    @pytest.mark.parametrize("address", ["/", "/kampagner/", "/forslag/", "/om/", "/i-gang/"])
    def test_every_page_is_danish_and_sets_no_cookie(self, client, world, address):
        home = world.site.root_page
        home.add_child(
            instance=NewsPage(title="Kampagnen er i gang", slug="i-gang", date=datetime.date(2026, 11, 1))
        )
        home.add_child(instance=PlainPage(title="Om os", slug="om"))
        response = client.get(address, **world.host)
        assert response.status_code == 200
        assert '<html lang="da">' in response.content.decode()
        assert not client.cookies

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_front_page_asks_as_often_with_more(self, client, world, number, django_assert_num_queries):
        home = world.site.root_page
        for n in range(number):
            home.add_child(
                instance=NewsPage(title=f"Nyt {n}", slug=f"nyt-{n}", date=datetime.date(2026, 11, 1))
            )
        for n in range(number - 1):
            make_campaign_page(world.site, f"flere-{n}")
        client.get("/", **world.host)
        with django_assert_num_queries(12):
            client.get("/", **world.host)

    def test_was_leads_to_the_statement(self, client, world):
        response = client.get("/was", **world.host)
        assert (response.status_code, response.url) == (302, "https://example.org/was")

    def test_two_sites_show_their_own(self, client, world):
        other = make_world("noerreby", slug="anden", title="Nørrebys kampagne")
        assert "Nørrebys kampagne" in client.get("/", **other.host).content.decode()
        assert "Nørrebys kampagne" not in client.get("/", **world.host).content.decode()
