"""The wall round an organisation's pages, pictures and documents in Wagtail's own lists."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, Site

from cms.pages.models import CampaignPage, OrganisationSite
from cms.pages.sites import make_site, sync_groups
from tests.cms.worlds import make_world
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return make_world("lejre", is_default=True)


@pytest.fixture
def theirs():
    return make_world("noerreby", slug="anden", title="Nørrebys hemmelige kampagne")


@pytest.fixture
def editor(ours):
    return sign_in(make_user("editor", ours.organisation), ours)


def sign_in(user, world):
    sync_groups(user)
    client = Client(HTTP_HOST=world.organisation.hostname)
    client.force_login(user)
    return client


def their_picture(world):
    image = get_image_model()(
        title="Nørrebys billede", file=get_test_image_file(), collection=collection_of(world)
    )
    image.save()
    return image


def their_document(world):
    document = get_document_model()(title="Nørrebys dokument", collection=collection_of(world))
    document.file.save("x.txt", ContentFile(b"x"))
    return document


def collection_of(world):
    return OrganisationSite.objects.get(organisation=world.organisation).collection


def test_a_site_is_made_once(ours):
    pages = Page.objects.count()
    assert make_site(ours.organisation) == ours.site
    assert (Site.objects.count(), Page.objects.count()) == (1, pages)


def test_a_new_host_name_reaches_the_site(ours):
    ours.organisation.hostname = "ny.example.org"
    ours.organisation.save()
    assert make_site(ours.organisation).hostname == "ny.example.org"


def test_nothing_of_wagtails_starter_site_is_left(ours):
    assert not Page.objects.filter(slug="home").exists()
    assert Site.objects.get(is_default_site=True) == ours.site


def test_an_editor_sees_and_edits_own_pages_only(editor, ours, theirs):
    shown = editor.get(reverse("wagtailadmin_explore", args=[ours.site.root_page_id]), follow=True)
    assert "Kampagner" in shown.content.decode()
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[ours.page.pk])).status_code == 200
    root = editor.get(reverse("wagtailadmin_explore_root"), follow=True).content.decode()
    assert "Noerreby" not in root


@pytest.mark.parametrize(
    "view",
    ["edit", "delete", "unpublish", "copy", "history", "move", "view_draft", "revisions_index", "usage"],
)
def test_another_organisations_page_is_out_of_reach(editor, theirs, view):
    response = editor.get(reverse(f"wagtailadmin_pages:{view}", args=[theirs.page.pk]), follow=True)
    assert "Nørrebys hemmelige kampagne" not in response.content.decode()
    assert CampaignPage.objects.get(pk=theirs.page.pk).live


@pytest.mark.parametrize(
    "address",
    [
        "/admin/pages/search/?q=Nørrebys",
        "/admin/choose-page/",
        "/admin/choose-page/search/?q=Nørrebys",
        "/admin/reports/site-history/",
        "/admin/reports/locked/",
        "/admin/reports/aging-pages/",
        "/admin/reports/page-types-usage/",
        "/admin/",
        "/admin/images/",
        "/admin/images/chooser/",
        "/admin/documents/",
        "/admin/documents/chooser/",
        "/admin/users/",
        "/admin/sites/",
        "/admin/groups/",
        "/admin/collections/",
        "/admin/redirects/",
    ],
)
def test_no_list_tells_an_editor_of_the_other_organisation(editor, ours, theirs, address):
    their_picture(theirs)
    their_document(theirs)
    shown = editor.get(address, follow=True).content.decode()
    for word in ("Nørrebys hemmelige", "Nørrebys billede", "Nørrebys dokument", "noerreby"):
        assert word not in shown.replace("q=Nørrebys", "")


def test_another_organisations_picture_and_document_are_out_of_reach(editor, theirs):
    image = their_picture(theirs)
    document = their_document(theirs)
    for address in (
        reverse("wagtailimages:edit", args=[image.pk]),
        reverse("wagtailimages:delete", args=[image.pk]),
        reverse("wagtailimages_chooser:chosen", args=[image.pk]),
        reverse("wagtaildocs:edit", args=[document.pk]),
        reverse("wagtaildocs:delete", args=[document.pk]),
        reverse("wagtaildocs_chooser:chosen", args=[document.pk]),
    ):
        response = editor.get(address, follow=True)
        assert "Nørrebys" not in response.content.decode(), address


@pytest.mark.parametrize("role", ["coordinator", "caseworker", "reader", "committee_member", "administrator"])
def test_only_editors_edit_pages(ours, role):
    client = sign_in(make_user(role, ours.organisation), ours)
    assert client.get("/admin/").status_code == 200
    response = client.get(reverse("wagtailadmin_pages:edit", args=[ours.page.pk]))
    assert response.status_code in (302, 403, 404)


def test_a_lost_role_takes_the_rights_along(ours):
    user = make_user("editor", ours.organisation)
    sync_groups(user)
    user.memberships.all().delete()
    sync_groups(type(user).objects.get(pk=user.pk))
    assert not user.groups.exists()
