"""What came back, on a published case by itself: from five answers, as an estimate."""

import datetime
from decimal import Decimal

import pytest

from backend.cases.models import Case, Effect
from tests.backend.api.conftest import ApiClient
from tests.factories import make_campaign, make_example, make_organisation, make_published_case, make_user

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 9, 1)


@pytest.mark.parametrize(
    ("writers", "shown"),
    [
        (4, None),
        (5, {"answers": 5, "hours_freed": {"low": 200, "high": 300}}),
    ],
)
def test_the_effect_is_told_once_five_have_answered(writers, shown):
    organisation = make_organisation()
    campaign, by = make_campaign(organisation), make_user("coordinator", organisation)
    time = {"minutes": Decimal(30), "times": 1, "period": "week", "people": 2}
    examples = [make_example(campaign, **time)[0] for _ in range(writers)]
    case = make_published_case(campaign, by, example=examples[0])
    Case.objects.filter(pk=case.pk).update(
        status="answered", outcome="follow", implemented_date=DAY, effect_asked_date=DAY
    )
    Effect.objects.bulk_create(
        Effect(
            case=case,
            example=example,
            change="gone",
            minutes=0,
            hours_before=Decimal(44),
            hours_now=Decimal(0),
            on_date=DAY,
        )
        for example in examples
    )
    effect = ApiClient().read(f"/cases/{case.reference}")["effect"]
    if shown is not None:
        assert "skøn" in effect["hours_freed"].pop("label")
    assert effect == shown
