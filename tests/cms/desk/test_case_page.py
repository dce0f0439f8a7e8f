"""The case on one screen: edited, moved, sent on, answered, shown, merged and split."""

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Case
from backend.examples.models import Example
from backend.registry.models import Cause, Law, RoutingRule
from tests.factories import make_area, make_body, make_case, make_core_task, make_example


def address(case, move=""):
    return f"/admin/forslag/{case.reference}/{move}"


def fresh(case):
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def case(lejre):
    return make_case(lejre.campaign, lejre.coordinator, title="Medicinlisten")


def form_of(response, **changes):
    """What a browser would send back from the page's edit form, with some of it changed."""
    form = response.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list | tuple):
            data[bound.html_name] = [str(each) for each in value]
        elif value is not None and value is not False:
            data[bound.html_name] = str(value)
    for part in (form.laws.management_form, *form.laws):
        for bound in part:
            data[bound.html_name] = "" if bound.value() is None else str(bound.value())
    return data | changes


def test_every_field_is_saved_from_one_form(coordinator, lejre, case):
    task = make_core_task(lejre.organisation)
    area = make_area(organisation=lejre.organisation, core_task=task)
    first = Cause.objects.create(key="vane", name="Vane", position=1)
    second = Cause.objects.create(key="sektor", name="Sektorlovgivning", position=2)
    law = Law.objects.create(key="serviceloven", popular_name="serviceloven")
    page = coordinator.get(address(case))
    answer = coordinator.post(
        address(case),
        form_of(
            page,
            title="Medicinlisten ét sted",
            problem="Serviceloven læses for snævert.",
            area=str(area.pk),
            causes=[str(first.pk), str(second.pk)],
            main_cause=str(second.pk),
            hours="250",
            table="2",
            table_reason="Tiden",
            **{"laws-0-cited_text": "Serviceloven", "laws-0-paragraphs": "§ 83"},
        ),
    )
    assert answer.status_code == 302
    case = fresh(case)
    assert (case.title, case.area, case.hours, case.table) == ("Medicinlisten ét sted", area, 250, 2)
    assert [row.cause for row in case.case_causes.all()] == [second, first]
    assert [(row.law, row.paragraphs) for row in case.case_laws.all()] == [(law, "§ 83")]
    page = coordinator.get(address(case)).content.decode()
    assert "Følger af området: Aktivt &amp; selvstændigt liv" in page
    assert "200–300 timer" in page
    assert "Redigeret" in page


def test_an_unchanged_form_changes_nothing(coordinator, case):
    answer = coordinator.post(address(case), form_of(coordinator.get(address(case))), follow=True)
    assert "Der var ingen ændringer" in answer.content.decode()
    assert fresh(case).version == case.version


def test_a_stale_save_shows_both_versions_and_can_be_kept(coordinator, lejre, case):
    page = coordinator.get(address(case))
    actions.edit_case(case=case, version=1, problem="Gemt af en anden.", by=lejre.coordinator)
    refused = coordinator.post(address(case), form_of(page, problem="Skrevet af mig."))
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "Gemt af en anden." in text
    assert text.count("Skrevet af mig.") >= 2
    assert fresh(case).problem == "Gemt af en anden."
    kept = coordinator.post(address(case), form_of(refused, problem="Skrevet af mig."))
    assert kept.status_code == 302
    assert fresh(case).problem == "Skrevet af mig."


def test_a_personal_number_is_refused_at_its_field_and_the_rest_kept(coordinator, case):
    refused = coordinator.post(
        address(case), form_of(coordinator.get(address(case)), problem="Se 010190-1234 her.")
    )
    assert refused.status_code == 422
    assert "CPR" in refused.content.decode()
    assert "010190-1234" not in fresh(case).problem


def test_showing_a_case_takes_the_tick_and_hiding_it_a_reason(coordinator, case):
    refused = coordinator.post(address(case, "set_visibility/"), {"visibility": "public"})
    assert refused.status_code == 422
    assert fresh(case).visibility == "internal"
    coordinator.post(address(case, "set_visibility/"), {"visibility": "public", "no_personal_data": "on"})
    assert fresh(case).visibility == "public"
    changed = form_of(coordinator.get(address(case)), problem="Ny tekst.")
    assert coordinator.post(address(case), changed).status_code == 422
    assert coordinator.post(address(case), changed | {"no_personal_data": "on"}).status_code == 302
    coordinator.post(address(case, "unpublish/"), {"why": "Et navn blev overset."})
    assert fresh(case).visibility == "internal"


def test_a_narrow_writer_narrows_what_may_be_chosen(coordinator, lejre):
    example, _code = make_example(lejre.campaign, audience="bodies")
    case = make_case(lejre.campaign, lejre.coordinator, example=example)
    page = coordinator.get(address(case)).content.decode()
    assert 'value="committee"' in page
    assert 'value="public"' not in page
    assert "Den kan ikke offentliggøres" in page


def test_ready_and_back_closed_and_reopened(coordinator, case):
    coordinator.post(address(case, "mark_ready/"))
    assert fresh(case).status == "ready"
    coordinator.post(address(case, "back_to_draft/"))
    assert fresh(case).status == "draft"
    assert coordinator.post(address(case, "close/"), {"why": ""}).status_code == 422
    coordinator.post(address(case, "close/"), {"why": "Løst lokalt."})
    assert fresh(case).status == "closed"
    coordinator.post(address(case, "reopen/"), {"why": "Det kom igen."})
    assert fresh(case).status == "draft"


def test_a_body_is_chosen_asked_and_answers(coordinator, lejre, case):
    body = make_body()
    coordinator.post(address(case, "mark_ready/"))
    coordinator.post(
        address(case, "prepare_referral/"), {"body": str(body.pk), "question": "Kan det samles?"}
    )
    coordinator.post(address(case, "refer/"))
    referral = case.referrals.get()
    assert (fresh(case).status, referral.status) == ("referred", "sent")
    assert f"/admin/henvendelser/{referral.pk}/" in coordinator.get(address(case)).content.decode()
    reply = actions.record_reply(
        referral=referral, answer="not", reason_code="cost", text="For dyrt.", by=lejre.coordinator
    )
    assert f"/admin/svar/{reply.pk}/" in coordinator.get(address(case)).content.decode()
    actions.release_reply(reply=reply, by=lejre.coordinator)
    assert (fresh(case).status, fresh(case).outcome) == ("answered", "not")
    coordinator.post(address(case, "withdraw_reply/"), {"reply": reply.pk, "why": "Forkert sag."})
    assert fresh(case).outcome == ""


def test_of_several_promises_one_is_chosen_as_done(coordinator, lejre, case):
    actions.mark_ready(case=case, by=lejre.coordinator)
    replies = []
    for key, what in (("nord", "Skemaet går ud"), ("syd", "Listen bliver kortere")):
        actions.prepare_referral(case=case, body=make_body(key, key.capitalize()), by=lejre.coordinator)
        (row,) = actions.refer(case=case, by=lejre.coordinator)
        reply = actions.record_reply(
            referral=row,
            answer="follow",
            what=what,
            by_whom="Chefen",
            promised_date=timezone.localdate(),
            by=lejre.coordinator,
        )
        actions.release_reply(reply=reply, by=lejre.coordinator)
        replies.append(reply)
    page = coordinator.get(address(case)).content.decode()
    assert "Nord: Skemaet går ud" in page
    done = {"implemented_date": timezone.localdate().isoformat(), "evidence": "Skemaet er væk"}
    refused = coordinator.post(address(case, "mark_done/"), done)
    assert refused.status_code == 422
    assert "Skemaet er væk" in refused.content.decode()
    coordinator.post(address(case, "mark_done/"), {**done, "reply": str(replies[0].pk)})
    assert (fresh(case).open_promises, fresh(case).evidence) == (1, "Skemaet er væk")
    # Of one there is nothing to choose.
    coordinator.post(address(case, "mark_done/"), {**done, "evidence": "Listen er kort"})
    assert fresh(case).open_promises == 0
    coordinator.post(address(case, "undo_done/"), {"why": "Det kom igen", "reply": str(replies[1].pk)})
    assert fresh(case).open_promises == 1


def test_another_case_s_reply_or_body_is_not_to_be_had(coordinator, lejre, noerreby, case):
    foreign = make_body("nb", "Nørrebys udvalg", organisation=noerreby.organisation, level="municipal")
    actions.mark_ready(case=case, by=lejre.coordinator)
    assert coordinator.post(address(case, "prepare_referral/"), {"body": str(foreign.pk)}).status_code == 422
    assert not case.referrals.exists()


def test_cases_are_merged_and_parted(coordinator, lejre, case):
    other = make_case(lejre.campaign, lejre.coordinator, title="Hovedforslaget")
    row = actions.prepare_referral(case=case, body=make_body(), by=lejre.coordinator)
    refused = coordinator.post(address(case, "merge_into/"), {"other": other.reference})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Træk henvendelsen tilbage" in page
    assert f'value="{other.reference}"' in page
    actions.cancel_referral(referral=row, why="Det er det samme", by=lejre.coordinator)
    coordinator.post(address(case, "merge_into/"), {"other": other.reference.lower()})
    assert fresh(case).merged_into == other
    assert "Hovedforslaget" in coordinator.get(address(case)).content.decode()
    coordinator.post(address(case, "unmerge/"))
    assert fresh(case).merged_into is None


def test_a_case_is_split(coordinator, lejre, case):
    example, _code = make_example(lejre.campaign)
    actions.add_to_case(example=example, case=case, by=lejre.coordinator)
    assert example.reference in coordinator.get(address(case, "del/")).content.decode()
    answer = coordinator.post(
        address(case, "split/"),
        {"examples": [str(example.pk)], "title": "Den anden del", "problem": "Noget andet."},
    )
    child = Case.objects.get(parent=case)
    assert answer.url == address(child)
    assert [row.example for row in child.case_examples.current()] == [example]


def test_an_example_is_taken_out_with_a_reason(coordinator, case):
    example = case.case_examples.get().example
    coordinator.post(address(case, "tag-ud/"), {"example": example.reference, "why": ""})
    assert Example.objects.get(pk=example.pk).status == "accepted"
    coordinator.post(
        address(case, "tag-ud/"), {"example": example.reference, "why": "Det handler om noget andet."}
    )
    assert Example.objects.get(pk=example.pk).status == "received"


def test_only_a_coordinator_sees_the_workplace_and_the_examples(client, lejre, case):
    client.force_login(lejre.people["caseworker"])
    page = client.get(address(case)).content.decode()
    assert 'name="problem"' in page
    assert 'name="workplace"' not in page
    example = case.case_examples.get().example
    assert f"/admin/eksempler/{example.reference}/" not in page
    assert client.get(f"/admin/eksempler/{example.reference}/").status_code == 403


def test_the_suggestion_stands_with_its_rule_and_is_confirmed_before_it_is_chosen(coordinator, lejre, case):
    """A suggested cause is marked until it is confirmed; the body is chosen with the rule's number."""
    cause = Cause.objects.create(key="it_understoettelse", name="It-understøttelse")
    body = make_body("it", "It-afdelingen", organisation=lejre.organisation, kind="unit", level="municipal")
    RoutingRule.objects.create(
        key="280",
        priority=280,
        cause=cause,
        target="body",
        target_body=body,
        reason="It finder systemets ejer.",
    )
    page = coordinator.get(address(case)).content.decode()
    assert "Regel 280" in page
    assert "It finder systemets ejer." in page
    assert "foreslået – bekræft" in page
    assert "<mark>to systemer</mark>" in page
    facts = {"cause_1": cause.pk, "version": case.version, "really_law": "habit"}
    assert coordinator.post(address(case, "bekraeft/"), facts).status_code == 302
    case.refresh_from_db()
    assert [row.cause for row in case.case_causes.all()] == [cause]
    assert case.really_law == "habit"
    confirmed = coordinator.get(address(case)).content.decode()
    assert "Regel 280" in confirmed
    assert "desk-suggested" not in confirmed
    assert coordinator.post(address(case, "prepare_referral/"), {"body": str(body.pk)}).status_code == 302
    assert case.referrals.get().rule_key == "280"


def test_confirming_upon_a_saved_case_keeps_what_was_chosen(coordinator, case):
    cause = Cause.objects.create(key="kultur_vane_myte", name="Vane")
    answer = coordinator.post(address(case, "bekraeft/"), {"cause_1": cause.pk, "version": case.version - 1})
    assert answer.status_code == 409
    assert f'<option value="{cause.pk}" selected>' in answer.content.decode()
    assert not case.case_causes.exists()


def test_a_flagged_case_shows_the_way_on_and_no_body(coordinator, lejre, case):
    coordinator.post(address(case, "bekraeft/"), {"flag": "whistleblower", "version": case.version})
    page = coordinator.get(address(case)).content.decode()
    assert "Det hører til i whistleblowerordningen." in page
    assert lejre.organisation.whistleblower_url in page
    assert "desk-way__body" not in page


def test_a_stopped_case_offers_no_body_to_choose(coordinator, lejre, case):
    offered = address(case, "prepare_referral/")
    assert offered in coordinator.get(address(case)).content.decode()
    actions.edit_case(case=case, version=case.version, flag="enkeltsag", by=lejre.coordinator)
    page = coordinator.get(address(case)).content.decode()
    assert offered not in page
    assert "Standset: Handler om én borger" in page
