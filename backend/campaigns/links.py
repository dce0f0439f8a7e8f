"""A campaign's short address, `/k/…/`: it stands on posters and paper, so it must survive a page that is renamed."""

import base64

from .models import Campaign

# Six characters of the campaign's own id: 30 bits, far more than one organisation has campaigns.
LENGTH = 6


def short_code(campaign):
    """The last part of the campaign's short address: six lower-case letters and digits that never change."""
    return base64.b32encode(campaign.pk.bytes)[:LENGTH].decode().lower()


def campaign_for_code(organisation, code):
    """The organisation's published campaign with this short code, or None."""
    campaigns = Campaign.objects.published().filter(organisation=organisation)
    return next((each for each in campaigns if short_code(each) == code.lower()), None)
