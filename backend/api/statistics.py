"""Figures for everyone: none over fewer than five examples."""

from django.http import HttpRequest
from ninja import Query, Schema

from backend.insight.queries import campaign_figures

from .filtering import OfOrganisation
from .routing import Router
from .tenants import open_organisation

router = Router(tags=["statistics"])


class CampaignFigures(Schema):
    """`examples` counts in steps of five and is null under five; cases are those published, and exact."""

    campaign: str
    name: str
    examples: int | None
    cases: int
    done: int
    by_status: dict[str, int]
    by_outcome: dict[str, int]


class StatisticsOut(Schema):
    organisation: str
    campaigns: list[CampaignFigures]


@router.get("/statistics", response=StatisticsOut)
def get_statistics(request: HttpRequest, query: Query[OfOrganisation]):
    """Examples and published cases by campaign."""
    organisation = open_organisation(request, query.organisation)
    figures = [
        figure | {"campaign": figure["campaign"].slug, "name": figure["campaign"].name}
        for figure in campaign_figures(organisation)
    ]
    return {"organisation": organisation.key, "campaigns": figures}
