"""Last year's campaign as this year's draft, in one step."""

import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.widgets import AdminDateInput

from cms.pages.models import CampaignPage


class CopyForm(forms.Form):
    """What must be new: the rest is copied."""

    title = forms.CharField(label=_("Title"), max_length=120)
    slug = forms.SlugField(label=_("Address"), max_length=80)
    opens_date = forms.DateField(label=_("Opens"), widget=AdminDateInput)
    closes_date = forms.DateField(label=_("Closes"), widget=AdminDateInput)

    def __init__(self, *args, source, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source

    def clean_slug(self):
        """An address that no sibling has."""
        slug = self.cleaned_data["slug"]
        if self.source.get_parent().get_children().filter(slug=slug).exists():
            raise forms.ValidationError(_("There is already a campaign with this address."))
        return slug

    def clean(self):
        """Dates that run forwards."""
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_date"), cleaned.get("closes_date")
        if opens and closes and closes < opens:
            self.add_error("closes_date", _("The campaign closes before it opens."))
        return cleaned


def a_year_later(date):
    """The same day next year; the 28th for a leap day."""
    try:
        return date.replace(year=date.year + 1)
    except ValueError:
        return date + datetime.timedelta(days=364)


def suggestion(page):
    """What the form is filled in with: the same title, dates a year on, an address with the new year."""
    facts = page.campaign or page.as_draft()
    opens, closes = a_year_later(facts.opens_date), a_year_later(facts.closes_date)
    base = page.slug.rsplit("-", 1)[0] if page.slug.rsplit("-", 1)[-1].isdigit() else page.slug
    return {"title": page.title, "slug": f"{base}-{opens.year}", "opens_date": opens, "closes_date": closes}


@require_http_methods(["GET", "HEAD", "POST"])
def copy_campaign(request, page_id):
    """Ask for title, address and dates, and make the draft; its campaign comes with its publishing."""
    source = get_object_or_404(CampaignPage, pk=page_id)
    parent = source.get_parent()
    if not (
        source.permissions_for_user(request.user).can_edit()
        and parent.permissions_for_user(request.user).can_add_subpage()
    ):
        raise PermissionDenied
    form = CopyForm(request.POST or None, source=source, initial=suggestion(source))
    if request.method == "POST" and form.is_valid():
        page = source.copy(
            recursive=False,
            copy_revisions=False,
            keep_live=False,
            user=request.user,
            update_attrs=form.cleaned_data,
        )
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {
        "form": form,
        "media": form.media,
        "page_title": _("Copy to a new campaign"),
        "page_subtitle": source.title,
        "header_icon": "copy",
        "action_url": reverse("copy_campaign", args=[source.pk]),
        "submit_button_label": _("Copy"),
        "submit_button_active_label": _("Copying …"),
    }
    return TemplateResponse(request, "wagtailadmin/generic/form.html", context)
