"""The front page of the desk: what waits for this person, and nothing of what does not."""

import json

import pytest
from django.utils import timezone

from backend.campaigns.models import Campaign
from backend.examples.actions import ask
from backend.examples.models import Example
from backend.organisations.models import Organisation
from tests.factories import make_example


def test_a_coordinator_sees_what_waits_and_who_is_first(coordinator, lejre, noerreby):
    late, _code = make_example(lejre.campaign)
    Example.objects.filter(pk=late.pk).update(submitted_date=timezone.localdate().replace(year=2020))
    asked, _code = make_example(lejre.campaign)
    ask(example=asked, text="Hvor ofte?", by=lejre.coordinator)
    make_example(noerreby.campaign)
    response = coordinator.get("/admin/")
    page = response.content.decode()
    assert ">1</strong> <span>ulæste eksempler" in page
    assert ">1</strong> <span>over læsefristen" in page
    assert ">1</strong> <span>afventer indsender" in page
    assert late.reference in page
    assert coordinator.get("/admin/eksempler/naeste/").url == f"/admin/eksempler/{late.reference}/"


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            "coordinator",
            ["Eksempler", "Forslag", "Bidrag", "Udgående post"],
            ["Personer", "Registre", "Billeder"],
        ),
        ("caseworker", ["Forslag", "Bidrag"], ["Eksempler", "Personer", "Udgående post"]),
        ("reader", ["Forslag", "Bidrag"], ["Eksempler", "Personer", "Udgående post"]),
        ("committee_member", ["Forslag"], ["Eksempler", "Bidrag", "Personer"]),
        (
            "editor",
            ["Sider", "Billeder", "Dokumenter"],
            ["Eksempler", "Forslag", "Rapporter", "Indstillinger"],
        ),
        (
            "administrator",
            ["Personer", "Organisation", "Registre", "Adgangslog"],
            ["Eksempler", "Forslag", "Bidrag"],
        ),
    ],
)
def test_the_menu_follows_the_permission_table(role, shown, hidden, client, lejre):
    client.force_login(lejre.people[role])
    page = client.get("/admin/account/").content.decode()
    props = page[page.index("wagtail-sidebar-props") :]
    props = props[: props.index("</script>")]
    for label in shown:
        assert json.dumps(label) in props, label
    for label in hidden:
        assert json.dumps(label) not in props, label


def test_whoever_may_mend_it_is_told_what_bars_a_campaign(client, lejre):
    Organisation.objects.filter(pk=lejre.organisation.pk).update(was_url="")
    Campaign.objects.filter(pk=lejre.campaign.pk).update(med_discussed_date=None)
    client.force_login(lejre.people["administrator"])
    page = client.get("/admin/").content.decode()
    assert "Mangler i indstillingerne:" in page
    assert "Mangler på kampagnens side:" in page
    assert "Udfyld det" in page
