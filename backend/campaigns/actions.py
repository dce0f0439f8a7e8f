"""Writes about campaigns."""

from django.db import transaction

from backend.organisations.permissions import moment

from .models import Campaign

FACTS = ("name", "slug", "opens_date", "closes_date", "asks", "contact", "reading_days", "med_discussed_date")


@transaction.atomic
def save_campaign(*, organisation, campaign=None, **facts):
    """Make a campaign, or change the facts of one. Facts: FACTS. Raises ValidationError with field messages."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts of a campaign: {sorted(unknown)}")
    campaign = campaign or Campaign(organisation=organisation)
    for name, value in facts.items():
        setattr(campaign, name, value)
    campaign.full_clean()
    campaign.save()
    return campaign


def publish_campaign(*, campaign, at=None):
    """Let the public know of the campaign. Whether it takes examples is `Campaign.state`."""
    if campaign.published_at is None:
        campaign.published_at = moment(at)
        campaign.save(update_fields=["published_at"])


def unpublish_campaign(*, campaign):
    """Take the campaign off the site at once."""
    campaign.published_at = None
    campaign.save(update_fields=["published_at"])
