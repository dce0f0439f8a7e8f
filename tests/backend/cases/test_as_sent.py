"""A body reads what it was sent: a later edit reaches it when the secretariat sends that as well, and not before."""

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import SentWording
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from tests.factories import (
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_letter,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db
NEW = "Vi skriver det samme to steder, og det tager en halv time."


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def by(campaign):
    return make_user("coordinator", campaign.organisation)


def edit(case, by, **values):
    case.refresh_from_db()
    actions.edit_case(case=case, version=case.version, by=by, **values)


def codes(invalid):
    return [(error.pointer, error.code) for error in invalid.value.errors]


def test_what_was_sent_stands_whatever_the_case_says_later(campaign, by):
    _batch, (row, _other), _link, _secret = make_letter(campaign, by, questions=["Hvorfor findes kravet?"])
    then = row.case.problem
    edit(row.case, by, problem=NEW, title="Et andet navn")
    sent = row.wordings.get()
    assert (sent.title, sent.problem, sent.question) == ("Forslag nummer 1", then, "Hvorfor findes kravet?")
    assert sent.sent_by == by


def test_every_way_of_asking_keeps_what_was_asked(campaign, by):
    by_letter, by_form = make_case(campaign, by), make_case(campaign, by)
    for case in (by_letter, by_form):
        actions.mark_ready(case=case, by=by)
    actions.prepare_referral(case=by_letter, body=make_body(), by=by)
    actions.refer(case=by_letter, by=by)
    actions.refer_to_body(case=by_form, body=make_body("im", "Indenrigsministeriet"), by=by)
    assert {wording.referral.case for wording in SentWording.objects.all()} == {by_letter, by_form}


def test_a_new_wording_is_mailed_and_kept_beside_the_first(campaign, by):
    batch, (row, _other), link, _secret = make_letter(campaign, by)
    with pytest.raises(InvalidInput) as invalid:
        actions.send_wording(referral=row, by=by)
    assert codes(invalid) == [("/wording", "unchanged")]
    edit(row.case, by, problem=NEW)
    actions.send_wording(referral=row, by=by)
    assert [wording.problem == NEW for wording in row.wordings.all()] == [False, True]
    mail = OutgoingMessage.objects.get(kind="letter_wording")
    assert unseal(mail.to_encrypted) == "center@example.org"
    assert NEW in mail.body
    assert row.case.events.filter(move="send_wording", by=by, is_public=False).count() == 1
    # The first link goes on working, and the mail's own opens the same letter.
    assert actions.open_link(unseal(mail.secret_encrypted)).batch == batch
    link.refresh_from_db()
    assert link.revoked_at is None
    with pytest.raises(InvalidInput):
        actions.send_wording(referral=row, by=by)


def test_what_went_by_letter_is_told_by_letter(campaign, by):
    case = make_case(campaign, by)
    actions.mark_ready(case=case, by=by)
    actions.prepare_referral(case=case, body=make_body(), by=by)
    (row,) = actions.refer(case=case, by=by)
    edit(case, by, problem=NEW)
    assert actions.send_wording(referral=row, by=by).problem == NEW
    assert not OutgoingMessage.objects.filter(kind="letter_wording").exists()


def test_no_new_wording_goes_out_before_its_writer_nor_to_a_link_that_was_closed(campaign, by):
    _batch, (row, other), link, _secret = make_letter(campaign, by)
    example, _code = make_example(campaign, preview_wording=True)
    actions.add_to_case(example=example, case=row.case, by=by)
    row.case.case_examples.filter(example=example).update(
        is_source=True, wording_shown_date=timezone.localdate()
    )
    edit(row.case, by, problem=NEW)
    with pytest.raises(InvalidInput) as invalid:
        actions.send_wording(referral=row, by=by)
    assert codes(invalid) == [("/wording", "waits_for_writer")]
    actions.accept_wording(example=example)
    actions.revoke_link(link=link, by=by)
    with pytest.raises(InvalidInput) as invalid:
        actions.send_wording(referral=row, by=by)
    assert codes(invalid) == [("/link", "closed")]
    assert row.wordings.count() == 1
    edit(other.case, by, problem=NEW)
    actions.cancel_referral(referral=other, why="Forkert modtager", by=by)
    with pytest.raises(IllegalMove):
        actions.send_wording(referral=other, by=by)
