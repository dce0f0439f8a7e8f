"""What happens to the campaign when its page is published or taken down: Wagtail tells, the action writes."""

from backend.campaigns.actions import publish_campaign, save_campaign, unpublish_campaign
from backend.campaigns.models import Campaign
from cms.pages.models import CampaignPage
from cms.pages.queries import organisation_for_page


def campaign_page_published(sender, instance, **kwargs):
    """Give the campaign the facts of the published page, and let the public know of it."""
    organisation = organisation_for_page(instance)
    # A campaign whose page was deleted comes back with a new page at its address.
    campaign = instance.campaign or orphans(organisation, instance.slug).first()
    campaign = save_campaign(
        organisation=organisation,
        campaign=campaign,
        name=instance.title,
        slug=instance.slug,
        **instance.facts(),
    )
    if instance.campaign_id is None:
        instance.campaign = campaign
        CampaignPage.objects.filter(pk=instance.pk).update(campaign=campaign)
    publish_campaign(campaign=campaign)


def orphans(organisation, slug):
    """The campaign at this address that no page tells of."""
    return Campaign.objects.filter(organisation=organisation, slug=slug, page=None)


def campaign_page_unpublished(sender, instance, **kwargs):
    """Take the campaign off the site at once."""
    if instance.campaign_id:
        unpublish_campaign(campaign=instance.campaign)
