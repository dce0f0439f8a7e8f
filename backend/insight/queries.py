"""Figures for everyone: read-only, and never about fewer than five (P-5)."""

from django.db.models import Count, Q

from backend.campaigns.models import Campaign
from backend.cases.models import SMALL_GROUP, Case
from backend.examples.lifecycle import Status as ExampleStatus
from backend.examples.models import Example


def rounded_down(count):
    """A count in steps of five, None under five: two answers subtracted never tell of a single example."""
    return count - count % SMALL_GROUP or None


def campaign_figures(organisation):
    """The published campaigns of `organisation`, each with its rounded number of examples and its published cases.

    There is no sum over campaigns: a small campaign could be found by subtracting the others from it.
    """
    counted = Example.objects.filter(organisation=organisation, batch=None, is_quarantined=False).exclude(
        status__in=[ExampleStatus.WITHDRAWN, ExampleStatus.ERASED]
    )
    examples = dict(counted.order_by().values_list("campaign").annotate(n=Count("pk")))
    cases = _case_figures(organisation)
    return [
        {
            "campaign": campaign,
            "examples": rounded_down(examples.get(campaign.pk, 0)),
            **cases.get(campaign.pk, {"cases": 0, "done": 0, "by_status": {}, "by_outcome": {}}),
        }
        for campaign in Campaign.objects.published().filter(organisation=organisation)
    ]


def _case_figures(organisation):
    """Published cases by campaign. They are records that anyone may list and count, so they are exact."""
    figures = {}
    public = Case.objects.public().filter(organisation=organisation).order_by()
    rows = public.values("campaign", "status", "outcome").annotate(
        n=Count("pk"), done=Count("pk", filter=Q(implemented_date__isnull=False))
    )
    for row in rows:
        figure = figures.setdefault(
            row["campaign"], {"cases": 0, "done": 0, "by_status": {}, "by_outcome": {}}
        )
        figure["cases"] += row["n"]
        figure["done"] += row["done"]
        for name in ("status", "outcome"):
            if row[name]:
                counts = figure[f"by_{name}"]
                counts[row[name]] = counts.get(row[name], 0) + row["n"]
    return figures
