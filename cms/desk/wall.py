"""The wall in Wagtail's own admin: what is not named here does not exist for anybody but a superuser.

Wagtail asks for permission view by view, and several of its views (choosers, "chosen", bulk previews, reports, tags)
answer with titles of what the person may not open. So each address must be one that the role has use for, and every
page, picture and document that it names must lie in the person's own organisation.
"""

from django.http import Http404
from django.views.defaults import page_not_found
from wagtail.admin.views.pages.listing import GenericPageFilterSet, PageFilterSet
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from backend.organisations.permissions import can, organisations_where
from cms.pages.models import OrganisationSite

# Everybody who may come in: the front page, their own account, signing in and out, and what the pages are made of.
OPEN = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_login",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_dismissibles",
}
# The editors': the page tree, pictures and documents.
EDITORS = {
    "copy_campaign",
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_block_preview",
    "wagtail_bulk_action",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:pages:detail",
}
EDITORS_NAMESPACES = {
    "wagtailadmin_pages",
    "wagtailadmin_editing_sessions",
    "wagtailimages",
    "wagtailimages_chooser",
    "wagtaildocs",
    "wagtaildocs_chooser",
}
# Lists over every organisation's pages, and workflows, which are off.
NOBODYS = {
    "wagtailadmin_pages:type_use",
    "wagtailadmin_pages:type_use_results",
}
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
BULK_MODELS = {("wagtailcore", "page"), ("wagtailimages", "image"), ("wagtaildocs", "document")}


class WallMiddleware:
    """Answers 404 under /admin/ for what is not the person's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Look at the address before Wagtail does."""
        user = request.user
        if not request.path.startswith("/admin/") or not user.is_authenticated or user.is_superuser:
            return None
        try:
            check_address(request, kwargs)
        except Http404 as error:
            return page_not_found(request, error, template_name="wagtailadmin/404.html")
        return None


def check_address(request, kwargs):
    """Raise Http404 unless the address is one that the person's role has use for, and names nothing foreign."""
    match = request.resolver_match
    if match.app_name == "desk" or match.view_name in OPEN:
        return
    is_editors = match.view_name in EDITORS or match.namespace in EDITORS_NAMESPACES
    if not is_editors or match.view_name in NOBODYS or not can(request.user, "page.edit", None):
        raise Http404
    check_own(request, match, kwargs)


def check_own(request, match, kwargs):
    """Raise Http404 unless every page, picture and document that the address names is the editor's."""
    named = {str(kwargs[name]) for name in PAGE_ARGUMENTS if name in kwargs}
    ids = {value for value in request.GET.getlist("id") if value != "all"}
    kind = match.namespace
    pictures, documents = set(), set()
    if match.view_name == "wagtail_bulk_action":
        model = (kwargs["app_label"], kwargs["model_name"])
        if model not in BULK_MODELS:
            raise Http404
        named |= {value for value in (request.GET.get("childOf"),) if value}
        {"page": named, "image": pictures, "document": documents}[model[1]].update(ids)
    elif kind.startswith("wagtailimages"):
        pictures |= ids | {str(kwargs[name]) for name in ("image_id", "pk") if name in kwargs}
    elif kind.startswith("wagtaildocs"):
        documents |= ids | {str(kwargs[name]) for name in ("document_id", "doc_id", "pk") if name in kwargs}
    else:
        named |= ids | ({str(kwargs["pk"])} if "pk" in kwargs else set())
    if named:
        check_pages(request, named, may_be_root=match.view_name != "wagtailadmin_api:pages:detail")
    for ids, model in ((pictures, get_image_model()), (documents, get_document_model())):
        if ids and not (
            all(each.isdigit() for each in ids)
            and own_files(request.user, model).filter(pk__in=ids).count() == len(ids)
        ):
            raise Http404


def own_sites(user):
    """The sites of the organisations whose pages `user` edits."""
    return OrganisationSite.objects.filter(
        organisation__in=organisations_where(user, "page.edit")
    ).select_related("site__root_page", "collection")


def own_pages(user):
    """The pages below (and with) the front pages of the user's sites."""
    pages = Page.objects.none()
    for link in own_sites(user):
        pages |= Page.objects.descendant_of(link.site.root_page, inclusive=True)
    return pages


def own_files(user, model):
    """The pictures or documents in the user's own collections and those below."""
    files = model.objects.none()
    for link in own_sites(user):
        files |= model.objects.filter(collection__path__startswith=link.collection.path)
    return files


def check_pages(request, ids, *, may_be_root):
    """Raise Http404 unless all of `ids` are own pages; the tree's root may be stood on, since lists begin there."""
    if not all(each.isdigit() for each in ids):
        raise Http404
    found = set(own_pages(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    if may_be_root and request.method in ("GET", "HEAD"):
        found |= set(Page.objects.filter(pk__in=ids, depth=1).values_list("pk", flat=True))
    if len(found) != len(ids):
        raise Http404


def only_own_pages(pages, request):
    """For Wagtail's page chooser: drafts of other organisations are not even named."""
    if request.user.is_superuser:
        return pages
    return pages & own_pages(request.user)


def hide_other_peoples_names():
    """Take filters away from the page list that offer every organisation's people and sites to choose between."""
    for filterset in (PageFilterSet, GenericPageFilterSet):
        for name in ("owner", "edited_by", "site"):
            filterset.base_filters.pop(name, None)
