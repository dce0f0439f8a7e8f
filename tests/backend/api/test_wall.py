"""The wall between organisations: every route of the OpenAPI document is here, or is listed as open (P-22)."""

import pytest

from backend.api.api import api as ninja_api
from backend.attachments.cleaning import Clean
from backend.cases import actions as cases
from backend.cases.models import Batch, Case, CaseEvent
from backend.examples.models import Example, ExampleEvent
from exports import actions as submissions
from exports.models import Submission
from tests.factories import make_case, make_example, make_user

from .conftest import API, as_user

pytestmark = pytest.mark.django_db

OPEN = {
    ("get", "/campaigns"), ("get", "/campaigns/{slug}"), ("get", "/core-tasks"), ("get", "/areas"),
    ("get", "/bodies"), ("get", "/laws"), ("get", "/causes"), ("get", "/rule-levels"), ("get", "/burdens"),
    ("post", "/laws/citations"),
    ("post", "/examples"), ("post", "/examples/similar"), ("get", "/cases"), ("get", "/cases/{reference}"),
    ("post", "/cases/{reference}/supports"), ("get", "/cases.csv"), ("get", "/cases.json"), ("get", "/statistics"),
    # Opened by the tracking code alone.
    ("get", "/tracking"), ("post", "/tracking/messages"), ("post", "/tracking/withdraw"),
    ("post", "/tracking/accept_wording"), ("post", "/tracking/object_to_wording"),
    ("post", "/tracking/accept_workplace"), ("post", "/tracking/effect"),
    ("post", "/tracking/code"), ("post", "/tracking/contact/delete"),
}  # fmt: skip

# A list shows nothing of another organisation's.
LISTS = {"/desk/examples", "/desk/cases", "/desk/referrals", "/desk/batches", "/desk/submissions"}
# Routes of one thing: asked for as the other organisation they answer 404.
READS = {
    "/desk/examples/{reference}", "/desk/examples/{reference}/contact?purpose=x", "/desk/cases/{reference}",
    "/desk/cases/{reference}/suggestions", "/desk/cases/{reference}/effect", "/desk/cases/{reference}/supports",
    "/desk/referrals/{pk}", "/desk/submissions/{number}",
    "/desk/submissions/{number}.{format_name}", "/desk/batches/{number}", "/desk/examples/{reference}/files/{key}",
}  # fmt: skip
UUID = "00000000-0000-4000-8000-000000000000"
WHY = {"why": "Fordi"}
WRITES = {
    "/desk/examples/{reference}/ask": {"text": "Hvilket?"},
    "/desk/examples/{reference}/stop_waiting": {},
    "/desk/examples/{reference}/set_aside": {"reason": "spam", **WHY},
    "/desk/examples/{reference}/to_whistleblower": {},
    "/desk/examples/{reference}/take_back": {},
    "/desk/examples/{reference}/release_from_quarantine": {},
    "/desk/examples/{reference}/make_case": {"title": "x", "problem": "y"},
    "/desk/examples/{reference}/add_to_case": {"case": "{theirs}"},
    "/desk/examples/{reference}/leave_case": WHY,
    "/desk/examples/{reference}/erase": WHY,
    "/desk/cases/{reference}/edit": {"version": 1, "title": "x"},
    "/desk/cases/{reference}/mark_ready": {},
    "/desk/cases/{reference}/back_to_draft": {},
    "/desk/cases/{reference}/put_in_submission": {},
    "/desk/cases/{reference}/take_out_of_submission": {},
    "/desk/cases/{reference}/set_visibility": {"visibility": "internal"},
    "/desk/cases/{reference}/unpublish": WHY,
    "/desk/cases/{reference}/close": WHY,
    "/desk/cases/{reference}/reopen": WHY,
    "/desk/cases/{reference}/prepare_referral": {"body": "fm"},
    "/desk/cases/{reference}/refer": {},
    "/desk/cases/{reference}/cancel_referral": {"referral": UUID, **WHY},
    "/desk/cases/{reference}/record_reply": {"referral": UUID, "answer": "not"},
    "/desk/cases/{reference}/release_reply": {"reply": UUID},
    "/desk/cases/{reference}/withdraw_reply": {"reply": UUID, **WHY},
    "/desk/cases/{reference}/mark_done": {"implemented_date": "2026-01-01", "evidence": "Set"},
    "/desk/cases/{reference}/undo_done": WHY,
    "/desk/cases/{reference}/note_effect": WHY,
    "/desk/cases/{reference}/accept_supports": {"on_date": "2026-01-01"},
    "/desk/cases/{reference}/refuse_supports": {"on_date": "2026-01-01"},
    "/desk/cases/{reference}/set_supports_aside": {"on_date": "2026-01-01"},
    "/desk/cases/{reference}/merge_into": {"other": "{theirs}"},
    "/desk/cases/{reference}/unmerge": {},
    "/desk/cases/{reference}/split": {"examples": ["E-AAAA-AAAA"], "title": "x", "problem": "y"},
    "/desk/referrals/{pk}/refer": {},
    "/desk/referrals/{pk}/send_wording": {},
    "/desk/referrals/{pk}/attach_files": {},
    "/desk/referrals/{pk}/remove_file": {"file": UUID},
    "/desk/referrals/{pk}/acknowledge": {},
    "/desk/referrals/{pk}/answer_body": {"text": "Her."},
    "/desk/referrals/{pk}/take_back_reply": {"reply": UUID, "why": "Forkert række"},
    "/desk/referrals/{pk}/correct_reply": {"reply": UUID, "answer": "not"},
    "/desk/referrals/{pk}/hold_reply": {"reply": UUID, "held_until": None},
    "/desk/referrals/{pk}/release_message": {"message": UUID},
    "/desk/referrals/{pk}/withdraw_message": {"message": UUID, **WHY},
    "/desk/referrals/{pk}/reply": {"answer": "not"},
    "/desk/referrals/{pk}/ask_back": {"text": "Hvor?"},
    "/desk/referrals/{pk}/hand_back": {"points_to": "KL"},
    "/desk/referrals/{pk}/release_reply": {"reply": UUID},
    "/desk/referrals/{pk}/withdraw_reply": {"reply": UUID, **WHY},
    "/desk/referrals/{pk}/cancel_referral": WHY,
    "/desk/batches/{number}/send_again": {},
    "/desk/batches/{number}/mark_returned": {"mail": UUID},
    "/desk/batches/{number}/escalate": {"subject": "Vi mangler svar", "letter": "Kære chef"},
    "/desk/batches/{number}/send_new_link": {},
    "/desk/batches/{number}/revoke_link": {"link": UUID},
    "/desk/submissions/{number}/sent": {"sent_to": "Ministeriet"},
}
# Makes something of the user's own organisation; naming another's is refused below.
OWN = {("post", "/desk/submissions"), ("post", "/desk/batches")}
# Looked at in test_desk_replies.
OWN |= {("get", "/desk/replies"), ("post", "/desk/replies/release"), ("post", "/desk/replies/hold")}


@pytest.fixture
def things(world):
    """One of each in Lejre, and a case in Nørreby."""
    file = Clean("application/pdf", "pdf", b"%PDF", "")
    example, _code = make_example(world.campaign, contact_email="jeg@eksempel.dk", files=[file])
    referral = cases.prepare_referral(case=world.case, body=world.ministry, by=world.coordinator)
    draft = submissions.create_draft(organisation=world.lejre, body=world.ministry, by=world.coordinator)
    submissions.add_case(submission=draft, case=world.case, table=2, by=world.coordinator)
    submissions.freeze(submission=draft, by=world.coordinator)
    batch = Batch.objects.create(
        organisation=world.lejre,
        number="H-2026-114",
        body=world.ministry,
        subject="Brev",
        letter="Kære alle",
        sent_at=world.campaign.published_at,
    )
    theirs = make_case(world.other_campaign, world.stranger, title="Nørrebys")
    return {
        "example": example.reference,
        "file": str(example.attachments.get().file_id),
        "case": world.case.reference,
        "referral": str(referral.pk),
        "submission": Submission.objects.get().number,
        "batch": batch.number,
        "theirs": theirs.reference,
    }


def address(path, things):
    kind = path.split("/")[2].rstrip("s")
    return path.format(
        reference=things.get(kind, ""),
        pk=things["referral"],
        number=things["batch" if "/batches" in path else "submission"],
        format_name="csv",
        key=things["file"],
    )


def filled(body, things):
    return {name: value.format(**things) if isinstance(value, str) else value for name, value in body.items()}


def test_every_route_is_known_here():
    """A new route fails until it is listed."""
    found = {
        (method, path.removeprefix(API))
        for path, operations in ninja_api.get_openapi_schema()["paths"].items()
        for method in operations
    }
    known = OPEN | OWN | {("get", path) for path in LISTS} | {("post", path) for path in WRITES}
    known |= {("get", path.partition("?")[0]) for path in READS}
    assert found - known == set()
    assert known - found == set()


def test_lists_show_nothing_of_another_organisation(world, things, foreign):
    for path in LISTS:
        answer = foreign.read(path)
        for thing in ("example", "case", "referral", "batch"):
            assert things[thing] not in str(answer), path
        assert foreign.get(f"{API}{path}?organisation=lejre").status_code == 404


@pytest.mark.parametrize("path", sorted(READS))
def test_one_thing_of_another_organisation_does_not_exist(world, things, staff, foreign, path):
    assert staff.get(API + address(path, things)).status_code == 200
    stranger = foreign.get(API + address(path, things))
    nothing = {"referral": UUID, "file": UUID, "submission": "2001-01", "batch": "H-2001-001"}
    nothing |= dict.fromkeys(("example", "case"), "E-AAAA-AAAA")
    missing = foreign.get(API + address(path, nothing))
    assert stranger.status_code == missing.status_code == 404
    assert stranger.content == missing.content


def test_no_move_reaches_another_organisation(world, things, foreign):
    events = ExampleEvent.objects.count(), CaseEvent.objects.count()
    before = list(Case.objects.order_by("pk").values()), list(Example.objects.order_by("pk").values())
    for path, body in WRITES.items():
        response = foreign.send(address(path, things), filled(body, things))
        assert response.status_code == 404, (path, response.status_code, response.content)
    assert foreign.send("/desk/submissions", {"organisation": "lejre"}).status_code == 404
    assert (ExampleEvent.objects.count(), CaseEvent.objects.count()) == events
    after = list(Case.objects.order_by("pk").values()), list(Example.objects.order_by("pk").values())
    assert before == after


def test_ones_own_thing_takes_no_part_of_another_organisations(world, things, staff):
    def errors(path, body):
        return {error["pointer"] for error in staff.send(path, body, 422).json()["errors"]}

    example, case = f"/desk/examples/{things['example']}", f"/desk/cases/{things['case']}"
    assert errors(f"{example}/add_to_case", {"case": things["theirs"]}) == {"/case"}
    assert errors(f"{case}/merge_into", {"other": things["theirs"]}) == {"/other"}


def test_somebody_in_both_organisations_still_mixes_nothing(world, things):
    world.stranger.memberships.create(organisation=world.lejre, role="coordinator")
    both = as_user(world.stranger)
    assert {item["organisation"] for item in both.read("/desk/cases")["items"]} == {"lejre", "noerreby"}
    assert {item["organisation"] for item in both.read("/desk/cases?organisation=lejre")["items"]} == {
        "lejre"
    }
    path = f"/desk/cases/{things['case']}/merge_into"
    assert both.send(path, {"other": things["theirs"]}).status_code == 422
    path = f"/desk/examples/{things['example']}/add_to_case"
    assert both.send(path, {"case": things["theirs"]}).status_code == 422


# What each role may read of its own organisation: kinds of things. What the secretariat alone reads of a case:
OF_SECRETARIAT = ("suggestions", "effect", "supports")
ROLES = {
    "coordinator": {"examples", "cases", "suggestions", "referrals", "batches", "submissions"},
    "caseworker": {"cases", "suggestions", "referrals", "batches", "submissions"},
    "reader": {"cases", "suggestions", "referrals", "batches", "submissions"},
    "committee_member": {"cases"},
    "editor": set(),
    "administrator": set(),
}
WRITING = {"coordinator", "caseworker"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_what_the_table_says(world, things, role):
    client = as_user(make_user(role, world.lejre))
    for path in sorted(READS):
        kind = "suggestions" if path.endswith(OF_SECRETARIAT) else path.split("/")[2]
        status = client.get(API + address(path, things)).status_code
        if kind in ROLES[role]:
            assert status == 200, path
        else:
            assert status in (403, 404), path
    for path in sorted(LISTS):
        assert (client.read(path)["count"] > 0) == (path.split("/")[2] in ROLES[role]), path


@pytest.mark.parametrize("role", sorted(set(ROLES) - WRITING))
def test_roles_that_only_read_move_nothing(world, things, role):
    client = as_user(make_user(role, world.lejre))
    events = ExampleEvent.objects.count(), CaseEvent.objects.count()
    for path, body in WRITES.items():
        status = client.send(address(path, things), filled(body, things)).status_code
        # Of what a role may see, a move may be refused for what was sent before it is refused for the role.
        assert status in (403, 404, 409, 422), (path, status)
    assert client.send("/desk/submissions", {}).status_code in (403, 404)
    assert (ExampleEvent.objects.count(), CaseEvent.objects.count()) == events
