"""Examples into cases and out again."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Case, CaseExample
from backend.cases.queries import shown, with_counts
from backend.examples.actions import ask
from backend.examples.lifecycle import IllegalMove
from backend.examples.models import Example
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from tests.factories import (
    PROBLEM,
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def counts(case):
    row = with_counts(Case.objects.filter(pk=case.pk)).get()
    return row.example_count, row.support_count


def test_a_case_is_made_from_an_example_in_the_secretariats_words(campaign, coordinator):
    example, _code = make_example(
        campaign, minutes=10, times=3, period="week", people=5, legislation="SEL § 83"
    )
    case = make_case(campaign, coordinator, example=example, problem="Besøg registreres to gange.")
    example.refresh_from_db()
    assert example.status == "accepted"
    assert (case.status, case.visibility, case.hours) == ("draft", "internal", 110)
    assert case.hours_basis == {"days": 220, "weeks": 44, "school_weeks": 40, "months": 11}
    assert example.problem == PROBLEM
    assert counts(case) == (1, 0)


def test_joining_and_leaving_can_be_undone(campaign, coordinator):
    case = make_case(campaign, coordinator)
    example, _code = make_example(campaign)
    actions.add_to_case(example=example, case=case, by=coordinator)
    assert counts(case) == (2, 0)
    with pytest.raises(IllegalMove):
        actions.add_to_case(example=example, case=case, by=coordinator)
    actions.leave_case(example=example, why="Handler om noget andet", by=coordinator)
    assert counts(case) == (1, 0)
    assert example.status == "received"
    actions.add_to_case(example=example, case=case, by=coordinator)
    assert CaseExample.objects.filter(example=example).count() == 2


def test_an_example_never_joins_another_organisations_case(campaign, coordinator):
    other = make_campaign(make_organisation("noerreby"))
    case = make_case(other, make_user("coordinator", other.organisation))
    example, _code = make_example(campaign)
    with pytest.raises(Case.DoesNotExist):
        actions.add_to_case(example=example, case=case, by=coordinator)


def test_a_case_with_something_under_way_is_not_merged_but_takes_others_in(campaign, coordinator):
    case, other = make_case(campaign, coordinator), make_case(campaign, coordinator)

    def refused():
        with pytest.raises(InvalidInput) as invalid:
            actions.merge_into(case=case, other=other, by=coordinator)
        return [(error.pointer, error.code) for error in invalid.value.errors]

    actions.mark_ready(case=case, by=coordinator)
    row = actions.prepare_referral(case=case, body=make_body(), by=coordinator)
    assert refused() == [("/other", "has_referrals")]
    actions.refer(case=case, by=coordinator)
    assert refused() == [("/other", "has_referrals")]
    reply = actions.record_reply(
        referral=row,
        answer="follow",
        what="Skemaet afskaffes",
        by_whom="Chefen",
        promised_date=datetime.date(2027, 3, 1),
        by=coordinator,
    )
    assert refused() == [("/other", "has_waiting_reply")]
    actions.release_reply(reply=reply, by=coordinator)
    assert refused() == [("/other", "has_promise")]
    actions.merge_into(case=other, other=case, by=coordinator)
    actions.unmerge(case=other, by=coordinator)
    case.refresh_from_db()
    actions.mark_done(case=case, implemented_date=timezone.localdate(), evidence="Væk.", by=coordinator)
    assert refused() == [("/other", "effect_not_asked")]
    actions.close(case=case, why="Færdig", by=coordinator)
    assert refused() == [("/other", "effect_not_asked")]
    assert actions.ask_effect(case=case)
    actions.merge_into(case=case, other=other, by=coordinator)
    assert counts(other) == (2, 0)


def test_merging_counts_together_and_comes_back(campaign, coordinator):
    case, other = make_case(campaign, coordinator), make_case(campaign, coordinator)
    actions.support_case(case=case)
    actions.merge_into(case=case, other=other, by=coordinator)
    assert counts(other) == (2, 1)
    with pytest.raises(IllegalMove):
        actions.mark_ready(case=case, by=coordinator)
    with pytest.raises(InvalidInput):
        actions.merge_into(case=other, other=case, by=coordinator)
    actions.unmerge(case=case, by=coordinator)
    assert counts(other) == (1, 0)
    assert counts(case) == (1, 1)


def test_splitting_moves_examples_to_a_new_case(campaign, coordinator):
    case = make_case(campaign, coordinator)
    example, _code = make_example(campaign, audience="bodies")
    actions.add_to_case(example=example, case=case, by=coordinator)
    child = actions.split(case=case, examples=[example], title="Andet", problem=PROBLEM, by=coordinator)
    assert (counts(case), counts(child), child.parent) == ((1, 0), (1, 0), case)
    assert (case.limit(), child.limit()) == ("public", "bodies")
    with pytest.raises(InvalidInput):
        actions.split(case=child, examples=[example], title="Alle", problem=PROBLEM, by=coordinator)


def test_the_writers_own_answer_stops_the_case_and_what_is_split_from_it(campaign, coordinator):
    """A flag is set by a person or the writer's answer on the form, and stays until a person takes it off."""
    first, second = (make_example(campaign)[0] for _number in range(2))
    Example.objects.filter(pk=first.pk).update(flag="enkeltsag")
    case = make_case(campaign, coordinator, example=Example.objects.get(pk=first.pk))
    assert case.flag == "enkeltsag"
    actions.add_to_case(example=second, case=case, by=coordinator)
    child = actions.split(
        case=case, examples=[second], title="En anden", problem="Noget andet.", by=coordinator
    )
    assert child.flag == "enkeltsag"
    with pytest.raises(InvalidInput):
        actions.prepare_referral(case=child, body=make_body(), question="Hvorfor?", by=coordinator)


def test_only_a_coordinator_makes_cases_from_examples(campaign):
    with pytest.raises(NotAllowed):
        make_case(campaign, make_user("caseworker", campaign.organisation))
    assert not Case.objects.exists()


def test_asking_setting_aside_and_back(campaign, coordinator):
    example, _code = make_example(campaign)
    ask(example=example, text="Hvilket system er det?", by=coordinator)
    assert example.status == "awaiting_submitter"
    with pytest.raises(IllegalMove):
        actions.set_aside(example=example, reason="spam", why="Det er reklame.", by=coordinator)
    other, _code = make_example(campaign)
    with pytest.raises(InvalidInput):
        actions.set_aside(example=other, reason="spam", why="", by=coordinator)
    actions.set_aside(
        example=other, reason="outside_campaign", why="Tak. Det handler om noget andet.", by=coordinator
    )
    assert (other.status, other.set_aside_reason) == ("set_aside", "outside_campaign")
    actions.take_back(example=other, by=coordinator)
    assert (other.status, other.set_aside_reason) == ("received", "")


def test_what_belongs_in_the_whistleblower_scheme_is_erased_at_once(campaign, coordinator):
    example, _code = make_example(campaign, contact_email="navn@example.org")
    with pytest.raises(InvalidInput):
        actions.set_aside(
            example=example, reason="whistleblower", why="Chefen har taget kassen.", by=coordinator
        )
    actions.to_whistleblower(example=example, by=coordinator)
    example = Example.objects.get()
    assert (example.status, example.problem, example.stems) == ("erased", "", "")
    assert example.set_aside_reason == "whistleblower"
    assert not hasattr(example, "contact")


def test_a_personal_number_is_refused_in_every_text_staff_write(campaign, coordinator):
    example, _code = make_example(campaign)
    with pytest.raises(InvalidInput):
        ask(example=example, text="Er det 010190-1234?", by=coordinator)
    with pytest.raises(InvalidInput):
        make_case(campaign, coordinator, example=example, title="Om 010190-1234")
    example.refresh_from_db()
    assert example.status == "received"


def test_a_supports_figure_is_shown_from_five(campaign, coordinator):
    assert [shown(count) for count in (0, 1, 4, 5, 12)] == [None, None, None, 5, 12]
    with pytest.raises(InvalidInput):
        actions.support_case(case=make_case(campaign, coordinator), minutes=10001)
