"""Registers the desk in the Wagtail admin; nothing else stands here."""

from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html
from wagtail import hooks

from backend.organisations.permissions import can
from cms.desk import urls
from cms.desk.menu import keep_to_role, menu_items
from cms.desk.panels import WorkPanel
from cms.desk.wall import hide_other_peoples_names, only_own_pages


@hooks.register("register_admin_urls")
def desk_urls():
    """The desk's pages, behind Wagtail's own sign-in."""
    return [path("", include(urls))]


for item in menu_items():
    hooks.register("register_admin_menu_item", lambda item=item: item)

hooks.register("construct_main_menu", keep_to_role, order=1000)
hooks.register("construct_page_chooser_queryset", only_own_pages)
hide_other_peoples_names()


@hooks.register("construct_homepage_panels")
def home_panels(request, panels):
    """The person's work first; Wagtail's panels about pages only for those who edit pages."""
    if not can(request.user, "page.edit", None):
        panels.clear()
    panels.insert(0, WorkPanel())


@hooks.register("insert_global_admin_css")
def desk_css():
    """The desk's own clothes."""
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("insert_global_admin_js")
def desk_scripts():
    """Drafts and shortcuts; both do nothing where a page does not ask for them."""
    return format_html(
        '<script type="module" src="{}"></script>'
        '<script type="module" src="{}"></script><script type="module" src="{}"></script>',
        static("desk/drafts.js"),
        static("desk/shortcuts.js"),
        static("desk/moves.js"),
    )
