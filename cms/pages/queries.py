"""Which organisation a page or a request belongs to, and what stands around every page."""

from dataclasses import dataclass

from django.urls import get_script_prefix
from django.utils import timezone
from wagtail.models import Page, Site

from backend.campaigns.models import Campaign
from backend.cases.models import Case
from backend.language import in_other_language, is_english
from backend.organisations.models import Organisation
from cms.pages.looks import LOGO_SIZE, stylesheet_address


def organisation_for_page(page):
    """The organisation whose site `page` stands in, or None."""
    site = page.get_site() if page.url_path else None
    return Organisation.objects.filter(site_link__site=site).first() if site else None


@dataclass(frozen=True)
class MenuItem:
    """One entry of the main menu."""

    title: str
    url: str
    is_here: bool
    is_exact: bool
    is_danish: bool


@dataclass(frozen=True)
class Surroundings:
    """What every page shows around its content."""

    organisation: Organisation | None
    menu: list
    # The address of the organisation's own colours, and its logo as (picture, words); empty where it has none.
    stylesheet: str
    logo: tuple
    # This page's own full address and the one it has in the other language; both empty where it answers a POST.
    address: str
    elsewhere: str
    # Where the site begins in the other language, "/" or "/en/".
    other_root: str
    other_language: str
    other_language_name: str


def surroundings(request):
    """The organisation of the request's site and its menu; read once per request."""
    found = getattr(request, "_surroundings", None)
    if found is None:
        site = Site.find_for_request(request)
        organisation = (
            Organisation.objects.filter(site_link__site=site).select_related("site_link__logo").first()
            if site
            else None
        )
        link = organisation.site_link if organisation else None
        is_asked_for = request.method in ("GET", "HEAD")
        found = request._surroundings = Surroundings(
            organisation,
            menu(request, site) if site else [],
            stylesheet=stylesheet_address(link) if link else "",
            logo=(link.logo.get_rendition(LOGO_SIZE), link.logo_alt) if link and link.logo else (),
            address=request.build_absolute_uri() if is_asked_for else "",
            elsewhere=request.build_absolute_uri(in_other_language(request)) if is_asked_for else "",
            other_root=in_other_language(request, "/"),
            other_language="da" if is_english() else "en",
            other_language_name="Dansk" if is_english() else "English",
        )
    return found


def menu(request, site):
    """The pages under the front page that an editor has put in the menu."""
    root = site.root_page
    items = Page.objects.child_of(root).live().in_menu().order_by("path").specific(defer=True)
    return [
        MenuItem(
            title=page.shown_title,
            url=(url := f"{get_script_prefix()}{page.slug}/"),
            is_here=request.path.startswith(url),
            is_exact=request.path == url,
            is_danish=not page.kind_title,
        )
        for page in items
    ]


STATES_IN_ORDER = ("open", "before", "missing", "closed")


def campaigns_on_show(organisation):
    """Published campaigns with their state today: open ones first, then those to come, then the newest."""
    found = Campaign.objects.published().filter(organisation=organisation).select_related("organisation")
    now = timezone.now()
    on_show = [{"campaign": campaign, "state": campaign.state(at=now)} for campaign in found]
    return sorted(on_show, key=lambda item: STATES_IN_ORDER.index(item["state"]))


def newest_cases(organisation, number=3):
    """The newest published cases."""
    return (
        Case.objects.public()
        .filter(organisation=organisation)
        .select_related("area")
        .order_by("-published_date", "reference")[:number]
    )
