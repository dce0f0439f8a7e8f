"""What happens to the campaign when its page is published or taken down: Wagtail tells, the action writes."""

from backend.campaigns.actions import publish_campaign, save_campaign, unpublish_campaign
from cms.pages.models import CampaignPage
from cms.pages.queries import organisation_for_page


def campaign_page_published(sender, instance, **kwargs):
    """Give the campaign the facts of the published page, and let the public know of it."""
    campaign = save_campaign(
        organisation=organisation_for_page(instance),
        campaign=instance.campaign,
        name=instance.title,
        slug=instance.slug,
        **instance.facts(),
    )
    if instance.campaign_id is None:
        instance.campaign = campaign
        CampaignPage.objects.filter(pk=instance.pk).update(campaign=campaign)
    publish_campaign(campaign=campaign)


def campaign_page_unpublished(sender, instance, **kwargs):
    """Take the campaign off the site at once."""
    if instance.campaign_id:
        unpublish_campaign(campaign=instance.campaign)
