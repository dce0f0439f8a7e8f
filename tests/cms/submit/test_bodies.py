"""Those who were asked, in public: what they were asked, what they answered, and nothing that waits with us."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Referral
from backend.examples.throttle import counter
from backend.organisations.models import Organisation
from backend.registry.models import BodyPeriod, BodySuccession
from tests.cms.worlds import make_world
from tests.factories import make_body, make_case, make_published_case, make_user

pytestmark = pytest.mark.django_db
NO = {"answer": "not", "reason_code": "cost", "text": "Det er for dyrt."}


@pytest.fixture
def world():
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def ministry():
    return make_body("fm", "Finansministeriet")


def get(client, world, address):
    response = client.get(address, **world.host)
    assert response.status_code == 200
    return response.content.decode()


def asked(world, by, body, title="Dobbelt registrering"):
    case = make_published_case(world.campaign, by, title=title)
    return actions.refer_to_body(case=case, body=body, by=by)


@pytest.mark.parametrize("rows, queries", [(1, 15), (3, 15)])
def test_a_body_s_page_asks_the_same_number_of_queries(
    client, world, coordinator, ministry, rows, queries, django_assert_num_queries
):
    for number in range(rows):
        referral = asked(world, coordinator, ministry, f"Forslag {number}")
        reply = actions.record_reply(referral=referral, by=coordinator, **NO)
        actions.release_reply(reply=reply, by=coordinator)
    get(client, world, "/modtagere/fm/")
    with django_assert_num_queries(queries):
        page = get(client, world, "/modtagere/fm/")
    assert page.count("Det er for dyrt.") == rows


def test_only_published_cases_of_this_organisation_are_told(client, world, coordinator, ministry):
    hidden = make_case(world.campaign, coordinator, title="Internt")
    actions.mark_ready(case=hidden, by=coordinator)
    actions.refer_to_body(case=hidden, body=ministry, by=coordinator)
    other = make_world("noerreby", slug="anden")
    asked(other, make_user("coordinator", other.organisation), ministry, "Nørrebys forslag")
    for address in ("/modtagere/fm/", "/modtagere/findes-ikke/", "/modtagere/%00/"):
        assert client.get(address, **world.host).status_code == 404
    assert "Ingen er spurgt endnu" in get(client, world, "/modtagere/")
    actions.prepare_referral(
        case=make_published_case(world.campaign, coordinator), body=ministry, by=coordinator
    )
    assert client.get("/modtagere/fm/", **world.host).status_code == 404
    asked(world, coordinator, ministry, "Vores forslag")
    page = get(client, world, "/modtagere/fm/")
    assert "Vores forslag" in page
    assert "Internt" not in page
    assert "Nørrebys" not in page


def test_figures_reasons_and_what_was_done(client, world, coordinator, ministry):
    refused = actions.record_reply(
        referral=asked(world, coordinator, ministry, "Afslaget"), by=coordinator, **NO
    )
    actions.release_reply(reply=refused, by=coordinator)
    kept = asked(world, coordinator, ministry, "Løftet")
    promise = actions.record_reply(
        referral=kept,
        answer="follow",
        what="Skemaet afskaffes.",
        by_whom="Kontoret",
        promised_date=datetime.date(2027, 1, 1),
        by=coordinator,
    )
    actions.release_reply(reply=promise, by=coordinator)
    kept.case.refresh_from_db()
    actions.mark_done(
        case=kept.case,
        implemented_date=timezone.localdate(),
        evidence="Skemaet er taget ud af brug.",
        by=coordinator,
    )
    actions.record_reply(referral=asked(world, coordinator, ministry, "Venter"), by=coordinator, **NO)
    response = client.get("/modtagere/fm/", **world.host)
    figures = response.context_data["figures"]
    assert (figures["asked"], figures["answered"], figures["done"]) == (3, 2, 1)
    assert [number for _label, number in figures["by_answer"]] == [1, 1]
    assert response.context_data["reasons"] == [("Økonomi", 1)]
    [listed] = client.get("/modtagere/", **world.host).context_data["bodies"]
    assert (listed.asked, listed.answered) == (3, 2)


def test_what_one_body_did_is_not_told_of_another(client, world, coordinator, ministry):
    kept = asked(world, coordinator, make_body("bm", "Beskæftigelsesministeriet"))
    refusing = actions.refer_to_body(case=kept.case, body=ministry, by=coordinator)
    promise = {"answer": "follow", "what": "Skemaet afskaffes.", "by_whom": "Kontoret"}
    for row, values in ((kept, {**promise, "promised_date": timezone.localdate()}), (refusing, NO)):
        reply = actions.record_reply(referral=row, by=coordinator, **values)
        actions.release_reply(reply=reply, by=coordinator)
    case = kept.case
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=timezone.localdate(), evidence="Væk.", by=coordinator)
    for key, done in (("bm", 1), ("fm", 0)):
        response = client.get(f"/modtagere/{key}/", **world.host)
        assert response.context_data["figures"]["done"] == done
        assert response.content.decode().count("kt-tag--good") == done


def test_an_answer_entered_anew_is_told_once(client, world, coordinator, ministry):
    old = actions.record_reply(referral=asked(world, coordinator, ministry), by=coordinator, **NO)
    actions.release_reply(reply=old, by=coordinator)
    new = actions.correct_reply(reply=old, by=coordinator, **{**NO, "text": "Nu med den rette grund."})
    assert "Det er for dyrt." in get(client, world, "/modtagere/fm/")
    actions.release_reply(reply=new, by=coordinator)
    for address in ("/modtagere/fm/", f"/forslag/{new.referral.case.reference}/"):
        page = get(client, world, address)
        assert "Nu med den rette grund." in page
        assert "Det er for dyrt." not in page
    assert client.get("/modtagere/fm/", **world.host).context_data["figures"]["answered"] == 1


def test_a_body_is_told_under_the_name_it_had_and_who_has_it_now(client, world, coordinator, ministry):
    BodyPeriod.objects.filter(body=ministry).update(valid_to=timezone.localdate())
    referral = asked(world, coordinator, ministry)
    BodyPeriod.objects.create(
        body=ministry, name="Økonomiministeriet", valid_from=timezone.localdate() + datetime.timedelta(days=1)
    )
    BodySuccession.objects.create(body=ministry, successor=make_body("dm", "Digitaliseringsministeriet"))
    page = get(client, world, f"/forslag/{referral.case.reference}/")
    assert "Finansministeriet" in page
    assert "i dag: Økonomiministeriet" in page
    page = get(client, world, "/modtagere/fm/")
    assert '<h1 class="kt-long">Økonomiministeriet</h1>' in page
    assert "spurgt under navnet Finansministeriet" in page
    assert "Overtaget af: <span>Digitaliseringsministeriet" in page


def test_our_own_body_stands_before_a_national_one_of_the_same_key(client, world, coordinator, ministry):
    own = make_body("fm", "Forebyggelsesudvalget", organisation=world.organisation, level="municipal")
    asked(world, coordinator, ministry)
    asked(world, coordinator, own)
    assert "Forebyggelsesudvalget" in get(client, world, "/modtagere/fm/")


def test_lateness_is_public_only_by_choice(client, world, coordinator, ministry):
    referral = asked(world, coordinator, ministry)
    Referral.objects.update(due_at=timezone.now() - datetime.timedelta(days=2))
    addresses = ("/modtagere/fm/", f"/forslag/{referral.case.reference}/")
    assert all("forsinket" not in get(client, world, address) for address in addresses)
    Organisation.objects.update(is_lateness_public=True)
    assert all("Svaret er 2 dage forsinket" in get(client, world, address) for address in addresses)


def test_a_correction_stands_beside_the_description_once_released(client, world, coordinator, ministry):
    referral = asked(world, coordinator, ministry)
    message = referral.messages.create(
        kind="correction", text="Skemaet blev afskaffet i 2024.", on_date=timezone.localdate()
    )
    address = f"/forslag/{referral.case.reference}/"
    assert "afskaffet i 2024" not in get(client, world, address)
    actions.release_message(message=message, by=coordinator)
    page = get(client, world, address)
    assert "Finansministeriet ser anderledes på det" in page
    assert "afskaffet i 2024" in page
