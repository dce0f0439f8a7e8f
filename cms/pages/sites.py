"""An organisation's site in Wagtail, and the wall round it: a Group and a Collection per organisation."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from backend.organisations.permissions import can
from cms.pages.models import CampaignIndexPage, CaseListPage, HomePage, OrganisationSite

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
FILE_PERMISSIONS = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)


@transaction.atomic
def make_site(organisation, *, is_default=False):
    """The organisation's Site with front page, campaigns and case list, its groups and its collection.

    Made once; a second call changes nothing but the host name and the port.
    """
    port = port_of_the_program()
    link = OrganisationSite.objects.filter(organisation=organisation).select_related("site").first()
    if link is not None:
        if (link.site.hostname, link.site.port) != (organisation.hostname, port):
            link.site.hostname, link.site.port = organisation.hostname, port
            link.site.save()
        return link.site
    home = HomePage(title=organisation.name, slug=organisation.key)
    Page.get_first_root_node().add_child(instance=home)
    if is_default:
        Site.objects.filter(is_default_site=True).update(is_default_site=False)
    site = Site.objects.create(
        hostname=organisation.hostname,
        port=port,
        root_page=home,
        site_name=organisation.name,
        is_default_site=is_default or not Site.objects.filter(is_default_site=True).exists(),
    )
    collection = Collection.get_first_root_node().add_child(name=organisation.name)
    OrganisationSite.objects.create(
        organisation=organisation,
        site=site,
        collection=collection,
        editors=editors_group(organisation, home, collection),
        staff=admin_group(f"{organisation.key}: {_('staff')}"),
    )
    for page in (
        CampaignIndexPage(title=_("Campaigns"), slug="kampagner", show_in_menus=True),
        CaseListPage(title=_("What it has become"), slug="forslag", show_in_menus=True),
    ):
        home.add_child(instance=page)
    return site


def port_of_the_program():
    """The port that visitors ask at, as BASE_URL says: Wagtail writes it into every full address."""
    base = urlsplit(settings.BASE_URL)
    return base.port or (443 if base.scheme == "https" else 80)


def admin_group(name):
    """A group whose members may come into the Wagtail admin, and no more."""
    group = Group.objects.create(name=name)
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    return group


def editors_group(organisation, home, collection):
    """The group that edits this site's pages, pictures and documents, and no other's."""
    group = admin_group(f"{organisation.key}: {_('editors')}")
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS
    ):
        GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    for permission in Permission.objects.filter(
        content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=FILE_PERMISSIONS
    ):
        GroupCollectionPermission.objects.create(group=group, collection=collection, permission=permission)
    return group


@transaction.atomic
def sync_groups(user):
    """Give `user` the Wagtail groups that their memberships call for, and take the others away."""
    links = OrganisationSite.objects.select_related("organisation")
    ours, wanted = set(), set()
    member_of = set(user.memberships.values_list("organisation_id", flat=True))
    for link in links:
        ours |= {link.editors_id, link.staff_id}
        if link.organisation_id in member_of:
            is_editor = can(user, "page.edit", link.organisation)
            wanted.add(link.editors_id if is_editor else link.staff_id)
    held = set(user.groups.filter(pk__in=ours).values_list("pk", flat=True))
    user.groups.remove(*(held - wanted))
    user.groups.add(*(wanted - held))
