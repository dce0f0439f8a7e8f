"""What a coordinator sets aside for the whistleblower scheme: closed to all at once, deleted, only the move kept."""

from pathlib import Path

import pytest
from django.conf import settings

from backend.attachments.cleaning import Clean
from backend.cases import actions
from backend.cases.models import Case, CaseEvent
from backend.cases.wordings import is_called_back
from backend.examples.actions import add_message, ask, open_example, submit_example
from backend.examples.lifecycle import IllegalMove
from backend.examples.models import Example, ExampleEvent
from backend.examples.validation import Submission
from backend.organisations.permissions import NotAllowed
from tests.factories import (
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_letter,
    make_organisation,
    make_user,
)
from tests.traces import every_file, every_row

pytestmark = pytest.mark.django_db

MARK = "Kasseskildpadden"
FILE = Clean("application/pdf", "pdf", f"%PDF {MARK}".encode(), "")


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def send(campaign):
    """An example with the mark wherever a writer can put one. Returns (Example, tracking code)."""
    submission = Submission(
        problem=f"{MARK} tager af kassen, og ingen siger noget.",
        proposal=f"Stop {MARK}.",
        legislation=MARK,
        workplace=MARK,
        role=MARK,
        contact_email=f"{MARK}@example.org",
        contact_name=MARK,
    )
    receipt = submit_example(campaign=campaign, submission=submission, files=[FILE], idempotency_key=MARK)
    return Example.objects.get(reference=receipt.reference), receipt.tracking_code


def traces():
    """Every row and file that still holds the mark."""
    files = every_file(Path(settings.STORAGES["default"]["OPTIONS"]["location"]))
    rows = [table for table, row in every_row() if MARK.lower() in row.lower()]
    return rows + [path for path, content in files if MARK in content]


@pytest.mark.parametrize("place", ["received", "awaiting_submitter", "accepted", "left_case", "set_aside"])
def test_nothing_is_left_but_the_move(campaign, coordinator, place, django_capture_on_commit_callbacks):
    example, code = send(campaign)
    if place == "awaiting_submitter":
        ask(example=example, text=f"Mener du {MARK}?", by=coordinator)
        add_message(example=example, text=f"Ja, {MARK}.")
    if place in ("accepted", "left_case"):
        actions.make_case(example=example, title=MARK, problem=f"{MARK} gør det.", by=coordinator)
    if place == "left_case":
        actions.leave_case(example=example, why=f"{MARK} er en anden sag.", by=coordinator)
    if place == "set_aside":
        actions.set_aside(
            example=example, reason="belongs_elsewhere", why=f"{MARK} er en sag for politiet.", by=coordinator
        )
    assert traces()
    with django_capture_on_commit_callbacks(execute=True):
        actions.to_whistleblower(example=example, by=coordinator)
    assert traces() == []
    example.refresh_from_db()
    assert (example.status, example.flag, example.set_aside_reason) == ("erased", "", "whistleblower")
    event = ExampleEvent.objects.get(move="to_whistleblower")
    assert event.by == coordinator
    assert "whistleblowerordningen" in event.why
    # The writer can still read under the code where it belongs.
    assert open_example(code=code) == example
    assert all(case.status == "closed" for case in Case.objects.all())


def test_a_published_case_that_rests_on_it_alone_is_shown_no_more(campaign, coordinator):
    example, _code = make_example(campaign)
    case = make_case(campaign, coordinator, example=example)
    shared = make_case(campaign, coordinator)
    for one in (case, shared):
        actions.mark_ready(case=one, by=coordinator)
        actions.set_visibility(case=one, visibility="public", no_personal_data=True, by=coordinator)
    merged = make_case(campaign, coordinator)
    actions.merge_into(case=merged, other=shared, by=coordinator)
    for one in (example, shared.case_examples.get().example):
        actions.to_whistleblower(example=one, by=coordinator)
    assert list(Case.objects.public()) == [shared]
    actions.to_whistleblower(example=merged.case_examples.get().example, by=coordinator)
    assert not Case.objects.public().exists()


def test_the_body_no_longer_has_what_rested_on_it_alone(campaign, coordinator):
    _batch, (alone, shared), link, _secret = make_letter(campaign, coordinator, rows=2)
    other, _code = make_example(campaign)
    actions.add_to_case(example=other, case=shared.case, by=coordinator)
    prepared = actions.prepare_referral(case=alone.case, body=make_body(), reason="Også", by=coordinator)
    for row in (alone, shared):
        example = row.case.case_examples.get(is_source=True).example
        actions.to_whistleblower(example=example, by=coordinator)
    rows = {row.pk: row for row in link.rows().select_related("case")}
    assert [rows[row.pk].status for row in (alone, shared)] == ["cancelled", "sent"]
    assert [is_called_back(rows[row.pk]) for row in (alone, shared)] == [True, False]
    assert [rows[row.pk].case.status for row in (alone, shared)] == ["ready", "referred"]
    prepared.refresh_from_db()
    assert prepared.status == "cancelled"
    moves = CaseEvent.objects.filter(move="cancel_referral")
    assert {(event.referral_id, event.is_public) for event in moves} == {
        (alone.pk, False),
        (prepared.pk, False),
    }


def test_a_closed_case_does_not_bring_it_back_to_the_body(campaign, coordinator):
    _batch, (row,), _link, _secret = make_letter(campaign, coordinator, rows=1)
    actions.close(case=row.case, why="Andet", by=coordinator)
    actions.to_whistleblower(example=row.case.case_examples.get().example, by=coordinator)
    row.case.refresh_from_db()
    actions.reopen(case=row.case, why="Fejl", by=coordinator)
    row.refresh_from_db()
    assert (row.status, row.case.status) == ("cancelled", "ready")


def test_who_may_and_when(campaign, coordinator):
    example, _code = make_example(campaign)
    for role in ("caseworker", "administrator", "committee_member"):
        with pytest.raises(NotAllowed):
            actions.to_whistleblower(example=example, by=make_user(role, campaign.organisation))
    actions.withdraw(example=example)
    with pytest.raises(IllegalMove):
        actions.to_whistleblower(example=example, by=coordinator)
