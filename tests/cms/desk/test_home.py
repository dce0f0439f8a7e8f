"""The front page of the desk: what waits for this person, and nothing of what does not."""

import datetime
import json

import pytest
from django.test import Client
from django.utils import timezone

from backend.campaigns.models import Campaign
from backend.cases import actions
from backend.cases.models import Referral
from backend.examples.actions import ask
from backend.examples.models import Example
from backend.organisations.models import Organisation
from tests.factories import make_body, make_case, make_example


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


def test_a_reply_that_nobody_outside_sees_is_told(client, lejre):
    case = make_case(lejre.campaign, lejre.coordinator)
    actions.mark_ready(case=case, by=lejre.coordinator)
    referral = actions.refer_to_body(case=case, body=make_body(), by=lejre.coordinator)
    client.force_login(lejre.people["caseworker"])
    assert "svar skal frigives" not in client.get("/admin/").content.decode()
    actions.record_reply(
        referral=referral, answer="not", reason_code="cost", text="For dyrt.", by=lejre.people["caseworker"]
    )
    assert "svar skal frigives" in client.get("/admin/").content.decode()


def test_what_was_typed_comes_back_when_the_token_is_old(lejre):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(lejre.coordinator)
    case = make_case(lejre.campaign, lejre.coordinator)
    refused = browser.post(
        f"/admin/forslag/{case.reference}/",
        {"problem": "En lang tekst <b>skrevet</b> i hånden.", "password": "hemmeligt123"},
    )
    page = refused.content.decode()
    assert refused.status_code == 403
    assert "En lang tekst &lt;b&gt;skrevet&lt;/b&gt; i hånden." in page
    assert "hemmeligt123" not in page


def test_late_answers_questions_and_corrections_are_told_with_their_lists(coordinator, lejre, noerreby):
    tiles = ("forsinkede svar", "spørgsmål fra modtagere", "rettelser fra modtagere")
    page = coordinator.get("/admin/").content.decode()
    assert not any(tile in page for tile in tiles)
    asked = []
    for number, world in enumerate((lejre, lejre, noerreby)):
        case = make_case(world.campaign, world.coordinator)
        actions.mark_ready(case=case, by=world.coordinator)
        body = make_body(f"body{number}")
        asked.append(actions.refer_to_body(case=case, body=body, by=world.coordinator))
    late, question, _foreign = asked
    Referral.objects.filter(pk=late.pk).update(due_at=timezone.now() - datetime.timedelta(days=1))
    actions.record_reply(
        referral=question, answer="lacks_facts", text="Hvilket system?", by=lejre.coordinator
    )
    question.messages.create(kind="correction", text="Det hedder B2.", on_date=timezone.localdate())
    page = coordinator.get("/admin/").content.decode()
    for tile in tiles:
        assert f">1</strong> <span>{tile}" in page
