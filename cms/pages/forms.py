"""The editor's form for a campaign: the page's words and the campaign's facts on one screen."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from backend.campaigns.models import Campaign
from cms.pages.queries import organisation_for_page


class CampaignPageForm(WagtailAdminPageForm):
    """Checks what the campaign will ask of the facts, before the page is saved."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        campaign = self.instance.campaign
        if campaign is not None and not self.instance.has_unpublished_changes:
            # The campaign is the truth; a fact changed elsewhere shows here.
            for fact in self.instance.FACTS:
                self.initial[fact] = getattr(campaign, fact)

    def clean(self):
        """Refuse dates that run backwards and an address that another campaign has."""
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_date"), cleaned.get("closes_date")
        if opens and closes and closes < opens:
            self.add_error("closes_date", ValidationError(_("The campaign closes before it opens.")))
        for field, fact in (("title", "name"), ("slug", "slug")):
            room = Campaign._meta.get_field(fact).max_length
            if len(cleaned.get(field) or "") > room:
                self.add_error(
                    field, ValidationError(_("There is room for %(room)s characters.") % {"room": room})
                )
        organisation = organisation_for_page(self.parent_page) if self.parent_page else None
        if organisation and (slug := cleaned.get("slug")):
            others = Campaign.objects.filter(organisation=organisation, slug=slug).exclude(page=None)
            if others.exclude(pk=self.instance.campaign_id).exists():
                self.add_error("slug", ValidationError(_("There is already a campaign with this address.")))
        return cleaned
