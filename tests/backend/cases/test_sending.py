"""A letter to a body: whole in itself, sent once, numbered without gaps, and refused before anything is written."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import AccessLink, Batch, Case, CaseEvent
from backend.cases.terms import due_at
from backend.examples.models import Example
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from backend.organisations.sealing import unseal
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from backend.registry.letters import default_letter, letter_of
from backend.registry.models import BodyGroup
from tests.factories import make_body, make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 25, 9, tzinfo=datetime.UTC)
FILE = ("Forslag.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK...")


class World:
    def __init__(self, key="lejre", rows=2, **body):
        self.organisation = make_organisation(key)
        self.by = make_user("coordinator", self.organisation)
        self.campaign = make_campaign(self.organisation)
        values = {"kind": "centre", "level": "municipal"} | body
        self.body = make_body(f"{key}-centre", "Center for Ældre", organisation=self.organisation, **values)
        self.body.contacts.create(organisation=self.organisation, email=f"{key}@example.org", name="Bo Holm")
        self.rows = [self.row(number) for number in range(1, rows + 1)]

    def case(self, number=1, **fields):
        values = {
            "title": f"Forslag nummer {number}",
            "problem": f"Problem {number}: det samme skrives to steder.",
            "proposal": f"Skriv det ét sted ({number}).",
            "legislation_text": "serviceloven § 83",
        }
        case = make_case(self.campaign, self.by, **(values | fields))
        actions.mark_ready(case=case, by=self.by)
        return case

    def row(self, number=1, question="Hvorfor findes kravet?", **fields):
        return actions.prepare_referral(
            case=self.case(number, **fields), body=self.body, question=question, by=self.by
        )

    def send(self, **fields):
        values = {
            "organisation": self.organisation,
            "body": self.body,
            "referrals": self.rows,
            "subject": "To forslag til jer",
            "letter": "Kære Bo Holm\n\nVi beder om jeres svar.",
            "journal_number": "26/1234",
            "by": self.by,
            "at": NOW,
        }
        return actions.send_batch(**(values | fields))


@pytest.fixture
def world():
    return World()


def refused(world, **fields):
    with pytest.raises(InvalidInput) as error:
        world.send(**fields)
    assert (Batch.objects.count(), AccessLink.objects.count(), OutgoingMessage.objects.count()) == (0, 0, 0)
    assert not CaseEvent.objects.filter(move="refer").exists()
    return [(each.pointer, each.code) for each in error.value.errors]


def test_a_letter_is_complete_in_its_mail(world, mailoutbox):
    batch = world.send(files=[FILE])
    assert batch.number == "H-2026-001"
    assert deliver_due(at=NOW) == (1, 0)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["lejre@example.org"], "To forslag til jer (H-2026-001)")
    due = due_at(body=world.body, organisation=world.organisation, sent_date=NOW.date())
    for words in (
        *("Vi beder om jeres svar.", "26/1234", "H-2026-001", "Forslag nummer 1", "Problem 2:"),
        *(
            "Skriv det ét sted (2).",
            "serviceloven § 83",
            "Hvorfor findes kravet?",
            "Sekretariatet",
            "46 46 46 46",
        ),
        timezone.localtime(due).strftime("%Y"),
    ):
        assert words in mail.body
    assert mail.extra_headers["Reply-To"] == "kernetid@example.org"
    assert mail.attachments[0].filename == "Forslag.docx"
    secret = mail.body.split("/svar/#")[1].split()[0]
    assert "http" in mail.body.split("/svar/#")[0]
    link = actions.open_link(secret, organisation=world.organisation, at=NOW)
    assert link.batch == batch
    assert [
        (row.position, row.status, row.due_at, row.sent_date) for row in batch.referrals.order_by("position")
    ] == [
        (1, "sent", due, NOW.date()),
        (2, "sent", due, NOW.date()),
    ]
    assert {row.case.status for row in batch.referrals.all()} == {"referred"}
    events = CaseEvent.objects.filter(move="refer", is_public=True, by=world.by)
    assert {event.referral_id for event in events} == {row.pk for row in world.rows}
    assert batch.files.get().file.file.read() == FILE[2]


def test_no_secret_is_stored_before_or_after_the_sending(world, mailoutbox):
    world.send(files=[FILE])
    before = str(list(OutgoingMessage.objects.values()))
    deliver_due(at=NOW)
    secret = mailoutbox[0].body.split("/svar/#")[1].split()[0]
    message = OutgoingMessage.objects.get()
    assert secret not in before + str(list(OutgoingMessage.objects.values()))
    assert (message.secret_encrypted, bytes(message.attachments.get().content)) == ("", b"")


def test_raw_words_never_go_out(world, mailoutbox):
    example, _code = make_example(world.campaign, "RÅ TEKST om det hele, som kun sekretariatet læser.")
    row = world.row(3, example=example)
    world.send(referrals=[row])
    deliver_due(at=NOW)
    assert "RÅ TEKST" not in mailoutbox[0].body


def test_rows_stand_in_the_order_asked_for(world):
    batch = world.send(referrals=world.rows[::-1])
    assert [row.pk for row in batch.referrals.order_by("position")] == [row.pk for row in world.rows[::-1]]


def test_numbers_have_no_gaps_and_begin_anew_each_year(world):
    with pytest.raises(InvalidInput):
        world.send(letter="{navn}")
    assert world.send(referrals=world.rows[:1]).number == "H-2026-001"
    assert world.send(referrals=world.rows[1:]).number == "H-2026-002"
    assert World("noerreby").send().number == "H-2026-001"
    later = world.row(3)
    assert world.send(referrals=[later], at=NOW + datetime.timedelta(days=60)).number == "H-2027-001"


@pytest.mark.parametrize("left", ["{navn}", "{{ navn }}", "Kære ____", "Kære [skriv her]", "slut }}", "[…]"])
def test_a_placeholder_left_open_stops_the_letter(world, left):
    assert refused(world, letter=f"Kære\n{left}") == [("/letter", "placeholder_left")]
    assert refused(world, subject=f"Emne {left}")[0] == ("/subject", "placeholder_left")


def test_what_is_missing_is_told_at_once(world):
    assert refused(world, referrals=[], subject="", letter="", journal_number="010190-1234") == [
        ("/subject", "required"),
        ("/letter", "required"),
        ("/journal_number", "cpr_number"),
        ("/referrals", "required"),
    ]
    world.body.contacts.all().delete()
    assert refused(world) == [("/to", "no_address")]


def test_only_a_registered_address_is_written_to(world):
    assert refused(world, to="fremmed@example.org") == [("/to", "not_registered")]
    world.body.contacts.create(organisation=world.organisation, email="chef@example.org", rank=2)
    batch = world.send(to="Chef@example.org")
    assert unseal(OutgoingMessage.objects.get(reference=batch.pk).to_encrypted) == "chef@example.org"


def test_a_contact_out_of_its_time_is_passed_over(world):
    world.body.contacts.update(valid_to=NOW.date() - datetime.timedelta(days=1))
    assert refused(world) == [("/to", "no_address")]


def test_each_row_that_may_not_go_is_named(world):
    case = world.rows[0].case
    case.flag = "enkeltsag"
    case.save()
    other = World("noerreby")
    example, _code = make_example(world.campaign, preview_wording=True)
    waiting = world.row(4, example=example)
    bare = world.rows[1]
    bare.case.proposal = bare.question = ""
    bare.case.save()
    bare.save()
    assert refused(world, referrals=[*world.rows, waiting, other.rows[0]]) == [
        ("/referrals/0", "halted"),
        ("/referrals/1", "needs_question"),
        ("/referrals/2", "waits_for_writer"),
        ("/referrals/3", "unknown_choice"),
    ]


@pytest.mark.parametrize("way", ["letter", "otherwise"])
@pytest.mark.parametrize(
    "changed, code",
    [
        ({"flag": "enkeltsag"}, "halted"),
        ({"really_law": ""}, "required"),
        ({"really_law": "required", "really_law_paragraph": ""}, "required"),
        ({"proposal": ""}, "needs_question"),
    ],
)
def test_what_was_checked_at_the_choice_is_checked_again_at_the_sending(way, changed, code):
    world = World(rows=0, kind="ministry", level="state")
    world.rows = [world.row(1, question="")]
    case = world.rows[0].case
    Case.objects.filter(pk=case.pk).update(**changed)
    case.refresh_from_db()
    if way == "letter":
        assert refused(world) == [("/referrals/0", code)]
        return
    with pytest.raises(InvalidInput) as error:
        actions.refer(case=case, by=world.by, at=NOW)
    assert [(fault.pointer, fault.code) for fault in error.value.errors] == [("/referrals", code)]
    assert not CaseEvent.objects.filter(move="refer").exists()


def test_the_ministrys_form_halts_at_a_flag_but_asks_itself_whether_it_is_the_law():
    world = World(rows=0, kind="ministry", level="state")
    case = world.case(1)
    Case.objects.filter(pk=case.pk).update(flag="enkeltsag", really_law="")
    case.refresh_from_db()
    with pytest.raises(InvalidInput) as error:
        actions.refer_to_body(case=case, body=world.body, by=world.by, at=NOW)
    assert error.value.errors[0].code == "halted"
    Case.objects.filter(pk=case.pk).update(flag="")
    case.refresh_from_db()
    assert actions.refer_to_body(case=case, body=world.body, by=world.by, at=NOW).status == "sent"


def test_what_a_writer_keeps_with_the_secretariat_never_leaves(world):
    Example.objects.filter(case_examples__case=world.rows[0].case).update(audience="secretariat")
    assert refused(world)[0] == ("/referrals/0", "limited_by_writer")


def test_a_spared_workplace_is_not_written_to():
    world = World(rows=0, kind="workplace", level="institution")
    example, _code = make_example(world.campaign, spare_my_workplace=False)
    world.rows = [world.row(1, example=example)]
    Example.objects.update(spare_my_workplace=True)
    assert refused(world)[0] == ("/referrals/0", "spares_workplace")


def test_nothing_is_sent_twice_or_by_somebody_who_may_not(world):
    with pytest.raises(NotAllowed):
        world.send(by=make_user("reader", world.organisation))
    world.send()
    with pytest.raises(InvalidInput) as error:
        world.send()
    assert {each.code for each in error.value.errors} == {"already_sent"}
    assert OutgoingMessage.objects.count() == 1


def test_a_letter_holds_only_so_many(world, monkeypatch):
    monkeypatch.setattr("backend.cases.actions.sending.MOST_ROWS", 1)
    assert ("/referrals", "too_many") in refused(world)


def test_what_was_sent_otherwise_gets_number_and_term_but_no_mail(world):
    case = world.rows[0].case
    with pytest.raises(InvalidInput):
        actions.refer(case=case, by=world.by, channel="mail", at=NOW)
    (row,) = actions.refer(case=case, by=world.by, channel="phone", at=NOW)
    assert (row.batch.number, row.batch.channel, row.due_at is not None) == ("H-2026-001", "phone", True)
    assert OutgoingMessage.objects.count() == 0
    other = world.case(5)
    referral = actions.refer_to_body(case=other, body=world.body, by=world.by, at=NOW)
    assert (referral.batch, referral.due_at) == (None, row.due_at)


@pytest.mark.parametrize("group", BodyGroup.values)
def test_every_kind_of_body_has_words_that_can_be_filled_in(world, group):
    subject, text = letter_of(world.organisation, group)
    assert (subject, text) == default_letter(group)
    assert len(subject) <= 180
    assert "{antal}" in text
    assert "{svarfrist}" in text
