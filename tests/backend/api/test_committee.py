"""What the committee reads of a case: nothing that a body has said before the secretariat has released it."""

import pytest
from django.utils import timezone

from backend.cases import actions as cases
from tests.factories import make_body, make_published_case, make_user

from .conftest import as_user

pytestmark = pytest.mark.django_db


def test_a_committee_member_sees_no_reply_before_its_release(world):
    by = world.coordinator
    referral = cases.prepare_referral(case=world.case, body=world.ministry, by=by)
    committee = as_user(make_user("committee_member", world.lejre))
    path = f"/desk/cases/{world.case.reference}"
    assert committee.read(path)["referrals"] == []
    cases.refer(case=world.case, by=by)
    cases.record_reply(referral=referral, answer="not", reason_code="cost", text="Nej tak.", by=by)
    seen = committee.read(path)["referrals"][0]
    assert (seen["status"], seen["replies"]) == ("sent", [])


def test_a_committee_member_reads_only_what_has_been_released(world):
    by, case = world.coordinator, world.case
    referral = cases.prepare_referral(case=case, body=world.ministry, by=by)
    cases.prepare_referral(case=case, body=make_body("kl", "KL"), by=by)
    cases.refer(case=case, referrals=[referral], by=by)
    committee = as_user(make_user("committee_member", world.lejre))

    def seen():
        [only] = committee.read(f"/desk/cases/{case.reference}")["referrals"]
        texts = [message["text"] for message in only["messages"]]
        return only["status"], only["paused_date"], {reply["text"] for reply in only["replies"]}, texts

    def record(**values):
        referral.refresh_from_db()
        return cases.record_reply(referral=referral, by=by, **values)

    correction = referral.messages.create(
        kind="correction", text="Det hedder B2.", on_date=timezone.localdate()
    )
    question = record(answer="lacks_facts", text="Hvilket system?")
    assert seen() == ("sent", None, set(), [])
    cases.release_reply(reply=question, by=by)
    cases.release_message(message=correction, by=by)
    assert seen() == ("asked_back", None, {"Hvilket system?"}, ["Det hedder B2."])
    referral.refresh_from_db()
    cases.answer_body(referral=referral, text="Begge to.", by=by)
    no = record(answer="not", reason_code="cost", text="Nej tak.")
    told = {"Hvilket system?"}
    assert seen() == ("acknowledged", None, told, ["Det hedder B2."])
    cases.release_reply(reply=no, by=by)
    anew = cases.correct_reply(reply=no, answer="not", reason_code="cost", text="Nej, desværre.", by=by)
    assert seen()[:3] == ("answered", None, told | {"Nej tak."})
    cases.release_reply(reply=anew, by=by)
    assert seen()[:3] == ("answered", None, told | {"Nej, desværre."})


def test_a_committee_member_reads_no_not_with_us_before_its_release(world):
    by, case = world.coordinator, world.case
    referral = cases.prepare_referral(case=case, body=world.ministry, by=by)
    cases.refer(case=case, by=by)
    cases.record_reply(referral=referral, answer="not_ours", points_to="KL", by=by)
    committee = as_user(make_user("committee_member", world.lejre))
    [only] = committee.read(f"/desk/cases/{case.reference}")["referrals"]
    assert (only["status"], only["replies"]) == ("sent", [])


def test_the_committee_s_list_asks_the_database_no_more_for_more_rows(world, django_assert_num_queries):
    committee = as_user(make_user("committee_member", world.lejre))

    def add():
        case = make_published_case(world.campaign, world.coordinator)
        cases.prepare_referral(case=case, body=world.ministry, by=world.coordinator)
        cases.refer(case=case, by=world.coordinator)

    add()
    with django_assert_num_queries(19):
        committee.read("/desk/cases")
    add()
    add()
    with django_assert_num_queries(19):
        committee.read("/desk/cases")
