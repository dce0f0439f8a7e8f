"""What is done about a letter that was sent: again, to the next contact, new links. No answer tells a secret."""

import datetime
import re

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions.links import link_address
from backend.cases.models import AccessLink, CaseEvent
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from tests.factories import make_body, make_case, make_user

from .conftest import as_user, not_now, pointers

pytestmark = pytest.mark.django_db
NEXT = {"subject": "Vi mangler svar", "letter": "Kære chef"}


@pytest.fixture
def sent(world):
    """A letter sent two hours ago, and delivered."""
    at = timezone.now() - datetime.timedelta(hours=2)
    body = make_body("centret", "Centret", organisation=world.lejre, kind="centre", level="municipal")
    body.contacts.create(organisation=world.lejre, email="centret@example.org")
    case = make_case(world.campaign, world.coordinator, proposal="Gør det ét sted.")
    actions.mark_ready(case=case, by=world.coordinator)
    batch = actions.send_batch(
        organisation=world.lejre,
        body=body,
        referrals=[actions.prepare_referral(case=case, body=body, by=world.coordinator)],
        subject="Forslag",
        letter="Kære alle",
        by=world.coordinator,
        at=at,
    )
    deliver_due(at=at)
    return batch


def path_of(batch):
    return f"/desk/batches/{batch.number}"


def secrets_in(mailoutbox):
    deliver_due(at=timezone.now())
    stem = re.escape(link_address(AccessLink.objects.first().batch.organisation, ""))
    return [found for mail in mailoutbox for found in re.findall(stem + r"(\S+)", mail.body)]


def test_a_letter_that_came_back_is_sent_again(world, staff, sent, mailoutbox):
    path = path_of(sent)
    shown = staff.read(path)
    assert shown["allowed_moves"] == ["mark_returned", "send_new_link", "revoke_link"]
    assert staff.send(f"{path}/send_again").status_code == 409
    (mail,) = shown["mails"]
    shown = staff.send(f"{path}/mark_returned", {"mail": mail["id"]}, 200).json()
    assert shown["mails"][0]["state"] == "bounced"
    assert shown["allowed_moves"] == ["send_again", "send_new_link", "revoke_link"]
    assert staff.send(f"{path}/mark_returned", {"mail": mail["id"]}).status_code == 409
    assert pointers(staff.send(f"{path}/send_again", {"to": "x@example.org"})) == {"/to": "not_registered"}
    shown = staff.send(f"{path}/send_again", {"to": "centret@example.org"}, 200).json()
    assert [row["kind"] for row in shown["mails"]] == ["letter_again", "letter"]
    assert [link["is_open"] for link in shown["links"]] == [False, True]
    old, new = secrets_in(mailoutbox)
    for secret in (old, new, AccessLink.objects.get(revoked_at=None).hash):
        assert secret not in str(shown) + str(staff.read(path))
    assert actions.open_link(new).batch == sent
    assert actions.open_link(old) is None


def test_the_next_contact_is_written_to(world, staff, sent, mailoutbox):
    path = path_of(sent)
    assert not_now(staff.send(f"{path}/escalate", NEXT)) == ["no_next_contact"]
    sent.body.contacts.create(
        organisation=world.lejre, email="chef@example.org", rank=2, title="Direktør", name="Bo"
    )
    shown = staff.read(path)
    assert "escalate" in shown["allowed_moves"]
    assert shown["next_contact"] == {"name": "Bo", "title": "Direktør", "email": "chef@example.org"}
    wrong = {"subject": "Vi mangler svar", "letter": "Kære {navn}"}
    assert pointers(staff.send(f"{path}/escalate", wrong)) == {"/letter": "placeholder_left"}
    shown = staff.send(f"{path}/escalate", NEXT, 200).json()
    assert (shown["next_contact"], "escalate" in shown["allowed_moves"]) == (None, False)
    assert {link["to"]: link["is_open"] for link in shown["links"]} == {
        "centret@example.org": True,
        "chef@example.org": True,
    }
    assert not [secret for secret in secrets_in(mailoutbox) if secret in str(shown)]
    assert mailoutbox[-1].to == ["chef@example.org"]


def test_a_link_is_closed_and_a_new_one_sent(world, staff, sent, mailoutbox):
    path = path_of(sent)
    actions.pass_on(
        link=AccessLink.objects.get(),
        referrals=list(sent.referrals.all()),
        to_email="kollega@example.org",
        by_name="Bo",
        by_title="",
    )
    link, passed_on = staff.read(path)["links"]
    assert (link["is_passed_on"], passed_on["is_passed_on"], passed_on["is_open"]) == (False, True, True)
    shown = staff.send(f"{path}/revoke_link", {"link": link["id"]}, 200).json()
    assert [row["is_open"] for row in shown["links"]] == [False, False]
    assert shown["allowed_moves"] == ["mark_returned", "send_new_link"]
    assert staff.send(f"{path}/revoke_link", {"link": link["id"]}).status_code == 409
    shown = staff.send(f"{path}/send_new_link", None, 200).json()
    assert [row["is_open"] for row in shown["links"]] == [False, False, True]
    assert "send_new_link" not in shown["allowed_moves"]
    assert not_now(staff.send(f"{path}/send_new_link")) == ["too_soon"]
    secret = secrets_in(mailoutbox)[-1]
    assert secret not in str(shown)
    assert actions.open_link(secret).batch == sent


def test_each_move_wants_the_letters_own_and_a_role_that_writes(world, staff, sent, foreign):
    sent.body.contacts.create(organisation=world.lejre, email="chef@example.org", rank=2)
    mail, link = str(OutgoingMessage.objects.get().pk), str(AccessLink.objects.get().pk)
    moves = {
        "send_again": {},
        "mark_returned": {"mail": mail},
        "escalate": NEXT,
        "send_new_link": {},
        "revoke_link": {"link": link},
    }
    assert pointers(staff.send(f"{path_of(sent)}/mark_returned", {"mail": link})) == {
        "/mail": "unknown_choice"
    }
    assert pointers(staff.send(f"{path_of(sent)}/revoke_link", {"link": mail})) == {"/link": "unknown_choice"}
    events = CaseEvent.objects.count()
    reader = as_user(make_user("reader", world.lejre))
    assert reader.read(path_of(sent))["allowed_moves"] == []
    for name, body in moves.items():
        assert reader.send(f"{path_of(sent)}/{name}", body).status_code == 403, name
        assert foreign.send(f"{path_of(sent)}/{name}", body).status_code == 404, name
    assert (CaseEvent.objects.count(), OutgoingMessage.objects.count()) == (events, 1)
