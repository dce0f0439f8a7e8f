"""A row's files by the API: attached as multipart with the tick, listed, removed, and nobody else's."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from backend.cases import actions
from tests.backend.attachments.files import pdf
from tests.factories import make_body, make_case, make_user

from .conftest import API, as_user, pointers


def attach(client, referral, *contents, tick=True):
    data = {"tick": json.dumps({"no_personal_data": tick})}
    if contents:
        data["files"] = [SimpleUploadedFile("skema.pdf", content) for content in contents]
    return client.post(f"{API}/desk/referrals/{referral.pk}/attach_files", data)


def test_files_are_attached_listed_and_removed(world, staff, foreign):
    case = make_case(world.campaign, world.coordinator)
    referral = actions.prepare_referral(
        case=case, body=make_body("udvalget", kind="committee"), question="Hvorfor?", by=world.coordinator
    )
    assert pointers(attach(staff, referral, tick=False)) == {
        "/files": "required",
        "/no_personal_data": "required",
    }
    assert pointers(attach(staff, referral, pdf(), b"intet")) == {"/files/1": "unknown_type"}
    assert attach(foreign, referral, pdf()).status_code == 404
    assert attach(as_user(make_user("reader", world.lejre)), referral, pdf()).status_code == 403
    told = attach(staff, referral, pdf(), pdf()).json()
    assert [file["name"] for file in told["files"]] == ["bilag-1.pdf", "bilag-2.pdf"]
    assert {"attach_files", "remove_file"} <= set(told["allowed_moves"])
    member = as_user(make_user("committee_member", world.lejre))
    actions.set_visibility(case=case, visibility="committee", no_personal_data=True, by=world.coordinator)
    assert "bilag-1" not in member.get(f"{API}/desk/cases/{case.reference}").content.decode()
    move = f"/desk/referrals/{referral.pk}/remove_file"
    told = staff.send(move, {"file": told["files"][0]["id"]}).json()
    assert [file["name"] for file in told["files"]] == ["bilag-1.pdf"]
    assert pointers(staff.send(move, {"file": str(referral.pk)})) == {"/file": "unknown_choice"}
