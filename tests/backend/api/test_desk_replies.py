"""Answers across cases: the list of what waits, released and held together; and the moves of one referral."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Reply
from tests.factories import make_body, make_case, make_user

from .conftest import as_user, not_now, pointers

NO = {"answer": "not", "reason_code": "cost", "text": "Det er for dyrt."}


def asked(campaign, by, title="Dobbelt registrering"):
    case = make_case(campaign, by, title=title)
    actions.mark_ready(case=case, by=by)
    return actions.refer_to_body(case=case, body=make_body(title.lower()), by=by)


def answered(campaign, by, title="Dobbelt registrering", **values):
    return actions.record_reply(referral=asked(campaign, by, title), by=by, **{**NO, **values})


def test_what_waits_is_listed_held_and_released_together(world, staff):
    replies = [answered(world.campaign, world.coordinator, f"Forslag {number}") for number in range(2)]
    named = answered(world.campaign, world.coordinator, "Navne", text="Ring til fru Mette Hansen.")
    answered(world.other_campaign, world.stranger, "Fremmed")
    ids = [str(reply.pk) for reply in [*replies, named]]
    assert {item["id"] for item in staff.read("/desk/replies?waiting=true")["items"]} == set(ids)
    until = str(timezone.localdate() + datetime.timedelta(days=7))
    staff.send("/desk/replies/hold", {"replies": ids, "held_until": until, "held_note": "Mødet"}, 200)
    assert staff.read("/desk/replies?held=true")["count"] == 3
    answer = staff.send("/desk/replies/release", {"replies": ids}, 200).json()
    assert set(answer["released"]) == set(ids[:2])
    assert [skipped["reply"] for skipped in answer["skipped"]] == ids[2:]
    staff.send("/desk/replies/release", {"replies": ids[2:], "no_personal_data": True}, 200)
    assert staff.read("/desk/replies?waiting=true")["count"] == 0


def test_another_organisations_answer_is_unknown_and_a_reader_releases_nothing(world, foreign):
    reply = answered(world.campaign, world.coordinator)
    body = {"replies": [str(reply.pk)]}
    assert foreign.read("/desk/replies")["count"] == 0
    assert pointers(foreign.send("/desk/replies/release", body)) == {"/replies/0": "unknown_choice"}
    reader = as_user(make_user("reader", world.lejre))
    assert reader.read("/desk/replies")["count"] == 1
    assert reader.send("/desk/replies/release", body).status_code == 403
    assert reader.send("/desk/replies/hold", {**body, "held_until": None}).status_code == 403
    assert not Reply.objects.released().exists()


def test_a_new_wording_is_sent_when_there_is_one(world, staff):
    referral = asked(world.campaign, world.coordinator)
    path = f"/desk/referrals/{referral.pk}"
    shown = staff.read(path)
    assert (shown["is_reworded"], "send_wording" in shown["allowed_moves"]) == (False, False)
    assert not_now(staff.send(f"{path}/send_wording")) == ["unchanged"]
    case = referral.case
    actions.edit_case(case=case, version=case.version, problem="Et helt andet.", by=world.coordinator)
    assert "send_wording" in staff.read(path)["allowed_moves"]
    assert staff.send(f"{path}/send_wording", None, 200).json()["is_reworded"] is False


def test_a_referral_is_seen_asks_back_and_is_answered(world, staff):
    referral = asked(world.campaign, world.coordinator)
    path = f"/desk/referrals/{referral.pk}"
    assert staff.send(f"{path}/acknowledge", None, 200).json()["status"] == "acknowledged"
    assert staff.send(f"{path}/acknowledge").status_code == 409
    shown = staff.send(f"{path}/ask_back", {"text": "Hvilket system?"}, 200).json()
    assert shown["paused_date"] == str(timezone.localdate())
    assert "answer_body" in shown["allowed_moves"]
    shown = staff.send(f"{path}/answer_body", {"text": "Journalsystemet."}, 200).json()
    assert (shown["status"], shown["messages"][0]["kind"]) == ("acknowledged", "answer")
    shown = staff.send(f"{path}/reply", {**NO, "channel": "letter"}, 200).json()
    reply = next(row for row in shown["replies"] if row["answer"] == "not")
    new = {**NO, "reply": reply["id"], "text": "Alt for dyrt."}
    shown = staff.send(f"{path}/correct_reply", new, 200).json()
    assert reply["id"] in {row["supersedes"] for row in shown["replies"]}


def test_late_referrals_are_filtered(world, staff):
    late, _running = (asked(world.campaign, world.coordinator, title) for title in ("Sent", "Ikke sent"))
    type(late).objects.filter(pk=late.pk).update(due_at=timezone.now() - datetime.timedelta(days=1))
    found = staff.read("/desk/referrals?overdue=true")["items"]
    assert [(item["id"], item["is_overdue"]) for item in found] == [(str(late.pk), True)]
    assert staff.read("/desk/referrals?overdue=false")["count"] == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(world, staff, rows, django_assert_max_num_queries):
    for number in range(rows):
        answered(world.campaign, world.coordinator, f"Forslag {number}")
    with django_assert_max_num_queries(10):
        assert staff.read("/desk/replies")["count"] == rows


def test_each_promise_is_done_by_itself(world, staff):
    first = asked(world.campaign, world.coordinator)
    case = first.case
    second = actions.refer_to_body(case=case, body=make_body("bm"), by=world.coordinator)
    promise = {"answer": "follow", "what": "Skemaet afskaffes", "by_whom": "Chefen", "text": ""}
    replies = []
    for referral in (first, second):
        reply = actions.record_reply(
            referral=referral, promised_date=timezone.localdate(), by=world.coordinator, **promise
        )
        actions.release_reply(reply=reply, by=world.coordinator)
        replies.append(str(reply.pk))
    path = f"/desk/cases/{case.reference}"
    done = {"implemented_date": "2026-01-31", "evidence": "Set i drift"}
    assert pointers(staff.send(f"{path}/mark_done", {**done, "reply": str(case.pk)})) == {
        "/reply": "unknown_choice"
    }
    after = staff.send(f"{path}/mark_done", {**done, "reply": replies[0]}, 200).json()
    assert (after["open_promises"], after["implemented_date"]) == (1, "2026-01-31")
    assert {"mark_done", "undo_done"} <= set(after["allowed_moves"])
    dates = {reply["id"]: reply["implemented_date"] for row in after["referrals"] for reply in row["replies"]}
    assert dates == {replies[0]: "2026-01-31", replies[1]: None}
    assert pointers(staff.send(f"{path}/undo_done", {"why": "Nej", "reply": replies[1]})) == {
        "/reply": "unknown_choice"
    }
    after = staff.send(f"{path}/mark_done", done, 200).json()
    assert (after["open_promises"], "mark_done" in after["allowed_moves"]) == (0, False)
    after = staff.send(f"{path}/undo_done", {"why": "Det kom igen"}, 200).json()
    assert (after["open_promises"], after["implemented_date"]) == (2, None)


def test_a_hand_back_is_taken_back(world, staff):
    referral = asked(world.campaign, world.coordinator)
    path = f"/desk/referrals/{referral.pk}"
    back = staff.send(f"{path}/hand_back", {"points_to": "KL"}, 200).json()
    assert (back["status"], "take_back_reply" in back["allowed_moves"]) == ("returned", True)
    reply = back["replies"][0]["id"]
    assert pointers(staff.send(f"{path}/take_back_reply", {"reply": reply, "why": ""})) == {
        "/why": "required"
    }
    again = staff.send(f"{path}/take_back_reply", {"reply": reply, "why": "Forkert række"}, 200).json()
    assert (again["status"], "take_back_reply" in again["allowed_moves"]) == ("acknowledged", False)
    assert again["replies"][0]["taken_back_at"]
    assert staff.read("/desk/replies?waiting=true")["count"] == 0


def test_a_move_that_the_reply_is_past_is_a_conflict(world, staff):
    reply = answered(world.campaign, world.coordinator)
    path, which = f"/desk/referrals/{reply.referral_id}", {"reply": str(reply.pk)}
    assert not_now(staff.send(f"{path}/withdraw_reply", {**which, "why": "Nej"})) == ["not_released"]
    staff.send(f"{path}/release_reply", which, 200)
    assert not_now(staff.send(f"{path}/release_reply", which)) == ["already_released"]
    assert not_now(staff.send(f"{path}/hold_reply", {**which, "held_until": None})) == ["not_waiting"]
    assert not_now(staff.send(f"{path}/take_back_reply", {**which, "why": "Nej"})) == ["not_waiting"]
    staff.send(f"{path}/correct_reply", {**NO, **which}, 200)
    assert not_now(staff.send(f"{path}/correct_reply", {**NO, **which})) == ["superseded"]
    # Among several, one that is out already is named and holds none of the others back.
    assert staff.send("/desk/replies/release", {"replies": [which["reply"]]}, 200).json()["skipped"]


def test_a_correction_is_shown_once(world, staff):
    referral = asked(world.campaign, world.coordinator)
    message = referral.messages.create(
        kind="correction", text="Skemaet hedder noget andet.", on_date=timezone.localdate()
    )
    path, which = f"/desk/referrals/{referral.pk}", {"message": str(message.pk)}
    assert not_now(staff.send(f"{path}/withdraw_message", {**which, "why": "Nej"})) == ["not_released"]
    staff.send(f"{path}/release_message", which, 200)
    assert not_now(staff.send(f"{path}/release_message", which)) == ["already_released"]


def test_a_case_is_put_in_the_form_once(world, staff):
    path = f"/desk/cases/{world.case.reference}"
    staff.send(f"{path}/put_in_submission", None, 200)
    assert staff.send(f"{path}/put_in_submission").status_code == 409
    staff.send(f"{path}/take_out_of_submission", None, 200)
    assert staff.send(f"{path}/take_out_of_submission").status_code == 409
