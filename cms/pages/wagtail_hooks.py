"""Registers what the pages add to Wagtail's own screens; nothing else stands here."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from cms.pages.copying import copy_campaign
from cms.pages.models import CampaignPage


@hooks.register("register_admin_urls")
def copying_urls():
    """The one-step copy of a campaign."""
    return [path("kampagner/<int:page_id>/kopi/", copy_campaign, name="copy_campaign")]


@hooks.register("register_page_header_buttons")
def copy_button(page, user, view_name, next_url=None):
    """«Copy to a new campaign» among the buttons of a campaign's page."""
    if isinstance(page.specific_deferred, CampaignPage) and page.permissions_for_user(user).can_edit():
        url = reverse("copy_campaign", args=[page.pk])
        yield Button(_("Copy to a new campaign"), url, icon_name="copy", priority=25)
