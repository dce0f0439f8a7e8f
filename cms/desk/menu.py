"""The desk's menu: what the permission table gives a person, and nothing of Wagtail's that is not for them."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from backend.organisations.permissions import can

# Wagtail's own entries that nobody but whoever runs the installation has use for.
OPERATORS_ONLY = {"settings", "reports", "help", "snippets"}


class DeskMenuItem(MenuItem):
    """An entry shown to whoever holds its permission in any organisation."""

    def __init__(self, label, url_name, *, permission, **options):
        super().__init__(label, reverse_lazy(url_name), **options)
        self.permission = permission

    def is_shown(self, request):
        return can(request.user, self.permission, None)


def menu_items():
    """The desk's entries, in their order."""
    return [
        DeskMenuItem(_("Examples"), "desk:examples", permission="example.view", icon_name="mail", order=10),
        DeskMenuItem(
            _("Cases"), "desk:cases", permission="case.view_committee", icon_name="clipboard-list", order=20
        ),
        DeskMenuItem(
            _("Letters"), "desk:letters", permission="case.edit", icon_name="doc-full-inverse", order=21
        ),
        DeskMenuItem(_("Answers"), "desk:replies", permission="case.view", icon_name="comment", order=22),
        DeskMenuItem(
            _("Referrals"), "desk:referrals", permission="case.view", icon_name="redirect", order=24
        ),
        DeskMenuItem(_("Follow-up"), "desk:followup", permission="case.view", icon_name="time", order=25),
        DeskMenuItem(_("Laws and rules"), "desk:laws", permission="case.view", icon_name="list-ul", order=26),
        DeskMenuItem(
            _("Submissions"), "desk:submissions", permission="submission.view", icon_name="table", order=30
        ),
        DeskMenuItem(_("Ways in"), "desk:campaigns", permission="campaign.edit", icon_name="link", order=490),
        DeskMenuItem(_("People"), "desk:people", permission="people.edit", icon_name="group", order=500),
        DeskMenuItem(
            _("Organisation"), "desk:organisation", permission="settings.edit", icon_name="cog", order=510
        ),
        DeskMenuItem(
            _("Registry"), "desk:registry", permission="settings.edit", icon_name="list-ul", order=520
        ),
        DeskMenuItem(
            _("Outgoing mail"), "desk:mail", permission="mail.view", icon_name="resubmit", order=530
        ),
        DeskMenuItem(
            _("Access log"), "desk:access_log", permission="access_log.view", icon_name="view", order=540
        ),
    ]


def keep_to_role(request, items):
    """Take away what Wagtail shows everybody: the page tree is the editors', the rest the operator's."""
    user = request.user
    if user.is_superuser:
        return
    hidden = set(OPERATORS_ONLY)
    if not can(user, "page.edit", None):
        hidden |= {"explorer", "images", "documents"}
    items[:] = [item for item in items if item.name not in hidden]
