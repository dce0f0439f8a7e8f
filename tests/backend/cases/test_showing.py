"""Who sees a case: never further than its writers allow, and never without a person's tick."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from backend.cases import actions
from backend.cases.models import Case
from backend.examples.actions import add_message
from backend.examples.models import Example
from backend.examples.validation import InvalidInput
from backend.registry.models import Cause
from tests.factories import (
    PROBLEM,
    make_area,
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_organisation,
    make_published_case,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def codes(invalid):
    return [(error.pointer, error.code) for error in invalid.value.errors]


def test_a_case_leaves_internal_only_with_the_tick(campaign, coordinator):
    case = make_case(campaign, coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.set_visibility(case=case, visibility="public", by=coordinator)
    assert codes(invalid) == [("/no_personal_data", "required")]
    actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)
    assert list(Case.objects.public()) == [case]
    assert case.checked_by == coordinator


def test_the_database_refuses_a_shown_case_that_nobody_checked(campaign, coordinator):
    case = make_case(campaign, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(visibility="public")


def test_no_case_goes_further_than_an_example_it_was_made_from(campaign, coordinator):
    example, _code = make_example(campaign, audience="secretariat")
    case = make_case(campaign, coordinator, example=example)
    for visibility in ("committee", "public"):
        with pytest.raises(InvalidInput) as invalid:
            actions.set_visibility(case=case, visibility=visibility, no_personal_data=True, by=coordinator)
        assert codes(invalid) == [("/visibility", "limited_by_writer")]
    with pytest.raises(InvalidInput):
        actions.prepare_referral(case=case, body=make_body(), by=coordinator)
    actions.mark_ready(case=case, by=coordinator)
    case.table = 2
    case.save()
    assert list(Case.objects.ready_for_form()) == []


def test_bodies_means_the_committee_at_most(campaign, coordinator):
    example, _code = make_example(campaign, audience="bodies")
    case = make_case(campaign, coordinator, example=example)
    with pytest.raises(InvalidInput):
        actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)
    actions.set_visibility(case=case, visibility="committee", no_personal_data=True, by=coordinator)
    actions.prepare_referral(case=case, body=make_body(), by=coordinator)


def test_a_narrower_example_that_joins_is_only_counted(campaign, coordinator):
    case = make_published_case(campaign, coordinator)
    example, _code = make_example(campaign, audience="secretariat")
    actions.add_to_case(example=example, case=case, by=coordinator)
    assert case.limit() == "public"


def test_the_wording_waits_five_working_days_for_a_writer_who_wants_to_see_it(campaign, coordinator):
    example, _code = make_example(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example)
    friday = datetime.datetime(2026, 11, 6, 12, tzinfo=datetime.UTC)
    actions.mark_ready(case=case, by=coordinator, at=friday)
    tries = {"case": case, "visibility": "public", "no_personal_data": True, "by": coordinator}
    with pytest.raises(InvalidInput) as invalid:
        actions.set_visibility(**tries, at=friday + datetime.timedelta(days=7))
    assert codes(invalid) == [("/visibility", "waits_for_writer")]
    actions.set_visibility(**tries, at=friday + datetime.timedelta(days=8))
    assert case.visibility == "public"


def test_the_writers_yes_ends_the_wait_and_a_no_brings_the_case_back(campaign, coordinator):
    example, _code = make_example(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    actions.object_to_wording(example=example, text="Det var ikke et krav, men en vane.")
    case.refresh_from_db()
    assert case.status == "draft"
    actions.edit_case(case=case, version=case.version, problem="En vane koster tid.", by=coordinator)
    actions.mark_ready(case=case, by=coordinator)
    actions.accept_wording(example=example)
    actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)


def test_a_published_wording_changes_only_with_the_tick(campaign, coordinator):
    case = make_published_case(campaign, coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.edit_case(case=case, version=case.version, problem="Nyt", by=coordinator)
    assert codes(invalid) == [("/no_personal_data", "required")]
    actions.edit_case(case=case, version=case.version, problem="Nyt", no_personal_data=True, by=coordinator)
    assert case.problem == "Nyt"


def test_unpublishing_takes_effect_at_once(campaign, coordinator):
    case = make_published_case(campaign, coordinator)
    actions.unpublish(case=case, why="Kan genkendes", by=coordinator)
    assert not Case.objects.public().exists()
    assert case.published_date is None


def test_roles_see_what_is_theirs(campaign, coordinator):
    internal = make_case(campaign, coordinator)
    committee = make_case(campaign, coordinator)
    actions.set_visibility(case=committee, visibility="committee", no_personal_data=True, by=coordinator)

    def seen(role, organisation=campaign.organisation):
        return set(Case.objects.visible_to(make_user(role, organisation)))

    assert seen("coordinator") == seen("caseworker") == seen("reader") == {internal, committee}
    assert seen("committee_member") == {committee}
    assert seen("editor") == seen("administrator") == set()
    assert seen("coordinator", make_organisation("noerreby")) == set()


def test_a_stale_save_is_refused_with_the_case_as_it_stands(campaign, coordinator):
    case = make_case(campaign, coordinator)
    opened = case.version
    actions.edit_case(case=case, version=opened, title="Først gemt", by=coordinator)
    with pytest.raises(actions.StaleVersion) as stale:
        actions.edit_case(case=case, version=opened, title="For sent", by=coordinator)
    assert stale.value.current.title == "Først gemt"


def test_history_names_the_fields_and_holds_no_text(campaign, coordinator):
    case = make_case(campaign, coordinator)
    actions.edit_case(case=case, version=case.version, problem="Hemmelig ordlyd", hours=40, by=coordinator)
    event = case.events.last()
    assert (event.move, event.fields) == ("edit", ["hours", "problem"])
    assert not any("ordlyd" in str(row) for row in case.events.values())
    with pytest.raises(TypeError):
        event.save()


def test_closing_needs_a_reason_and_reopening_goes_back(campaign, coordinator):
    case = make_case(campaign, coordinator)
    actions.mark_ready(case=case, by=coordinator)
    with pytest.raises(InvalidInput):
        actions.close(case=case, why=" ", by=coordinator)
    actions.close(case=case, why="Reglen er væk", by=coordinator)
    assert (case.status, case.closed_reason) == ("closed", "Reglen er væk")
    actions.reopen(case=case, why="Reglen kom igen", by=coordinator)
    assert case.status == "ready"


def test_withdrawing_takes_the_words_and_an_unseen_case_with_them(campaign, coordinator):
    example, _code = make_example(campaign)
    case = make_case(campaign, coordinator, example=example)
    actions.withdraw(example=example)
    example.refresh_from_db()
    case.refresh_from_db()
    assert (example.status, example.problem) == ("withdrawn", "")
    assert (case.status, case.problem, case.stems) == ("closed", "", "")


def test_withdrawing_takes_what_was_chosen_but_not_how_far_a_text_made_from_it_may_go(campaign, coordinator):
    make_area()
    example, _code = make_example(
        campaign, area="aeldre", about_one_citizen=True, audience="bodies", spare_my_workplace=False
    )
    guess, _is_new = Cause.objects.get_or_create(key="habit", defaults={"name": "Vane"})
    Example.objects.filter(pk=example.pk).update(cause_guess=guess)
    actions.withdraw(example=example)
    example.refresh_from_db()
    chosen = (example.area, example.cause_guess, example.burden, example.core_task, example.flag)
    assert chosen == (None, None, None, None, "")
    assert (example.spare_my_workplace, example.audience) == (True, "bodies")


def test_what_is_published_stays_as_a_record(campaign, coordinator):
    example, _code = make_example(campaign)
    case = make_published_case(campaign, coordinator, example=example)
    actions.erase(example=example, why="Slettefrist", by=coordinator)
    example.refresh_from_db()
    case.refresh_from_db()
    assert (example.status, example.problem) == ("erased", "")
    assert (case.visibility, case.problem) == ("public", PROBLEM)


@pytest.mark.parametrize(
    "values, pointer", [({"hours": -1}, "/hours"), ({"hours": 10**9}, "/hours"), ({"table": 3}, "/table")]
)
def test_numbers_that_cannot_be_stored_are_refused_at_their_field(campaign, coordinator, values, pointer):
    case = make_case(campaign, coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.edit_case(case=case, version=case.version, by=coordinator, **values)
    assert [error.pointer for error in invalid.value.errors] == [pointer]


@pytest.mark.parametrize("change", [{"laws": [{"cited_text": "Navns regel"}]}, {"area_text": "Navns område"}])
def test_everything_that_others_read_needs_the_tick_again(campaign, coordinator, change):
    case = make_published_case(campaign, coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.edit_case(case=case, version=case.version, by=coordinator, **change)
    assert codes(invalid) == [("/no_personal_data", "required")]


def test_a_shown_wording_that_its_writer_wants_to_see_first_is_taken_down_before_it_changes(
    campaign, coordinator
):
    example, _code = make_example(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    actions.accept_wording(example=example)
    actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)
    change = {"case": case, "problem": "Nyt", "no_personal_data": True, "by": coordinator}
    with pytest.raises(InvalidInput) as invalid:
        actions.edit_case(version=case.version, **change)
    assert codes(invalid) == [("/visibility", "waits_for_writer")]
    actions.unpublish(case=case, why="Skal skrives om", by=coordinator)
    actions.edit_case(version=case.version, **change)
    with pytest.raises(InvalidInput):
        actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)


def test_a_yes_to_a_wording_that_has_changed_since_is_no_yes(campaign, coordinator):
    example, _code = make_example(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    read = case.version
    actions.edit_case(case=case, version=case.version, problem="Nyt", by=coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.accept_wording(example=example, version=read)
    assert codes(invalid) == [("", "wording_changed")]
    actions.accept_wording(example=example, version=case.version)


def test_a_wording_goes_with_the_words_also_when_the_example_has_left_or_the_case_is_closed(
    campaign, coordinator
):
    left, _code = make_example(campaign)
    from_left = make_case(campaign, coordinator, example=left)
    actions.leave_case(example=left, why="Forkert", by=coordinator)
    actions.withdraw(example=left)
    kept, _code = make_example(campaign)
    closed = make_case(campaign, coordinator, example=kept)
    actions.close(case=closed, why="Færdig", by=coordinator)
    actions.withdraw(example=kept)
    for case in (from_left, closed):
        case.refresh_from_db()
        assert (case.status, case.problem) == ("closed", "")


def test_a_wording_stays_while_a_writer_of_a_merged_case_stands_behind_it(campaign, coordinator):
    own, _code = make_example(campaign)
    other, _code = make_example(campaign)
    case = make_case(campaign, coordinator, example=own)
    merged = make_case(campaign, coordinator, example=other)
    actions.merge_into(case=merged, other=case, by=coordinator)
    words = case.problem
    actions.withdraw(example=own)
    case.refresh_from_db()
    assert (case.status, case.problem) == ("draft", words)
    actions.withdraw(example=other)
    for one in (case, merged):
        one.refresh_from_db()
        assert (one.status, one.problem) == ("closed", "")


@pytest.mark.parametrize("comes_back", ["hand_back", "cancel"])
def test_what_a_body_was_sent_stays_as_a_record_when_its_writer_withdraws(campaign, coordinator, comes_back):
    example, _code = make_example(campaign)
    case = make_case(campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    actions.prepare_referral(case=case, body=make_body(), by=coordinator)
    (referral,) = actions.refer(case=case, by=coordinator)
    if comes_back == "cancel":
        actions.cancel_referral(referral=referral, why="Forkert modtager", by=coordinator)
    else:
        reply = actions.record_reply(referral=referral, answer="not_ours", points_to="KL", by=coordinator)
        actions.release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    assert case.status == "ready"
    words = case.problem
    actions.withdraw(example=example)
    case.refresh_from_db()
    assert (case.status, case.problem) == ("ready", words)
    assert referral.wordings.get().problem == words
    example.refresh_from_db()
    assert example.problem == ""


def test_nothing_is_added_to_what_was_withdrawn_in_another_window(campaign):
    example, _code = make_example(campaign)
    in_another_window = Example.objects.get(pk=example.pk)
    actions.withdraw(example=in_another_window)
    with pytest.raises(InvalidInput):
        add_message(example=example, text="Et ord mere")
    example.refresh_from_db()
    assert (example.stems, example.messages.count()) == ("", 0)


def test_a_body_reads_no_new_wording_before_the_writer_who_asked_to_see_it(campaign, coordinator):
    example, _code = make_example(campaign, preview_wording=True)
    case = make_case(campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    actions.accept_wording(example=example)
    body = make_body()
    referral = actions.prepare_referral(case=case, body=body, by=coordinator)
    actions.refer(case=case, by=coordinator)
    case.refresh_from_db()
    actions.edit_case(case=case, version=case.version, problem="Et helt andet problem.", by=coordinator)
    with pytest.raises(InvalidInput) as invalid:
        actions.send_wording(referral=referral, by=coordinator)
    assert codes(invalid) == [("/wording", "waits_for_writer")]
    assert referral.wordings.get().problem != "Et helt andet problem."
    actions.accept_wording(example=example)
    actions.send_wording(referral=referral, by=coordinator)
    assert referral.wordings.last().problem == "Et helt andet problem."
