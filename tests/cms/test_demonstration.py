"""`load_demo`: two organisations with a story each, and a second run that keeps what is there."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from backend.cases.followup import late_promises
from backend.cases.models import Case, FormTable, Referral, Reply
from backend.examples.models import Example
from backend.examples.personal_hints import find_personal_hints
from backend.examples.search import matching
from backend.organisations.models import Organisation, User
from cms.demonstration.organisations import content
from cms.pages.models import CampaignPage, NewsPage

pytestmark = pytest.mark.django_db


def counts():
    return {
        model: model.objects.count() for model in (Organisation, User, Example, Case, CampaignPage, NewsPage)
    }


def test_the_demonstration_is_whole_and_a_second_run_keeps_it(settings, capsys, client):
    settings.DEMO_LOGINS = {"koordinator@lejre.example": "første"}
    call_command("load_demo")
    now = timezone.now()
    before = counts()
    assert before[Organisation] == before[CampaignPage] == 2
    assert not Example.objects.filter(submitted_date__gt=timezone.localdate(now)).exists()
    for organisation in Organisation.objects.all():
        campaign = organisation.campaigns.get(slug="mere-tid-til-kerneopgaven")
        assert campaign.state(at=now) == "open"
        assert campaign.page.live
        cases = Case.objects.filter(organisation=organisation)
        assert {"answered", "referred", "ready"} <= set(cases.public().values_list("status", flat=True))
        for table in (FormTable.COHERENCE, FormTable.TIME):
            assert cases.ready_for_form().filter(table=table).count() >= 4
        assert organisation.examples.unread().count() >= 3
        assert {"awaiting_submitter", "set_aside"} <= set(
            organisation.examples.values_list("status", flat=True)
        )
    lejre = Organisation.objects.get(key="lejre")
    assert lejre.examples.count() >= 40
    assert lejre.examples.exclude(area=None).values("area").distinct().count() >= 25
    assert lejre.site_link.site.is_default_site
    assert [str(each) for each in lejre.submissions.frozen()] == [f"{lejre.submissions.get().year}-01"]
    assert set(Case.objects.exclude(outcome="").values_list("outcome", flat=True)) == {
        "follow", "partly", "not", "trial", "already_allowed",
    }  # fmt: skip
    own = Case.objects.filter(organisation=lejre)
    assert own.filter(flag="enkeltsag").exists()
    assert own.filter(effect_asked_date__isnull=False).get().effects.count() >= 5
    referrals = Referral.objects.filter(case__organisation=lejre)
    assert referrals.overdue(at=now).filter(batch__channel="mail").exists()
    assert referrals.filter(status="asked_back").exists()
    assert referrals.exclude(overrides_rule="").filter(reason__contains="Centeret").exists()
    assert late_promises(now).filter(referral__in=referrals).exists()
    assert Reply.objects.filter(referral__in=referrals, channel="letter").exists()
    assert matching(Example.objects.all(), "dokumentationskravene").exists()
    page = client.get("/kampagner/mere-tid-til-kerneopgaven/", headers={"host": "127.0.0.1"}).content.decode()
    assert "Dette er en demonstration" in page
    assert "Hvad er et godt eksempel?" in page
    # `.env` was made anew: the logins follow it, and nothing else changes.
    settings.DEMO_LOGINS = {"koordinator@lejre.example": "anden"}
    call_command("load_demo")
    assert counts() == before
    assert User.objects.get(email="koordinator@lejre.example").check_password("anden")
    assert "Lejre Kommune (demonstration) er der allerede." in capsys.readouterr().out


@pytest.mark.parametrize("key", ["lejre", "noerreby"])
def test_its_texts_name_no_person(key):
    texts = [
        text
        for row in content(key)["example"]
        for text in (row["problem"], row.get("proposal", ""), *map(str, row.get("case", {}).values()))
    ]
    assert [hint for text in texts for hint in find_personal_hints(text)] == []
